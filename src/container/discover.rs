//! From the arguments of a command line to packages: files, folders, globs, and split sets that lie in a folder.
//!
//! Only names are looked at here; what a file is, its content decides when it is opened.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use globset::GlobBuilder;
use walkdir::WalkDir;

use crate::error::Issue;

/// What a folder is searched for. A file that is named on the command line may have any name.
const EXTENSIONS: [&str; 6] = ["apk", "apks", "xapk", "apkm", "aab", "dex"];

/// One place to open as one package: a file, or the files of a split set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The path as given; reports show it.
    pub path: PathBuf,
    /// The files of a split set that lies in a folder; empty for a single file.
    pub splits: Vec<PathBuf>,
}

/// Turns the paths, folders and globs of a command line into inputs, in a stable order, without duplicates.
/// A path that does not exist or a glob that matches nothing is an issue that names it.
///
/// The order of the arguments stays; within a folder or glob it is that of the paths. In a folder, `.apk` files are one
/// split set only when their names say so: a `base.apk` with `split_*.apk` or `*config*.apk` beside it.
pub fn discover(paths: &[PathBuf]) -> (Vec<Input>, Vec<Issue>) {
    let mut found = Found::default();
    for path in paths {
        if path.is_dir() {
            found.folder(path);
        } else if path.exists() {
            found.add(Input { path: path.clone(), splits: Vec::new() });
        } else if is_glob(path) {
            found.glob(path);
        } else {
            found.issue(path, "no such file or folder");
        }
    }
    (found.inputs, found.issues)
}

#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    issues: Vec<Issue>,
    /// Canonical paths of the inputs and of the files of split sets.
    seen: BTreeSet<PathBuf>,
}

impl Found {
    fn add(&mut self, input: Input) {
        let canonical = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.seen.insert(canonical(&input.path)) {
            self.seen.extend(input.splits.iter().map(|split| canonical(split)));
            self.inputs.push(input);
        }
    }

    fn issue(&mut self, path: &Path, message: impl Into<String>) {
        self.issues.push(Issue::new(path.to_string_lossy(), None, message));
    }

    fn folder(&mut self, folder: &Path) {
        let before = self.inputs.len();
        let files = self.walk(folder, usize::MAX, is_package);
        let mut parents: Vec<&Path> = files.iter().filter_map(|file| file.parent()).collect();
        parents.dedup();
        let sets: Vec<Input> = parents.into_iter().filter_map(|parent| split_set(parent, &files)).collect();
        let in_sets: BTreeSet<&PathBuf> = sets.iter().flat_map(|set| &set.splits).collect();
        let singles = files.iter().filter(|file| !in_sets.contains(file));
        let mut inputs: Vec<Input> =
            singles.map(|file| Input { path: file.clone(), splits: Vec::new() }).chain(sets.iter().cloned()).collect();
        inputs.sort();
        let none = inputs.is_empty();
        for input in inputs {
            self.add(input);
        }
        if none && before == self.inputs.len() {
            self.issue(folder, format!("no package in this folder (.{})", EXTENSIONS.join(", .")));
        }
    }

    fn glob(&mut self, pattern: &Path) {
        let glob = match GlobBuilder::new(&pattern.to_string_lossy()).literal_separator(true).build() {
            Ok(glob) => glob.compile_matcher(),
            Err(error) => return self.issue(pattern, format!("not a valid glob: {}", error.kind())),
        };
        let is_fixed = |component: &Component| !is_glob(component.as_os_str());
        let root: PathBuf = pattern.components().take_while(is_fixed).collect();
        let depth = pattern.components().count().saturating_sub(root.components().count());
        let depth = if pattern.to_string_lossy().contains("**") { usize::MAX } else { depth };
        let start = if root.as_os_str().is_empty() { Path::new(".") } else { &root };
        let matches = self.walk(start, depth, |path| glob.is_match(path));
        if matches.is_empty() {
            self.issue(pattern, "the glob matches nothing");
        }
        for path in matches {
            self.add(Input { path, splits: Vec::new() });
        }
    }

    /// The files below `root` that are `wanted`, sorted. Paths below `.` lose that prefix, as shells write them.
    fn walk(&mut self, root: &Path, depth: usize, wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in WalkDir::new(root).max_depth(depth).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_file() => {
                    let path = entry.path();
                    let path = if root == Path::new(".") { path.strip_prefix(".").unwrap_or(path) } else { path };
                    if wanted(path) {
                        files.push(path.to_owned());
                    }
                }
                Ok(_) => {}
                // A link to a folder above it adds nothing that is not visited anyway.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let path = error.path().unwrap_or(root).to_owned();
                    let message = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.issue(&path, message);
                }
            }
        }
        files.sort();
        files
    }
}

fn is_glob(path: impl AsRef<OsStr>) -> bool {
    path.as_ref().to_string_lossy().contains(['*', '?', '['])
}

fn is_package(path: &Path) -> bool {
    let extension = path.extension().map(|it| it.to_string_lossy().to_lowercase());
    extension.is_some_and(|it| EXTENSIONS.contains(&it.as_str()))
}

/// The split set among those of `files` that lie in `folder`, when there is a base and at least one split.
fn split_set(folder: &Path, files: &[PathBuf]) -> Option<Input> {
    let name = |file: &PathBuf| file.file_name().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
    let here = || files.iter().filter(|file| file.parent() == Some(folder));
    let base = here().find(|file| name(file) == "base.apk")?;
    let is_split = |file: &PathBuf| {
        let name = name(file);
        file.extension().is_some_and(|it| it.eq_ignore_ascii_case("apk"))
            && (name.starts_with("split_") || name.contains("config"))
    };
    let mut splits = vec![base.clone()];
    splits.extend(here().filter(|file| is_split(file)).cloned());
    (1 < splits.len()).then(|| Input { path: folder.to_owned(), splits })
}
