use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatelodge::{
    oauth::{
        client::Recognition,
        client_authentication::{ClientStanding, UnverifiedCredentials},
        form::Parameters,
    },
    secret::Digest,
};
use http::{HeaderMap, HeaderValue, header};
use url::form_urlencoded;

use super::parts;

/// Who a client says that it is, in the head or in the form: by one method only, and never known
/// without what we have sealed. What `Basic` renders is read as it was meant.
pub(super) fn client_authentication(data: &[u8]) {
    let (headers, body) = parts::head(data);
    let form = Parameters::parse(body);
    let (keys, issuer) = (parts::keys(), parts::issuer());
    let by = Recognition {
        keys: &keys,
        issuer: &issuer,
        configured: &[],
    };
    let in_head = headers.get_all(header::AUTHORIZATION).iter().count();
    let in_form = |name| form.one(name).ok().flatten();
    match UnverifiedCredentials::parse(&headers, &form) {
        Ok(Some(credentials)) => {
            let assertion = credentials.assertion().is_some();
            let secret = in_form("client_secret").is_some();
            let methods = [assertion, in_head > 0, secret];
            assert!(methods.into_iter().filter(|used| *used).count() <= 1);
            assert!(in_head <= 1);
            if let Ok(proof) = credentials.verify(&by) {
                assert!(proof.standing != ClientStanding::Verified);
                if let Some(id) = in_form("client_id") {
                    assert_eq!(proof.client, Digest::of(id.as_bytes()));
                }
            }
        }
        Ok(None) => {
            assert_eq!(in_head, 0);
            assert_eq!(in_form("client_id"), None);
        }
        Err(failure) => {
            let status = failure.answer.error.status().as_u16();
            assert!(matches!(status, 400 | 401));
            assert!(!failure.used_header || in_head > 0);
        }
    }
    for (user, password) in form_urlencoded::parse(body) {
        if !user.is_empty() {
            basic(&user, &password, &by);
        }
    }
}

/// What a client that does as RFC 6749 §2.3.1 says would send.
fn basic(user: &str, password: &str, by: &Recognition<'_>) {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(user), encode(password));
    let value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)));
    let headers: HeaderMap = [(header::AUTHORIZATION, value.expect("base64 is visible"))]
        .into_iter()
        .collect();
    let parsed = UnverifiedCredentials::parse(&headers, &Parameters::parse(b""));
    let Ok(Some(credentials)) = parsed else {
        panic!("{user:?} {password:?} is not read");
    };
    if let Ok(proof) = credentials.verify(by) {
        assert_eq!(proof.client, Digest::of(user.as_bytes()));
    }
}
