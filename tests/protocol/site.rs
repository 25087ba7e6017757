//! What is none of the edge's goes to the site, where there is one; nothing else does.

use gatelodge::config::Config;
use http::HeaderValue;

use crate::support::{
    Browser, Carried, Client, Gate, PASSWORD, Request,
    gate::KEY,
    home::{json_answer, redirect},
};

const SITE: (&str, &str) = ("SITE", "https://wiki.example.net");
const TRUSTED: (&str, &str) = ("SITE_TRUSTED", "true");
const OPEN: (&str, &str) = (
    "MOUNTS",
    r#"[{"path": "/mcp", "origin": "https://wiki.example.net/private/mcp", "auth": "open"}]"#,
);

fn problems(changes: &[(&str, &str)]) -> Vec<String> {
    let required = [
        ("ORIGIN", "https://home.example.net:8383"),
        ("GATELODGE_KEY", KEY),
        ("OWNER_PASSWORD", PASSWORD),
    ];
    let settings = required.iter().chain(changes);
    let settings = settings.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let problems = Config::parse(&settings.collect()).err().unwrap_or_default();
    problems.into_iter().map(|problem| problem.key).collect()
}

#[test]
fn a_site_beside_the_owners_pages_must_be_trusted() {
    assert_eq!(problems(&[SITE]), ["SITE"]);
    assert!(problems(&[SITE, TRUSTED]).is_empty());
    assert!(problems(&[SITE, OPEN]).is_empty());
    for wrong in [
        "wiki.example.net",
        "https://wiki.example.net/wiki",
        "https://wiki.example.net/?a",
        "https://u@wiki.example.net",
        "ftp://wiki.example.net",
        "https://mcp.example.com",
    ] {
        let changes = [
            ("SITE", wrong),
            TRUSTED,
            ("PUBLIC_URL", "https://mcp.example.com"),
        ];
        assert_eq!(problems(&changes), ["SITE"], "{wrong}");
    }
}

/// Its messages are posted to a place that only the stream names, so that no path can be kept back.
#[test]
fn a_site_is_not_at_the_port_of_a_legacy_origin() {
    let mounts = |port: u16| {
        format!(
            r#"[{{"auth": "open", "origin": "https://wiki.example.net:{port}/sse", "transport": "sse"}}]"#
        )
    };
    assert_eq!(problems(&[SITE, ("MOUNTS", &mounts(443))]), ["SITE"]);
    assert!(problems(&[SITE, ("MOUNTS", &mounts(8443))]).is_empty());
}

#[test]
fn every_other_path_goes_there_as_it_came() {
    let gate = Gate::with(&[SITE, TRUSTED]);
    gate.world
        .home
        .behave(|_| redirect(302, "https://wiki.example.net/Home?a#b"));
    for method in [
        "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND",
    ] {
        for target in ["/", "/Home", "/a%20b/c?x=1&y=%2F", "/Home/"] {
            let request = Request::new(method, target)
                .header("cookie", "wiki=1; __Host-gatelodge-session=x")
                .body("body");
            let answer = gate.send(request);
            assert_eq!(answer.status, 302, "{method} {target}");
            let there = Some("https://mcp.example.com/Home?a#b");
            assert_eq!(answer.header("location"), there);
            let [sent] = gate.world.home.got().try_into().expect("one request");
            assert_eq!(
                sent.url.as_str(),
                format!("https://wiki.example.net{target}")
            );
            assert_eq!(sent.method.as_str(), method);
            assert_eq!(sent.headers["cookie"], "wiki=1");
            let without = ["GET", "HEAD"].contains(&method);
            assert_eq!(sent.body == Carried::Nothing, without, "{method}");
        }
    }
    assert_eq!(gate.world.storage_operations(), 0);
}

