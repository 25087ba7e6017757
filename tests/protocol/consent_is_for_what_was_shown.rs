//! An answer counts only for the form that was shown, in the browser and session that it was shown
//! to, in time, once (AS-41, AS-45).

use crate::support::{
    Answer, Browser, Client, Gate, REDIRECT_URI, Request, browser::ticket, exchange::only,
};

/// What a browser says of where a form was sent from.
type Headers = &'static [(&'static str, &'static str)];

struct Shown {
    gate: Gate,
    client: Client,
    owner: Browser,
    page: Answer,
}

fn shown() -> Shown {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[]));
    assert_eq!(page.status, 200);
    Shown {
        gate,
        client,
        owner,
        page,
    }
}

impl Shown {
    fn approval(&self) -> Request {
        let ticket = ticket(&self.page);
        Request::post("/authorize").form(&[("ticket", &ticket), ("decision", "approve")])
    }

    /// The answer is a page, no grant was opened, and the right answer still works.
    fn refuses(mut self, case: &str, status: u16, answer: &Answer) {
        assert_eq!(answer.status, status, "{case}");
        assert!(answer.is_page(), "{case}");
        assert_eq!(answer.header("location"), None, "{case}");
        assert_eq!(self.gate.world.storage.grants.borrow().len(), 0, "{case}");
        let approved = self.owner.decide(&self.gate, &self.page, "approve");
        assert_eq!(approved.status, 303, "{case}");
    }
}

#[test]
fn a_form_from_elsewhere_is_not_taken() {
    let same = ("sec-fetch-site", "same-origin");
    let cases: [(&str, Headers, u16); 8] = [
        ("nothing is said", &[], 403),
        ("cross-site", &[("sec-fetch-site", "cross-site")], 403),
        ("same-site", &[("sec-fetch-site", "same-site")], 403),
        ("typed", &[("sec-fetch-site", "none")], 403),
        (
            "cross-site with our Origin",
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://mcp.example.com"),
            ],
            403,
        ),
        (
            "old browser, foreign Origin",
            &[("origin", "https://evil.example")],
            403,
        ),
        ("old browser, null Origin", &[("origin", "null")], 403),
        (
            "old browser, plain http",
            &[("origin", "http://mcp.example.com")],
            403,
        ),
    ];
    for (case, headers, status) in cases {
        let shown = shown();
        let mut request = shown.owner.with_cookies(shown.approval());
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = shown.gate.send(request);
        shown.refuses(case, status, &answer);
    }
    for header in [same, ("origin", "https://mcp.example.com")] {
        let shown = shown();
        let request = shown.owner.with_cookies(shown.approval());
        assert_eq!(
            shown.gate.send(request.header(header.0, header.1)).status,
            303
        );
    }
}

#[test]
fn another_browser_or_session_cannot_answer() {
    let same_origin = |request: Request| request.header("sec-fetch-site", "same-origin");

    let no_cookies = shown();
    let answer = no_cookies.gate.send(same_origin(no_cookies.approval()));
    no_cookies.refuses("no cookies", 400, &answer);

    let other_browser = shown();
    let second = Browser::of_owner(&other_browser.gate);
    let request = second.with_cookies(same_origin(other_browser.approval()));
    let answer = other_browser.gate.send(request);
    other_browser.refuses("another browser of the owner", 400, &answer);

    let Shown {
        gate,
        mut owner,
        page,
        ..
    } = shown();
    let again = owner.get(&gate, "/gatelodge");
    let signed_out = ticket(&again);
    owner.submit(&gate, "/gatelodge/sign-out", &[("ticket", &signed_out)]);
    assert_eq!(
        owner.decide(&gate, &page, "approve").status,
        403,
        "signed out"
    );
    let sign_in = owner.get(&gate, "/gatelodge");
    owner.sign_in(&gate, &sign_in, crate::support::PASSWORD);
    assert_eq!(
        owner.decide(&gate, &page, "approve").status,
        403,
        "another session"
    );
    assert_eq!(gate.world.storage.grants.borrow().len(), 0);
}

