//! Why not all code is visible, in the report's language. The behavior has each reason as an English sentence, which
//! programs read; its parts are told again here.

use super::Lang;
use super::names::{dotted, short};

/// Sentences of a reason that name files: what follows the count in English, and what does in Chinese.
const ABOUT_FILES: [(&str, &str); 4] = [
    ("nested file of code was analysed", "个内嵌代码文件已一并分析"),
    ("nested files of code were analysed", "个内嵌代码文件已一并分析"),
    ("nested file of code could not be read", "个内嵌代码文件无法读取"),
    ("nested files of code could not be read", "个内嵌代码文件无法读取"),
];

/// Sentences of a reason that only count.
const COUNTS: [(&str, &str); 10] = [
    (
        "native library: its names and strings were read, its code was not",
        "个原生库：只读取了名称和字符串，没有分析机器码",
    ),
    (
        "native libraries: names and strings were read, their code was not",
        "个原生库：只读取了名称和字符串，没有分析机器码",
    ),
    ("native library was not analysed", "个原生库没有分析"),
    ("native libraries were not analysed", "个原生库没有分析"),
    (
        "more files in the place of native libraries could not be read as such",
        "个位于原生库位置的其他文件无法按原生库读取",
    ),
    ("more files in the place of scripts could not be read as such", "个位于脚本位置的其他文件无法按脚本读取"),
    ("script file were read, its code was not", "个脚本文件：只读取了名称和字符串，没有分析代码"),
    ("script files were read, their code was not", "个脚本文件：只读取了名称和字符串，没有分析代码"),
    ("parts could not be read as they should be", "个部分无法正常读取"),
    ("components of the manifest have no class in the dex files", "个组件在 DEX 文件里没有对应的类"),
];

/// How a reason tells look-ups by reflection, of one place and of several.
const LOOK_UPS: [&str; 2] =
    [" place names a member by a text that is not known: ", " places name members by a text that is not known: "];

/// A reason in the report's language; one that only names what was seen stays as it is.
pub(super) fn told(reason: &str, lang: Lang) -> String {
    if let Some(told) = look_ups(reason, lang).or_else(|| calls(reason, lang)) {
        return told;
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
    if let Some((absent, rest)) = reason.split_once(" of ")
        && let Some((all, zh)) = counted(rest).filter(|_| absent.bytes().all(|it| it.is_ascii_digit()))
    {
        return Some(format!("清单声明的 {all} 个组件中，{absent} {zh}"));
    }
    // Of a framework: its name stands before the count.
    let (name, count) = reason.split_once(": names and strings of ").unwrap_or(("", reason));
    if let Some((count, zh)) = counted(count) {
        return Some(if name.is_empty() { format!("{count} {zh}") } else { format!("{name}：{count} {zh}") });
    }
    if let Some((what, files)) = reason.split_once(": ")
        && let Some((count, what)) = what.split_once(' ')
        && let Some((_, zh)) = ABOUT_FILES.iter().find(|(en, _)| *en == what)
    {
        return Some(format!("{count} {zh}：{}", files.replace(", ", "、")));
    }
    None
}

/// The count at the head of a sentence, and how the Chinese one goes on.
fn counted(text: &str) -> Option<(&str, &'static str)> {
    let (count, rest) = text.split_once(' ')?;
    let (_, zh) = COUNTS.iter().find(|(en, _)| *en == rest)?;
    Some((count, zh))
}

/// Methods that look members up by a text that is not known, by the names that a person says.
fn look_ups(reason: &str, lang: Lang) -> Option<String> {
    let (count, callers) = LOOK_UPS.iter().find_map(|it| reason.split_once(it))?;
    let (callers, more) = match callers.strip_suffix(" more methods").and_then(|it| it.rsplit_once(" and ")) {
        Some((callers, more)) => (callers, Some(more)),
        None => (callers, None),
    };
    // A descriptor has no `, ` in it.
    let callers: Vec<String> = callers.split(", ").map(dotted).collect();
    Some(match (lang, more) {
        (Lang::Zh, None) => format!("{count} 处反射的成员名无法确定：{}", callers.join("、")),
        (Lang::Zh, Some(more)) => {
            format!("{count} 处反射的成员名无法确定：{}，另有 {more} 个方法", callers.join("、"))
        }
        (Lang::En, None) => format!("{count} look-ups by a name that is not known: {}", callers.join(", ")),
        (Lang::En, Some(more)) => {
            format!("{count} look-ups by a name that is not known: {} and {more} more methods", callers.join(", "))
        }
    })
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
                "清单声明的 4 个组件中，3 个组件在 DEX 文件里没有对应的类",
            ),
            ("2 nested files of code were analysed: a.jar, b.dex", "2 个内嵌代码文件已一并分析：a.jar、b.dex"),
            (
                "1 native library: its names and strings were read, its code was not",
                "1 个原生库：只读取了名称和字符串，没有分析机器码",
            ),
            (
                "React Native: names and strings of 2 script files were read, their code was not",
                "React Native：2 个脚本文件：只读取了名称和字符串，没有分析代码",
            ),
            ("3 parts could not be read as they should be", "3 个部分无法正常读取"),
            ("Tencent Legu: lib/armeabi/libshella.so", "Tencent Legu: lib/armeabi/libshella.so"),
        ] {
            assert_eq!(told(en, Lang::Zh), zh);
            assert_eq!(told(en, Lang::En), en);
        }
        let looks = "7 places name members by a text that is not known: La;->b()V, Lc/D;->e([J)V and 2 more methods";
        assert_eq!(told(looks, Lang::Zh), "7 处反射的成员名无法确定：a.b、c.D.e，另有 2 个方法");
        assert_eq!(told(looks, Lang::En), "7 look-ups by a name that is not known: a.b, c.D.e and 2 more methods");
        let (one, more) =
            ("La/Loader;-><init>(I)V in Lb/C;->d()V", "La/Loader;-><init>(I)V in Lb;->c()V, Ld;->e()V and 3 more");
        assert_eq!(told(one, Lang::Zh), "b.C.d → Loader.<init>");
        assert_eq!(told(one, Lang::En), "b.C.d → Loader.<init>");
        assert_eq!(told(more, Lang::Zh), "b.c、d.e → Loader.<init>，另有 3 处");
        assert_eq!(told(more, Lang::En), "b.c, d.e → Loader.<init>, and 3 more");
    }
}
