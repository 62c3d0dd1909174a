//! Reads `data/api-permissions.tsv`. Part of the build script; the library has it for its tests only.

use super::api::{ApiKind, ApiPermission, Need};
use super::model::Confidence;

/// The namespace of the platform's own permissions, which the file leaves out.
const NAMESPACE: &str = "android.permission.";

/// The rows of a file, which has one line of column names and is sorted. The error names the line.
pub(super) fn parse(text: &str) -> Result<Vec<ApiPermission<String>>, String> {
    let mut rows: Vec<ApiPermission<String>> = Vec::new();
    for (number, line) in (1..).zip(text.lines()).skip(1) {
        let row = row(line).ok_or_else(|| format!("line {number}: not a row of nine columns with known words"))?;
        if rows.last().is_some_and(|last| (last.kind, &last.api) > (row.kind, &row.api)) {
            return Err(format!("line {number}: {} is out of order", row.api));
        }
        rows.push(row);
    }
    Ok(rows)
}

fn row(line: &str) -> Option<ApiPermission<String>> {
    let [kind, api, permissions, need, condition, first, last, origin, confidence] =
        line.split('\t').collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let constant = |name: &str| if name.contains('.') { name.to_owned() } else { format!("{NAMESPACE}{name}") };
    Some(ApiPermission {
        kind: match kind {
            "content-uri" => ApiKind::ContentUri,
            "literal" => ApiKind::Literal,
            "method" if api.contains(";->") => ApiKind::Method,
            _ => return None,
        },
        api: api.to_owned(),
        permissions: permissions.split(',').map(constant).collect(),
        need: match need {
            "all" => Need::All,
            "any" => Need::Any,
            "union" => Need::Union,
            "mentioned" => Need::Mentioned,
            _ => return None,
        },
        conditional: match condition {
            "" => false,
            "conditional" => true,
            _ => return None,
        },
        levels: (first.parse().ok()?, last.parse().ok()?),
        origin: origin.to_owned(),
        confidence: match confidence {
            "high" => Confidence::High,
            "medium" => Confidence::Medium,
            "low" => Confidence::Low,
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(columns: &str) -> ApiPermission<String> {
        parse(&format!("names\nmethod\tLA;->a()V\tCAMERA,x.Y\t{columns}\torigin\thigh\n")).expect("a row").remove(0)
    }

    #[test]
    fn a_row_is_read_and_its_constants_are_whole() {
        let row = parsed("any\t\t31\t36");
        assert_eq!(row.permissions, ["android.permission.CAMERA", "x.Y"]);
        assert_eq!((row.kind, row.need, row.conditional, row.levels), (ApiKind::Method, Need::Any, false, (31, 36)));
    }

    #[test]
    fn a_fault_is_named_by_its_line() {
        let fault = |rows: &str| parse(&format!("names\n{rows}")).expect_err("a fault");
        let row = |api| format!("method\t{api}\tA\tall\t\t1\t36\tx\thigh\n");
        assert_eq!(fault("method\tLA;->a()V\n"), "line 2: not a row of nine columns with known words");
        let unsorted = format!("{}{}", row("LB;->b()V"), row("LA;->a()V"));
        assert_eq!(fault(&unsorted), "line 3: LA;->a()V is out of order");
    }
}