#[test]
fn what_is_the_edges_never_goes_there() {
    let owner = Gate::with(&[SITE, TRUSTED]);
    let open = Gate::with(&[SITE, OPEN]);
    for path in [
        "/.well-known/acme-challenge/x",
        "/.well-known/openid-configuration",
        "/%2ewell-known/x",
        "/mcp/tools",
        "/MCP",
        "/.//mcp",
        "/mcp;x",
        "/Gatelodge",
        "/gatelodge/other",
    ] {
        for (gate, name) in [(&owner, "owner"), (&open, "open")] {
            let answer = gate.send(Request::post(path));
            assert_eq!(answer.status, 404, "{name} {path}");
            assert_eq!(answer.field("error"), "not_found");
            assert!(gate.world.home.got().is_empty(), "{name} {path}");
        }
    }
    for path in ["/Token", "/oauth/token/x", "/register/x", "/AUTHORIZE"] {
        assert_eq!(owner.send(Request::get(path)).status, 404, "{path}");
        assert!(owner.world.home.got().is_empty(), "{path}");
    }
    for path in ["/x%2fmcp", "/x%5Cmcp", "/mcp%00", "/a%0ab"] {
        let answer = owner.send(Request::get(path));
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{path}");
        assert!(owner.world.home.got().is_empty(), "{path}");
    }
}

#[test]
fn where_nobody_signs_in_the_edge_has_no_endpoints() {
    let gate = Gate::with(&[SITE, OPEN]);
    for path in ["/token", "/register", "/authorize", "/oauth/token"] {
        assert_eq!(gate.send(Request::get(path)).status, 200, "{path}");
        assert_eq!(gate.world.home.got().len(), 1, "{path}");
    }
    for path in ["/private/mcp", "/PRIVATE/mcp/x", "/private/./mcp"] {
        assert_eq!(
            gate.send(Request::get(path)).status,
            404,
            "the origin: {path}"
        );
        assert!(gate.world.home.got().is_empty(), "{path}");
    }
}

#[test]
fn the_site_gets_no_credential_and_sets_no_cookie_of_ours() {
    let gate = Gate::with(&[
        SITE,
        TRUSTED,
        ("ORIGIN_HEADERS", r#"{"/mcp": {"x-api-key": "secret"}}"#),
    ]);
    let connection = Client::register(&gate).connect(&gate);
    gate.world.home.behave(|_| {
        let mut answer = json_answer(200, "{}");
        for cookie in ["__Host-gatelodge-session=forged; Path=/", "wiki=1"] {
            let value = HeaderValue::from_static(cookie);
            answer.headers_mut().append("set-cookie", value);
        }
        answer
    });
    let answer = gate.send(Request::get("/Home").bearer(&connection.access));
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["wiki=1"]);
    let sent = gate.world.home.got();
    let shown = format!("{sent:?}");
    assert!(
        !shown.contains(&connection.access) && !shown.contains("x-api-key"),
        "{shown}"
    );
}

#[test]
fn a_status_that_is_none_is_a_page_that_says_so() {
    let gate = Gate::with(&[SITE, TRUSTED]);
    for status in [600, 999] {
        gate.world.home.behave(move |_| json_answer(status, "{}"));
        let answer = gate.send(Request::get("/Home"));
        assert_eq!(answer.status, 502, "{status}");
        assert!(answer.is_page());
    }
}

#[test]
fn no_service_worker_is_installed_beside_the_owners_pages() {
    let (owner, open) = (Gate::with(&[SITE, TRUSTED]), Gate::with(&[SITE, OPEN]));
    let script = || Request::get("/sw.js").header("service-worker", "script");
    assert_eq!(owner.send(script()).status, 403);
    assert!(owner.world.home.got().is_empty());
    assert_eq!(open.send(script()).status, 200);
}

#[test]
fn the_owner_signs_in_as_ever() {
    let gate = Gate::with(&[SITE, TRUSTED]);
    let mut owner = Browser::of_owner(&gate);
    assert_eq!(owner.get(&gate, "/gatelodge").status, 200);
    let connection = Client::register(&gate).connect(&gate);
    assert_eq!(connection.call(&gate), 200);
}
