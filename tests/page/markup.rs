//! A page as its tags and texts, in order.

use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, Token};

#[derive(Debug, Clone, Default)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    /// The text up to the next tag.
    pub(super) text: String,
}

impl Tag {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn has_class(&self, class: &str) -> bool {
        self.get("class").is_some_and(|classes| classes.split(' ').any(|it| it == class))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The start tags of a page.
pub(super) fn tags(page: &str) -> Vec<Tag> {
    let mut tags: Vec<Tag> = Vec::new();
    let mut emitter = DefaultEmitter::<()>::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(page, emitter) {
        match token.unwrap() {
            Token::StartTag(tag) => {
                let attributes = tag.attributes.iter().map(|(key, value)| (text(key), text(value)));
                tags.push(Tag { name: text(&tag.name), attributes: attributes.collect(), text: String::new() });
            }
            Token::String(string) => tags.last_mut().into_iter().for_each(|tag| tag.text.push_str(&text(&string))),
            Token::Error(error) => panic!("{error:?} after {:?}", tags.last()),
            Token::EndTag(_) | Token::Comment(_) | Token::Doctype(_) => {}
        }
    }
    tags
}

/// What stands between the tags of the only element of that name.
pub(super) fn content<'p>(page: &'p str, name: &str) -> &'p str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    assert_eq!((page.matches(&open).count(), page.matches(&close).count()), (1, 1), "one {name}");
    page.split_once(&open).unwrap().1.split_once(&close).unwrap().0
}
