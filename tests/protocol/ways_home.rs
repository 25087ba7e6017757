//! A call takes the way home that its mount names, with what belongs to that way and no other.

use crate::support::{Client, Gate, Request};

/// Where a call to each mount went: through which binding, to which URL, with which key.
fn went(gate: &Gate, paths: &[&str]) -> Vec<(Option<String>, String, Option<String>)> {
    let client = Client::register(gate);
    let go = |path: &&str| {
        let access = client.connect_to(gate, path).access;
        gate.send(Request::post(path).bearer(&access));
        let sent = gate.world.home.got().pop().unwrap();
        let key = sent.headers.get("x-api-key");
        let key = key.map(|key| key.to_str().unwrap().to_owned());
        (sent.binding, sent.url.to_string(), key)
    };
    paths.iter().map(go).collect()
}

#[test]
fn each_mount_has_its_own() {
    let mounts = r#"[
        {"path": "/mcp"},
        {"path": "/notes", "origin": "http://localhost:8000", "binding": "NOTES"},
        {"path": "/files", "origin": "https://files.example.net:9443/x/mcp"}
    ]"#;
    let headers = r#"{"/notes": {"X-Api-Key": "of-notes"}}"#;
    let gate = Gate::with(&[("MOUNTS", mounts), ("ORIGIN_HEADERS", headers)]);
    let to = |binding: Option<&str>, url: &str, key: Option<&str>| {
        let owned = |text: &str| text.to_owned();
        (binding.map(owned), url.to_owned(), key.map(owned))
    };
    assert_eq!(
        went(&gate, &["/mcp", "/notes", "/files"]),
        [
            to(None, "https://home.example.net:8383/mcp", None),
            to(
                Some("NOTES"),
                "http://localhost:8000/notes",
                Some("of-notes")
            ),
            to(None, "https://files.example.net:9443/x/mcp", None),
        ]
    );
}

#[test]
fn one_binding_can_be_for_all() {
    let mounts = r#"[{"path": "/mcp"}, {"path": "/b", "binding": "B"}]"#;
    let gate = Gate::with(&[("MOUNTS", mounts), ("ORIGIN_BINDING", "HOME")]);
    let bindings: Vec<_> = went(&gate, &["/mcp", "/b"])
        .into_iter()
        .map(|way| way.0)
        .collect();
    assert_eq!(bindings, [Some("HOME".to_owned()), Some("B".to_owned())]);
    let named: Vec<_> = gate.world.config.bindings().collect();
    assert_eq!(named, [("ORIGIN_BINDING", "HOME"), ("MOUNTS", "B")]);
}

/// With a binding the URL is what home is called by, not where it is.
#[test]
fn a_bound_origin_may_have_the_name_of_the_edge() {
    let settings = [
        ("ORIGIN", "http://mcp.example.com/mcp"),
        ("ORIGIN_BINDING", "HOME"),
        ("PUBLIC_URL", "https://mcp.example.com"),
    ];
    let gate = Gate::with(&settings);
    assert!(
        gate.world.config.warnings.is_empty(),
        "{:?}",
        gate.world.config.warnings
    );
    assert_eq!(went(&gate, &["/mcp"])[0].1, "http://mcp.example.com/mcp");
}
