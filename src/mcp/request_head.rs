//! The head of a call, as the origin gets it.

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::form_urlencoded;

use super::{
    mcp_header::{ConnectionOptions, is_mcp},
    session_id::MCP_SESSION_ID,
};

/// What goes home beside `Mcp-*`. Everything else stays: the client's token and cookies (RS-26),
/// addresses, forwarding headers that a client could invent (TR-15), and hop-by-hop headers.
const FORWARDED: [HeaderName; 8] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_ENCODING,
    header::CONTENT_TYPE,
    HeaderName::from_static("baggage"),
    HeaderName::from_static("last-event-id"),
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// What the origin sees as `User-Agent`: ours, so that rules against bots never judge this hop.
const USER_AGENT: HeaderValue =
    HeaderValue::from_static(concat!("Gatelodge/", env!("CARGO_PKG_VERSION")));

/// Makes the headers of the request to the origin.
///
/// `session_id` is the origin's own spelling of the session; `own` are the operator's headers,
/// which win over the client's.
pub fn headers(
    method: &Method,
    client: &HeaderMap,
    session_id: Option<HeaderValue>,
    own: &HeaderMap,
) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(client.len() + own.len());
    let connection = ConnectionOptions::of(client);
    for (name, value) in client {
        let passes = is_mcp(name) || FORWARDED.contains(name);
        if passes && !connection.names(name) {
            headers.append(name, value.clone());
        }
    }
    if let Some(session_id) = session_id {
        headers.insert(MCP_SESSION_ID, session_id);
    }
    // Servers refuse a call that does not say what it can read; some clients do not say.
    headers
        .entry(header::ACCEPT)
        .or_insert(if method == Method::POST {
            HeaderValue::from_static("application/json, text/event-stream")
        } else {
            HeaderValue::from_static("text/event-stream")
        });
    headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    headers.insert(header::USER_AGENT, USER_AGENT);
    for (name, value) in own {
        headers.insert(name, value.clone());
    }
    headers
}

/// The query that goes home: all of it but a token, which does not belong there (RS-22). What is
/// not touched stays as it was spelled.
pub fn query(query: &str) -> Option<String> {
    let is_token = |pair: &&str| {
        form_urlencoded::parse(pair.as_bytes())
            .any(|(name, _)| name.eq_ignore_ascii_case("access_token"))
    };
    let kept: Vec<_> = query.split('&').filter(|pair| !is_token(pair)).collect();
    let kept = kept.join("&");
    (!kept.is_empty()).then_some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_clients_own_stays_behind() {
        let mut client = HeaderMap::new();
        for (name, value) in [
            ("authorization", "Bearer secret"),
            ("cookie", "a=b"),
            ("cf-connecting-ip", "192.0.2.1"),
            ("x-forwarded-for", "192.0.2.1"),
            ("forwarded", "for=192.0.2.1"),
            ("origin", "https://claude.ai"),
            ("host", "mcp.example.com"),
            ("referer", "https://claude.ai"),
            ("user-agent", "Claude-User"),
            ("accept-encoding", "gzip"),
            ("gatelodge-subject", "forged"),
            ("gatelodge-assertion", "forged"),
            ("mcp-session_id", "somebody else's"),
            ("mcp_session_id", "somebody else's"),
            ("connection", "keep-alive, Mcp-Hop"),
            ("mcp-hop", "1"),
            ("mcp-session-id", "sid.mac"),
            ("mcp-protocol-version", "2025-11-25"),
            ("mcp-param-x", "1"),
            ("content-type", "application/json"),
            ("last-event-id", "7"),
        ] {
            client.insert(name, HeaderValue::from_static(value));
        }
        let mut own = HeaderMap::new();
        own.insert("x-api-key", HeaderValue::from_static("k"));
        let session_id = Some(HeaderValue::from_static("sid"));
        let sent = headers(&Method::POST, &client, session_id, &own);

        let mut names: Vec<_> = sent
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        names.sort();
        assert_eq!(
            names,
            [
                "accept-encoding: identity",
                "accept: application/json, text/event-stream",
                "content-type: application/json",
                "last-event-id: 7",
                "mcp-param-x: 1",
                "mcp-protocol-version: 2025-11-25",
                "mcp-session-id: sid",
                concat!("user-agent: Gatelodge/", env!("CARGO_PKG_VERSION")),
                "x-api-key: k",
            ]
        );
    }

    #[test]
    fn a_token_in_the_query_stays_behind() {
        for (given, expected) in [
            ("", None),
            ("a=1&b=%20x", Some("a=1&b=%20x")),
            ("access_token=t", None),
            ("a=1&access_token=t&b=2", Some("a=1&b=2")),
            ("access%5Ftoken=t&a", Some("a")),
            ("Access_Token=t", None),
        ] {
            assert_eq!(query(given).as_deref(), expected, "{given}");
        }
    }
}
