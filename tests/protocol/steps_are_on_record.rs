//! The log shows how far each client came, one line for each step, and nothing of anybody's; an
//! error names its request as the log does.

use serde_json::{Value, json};

use gatelodge::ledger::{duty::Duty, record::FirstCall};

use crate::support::{Answer, Browser, Client, Gate, PASSWORD, Request, call};

/// The steps since the last look, without what differs from run to run.
fn steps(gate: &Gate) -> Vec<Value> {
    let lines = gate.world.steps.take();
    let parse = |line: String| {
        let mut line: Value = serde_json::from_str(&line).expect("a line is JSON");
        let members = line.as_object_mut().expect("an object");
        let request = members.remove("request").expect("a name of the request");
        assert_eq!(request.as_str().map(str::len), Some(22));
        if let Some(client) = members.remove("client") {
            assert_eq!(client.as_str().map(str::len), Some(43), "a digest");
            members.insert("client".into(), "digest".into());
        }
        line
    };
    lines.into_iter().map(parse).collect()
}

#[test]
fn each_step_is_one_line() {
    let gate = Gate::new();
    gate.send(Request::post("/mcp"));
    gate.send(Request::get("/.well-known/oauth-protected-resource/mcp"));
    gate.send(Request::get("/.well-known/oauth-authorization-server"));
    assert_eq!(
        steps(&gate),
        [
            json!({"step": "challenge", "mount": "/mcp"}),
            json!({"step": "discovery", "mount": "/mcp"}),
            json!({"step": "discovery", "mount": "/mcp"}),
        ]
    );
    let client = Client::register(&gate);
    assert_eq!(
        steps(&gate),
        [json!({"step": "registered", "client": "digest"})]
    );
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    let consented = json!({"step": "consented", "mount": "/mcp", "client": "digest"});
    assert_eq!(steps(&gate), [consented]);
    let connection = client.connection(&client.redeem(&gate, &code));
    let token =
        |detail| json!({"step": "token", "mount": "/mcp", "client": "digest", "detail": detail});
    assert_eq!(steps(&gate), [token("authorization_code")]);
    for _ in 0..3 {
        assert_eq!(connection.call(&gate), 200);
    }
    let first = json!({"step": "first_call", "mount": "/mcp", "client": "digest"});
    assert_eq!(steps(&gate), [first]);
    let next = connection.refresh(&gate);
    assert_eq!(next.call(&gate), 200);
    assert_eq!(steps(&gate), [token("refresh_token")]);
}

#[test]
fn an_error_names_its_request_as_the_log_does() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    connection.call(&gate);
    gate.world.steps.take();
    gate.world
        .home
        .behave(|_| crate::support::home::redirect(302, "/elsewhere"));
    let failed = call(&gate, &connection.access);
    let refused = [
        failed,
        call(&gate, "forged"),
        gate.send(Request::post("/token")),
        gate.send(Request::post("/register").json(&json!({}))),
    ];
    let lines = gate.world.steps.take();
    assert_eq!(lines.len(), refused.len());
    for (answer, line) in refused.iter().zip(&lines) {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(
            answer.header("gatelodge-request-id"),
            line["request"].as_str()
        );
        let detail = line["detail"].as_str().expect("what was wrong");
        assert!(answer.text().contains(detail), "{detail}");
    }
    let json = refused[0].json();
    let name = refused[0].header("gatelodge-request-id");
    assert_eq!(json["error"]["data"]["request_id"].as_str(), name);
    assert!(
        lines[0].contains(r#""step":"origin_failed""#),
        "{}",
        lines[0]
    );
    assert!(lines[0].contains(r#""client":"#), "{}", lines[0]);
    assert!(lines[1].contains(r#""step":"refused""#), "{}", lines[1]);
}

#[test]
fn every_error_of_the_edge_names_its_request() {
    let gate = Gate::new();
    let names = |answer: &Answer| answer.header("gatelodge-request-id").map(str::len);
    for (request, status) in [
        (Request::get("/nowhere"), 404),
        (Request::new("PUT", "/token"), 405),
        (Request::get("/authorize"), 400),
        (Request::post("/authorize"), 400),
        (
            Request::post("/mcp").header("origin", "https://evil.example"),
            403,
        ),
        (Request::post("/mcp"), 401),
        (Request::post("http://mcp.example.com/mcp"), 403),
        (Request::get("/authorize?client_id=unknown"), 400),
        (Request::post("/gatelodge/sign-in"), 400),
    ] {
        gate.world.steps.take();
        let answer = gate.send(request);
        let lines = gate.world.steps.take();
        assert_eq!(lines.len(), usize::from(status != 404), "{lines:?}");
        assert_eq!(answer.status, status);
        assert_eq!(names(&answer), Some(22), "{answer:?}");
    }
    assert_eq!(
        names(&gate.send(Request::get("/gatelodge"))),
        None,
        "no error"
    );
}

#[test]
fn the_log_holds_no_secret_and_no_address() {
    let gate = Gate::new();
    let client = Client::register_with_secret(&gate);
    let secret = client.secret.clone().expect("a secret");
    let connection = client.connect(&gate);
    connection.call(&gate);
    gate.send(
        Request::post("/mcp")
            .bearer("forged-token")
            .header("cf-connecting-ip", "192.0.2.77"),
    );
    let log = gate.world.steps.take().concat();
    for hidden in [
        connection.access.as_str(),
        &connection.refresh,
        &connection.client.id,
        &secret,
        PASSWORD,
        "forged-token",
        "192.0.2.77",
    ] {
        assert!(!log.contains(hidden), "{hidden} in {log}");
    }
    assert!(log.contains("first_call"), "{log}");
}

/// The owner's page says so, until the client calls after all.
#[test]
fn a_client_that_does_not_call_is_noted() {
    let gate = Gate::new();
    let mut owner = Browser::of_owner(&gate);
    let connection = Client::register(&gate).connect(&gate);
    let due = gate.world.only_grant();
    assert_eq!(
        due.wakes_at().unix_seconds(),
        gate.now().unix_seconds() + 30
    );
    assert_eq!(due.duty(gate.now()), Duty::Wait);
    gate.pass(30);
    assert_eq!(due.duty(gate.now()), Duty::NoteSilence);
    let silent = due.silent();
    assert_eq!(silent.first_call, FirstCall::Missed);
    assert_eq!(silent.wakes_at(), silent.dies_at());
    gate.world.save(&silent);
    let says_so = |page: &Answer| page.text().contains("made no call within 30 seconds");
    assert!(says_so(&owner.get(&gate, "/gatelodge")));

    assert_eq!(connection.call(&gate), 200);
    assert_eq!(gate.world.only_grant().first_call, FirstCall::Made);
    assert!(!says_so(&owner.get(&gate, "/gatelodge")));
}

#[test]
fn a_grant_that_is_over_is_not_silent() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let code = client.authorize(&gate, &mut owner);
    client.redeem(&gate, &code);
    client.redeem(&gate, &code);
    gate.pass(30);
    let over = gate.world.only_grant();
    assert_eq!(over.duty(gate.now()), Duty::Wait);
    assert_eq!(over.wakes_at(), over.dies_at());
}
