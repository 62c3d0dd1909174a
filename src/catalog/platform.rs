//! The classes of the platform that an app can extend, and the methods of them that it can override: those the platform
//! may call in the app.
//!
//! The list is `data/platform.tsv`, the union of several Android versions; `fixtures/tools/platform.py` writes it. Final
//! classes and such without an accessible constructor are not in it. All names are hashed at build time, and the table is
//! searched where the program file has it, so that it costs nothing before it is asked. Nothing here says what a method
//! does.

use std::sync::LazyLock;

use super::key::{self, HEADER, SPAN, key_of, method_key, number};
use super::keys::Keys;

/// The classes of the platform.
pub fn platform() -> &'static Platform {
    static PLATFORM: LazyLock<Platform> =
        LazyLock::new(|| Platform::of(include_bytes!(concat!(env!("OUT_DIR"), "/platform.bin"))));
    &PLATFORM
}

/// A class by the hash of its descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassKey(pub u64);

impl ClassKey {
    /// The key of a class by its descriptor, `Landroid/app/Activity;`, as text or as the bytes of a DEX string.
    pub fn of(descriptor: impl AsRef<[u8]>) -> Self {
        Self(key_of(descriptor.as_ref()))
    }
}

/// The key of any word, as text or as the bytes of a DEX string.
pub fn word_key(word: impl AsRef<[u8]>) -> u64 {
    key_of(word.as_ref())
}

/// The key of a signature, `name(args)ret`, as text or as the bytes of DEX strings.
pub fn signature_key(signature: impl AsRef<[u8]>) -> u64 {
    key_of(signature.as_ref())
}

/// The same, for a signature that the call graph has hashed.
pub fn hashed_signature_key(signature: u64) -> u64 {
    key::signature_key(signature)
}

/// Classes, the classes above them, and their overridable methods.
#[derive(Debug)]
pub struct Platform {
    classes: Keys,
    methods: Keys,
    signatures: Keys,
    spans: &'static [u8],
    ancestors: &'static [u8],
}

impl Platform {
    fn of(table: &'static [u8]) -> Self {
        let count = |place| number(table, place) as usize;
        let (classes, rest) = Keys::split(table.get(HEADER..).unwrap_or_default(), count(0));
        let (methods, rest) = Keys::split(rest, count(2));
        let (signatures, rest) = Keys::split(rest, count(3));
        let (spans, ancestors) = rest.split_at_checked((classes.count() + 1) * SPAN).unwrap_or_default();
        Self { classes, methods, signatures, spans, ancestors }
    }

    /// Whether the class is one of the platform's that an app can extend.
    pub fn knows(&self, descriptor: impl AsRef<[u8]>) -> bool {
        self.has(ClassKey::of(descriptor))
    }

    /// Whether the class is one of the platform's that an app can extend.
    pub fn has(&self, class: ClassKey) -> bool {
        self.classes.position(class.0).is_some()
    }

    /// The superclass and the interfaces of a class, those of all versions; none for a class that is not known.
    pub fn supers(&self, class: ClassKey) -> impl Iterator<Item = ClassKey> {
        self.above(class, false)
    }

    /// All classes and interfaces above a class, each once, the nearest first.
    pub fn ancestors(&self, class: ClassKey) -> impl Iterator<Item = ClassKey> {
        self.above(class, true)
    }

    /// Whether the class is where a method is declared that an app can override. What it declares again is told of the
    /// class above only.
    pub fn declares(&self, class: ClassKey, signature: impl AsRef<[u8]>) -> bool {
        self.declares_key(class, signature_key(signature))
    }

    /// The same, for a signature that is hashed already.
    pub fn declares_key(&self, class: ClassKey, signature: u64) -> bool {
        self.methods.position(method_key(class.0, signature)).is_some()
    }

    /// Whether a method with this signature in a class of the app that extends or implements `class` overrides one of
    /// `class` or of a class above it.
    pub fn overrides(&self, class: ClassKey, signature: impl AsRef<[u8]>) -> bool {
        self.overrides_key(class, signature_key(signature))
    }

    /// The same, for a signature that is hashed already.
    pub fn overrides_key(&self, class: ClassKey, signature: u64) -> bool {
        self.has_signature(signature)
            && (self.declares_key(class, signature)
                || self.ancestors(class).any(|above| self.declares_key(above, signature)))
    }

    /// Whether any class at all declares the signature: the quick answer for most methods of an app.
    pub fn has_signature(&self, signature: u64) -> bool {
        self.signatures.position(signature).is_some()
    }

