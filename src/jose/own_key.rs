//! The public part of a key that the edge signs with.

use crate::secret::{Digest, base64url};

/// A point of P-256, as the platform tells it, and the name that follows from it. All three are
/// base64url, so that they need no escaping in JSON.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OwnKey {
    x: String,
    y: String,
    key_id: String,
}

impl OwnKey {
    /// The key of these coordinates. Its name is its thumbprint (RFC 7638 §3).
    pub fn new(x: String, y: String) -> Self {
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let key_id = Digest::of(members.as_bytes()).to_base64url();
        Self { x, y, key_id }
    }

    /// The header of what is signed with it, as a JWT begins (RFC 7515 §4).
    pub fn jwt_header(&self) -> String {
        let key_id = &self.key_id;
        let header = format!(r#"{{"alg":"ES256","kid":"{key_id}","typ":"JWT"}}"#);
        base64url(header.as_bytes())
    }

    /// The key as it is published (RFC 7517 §4), as JSON text.
    pub fn to_jwk(&self) -> String {
        let Self { x, y, key_id } = self;
        format!(
            r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}","kid":"{key_id}","use":"sig","alg":"ES256"}}"#
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 9449 §4.1, whose thumbprint is in its §6.1.
    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        let key = OwnKey::new(
            "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs".into(),
            "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA".into(),
        );
        assert_eq!(key.key_id, "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
    }
}
