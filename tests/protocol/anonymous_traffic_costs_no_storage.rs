//! A stranger can spend no storage operation; one who signs in, one Ledger call.

use serde_json::json;

use crate::support::{Browser, Client, Gate, Port, REDIRECT_URI, Request};

#[test]
fn whatever_a_stranger_sends() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let long = "x".repeat(100_000);
    let unknown = [
        ("grant_type", "authorization_code"),
        ("code", "gl_code.x.y"),
        ("code_verifier", &"v".repeat(43)),
        ("client_id", &client.id),
    ];
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "gl_refresh.x.y"),
        ("client_id", &client.id),
    ];
    let form = [
        ("ticket", "gl_ticket.x.y"),
        ("decision", "approve"),
        ("password", "guess"),
        ("grant", "a/b"),
    ];
    let own = |path: &str| {
        Request::post(path)
            .form(&form)
            .header("sec-fetch-site", "same-origin")
    };
    let requests = [
        Request::get("/"),
        Request::get("/.well-known/oauth-protected-resource/mcp"),
        Request::get("/.well-known/oauth-authorization-server"),
        Request::get("/.well-known/openid-configuration"),
        Request::get("/mcp"),
        Request::post("/mcp").json(&json!({"method": "initialize"})),
        Request::post("/mcp").bearer("gl_access.x.y"),
        Request::new("DELETE", "/mcp").bearer("x").bearer("y"),
        Request::new("OPTIONS", "/mcp"),
        Request::post("/register").json(&json!({"redirect_uris": [REDIRECT_URI]})),
        Request::post("/register").json(&json!({"redirect_uris": ["x"]})),
        Request::post("/register").body("{"),
        Request::post("/register")
            .header("content-type", "application/json")
            .body(long.clone()),
        Request::get(&client.authorization_url(&[])),
        Request::get(&client.authorization_url(&[("redirect_uri", "https://evil.example")])),
        Request::get(&client.authorization_url(&[("response_type", "token")])),
        Request::get(
            &client.authorization_url(&[("client_id", "https://client.example/metadata.json")]),
        ),
        Request::get("/authorize"),
        Request::post("/token").form(&unknown),
        Request::post("/token").form(&refresh),
        Request::post("/token").body(long),
        Request::post("/revoke").form(&[("token", "x")]),
        Request::post("/revoke").form(&[("token", "gl_refresh.x.y"), ("client_id", &client.id)]),
        Request::get("/gatelodge"),
        own("/authorize"),
        own("/gatelodge/sign-in"),
        own("/gatelodge/sign-out"),
        own("/gatelodge/revoke"),
        own("/gatelodge/revoke-all"),
        Request::get("/.env"),
    ];
    for request in requests {
        let shown = format!("{request:.200?}");
        let answer = gate.send(request);
        assert!(answer.status < 500, "{shown}: {answer:?}");
        assert_eq!(gate.world.storage_operations(), 0, "{shown}");
        assert_eq!(
            gate.world.count(&[Port::Send]),
            0,
            "home is not asked: {shown}"
        );
    }
}

#[test]
fn a_sign_in_costs_one_ledger_call() {
    let gate = Gate::new();
    let mut browser = Browser::default();
    let page = browser.get(&gate, "/gatelodge");
    for (password, calls) in [("", 0), ("wrong", 1), (crate::support::PASSWORD, 2)] {
        browser.sign_in(&gate, &page, password);
        assert_eq!(gate.world.storage_operations(), calls, "{password}");
    }
}

#[test]
fn a_flood_is_held_back_before_the_ledger() {
    let gate = Gate::new();
    gate.world.flooded.set(true);
    let mut browser = Browser::default();
    let page = browser.get(&gate, "/gatelodge");
    let answer = browser.sign_in(&gate, &page, crate::support::PASSWORD);
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("60"));
    assert_eq!(gate.world.storage_operations(), 0);
}

#[test]
fn every_exchange_of_a_client_costs_one_ledger_call() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    let cost = |exchange: &dyn Fn()| {
        let (ledger, all) = (gate.world.ledger_calls(), gate.world.storage_operations());
        exchange();
        (
            gate.world.ledger_calls() - ledger,
            gate.world.storage_operations() - all,
        )
    };
    let connection = std::cell::OnceCell::new();
    let redeemed = cost(&|| {
        let answer = client.redeem(&gate, &code);
        connection.get_or_init(|| client.connection(&answer));
    });
    assert_eq!(redeemed, (1, 1), "redeem");
    let connection = connection.get().unwrap();
    assert_eq!(
        cost(&|| drop(connection.try_refresh(&gate))),
        (1, 1),
        "refresh"
    );
    assert_eq!(
        cost(&|| assert_eq!(connection.call(&gate), 200)),
        (1, 1),
        "first call"
    );
    assert_eq!(
        cost(&|| assert_eq!(connection.call(&gate), 200)),
        (0, 0),
        "warm call"
    );
    let revoke = || drop(connection.revoke(&gate, &connection.refresh));
    assert_eq!(cost(&revoke), (1, 1), "revoke");
}
