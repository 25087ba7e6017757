//! The shapes of an answer: JSON for programs, pages for people, and the way back to a client.

use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::json;
use url::Url;

use super::record::Words;
use crate::{
    mcp::{cross_origin, gateway_error::GatewayError},
    oauth::{
        client_authentication::AuthenticationFailure,
        error::{ErrorAnswer, ErrorCode},
    },
    pages::{self, Html, Message},
    time::Lifetime,
};

/// An answer of the edge's own.
pub(super) type Reply = Response<Vec<u8>>;

/// Whether an answer may be kept by caches.
#[derive(Clone, Copy, Debug)]
pub(super) enum Caching {
    /// It is the same for everybody: five minutes, so that a mended mistake heals soon.
    Public,
    /// It is for one caller, now.
    Never,
}

/// A JSON answer.
pub(super) fn json(status: StatusCode, caching: Caching, body: &impl Serialize) -> Reply {
    let body = serde_json::to_vec(body).expect("answers are plain data");
    json_text(status, caching, body)
}

/// A JSON answer that is text already.
pub(super) fn json_text(status: StatusCode, caching: Caching, text: Vec<u8>) -> Reply {
    let mut reply = Response::new(text);
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    set(headers, header::CONTENT_TYPE, "application/json");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    match caching {
        Caching::Public => set(headers, header::CACHE_CONTROL, "public, max-age=300"),
        Caching::Never => {
            set(headers, header::CACHE_CONTROL, "no-store");
            set(headers, header::PRAGMA, "no-cache");
        }
    }
    reply
}

/// An error of the authorization server, for a client.
pub(super) fn error(answer: ErrorAnswer) -> Reply {
    let mut reply = json(answer.error.status(), Caching::Never, &answer);
    let words = Words(answer.error_description);
    reply.extensions_mut().insert(words);
    reply
}

/// A client that did not authenticate; challenged when it used `Authorization` (RFC 6749 §5.2).
pub(super) fn not_authenticated(failure: AuthenticationFailure) -> Reply {
    let mut reply = error(failure.answer);
    if failure.used_header && failure.answer.error == ErrorCode::InvalidClient {
        set(
            reply.headers_mut(),
            header::WWW_AUTHENTICATE,
            "Basic realm=\"Gatelodge\", charset=\"UTF-8\"",
        );
    }
    reply
}

/// An error that passes: the client should come back with what it has.
pub(super) fn wait(answer: ErrorAnswer, wait: Lifetime) -> Reply {
    let mut reply = error(answer);
    retry_after(&mut reply, wait);
    reply
}

/// Storage does not answer.
pub(super) fn unavailable() -> Reply {
    wait(
        ErrorAnswer::new(
            ErrorCode::TemporarilyUnavailable,
            "The server cannot reach its storage now. Try again.",
        ),
        RETRY,
    )
}

/// Storage does not answer, for a person.
pub(super) fn unavailable_page(server: &str) -> Reply {
    let mut reply = message(
        StatusCode::SERVICE_UNAVAILABLE,
        server,
        &Message {
            title: "Not now",
            text: "The server cannot reach its storage at the moment, so it may not have done all that you asked. Look again soon.",
            link: None,
        },
    );
    retry_after(&mut reply, RETRY);
    reply
}

/// Nothing of the edge's is at this path.
pub(super) fn not_found() -> Reply {
    let mut reply = json(
        StatusCode::NOT_FOUND,
        Caching::Never,
        &json!({"error": "not_found", "error_description": "There is nothing at this path."}),
    );
    cross_origin::allow_all(reply.headers_mut());
    reply
}

/// There is nothing to sign in to: the answer that lets clients go on without a token.
pub(super) fn open_not_found() -> Reply {
    let mut reply = json(
        StatusCode::NOT_FOUND,
        Caching::Never,
        &json!({"error": "not_found", "error_description": "This MCP server does not require authentication"}),
    );
    cross_origin::allow_all(reply.headers_mut());
    reply
}

