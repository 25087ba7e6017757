use std::collections::BTreeMap;

use super::*;

const GOOD: [(&str, &str); 3] = [
    ("ORIGIN", "https://home.example.net:8383"),
    (
        "GATELODGE_KEY",
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
    ),
    ("OWNER_PASSWORD", "correct horse battery"),
];

fn parse(changes: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let environment: BTreeMap<_, _> = GOOD
        .iter()
        .chain(changes)
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Config::parse(&environment)
}

#[test]
fn three_keys_are_enough() {
    let config = parse(&[]).ok().unwrap();
    assert_eq!(config.name, "Home MCP");
    assert_eq!(config.all_scopes().to_string(), "mcp");
    assert_eq!(config.lifetimes.access_token.seconds(), 28_800);
    assert!(config.registration);
    assert!(config.warnings.is_empty());
}

#[test]
fn every_mistake_names_its_key_and_no_value() {
    let mistakes = [
        ("ORIGIN", ""),
        ("ORIGIN", "home.example.net"),
        ("ORIGIN", "ftp://home.example.net/mcp"),
        ("ORIGIN", "https://user:pass@home.example.net/mcp"),
        ("ORIGIN", "https://home.example.net/mcp?key=SECRETVALUE"),
        ("PUBLIC_URL", "http://mcp.example.com"),
        ("PUBLIC_URL", "https://mcp.example.com/other"),
        ("PUBLIC_URL", "https://home.example.net:8383"),
        ("SCOPES", "[\"claudeai\",\"\"]"),
        ("SCOPES", "[\"claudeai \"]"),
        ("SCOPES", "[]"),
        ("SCOPES", "[1]"),
        ("SCOPES", "[\"offline_access\"]"),
        ("ALLOWED_ORIGINS", "[\"https://a.example/path\"]"),
        ("REDIRECT_SCHEMES", "javascript"),
        ("REDIRECT_SCHEMES", "https"),
        ("REGISTRATION", "maybe"),
        ("CLIENTS", "{}"),
        ("CLIENTS", "SECRETVALUE"),
        ("CLIENTS", "[\"SECRETVALUE\"]"),
        ("MOUNTS", "[{\"SECRETVALUE\":1}]"),
        ("ACCESS_TOKEN_SECONDS", "0"),
        ("ACCESS_TOKEN_SECONDS", "eight hours"),
        ("CODE_SECONDS", "601"),
        ("GRANT_CACHE_SECONDS", "31"),
        ("REFRESH_REUSE", "ignore"),
        ("GATELODGE_KEY", ""),
        ("GATELODGE_KEY", "c2hvcnQ="),
        ("GATELODGE_KEY_PREVIOUS", "SECRETVALUE"),
        ("OWNER_PASSWORD", "SECRETVALUE"),
        ("ORIGIN_HEADERS", "SECRETVALUE"),
        ("ORIGIN_HEADERS", "{\"/other\":{\"X-Key\":\"SECRETVALUE\"}}"),
        ("ORIGIN_HEADERS", "{\"/mcp\":{\"Host\":\"SECRETVALUE\"}}"),
        (
            "ORIGIN_HEADERS",
            "{\"/mcp\":{\"Gatelodge-Subject\":\"SECRETVALUE\"}}",
        ),
        ("ORIGIN_BINDING", "SECRET VALUE"),
        ("ORIGIN_BINDING", "a.b"),
        ("ORIGIN_SECONDS", "0"),
        ("ASSERTION", "SECRETVALUE"),
        ("ASSERTION", "none"),
        ("HEARTBEAT_SECONDS", "301"),
        ("HEARTBEAT_SECONDS", "-1"),
        ("HEARTBEAT_SECONDS", "off"),
        ("EARLY_STREAM_SECONDS", "19"),
        ("EARLY_STREAM_SECONDS", "301"),
        ("NAME", "a\u{7}b"),
        ("ORIGN", "https://home.example.net"),
    ];
    for (key, value) in mistakes {
        let problems = parse(&[(key, value)]).err().unwrap_or_default();
        let named = problems
            .iter()
            .any(|problem| problem.key == key || key == "PUBLIC_URL" && problem.key == "ORIGIN");
        assert!(named, "{key}={value}: {problems:?}");
        let shown = format!("{problems:?}");
        assert!(!shown.contains("SECRETVALUE"), "{key} shows its value");
    }
}

