//! All cryptography with the edge's own key: sealed values and MACs.
//!
//! `GATELODGE_KEY` is the one secret; every key in use is derived from it with HKDF-SHA-256, under a
//! label of its own, so that a value made for one purpose proves nothing for another. A sealed value
//! is `prefix.kid.nonce‖ciphertext`, XChaCha20-Poly1305 with prefix, key id and issuer as associated
//! data: it opens only as what it was made for, at the issuer that made it.

mod cipher;
mod labels;
mod reply_key;
mod signing_key;

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

pub use labels::{Kind, Purpose, Sealable};
pub use reply_key::{ReplyKey, exposed_reply_key};
pub use signing_key::SigningKey;

use crate::{
    issuer::Issuer,
    secret::{Digest, Random, Secret, base64url},
};
use cipher::{decrypt, encrypt};

/// The 32 random bytes of `GATELODGE_KEY`.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A key from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// Every key that is derived from the master keys.
///
/// New values are made with the current key; what the previous one made is still accepted.
pub struct Keys {
    current: KeySet,
    previous: Option<KeySet>,
}

impl Keys {
    /// Derives all keys, once.
    pub fn derive(current: &MasterKey, previous: Option<&MasterKey>) -> Self {
        Self {
            current: KeySet::derive(current),
            previous: previous.map(KeySet::derive),
        }
    }

    /// Seals a value under the current key, for this issuer.
    pub fn seal<T: Sealable>(&self, issuer: &Issuer, value: &T, random: &dyn Random) -> Secret {
        let set = &self.current;
        let prefix = T::KIND.prefix();
        let plaintext = serde_json::to_vec(value).expect("a sealed value is plain data");
        let sealed = encrypt(
            &set.seals[T::KIND as usize],
            &associated_data(prefix, &set.id, issuer),
            &plaintext,
            random,
        );
        Secret::new(format!("{prefix}.{}.{sealed}", set.id))
    }

    /// Opens a sealed value; none when it is forged, damaged, of another kind or of another issuer.
    pub fn open<T: Sealable>(&self, issuer: &Issuer, text: &str) -> Option<T> {
        let prefix = T::KIND.prefix();
        let (id, sealed) = text
            .strip_prefix(prefix)?
            .strip_prefix('.')?
            .split_once('.')?;
        let set = self.sets().find(|set| set.id == id)?;
        let plaintext = decrypt(
            &set.seals[T::KIND as usize],
            &associated_data(prefix, id, issuer),
            sealed,
        )?;
        serde_json::from_slice(&plaintext).ok()
    }

    /// The MAC of some parts under the current key. The parts are delimited, so that they cannot
    /// be shifted into one another.
    pub fn mac(&self, purpose: Purpose, parts: &[&str]) -> Digest {
        self.current.mac(purpose, parts)
    }

    /// The MAC of some parts under the key that sealed `sealed`, so that it stays the same when the
    /// current key becomes the previous one.
    pub fn mac_beside(&self, sealed: &str, purpose: Purpose, parts: &[&str]) -> Digest {
        let id = sealed.split('.').nth(1).unwrap_or_default();
        let set = self
            .sets()
            .find(|set| set.id == id)
            .unwrap_or(&self.current);
        set.mac(purpose, parts)
    }

    /// Whether `claimed` is the MAC of these parts under the current or the previous key; in
    /// constant time.
    pub fn verifies(&self, purpose: Purpose, parts: &[&str], claimed: &[u8]) -> bool {
        self.sets().any(|set| {
            set.mac(purpose, parts)
                .as_bytes()
                .as_slice()
                .ct_eq(claimed)
                .into()
        })
    }

    /// The same for a MAC that was cut to `length` bytes.
    pub fn verifies_prefix(
        &self,
        purpose: Purpose,
        parts: &[&str],
        claimed: &[u8],
        length: usize,
    ) -> bool {
        self.sets().any(|set| {
            set.mac(purpose, parts).as_bytes()[..length]
                .ct_eq(claimed)
                .into()
        })
    }

    /// The key of assertions to home.
    pub const fn signing_key(&self) -> &SigningKey {
        &self.current.signing
    }

    /// The keys of assertions to home; the current one is first.
    pub fn signing_keys(&self) -> impl Iterator<Item = &SigningKey> {
        self.sets().map(|set| &set.signing)
    }

