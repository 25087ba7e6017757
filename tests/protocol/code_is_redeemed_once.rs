//! A code is redeemed once; a wrong attempt consumes nothing and revokes nothing (AS-83, AS-84).

use crate::support::{Browser, Client, Gate, REDIRECT_URI};

fn with_code(gate: &Gate) -> (Client, String) {
    let client = Client::register(gate);
    let code = client.authorize(gate, &mut Browser::of_owner(gate));
    (client, code)
}

#[test]
fn the_second_valid_request_is_refused_and_revokes_the_grant() {
    let gate = Gate::new();
    let (client, code) = with_code(&gate);
    let first = client.redeem(&gate, &code);
    let connection = client.connection(&first);
    assert_eq!(
        client.redeem(&gate, &code).refusal(),
        (400, "invalid_grant".into())
    );
    assert_eq!(connection.call(&gate), 401);
    assert_eq!(connection.try_refresh(&gate).status, 400);
    assert_eq!(gate.world.only_grant().replays, 1);
    assert_eq!(client.redeem(&gate, &code).status, 400);
    assert_eq!(gate.world.only_grant().replays, 1, "over is over");
}

#[test]
fn an_answer_with_tokens_is_not_kept_by_caches() {
    let gate = Gate::new();
    let (client, code) = with_code(&gate);
    let answer = client.redeem(&gate, &code);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let json = answer.json();
    assert_eq!(json["token_type"], "Bearer");
    assert_eq!(json["expires_in"], 28_795);
    assert_eq!(json["scope"], "mcp");
}

/// What it is told of is what it can count on, also when the answer is some seconds on its way.
#[test]
fn a_token_lives_a_little_longer_than_its_client_is_told() {
    for (lives, told) in [
        ("28800", 28_795),
        ("300", 295),
        ("12", 9),
        ("2", 2),
        ("1", 1),
    ] {
        let gate = Gate::with(&[("ACCESS_TOKEN_SECONDS", lives)]);
        let (client, code) = with_code(&gate);
        let answer = client.redeem(&gate, &code);
        assert_eq!(answer.json()["expires_in"], told, "{lives}");
        let connection = client.connection(&answer);
        gate.pass(lives.parse::<u64>().unwrap() - 1);
        assert_eq!(connection.call(&gate), 200);
        gate.pass(1);
        assert_eq!(connection.call(&gate), 401);
    }
}

/// Each is sent before the code is redeemed and after; what is right works in between, and the
/// tokens live on.
#[test]
fn a_wrong_attempt_changes_nothing() {
    let wrong_verifier = "b".repeat(43);
    let other_issuer = "https://other.example/mcp";
    let cases: [(&str, &str, &str, u16, &str); 7] = [
        (
            "other redirect URI",
            "redirect_uri",
            "https://client.example/other",
            400,
            "invalid_grant",
        ),
        (
            "wrong verifier",
            "code_verifier",
            &wrong_verifier,
            400,
            "invalid_grant",
        ),
        (
            "malformed verifier",
            "code_verifier",
            "short",
            400,
            "invalid_request",
        ),
        ("no verifier", "code_verifier", "", 400, "invalid_request"),
        (
            "other resource",
            "resource",
            other_issuer,
            400,
            "invalid_target",
        ),
        (
            "unknown client",
            "client_id",
            "gl_client.x.y",
            401,
            "invalid_client",
        ),
        (
            "other grant type",
            "grant_type",
            "password",
            400,
            "unsupported_grant_type",
        ),
    ];
    for (case, name, value, status, error) in cases {
        let gate = Gate::new();
        let (client, code) = with_code(&gate);
        let right = client.authenticated(&client.redemption(&code));
        let mut wrong = right.clone();
        wrong.retain(|(own, _)| *own != name);
        wrong.push((name, value));
        let send = |fields: &[(&str, &str)]| {
            gate.send(crate::support::Request::post("/token").form(fields))
        };

        let before = gate.world.dump();
        assert_eq!(send(&wrong).refusal(), (status, error.into()), "{case}");
        assert_eq!(gate.world.dump(), before, "{case}");
        let connection = client.connection(&send(&right));
        let active = gate.world.dump();
        assert_eq!(
            send(&wrong).refusal(),
            (status, error.into()),
            "{case}, after"
        );
        assert_eq!(gate.world.dump(), active, "{case}, after");
        assert_eq!(connection.call(&gate), 200, "{case}");
    }
}

#[test]
fn another_client_or_a_wrong_secret_changes_nothing() {
    let gate = Gate::new();
    let (client, code) = with_code(&gate);
    let other = Client::register(&gate);
    let before = gate.world.dump();
    assert_eq!(
        other.redeem(&gate, &code).refusal(),
        (400, "invalid_grant".into())
    );
    assert_eq!(gate.world.dump(), before);
    assert_eq!(client.redeem(&gate, &code).status, 200);

    let gate = Gate::new();
    let client = Client::register_with_secret(&gate);
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    for secret in [None, Some("wrong".to_owned()), Some("A".repeat(43))] {
        let thief = Client {
            secret,
            ..client.clone()
        };
        let answer = thief.redeem(&gate, &code);
        assert_eq!(answer.refusal(), (401, "invalid_client".into()));
    }
    assert_eq!(client.redeem(&gate, &code).status, 200);
}

#[test]
fn a_code_lives_a_minute() {
    for (seconds, status) in [(0, 200), (59, 200), (60, 400), (3_600, 400)] {
        let gate = Gate::new();
        let (client, code) = with_code(&gate);
        gate.pass(seconds);
        assert_eq!(client.redeem(&gate, &code).status, status, "{seconds} s");
    }
}

#[test]
fn a_late_replay_revokes_nothing() {
    let gate = Gate::new();
    let (client, code) = with_code(&gate);
    let connection = client.connection(&client.redeem(&gate, &code));
    gate.pass(61);
    assert_eq!(client.redeem(&gate, &code).status, 400);
    assert_eq!(
        connection.call(&gate),
        200,
        "an expired code is no valid request"
    );
}

#[test]
fn a_redirect_uri_need_not_be_repeated() {
    let gate = Gate::new();
    let (client, code) = with_code(&gate);
    let mut fields = client.redemption(&code);
    fields.retain(|field| *field != ("redirect_uri", REDIRECT_URI));
    assert_eq!(
        client.ask(&gate, &fields).status,
        200,
        "OAuth 2.1 leaves it out"
    );
}

#[test]
fn repeated_parameters_are_refused() {
    let gate = Gate::new();
    let (client, code) = with_code(&gate);
    for name in [
        "grant_type",
        "code",
        "redirect_uri",
        "code_verifier",
        "client_id",
    ] {
        let mut fields = client.authenticated(&client.redemption(&code));
        fields.push((name, "again"));
        let answer = gate.send(crate::support::Request::post("/token").form(&fields));
        assert_eq!(answer.refusal(), (400, "invalid_request".into()), "{name}");
    }
    assert_eq!(client.redeem(&gate, &code).status, 200);
}
