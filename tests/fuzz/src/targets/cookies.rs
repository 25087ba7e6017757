use gatelodge::{
    issuer::Issuer,
    owner::cookies::{Browser, CookieKind},
    secret::Secret,
    site::cookies,
};
use http::{HeaderMap, HeaderValue, header};

use super::support::world::Seeded;

/// The cookies of a request, one header a line: what is read was sent, a site gets none of ours,
/// and what it gets is what is left when it is read again.
pub(super) fn cookies(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n').take(8) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, value);
        }
    }
    for issuer in ["https://mcp.example.com", "http://localhost:8787"] {
        let issuer = Issuer::new(issuer);
        for kind in [CookieKind::Browser, CookieKind::Session] {
            let Some(value) = kind.read(&headers, &issuer) else {
                continue;
            };
            let sent = value.expose().as_bytes();
            assert!(!sent.contains(&b';'));
            let from = |header: &HeaderValue| contains(header.as_bytes(), sent);
            assert!(headers.get_all(header::COOKIE).iter().any(from));
        }
        let browser = Browser::of(&headers, &issuer, &Seeded::new(1));
        let known = Browser::known(&headers, &issuer);
        assert_eq!(known.is_some(), browser.cookie(&issuer).is_none());
    }
    for header in headers.get_all(header::COOKIE) {
        at_site(header);
    }
}

fn at_site(header: &HeaderValue) {
    let Some(left) = cookies::without_ours(header) else {
        return;
    };
    assert_eq!(cookies::without_ours(&left).as_ref(), Some(&left));
    assert!(!cookies::sets_ours(&left));
    assert!(left.len() <= header.len() * 2);
    let headers: HeaderMap = [(header::COOKIE, left)].into_iter().collect();
    for issuer in ["https://mcp.example.com", "http://localhost:8787"] {
        let issuer = Issuer::new(issuer);
        for kind in [CookieKind::Browser, CookieKind::Session] {
            assert!(kind.read(&headers, &issuer).is_none());
            let cookie = kind.set(&Secret::new("v".into()), &issuer);
            assert!(cookies::sets_ours(&cookie));
        }
    }
}

fn contains(all: &[u8], part: &[u8]) -> bool {
    part.is_empty() || all.windows(part.len()).any(|window| window == part)
}
