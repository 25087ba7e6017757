//! Whatever the home server answers, a browser does not take it for a page of the edge.

use bytes::Bytes;
use http::Response;

use crate::support::{Client, Gate, Request, call};

/// A page that runs a script and sets a cookie of the edge's.
fn page() -> Response<Bytes> {
    Response::builder()
        .header("content-type", "text/html")
        .header("set-cookie", "__Host-gatelodge-session=x; Secure; Path=/")
        .header("service-worker-allowed", "/")
        .body(Bytes::from_static(b"<script>alert(1)</script>"))
        .expect("a proper answer")
}

#[test]
fn what_it_says_it_is_holds_and_no_cookie_passes() {
    let gate = Gate::new();
    gate.world.home.behave(|_| page());
    let owners = call(&gate, &Client::register(&gate).connect(&gate).access);
    let gate = Gate::with(&[("MOUNTS", r#"[{"auth": "open"}]"#)]);
    gate.world.home.behave(|_| page());
    let open = gate.send(Request::post("/mcp").body("{}"));
    for answer in [owners, open] {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        for name in ["set-cookie", "service-worker-allowed"] {
            assert_eq!(answer.header(name), None, "{name}");
        }
    }
}
