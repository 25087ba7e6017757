//! The keys that somebody signs with (RFC 7517, RFC 7518 §6).

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Algorithm, UnverifiedJwt, claims::is_there};
use crate::secret::{base64url, from_base64url};

/// More keys than an issuer has in use; what follows them is not read.
const MOST_KEYS: usize = 32;
/// How many keys are tried on one token that does not say which.
const MOST_TRIED: usize = 4;

/// The keys of a set that can verify a signature here.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KeySet(Vec<PublicKey>);

/// A public key for signatures, with the one algorithm that it is for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKey {
    key_id: Option<String>,
    material: Material,
}

/// The numbers of a key, as base64url text.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Material {
    /// RSA with a modulus of at least 2,048 bits.
    Rsa { modulus: String, exponent: String },
    /// A point of P-256.
    P256 { x: String, y: String },
    /// A point of Ed25519.
    Ed25519 { x: String },
}

/// One member of `keys`, as it is written.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    r#use: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// The private part: of RSA, EC and OKP.
    #[serde(default, deserialize_with = "is_there")]
    d: bool,
    /// The key of `oct`.
    #[serde(default, deserialize_with = "is_there")]
    k: bool,
}

impl KeySet {
    /// Reads a key set; none when it is none. A key in it that is of no use here is passed over,
    /// as is one that should have stayed secret.
    pub fn parse(document: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Document {
            keys: Vec<Value>,
        }
        let document: Document = serde_json::from_slice(document).ok()?;
        let keys = document.keys.into_iter().take(MOST_KEYS);
        Some(Self(keys.filter_map(PublicKey::parse).collect()))
    }

    /// The keys that a token may be signed with, by what it says: a key of its `kid`, or, when it
    /// names none, any, but always of its algorithm.
    pub fn keys_for<'a>(
        &'a self,
        jwt: &'a UnverifiedJwt<'_>,
    ) -> impl Iterator<Item = &'a PublicKey> {
        let named = move |key: &&PublicKey| match jwt.key_id() {
            Some(key_id) => key.key_id.as_deref() == Some(key_id),
            None => true,
        };
        let fits = |key: &&PublicKey| key.algorithm() == jwt.algorithm();
        self.0.iter().filter(named).filter(fits).take(MOST_TRIED)
    }
}

impl PublicKey {
    fn parse(jwk: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(jwk).ok()?;
        if jwk.d || jwk.k || !jwk.is_for_verification() {
            return None;
        }
        let key = Self {
            material: Material::of(&jwk)?,
            key_id: jwk.kid,
        };
        let agreed = jwk
            .alg
            .is_none_or(|alg| Algorithm::named(&alg) == Some(key.algorithm()));
        agreed.then_some(key)
    }

    /// The algorithm that the key is for; a token that says another is not verified with it.
    pub const fn algorithm(&self) -> Algorithm {
        match self.material {
            Material::Ed25519 { .. } => Algorithm::EdDsa,
            Material::P256 { .. } => Algorithm::Es256,
            Material::Rsa { .. } => Algorithm::Rs256,
        }
    }

    /// The key as a JWK with nothing but its numbers.
    pub fn to_jwk(&self) -> Value {
        match &self.material {
            Material::Ed25519 { x } => json!({"kty": "OKP", "crv": "Ed25519", "x": x}),
            Material::P256 { x, y } => json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}),
            Material::Rsa { modulus, exponent } => {
                json!({"kty": "RSA", "n": modulus, "e": exponent})
            }
        }
    }
}

impl Jwk {
    /// RFC 7517 §4.2, §4.3.
    fn is_for_verification(&self) -> bool {
        let use_fits = self.r#use.as_deref().is_none_or(|own| own == "sig");
        let operations = self.key_ops.as_deref();
        use_fits && operations.is_none_or(|own| own.iter().any(|operation| operation == "verify"))
    }
}

impl Material {
    fn of(jwk: &Jwk) -> Option<Self> {
        let curve = jwk.crv.as_deref();
        match (jwk.kty.as_str(), curve) {
            ("RSA", _) => {
                let (modulus, exponent) = (number(jwk.n.as_ref())?, number(jwk.e.as_ref())?);
                // From 2,048 bits (RFC 7518 §3.3) to the most that is verified in reasonable time.
                let strong = (256..=1_024).contains(&modulus.len())
                    && (modulus.len() > 256 || modulus[0] >= 0x80);
                let proper = exponent.len() <= 4
                    && exponent.last().is_some_and(|last| last % 2 == 1)
                    && exponent != [1];
                (strong && proper).then(|| Self::Rsa {
                    modulus: base64url(&modulus),
                    exponent: base64url(&exponent),
                })
            }
            ("EC", Some("P-256")) => Some(Self::P256 {
                x: coordinate(jwk.x.as_ref())?,
                y: coordinate(jwk.y.as_ref())?,
            }),
            ("OKP", Some("Ed25519")) => Some(Self::Ed25519 {
                x: coordinate(jwk.x.as_ref())?,
            }),
            _ => None,
        }
    }
}

/// A whole number, without zeros before it.
fn number(text: Option<&String>) -> Option<Vec<u8>> {
    let bytes = from_base64url(text?)?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}

/// Exactly 32 bytes.
fn coordinate(text: Option<&String>) -> Option<String> {
    let bytes = from_base64url(text?)?;
    (bytes.len() == 32).then(|| base64url(&bytes))
}

#[cfg(test)]
mod tests;
