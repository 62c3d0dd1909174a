//! Names of DEX members as a person says them: `com.example.App.onCreate` for `Lcom/example/App;->onCreate()V`.

use std::borrow::Cow;

/// Class and member with the package, without parameters; anything else than a descriptor stays as it is.
pub(super) fn dotted(text: &str) -> String {
    parts(text).map_or_else(|| text.to_owned(), |(class, member)| join(class, member))
}

/// As [`dotted`], without the package.
pub(super) fn short(text: &str) -> String {
    parts(text).map_or_else(
        || text.to_owned(),
        |(class, member)| join(class.rsplit_once('/').map_or(class, |(_, name)| name), member),
    )
}

/// What the deciding constant of a call says beyond the call itself.
pub(super) fn telling<'l>(literal: Option<&'l str>, what: &str) -> Option<&'l str> {
    // By reflection a member is found by its own name.
    literal.filter(|literal| !what.starts_with(*literal))
}

/// Whether a call is made by reflection: its constant is the member that is called.
pub(super) fn is_reflected(literal: Option<&str>, what: &str) -> bool {
    literal.is_some_and(|literal| literal.contains("->") && what.starts_with(literal))
}

/// The last segments of a dotted name, at most `max` characters of them; the last one is never cut.
pub(super) fn tail(name: &str, max: usize) -> Cow<'_, str> {
    if name.chars().count() <= max {
        return Cow::Borrowed(name);
    }
    let fits = |at: &usize| name[*at..].chars().count() <= max;
    let starts = || name.match_indices('.').map(|(at, _)| at + 1);
    let cut = starts().find(fits).or_else(|| starts().next_back());
    cut.map_or(Cow::Borrowed(name), |at| Cow::Owned(format!("…{}", &name[at..])))
}

fn join(class: &str, member: &str) -> String {
    let mut name = Vec::with_capacity(class.len() + 1 + member.len());
    name.extend(class.bytes().map(|byte| if byte == b'/' { b'.' } else { byte }));
    if !member.is_empty() {
        name.push(b'.');
        name.extend_from_slice(member.as_bytes());
    }
    String::from_utf8(name).expect("one sign for another of one byte")
}

/// The class with slashes, and the member's name, of which there may be none.
fn parts(text: &str) -> Option<(&str, &str)> {
    // No name has a `>` but those of constructors, which stand behind the arrow.
    let (class, member) = match memchr::memchr(b'>', text.as_bytes()) {
        Some(arrow) => (text[..arrow].strip_suffix('-')?, &text[arrow + 1..]),
        None => (text, ""),
    };
    let class = class.strip_prefix('L')?.strip_suffix(';')?;
    let end = memchr::memchr2(b'(', b':', member.as_bytes());
    Some((class, &member[..end.unwrap_or(member.len())]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_that_is_the_member_itself_says_only_how_it_is_called() {
        let what = "Landroid/os/Build;->SERIAL:Ljava/lang/String;";
        assert_eq!(telling(Some("Landroid/os/Build;->SERIAL"), what), None);
        assert!(is_reflected(Some("Landroid/os/Build;->SERIAL"), what));
        assert_eq!(telling(Some("android_id"), what), Some("android_id"));
        assert!(!is_reflected(Some("android_id"), what) && !is_reflected(None, what));
        assert_eq!(telling(Some("/proc/cpuinfo"), "/proc/cpuinfo"), None);
        assert!(!is_reflected(Some("/proc/cpuinfo"), "/proc/cpuinfo"));
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        assert_eq!(tail("com.example.App.onCreate", 24), "com.example.App.onCreate");
        assert_eq!(tail("com.example.App.onCreate", 14), "…App.onCreate");
        assert_eq!(tail("com.example.App.onCreate", 3), "…onCreate");
        assert_eq!(tail("onCreate", 3), "onCreate");
    }

    #[test]
    fn descriptors_become_dotted_and_all_else_stays() {
        let call = "Landroid/telephony/TelephonyManager;->getDeviceId()Ljava/lang/String;";
        assert_eq!(dotted(call), "android.telephony.TelephonyManager.getDeviceId");
        assert_eq!(short(call), "TelephonyManager.getDeviceId");
        assert_eq!(short("Landroid/os/Build;->SERIAL:Ljava/lang/String;"), "Build.SERIAL");
        assert_eq!(dotted("La/b$c;"), "a.b$c");
        for other in ["content://sms", "/sys/class/net/wlan0/address", "Location", "", "->", "L", "[Lb;->c()V"] {
            assert_eq!((dotted(other), short(other)), (other.to_owned(), other.to_owned()));
        }
    }
}
