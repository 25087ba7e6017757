//! A signed token in the compact form (RFC 7515 §7.1), read but not believed.

use super::{
    Algorithm, Claims,
    members::{Members, WrongType},
};
use crate::secret::from_base64url;

/// The largest token that is read, in bytes.
pub const LARGEST_JWT: usize = 16 * 1024;

/// A JWT whose signature nobody has verified yet.
#[derive(Clone, Debug)]
pub struct UnverifiedJwt<'a> {
    algorithm: Algorithm,
    key_id: Option<String>,
    media_type: Option<String>,
    claims: Claims,
    message: &'a [u8],
    signature: Vec<u8>,
}

/// Why text is not taken for a JWT.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoJwt {
    /// Its `alg` is none that is used here.
    Algorithm,
    /// Its claims are no JSON object, have one twice, or one of the wrong type.
    Claims,
    /// It says with `crit` that it cannot be read without an extension (RFC 7515 §4.1.11).
    Critical,
    /// Its header is no JSON object, or has a member twice.
    Header,
    /// It is not three parts of base64url without padding.
    NotCompact,
    /// It is longer than [`LARGEST_JWT`].
    TooLong,
}

/// The members of a header that are read. Keys that a token brings along (`jwk`, `jku`, `x5c`,
/// `x5u`) are not among them (RFC 8725 §3.10).
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: bool,
}

impl Header {
    fn parse(bytes: &[u8]) -> Option<Self> {
        Self::of(Members::parse(bytes)?).ok()
    }

    fn of(mut members: Members) -> Result<Self, WrongType> {
        Ok(Self {
            alg: members.text("alg")?.ok_or(WrongType)?,
            kid: members.text("kid")?,
            typ: members.text("typ")?,
            crit: members.has("crit"),
        })
    }
}

impl<'a> UnverifiedJwt<'a> {
    /// Reads a token.
    ///
    /// # Errors
    ///
    /// When it is none that could be verified here.
    pub fn parse(text: &'a str) -> Result<Self, NoJwt> {
        if text.len() > LARGEST_JWT {
            return Err(NoJwt::TooLong);
        }
        let (message, signature) = text.rsplit_once('.').ok_or(NoJwt::NotCompact)?;
        let (header, claims) = message.split_once('.').ok_or(NoJwt::NotCompact)?;
        let decoded = |part| from_base64url(part).ok_or(NoJwt::NotCompact);
        let (header, claims) = (decoded(header)?, decoded(claims)?);
        let signature = decoded(signature)?;

        let header = Header::parse(&header).ok_or(NoJwt::Header)?;
        if header.crit {
            return Err(NoJwt::Critical);
        }
        Ok(Self {
            algorithm: Algorithm::named(&header.alg).ok_or(NoJwt::Algorithm)?,
            key_id: header.kid,
            media_type: header.typ.as_deref().map(normal_media_type),
            claims: Claims::parse(&claims).ok_or(NoJwt::Claims)?,
            message: message.as_bytes(),
            signature,
        })
    }

    /// How it says that it is signed.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Which key it says that it is signed with.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// What it says that it is, in lower case and without `application/` (RFC 7515 §4.1.9).
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// What it says.
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// The bytes that are signed.
    pub const fn message(&self) -> &'a [u8] {
        self.message
    }

    /// The signature.
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }
}

