//! Proof Key for Code Exchange (RFC 7636), with `S256` only.

use serde::{Deserialize, Serialize};

use crate::secret::{Digest, Secret};

/// A `code_challenge`: the SHA-256 digest of the verifier. `plain` has no representation.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct CodeChallenge(Digest);

impl CodeChallenge {
    /// Parses the parameter: 43 characters of base64url.
    pub fn parse(text: &str) -> Option<Self> {
        Digest::from_base64url(text).map(Self)
    }
}

/// A `code_verifier`: 43 to 128 unreserved characters.
#[derive(Clone, Debug)]
pub struct CodeVerifier(Secret);

impl CodeVerifier {
    /// Parses the parameter.
    pub fn parse(text: &str) -> Option<Self> {
        let unreserved =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
        let proper = (43..=128).contains(&text.len()) && text.bytes().all(unreserved);
        proper.then(|| Self(Secret::new(text.to_owned())))
    }

    /// The challenge that this verifier answers.
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(self.0.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_appendix_b_holds() {
        let verifier = CodeVerifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        let challenge =
            CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM").unwrap();
        assert_eq!(verifier.challenge(), challenge);
    }

    #[test]
    fn lengths_and_characters_are_held() {
        assert!(CodeVerifier::parse(&"a".repeat(42)).is_none());
        assert!(CodeVerifier::parse(&"a".repeat(43)).is_some());
        assert!(CodeVerifier::parse(&"a".repeat(128)).is_some());
        assert!(CodeVerifier::parse(&"a".repeat(129)).is_none());
        assert!(CodeVerifier::parse(&"+".repeat(43)).is_none());
        assert!(CodeChallenge::parse("short").is_none());
        assert!(CodeChallenge::parse(&"A".repeat(44)).is_none());
    }
}
