//! What a check asks of a disclosure. Every answer carries its citation.
//!
//! Only Android is asked about: a statement that is marked for other platforms only is passed over. A statement that
//! is not split counts for Android even where it names data that only iOS has; which data that is, the catalog says.
//!
//! `word` is written as in a file: a data type id, or an umbrella with `~`. An umbrella never names its leaves, so a
//! caller asks for `imei`, and then for `~device-identifier`, `~device-info` … one by one, as
//! [`Catalog::ancestors`] gives them.

use super::model::{Cite, Claim, Claims, Denies, Disclosure, PermissionRow, SdkRow};
use crate::catalog::Catalog;

/// One statement of the app about data that it collects itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'d> {
    /// Data type ids; `~id` is an umbrella.
    pub data: &'d [String],
    /// The umbrella that introduces them, without `~`; empty = none.
    pub umbrella: &'d str,
    /// The list is open, so it may mean more than it names.
    pub open_ended: bool,
    /// The user types or uploads it; it says nothing about reads on the device.
    pub user_provided: bool,
    /// Purpose as stated.
    pub purpose: &'d str,
    /// Where.
    pub cite: &'d Cite,
}

impl Statement<'_> {
    /// The statement uses this very word; the umbrella that introduces a list counts as `~id`.
    pub fn names(&self, word: &str) -> bool {
        let introduces = |id| !self.umbrella.is_empty() && self.umbrella == id;
        word.strip_prefix('~').is_some_and(introduces) || lists(self.data, word)
    }
}

impl SdkRow {
    /// The row uses this very word.
    pub fn names_data(&self, word: &str) -> bool {
        lists(&self.data, word)
    }
}

impl Claims {
    /// The claim under a key of `[claims]`; none = the policy is silent, or there is no such key.
    pub fn named(&self, key: &str) -> Option<&Claim> {
        self.stated().find(|(stated, _)| *stated == key).map(|(_, claim)| claim)
    }
}

impl Disclosure {
    /// What the app says that it collects itself: its own statements and permission rows that name data, each in the
    /// order of the file.
    pub fn own_statements(&self) -> impl Iterator<Item = Statement<'_>> {
        let own = self.collects.iter().filter(|it| on_android(&it.platforms)).map(|it| Statement {
            data: &it.data,
            umbrella: &it.umbrella,
            open_ended: it.open_ended,
            user_provided: it.user_provided,
            purpose: &it.purpose,
            cite: &it.cite,
        });
        let rows = self.permission.iter().filter(|it| on_android(&it.platforms) && !it.data.is_empty());
        own.chain(rows.map(|it| Statement {
            data: &it.data,
            umbrella: "",
            open_ended: false,
            user_provided: false,
            purpose: &it.purpose,
            cite: &it.cite,
        }))
    }

    /// Own statements that use the word.
    pub fn own_naming<'d>(&'d self, word: &'d str) -> impl Iterator<Item = Statement<'d>> {
        self.own_statements().filter(move |it| it.names(word))
    }

    /// The SDK rows that speak for Android.
    pub fn sdk_rows(&self) -> impl Iterator<Item = &SdkRow> {
        self.sdk.iter().filter(|it| on_android(&it.platforms))
    }

    /// The rows that speak for the code of an SDK: those that name it, its family, or a member that is built on it, as
    /// [`Catalog::row_covers`] says.
    pub fn sdk_rows_for<'d>(&'d self, sdk: &'d str, catalog: &'d Catalog) -> impl Iterator<Item = &'d SdkRow> {
        self.sdk_rows().filter(move |row| row.catalog.iter().any(|it| catalog.row_covers(it, sdk)))
    }

    /// The rows of any SDK that use the word.
    pub fn sdk_rows_naming<'d>(&'d self, word: &'d str) -> impl Iterator<Item = &'d SdkRow> {
        self.sdk_rows().filter(move |it| it.names_data(word))
    }

    /// The permission rows that mean a constant.
    pub fn permission_rows_for<'d>(&'d self, constant: &'d str) -> impl Iterator<Item = &'d PermissionRow> {
        self.permission.iter().filter(move |it| on_android(&it.platforms) && lists(&it.constants, constant))
    }

    /// The statements that deny a word of the app itself.
    pub fn own_denials<'d>(&'d self, word: &'d str) -> impl Iterator<Item = &'d Denies> {
        self.denials(word).filter(|it| it.sdk.is_empty())
    }

    /// The statements that deny a word of an SDK or of its family. A denial of a member never speaks for the family.
    pub fn sdk_denials<'d>(
        &'d self,
        word: &'d str,
        sdk: &'d str,
        catalog: &'d Catalog,
    ) -> impl Iterator<Item = &'d Denies> {
        self.denials(word).filter(move |it| catalog.family(sdk).any(|sdk| lists(&it.sdk, sdk.id)))
    }

    fn denials<'d>(&'d self, word: &'d str) -> impl Iterator<Item = &'d Denies> {
        self.denies.iter().filter(move |it| on_android(&it.platforms) && lists(&it.data, word))
    }
}

fn on_android(platforms: &[String]) -> bool {
    platforms.is_empty() || lists(platforms, "android")
}

fn lists(list: &[String], word: &str) -> bool {
    list.iter().any(|it| it == word)
}
