//! The real documents with their hand-made annotations, where `CANDOR_CORPUS` names the folder that holds them. They
//! belong to their authors and are no part of this repository; the thresholds are what the importer promises.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use candor::catalog::Catalog;
use candor::policy::{Import, import};
use serde_json::Value;

fn policies() -> Option<PathBuf> {
    Some(PathBuf::from(std::env::var_os("CANDOR_CORPUS")?).join("policies"))
}

fn read(path: &std::path::Path) -> Import {
    let bytes = fs::read(path).expect("a document");
    let name = path.file_name().expect("a name").to_string_lossy();
    import(&bytes, &name, Catalog::builtin()).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Right, given and wanted.
#[derive(Default, Clone, Copy)]
struct Score(usize, usize, usize);

impl Score {
    fn add(&mut self, given: &BTreeSet<String>, wanted: &BTreeSet<String>) {
        self.0 += given.intersection(wanted).count();
        self.1 += given.len();
        self.2 += wanted.len();
    }

    fn f1(self) -> f64 {
        let number = |count: usize| f64::from(u32::try_from(count).expect("a test is small"));
        let share = |of: usize| number(self.0) / number(of.max(1));
        let (precision, recall) = (share(self.1), share(self.2));
        2.0 * precision * recall / (precision + recall).max(f64::EPSILON)
    }
}

/// Ids of the annotations that have other names in the catalog.
const SAME: [(&str, &str); 27] = [
    ("device-id", "device-identifier"),
    ("user-id", "account-info"),
    ("app-info", "software-info"),
    ("log-info", "usage-log"),
    ("system-info", "device-info"),
    ("system-language", "language-timezone"),
    ("timezone", "language-timezone"),
    ("network-state", "network-type"),
    ("wifi-state", "network-type"),
    ("screen", "screen-info"),
    ("disk-info", "memory-storage"),
    ("memory-info", "memory-storage"),
    ("root-state", "device-settings"),
    ("wifi-scan", "wifi-list"),
    ("cell-info", "cell-id"),
    ("photos", "photos-media"),
    ("steps", "step-count"),
    ("heart-rate", "body-sensors"),
    ("blood-pressure", "body-sensors"),
    ("manufacturer", "device-brand"),
    ("udid", "udid-vendor"),
    ("voice", "microphone"),
    ("crash-log", "system-log"),
    ("sensors", "sensor-data"),
    ("exif", "media-location"),
    ("face-feature", "face"),
    ("id-document", "id-card"),
];

fn ids<'v>(ids: impl Iterator<Item = &'v str>) -> BTreeSet<String> {
    let same: BTreeMap<&str, &str> = SAME.into_iter().collect();
    let known = |id: &str| Catalog::builtin().data_type(id).is_some();
    ids.map(|id| id.trim_start_matches('~'))
        .map(|id| same.get(id).copied().unwrap_or(id))
        .filter(|id| known(id))
        .map(str::to_owned)
        .collect()
}

fn strings<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn folded(name: &str) -> String {
    let name: String = name.to_lowercase().chars().filter(|it| it.is_alphanumeric()).collect();
    name.strip_suffix("sdk").map_or(name.clone(), str::to_owned)
}

fn overlap(a: [u32; 2], b: &Value) -> bool {
    let line = |place: usize| u32::try_from(b[place].as_u64().unwrap_or(0)).unwrap_or(0);
    a[0] <= line(1) && line(0) <= a[1]
}

#[test]
fn documents_are_read_as_people_read_them() {
    let Some(folder) = policies() else { return };
    let (mut rows, mut data, mut permissions, mut own) =
        (Score::default(), Score::default(), Score::default(), Score::default());
    let mut documents = 0;
    for entry in fs::read_dir(folder.join("gold")).expect("annotations") {
        let path = entry.expect("readable").path();
        let gold: Value = serde_json::from_slice(&fs::read(&path).expect("readable")).expect("JSON");
        let made = read(&folder.join(gold["file"].as_str().expect("a file")));
        documents += 1;
        let mut left: Vec<_> = made.disclosure.sdk.iter().filter(|row| row.platforms != ["ios"]).collect();
        rows.1 += left.len();
        for wanted in gold["sdks"].as_array().into_iter().flatten() {
            rows.2 += 1;
            let name = folded(wanted["name"].as_str().expect("a name"));
            let fits = |row: &&candor::disclosure::SdkRow| {
                let said = row.names.iter().map(|it| folded(it));
                overlap(row.cite.lines, &wanted["lines"])
                    && said.into_iter().any(|it| it.contains(&name) || name.contains(&it))
            };
            let Some(place) = left.iter().position(fits) else { continue };
            let row = left.remove(place);
            rows.0 += 1;
            data.add(&ids(row.data.iter().map(String::as_str)), &ids(strings(wanted, "data_ids").into_iter()));
        }
        if gold["permissions_complete"] == true {
            let all = || gold["permissions"].as_array().into_iter().flatten();
            let wanted: BTreeSet<String> = all().flat_map(|row| strings(row, "constants")).map(str::to_owned).collect();
            let soft: BTreeSet<&str> = all().flat_map(|row| strings(row, "also_plausible")).collect();
            let given = made.disclosure.permission.iter().flat_map(|row| row.constants.iter().cloned());
            let given: BTreeSet<String> =
                given.filter(|it| wanted.contains(it) || !soft.contains(it.as_str())).collect();
            permissions.add(&given, &wanted);
        }
        if gold["identifiers_complete"] == true {
            let spans = gold["identifier_spans"].as_array().into_iter().flatten().flat_map(|span| strings(span, "ids"));
            let wanted = ids(strings(&gold, "identifiers").into_iter().chain(spans));
            let collects = made
                .disclosure
                .collects
                .iter()
                .flat_map(|it| it.data.iter().map(String::as_str).chain([it.umbrella.as_str()]));
            let rows = made.disclosure.permission.iter().flat_map(|it| it.data.iter().map(String::as_str));
            own.add(&ids(collects.chain(rows)), &wanted);
        }
    }
    assert_eq!(documents, 15);
    for (what, score, least) in
        [("rows", rows, 0.97), ("data", data, 0.95), ("permissions", permissions, 0.97), ("own data", own, 0.93)]
    {
        assert!(least <= score.f1(), "{what}: {:.3} is less than {least}", score.f1());
    }
}

/// What a person adds to an import begins so.
const REMARK: &str = "# review:";

/// The published disclosure of the first policy is what its import writes, to the byte, and remarks between the lines.
#[test]
fn the_first_policy_is_published_as_it_is_imported() {
    let Some(folder) = policies() else { return };
    let made = read(&folder.join("000_meitu-idphoto.txt"));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("disclosures/meitu-id-photo.toml");
    let published = fs::read_to_string(path).expect("a disclosure");
    let (remarks, rest): (Vec<&str>, Vec<&str>) =
        published.split_inclusive('\n').partition(|line| line.starts_with(REMARK));
    assert_eq!(rest.concat(), made.to_toml());
    assert!(!remarks.is_empty(), "a person has looked at it");
}