    fn above(&self, class: ClassKey, all: bool) -> impl Iterator<Item = ClassKey> {
        let span = self.classes.position(class.0).map_or(0..0, |place| {
            let start = number(self.spans, place * 2) as usize;
            let direct = start + number(self.spans, place * 2 + 1) as usize;
            start..if all { number(self.spans, place * 2 + 2) as usize } else { direct }
        });
        span.filter_map(|place| {
            let bytes = self.ancestors.get(place * 2..)?.first_chunk()?;
            self.classes.key(usize::from(u16::from_le_bytes(*bytes))).map(ClassKey)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::platform_table::compile;
    use super::*;

    const LIST: &str = "LA;\tLB;\tLI;\ta()V\nLB;\t\t\tb()V\nLI;\t\tLJ;\ti()V\nLJ;\t\t\tj()V b()V\n";

    fn table(list: &str) -> Platform {
        Platform::of(compile(list, key_of).expect("a sound list").leak())
    }

    fn keys(names: &[&str]) -> Vec<ClassKey> {
        names.iter().map(ClassKey::of).collect()
    }

    #[test]
    fn a_class_has_the_methods_of_all_classes_above_it() {
        let platform = table(LIST);
        let a = ClassKey::of("LA;");
        assert_eq!(platform.supers(a).collect::<Vec<_>>(), keys(&["LB;", "LI;"]));
        assert_eq!(platform.ancestors(a).collect::<Vec<_>>(), keys(&["LB;", "LI;", "LJ;"]));
        for (signature, declares, overrides) in
            [("a()V", true, true), ("b()V", false, true), ("j()V", false, true), ("a()I", false, false)]
        {
            assert_eq!(platform.declares(a, signature), declares, "{signature}");
            assert_eq!(platform.overrides(a, signature), overrides, "{signature}");
        }
        assert!(!platform.overrides(ClassKey::of("LB;"), "a()V"), "what is below counts not");
    }

    #[test]
    fn an_unknown_class_has_nothing() {
        let platform = table(LIST);
        assert!(platform.knows("LJ;") && !platform.knows("LK;"));
        assert_eq!(platform.ancestors(ClassKey::of("LK;")).count(), 0);
        assert!(!platform.overrides(ClassKey::of("LK;"), "b()V"));
        let empty = table("");
        assert!(!empty.knows("LA;") && !empty.has_signature(signature_key("a()V")));
    }

    #[test]
    fn a_cycle_ends_where_it_began() {
        let platform = table("LA;\tLB;\t\ta()V\nLB;\tLC;\t\tb()V\nLC;\tLA;\t\tc()V\n");
        assert_eq!(platform.ancestors(ClassKey::of("LA;")).collect::<Vec<_>>(), keys(&["LB;", "LC;"]));
        assert!(platform.overrides(ClassKey::of("LB;"), "a()V"));
    }

    #[test]
    fn two_names_with_one_key_are_an_error() {
        let by_length = |bytes: &[u8]| bytes.len() as u64;
        let told = |list: &str| compile(list, by_length).expect_err("a fault");
        assert_eq!(told("LA;\t\t\t\nLB;\t\t\t\n"), "LB; and LA; have one key: 0x0000000000000003");
        assert_eq!(told("LA;\t\t\ta()V b()V\n"), "b()V and a()V have one key: 0x0000000000000004");
        // Different names, but both methods are `mixed(0)`.
        let same = |bytes: &[u8]| match bytes {
            b"LA;" => 1 << 32,
            b"LB;" => 2 << 32,
            b"a()V" => 1,
            _ => 2,
        };
        assert!(
            compile("LA;\t\t\ta()V\nLB;\t\t\tb()V\n", same)
                .expect_err("a fault")
                .starts_with("LB;->b()V and LA;->a()V")
        );
    }

    #[test]
    fn a_list_that_does_not_hold_together_is_an_error() {
        for (list, expected) in [
            ("LA;\t\t\n", "line 1: expected a class, superclasses, interfaces and methods"),
            ("LA;\t\t\t\nLA;\t\t\t\n", "line 2: LA; is listed before"),
            ("LA;\tLB;\t\t\n", "LB;, above LA;, is not listed"),
        ] {
            assert_eq!(compile(list, key_of).expect_err("a fault"), expected);
        }
    }

    #[test]
    fn the_platforms_callbacks_are_known() {
        let platform = platform();
        for (class, signature) in [
            ("Landroid/app/Activity;", "onCreate(Landroid/os/Bundle;)V"),
            ("Landroid/app/Activity;", "attachBaseContext(Landroid/content/Context;)V"),
            ("Landroid/app/Application;", "onCreate()V"),
            ("Landroid/app/Service;", "onStartCommand(Landroid/content/Intent;II)I"),
            ("Landroid/content/BroadcastReceiver;", "onReceive(Landroid/content/Context;Landroid/content/Intent;)V"),
            ("Landroid/content/ContentProvider;", "onCreate()Z"),
            ("Landroid/os/AsyncTask;", "doInBackground([Ljava/lang/Object;)Ljava/lang/Object;"),
            ("Landroid/os/Handler;", "handleMessage(Landroid/os/Message;)V"),
            ("Landroid/view/View$OnClickListener;", "onClick(Landroid/view/View;)V"),
            ("Landroid/webkit/WebViewClient;", "onPageFinished(Landroid/webkit/WebView;Ljava/lang/String;)V"),
            ("Landroid/widget/Button;", "onTouchEvent(Landroid/view/MotionEvent;)Z"),
            ("Ljava/lang/Object;", "toString()Ljava/lang/String;"),
            ("Ljava/lang/Runnable;", "run()V"),
            ("Ljava/lang/Thread;", "run()V"),
            ("Ljava/util/Comparator;", "compare(Ljava/lang/Object;Ljava/lang/Object;)I"),
            ("Ljava/util/TimerTask;", "run()V"),
            ("Ljava/util/concurrent/Callable;", "call()Ljava/lang/Object;"),
            ("Ljava/util/function/Function;", "apply(Ljava/lang/Object;)Ljava/lang/Object;"),
        ] {
            assert!(platform.knows(class), "{class}");
            assert!(platform.overrides(ClassKey::of(class), signature), "{class}->{signature}");
        }
        for (class, signature) in [
            ("Landroid/app/Activity;", "onClick(Landroid/view/View;)V"),
            ("Landroid/app/Activity;", "runOnUiThread(Ljava/lang/Runnable;)V"),
            ("Ljava/lang/Object;", "wait()V"),
        ] {
            assert!(!platform.overrides(ClassKey::of(class), signature), "{class}->{signature}");
        }
        for unknown in ["Ljava/lang/String;", "Lcom/example/Main;", "Landroidx/fragment/app/Fragment;"] {
            assert!(!platform.knows(unknown), "{unknown}");
        }
    }
}
