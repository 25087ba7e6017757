//! All cryptography with the edge's own key: sealed values and MACs.
//!
//! `GATELODGE_KEY` is the one secret; every key in use is derived from it with HKDF-SHA-256, under a
//! label of its own, so that a value made for one purpose proves nothing for another. A sealed value
//! is `prefix.kid.nonce‖ciphertext`, XChaCha20-Poly1305 with prefix, key id and issuer as associated
//! data: it opens only as what it was made for, at the issuer that made it.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use crate::{
    issuer::Issuer,
    secret::{Digest, Random, Secret, base64url, from_base64url},
};

/// What a sealed value may be. Each has a prefix and a key of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// An access token.
    AccessToken,
    /// An authorization code.
    AuthorizationCode,
    /// A client identifier that is its own registration.
    ClientId,
    /// A refresh token.
    RefreshToken,
    /// The owner's session at the edge.
    Session,
    /// A form that waits for the owner's answer.
    Ticket,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::AccessToken,
        Self::AuthorizationCode,
        Self::ClientId,
        Self::RefreshToken,
        Self::Session,
        Self::Ticket,
    ];

    const fn prefix(self) -> &'static str {
        match self {
            Self::AccessToken => "gl_access",
            Self::AuthorizationCode => "gl_code",
            Self::ClientId => "gl_client",
            Self::RefreshToken => "gl_refresh",
            Self::Session => "gl_session",
            Self::Ticket => "gl_ticket",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::AccessToken => "gatelodge seal access token",
            Self::AuthorizationCode => "gatelodge seal authorization code",
            Self::ClientId => "gatelodge seal client id",
            Self::RefreshToken => "gatelodge seal refresh token",
            Self::Session => "gatelodge seal session",
            Self::Ticket => "gatelodge seal ticket",
        }
    }
}

/// A value that can be sealed, as one kind only.
pub trait Sealable: Serialize + DeserializeOwned {
    /// What it is sealed as.
    const KIND: Kind;
}

/// What a MAC is for. Each has a key of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// The secret of a client, from its identifier.
    ClientSecret,
    /// The name of a grant, from the ticket that was approved.
    GrantName,
    /// The address of somebody who signs in, so that the throttle stores none.
    NetworkAddress,
    /// The owner's password.
    Password,
    /// An MCP session identifier, bound to its grant and mount (TR-28).
    SessionBinding,
}

impl Purpose {
    const ALL: [Self; 5] = [
        Self::ClientSecret,
        Self::GrantName,
        Self::NetworkAddress,
        Self::Password,
        Self::SessionBinding,
    ];

    const fn label(self) -> &'static str {
        match self {
            Self::ClientSecret => "gatelodge mac client secret",
            Self::GrantName => "gatelodge mac grant name",
            Self::NetworkAddress => "gatelodge mac network address",
            Self::Password => "gatelodge mac password",
            Self::SessionBinding => "gatelodge mac session binding",
        }
    }
}

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

    fn sets(&self) -> impl Iterator<Item = &KeySet> {
        std::iter::once(&self.current).chain(&self.previous)
    }
}

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

struct KeySet {
    id: String,
    seals: [[u8; 32]; Kind::ALL.len()],
    macs: [[u8; 32]; Purpose::ALL.len()],
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

const NONCE: usize = 24;

fn encrypt(key: &[u8; 32], aad: &[u8], plaintext: &[u8], random: &dyn Random) -> String {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce);
    let payload = Payload {
        msg: plaintext,
        aad,
    };
    let ciphertext = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .expect("a message is far below the cipher's limit");
    base64url(&[nonce.as_slice(), &ciphertext].concat())
}

fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &str) -> Option<Vec<u8>> {
    let bytes = from_base64url(sealed)?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE>()?;
    let payload = Payload {
        msg: ciphertext,
        aad,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

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
