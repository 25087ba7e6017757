//! The place that messages are posted to (MCP 2024-11-05) is of use to the grant that it was given
//! to, at the mount that it was given at, and to no other (TR-62, TR-63).

use bytes::Bytes;
use http::Response;
use serde_json::json;

use crate::support::{Answer, Browser, Client, Connection, Gate, Request, client, exchange::only};

const PLACE: &str = "/messages/?session_id=a";

/// Two legacy mounts of one origin.
fn gate(auth: &str) -> Gate {
    let origin = "https://home.example.net:8383/sse";
    let mount = |path| json!({"path": path, "origin": origin, "transport": "sse", "auth": auth});
    let mounts = if auth == "open" {
        json!([mount("/sse")])
    } else {
        json!([mount("/sse"), mount("/other/sse")])
    };
    let gate = Gate::with(&[("MOUNTS", &mounts.to_string())]);
    gate.world.home.behave(|sent| {
        let answer = Response::builder();
        let answer = if sent.method == "GET" {
            let answer = answer.header("content-type", "text/event-stream");
            answer.body(format!(
                ": hello\n\nevent: endpoint\ndata: {PLACE}\n\ndata: rest"
            ))
        } else {
            answer.status(202).body(String::new())
        };
        answer.unwrap().map(Bytes::from)
    });
    gate
}

fn connect(gate: &Gate, client: &Client, mount: &str) -> Connection {
    let resource = format!("{}{mount}", crate::support::ISSUER);
    let mut browser = Browser::of_owner(gate);
    let page = browser.get(gate, &client.authorization_url(&[("resource", &resource)]));
    let answer = browser.decide(gate, &page, "approve");
    let callback = answer.callback(client::REDIRECT_URI);
    client.connection(&client.redeem(gate, only(&callback, "code").unwrap()))
}

/// The place that the stream of a mount names.
fn endpoint(gate: &Gate, mount: &str, bearer: Option<&Connection>) -> String {
    let answer = gate.send(authorized(Request::get(mount), bearer));
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = answer.text();
    let named = text
        .strip_prefix(": hello\n\nevent: endpoint\ndata: ")
        .and_then(|rest| rest.strip_suffix("\n\ndata: rest"))
        .unwrap_or_else(|| panic!("{text}"));
    assert!(named.starts_with(&format!("{mount}?endpoint=")), "{named}");
    named.to_owned()
}

fn post(gate: &Gate, target: &str, bearer: Option<&Connection>) -> Answer {
    gate.world.home.got();
    gate.send(authorized(Request::post(target).json(&json!({})), bearer))
}

fn authorized(request: Request, bearer: Option<&Connection>) -> Request {
    match bearer {
        Some(connection) => request.bearer(&connection.access),
        None => request,
    }
}

/// Where at home the last message came.
fn reached(gate: &Gate) -> Vec<String> {
    let got = gate.world.home.got();
    got.iter().map(|sent| sent.url.to_string()).collect()
}

const THERE: &str = "https://home.example.net:8383/messages/?session_id=a";

#[test]
fn a_place_is_for_its_grant_and_outlives_a_refresh() {
    let gate = gate("owner");
    let client = Client::register(&gate);
    let own = connect(&gate, &client, "/sse");
    let other = connect(&gate, &client, "/sse");
    let place = endpoint(&gate, "/sse", Some(&own));
    assert_ne!(place, endpoint(&gate, "/sse", Some(&other)));
    assert_eq!(place, endpoint(&gate, "/sse", Some(&own)));

    assert_eq!(post(&gate, &place, Some(&own)).status, 202);
    assert_eq!(reached(&gate), [THERE]);
    let refreshed = own.refresh(&gate);
    assert_eq!(post(&gate, &place, Some(&refreshed)).status, 202);

    let answer = post(&gate, &place, Some(&other));
    assert_eq!(answer.status, 404);
    assert_eq!(answer.json()["error"]["code"], -32001);
    assert_eq!(post(&gate, &place, None).status, 401, "a place is no token");
    assert!(reached(&gate).is_empty());
}

#[test]
fn a_place_is_for_its_mount() {
    let gate = gate("owner");
    let client = Client::register(&gate);
    let here = connect(&gate, &client, "/sse");
    let there = connect(&gate, &client, "/other/sse");
    let place = endpoint(&gate, "/sse", Some(&here));
    let moved = place.replacen("/sse", "/other/sse", 1);
    assert_eq!(post(&gate, &moved, Some(&there)).status, 404);
    assert_eq!(post(&gate, &moved, Some(&here)).status, 401);
    assert_eq!(post(&gate, &place, Some(&there)).status, 401);
    assert!(reached(&gate).is_empty());
    assert_eq!(post(&gate, &place, Some(&here)).status, 202);
}

#[test]
fn an_open_mount_gives_places_to_everybody_and_makes_none_up() {
    let gate = gate("open");
    let place = endpoint(&gate, "/sse", None);
    assert_eq!(post(&gate, &place, None).status, 202);
    assert_eq!(reached(&gate), [THERE]);
    let (_, value) = place.split_once("endpoint=").unwrap();
    let (_, tag) = value.split_once('.').unwrap();
    for forged in [
        String::new(),
        format!("L2FkbWlu.{tag}"),
        value.replace(tag, ""),
    ] {
        let target = format!("/sse?endpoint={forged}");
        assert_eq!(post(&gate, &target, None).status, 404, "{forged}");
    }
    assert!(reached(&gate).is_empty());
}

#[test]
fn a_place_does_not_outlive_the_key() {
    let gate = gate("open");
    let place = endpoint(&gate, "/sse", None);
    let mounts = json!([{
        "path": "/sse",
        "origin": "https://home.example.net:8383/sse",
        "transport": "sse",
        "auth": "open",
    }]);
    let settings = [
        ("MOUNTS", mounts.to_string()),
        ("GATELODGE_KEY", crate::support::gate::OTHER_KEY.to_owned()),
    ];
    let settings = settings
        .each_ref()
        .map(|(key, value)| (*key, value.as_str()));
    let gate = gate.redeployed(&settings);
    assert_eq!(post(&gate, &place, None).status, 404);
}

#[test]
fn without_a_place_the_stream_comes_first() {
    let gate = gate("open");
    for request in [
        Request::post("/sse"),
        Request::post("/sse?session_id=a"),
        Request::new("DELETE", "/sse"),
    ] {
        let answer = gate.send(request);
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), Some("GET"));
    }
    assert!(reached(&gate).is_empty());
}
