//! What `docs/requirements.md` says is so: its paths exist, its tests are in their files, every file
//! of tests is in it, and every clause that source and tests cite has one row. Every guarantee of
//! `docs/security.md` names its tests. And the README has every key.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use gatelodge::config::Config;

const DOCUMENT: &str = include_str!("../docs/requirements.md");
const SECURITY: &str = include_str!("../docs/security.md");
const README: &str = include_str!("../README.md");
const HEADER: [&str; 4] = ["id", "requirement", "module", "test"];
/// The sections of what has no module, or no test.
const NOT_HELD: [&str; 2] = ["Not here yet", "Here, but held by no test"];
/// What holds no test itself: lists of modules, and what the targets share.
const NO_TESTS: [&str; 4] = [
    "fuzz/src/targets/mod.rs",
    "fuzz/src/targets/parts.rs",
    "properties/main.rs",
    "protocol/main.rs",
];

struct Row {
    section: String,
    header: Vec<String>,
    cells: Vec<String>,
}

impl Row {
    /// What is in the column of this name, if the table has one.
    fn column(&self, name: &str) -> Option<&str> {
        let at = self.header.iter().position(|column| column == name)?;
        self.cells.get(at).map(String::as_str)
    }

    fn id(&self) -> &str {
        &self.cells[0]
    }

    fn is_held(&self) -> bool {
        !NOT_HELD.contains(&self.section.as_str())
    }
}

#[test]
fn every_row_has_its_columns() {
    let mut sections = BTreeSet::new();
    for row in rows() {
        let columns = if row.is_held() { HEADER.len() } else { 3 };
        assert!(!row.is_held() || row.header == HEADER, "{}", row.section);
        assert_eq!(row.cells.len(), columns, "{}", row.id());
        let empty = row.cells.iter().any(String::is_empty);
        assert!(!empty, "{} has an empty column", row.id());
        sections.insert(row.section);
    }
    for section in NOT_HELD {
        assert!(sections.contains(section), "there is a section {section}");
    }
}

#[test]
fn no_id_has_two_rows() {
    let mut seen = BTreeMap::new();
    for row in rows() {
        let earlier = seen.insert(row.id().to_owned(), row.section.clone());
        assert_eq!(earlier, None, "{} is also in {}", row.id(), row.section);
    }
}

#[test]
fn every_clause_that_is_cited_has_a_row() {
    let rows = rows();
    let held: BTreeSet<_> = rows
        .iter()
        .filter(|row| row.is_held())
        .map(Row::id)
        .collect();
    let mut cited = 0;
    for path in files("src").into_iter().chain(files("tests")) {
        for clause in clauses(&fs::read_to_string(&path).unwrap()) {
            let path = path.display();
            assert!(held.contains(clause), "{path} cites {clause}: no row");
            cited += 1;
        }
    }
    assert!(cited > 100, "the citations are found");
}

#[test]
fn every_module_exists() {
    for row in rows() {
        let column = match row.section.as_str() {
            "Not here yet" => continue,
            _ => &row.cells[2],
        };
        let paths = quoted(column);
        assert!(!paths.is_empty(), "{} names no module", row.id());
        for path in paths {
            assert!(find("src", path).is_some(), "{}: {path}", row.id());
        }
    }
}

#[test]
fn every_test_is_in_its_file() {
    for row in rows().iter().filter(|row| row.is_held()) {
        names_tests(row.id(), &row.cells[3]);
    }
}

/// A table says what holds or for how long, and a paragraph in its last line, held by which tests.
#[test]
fn every_guarantee_of_the_security_page_has_its_tests() {
    let mut held = 0;
    for row in tables(SECURITY) {
        let what = format!("{}: {}", row.section, row.id());
        let promises = row.column("what holds").or(row.column("bound")).is_some();
        match row.column("test") {
            Some(tests) => names_tests(&what, tests),
            None => assert!(!promises, "{what} has no test"),
        }
        held += usize::from(promises);
    }
    for line in SECURITY.lines() {
        if let Some(tests) = line.trim().strip_prefix("Held by ") {
            names_tests(line, tests);
            held += 1;
        }
    }
    assert!(held > 60, "the guarantees are found");
}