fn normal_media_type(typ: &str) -> String {
    let typ = typ.to_ascii_lowercase();
    match typ.strip_prefix("application/") {
        Some(short) if !short.contains('/') => short.to_owned(),
        _ => typ,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::base64url;

    fn token(header: &str, claims: &str) -> String {
        let (header, claims) = (base64url(header.as_bytes()), base64url(claims.as_bytes()));
        format!("{header}.{claims}.{}", base64url(b"signature"))
    }

    /// RFC 7515 A.2, but for its claims of a private name.
    #[test]
    fn the_example_of_the_standard_is_read() {
        let text = token(r#"{"alg":"RS256"}"#, r#"{"iss":"joe","exp":1300819380}"#);
        let jwt = UnverifiedJwt::parse(&text).unwrap();
        assert_eq!(jwt.algorithm(), Algorithm::Rs256);
        assert_eq!((jwt.key_id(), jwt.media_type()), (None, None));
        assert_eq!(jwt.claims().iss.as_deref(), Some("joe"));
        assert_eq!(jwt.message(), text.rsplit_once('.').unwrap().0.as_bytes());
        assert_eq!(jwt.signature(), b"signature");
    }

    #[test]
    fn what_could_not_be_verified_is_refused() {
        let long = token(
            r#"{"alg":"RS256"}"#,
            &format!("{{\"sub\":\"{}\"}}", "x".repeat(LARGEST_JWT)),
        );
        let encoded = |text: &str| base64url(text.as_bytes());
        let (header, claims) = (encoded(r#"{"alg":"RS256"}"#), encoded("{}"));
        for (text, refusal) in [
            (long, NoJwt::TooLong),
            (String::new(), NoJwt::NotCompact),
            ("..".into(), NoJwt::Header),
            (format!("{header}.{claims}"), NoJwt::NotCompact),
            (format!("{header}.{claims}.c2ln.c2ln"), NoJwt::NotCompact),
            (format!("{header}.{claims}.c2ln="), NoJwt::NotCompact),
            (format!("{header}.{claims}.c2ln\n"), NoJwt::NotCompact),
            (format!("{header}.{claims}.+/+/"), NoJwt::NotCompact),
            (format!("{header}.{claims}.c2lnc3"), NoJwt::NotCompact),
            (format!("{header}=.{claims}.c2ln"), NoJwt::NotCompact),
            (token("[]", "{}"), NoJwt::Header),
            (token("{}", "{}"), NoJwt::Header),
            (token(r#"{"alg":null}"#, "{}"), NoJwt::Header),
            (token(r#"{"alg":["RS256"]}"#, "{}"), NoJwt::Header),
            (
                token(r#"{"alg":"none","alg":"RS256"}"#, "{}"),
                NoJwt::Header,
            ),
            (token(r#"{"alg":"RS256","kid":1}"#, "{}"), NoJwt::Header),
            (token(r#"{"alg":"RS256"} x"#, "{}"), NoJwt::Header),
            (token(r#"{"alg":"none"}"#, "{}"), NoJwt::Algorithm),
            (token(r#"{"alg":""}"#, "{}"), NoJwt::Algorithm),
            (token(r#"{"alg":"HS256"}"#, "{}"), NoJwt::Algorithm),
            (token(r#"{"alg":"rs256"}"#, "{}"), NoJwt::Algorithm),
            (token(r#"{"alg":"PS256"}"#, "{}"), NoJwt::Algorithm),
            (
                token(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, "{}"),
                NoJwt::Critical,
            ),
            (
                token(r#"{"alg":"RS256","crit":null}"#, "{}"),
                NoJwt::Critical,
            ),
            (token(r#"{"alg":"RS256"}"#, ""), NoJwt::Claims),
            (token(r#"{"alg":"RS256"}"#, "[]"), NoJwt::Claims),
            (
                token(r#"{"alg":"RS256"}"#, r#"{"exp":1,"exp":2}"#),
                NoJwt::Claims,
            ),
            (
                token(r#"{"alg":"RS256"}"#, r#"{"iss":["a"]}"#),
                NoJwt::Claims,
            ),
        ] {
            let outcome = UnverifiedJwt::parse(&text).map(|jwt| jwt.claims);
            assert_eq!(outcome.err(), Some(refusal), "{text}");
        }
    }

    #[test]
    fn the_type_is_compared_without_its_spelling() {
        for (typ, expected) in [
            ("at+jwt", "at+jwt"),
            ("application/at+jwt", "at+jwt"),
            ("APPLICATION/AT+JWT", "at+jwt"),
            ("JWT", "jwt"),
            ("application/x/y", "application/x/y"),
        ] {
            let text = token(&format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#), "{}");
            let jwt = UnverifiedJwt::parse(&text).unwrap();
            assert_eq!(jwt.media_type(), Some(expected));
        }
    }
}
