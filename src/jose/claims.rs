//! The claims of a JWT (RFC 7519 §4.1, RFC 9068 §2.2).

use std::time::Duration;

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny},
};
use serde_json::Number;

use crate::time::Timestamp;

/// The claims that are read. One that is there twice, or of the wrong type, makes the token
/// unreadable; others are passed over.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct Claims {
    /// Who says all this.
    pub iss: Option<String>,
    /// Whom it is about.
    pub sub: Option<String>,
    /// For whom it is.
    #[serde(default)]
    pub aud: Audiences,
    /// From when on it is void.
    #[serde(default, deserialize_with = "numeric_date")]
    pub exp: Option<Timestamp>,
    /// Before when it is void.
    #[serde(default, deserialize_with = "numeric_date")]
    pub nbf: Option<Timestamp>,
    /// When it was made.
    #[serde(default, deserialize_with = "numeric_date")]
    pub iat: Option<Timestamp>,
    /// Its own name.
    pub jti: Option<String>,
    /// The client that it was made for (RFC 8693 §4.3).
    pub client_id: Option<String>,
    /// What it allows (RFC 8693 §4.2).
    pub scope: Option<String>,
    /// The same, as some issuers write it.
    #[serde(default)]
    pub scp: OneOrMore,
    /// Whether it is only for who holds a certain key (RFC 7800 §3.1).
    #[serde(default, deserialize_with = "is_there")]
    pub cnf: bool,
    /// Whether it answers an authentication request, as an ID token does (OIDC Core §2).
    #[serde(default, deserialize_with = "is_there")]
    pub nonce: bool,
    /// Whether it goes with an access token, as an ID token does (OIDC Core §3.1.3.6).
    #[serde(default, deserialize_with = "is_there")]
    pub at_hash: bool,
}

/// One string, or a list of strings.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(from = "Option<Spelling>")]
pub struct OneOrMore(Vec<String>);

/// For whom a token is: `aud`.
pub type Audiences = OneOrMore;

#[derive(Deserialize)]
#[serde(untagged)]
enum Spelling {
    One(String),
    More(Vec<String>),
}

impl From<Option<Spelling>> for OneOrMore {
    fn from(spelling: Option<Spelling>) -> Self {
        match spelling {
            None => Self::default(),
            Some(Spelling::One(one)) => Self(vec![one]),
            Some(Spelling::More(more)) => Self(more),
        }
    }
}

impl OneOrMore {
    /// The strings.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether this string is among them.
    pub fn contains(&self, text: &str) -> bool {
        self.iter().any(|own| own == text)
    }
}

/// Whether a member is there, whatever it holds.
pub(super) fn is_there<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| true)
}

/// Seconds since the epoch, with or without a fraction, which is dropped (RFC 7519 §2).
fn numeric_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    let Some(number) = Option::<Number>::deserialize(deserializer)? else {
        return Ok(None);
    };
    let whole = || Duration::try_from_secs_f64(number.as_f64()?).ok();
    let seconds = number
        .as_u64()
        .or_else(|| whole().map(|length| length.as_secs()));
    seconds
        .map(|seconds| Some(Timestamp::from_unix_seconds(seconds)))
        .ok_or_else(|| D::Error::custom("no time"))
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
            let claims: Option<Claims> = serde_json::from_str(&format!("{{\"exp\":{text}}}")).ok();
            let expected = expected.map(|seconds| Some(Timestamp::from_unix_seconds(seconds)));
            assert_eq!(claims.map(|claims| claims.exp), expected, "{text}");
        }
        let none: Claims = serde_json::from_str("{\"exp\":null}").unwrap();
        assert_eq!(none.exp, None);
    }

    #[test]
    fn an_audience_is_one_string_or_several() {
        for (text, expected) in [
            ("\"a\"", Some(vec!["a"])),
            ("[\"a\",\"b\"]", Some(vec!["a", "b"])),
            ("[]", Some(vec![])),
            ("null", Some(vec![])),
            ("1", None),
            ("[1]", None),
            ("{}", None),
        ] {
            let claims: Option<Claims> = serde_json::from_str(&format!("{{\"aud\":{text}}}")).ok();
            let audiences = claims.as_ref().map(|claims| claims.aud.iter().collect());
            assert_eq!(audiences, expected, "{text}");
        }
    }

    #[test]
    fn what_marks_another_kind_of_token_is_seen_whatever_it_holds() {
        for value in ["null", "1", "{\"jkt\":\"x\"}"] {
            let text = format!("{{\"cnf\":{value},\"nonce\":{value},\"at_hash\":{value}}}");
            let claims: Claims = serde_json::from_str(&text).unwrap();
            assert!(claims.cnf && claims.nonce && claims.at_hash, "{value}");
        }
        assert_eq!(
            serde_json::from_str::<Claims>("{}").ok(),
            Some(Claims::default())
        );
    }
}
