//! The verdict for one data type of one subject: denied → incorrect, named for it → clear, only a wider word → vague,
//! named for somebody else → ambiguous, nothing → omitted.

use super::{Case, Finding, Verdict, permissions};
use crate::disclosure::{Cite, SdkRow};

/// A verdict with the statements it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged<'c> {
    pub(super) verdict: Verdict,
    pub(super) cites: Vec<&'c Cite>,
}

impl Finding {
    /// What the policy says of the data types of the finding, as code of its owner reads them; none where its rule is about
    /// something else, such as when they are read.
    pub fn verdict(&self) -> Option<Verdict> {
        match self.rule.as_str() {
            "D01" | "S01" | "S02" | "S04" => Some(Verdict::Omitted),
            "D02" => Some(Verdict::Ambiguous),
            "D03" => Some(Verdict::Vague),
            "D04" => Some(Verdict::Incorrect),
            _ => None,
        }
    }
}

fn judged(verdict: Verdict, cites: Vec<&Cite>) -> Option<Judged<'_>> {
    (!cites.is_empty()).then_some(Judged { verdict, cites })
}

impl<'c> Case<'c> {
    /// The words that name exactly this data type: its id, and for one that is itself an umbrella the word for it or
    /// for any of its parts.
    pub(super) fn naming_words(&self, data: &str) -> Vec<String> {
        if self.catalog.data_type(data).is_some_and(|it| it.umbrella) {
            let leaves = self.catalog.leaves(data).map(|leaf| leaf.id.to_owned());
            std::iter::once(format!("~{data}")).chain(leaves).collect()
        } else {
            vec![data.to_owned()]
        }
    }

    /// The wider words that contain it.
    fn wider_words(&self, data: &str) -> Vec<String> {
        self.catalog.ancestors(data).map(|above| format!("~{above}")).collect()
    }

    /// For what identifies nobody a wider word is enough: 设备信息 discloses the model.
    fn wider_word_suffices(&self, data: &str) -> bool {
        self.catalog.data_type(data).is_some_and(|it| it.class == "not-id")
    }

    /// What the app says of data that its own code reads.
    pub(super) fn own_verdict(&self, data: &str) -> Judged<'c> {
        let named = self.naming_words(data);
        let wider = self.wider_words(data);
        // A statement that names the data stands beside a denial of a wider group; that the two disagree is Q04.
        self.own_denials(&named)
            .or_else(|| judged(Verdict::Clear, self.own_naming(&named)))
            .or_else(|| self.own_denials(&wider))
            .or_else(|| {
                let verdict = if self.wider_word_suffices(data) { Verdict::Clear } else { Verdict::Vague };
                judged(verdict, self.own_wider(&wider))
            })
            .or_else(|| {
                let rows = self.disclosure.sdk_rows().filter(|row| named.iter().any(|word| row.names_data(word)));
                judged(Verdict::Ambiguous, rows.map(|row| &row.cite).collect())
            })
            .unwrap_or(Judged { verdict: Verdict::Omitted, cites: Vec::new() })
    }

    /// What the rows of an SDK say of data that its code reads. A row that does not list it leaves it omitted, whatever
    /// the app says of itself; without a row, what the app says is ambiguous.
    pub(super) fn sdk_verdict(&self, sdk: &str, rows: &[&'c SdkRow], data: &str) -> Judged<'c> {
        let named = self.naming_words(data);
        let wider = self.wider_words(data);
        let all = || named.iter().chain(&wider);
        let denials = self.disclosure.denies.iter().filter(|denial| {
            let about = |word: &String| denial.data.contains(word);
            let of_family = self.catalog.family(sdk).any(|member| denial.sdk.iter().any(|it| it == member.id));
            of_family && all().any(about)
        });
        if let Some(denied) = judged(Verdict::Incorrect, denials.map(|denial| &denial.cite).collect()) {
            return denied;
        }
        let using = |words: &[String]| -> Vec<&'c Cite> {
            rows.iter().filter(|row| words.iter().any(|word| row.names_data(word))).map(|row| &row.cite).collect()
        };
        if rows.is_empty() {
            return judged(Verdict::Ambiguous, self.own_naming(&named))
                .unwrap_or(Judged { verdict: Verdict::Omitted, cites: Vec::new() });
        }
        let vague = if self.wider_word_suffices(data) { Verdict::Clear } else { Verdict::Vague };
        judged(Verdict::Clear, using(&named))
            .or_else(|| judged(vague, using(&wider)))
            .unwrap_or_else(|| Judged { verdict: Verdict::Omitted, cites: rows.iter().map(|row| &row.cite).collect() })
    }

    /// Whether any statement, row or permission names the data, whosever it is said to be. The word for a group of
    /// sensitive data names all of the group; that for all data or for the device names none.
    pub(super) fn is_named_anywhere(&self, data: &str) -> bool {
        let groups = self
            .catalog
            .ancestors(data)
            .filter(|id| self.catalog.data_type(id).is_some_and(|it| it.class == "sensitive"));
        let words: Vec<String> = self.naming_words(data).into_iter().chain(groups.map(|id| format!("~{id}"))).collect();
        let names = |list: &[String]| words.iter().any(|word| list.contains(word));
        let introduced = |umbrella: &str| words.iter().any(|word| word.strip_prefix('~') == Some(umbrella));
        let mut own = self.disclosure.own_statements();
        own.any(|it| names(it.data) || introduced(it.umbrella))
            || self.disclosure.sdk_rows().any(|row| names(&row.data))
            || self.disclosure.permission.iter().any(|row| permissions::gives(self, row, data))
    }

    /// Where the app names data among what it collects itself.
    pub(super) fn said_of_the_app(&self, data: &str) -> Vec<&'c Cite> {
        self.own_naming(&self.naming_words(data))
    }

    fn own_denials(&self, words: &[String]) -> Option<Judged<'c>> {
        let denials = self.disclosure.denies.iter().filter(|denial| {
            let android = denial.platforms.is_empty() || denial.platforms.iter().any(|it| it == "android");
            android && denial.sdk.is_empty() && words.iter().any(|word| denial.data.contains(word))
        });
        judged(Verdict::Incorrect, denials.map(|denial| &denial.cite).collect())
    }

    fn own_naming(&self, words: &[String]) -> Vec<&'c Cite> {
        let naming = self.disclosure.own_statements().filter(|it| !it.user_provided);
        naming.filter(|it| words.iter().any(|word| it.data.contains(word))).map(|it| it.cite).collect()
    }

    /// Own statements with a wider word. The word that introduces a closed list means that list and no more.
    fn own_wider(&self, words: &[String]) -> Vec<&'c Cite> {
        let statements = self.disclosure.own_statements().filter(|it| !it.user_provided);
        let wider = statements.filter(|it| {
            let open = it.open_ended || it.data.is_empty();
            words.iter().any(|word| it.data.contains(word) || open && it.names(word))
        });
        wider.map(|it| it.cite).collect()
    }
}
