//! A redirect to the same endpoint with another slash is followed inside, once, and remembered;
//! every other one is 502, and a body that streams is never sent twice (TR-09, TR-14).

use serde_json::json;

use crate::support::{
    Answer, Carried, Client, Gate, Request, Sent,
    home::{HOME_ANSWER, json_answer, redirect},
};

const BARE: &str = "https://home.example.net:8383/mcp";
const SLASHED: &str = "https://home.example.net:8383/mcp/";

fn gate_and_token() -> (Gate, String) {
    let gate = Gate::new();
    let access = Client::register(&gate).connect(&gate).access;
    (gate, access)
}

fn post(gate: &Gate, access: &str) -> Answer {
    let body = json!({"id": 1, "method": "tools/call"});
    gate.send(Request::post("/mcp").json(&body).bearer(access))
}

fn urls(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(|sent| sent.url.as_str()).collect()
}

/// A home server whose endpoint has a slash at its end.
fn slashed(status: u16, location: &'static str) -> impl Fn(&Sent) -> http::Response<bytes::Bytes> {
    move |sent| {
        if sent.url.path().ends_with('/') {
            json_answer(200, HOME_ANSWER)
        } else {
            redirect(status, location)
        }
    }
}

#[test]
fn the_other_slash_is_found_once_and_remembered() {
    for status in [307, 308] {
        for location in [SLASHED, "/mcp/", "mcp/"] {
            let (gate, access) = gate_and_token();
            gate.world.home.behave(slashed(status, location));
            assert_eq!(post(&gate, &access).status, 200, "{status} {location}");
            let got = gate.world.home.got();
            assert_eq!(urls(&got), [BARE, SLASHED]);
            assert_eq!(got[0].body, got[1].body, "the whole body goes again");
            assert_eq!(got[0].method, got[1].method);
            assert_eq!(post(&gate, &access).status, 200);
            assert_eq!(urls(&gate.world.home.got()), [SLASHED]);
        }
    }
}

#[test]
fn every_other_redirect_is_the_gateways_error() {
    for (status, location) in [
        (307, "https://home.example.net:8383/other"),
        (307, "https://home.example.net/mcp/"),
        (307, "http://home.example.net:8383/mcp/"),
        (307, "https://evil.example:8383/mcp/"),
        (307, "https://user@home.example.net:8383/mcp/"),
        (307, "https://home.example.net:8383/mcp/?a=1"),
        (307, BARE),
        (307, ""),
        (301, SLASHED),
        (302, SLASHED),
        (303, SLASHED),
    ] {
        let (gate, access) = gate_and_token();
        gate.world.home.behave(move |_| redirect(status, location));
        let answer = post(&gate, &access);
        assert_eq!(answer.status, 502, "{status} {location}");
        assert_eq!(answer.json()["jsonrpc"], "2.0");
        assert_eq!(answer.header("location"), None);
        assert_eq!(
            gate.world.home.got().len(),
            1,
            "{status} {location}: sent once"
        );
    }
}

#[test]
fn the_query_goes_along() {
    for (location, status) in [("/mcp/?a=1", 200), ("/mcp/", 502), ("/mcp/?a=2", 502)] {
        let (gate, access) = gate_and_token();
        gate.world.home.behave(slashed(307, location));
        let request = Request::post("/mcp?a=1").bearer(&access);
        assert_eq!(gate.send(request).status, status, "{location}");
        let got = gate.world.home.got();
        assert_eq!(got.len(), if status == 200 { 2 } else { 1 }, "{location}");
        assert!(got.iter().all(|sent| sent.url.query() == Some("a=1")));
    }
}

#[test]
fn it_is_followed_once() {
    let (gate, access) = gate_and_token();
    gate.world.home.behave(|sent| {
        let there = if sent.url.path().ends_with('/') {
            BARE
        } else {
            SLASHED
        };
        redirect(307, there)
    });
    assert_eq!(post(&gate, &access).status, 502);
    assert_eq!(gate.world.home.got().len(), 2);
}