    fn sets(&self) -> impl Iterator<Item = &KeySet> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

struct KeySet {
    id: String,
    seals: [[u8; 32]; Kind::ALL.len()],
    macs: [[u8; 32]; Purpose::ALL.len()],
    signing: SigningKey,
}

impl KeySet {
    fn derive(master: &MasterKey) -> Self {
        let hkdf = extract(&master.0);
        let mut id = [0; 6];
        expand(&hkdf, "gatelodge key id", &mut id);
        let mut set = Self {
            id: base64url(&id),
            seals: [[0; 32]; Kind::ALL.len()],
            macs: [[0; 32]; Purpose::ALL.len()],
            signing: SigningKey::derive(&master.0),
        };
        for kind in Kind::ALL {
            expand(&hkdf, kind.label(), &mut set.seals[kind as usize]);
        }
        for purpose in Purpose::ALL {
            expand(&hkdf, purpose.label(), &mut set.macs[purpose as usize]);
        }
        set
    }

    fn mac(&self, purpose: Purpose, parts: &[&str]) -> Digest {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.macs[purpose as usize])
            .expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Digest::from_bytes(mac.finalize().into_bytes().into())
    }
}

fn extract(input: &[u8]) -> Hkdf<Sha256> {
    Hkdf::new(None, input)
}

fn expand(hkdf: &Hkdf<Sha256>, label: &str, output: &mut [u8]) {
    hkdf.expand(label.as_bytes(), output)
        .expect("HKDF gives up to 8,160 bytes");
}

fn associated_data(prefix: &str, key_id: &str, issuer: &Issuer) -> Vec<u8> {
    format!("{prefix}.{key_id}.{issuer}").into_bytes()
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::secret::SystemRandom;

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Token(String);
    impl Sealable for Token {
        const KIND: Kind = Kind::AccessToken;
    }
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Code(String);
    impl Sealable for Code {
        const KIND: Kind = Kind::AuthorizationCode;
    }

    fn keys(current: u8, previous: Option<u8>) -> Keys {
        let master = |byte| MasterKey::from_bytes([byte; 32]);
        Keys::derive(&master(current), previous.map(master).as_ref())
    }

    #[test]
    fn a_sealed_value_opens_only_as_its_own_kind_at_its_own_issuer() {
        let (here, there) = (
            Issuer::new("https://a.example"),
            Issuer::new("https://b.example"),
        );
        let keys = keys(1, None);
        let sealed = keys.seal(&here, &Token("x".into()), &SystemRandom);
        let text = sealed.expose();

        assert_eq!(keys.open(&here, text), Some(Token("x".into())));
        assert_eq!(keys.open::<Token>(&there, text), None);
        assert_eq!(keys.open::<Code>(&here, text), None);
        let renamed = text.replacen("gl_access", "gl_code", 1);
        assert_eq!(keys.open::<Code>(&here, &renamed), None);
        let damaged = format!("{}A", &text[..text.len() - 1]);
        if damaged != text {
            assert_eq!(keys.open::<Token>(&here, &damaged), None);
        }
    }

    #[test]
    fn the_previous_key_opens_but_does_not_seal() {
        let issuer = Issuer::new("https://a.example");
        let old = keys(1, None).seal(&issuer, &Token("x".into()), &SystemRandom);
        let rotated = keys(2, Some(1));
        assert!(rotated.open::<Token>(&issuer, old.expose()).is_some());
        assert!(keys(2, None).open::<Token>(&issuer, old.expose()).is_none());
        let new = rotated.seal(&issuer, &Token("y".into()), &SystemRandom);
        assert!(keys(2, None).open::<Token>(&issuer, new.expose()).is_some());
    }

    #[test]
    fn mac_parts_cannot_be_shifted() {
        let keys = keys(1, None);
        let purpose = Purpose::SessionBinding;
        assert_ne!(
            keys.mac(purpose, &["ab", "c"]),
            keys.mac(purpose, &["a", "bc"])
        );
        let mac = keys.mac(purpose, &["ab", "c"]);
        assert!(keys.verifies(purpose, &["ab", "c"], mac.as_bytes()));
        assert!(!keys.verifies(Purpose::Password, &["ab", "c"], mac.as_bytes()));
        assert!(!keys.verifies(purpose, &["ab", "c"], &mac.as_bytes()[..16]));
    }

    /// Pinned: another derivation or layout would disconnect every client.
    #[test]
    fn the_sealed_format_is_pinned() {
        struct Zeros;
        impl Random for Zeros {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(0);
            }
        }
        let issuer = Issuer::new("https://a.example");
        let sealed = keys(1, None).seal(&issuer, &Token("x".into()), &Zeros);
        assert_eq!(
            sealed.expose(),
            "gl_access.wl5saq5c.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAItRnkcb4ajKpKjiz78uqOIemsQ"
        );
        let mac = keys(1, None).mac(Purpose::ClientSecret, &["a"]);
        assert_eq!(
            mac.to_base64url(),
            "UQRYFP6zdRxk-eJCXsm4qqTRQ-QMQXc57rwHFMQXGDY"
        );
    }
}
