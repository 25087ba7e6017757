use gatelodge::oauth::{
    client::Registration,
    redirect_uri::{RedirectSchemes, RedirectUri},
    registration::{RegistrationRequest, RegistrationTerms},
    scope::ScopeSet,
};
use serde_json::Value;

use super::{parts, support::world::Seeded};

/// The body of a registration: what is kept has the shape that it promises, survives its seal, and
/// is kept again when its own answer is registered.
pub(super) fn registrations(data: &[u8]) {
    let schemes = RedirectSchemes::built_in_and(Vec::new());
    let terms = RegistrationTerms {
        schemes: &schemes,
        now: parts::NOW,
    };
    let request = match RegistrationRequest::parse(data, &terms) {
        Ok(request) => request,
        Err(answer) => return assert_eq!(answer.error.status().as_u16(), 400),
    };
    let kept = request.registration.clone();
    is_proper(&kept, &schemes);

    let (keys, issuer) = (parts::keys(), parts::issuer());
    let sealed = keys.seal(&issuer, &kept, &Seeded::new(1));
    assert_eq!(keys.open(&issuer, sealed.expose()), Some(kept.clone()));

    let id = sealed.expose().to_owned();
    let Ok(answer) = request.answer(id, None, &ScopeSet::default_scopes()) else {
        return;
    };
    let answer = serde_json::to_vec(&answer).expect("an answer is plain data");
    let again = RegistrationRequest::parse(&answer, &terms).map(|again| again.registration);
    let again = again.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(again.name, kept.name);
    assert_eq!(again.redirect_uris, kept.redirect_uris);
    assert_eq!(again.refreshes, kept.refreshes);
    assert_eq!(again.authentication.as_str(), kept.authentication.as_str());
}

fn is_proper(kept: &Registration, schemes: &RedirectSchemes) {
    assert!((1..=10).contains(&kept.redirect_uris.len()));
    for uri in &kept.redirect_uris {
        assert_eq!(
            RedirectUri::parse(uri.as_str(), schemes).as_ref(),
            Some(uri)
        );
    }
    assert!(kept.name.chars().count() <= 80);
    assert!(!kept.name.chars().any(char::is_control));
    assert_eq!(kept.name.trim(), kept.name);
    assert_ne!(kept.authentication.as_str(), "private_key_jwt");
    let written = serde_json::to_value(kept).expect("a registration is plain data");
    assert!(matches!(written, Value::Object(_)));
}
