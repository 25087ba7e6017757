//! Which web origins may call a mount (TR-02), and what their browsers are told (CORS).

use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::Url;

use crate::issuer::{Issuer, is_loopback};

/// The web applications of known clients.
const KNOWN_CLIENTS: [&str; 7] = [
    "https://chatgpt.com",
    "https://claude.ai",
    "https://claude.com",
    "https://cursor.com",
    "https://insiders.vscode.dev",
    "https://vscode.dev",
    "https://www.cursor.com",
];

/// What the `Origin` of a request means at a mount.
#[derive(Clone, Debug)]
pub enum Caller {
    /// No browser: no `Origin`.
    Program,
    /// A page of an origin that is listed.
    Page(HeaderValue),
    /// A page that may not call: 403.
    Foreign,
}

impl Caller {
    /// Judges the `Origin` header; `null` is no origin that can be listed.
    pub fn of(headers: &HeaderMap, issuer: &Issuer, more: &[String]) -> Self {
        let Some(origin) = headers.get(header::ORIGIN) else {
            return Self::Program;
        };
        let listed = origin.to_str().is_ok_and(|text| {
            text == issuer.as_str()
                || KNOWN_CLIENTS.contains(&text)
                || more.iter().any(|own| own == text)
                || is_loopback_page(text)
        });
        if listed {
            Self::Page(origin.clone())
        } else {
            Self::Foreign
        }
    }

    /// Adds what the page's browser needs to show it an answer, errors included.
    pub fn allow(&self, headers: &mut HeaderMap) {
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
        if let Self::Page(origin) = self {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            expose(headers);
        }
    }
}

fn is_loopback_page(origin: &str) -> bool {
    Url::parse(origin)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && is_loopback(&url))
}

/// Adds what any page's browser needs: for answers that hold nothing of anybody's.
pub fn allow_all(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    expose(headers);
}

fn expose(headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static(
            "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After, Gatelodge-Request-Id",
        ),
    );
}

/// Adds the answer to a preflight: these methods, the headers of MCP, and any `Mcp-Param-*` that
/// the browser asks for.
pub fn answer_preflight(request: &HeaderMap, methods: &'static str, headers: &mut HeaderMap) {
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(methods),
    );
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("86400"),
    );
    let mut allowed = HEADERS.to_owned();
    let asked = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let asked = asked.and_then(|names| names.to_str().ok());
    let names = asked.unwrap_or_default().split(',').take(MOST_NAMES);
    for name in names.filter_map(|name| HeaderName::try_from(name.trim()).ok()) {
        if name.as_str().starts_with("mcp-param-") {
            allowed.push_str(", ");
            allowed.push_str(name.as_str());
        }
    }
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
}

/// A tool has few parameters; what is asked for beyond these is not allowed.
const MOST_NAMES: usize = 64;
const HEADERS: &str = "Authorization, Content-Type, Accept, Last-Event-ID, MCP-Protocol-Version, Mcp-Session-Id, Mcp-Method, Mcp-Name, traceparent, tracestate, baggage";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_origins_may_call() {
        let issuer = Issuer::new("https://mcp.example.com");
        let more = ["https://app.example.com".to_owned()];
        for (origin, expected) in [
            ("https://mcp.example.com", true),
            ("https://claude.ai", true),
            ("https://app.example.com", true),
            ("http://localhost:6274", true),
            ("http://127.0.0.1:1", true),
            ("http://[::1]:1", true),
            ("null", false),
            ("", false),
            ("https://evil.example", false),
            ("https://claude.ai.evil.example", false),
            ("https://localhost.evil.example", false),
            ("http://mcp.example.com", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            let page = matches!(Caller::of(&headers, &issuer, &more), Caller::Page(_));
            assert_eq!(page, expected, "{origin}");
        }
        let caller = Caller::of(&HeaderMap::new(), &issuer, &more);
        assert!(matches!(caller, Caller::Program));
    }
}