#[test]
fn a_message_that_is_taken_in_goes_again() {
    let (gate, access) = gate_and_token();
    gate.world.home.behave(slashed(307, SLASHED));
    let request = Request::post("/mcp")
        .json(&json!({"id": 1}))
        .bearer(&access);
    let answer = gate.send(request.header("content-length", "8"));
    assert_eq!(answer.status, 200);
    let got = gate.world.home.got();
    assert!(got.iter().all(|sent| matches!(sent.body, Carried::Held(_))));
    assert_eq!(urls(&got), [BARE, SLASHED]);
}

#[test]
fn a_streamed_body_is_not_sent_again() {
    let (gate, access) = gate_and_token();
    let streamed = || {
        let request = Request::post("/mcp")
            .json(&json!({"id": 1}))
            .bearer(&access);
        gate.send(request.header("content-length", "4194305"))
    };
    gate.world.home.behave(slashed(307, SLASHED));
    assert_eq!(streamed().status, 502);
    let got = gate.world.home.got();
    assert!(matches!(got[0].body, Carried::Stream(_)));
    assert_eq!(urls(&got), [BARE]);
    assert_eq!(streamed().status, 200, "the next call finds the way");
    assert_eq!(urls(&gate.world.home.got()), [SLASHED]);
}

/// A tunnel that is down says nothing about the spelling.
#[test]
fn only_the_origins_own_answers_teach() {
    let (gate, access) = gate_and_token();
    gate.world.home.behave(slashed(307, SLASHED));
    assert_eq!(post(&gate, &access).status, 200);
    gate.world.home.got();
    gate.world.home.behave(|_| answer_of_a_tunnel());
    assert_eq!(post(&gate, &access).status, 502);
    gate.world.home.behave(slashed(307, SLASHED));
    gate.world.home.got();
    assert_eq!(post(&gate, &access).status, 200);
    assert_eq!(urls(&gate.world.home.got()), [SLASHED]);

    let (gate, access) = gate_and_token();
    gate.world.home.behave(|_| answer_of_a_tunnel());
    assert_eq!(post(&gate, &access).status, 502);
    gate.world.home.behave(slashed(307, SLASHED));
    gate.world.home.got();
    assert_eq!(post(&gate, &access).status, 200);
    assert_eq!(urls(&gate.world.home.got()), [BARE, SLASHED]);
}

fn answer_of_a_tunnel() -> http::Response<bytes::Bytes> {
    let mut answer = json_answer(530, "error code: 1033");
    let html = http::HeaderValue::from_static("text/html");
    answer.headers_mut().insert("content-type", html);
    answer
}

#[test]
fn a_call_without_a_body_can_go_again() {
    for method in ["GET", "DELETE"] {
        let (gate, access) = gate_and_token();
        gate.world.home.behave(|sent| {
            let mut answer = slashed(307, SLASHED)(sent);
            let stream = http::HeaderValue::from_static("text/event-stream");
            answer.headers_mut().insert("content-type", stream);
            answer
        });
        let answer = gate.send(Request::new(method, "/mcp").bearer(&access));
        assert_eq!(answer.status, 200, "{method}");
        let got = gate.world.home.got();
        assert_eq!(urls(&got), [BARE, SLASHED], "{method}");
        assert!(
            got.iter().all(|sent| sent.body == Carried::Nothing),
            "{method}"
        );
    }
}

#[test]
fn a_message_without_a_length_is_read_up_to_four_megabytes() {
    let (gate, access) = gate_and_token();
    let megabytes = 4 * 1024 * 1024;
    for (size, status) in [(megabytes, 200), (megabytes + 1, 413)] {
        let request = Request::post("/mcp").body(vec![b' '; size]).bearer(&access);
        let answer = gate.send(request);
        assert_eq!(answer.status, status);
        assert_eq!(gate.world.home.got().len(), usize::from(status == 200));
    }
}
