use gatelodge::{
    issuer::Issuer,
    mcp::{
        media_type, response_head,
        verdict::{Asked, Errand, Verdict, judge},
    },
    owner::cookies::CookieKind,
    site::head,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use url::Url;

use super::parts;

/// A status and a method on the first line, then a head: of the origin's answer, and of a site's.
/// Neither leads elsewhere, sets a cookie of ours, or challenges in our place.
pub(super) fn response_heads(data: &[u8]) {
    let (first, rest) = parts::text_line(data);
    let (headers, _) = parts::head(rest);
    let mut words = first.split(' ');
    let status = words.next().and_then(|word| word.parse::<u16>().ok());
    let status = status.and_then(|status| StatusCode::from_u16(status).ok());
    let errand = words.next().and_then(errand);
    if let (Some(status), Some(errand)) = (status, errand) {
        let in_session = words.next().is_some();
        origin(Asked { errand, in_session }, status, &headers);
    }
    site(&headers);
}

fn errand(method: &str) -> Option<Errand> {
    match method {
        "DELETE" => Some(Errand::EndSession),
        "GET" => Some(Errand::Listen),
        "POST" => Some(Errand::Message),
        "SEND" => Some(Errand::StreamedMessage),
        _ => None,
    }
}

fn origin(asked: Asked, status: StatusCode, headers: &HeaderMap) {
    match judge(asked, status, headers) {
        Verdict::Relay | Verdict::Doubt(_) => {
            assert!((200..600).contains(&status.as_u16()));
            assert!(!status.is_redirection() && !matches!(status.as_u16(), 401 | 403));
            let streams = media_type::is_event_stream(headers);
            assert!(asked.errand != Errand::Listen || !status.is_success() || streams);
        }
        Verdict::Redirect(location) => {
            assert!(matches!(status.as_u16(), 307 | 308));
            assert_eq!(headers[header::LOCATION], location);
        }
        Verdict::Silence(_) => {
            assert!(asked.errand == Errand::Message && status.is_success());
        }
        Verdict::Instead(error) => assert!(error.status().as_u16() >= 400),
    }
    let relayed = response_head::headers(headers, None);
    for name in relayed.keys() {
        let text = name.as_str();
        let known = ["allow", "cache-control", "content-type", "retry-after"];
        let own = ["x-accel-buffering", "x-content-type-options"];
        let is_mcp = text.starts_with("mcp-") && text != "mcp-session-id";
        assert!(
            is_mcp || known.contains(&text) || own.contains(&text),
            "{name}"
        );
    }
    assert_eq!(relayed[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(response_head::headers(&relayed, None), relayed);
}

fn site(headers: &HeaderMap) {
    let site = Url::parse("https://wiki.example.net:8443").expect("a URL");
    let issuer = parts::issuer();
    let answer = head::answer(headers, &site, &issuer);
    for cookie in answer.get_all(header::SET_COOKIE) {
        for issuer in ["https://mcp.example.com", "http://localhost:8787"] {
            let issuer = Issuer::new(issuer);
            let jar: HeaderMap = [(header::COOKIE, sent_back(cookie))].into_iter().collect();
            for kind in [CookieKind::Browser, CookieKind::Session] {
                assert!(kind.read(&jar, &issuer).is_none(), "{cookie:?}");
            }
        }
    }
    for location in answer.get_all(header::LOCATION) {
        let url = location
            .to_str()
            .ok()
            .and_then(|text| Url::parse(text).ok());
        assert!(
            url.is_none_or(|url| url.origin() != site.origin()),
            "{location:?}"
        );
    }
    for name in [
        "strict-transport-security",
        "connection",
        "clear-site-data",
        "nel",
    ] {
        assert!(!answer.contains_key(name));
    }
    assert_eq!(head::answer(&answer, &site, &issuer), answer);
}

/// What a browser makes of a cookie (RFC 6265bis, Storage Model and Retrieval): the pair ends at
/// the first semicolon, and one without a name is sent as its bare value.
fn sent_back(cookie: &HeaderValue) -> HeaderValue {
    let pair = cookie.as_bytes().split(|byte| *byte == b';').next();
    let pair = pair.unwrap_or_default();
    let mut parts = pair.splitn(2, |byte| *byte == b'=');
    let first = parts.next().unwrap_or_default().trim_ascii();
    let second = parts.next().map(<[u8]>::trim_ascii);
    let sent = match second {
        Some(value) if !first.is_empty() => [first, value].join(b"=".as_slice()),
        Some(value) => value.to_vec(),
        None => first.to_vec(),
    };
    HeaderValue::from_bytes(&sent).expect("a part of a header is one")
}
