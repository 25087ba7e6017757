//! `GATELODGE_KEY` in the hands of a thief who has nothing else: what he seals opens, and opens no
//! door.

use gatelodge::{
    issuer::Issuer,
    keys::Sealable,
    mount_path::MountPath,
    oauth::{
        grant::{AccessToken, Generation, GrantId, RefreshToken},
        scope::ScopeSet,
    },
    owner::session::Session,
    secret::{Digest, Secret},
    time::Lifetime,
};

use crate::support::{Client, Gate, ISSUER, PASSWORD, Request, call};

fn sealed(gate: &Gate, value: &impl Sealable) -> String {
    let keys = &gate.world.config.keys;
    let value = keys.seal(&Issuer::new(ISSUER), value, &gate.world.random);
    value.expose().to_owned()
}

/// The name of a grant is 128 bits that are written nowhere outside.
#[test]
fn a_token_of_no_grant_calls_nothing() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    client.connect(&gate);
    gate.world.home.got();
    let grant = GrantId::of_ticket("made up");
    let digest = Digest::of(client.id.as_bytes());
    let expires_at = gate.now().plus(Lifetime::from_days(1));
    let access = AccessToken {
        grant: grant.clone(),
        generation: Generation::FIRST,
        mount: MountPath::parse("/mcp").unwrap(),
        client: digest,
        scope: ScopeSet::default_scopes(),
        expires_at,
    };
    let answer = call(&gate, &sealed(&gate, &access));
    assert_eq!(answer.refusal(), (401, "invalid_token".into()));
    assert!(gate.world.home.got().is_empty());
    let refresh = sealed(
        &gate,
        &RefreshToken {
            grant,
            generation: Generation::FIRST,
            client: digest,
            expires_at,
        },
    );
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let answer = client.ask(&gate, &fields);
    assert_eq!(answer.refusal(), (400, "invalid_grant".into()));
}

/// A session holds a MAC of the password.
#[test]
fn a_session_without_the_password_is_nobodys() {
    let gate = Gate::new();
    for (password, is_asked_for) in [("a guess of the password", true), (PASSWORD, false)] {
        let keys = &gate.world.config.keys;
        let password = Secret::new(password.into());
        let session = Session::begin(&password, keys, &gate.world.random, gate.now());
        let cookie = format!("__Host-gatelodge-session={}", sealed(&gate, &session));
        let page = gate.send(Request::get("/gatelodge").header("cookie", &cookie));
        assert_eq!(
            page.text().contains("<input type=\"password\""),
            is_asked_for
        );
    }
}
