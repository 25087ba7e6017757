//! The keys that somebody signs with (RFC 7517, RFC 7518 §6).

use serde_json::{Value, json};

use super::{
    Algorithm, UnverifiedJwt,
    members::{Members, WrongType},
};
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

/// What a key says that it is for (RFC 7517 §4).
struct Purpose {
    key_id: Option<String>,
    algorithm: Option<String>,
    r#use: Option<String>,
    operations: Option<Vec<String>>,
}

impl KeySet {
    /// Reads a key set; none when it is none. A key in it that is of no use here is passed over,
    /// as is one that should have stayed secret.
    pub fn parse(document: &[u8]) -> Option<Self> {
        let keys = match Members::parse(document)?.take("keys")? {
            Value::Array(keys) => keys.into_iter().take(MOST_KEYS),
            Value::Bool(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)
            | Value::String(_) => return None,
        };
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
        let mut jwk = Members::of(jwk)?;
        // The private part of RSA, EC and OKP, and the key of `oct`.
        let is_public = !jwk.has("d") && !jwk.has("k");
        let purpose = Purpose::of(&mut jwk).ok()?;
        let material = Material::of(&mut jwk).ok()??;
        let fits = is_public && purpose.is_to_verify(material.algorithm());
        fits.then_some(Self {
            key_id: purpose.key_id,
            material,
        })
    }

    /// The algorithm that the key is for; a token that says another is not verified with it.
    pub const fn algorithm(&self) -> Algorithm {
        self.material.algorithm()
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

impl Purpose {
    fn of(jwk: &mut Members) -> Result<Self, WrongType> {
        Ok(Self {
            key_id: jwk.text("kid")?,
            algorithm: jwk.text("alg")?,
            r#use: jwk.text("use")?,
            operations: jwk.texts("key_ops")?,
        })
    }

    fn is_to_verify(&self, algorithm: Algorithm) -> bool {
        let named = self.algorithm.as_deref();
        let used = self.r#use.as_deref();
        let operations = self.operations.as_deref();
        named.is_none_or(|named| Algorithm::named(named) == Some(algorithm))
            && used.is_none_or(|used| used == "sig")
            && operations.is_none_or(|all| all.iter().any(|one| one == "verify"))
    }
}

impl Material {
    /// The numbers of a key; none when they are not of a kind, or not strong enough, to be used.
    fn of(jwk: &mut Members) -> Result<Option<Self>, WrongType> {
        let (kind, curve) = (jwk.text("kty")?, jwk.text("crv")?);
        Ok(match (kind.as_deref(), curve.as_deref()) {
            (Some("RSA"), _) => Self::rsa(jwk.text("n")?, jwk.text("e")?),
            (Some("EC"), Some("P-256")) => {
                let (x, y) = (coordinate(jwk.text("x")?), coordinate(jwk.text("y")?));
                x.zip(y).map(|(x, y)| Self::P256 { x, y })
            }
            (Some("OKP"), Some("Ed25519")) => {
                coordinate(jwk.text("x")?).map(|x| Self::Ed25519 { x })
            }
            _ => None,
        })
    }

    fn rsa(modulus: Option<String>, exponent: Option<String>) -> Option<Self> {
        let (modulus, exponent) = (number(modulus)?, number(exponent)?);
        // From 2,048 bits (RFC 7518 §3.3) to the most that is verified in reasonable time.
        let strong =
            (256..=1_024).contains(&modulus.len()) && (modulus.len() > 256 || modulus[0] >= 0x80);
        let proper = exponent.len() <= 4
            && exponent.last().is_some_and(|last| last % 2 == 1)
            && exponent != [1];
        (strong && proper).then(|| Self::Rsa {
            modulus: base64url(&modulus),
            exponent: base64url(&exponent),
        })
    }

    const fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ed25519 { .. } => Algorithm::EdDsa,
            Self::P256 { .. } => Algorithm::Es256,
            Self::Rsa { .. } => Algorithm::Rs256,
        }
    }
}

/// A whole number, without zeros before it.
fn number(text: Option<String>) -> Option<Vec<u8>> {
    let bytes = from_base64url(&text?)?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}

/// Exactly 32 bytes.
fn coordinate(text: Option<String>) -> Option<String> {
    let bytes = from_base64url(&text?)?;
    (bytes.len() == 32).then(|| base64url(&bytes))
}

#[cfg(test)]
mod tests;
