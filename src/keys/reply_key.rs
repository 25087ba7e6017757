//! The key of a stored reply.

use super::{
    cipher::{decrypt, encrypt},
    expand, extract,
};
use crate::secret::{Random, Secret, base64url, from_base64url};

/// The key under which the Ledger keeps a reply for the holder of one refresh token only.
///
/// It is derived from the token's text, which is stored nowhere: a dump of storage opens nothing.
pub struct ReplyKey([u8; 32]);

impl ReplyKey {
    /// The key that this refresh token opens its reply with.
    pub fn of(refresh_token: &str) -> Self {
        let mut key = [0; 32];
        expand(
            &extract(refresh_token.as_bytes()),
            "gatelodge reply",
            &mut key,
        );
        Self(key)
    }

    /// Encrypts a reply.
    pub fn encrypt(&self, plaintext: &[u8], random: &dyn Random) -> String {
        encrypt(&self.0, b"gatelodge reply", plaintext, random)
    }

    /// Decrypts a reply; none when it was not made with this key.
    pub fn decrypt(&self, sealed: &str) -> Option<Vec<u8>> {
        decrypt(&self.0, b"gatelodge reply", sealed)
    }

    /// The key as text, for its way to the Ledger.
    pub fn to_base64url(&self) -> Secret {
        Secret::new(base64url(&self.0))
    }

    /// The key from such text.
    pub fn from_base64url(text: &Secret) -> Option<Self> {
        from_base64url(text.expose())?.try_into().ok().map(Self)
    }
}
