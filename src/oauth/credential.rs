//! What a client shows beside its identifier.

use serde::{Deserialize, Serialize};

use crate::secret::Digest;

/// What a request shows to be from its client; and what a grant wants to be shown.
///
/// It is stored as one text or null: the digest of a secret, or the name of the method.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(into = "Option<String>", try_from = "Option<String>")]
pub enum Credential {
    /// A signature by the client's key, which was found good (`private_key_jwt`).
    Key,
    /// Nothing: the client is public.
    Nothing,
    /// A secret, by its digest.
    Secret(Digest),
}

const KEY: &str = "private_key_jwt";

impl Credential {
    /// Whether what a request shows is what is wanted. A signature that was found good is as good
    /// as nothing: clients that may come with or without one are seen to change.
    pub fn is_met_by(&self, shown: &Self) -> bool {
        match self {
            Self::Key => matches!(shown, Self::Key),
            Self::Nothing => matches!(shown, Self::Key | Self::Nothing),
            Self::Secret(_) => self == shown,
        }
    }
}

impl From<Credential> for Option<String> {
    fn from(credential: Credential) -> Self {
        match credential {
            Credential::Key => Some(KEY.to_owned()),
            Credential::Nothing => None,
            Credential::Secret(digest) => Some(digest.to_base64url()),
        }
    }
}

impl TryFrom<Option<String>> for Credential {
    type Error = &'static str;

    fn try_from(stored: Option<String>) -> Result<Self, Self::Error> {
        match stored.as_deref() {
            None => Ok(Self::Nothing),
            Some(KEY) => Ok(Self::Key),
            Some(digest) => Digest::from_base64url(digest)
                .map(Self::Secret)
                .ok_or("not a digest"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_credential_will_do() {
        use Credential::{Key, Nothing};

        let secret = Credential::Secret(Digest::of(b"right"));
        let wrong = Credential::Secret(Digest::of(b"wrong"));
        for (wanted, shown, expected) in [
            (Nothing, Nothing, true),
            (Nothing, Key, true),
            (Nothing, secret, false),
            (Key, Key, true),
            (Key, Nothing, false),
            (Key, secret, false),
            (secret, secret, true),
            (secret, wrong, false),
            (secret, Nothing, false),
            (secret, Key, false),
        ] {
            assert_eq!(wanted.is_met_by(&shown), expected, "{wanted:?} {shown:?}");
        }
    }
}
