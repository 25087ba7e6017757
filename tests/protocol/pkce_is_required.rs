//! No code without a challenge, and no tokens without its verifier (AS-24, AS-83).

use crate::support::{Browser, Client, Gate, REDIRECT_URI, exchange::only};

#[test]
fn a_request_without_s256_is_refused() {
    let short = "A".repeat(42);
    let cases: [&[(&str, &str)]; 7] = [
        &[("code_challenge", ""), ("code_challenge_method", "")],
        &[("code_challenge", "")],
        &[("code_challenge_method", "")],
        &[("code_challenge_method", "plain")],
        &[("code_challenge_method", "s256")],
        &[("code_challenge", &short)],
        &[(
            "code_challenge",
            "a challenge with spaces in it, quite long....",
        )],
    ];
    for changes in cases {
        let gate = Gate::new();
        for client in [Client::register(&gate), Client::register_with_secret(&gate)] {
            let mut owner = Browser::of_owner(&gate);
            let page = owner.get(&gate, &client.authorization_url(changes));
            assert_eq!(page.status, 400, "{changes:?}");
            let callback = owner.decide(&gate, &page, "approve").callback(REDIRECT_URI);
            assert_eq!(
                only(&callback, "error"),
                Some("invalid_request"),
                "{changes:?}"
            );
            assert_eq!(only(&callback, "code"), None, "{changes:?}");
        }
        assert_eq!(
            gate.world.storage_operations(),
            2,
            "only the sign-ins: {changes:?}"
        );
    }
}

#[test]
fn only_the_verifier_of_the_challenge_redeems() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let challenge = client.challenge();
    let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
    let longest = "a".repeat(128);
    for (verifier, error) in [
        ("", "invalid_request"),
        ("short", "invalid_request"),
        (&"+".repeat(43), "invalid_request"),
        (&"a".repeat(129), "invalid_request"),
        (longest.as_str(), "invalid_grant"),
        (challenge.as_str(), "invalid_grant"),
    ] {
        let thief = Client {
            verifier: verifier.to_owned(),
            ..client.clone()
        };
        let answer = thief.redeem(&gate, &code);
        assert_eq!(answer.refusal(), (400, error.into()), "{verifier}");
    }
    assert_eq!(client.redeem(&gate, &code).status, 200);
}
