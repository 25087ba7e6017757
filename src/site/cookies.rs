//! Cookies of the edge and of the site, which share a browser's jar.

use http::HeaderValue;

/// The `Cookie` header without the edge's cookies; none when no other is left.
pub fn without_ours(header: &HeaderValue) -> Option<HeaderValue> {
    let pairs = header.as_bytes().split(|byte| *byte == b';');
    let others: Vec<_> = pairs
        .map(<[u8]>::trim_ascii)
        .filter(|pair| !pair.is_empty() && !names_ours(pair))
        .collect();
    if others.is_empty() {
        return None;
    }
    HeaderValue::from_bytes(&others.join(b"; ".as_slice())).ok()
}

/// Whether a `Set-Cookie` header sets one of the edge's cookies, or might be sent back as if it
/// had: browsers send a cookie without a name as its bare value.
pub fn sets_ours(header: &HeaderValue) -> bool {
    names_ours(header.as_bytes())
}

fn names_ours(pair: &[u8]) -> bool {
    const HOST: &[u8] = b"__host-";
    let pair = pair.trim_ascii().to_ascii_lowercase();
    let nameless = pair.strip_prefix(b"=").map(<[u8]>::trim_ascii);
    let pair = nameless.unwrap_or(&pair);
    pair.strip_prefix(HOST)
        .unwrap_or(pair)
        .starts_with(b"gatelodge-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{issuer::Issuer, owner::cookies::CookieKind, secret::Secret};

    #[test]
    fn every_cookie_of_ours_is_known() {
        for issuer in ["https://a.example", "http://localhost:8787"] {
            for kind in [CookieKind::Browser, CookieKind::Session] {
                let issuer = Issuer::new(issuer);
                let set = kind.set(&Secret::new("secret".into()), &issuer);
                assert!(sets_ours(&set));
                let mut jar = b"a=1; ".to_vec();
                jar.extend_from_slice(set.as_bytes());
                let left = without_ours(&HeaderValue::from_bytes(&jar).unwrap()).unwrap();
                assert!(!left.to_str().unwrap().contains("secret"), "{left:?}");
            }
        }
    }

    #[test]
    fn others_pass_byte_for_byte() {
        for (sent, passed) in [
            ("a=1", Some("a=1")),
            ("a=1;b=2", Some("a=1; b=2")),
            ("a=gatelodge-session", Some("a=gatelodge-session")),
            ("__Host-gatelodge-session=x; a=\"b c\"", Some("a=\"b c\"")),
            ("__HOST-Gatelodge-session=x", None),
            (" =__Host-gatelodge-session=x", None),
            ("; ;", None),
            ("bare", Some("bare")),
        ] {
            let left = without_ours(&HeaderValue::from_static(sent));
            let left = left.as_ref().map(HeaderValue::as_bytes);
            assert_eq!(left, passed.map(str::as_bytes), "{sent}");
        }
        let foreign = HeaderValue::from_bytes(b"a=\xe9; __Host-gatelodge-browser=x").unwrap();
        assert_eq!(without_ours(&foreign).unwrap().as_bytes(), b"a=\xe9");
    }
}
