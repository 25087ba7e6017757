//! The claims of a JWT (RFC 7519 §4.1, RFC 9068 §2.2).

use super::members::{Members, WrongType};
use crate::time::Timestamp;

/// The claims that are read; others are passed over.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Claims {
    /// Who says all this.
    pub iss: Option<String>,
    /// Whom it is about.
    pub sub: Option<String>,
    /// For whom it is.
    pub aud: Vec<String>,
    /// From when on it is void.
    pub exp: Option<Timestamp>,
    /// Before when it is void.
    pub nbf: Option<Timestamp>,
    /// When it was made.
    pub iat: Option<Timestamp>,
    /// Its own name.
    pub jti: Option<String>,
    /// The client that it was made for (RFC 8693 §4.3).
    pub client_id: Option<String>,
    /// What it allows, with spaces between (RFC 8693 §4.2); some issuers make a list of it, and
    /// call it `scp`.
    pub scope: Vec<String>,
    /// Whether it is only for who holds a certain key (RFC 7800 §3.1).
    pub cnf: bool,
    /// Whether it answers an authentication request, as an ID token does (OIDC Core §2).
    pub nonce: bool,
    /// Whether it goes with an access token, as an ID token does (OIDC Core §3.1.3.6).
    pub at_hash: bool,
}

impl Claims {
    /// Reads the claims; none when they are no JSON object, one is there twice, or one that is
    /// read has the wrong type.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        Self::of(Members::parse(bytes)?).ok()
    }

    fn of(mut members: Members) -> Result<Self, WrongType> {
        let mut scope = members.texts("scope")?.unwrap_or_default();
        scope.extend(members.texts("scp")?.unwrap_or_default());
        Ok(Self {
            iss: members.text("iss")?,
            sub: members.text("sub")?,
            aud: members.texts("aud")?.unwrap_or_default(),
            exp: members.time("exp")?,
            nbf: members.time("nbf")?,
            iat: members.time("iat")?,
            jti: members.text("jti")?,
            client_id: members.text("client_id")?,
            scope,
            cnf: members.has("cnf"),
            nonce: members.has("nonce"),
            at_hash: members.has("at_hash"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_seconds_since_the_epoch() {
        for (text, expected) in [
            ("1800000000", Some(1_800_000_000)),
            ("1800000000.9", Some(1_800_000_000)),
            ("1.8e9", Some(1_800_000_000)),
            ("0", Some(0)),
            ("18446744073709551615", Some(u64::MAX)),
            ("-1", None),
            ("1e300", None),
            ("\"1800000000\"", None),
            ("true", None),
            ("[1]", None),
        ] {
            let claims = Claims::parse(format!("{{\"exp\":{text}}}").as_bytes());
            let expected = expected.map(|seconds| Some(Timestamp::from_unix_seconds(seconds)));
            assert_eq!(claims.map(|claims| claims.exp), expected, "{text}");
        }
        let none = Claims::parse(b"{\"exp\":null}").unwrap();
        assert_eq!(none.exp, None);
    }

    #[test]
    fn an_audience_is_one_string_or_several() {
        for (text, expected) in [
            ("\"a\"", Some(vec!["a".to_owned()])),
            ("[\"a\",\"b\"]", Some(vec!["a".to_owned(), "b".to_owned()])),
            ("[]", Some(vec![])),
            ("null", Some(vec![])),
            ("1", None),
            ("[1]", None),
            ("{}", None),
        ] {
            let claims = Claims::parse(format!("{{\"aud\":{text}}}").as_bytes());
            assert_eq!(claims.map(|claims| claims.aud), expected, "{text}");
        }
    }

    #[test]
    fn what_marks_another_kind_of_token_is_seen_whatever_it_holds() {
        for value in ["null", "1", "{\"jkt\":\"x\"}"] {
            let text = format!("{{\"cnf\":{value},\"nonce\":{value},\"at_hash\":{value}}}");
            let claims = Claims::parse(text.as_bytes()).unwrap();
            assert!(claims.cnf && claims.nonce && claims.at_hash, "{value}");
        }
        assert_eq!(Claims::parse(b"{}"), Some(Claims::default()));
    }
}
