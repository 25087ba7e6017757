use std::collections::BTreeSet;

use gatelodge::oauth::{
    form::{Parameters, Repeated},
    token_request::TokenRequest,
};
use url::form_urlencoded;

/// A form: what is rendered parses to the same, a value is the only one of its name, and a token
/// request holds what was sent.
pub(super) fn forms(data: &[u8]) {
    let form = Parameters::parse(data);
    let pairs: Vec<_> = form_urlencoded::parse(data).into_owned().collect();
    let names: BTreeSet<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    for name in &names {
        let all: Vec<_> = form.all(name).collect();
        let sent = pairs.iter().filter(|(own, _)| own == name).count();
        match form.one(name) {
            Ok(Some(one)) => assert_eq!((all, sent), (vec![one], 1)),
            Ok(None) => assert_eq!((all.len(), sent), (0, 1)),
            Err(Repeated) => assert!(sent > 1),
        }
    }
    let names: Vec<_> = names.into_iter().collect();
    let rendered = form.only(&names);
    let again: Vec<_> = form_urlencoded::parse(rendered.as_bytes())
        .into_owned()
        .collect();
    assert_eq!(again, pairs);
    let reparsed = Parameters::parse(rendered.as_bytes());
    assert_eq!(reparsed.only(&names), rendered);

    let sent = |name| form.one(name).ok().flatten();
    match TokenRequest::parse(&form) {
        Ok(request) => {
            assert_eq!(sent("grant_type"), Some(request.grant_type()));
            match request {
                TokenRequest::AuthorizationCode {
                    code, redirect_uri, ..
                } => {
                    assert_eq!(sent("code"), Some(code.expose()));
                    assert_eq!(sent("redirect_uri"), redirect_uri.as_deref());
                    let verifier = sent("code_verifier").unwrap_or_default();
                    assert!((43..=128).contains(&verifier.len()));
                }
                TokenRequest::RefreshToken {
                    refresh_token,
                    scope,
                } => {
                    assert_eq!(sent("refresh_token"), Some(refresh_token.expose()));
                    assert_eq!(sent("scope"), scope.as_deref());
                }
            }
        }
        Err(answer) => assert_eq!(answer.error.status().as_u16(), 400),
    }
}