#[test]
fn every_file_of_tests_has_a_row() {
    let rows = rows();
    let held: BTreeSet<_> = rows
        .iter()
        .filter(|row| row.is_held())
        .flat_map(|row| quoted(&row.cells[3]))
        .collect();
    for suite in [
        "clients",
        "conformance",
        "fuzz/src/targets",
        "properties",
        "protocol",
        "stored_formats",
        "workerd",
    ] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let mut count = 0;
        for entry in fs::read_dir(root.join(suite)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap();
            if is_test(name) && !NO_TESTS.contains(&name) {
                assert!(held.contains(name), "no row names {name}");
                count += 1;
            }
        }
        assert!(count > 0, "{suite} is found");
    }
}

#[test]
fn the_readme_has_every_key_and_no_other() {
    let (_, rest) = README.split_once("\n## Configuration\n").unwrap();
    let (section, _) = rest.split_once("\n## ").unwrap();
    let keys: Vec<_> = section
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(key, _)| key)
        .collect();
    assert_eq!(keys, Config::KEYS);
}

#[test]
fn a_clause_is_found_where_a_person_sees_one() {
    let id = |letters: &str, number: u32| format!("{letters}-{number}");
    let (first, second) = (id("QX", 40), id("QX", 51));
    let text = format!("({first}, {second}: x) \"{first}\" B{first} {first}0 qx-40 2026-10-20");
    assert_eq!(clauses(&text), [&first, &second, &first]);
    assert_eq!(quoted("`a`, `b c`; d"), ["a", "b c"]);
}

/// Folders, and what a package of its own brings along, are none.
fn is_test(name: &str) -> bool {
    [".rs", ".test.mjs"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// Fails unless these are tests that are in their files.
fn names_tests(what: &str, tests: &str) {
    for place in tests.split("; ") {
        let quoted = quoted(place);
        let Some((path, names)) = quoted.split_first() else {
            panic!("{what} names no test in {place:?}");
        };
        let Some(file) = find("tests", path) else {
            panic!("{what}: {path} does not exist");
        };
        assert!(!names.is_empty(), "{what} names no test of {path}");
        let text = fs::read_to_string(file).unwrap();
        for name in names {
            assert!(text.contains(name), "{what}: {path} has no {name:?}");
        }
    }
}

fn rows() -> Vec<Row> {
    let rows = tables(DOCUMENT);
    assert!(rows.len() > 100, "the tables are found");
    rows
}

/// Every row of every table.
fn tables(document: &str) -> Vec<Row> {
    let (mut section, mut header) = (String::new(), Vec::new());
    let mut rows: Vec<Row> = Vec::new();
    for line in document.lines() {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut section);
        }
        let Some(cells) = line
            .strip_prefix('|')
            .and_then(|line| line.strip_suffix('|'))
        else {
            continue;
        };
        let cells: Vec<_> = cells
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect();
        let is_rule = cells
            .iter()
            .all(|cell| cell.bytes().all(|byte| byte == b'-'));
        if is_rule {
            header = rows.pop().unwrap().cells;
            continue;
        }
        rows.push(Row {
            section: section.clone(),
            header: header.clone(),
            cells,
        });
    }
    rows
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Two capitals, a hyphen and two digits, as a word.
fn clauses(text: &str) -> Vec<&str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
        .filter(|word| {
            let word = word.as_bytes();
            word.len() == 5
                && word[..2].iter().all(u8::is_ascii_uppercase)
                && word[2] == b'-'
                && word[3..].iter().all(u8::is_ascii_digit)
        })
        .collect()
}

/// The file at this path below the folder, or else below the root.
fn find(folder: &str, path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    [root.join(folder).join(path), root.join(path)]
        .into_iter()
        .find(|path| path.is_file())
}

fn files(folder: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut files) = (vec![root.join(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("node_modules") {
                // Of others, where tests bring packages of their own.
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "rs" || extension == "mjs")
            {
                files.push(path);
            }
        }
    }
    files
}
