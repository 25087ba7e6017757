//! A sealed value opens to what was sealed, and nothing else opens.

use gatelodge::{
    issuer::Issuer,
    keys::{Keys, MasterKey, Sealable},
    mount_path::MountPath,
    oauth::{
        client::{AuthenticationMethod, Registration},
        grant::{AccessToken, AuthorizationCode, Generation, GrantId, RefreshToken},
        redirect_uri::{RedirectSchemes, RedirectUri},
        scope::ScopeSet,
    },
    owner::{session::Session, ticket::Ticket},
    resource_server::principal::{Principal, UnadmittedToken},
    secret::Digest,
    time::Timestamp,
};
use proptest::prelude::*;

use crate::support::world::Seeded;

pub(crate) fn grant() -> GrantId {
    GrantId::parse("abcdefghijklmnopqrstuv").unwrap()
}

/// A caller, admitted as every caller is.
pub(crate) fn principal() -> Principal {
    let (keys, issuer) = (keys(), Issuer::new("https://a.example"));
    let now = Timestamp::from_unix_seconds(1);
    let token = AccessToken {
        grant: grant(),
        generation: Generation::FIRST,
        mount: MountPath::default(),
        client: Digest::of(b"client"),
        scope: ScopeSet::default_scopes(),
        expires_at: Timestamp::from_unix_seconds(2),
    };
    let sealed = keys.seal(&issuer, &token, &Seeded::new(1));
    UnadmittedToken::open(&sealed, &MountPath::default(), (&keys, &issuer), now)
        .unwrap()
        .admitted()
}

fn keys() -> Keys {
    Keys::derive(
        &MasterKey::from_bytes([1; 32]),
        Some(&MasterKey::from_bytes([2; 32])),
    )
}

/// Whether the text opens as anything.
fn opens(keys: &Keys, issuer: &Issuer, text: &str) -> bool {
    fn open<T: Sealable>(keys: &Keys, issuer: &Issuer, text: &str) -> bool {
        keys.open::<T>(issuer, text).is_some()
    }
    open::<AccessToken>(keys, issuer, text)
        || open::<AuthorizationCode>(keys, issuer, text)
        || open::<RefreshToken>(keys, issuer, text)
        || open::<Registration>(keys, issuer, text)
        || open::<Session>(keys, issuer, text)
        || open::<Ticket>(keys, issuer, text)
}

proptest! {
    #![proptest_config(crate::cases(200))]

    #[test]
    fn what_is_sealed_opens(name in any::<String>(), issued_at in any::<u64>(), seed in any::<u64>(), refreshes in any::<bool>()) {
        let (keys, issuer) = (keys(), Issuer::new("https://a.example"));
        let schemes = RedirectSchemes::built_in_and(Vec::new());
        let registration = Registration {
            name,
            redirect_uris: vec![RedirectUri::parse("https://c.example/cb", &schemes).unwrap()],
            authentication: AuthenticationMethod::EitherSecret,
            refreshes,
            issued_at: Timestamp::from_unix_seconds(issued_at),
        };
        let sealed = keys.seal(&issuer, &registration, &Seeded::new(seed));
        prop_assert_eq!(keys.open(&issuer, sealed.expose()), Some(registration));
        prop_assert!(keys.open::<Registration>(&Issuer::new("https://b.example"), sealed.expose()).is_none());
    }

    #[test]
    fn a_value_that_was_changed_anywhere_does_not_open(seed in any::<u64>(), at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_.-]") {
        let (keys, issuer) = (keys(), Issuer::new("https://a.example"));
        let token = AccessToken {
            grant: grant(),
            generation: Generation::FIRST,
            mount: MountPath::default(),
            client: Digest::of(b"client"),
            scope: ScopeSet::default_scopes(),
            expires_at: Timestamp::from_unix_seconds(seed),
        };
        let sealed = keys.seal(&issuer, &token, &Seeded::new(seed));
        let text = sealed.expose();
        prop_assert!(opens(&keys, &issuer, text));
        let at = at.index(text.len());
        let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
        prop_assert!(changed == text || !opens(&keys, &issuer, &changed), "{}", changed);
        prop_assert!(!opens(&keys, &issuer, &text[..at]));
    }

    #[test]
    fn nothing_else_opens(text in prop_oneof![
        any::<String>(),
        "gl_(access|code|client|refresh|session|ticket)\\.(wl5saq5c|[A-Za-z0-9_-]{8})\\.[A-Za-z0-9_-]{0,80}",
    ]) {
        prop_assert!(!opens(&keys(), &Issuer::new("https://a.example"), &text));
    }
}
