//! A form that is not taken leads on: to the page that it was on, or to the question that was asked.

use crate::support::{
    Answer, Browser, Client, Gate, PASSWORD, REDIRECT_URI, Request, browser::ticket, exchange::only,
};

const OWNERS_FORMS: [&str; 3] = [
    "/gatelodge/revoke",
    "/gatelodge/revoke-all",
    "/gatelodge/sign-out",
];
const TOO_LONG: u64 = 601;

/// The addresses that a page links to.
fn links(page: &Answer) -> Vec<String> {
    let text = page.text();
    let links = text.split("<a href=\"").skip(1);
    links
        .map(|rest| rest.split('"').next().unwrap().replace("&amp;", "&"))
        .collect()
}

fn asks_for_password(page: &Answer) -> bool {
    page.text().contains("<input type=\"password\"")
}

#[test]
fn an_expired_sign_in_is_asked_for_again() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut browser = Browser::default();
    let page = browser.get(&gate, &client.authorization_url(&[]));
    gate.pass(TOO_LONG);

    let again = browser.sign_in(&gate, &page, PASSWORD);

    assert_eq!(again.status, 400);
    assert!(asks_for_password(&again));
    assert!(again.text().contains("open for too long"));
    assert_eq!(gate.world.ledger_calls(), 0, "the password was not judged");
    let signed_in = browser.sign_in(&gate, &again, PASSWORD);
    assert_eq!(signed_in.status, 303);
    let question = browser.get(&gate, signed_in.header("location").unwrap());
    let callback = browser.decide(&gate, &question, "approve");
    let callback = callback.callback(REDIRECT_URI);
    assert_eq!(only(&callback, "state"), Some("state-1"));
}

#[test]
fn an_expired_page_says_nothing_to_another_browser() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let sign_in = Browser::default().get(&gate, &client.authorization_url(&[]));
    let mut owner = Browser::of_owner(&gate);
    let question = owner.get(&gate, &client.authorization_url(&[]));
    gate.pass(TOO_LONG);
    let mut other = Browser::default();
    other.get(&gate, "/gatelodge");
    for answer in [
        other.sign_in(&gate, &sign_in, PASSWORD),
        other.decide(&gate, &question, "approve"),
    ] {
        assert_eq!(answer.status, 400);
        assert!(!asks_for_password(&answer));
        assert_eq!(links(&answer), [""; 0]);
        assert!(!answer.text().contains("client_id"));
    }
}

#[test]
fn an_expired_question_is_asked_again() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[("state", "a b&c")]));
    gate.pass(TOO_LONG);
    let expired = owner.decide(&gate, &page, "approve");
    assert_eq!(expired.status, 400);
    let links = links(&expired);
    assert!(links[0].starts_with("/authorize?"), "{links:?}");
    let callback = owner.get(&gate, &links[0]);
    let callback = owner.decide(&gate, &callback, "approve");
    let callback = callback.callback(REDIRECT_URI);
    assert_eq!(only(&callback, "state"), Some("a b&c"));
}

#[test]
fn a_form_of_the_owners_page_leads_back_to_that_page() {
    for path in OWNERS_FORMS {
        let gate = Gate::new();
        let mut owner = Browser::of_owner(&gate);
        let page = owner.get(&gate, "/gatelodge");
        let sealed = ticket(&page);
        let fields = [("ticket", sealed.as_str())];
        let cross_site = Request::post(path).form(&fields);
        let mut answers = vec![
            owner.send(&gate, cross_site.header("sec-fetch-site", "cross-site")),
            owner.submit(&gate, path, &[("ticket", "invented")]),
            owner.submit(&gate, path, &[]),
            Browser::of_owner(&gate).submit(&gate, path, &fields),
        ];
        gate.pass(TOO_LONG);
        answers.push(owner.submit(&gate, path, &fields));
        let page = owner.get(&gate, "/gatelodge");
        let sealed = ticket(&page);
        owner.submit(&gate, "/gatelodge/sign-out", &[("ticket", &sealed)]);
        answers.push(owner.submit(&gate, path, &[("ticket", &sealed)]));
        for (case, answer) in answers.iter().enumerate() {
            assert!([400, 403].contains(&answer.status), "{path} {case}");
            assert_eq!(links(answer), ["/gatelodge"], "{path} {case}");
            assert!(!answer.text().contains("your app"), "{path} {case}");
        }
    }
}

/// People reload the answer to a form, or come back to its address.
#[test]
fn a_form_that_is_only_opened_leads_to_the_owners_page() {
    let gate = Gate::new();
    for path in OWNERS_FORMS.into_iter().chain(["/gatelodge/sign-in"]) {
        for method in ["GET", "HEAD"] {
            let answer = gate.send(Request::new(method, path));
            assert_eq!(answer.status, 303, "{method} {path}");
            assert_eq!(answer.header("location"), Some("/gatelodge"));
        }
        let answer = gate.send(Request::new("DELETE", path));
        assert_eq!(answer.status, 405, "{path}");
        assert!(answer.is_page(), "{path}");
    }
    assert_eq!(gate.world.storage_operations(), 0);
}
