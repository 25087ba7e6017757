//! When storage or home does not answer, the edge says so: never a success, never the cause.

use crate::support::{
    Answer, Browser, Client, Connection, Gate, PASSWORD, Port, Request, browser::ticket, call,
    world::CAUSE,
};

struct Scene {
    gate: Gate,
    connection: Connection,
    owner: Browser,
    code: String,
}

fn scene() -> Scene {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let code = client.authorize(&gate, &mut owner);
    let connection = client.connection(&client.redeem(&gate, &code));
    let code = client.authorize(&gate, &mut owner);
    Scene {
        gate,
        connection,
        owner,
        code,
    }
}

fn token_request(scene: &Scene, fields: &[(&str, &str)]) -> Request {
    let fields = scene.connection.client.authenticated(fields);
    Request::post("/token").form(&fields)
}

/// A port, and a request of a client that needs it.
type ClientCase = (Port, fn(&Scene) -> Request);

const OF_CLIENTS: [ClientCase; 4] = [
    (Port::Redeem, |scene| {
        token_request(scene, &scene.connection.client.redemption(&scene.code))
    }),
    (Port::Rotate, |scene| {
        token_request(scene, &scene.connection.refreshing())
    }),
    (Port::Revoke, |scene| {
        Request::post("/revoke").form(&[("token", &scene.connection.refresh)])
    }),
    (Port::Revoke, |scene| {
        Request::post("/revoke").form(&[("token", &scene.connection.access)])
    }),
];

#[test]
fn a_client_is_told_to_come_back_and_can() {
    for (port, request) in OF_CLIENTS {
        let scene = scene();
        let before = scene.gate.world.dump();
        scene.gate.world.fail(port);
        let answer = scene.gate.send(request(&scene));
        assert_eq!(
            answer.refusal(),
            (503, "temporarily_unavailable".into()),
            "{port:?}"
        );
        assert_eq!(answer.header("retry-after"), Some("5"), "{port:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{port:?}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{port:?}"
        );
        leaks_nothing(&scene, &answer);
        assert_eq!(
            scene.gate.world.reports(),
            [CAUSE],
            "{port:?}: the log knows"
        );
        assert_eq!(scene.gate.world.dump(), before, "{port:?}");
        scene.gate.world.recover();
        assert_eq!(scene.gate.send(request(&scene)).status, 200, "{port:?}");
    }
}

#[test]
fn a_call_is_never_admitted_unseen() {
    for (port, status) in [(Port::Admit, 503), (Port::Send, 502)] {
        let scene = scene();
        scene.gate.world.fail(port);
        let answer = call(&scene.gate, &scene.connection.access);
        assert_eq!(answer.status, status, "{port:?}");
        assert_eq!(answer.json()["jsonrpc"], "2.0", "TR-13");
        assert_eq!(answer.header("retry-after"), Some("5"), "{port:?}");
        assert!(!answer.from_home, "{port:?}");
        leaks_nothing(&scene, &answer);
        scene.gate.world.recover();
        assert_eq!(scene.connection.call(&scene.gate), 200, "{port:?}");
    }
}

/// What the owner's browser sends, and the port that it needs.
type OwnerCase = (Port, fn(&mut Scene) -> Request);

const OF_THE_OWNER: [OwnerCase; 7] = [
    (Port::Get, |scene| {
        Request::get(&scene.connection.client.authorization_url(&[]))
    }),
    (Port::Put, approval),
    (Port::Open, approval),
    (Port::List, |_| Request::get("/gatelodge")),
    (Port::List, |scene| {
        owner_form(scene, "/gatelodge/revoke-all")
    }),
    (Port::Revoke, |scene| {
        owner_form(scene, "/gatelodge/revoke-all")
    }),
    (Port::Read, approval),
];

fn approval(scene: &mut Scene) -> Request {
    let url = scene.connection.client.authorization_url(&[]);
    let ticket = ticket(&scene.owner.get(&scene.gate, &url));
    form(
        "/authorize",
        &[("ticket", &ticket), ("decision", "approve")],
    )
}

fn owner_form(scene: &mut Scene, path: &str) -> Request {
    let ticket = ticket(&scene.owner.get(&scene.gate, "/gatelodge"));
    form(path, &[("ticket", &ticket), ("all", "yes")])
}

fn form(path: &str, fields: &[(&str, &str)]) -> Request {
    Request::post(path)
        .form(fields)
        .header("sec-fetch-site", "same-origin")
}

#[test]
fn the_owner_is_not_told_that_it_worked() {
    for (port, request) in OF_THE_OWNER {
        let mut scene = scene();
        let request = request(&mut scene);
        let request = scene.owner.with_cookies(request);
        scene.gate.world.fail(port);
        fails(&scene, "text/html", port, request.clone());
        scene.gate.world.recover();
        let answer = scene.gate.send(request);
        assert!(
            matches!(answer.status, 200 | 303),
            "{port:?}: it can be tried again"
        );
    }
}

#[test]
fn nobody_is_signed_in_unseen() {
    for port in [Port::SignIn, Port::SignInFits, Port::Read] {
        let scene = scene();
        let mut browser = Browser::default();
        let ticket = ticket(&browser.get(&scene.gate, "/gatelodge"));
        let fields = [("ticket", ticket.as_str()), ("password", PASSWORD)];
        let request = browser.with_cookies(form("/gatelodge/sign-in", &fields));
        scene.gate.world.fail(port);
        fails(&scene, "text/html", port, request.clone());
        scene.gate.world.recover();
        assert_eq!(scene.gate.send(request).status, 303);
    }
}

/// The answer is a 503 of this media type; and no session, code or token is given.
fn fails(scene: &Scene, media: &str, port: Port, request: Request) {
    let answer = scene.gate.send(request);
    assert_eq!(answer.status, 503, "{port:?}");
    let content_type = answer.header("content-type").unwrap_or_default();
    assert!(content_type.starts_with(media), "{port:?}: {content_type}");
    assert_eq!(answer.header("retry-after"), Some("5"), "{port:?}");
    assert_eq!(answer.header("location"), None, "{port:?}");
    leaks_nothing(scene, &answer);
    assert_eq!(
        scene.gate.world.reports(),
        [CAUSE],
        "{port:?}: the log knows"
    );
}

#[test]
fn a_body_that_breaks_off_is_no_success() {
    for (path, content_type) in [
        ("/token", "application/x-www-form-urlencoded"),
        ("/revoke", "application/x-www-form-urlencoded"),
        ("/register", "application/json"),
    ] {
        let scene = scene();
        scene.gate.world.fail(Port::Read);
        fails(
            &scene,
            "application/json",
            Port::Read,
            Request::post(path).header("content-type", content_type),
        );
    }
    let scene = scene();
    scene.gate.world.fail(Port::Read);
    fails(
        &scene,
        "application/json",
        Port::Read,
        Request::post("/mcp").bearer(&scene.connection.access),
    );
    assert!(scene.gate.world.home.got().is_empty());
}

#[test]
fn a_ledger_that_is_away_does_not_hide_the_register() {
    let mut scene = scene();
    scene.gate.world.fail(Port::Summary);
    let page = scene.owner.get(&scene.gate, "/gatelodge");
    assert_eq!(page.status, 200);
    assert!(page.text().contains("not known now"));
    assert!(!page.text().contains("Old tokens used again"));
    leaks_nothing(&scene, &page);
}

fn leaks_nothing(scene: &Scene, answer: &Answer) {
    let shown = format!("{:?}{:?}", answer.headers, answer.body);
    for secret in [
        CAUSE,
        &scene.connection.access,
        &scene.connection.refresh,
        &scene.code,
    ] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