#[test]
fn every_mistake_in_a_mount_names_its_entry() {
    let second = |members: &str| format!("[{{}}, {{\"path\": \"/notes\", {members}}}]");
    let is_the_worker = "entry 2: origin is the address of this Worker itself";
    for (members, said) in [
        (
            r#""scopes": ["notes", "offline_access"]"#,
            "entry 2: scopes must not name offline_access",
        ),
        (
            r#""open_with_credentials": "true""#,
            "entry 2: open_with_credentials must be true or false",
        ),
        (r#""origin": 7"#, "entry 2: origin must be"),
        (r#""binding": 7"#, "entry 2: binding must be"),
        (r#""binding": """#, "entry 2: binding must be"),
        (r#""origin": "https://mcp.example.com/mcp""#, is_the_worker),
    ] {
        let changes = [
            ("MOUNTS", &*second(members)),
            ("PUBLIC_URL", "https://mcp.example.com"),
        ];
        let problems = parse(&changes).err().unwrap_or_default();
        let [problem] = problems.as_slice() else {
            panic!("{members}: {problems:?}");
        };
        assert_eq!(problem.key, "MOUNTS", "{members}");
        assert!(problem.problem.starts_with(said), "{}", problem.problem);
    }
}

#[test]
fn an_origin_that_is_the_worker_is_told_where_it_is_named() {
    let there = Url::parse("https://home.example.net:8383/mcp").unwrap();
    let own = r#"[{"origin": "https://home.example.net:8383/mcp"}]"#;
    for (changes, key) in [(vec![], "ORIGIN"), (vec![("MOUNTS", own)], "MOUNTS")] {
        let config = parse(&changes).ok().unwrap();
        assert_eq!(config.loop_at(&there).unwrap().key, key);
        assert_eq!(
            config.loop_at(&Url::parse("https://a.example/mcp").unwrap()),
            None
        );
    }
}

#[test]
fn an_external_mount_needs_its_issuer_and_audience() {
    let external = |members: &str| format!("[{{\"auth\":\"external\"{members}}}]");
    let good = r#","issuer":"https://auth.example","audience":"https://mcp.example.com/mcp""#;
    for audience in [r#""a""#, r#"["a","b"]"#] {
        let mount = format!(r#","issuer":"https://auth.example/","audience":{audience}"#);
        let config = parse(&[("MOUNTS", &external(&mount))]).ok().unwrap();
        let Auth::External(trust) = &config.first_mount().auth else {
            panic!("it is external");
        };
        assert_eq!(trust.issuer.as_str(), "https://auth.example/");
        assert!(trust.audiences.contains(&"a".to_owned()));
        assert!(config.first_mount().scopes.is_empty());
        assert!(!config.issues_tokens());
    }
    let (own, issuer) = (r#","scopes":["a"]"#, r#","issuer":"https://auth.example""#);
    for (mounts, said) in [
        (external(issuer), "audience"),
        (external(r#","audience":"SECRETVALUE""#), "issuer"),
        (
            external(r#","issuer":"http://SECRETVALUE.example","audience":"a""#),
            "issuer",
        ),
        (
            external(r#","issuer":"SECRETVALUE","audience":"a""#),
            "issuer",
        ),
        (external(&format!("{issuer},\"audience\":\"\"")), "audience"),
        (external(&format!("{issuer},\"audience\":[]")), "audience"),
        (external(&format!("{issuer},\"audience\":[1]")), "audience"),
        (
            external(&format!("{issuer},\"audience\":\" SECRETVALUE\"")),
            "audience",
        ),
        (format!("[{{{}}}]", &issuer[1..]), "issuer is for"),
        (
            r#"[{"auth":"open","audience":"a"}]"#.into(),
            "audience is for",
        ),
        (
            format!(r#"[{{"path":"/a","auth":"external"{good}}},{{"path":"/b"}}]"#),
            "begin with an owner",
        ),
        (
            format!(r#"[{{"path":"/a","auth":"open"}},{{"path":"/b","auth":"external"{good}}}]"#),
            "open",
        ),
    ] {
        let problems = parse(&[("MOUNTS", &mounts)]).err().unwrap_or_default();
        assert_eq!(problems.len(), 1, "{mounts}: {problems:?}");
        assert_eq!(problems[0].key, "MOUNTS");
        assert!(problems[0].problem.contains(said), "{mounts}: {problems:?}");
        assert!(!problems[0].problem.contains("SECRETVALUE"));
    }
    let asked = |scopes, members: &str| {
        let mount = external(&format!("{good}{members}"));
        let config = parse(&[("MOUNTS", &mount), ("SCOPES", scopes)])
            .ok()
            .unwrap();
        config.first_mount().scopes.to_string()
    };
    assert_eq!(asked("", ""), "");
    assert_eq!(asked("b c", ""), "b c");
    assert_eq!(asked("b c", own), "a");
}

#[test]
fn the_worker_is_not_its_own_external_issuer() {
    let mounts = r#"[{"auth":"external","issuer":"https://mcp.example.com/t","audience":"a"}]"#;
    let problems = parse(&[
        ("MOUNTS", mounts),
        ("PUBLIC_URL", "https://mcp.example.com"),
    ]);
    assert_eq!(problems.err().unwrap_or_default()[0].key, "MOUNTS");
    let config = parse(&[("MOUNTS", mounts)]).ok().unwrap();
    assert!(
        config
            .loop_at(&Url::parse("https://mcp.example.com/mcp").unwrap())
            .is_some()
    );
    assert!(
        config
            .loop_at(&Url::parse("https://mcp2.example.com/mcp").unwrap())
            .is_none()
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let problems = Config::parse(&BTreeMap::new()).err().unwrap_or_default();
    let keys: Vec<_> = problems
        .iter()
        .map(|problem| problem.key.as_str())
        .collect();
    assert_eq!(keys, ["ORIGIN", "GATELODGE_KEY", "OWNER_PASSWORD"]);
}

#[test]
fn the_mount_path_is_added_once_and_never_doubled() {
    for (origin, expected) in [
        ("https://h.example", "https://h.example/mcp"),
        ("https://h.example/", "https://h.example/mcp"),
        ("https://h.example/mcp", "https://h.example/mcp"),
        ("https://h.example/mcp/", "https://h.example/mcp/"),
        ("http://127.0.0.1:3001/api", "http://127.0.0.1:3001/api"),
    ] {
        let config = parse(&[("ORIGIN", origin)]).ok().unwrap();
        let url = config
            .first_mount()
            .origin
            .url(LearnedSlash::AsConfigured, Some("a=b"));
        assert_eq!(url.as_str(), format!("{expected}?a=b"), "{origin}");
    }
}

#[test]
fn the_issuer_is_cut_to_the_origin() {
    for url in [
        "https://mcp.example.com",
        "https://mcp.example.com/",
        "https://MCP.example.com:443/mcp",
        "https://mcp.example.com/mcp/",
    ] {
        let config = parse(&[("PUBLIC_URL", url)]).ok().unwrap();
        assert_eq!(
            config.public_url.as_ref().map(Issuer::as_str),
            Some("https://mcp.example.com"),
            "{url}"
        );
    }
}

#[test]
fn a_key_may_be_spelled_in_three_ways() {
    for key in [
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
        "0101010101010101010101010101010101010101010101010101010101010101",
    ] {
        assert!(parse(&[("GATELODGE_KEY", key)]).is_ok(), "{key}");
    }
}

#[test]
fn the_wire_is_as_it_is_written() {
    let wire = |changes: &[(&str, &str)]| parse(changes).ok().unwrap().wire;
    let seconds = |seconds| Some(Lifetime::from_seconds(seconds));
    let plain = wire(&[]);
    assert_eq!(plain.assertion, AssertionMode::Header);
    assert_eq!((plain.heartbeat, plain.early_stream), (seconds(25), None));
    assert_eq!(plain.origin_patience, Lifetime::from_minutes(5));
    let off = [("HEARTBEAT_SECONDS", "0"), ("EARLY_STREAM_SECONDS", "0")];
    assert_eq!(
        (wire(&off).heartbeat, wire(&off).early_stream),
        (None, None)
    );
    let early = [("HEARTBEAT_SECONDS", "1"), ("EARLY_STREAM_SECONDS", "20")];
    let early = wire(&early);
    assert_eq!(
        (early.heartbeat, early.early_stream),
        (seconds(1), seconds(20))
    );
}

#[test]
fn a_request_has_one_authorization() {
    let own = (
        "ORIGIN_HEADERS",
        r#"{"/mcp": {"authorization": "Bearer x"}}"#,
    );
    assert!(parse(&[own]).is_ok());
    let problems = parse(&[own, ("ASSERTION", "bearer")]).err().unwrap();
    assert_eq!(problems[0].key, "ASSERTION");
}

#[test]
fn what_is_odd_but_works_is_a_warning() {
    let config = parse(&[
        ("ORIGIN", "http://home.example.net/mcp"),
        ("ACCESS_TOKEN_SECONDS", "2"),
    ]);
    let warnings = config.ok().unwrap().warnings;
    let keys: Vec<_> = warnings
        .iter()
        .map(|warning| warning.key.as_str())
        .collect();
    assert_eq!(keys, ["ORIGIN", "ACCESS_TOKEN_SECONDS"]);
    assert!(
        parse(&[("ORIGIN", "http://localhost:3001")])
            .ok()
            .unwrap()
            .warnings
            .is_empty()
    );
}