/// The path is the edge's, but not with this method.
pub(super) fn method_not_allowed(allow: &'static str) -> Reply {
    let mut reply = json(
        StatusCode::METHOD_NOT_ALLOWED,
        Caching::Never,
        &json!({"error": "invalid_request", "error_description": format!("The method must be one of {allow}.")}),
    );
    let words = Words("The method is not offered here.");
    reply.extensions_mut().insert(words);
    self::allow(&mut reply, allow);
    reply
}

/// Says which methods there are.
pub(super) fn allow(reply: &mut Reply, allow: &'static str) {
    set(reply.headers_mut(), header::ALLOW, allow);
}

/// The body is larger than any proper request.
pub(super) fn body_too_large() -> Reply {
    let answer = ErrorAnswer::new(ErrorCode::InvalidRequest, "The body is too large.");
    let mut reply = error(answer);
    *reply.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
    reply
}

/// An error of the gateway, for an MCP client; `request` is what the log calls the request.
pub(super) fn gateway_error(error: GatewayError, request: &str) -> Reply {
    let mut reply = json(error.status(), Caching::Never, &error.body(request));
    if error.is_passing() {
        retry_after(&mut reply, RETRY);
    }
    if let Some(allow) = error.allow() {
        set(reply.headers_mut(), header::ALLOW, allow);
    }
    reply
}

/// The same address by https, for a browser; it is to ask again as it asked.
pub(super) fn moved_to_https(url: &Url) -> Reply {
    let mut reply = empty(StatusCode::PERMANENT_REDIRECT);
    let there = url.as_str().replacen("http:", "https:", 1);
    let there = HeaderValue::try_from(there).expect("a URL is visible ASCII");
    reply.headers_mut().insert(header::LOCATION, there);
    reply
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::new(Vec::new());
    *reply.status_mut() = status;
    set(reply.headers_mut(), header::CACHE_CONTROL, "no-store");
    reply
}

/// The answer to a preflight (CORS).
pub(super) fn preflight(request: &HeaderMap, methods: &'static str) -> Reply {
    let mut reply = empty(StatusCode::NO_CONTENT);
    cross_origin::answer_preflight(request, methods, reply.headers_mut());
    reply
}

/// The browser goes on with GET; never 307, which would send a password along (AS-33).
pub(super) fn see_other(location: &str) -> Reply {
    let mut reply = empty(StatusCode::SEE_OTHER);
    let location = HeaderValue::try_from(location).expect("locations are visible ASCII");
    reply.headers_mut().insert(header::LOCATION, location);
    reply
}

/// A page whose forms are answered by us.
pub(super) fn page(status: StatusCode, html: Html) -> Reply {
    page_under(status, html, "; form-action 'self'")
}

/// A page whose form's answer goes on to a client. Browsers hold a form to its target, to where
/// the answer redirects, *and* to each redirect after that, which only the client knows.
pub(super) fn page_that_leads_on(status: StatusCode, html: Html) -> Reply {
    page_under(status, html, "")
}

fn page_under(status: StatusCode, html: Html, form_action: &str) -> Reply {
    let mut reply = Response::new(html.into_string().into_bytes());
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    set(headers, header::CONTENT_TYPE, "text/html; charset=utf-8");
    set(headers, header::CACHE_CONTROL, "no-store");
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    // `no-referrer` would make the Origin of our own forms null.
    set(headers, header::REFERRER_POLICY, "same-origin");
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    let policy = format!(
        "default-src 'none'; style-src {}; base-uri 'none'; frame-ancestors 'none'{form_action}",
        pages::style_source()
    );
    let policy = HeaderValue::try_from(policy).expect("source expressions are visible ASCII");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    reply
}

/// A page that says one thing.
pub(super) fn message(status: StatusCode, server: &str, message: &Message<'_>) -> Reply {
    let mut reply = page(status, pages::message(server, message));
    reply.extensions_mut().insert(Words(message.title));
    reply
}

/// Says when to try again.
pub(super) fn retry_after(reply: &mut Reply, wait: Lifetime) {
    let seconds = HeaderValue::from(wait.seconds().max(1));
    reply.headers_mut().insert(header::RETRY_AFTER, seconds);
}

const RETRY: Lifetime = Lifetime::from_seconds(5);

fn set(headers: &mut HeaderMap, name: http::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
