//! Signed tokens: JSON Web Signature, Key and Token (RFC 7515, RFC 7517, RFC 7519). Those of others
//! are read as strictly as RFC 8725 asks; of the edge's own key, which signs for home, the public
//! part is here.
//!
//! What is parsed here is what somebody says. It is true once a key of who is said to have signed
//! it verifies the signature, and that is the platform's part: nothing here computes one.

mod claims;
mod jwt;
mod key_set;
mod members;
mod own_key;

pub use claims::Claims;
pub use jwt::{LARGEST_JWT, NoJwt, UnverifiedJwt};
pub use key_set::{KeySet, PublicKey};
pub use own_key::OwnKey;

/// A signature algorithm. There are no others: none that is symmetric, so that a public key is
/// never taken for a secret, and not `none` (RFC 8725 §3.1, §3.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// Ed25519 (RFC 8037 §3.1).
    EdDsa,
    /// ECDSA with P-256 and SHA-256 (RFC 7518 §3.4).
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EdDsa, Self::Es256, Self::Rs256];

    /// Its name in `alg`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The algorithm of this name; `Ed25519` is the newer name of `EdDSA` (RFC 9864 §2.2).
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            _ => None,
        }
    }
}
