//! What a stranger's GET gets from a mount with `probe = "stream"`: a stream that says that there
//! is an MCP server which wants a token, and nothing else.

use http::HeaderMap;

use super::{mcp_header::PROTOCOL_VERSION, media_type};
use crate::time::Lifetime;

/// The first event.
pub const ENDPOINT_EVENT: &str = "event: endpoint\ndata: {\"protocol\":\"mcp\",\"version\":\"2024-11-05\",\"authentication\":\"oauth2\"}\n\n";
/// Every later event.
pub const PING_EVENT: &str = "event: ping\ndata: keepalive\n\n";
/// The time between two events.
pub const PING_INTERVAL: Lifetime = Lifetime::from_seconds(30);
/// How many of them there are, so that strangers cannot collect streams: ten minutes of them.
pub const PINGS: u32 = 20;

/// Whether a GET may get the stream. Clients that speak of a protocol version, or would read JSON,
/// take any 200 for what it is not, so they get the challenge.
pub fn may_get_stream(headers: &HeaderMap) -> bool {
    !media_type::accepts(headers, "application/json") && !headers.contains_key(PROTOCOL_VERSION)
}
