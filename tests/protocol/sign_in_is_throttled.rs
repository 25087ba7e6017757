//! Guessing the password becomes slow, and a stranger cannot lock the owner out.

use crate::support::{Answer, Browser, Client, Gate, PASSWORD, Request, browser::ticket};

/// Sends a password from an address.
fn attempt(gate: &Gate, browser: &mut Browser, address: &str, password: &str) -> Answer {
    let page = browser.get(gate, "/gatelodge");
    let ticket = ticket(&page);
    let form = Request::post("/gatelodge/sign-in")
        .form(&[("ticket", &ticket), ("password", password)])
        .header("sec-fetch-site", "same-origin")
        .header("cf-connecting-ip", address);
    browser.send(gate, form)
}

#[test]
fn after_five_failures_a_network_waits_even_with_the_right_password() {
    let gate = Gate::new();
    let mut guesser = Browser::default();
    for _ in 0..5 {
        assert_eq!(
            attempt(&gate, &mut guesser, "192.0.2.1", "wrong").status,
            403
        );
    }
    let answer = attempt(&gate, &mut guesser, "192.0.2.1", PASSWORD);
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("30"));
    assert!(answer.is_page());
    assert!(answer.headers.get("set-cookie").is_none());
    let elsewhere = attempt(&gate, &mut Browser::default(), "192.0.2.2", PASSWORD);
    assert_eq!(elsewhere.status, 303);
    gate.pass(30);
    assert_eq!(
        attempt(&gate, &mut guesser, "192.0.2.1", PASSWORD).status,
        303
    );
}

#[test]
fn a_home_with_ipv6_is_one_network() {
    let gate = Gate::new();
    let mut guesser = Browser::default();
    for host in 1..=5 {
        let address = format!("2001:db8::{host}");
        assert_eq!(attempt(&gate, &mut guesser, &address, "wrong").status, 403);
    }
    assert_eq!(
        attempt(&gate, &mut guesser, "2001:db8::6", "wrong").status,
        429
    );
    assert_eq!(
        attempt(&gate, &mut guesser, "2001:db8:0:1::6", "wrong").status,
        403
    );
}

#[test]
fn a_botnet_does_not_lock_the_owner_out() {
    let gate = Gate::new();
    let mut known = Browser::of_owner(&gate);
    gate.pass(43_200);
    for host in 0..100 {
        let address = format!("192.0.2.{host}");
        assert_eq!(
            attempt(&gate, &mut Browser::default(), &address, "wrong").status,
            403
        );
    }
    let stranger = attempt(&gate, &mut Browser::default(), "198.51.100.1", PASSWORD);
    assert_eq!(stranger.status, 429);
    assert_eq!(
        attempt(&gate, &mut known, "198.51.100.2", PASSWORD).status,
        303
    );
    gate.pass(3_600);
    let later = attempt(&gate, &mut Browser::default(), "198.51.100.1", PASSWORD);
    assert_eq!(later.status, 303);
}

#[test]
fn a_guesser_in_the_owners_network_does_not_hold_up_the_owners_browser() {
    let gate = Gate::new();
    let mut known = Browser::of_owner(&gate);
    gate.pass(43_200);
    let mut guesser = Browser::default();
    for _ in 0..5 {
        attempt(&gate, &mut guesser, "192.0.2.1", "wrong");
    }
    assert_eq!(
        attempt(&gate, &mut guesser, "192.0.2.1", PASSWORD).status,
        429
    );
    assert_eq!(
        attempt(&gate, &mut known, "192.0.2.1", PASSWORD).status,
        303
    );
}

/// A cookie that was stolen after its session's end buys five guesses, not the freedom to guess.
#[test]
fn a_known_browser_has_failures_of_its_own() {
    let gate = Gate::new();
    let mut known = Browser::of_owner(&gate);
    gate.pass(43_200);
    for host in 0..5 {
        let address = format!("192.0.2.{host}");
        assert_eq!(attempt(&gate, &mut known, &address, "wrong").status, 403);
    }
    assert_eq!(
        attempt(&gate, &mut known, "192.0.2.9", PASSWORD).status,
        429
    );
}

