//! What strangers can send to a parser, kept from discovery runs: each file of a corpus is given to
//! its target again. `npm run fuzz` looks for more (docs/fuzzing.md).
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::{
    collections::BTreeMap,
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

#[path = "src/targets/mod.rs"]
mod targets;

use targets::TARGETS;

/// How much of a corpus may be found, since it is to be read, and to be run with every test.
/// `npm run fuzz -- --keep` has the same limits from there.
const LIMITS: &str = include_str!("limits.json");

#[test]
fn every_file_of_a_corpus_passes_its_target() {
    let mut failed = Vec::new();
    for (name, target) in TARGETS {
        for path in files(&root().join("corpus").join(name)) {
            let data = fs::read(&path).unwrap();
            if catch_unwind(AssertUnwindSafe(|| target(&data))).is_err() {
                failed.push(format!("{name}: {}", path.display()));
            }
        }
    }
    assert!(
        failed.is_empty(),
        "what fails, with its words above: {failed:#?}"
    );
}

#[test]
fn every_target_has_a_corpus_and_a_binary_and_nothing_else_has() {
    let expected: Vec<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let names = |folder: &str| {
        let paths = files(&root().join(folder)).into_iter();
        paths
            .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names("corpus"), expected);
    assert_eq!(names("src/bin"), expected);
}

/// What was written by hand is not counted: nothing that was found to matter is turned away.
#[test]
fn a_corpus_is_small_and_not_empty() {
    let limits: BTreeMap<String, usize> = serde_json::from_str(LIMITS).unwrap();
    let mut counted = 0;
    for (name, _) in TARGETS {
        let (found, written): (Vec<_>, Vec<_>) = files(&root().join("corpus").join(name))
            .into_iter()
            .partition(|path| has_digest_for_a_name(path));
        assert!(!(found.is_empty() && written.is_empty()), "{name} is empty");
        let sizes = found.iter().map(|path| fs::metadata(path).unwrap().len());
        let bytes = usize::try_from(sizes.sum::<u64>()).unwrap();
        assert!(found.len() <= limits["files"], "{name}: {}", found.len());
        assert!(bytes <= limits["bytes"], "{name}: {bytes} bytes");
        counted += found.len();
    }
    assert!(counted > 0, "the names of what was found are known");
}

/// As libFuzzer names what it finds: by its SHA-1.
fn has_digest_for_a_name(path: &Path) -> bool {
    let name = path.file_name().unwrap().as_encoded_bytes();
    name.len() == 40
        && name
            .iter()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// What is fuzzed is what ships: the same releases of the same crates.
#[test]
fn the_fuzzed_crates_are_the_crates_own() {
    let own = versions(include_str!("../../Cargo.lock"));
    let fuzzed = versions(include_str!("Cargo.lock"));
    assert!(fuzzed.contains_key("libfuzzer-sys"));
    for (name, versions) in fuzzed {
        if let Some(own) = own.get(&name) {
            assert!(
                versions.iter().all(|version| own.contains(version)),
                "{name} {versions:?}"
            );
        }
    }
}

fn versions(lock: &str) -> BTreeMap<String, Vec<String>> {
    let mut versions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let value = |key: &str| {
            let line = package
                .lines()
                .find_map(|line| line.strip_prefix(key))
                .unwrap();
            line.trim_matches([' ', '=', '"']).to_owned()
        };
        versions
            .entry(value("name"))
            .or_default()
            .push(value("version"));
    }
    versions
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}
