//! Which headers are MCP's own, and which are the connection's.

use http::{HeaderMap, HeaderName, header};

use super::session_id::MCP_SESSION_ID;

/// What names the protocol's revision.
pub const PROTOCOL_VERSION: &str = "mcp-protocol-version";

/// Whether a header is MCP's and passes as it is. A session is not among them: it is bound to its
/// holder. Nor is a name with `_` or the like in it, which many servers cannot tell from the same
/// with `-`.
pub(super) fn is_mcp(name: &HeaderName) -> bool {
    let text = name.as_str();
    let mut bytes = text.bytes();
    text.starts_with("mcp-")
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && *name != MCP_SESSION_ID
}

/// The headers that end with this connection (RFC 9110 §7.6.1).
pub(super) struct ConnectionOptions(Vec<HeaderName>);

impl ConnectionOptions {
    /// What the `Connection` header names.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all(header::CONNECTION).iter();
        let names = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        let names = names.filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok());
        Self(names.collect())
    }

    /// Whether a header is one of them.
    pub(super) fn names(&self, name: &HeaderName) -> bool {
        self.0.contains(name)
    }
}