#[test]
fn a_form_waits_ten_minutes_and_a_session_twelve_hours() {
    for (seconds, status) in [(599, 303), (600, 400), (43_200, 400)] {
        let mut shown = shown();
        shown.gate.pass(seconds);
        let answer = shown.owner.decide(&shown.gate, &shown.page, "approve");
        assert_eq!(answer.status, status, "{seconds} s");
    }
    let Shown {
        gate,
        client,
        mut owner,
        ..
    } = shown();
    gate.pass(43_199);
    assert!(
        owner
            .get(&gate, &client.authorization_url(&[]))
            .text()
            .contains("decision")
    );
    gate.pass(1);
    assert!(
        owner
            .get(&gate, &client.authorization_url(&[]))
            .text()
            .contains("password")
    );
}

#[test]
fn one_form_cannot_be_sent_for_another() {
    let Shown {
        gate,
        client,
        mut owner,
        page,
    } = shown();
    let login = Browser::default().get(&gate, &client.authorization_url(&[]));
    let own_page = owner.get(&gate, "/gatelodge");
    let (consent, login, own) = (ticket(&page), ticket(&login), ticket(&own_page));
    for (path, ticket) in [
        ("/authorize", login.as_str()),
        ("/authorize", own.as_str()),
        ("/authorize", ""),
        ("/authorize", "gl_ticket.x.y"),
        ("/authorize", client.id.as_str()),
        ("/gatelodge/sign-in", consent.as_str()),
        ("/gatelodge/sign-in", own.as_str()),
        ("/gatelodge/revoke-all", consent.as_str()),
        ("/gatelodge/revoke", login.as_str()),
        ("/gatelodge/sign-out", consent.as_str()),
    ] {
        let before = gate.world.storage_operations();
        let fields = [
            ("ticket", ticket),
            ("decision", "approve"),
            ("password", "x"),
            ("grant", "x"),
        ];
        let answer = owner.submit(&gate, path, &fields);
        assert_eq!(answer.status, 400, "{path} {ticket}");
        assert_eq!(gate.world.storage_operations(), before, "{path}");
    }
    assert_eq!(owner.decide(&gate, &page, "approve").status, 303);
}

#[test]
fn a_second_approval_grants_nothing_more() {
    let Shown {
        gate,
        client,
        mut owner,
        page,
    } = shown();
    let first = owner.decide(&gate, &page, "approve").callback(REDIRECT_URI);
    let connection = client.connection(&client.redeem(&gate, only(&first, "code").unwrap()));
    for passed in [0, 1, 500] {
        gate.pass(passed);
        let again = owner.decide(&gate, &page, "approve");
        assert_eq!(again.status, 409);
        assert_eq!(again.header("location"), None);
    }
    assert_eq!(gate.world.storage.grants.borrow().len(), 1);
    assert_eq!(connection.call(&gate), 200, "and takes nothing back");
}

#[test]
fn neither_no_nor_anything_else_is_a_yes() {
    for (decision, status) in [("deny", 303), ("", 400), ("APPROVE", 400), ("return", 400)] {
        let Shown {
            gate,
            mut owner,
            page,
            ..
        } = shown();
        let answer = owner.decide(&gate, &page, decision);
        assert_eq!(answer.status, status, "{decision}");
        assert!(
            !answer
                .header("location")
                .unwrap_or_default()
                .contains("code=")
        );
        assert_eq!(gate.world.storage.grants.borrow().len(), 0, "{decision}");
    }
}

/// What is granted is what the ticket holds; what the form adds is not read.
#[test]
fn a_form_cannot_ask_for_more_than_was_shown() {
    let Shown {
        gate,
        client,
        mut owner,
        page,
    } = shown();
    let sealed = ticket(&page);
    let answer = owner.submit(
        &gate,
        "/authorize?redirect_uri=https://evil.example&scope=admin",
        &[
            ("ticket", &sealed),
            ("decision", "approve"),
            ("redirect_uri", "https://evil.example"),
            ("client_id", "x"),
            ("code_challenge", "x"),
        ],
    );
    let callback = answer.callback(REDIRECT_URI);
    let answer = client.redeem(&gate, only(&callback, "code").unwrap());
    assert_eq!(answer.field("scope"), "mcp");
}

#[test]
fn asking_is_free_and_may_be_repeated() {
    let Shown {
        gate,
        client,
        mut owner,
        ..
    } = shown();
    let first = owner.get(&gate, &client.authorization_url(&[]));
    let second = owner.get(&gate, &client.authorization_url(&[]));
    assert_ne!(ticket(&first), ticket(&second));
    assert_eq!(gate.world.storage.grants.borrow().len(), 0);
    for page in [&second, &first] {
        assert_eq!(
            owner.decide(&gate, page, "approve").status,
            303,
            "each is its own question"
        );
    }
}
