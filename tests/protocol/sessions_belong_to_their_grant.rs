//! An MCP session is of use to the grant that it was given to, and to no other (TR-28).

use http::HeaderValue;

use crate::support::{Answer, Client, Connection, Gate, Request, home::json_answer};

fn in_session(gate: &Gate, connection: &Connection, session: &str) -> Answer {
    let request = Request::post("/mcp").bearer(&connection.access);
    gate.send(request.header("mcp-session-id", session))
}

fn begin(gate: &Gate, connection: &Connection, id: &'static str) -> String {
    gate.world.home.behave(move |_| {
        let mut answer = json_answer(200, "{}");
        let id = HeaderValue::from_static(id);
        answer.headers_mut().insert("mcp-session-id", id);
        answer
    });
    let answer = gate.send(Request::post("/mcp").bearer(&connection.access));
    answer.header("mcp-session-id").unwrap().to_owned()
}

#[test]
fn the_client_gets_a_bound_name_and_home_its_own() {
    for id in ["s-1", "a.b.c", "!~", "0123456789abcdef"] {
        let gate = Gate::new();
        let connection = Client::register(&gate).connect(&gate);
        let bound = begin(&gate, &connection, id);
        assert!(bound.starts_with(&format!("{id}.")), "{bound}");
        gate.world.home.got();
        assert_eq!(in_session(&gate, &connection, &bound).status, 200);
        let got = gate.world.home.got();
        assert_eq!(got[0].headers["mcp-session-id"], id);
        let refreshed = connection.refresh(&gate);
        assert_eq!(
            in_session(&gate, &refreshed, &bound).status,
            200,
            "a refresh keeps it"
        );
    }
}

#[test]
fn another_grants_session_is_unknown() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let (own, other) = (client.connect(&gate), client.connect(&gate));
    let bound = begin(&gate, &own, "s-1");
    gate.world.home.got();
    let (_, mac) = bound.rsplit_once('.').unwrap();
    let (forged, cut) = (format!("s-2.{mac}"), &bound[..bound.len() - 1]);
    for (connection, session) in [
        (&other, bound.as_str()),
        (&own, "s-1"),
        (&own, "s-1."),
        (&own, ""),
        (&own, &forged),
        (&own, cut),
    ] {
        let answer = in_session(&gate, connection, session);
        assert_eq!(answer.status, 404, "{session}");
        assert_eq!(answer.json()["error"]["code"], -32001);
        assert!(gate.world.home.got().is_empty(), "{session}");
    }
}

#[test]
fn a_session_is_no_token() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    let bound = begin(&gate, &connection, "s-1");
    let answer = gate.send(Request::post("/mcp").header("mcp-session-id", &bound));
    assert_eq!(answer.status, 401, "RS-20");
}

/// TR-22, TR-24: only the origin says that a session is over, and only of a session.
#[test]
fn a_404_of_the_origin_is_for_sessions() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    let bound = begin(&gate, &connection, "s-1");
    gate.world.home.behave(|_| json_answer(404, "{}"));
    let get = Request::get("/mcp").bearer(&connection.access);
    assert_eq!(gate.send(get.clone()).status, 405);
    assert_eq!(gate.send(get.header("mcp-session-id", &bound)).status, 404);
    assert_eq!(in_session(&gate, &connection, &bound).status, 404);
}
