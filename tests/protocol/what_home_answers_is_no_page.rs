//! Whatever the home server answers, a browser does not take it for a page of the edge.

use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::support::{Answer, Client, Gate, Request};

/// An answer with a script in it, which sets a cookie of the edge's.
fn script(status: u16, content_type: &'static str) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("set-cookie", "__Host-gatelodge-session=x; Secure; Path=/")
        .header("service-worker-allowed", "/")
        .body(Bytes::from_static(b"<script>alert(1)</script>"))
        .expect("a proper answer")
}

/// What a client that was let in gets of it, and what anybody gets at an open mount.
fn answers(status: u16, content_type: &'static str) -> [Answer; 2] {
    let body = json!({"id": 1, "method": "ping"});
    let gate = Gate::new();
    gate.world
        .home
        .behave(move |_| script(status, content_type));
    let access = Client::register(&gate).connect(&gate).access;
    let owners = gate.send(Request::post("/mcp").json(&body).bearer(&access));
    let gate = Gate::with(&[("MOUNTS", r#"[{"auth": "open"}]"#)]);
    gate.world
        .home
        .behave(move |_| script(status, content_type));
    [owners, gate.send(Request::post("/mcp").json(&body))]
}

#[test]
fn what_it_says_it_is_holds_and_no_cookie_passes() {
    for (status, content_type) in [(200, "application/json"), (400, "text/plain")] {
        for answer in answers(status, content_type) {
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            for name in ["set-cookie", "service-worker-allowed"] {
                assert_eq!(answer.header(name), None, "{name}");
            }
        }
    }
}

#[test]
fn a_page_is_an_error_of_the_gateways() {
    for status in [200, 404, 500, 503] {
        for answer in answers(status, "text/html; charset=utf-8") {
            assert!(matches!(answer.status, 502 | 503), "{status}: {answer:?}");
            assert_eq!(answer.header("content-type"), Some("application/json"));
            assert_eq!(answer.header("set-cookie"), None);
            assert!(answer.json()["error"]["message"].is_string());
        }
    }
}
