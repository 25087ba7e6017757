//! The head of the origin's answer, as the client gets it.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{
    mcp_header::{ConnectionOptions, is_mcp},
    media_type,
    session_id::MCP_SESSION_ID,
};

/// What comes back beside `Mcp-*`.
const RELAYED: [HeaderName; 2] = [header::ALLOW, header::RETRY_AFTER];
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Makes the headers of the answer; `session_id` is the client's own spelling of the session.
pub fn headers(origin: &HeaderMap, session_id: Option<HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(origin.len());
    let connection = ConnectionOptions::of(origin);
    for (name, value) in origin {
        let passes = is_mcp(name) || RELAYED.contains(name);
        if passes && !connection.names(name) {
            headers.append(name, value.clone());
        }
    }
    if let Some(media) = media_type::told(origin) {
        headers.insert(header::CONTENT_TYPE, media);
    }
    if let Some(session_id) = session_id {
        headers.insert(MCP_SESSION_ID, session_id);
    }
    // Whatever the origin says it is, a browser must not take it for a page of the edge.
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    if media_type::is_event_stream(origin) {
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        );
        headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    } else {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    headers
}
