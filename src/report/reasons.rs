//! Why not all code is visible, in the report's language. The behavior has each reason as an English sentence, which
//! programs read; its parts are told again here.

use super::Lang;
use super::names::{dotted, short};

/// Sentences of a reason: how it begins in English, and how the Chinese one ends what follows the colon.
const ABOUT_FILES: [(&str, &str); 4] = [
    ("nested file of code was analysed", "个内嵌代码文件已一并分析"),
    ("nested files of code were analysed", "个内嵌代码文件已一并分析"),
    ("nested file of code could not be read", "个内嵌代码文件无法读取"),
    ("nested files of code could not be read", "个内嵌代码文件无法读取"),
];

/// A reason in the report's language; one that only names what was seen stays as it is.
pub(super) fn told(reason: &str, lang: Lang) -> String {
    if let Some(calls) = calls(reason, lang) {
        return calls;
    }
    match lang {
        Lang::Zh => chinese(reason).unwrap_or_else(|| reason.to_owned()),
        Lang::En => reason.to_owned(),
    }
}

fn chinese(reason: &str) -> Option<String> {
    if let Some(class) = between(reason, "the application class ", " is not in the dex files") {
        return Some(format!("清单中的 Application 类 {class} 不在 DEX 文件里"));
    }
    if reason == "there is no readable dex file, and the manifest names components" {
        return Some("清单声明了组件，但没有可读取的 DEX 文件".to_owned());
    }
    if let Some(counts) = between(reason, "", " components of the manifest have no class in the dex files") {
        let (absent, all) = counts.split_once(" of ")?;
        return Some(format!("清单声明的 {all} 个组件中，有 {absent} 个在 DEX 文件里没有对应的类"));
    }
    if let Some((what, files)) = reason.split_once(": ")
        && let Some((count, what)) = what.split_once(' ')
        && let Some((_, zh)) = ABOUT_FILES.iter().find(|(en, _)| *en == what)
    {
        return Some(format!("{count} {zh}：{}", files.replace(", ", "、")));
    }
    None
}

/// Calls of one method, by the names that a person says.
fn calls(reason: &str, lang: Lang) -> Option<String> {
    let (api, places) = reason.split_once(" in ").filter(|(api, _)| api.contains("->"))?;
    let counted = places.rsplit_once(" and ").and_then(|(places, more)| Some((places, more.strip_suffix(" more")?)));
    let (places, more) = counted.map_or((places, None), |(places, more)| (places, Some(more)));
    let places: Vec<String> = places.split(", ").map(dotted).collect();
    Some(match (lang, more) {
        (Lang::Zh, None) => format!("{} → {}", places.join("、"), short(api)),
        (Lang::Zh, Some(more)) => format!("{} → {}，另有 {more} 处", places.join("、"), short(api)),
        (Lang::En, None) => format!("{} → {}", places.join(", "), short(api)),
        (Lang::En, Some(more)) => format!("{} → {}, and {more} more", places.join(", "), short(api)),
    })
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> Option<&'t str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_chinese_sentence() {
        for (en, zh) in [
            ("the application class a.App is not in the dex files", "清单中的 Application 类 a.App 不在 DEX 文件里"),
            (
                "3 of 4 components of the manifest have no class in the dex files",
                "清单声明的 4 个组件中，有 3 个在 DEX 文件里没有对应的类",
            ),
            ("2 nested files of code were analysed: a.jar, b.dex", "2 个内嵌代码文件已一并分析：a.jar、b.dex"),
            ("Tencent Legu: lib/armeabi/libshella.so", "Tencent Legu: lib/armeabi/libshella.so"),
        ] {
            assert_eq!(told(en, Lang::Zh), zh);
            assert_eq!(told(en, Lang::En), en);
        }
        let (one, more) =
            ("La/Loader;-><init>(I)V in Lb/C;->d()V", "La/Loader;-><init>(I)V in Lb;->c()V, Ld;->e()V and 3 more");
        assert_eq!(told(one, Lang::Zh), "b.C.d → Loader.<init>");
        assert_eq!(told(one, Lang::En), "b.C.d → Loader.<init>");
        assert_eq!(told(more, Lang::Zh), "b.c、d.e → Loader.<init>，另有 3 处");
        assert_eq!(told(more, Lang::En), "b.c, d.e → Loader.<init>, and 3 more");
    }
}
