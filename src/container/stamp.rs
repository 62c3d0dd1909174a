//! When a package was built, as far as its archive tells: every entry has a date stamp, in the builder's own time zone.
//!
//! Build tools stamp entries with a fixed day so that a build can be repeated: 1979-11-30 to 1981-01-01 (Gradle, the
//! Android Gradle plugin), 2008-01-01 (Soong), 2009-01-01 (aapt), 2010-01-01 (Bazel). Whatever is not younger than these
//! is no date. Signing often adds entries with a true one.

use super::part::Part;

/// A day with the entry that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// The day, ISO 8601.
    pub day: String,
    /// The entry as reports show it.
    pub entry: String,
}

/// The last of the fixed days, 2010-01-01, in MS-DOS format.
const LAST_FIXED: u16 = packed(2010, 1, 1);

/// A day in MS-DOS format: seven bits of years since 1980, four of the month, five of the day (APPNOTE.TXT 4.4.6).
const fn packed(year: u16, month: u16, day: u16) -> u16 {
    (year.saturating_sub(1980) << 9) | (month << 5) | day
}

/// The youngest stamp that is a date; of entries with the same one, the first by name.
pub(super) fn youngest(parts: &[Part]) -> Option<Stamp> {
    let mut best: Option<(u16, String)> = None;
    for part in parts {
        for entry in part.entries().iter().filter(|entry| is_date(entry.stamp)) {
            let older = best.as_ref().is_none_or(|(stamp, _)| *stamp < entry.stamp);
            if older
                || best.as_ref().is_some_and(|(stamp, name)| *stamp == entry.stamp && part.label(&entry.name) < *name)
            {
                best = Some((entry.stamp, part.label(&entry.name)));
            }
        }
    }
    best.map(|(stamp, entry)| Stamp { day: iso(stamp), entry })
}

fn is_date(stamp: u16) -> bool {
    let [_, month, day] = fields(stamp);
    LAST_FIXED < stamp && (1..=12).contains(&month) && 1 <= day
}

fn fields(stamp: u16) -> [u16; 3] {
    [(stamp >> 9).saturating_add(1980), (stamp >> 5) & 0xf, stamp & 0x1f]
}

fn iso(stamp: u16) -> String {
    let [year, month, day] = fields(stamp);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_days_are_no_dates() {
        for (year, month, day) in [(1980, 0, 0), (1981, 1, 1), (2008, 1, 1), (2010, 1, 1), (2016, 13, 1), (2016, 1, 0)]
        {
            assert!(!is_date(packed(year, month, day)), "{year}-{month}-{day}");
        }
        for (year, month, day) in [(2010, 1, 2), (2016, 9, 9), (2107, 12, 31)] {
            assert!(is_date(packed(year, month, day)));
            assert_eq!(iso(packed(year, month, day)), format!("{year}-{month:02}-{day:02}"));
        }
    }
}
