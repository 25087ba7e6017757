use gatelodge::{
    issuer::{Issuer, is_loopback},
    mcp::{
        cross_origin::{self, Caller},
        media_type, probe, request_head, session_id,
    },
    site::head,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::{Url, form_urlencoded};

use super::parts;

/// The head of a call, and its query as the body: nothing that is the client's own, or that it
/// could invent about itself, goes home or to a site, and what goes stays so when it goes again.
pub(super) fn request_heads(data: &[u8]) {
    let (client, query) = parts::head(data);
    let issuer = parts::issuer();
    home(&client);
    site(&client, &issuer);
    callers(&client, &issuer);
    session(&client);
    let _ = (probe::may_get_stream(&client), media_type::is_json(&client));
    if let Ok(query) = std::str::from_utf8(query) {
        queries(query);
    }
}

fn is_invented(name: &HeaderName) -> bool {
    let name = name.as_str();
    [
        "cf-",
        "x-forwarded-",
        "gatelodge-",
        "x-original-",
        "remote-",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
        || [
            "forwarded",
            "host",
            "true-client-ip",
            "x-real-ip",
            "x-rewrite-url",
            "proxy",
        ]
        .contains(&name)
}

fn home(client: &HeaderMap) {
    let own_name = HeaderName::from_static("x-api-key");
    let own: HeaderMap = [
        (own_name.clone(), HeaderValue::from_static("k")),
        (header::CONTENT_TYPE, HeaderValue::from_static("own/type")),
    ]
    .into_iter()
    .collect();
    let session = Some(HeaderValue::from_static("sid"));
    for method in [Method::POST, Method::GET] {
        let sent = request_head::headers(&method, client, session.clone(), &own);
        for name in sent.keys() {
            assert!(!is_invented(name), "{name}");
            assert!(![header::AUTHORIZATION, header::COOKIE, header::ORIGIN].contains(name));
            let known = name.as_str().starts_with("mcp-")
                || own.contains_key(name)
                || !client.contains_key(name)
                || [
                    "accept",
                    "accept-encoding",
                    "accept-language",
                    "baggage",
                    "content-encoding",
                    "last-event-id",
                    "traceparent",
                    "tracestate",
                    "user-agent",
                ]
                .contains(&name.as_str());
            assert!(known, "{name}");
        }
        assert_eq!(
            sent.get_all("mcp-session-id").iter().collect::<Vec<_>>(),
            ["sid"]
        );
        assert_eq!(sent[&own_name], "k");
        assert_eq!(sent[header::CONTENT_TYPE], "own/type");
        assert_eq!(
            request_head::headers(&method, &sent, session.clone(), &own),
            sent
        );
    }
    let plain = request_head::headers(&Method::POST, client, None, &HeaderMap::new());
    assert!(!plain.contains_key("mcp-session-id"));
}

fn site(client: &HeaderMap, issuer: &Issuer) {
    let sent = head::request(client, issuer);
    for (name, value) in &sent {
        let text = name.as_str();
        let ours = matches!(text, "x-forwarded-host" | "x-forwarded-proto");
        assert!(ours || !is_invented(name), "{name}");
        assert!(!text.contains('_') && *name != header::CONNECTION);
        let bytes = value.as_bytes();
        let bearer = bytes
            .get(..7)
            .is_some_and(|begin| begin.eq_ignore_ascii_case(b"bearer "));
        assert!(*name != header::AUTHORIZATION || !bearer);
        assert!(*name != header::COOKIE || !gatelodge::site::cookies::sets_ours(value));
    }
    assert_eq!(sent["x-forwarded-host"], "mcp.example.com");
    assert_eq!(sent["x-forwarded-proto"], "https");
    assert_eq!(head::request(&sent, issuer), sent);
}

fn callers(client: &HeaderMap, issuer: &Issuer) {
    if let Caller::Page(origin) = Caller::of(client, issuer, &[]) {
        let text = origin.to_str().expect("what is listed is visible");
        let url = Url::parse(text).expect("what is listed is a URL");
        assert!(matches!(url.scheme(), "http" | "https"));
        assert!(is_loopback(&url) || url.scheme() == "https");
    }
    let mut answer = HeaderMap::new();
    cross_origin::answer_preflight(client, "POST, OPTIONS", &mut answer);
    let allowed = answer[header::ACCESS_CONTROL_ALLOW_HEADERS].to_str();
    let names = allowed.expect("names of headers are visible").split(", ");
    let mut extra = names.skip_while(|name| *name != "baggage").skip(1);
    assert!(extra.all(|name| name.starts_with("mcp-param-")));
}

/// No session that the fuzzer names was given to the caller.
fn session(client: &HeaderMap) {
    let keys = parts::keys();
    let passage = parts::passage(&keys);
    for value in client.get_all(session_id::MCP_SESSION_ID) {
        assert!(session_id::unbind(value, &passage, &keys).is_none());
        if let Some(bound) = session_id::bind(value, &passage, &keys) {
            let own = session_id::unbind(&bound, &passage, &keys);
            assert_eq!(own.as_ref(), Some(value));
        }
    }
}

fn queries(query: &str) {
    let home = request_head::query(query).unwrap_or_default();
    let pairs = |query: &str| {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        pairs.collect::<Vec<_>>()
    };
    let mut expected = pairs(query);
    expected.retain(|(name, _)| !name.eq_ignore_ascii_case("access_token"));
    assert_eq!(pairs(&home), expected);
    assert_eq!(request_head::query(&home).unwrap_or_default(), home);
}