#[test]
fn a_browser_is_known_for_half_a_year_and_while_the_password_lasts() {
    const DAY: u64 = 86_400;
    let blocked = |gate: &Gate, known: &Browser| {
        for _ in 0..5 {
            attempt(gate, &mut Browser::default(), "192.0.2.1", "wrong");
        }
        let mut known = known.clone();
        attempt(gate, &mut known, "192.0.2.1", "any").status == 429
    };
    let gate = Gate::new();
    let known = Browser::of_owner(&gate);
    gate.pass(180 * DAY);
    assert!(!blocked(&gate, &known));
    gate.pass(DAY);
    assert!(blocked(&gate, &known));

    let gate = Gate::new();
    let known = Browser::of_owner(&gate);
    let gate = gate.redeployed(&[("OWNER_PASSWORD", "another long password")]);
    assert!(blocked(&gate, &known));
}

#[test]
fn no_address_is_stored() {
    let gate = Gate::new();
    attempt(&gate, &mut Browser::default(), "192.0.2.77", "wrong");
    let networks = format!("{:?}", gate.world.storage.sources.borrow());
    assert!(
        !networks.contains("192.0.2.77") && networks.contains("failures"),
        "{networks}"
    );
}

#[test]
fn the_sign_in_leads_back_to_what_was_asked() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    for state in ["short", &"~".repeat(1_000), "a b&c=d"] {
        let mut browser = Browser::default();
        let page = browser.get(
            &gate,
            &client.authorization_url(&[("state", state), ("unknown", "x")]),
        );
        let answer = browser.sign_in(&gate, &page, PASSWORD);
        assert_eq!(answer.status, 303);
        let location = answer.header("location").unwrap().to_owned();
        assert!(location.starts_with("/authorize?"), "{location}");
        assert!(!location.contains("unknown="), "{location}");
        let consent = browser.get(&gate, &location);
        assert_eq!(consent.status, 200, "{location}");
        assert!(consent.text().contains("Let this app in?"));
        assert_eq!(
            consent.header("set-cookie"),
            None,
            "the browser keeps its name"
        );
    }
}

/// A request that was good enough to be shown is good enough after the sign-in.
#[test]
fn a_long_request_survives_the_sign_in() {
    let gate = Gate::new();
    let url = Client::register(&gate).authorization_url(&[("state", "")]);
    for (tildes, shown) in [(100, 200), (1_500, 200), (2_700, 400), (6_500, 400)] {
        let mut browser = Browser::default();
        let page = browser.get(&gate, &format!("{url}&state={}", "~".repeat(tildes)));
        assert_eq!(page.status, shown, "{tildes}");
        if shown != 200 {
            continue;
        }
        let answer = browser.sign_in(&gate, &page, PASSWORD);
        let location = answer.header("location").unwrap().to_owned();
        assert_eq!(browser.get(&gate, &location).status, 200, "{tildes}");
    }
}

/// Who has to wait asks in vain, and costs nothing: a hundred guesses count, and one for each
/// network, and for all of them, is told to wait.
#[test]
fn guesses_cost_a_known_number_of_ledger_calls() {
    let gate = Gate::new();
    let guess = |address: &str| attempt(&gate, &mut Browser::default(), address, "wrong").status;
    for network in 0..30 {
        for _ in 0..20 {
            guess(&format!("203.0.113.{network}"));
        }
    }
    assert!(gate.world.ledger_calls() <= 100 + 30 + 1);
    assert_eq!(guess("198.51.100.1"), 429);
    let calls = gate.world.ledger_calls();
    for network in 0..100 {
        assert_eq!(guess(&format!("198.51.100.{network}")), 429);
    }
    assert_eq!(gate.world.ledger_calls(), calls);
    gate.pass(60 * 60);
    assert_eq!(
        guess("198.51.100.1"),
        403,
        "an hour later it is tried again"
    );
}
