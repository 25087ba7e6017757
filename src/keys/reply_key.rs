//! The key of a stored reply.

use super::{
    cipher::{decrypt, encrypt},
    expand, extract,
};
use crate::secret::{Random, base64url, from_base64url};

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
}

/// The key in clear, where a message says that it carries one.
pub mod exposed_reply_key {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de::Error as _};

    use super::{ReplyKey, base64url, from_base64url};

    /// Writes the key.
    ///
    /// # Errors
    ///
    /// As the serializer.
    pub fn serialize<S: Serializer>(key: &ReplyKey, serializer: S) -> Result<S::Ok, S::Error> {
        base64url(&key.0).serialize(serializer)
    }

    /// Reads the key.
    ///
    /// # Errors
    ///
    /// When the text is no key.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ReplyKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = from_base64url(&text).and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(ReplyKey)
            .ok_or_else(|| D::Error::custom("no key"))
    }
}
