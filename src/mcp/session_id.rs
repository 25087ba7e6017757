//! `Mcp-Session-Id`, bound to the grant, or to the other issuer's subject, that it was given to
//! (TR-28).

use http::{HeaderName, HeaderValue};

use crate::{
    keys::{Keys, Purpose},
    resource_server::principal::Passage,
    secret::{base64url, from_base64url},
};

/// The header's name.
pub const MCP_SESSION_ID: HeaderName = HeaderName::from_static("mcp-session-id");

/// Bytes of the MAC that travel: 96 bits.
const TAG: usize = 12;

/// The identifier as the client gets it: `sid.mac`. None when the origin's has characters that an
/// identifier may not have (TR-20). On an open mount nobody owns a session, so nothing is added.
pub fn bind(session_id: &HeaderValue, passage: &Passage, keys: &Keys) -> Option<HeaderValue> {
    let Some((mount, holder)) = passage.holder() else {
        return Some(session_id.clone());
    };
    let session_id = session_id.to_str().ok()?;
    if !session_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mac = keys.mac(
        Purpose::SessionBinding,
        &[mount.as_str(), holder, session_id],
    );
    HeaderValue::try_from(format!(
        "{session_id}.{}",
        base64url(&mac.as_bytes()[..TAG])
    ))
    .ok()
}

/// The identifier as the origin knows it; none when it was not given to this holder on this
/// mount.
pub fn unbind(bound: &HeaderValue, passage: &Passage, keys: &Keys) -> Option<HeaderValue> {
    let Some((mount, holder)) = passage.holder() else {
        return Some(bound.clone());
    };
    let (session_id, tag) = bound.to_str().ok()?.rsplit_once('.')?;
    let tag = from_base64url(tag)?;
    let parts = [mount.as_str(), holder, session_id];
    keys.verifies_prefix(Purpose::SessionBinding, &parts, &tag, TAG)
        .then(|| HeaderValue::try_from(session_id).ok())?
}
