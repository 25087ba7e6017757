//! The allowed arrows between the folders of `src/`, and what else holds for every source file.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// From each folder, or file, right below `src/`: what it may use. Later rows may use earlier ones
/// only, so there is no cycle.
const ARROWS: [(&str, &[&str]); 20] = [
    ("mount_path", &[]),
    ("secret", &[]),
    ("time", &[]),
    ("issuer", &[]),
    ("jose", &["secret", "time"]),
    ("keys", &["issuer", "secret"]),
    ("routes", &["mount_path"]),
    ("steps", &["mount_path", "secret"]),
    (
        "oauth",
        &[
            "issuer",
            "jose",
            "keys",
            "mount_path",
            "routes",
            "secret",
            "time",
        ],
    ),
    (
        "config",
        &[
            "issuer",
            "keys",
            "mount_path",
            "oauth",
            "routes",
            "secret",
            "time",
        ],
    ),
    // A rule is given the lifetimes and the replay policy that the owner has decided.
    (
        "ledger",
        &[
            "config",
            "issuer",
            "keys",
            "mount_path",
            "oauth",
            "secret",
            "time",
        ],
    ),
    // It remembers the verdicts of Ledgers.
    (
        "resource_server",
        &[
            "issuer",
            "jose",
            "keys",
            "ledger",
            "mount_path",
            "oauth",
            "routes",
            "secret",
            "time",
        ],
    ),
    (
        "mcp",
        &[
            "issuer",
            "keys",
            "mount_path",
            "resource_server",
            "secret",
            "time",
        ],
    ),
    (
        "ports",
        &[
            "config",
            "jose",
            "keys",
            "ledger",
            "mount_path",
            "oauth",
            "resource_server",
            "secret",
            "steps",
            "time",
        ],
    ),
    // A form remembers the client that it was shown for; a row of the register is made of a grant's
    // record, and kept wherever there is a store.
    (
        "owner",
        &[
            "issuer",
            "keys",
            "ledger",
            "mount_path",
            "oauth",
            "ports",
            "secret",
            "time",
        ],
    ),
    ("site", &["issuer", "owner", "secret"]),
    // The page of a wrong configuration shows its problems.
    ("pages", &["config", "routes", "secret", "time"]),
    (
        "endpoints",
        &[
            "config",
            "issuer",
            "jose",
            "keys",
            "ledger",
            "mcp",
            "mount_path",
            "oauth",
            "owner",
            "pages",
            "ports",
            "resource_server",
            "routes",
            "secret",
            "site",
            "steps",
            "time",
        ],
    ),
    (
        "cloudflare",
        &[
            "config",
            "endpoints",
            "jose",
            "keys",
            "ledger",
            "mcp",
            "oauth",
            "owner",
            "ports",
            "secret",
            "steps",
            "time",
        ],
    ),
    ("lib", &[]),
];

#[test]
fn arrows_between_folders_point_down() {
    let allowed: BTreeMap<_, _> = ARROWS.into_iter().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let folder = source.folder();
        let Some(allowed) = allowed.get(folder.as_str()) else {
            wrong.push(format!("{} is in no row of the table", source.name()));
            continue;
        };
        for used in source.uses() {
            if used != folder && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}: {folder} → {used}", source.name()));
            }
        }
    }
    assert!(wrong.is_empty(), "forbidden arrows: {wrong:#?}");
}

#[test]
fn the_table_has_no_cycle() {
    let mut above = BTreeSet::new();
    for (folder, allowed) in ARROWS {
        for used in allowed {
            assert!(above.contains(used), "{folder} → {used} points up");
        }
        above.insert(folder);
    }
}

/// An arrow that nobody needs any more is taken out of the table.
#[test]
fn every_arrow_of_the_table_is_used() {
    let mut used = BTreeSet::new();
    for source in sources() {
        let folder = source.folder();
        used.extend(source.uses().into_iter().map(|to| (folder.clone(), to)));
    }
    for (folder, allowed) in ARROWS {
        for to in allowed {
            let arrow = (folder.to_owned(), (*to).to_owned());
            assert!(used.contains(&arrow), "{folder} → {to} is not needed");
        }
    }
}

#[test]
fn only_the_shell_knows_where_it_runs() {
    for source in sources() {
        let shell = source.folder() == "cloudflare";
        for name in ["worker::", "web_sys", "js_sys", "wasm_bindgen"] {
            assert!(
                shell || !source.code().contains(name),
                "{} names {name}",
                source.name()
            );
        }
    }
}

#[test]
fn no_source_file_is_too_large() {
    for source in sources() {
        assert!(
            source.text.len() <= 12 * 1024,
            "{} is larger than 12 KB",
            source.name()
        );
    }
}

#[test]
fn a_path_is_read_wherever_it_is_written() {
    for (text, expected) in [
        ("use crate::keys::Keys;", vec!["keys"]),
        (
            "use crate::{\n    config::Mount,\n    mcp::{a::B, c},\n    secret,\n};",
            vec!["config", "mcp", "secret"],
        ),
        ("fn f() -> crate::time::Lifetime {}", vec!["time"]),
        ("/// See [`crate::ledger`].\nuse super::x;", vec![]),
        (
            "use crate::{ports::Outage}; type A = <W as crate::mcp::Home>::B;",
            vec!["mcp", "ports"],
        ),
    ] {
        let source = Source {
            path: PathBuf::from("src/x.rs"),
            text: text.to_owned(),
        };
        let uses: Vec<_> = source.uses().into_iter().collect();
        assert_eq!(uses, expected, "{text}");
    }
}

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The folder right below `src/`, or the name of a file there.
    fn folder(&self) -> String {
        let below = self
            .path
            .components()
            .skip_while(|part| part.as_os_str() != "src");
        let name = below
            .skip(1)
            .map(|part| part.as_os_str().to_string_lossy().into_owned());
        let name = name.into_iter().next().unwrap();
        name.trim_end_matches(".rs").to_owned()
    }

    /// The text without comments.
    fn code(&self) -> String {
        let lines = self.text.lines();
        let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The first name of every path that begins with `crate::`, groups included.
    fn uses(&self) -> BTreeSet<String> {
        let code = self.code();
        let mut uses = BTreeSet::new();
        for rest in code.split("crate::").skip(1) {
            match rest.strip_prefix('{') {
                Some(group) => uses.extend(members(group)),
                None => uses.extend(identifier(rest)),
            }
        }
        uses
    }
}

/// The first names of the members of a group, up to its closing brace.
fn members(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut at_start) = (0, true);
    for (index, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            _ if at_start && !letter.is_whitespace() => {
                names.extend(identifier(&group[index..]));
                at_start = false;
            }
            _ => {}
        }
    }
    names
}

fn identifier(text: &str) -> Option<String> {
    let name = text
        .split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut folders, mut sources) = (vec![root.join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_owned();
                sources.push(Source { path, text });
            }
        }
    }
    assert!(sources.len() > 50, "the sources are found");
    sources
}
