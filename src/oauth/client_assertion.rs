//! A client that signs to say who it is: `private_key_jwt` (RFC 7523 §2.2, §3).

use super::error::{ErrorAnswer, ErrorCode};
use crate::{
    issuer::Issuer,
    jose::{Algorithm, UnverifiedJwt},
    routes,
    secret::Digest,
    time::{Lifetime, Timestamp},
};

/// The one `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The algorithms that clients sign with.
pub const ALGORITHMS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::Rs256];

/// How far ahead an assertion may expire: it must be remembered for so long.
const LONGEST: Lifetime = Lifetime::from_minutes(10);
/// How far clocks may be apart.
const LEEWAY: Lifetime = Lifetime::from_minutes(1);

/// What of an assertion must be remembered, so that it counts once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AssertionId {
    /// The digest of its `jti`.
    pub id: Digest,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

impl AssertionId {
    /// Checks what an assertion says; whose signature it has is another question.
    ///
    /// # Errors
    ///
    /// `invalid_client`, with the first thing that is wrong.
    pub fn of(
        jwt: &UnverifiedJwt<'_>,
        client_id: &str,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<Self, ErrorAnswer> {
        if !ALGORITHMS.contains(&jwt.algorithm()) {
            return Err(ALGORITHM);
        }
        if !matches!(
            jwt.media_type(),
            None | Some("jwt" | "client-authentication+jwt")
        ) {
            return Err(TYPE);
        }
        let claims = jwt.claims();
        let own = Some(client_id);
        if claims.iss.as_deref() != own || claims.sub.as_deref() != own {
            return Err(SUBJECT);
        }
        let audiences = [
            issuer.as_str().to_owned(),
            issuer.url("/"),
            issuer.url(routes::TOKEN),
            issuer.url(routes::REVOKE),
        ];
        let mut named = claims.aud.iter().peekable();
        if named.peek().is_none()
            || !named.all(|audience| audiences.iter().any(|own| **own == *audience))
        {
            return Err(AUDIENCE);
        }
        let expires_at = claims.exp.ok_or(EXPIRY)?.plus(LEEWAY);
        let too_early =
            |instant: Option<Timestamp>| instant.is_some_and(|at| at > now.plus(LEEWAY));
        if expires_at <= now
            || expires_at > now.plus(LONGEST).plus(LEEWAY).plus(LEEWAY)
            || too_early(claims.nbf)
            || too_early(claims.iat)
        {
            return Err(EXPIRY);
        }
        let id = claims.jti.as_deref().filter(|id| !id.is_empty());
        Ok(Self {
            id: Digest::of(id.ok_or(NAMELESS)?.as_bytes()),
            expires_at,
        })
    }
}

const fn refused(description: &'static str) -> ErrorAnswer {
    ErrorAnswer::new(ErrorCode::InvalidClient, description)
}

const ALGORITHM: ErrorAnswer = refused("The client_assertion must be signed with RS256 or ES256.");
const AUDIENCE: ErrorAnswer = refused("The aud of the client_assertion must be this issuer.");
const EXPIRY: ErrorAnswer =
    refused("The client_assertion must be in force, and expire within ten minutes.");
const NAMELESS: ErrorAnswer = refused("The client_assertion must have a jti.");
const SUBJECT: ErrorAnswer =
    refused("The iss and the sub of the client_assertion must both be the client_id.");
const TYPE: ErrorAnswer = refused("The client_assertion is a token of another type.");

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::secret::base64url;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
    const CLIENT: &str = "https://client.example/c";

    fn check(header: &Value, claims: &Value) -> Result<AssertionId, ErrorAnswer> {
        let encode = |part: &Value| base64url(part.to_string().as_bytes());
        let text = format!("{}.{}.c2ln", encode(header), encode(claims));
        let jwt = UnverifiedJwt::parse(&text).expect("it is a JWT");
        AssertionId::of(&jwt, CLIENT, &Issuer::new("https://mcp.example.com"), NOW)
    }

    fn claims(changes: &Value) -> Value {
        let mut claims = json!({
            "iss": CLIENT, "sub": CLIENT, "aud": "https://mcp.example.com",
            "exp": 1_800_000_300, "iat": 1_800_000_000, "jti": "1",
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            claims[name] = value.clone();
        }
        claims
    }

    #[test]
    fn an_assertion_is_for_us_about_its_client_and_short_lived() {
        let es256 = json!({"alg": "ES256"});
        for (changes, expected) in [
            (json!({}), None),
            (json!({"aud": "https://mcp.example.com/"}), None),
            (json!({"aud": "https://mcp.example.com/token"}), None),
            (json!({"aud": "https://mcp.example.com/revoke"}), None),
            (
                json!({"aud": ["https://mcp.example.com", "https://mcp.example.com/token"]}),
                None,
            ),
            (json!({"exp": 1_799_999_941}), None),
            (json!({"exp": 1_800_000_660}), None),
            (json!({"nbf": 1_800_000_060}), None),
            (json!({"iat": null}), None),
            (json!({"iss": "https://other.example/c"}), Some(SUBJECT)),
            (json!({"sub": "https://other.example/c"}), Some(SUBJECT)),
            (json!({"iss": null}), Some(SUBJECT)),
            (json!({"sub": null}), Some(SUBJECT)),
            (json!({"aud": null}), Some(AUDIENCE)),
            (json!({"aud": []}), Some(AUDIENCE)),
            (
                json!({"aud": "https://mcp.example.com/mcp"}),
                Some(AUDIENCE),
            ),
            (json!({"aud": "https://other.example"}), Some(AUDIENCE)),
            (
                json!({"aud": ["https://mcp.example.com", "https://other.example"]}),
                Some(AUDIENCE),
            ),
            (json!({"exp": null}), Some(EXPIRY)),
            (json!({"exp": 1_799_999_940}), Some(EXPIRY)),
            (json!({"exp": 1_800_000_661}), Some(EXPIRY)),
            (json!({"nbf": 1_800_000_061}), Some(EXPIRY)),
            (json!({"iat": 1_800_000_061}), Some(EXPIRY)),
            (json!({"jti": null}), Some(NAMELESS)),
            (json!({"jti": ""}), Some(NAMELESS)),
        ] {
            assert_eq!(
                check(&es256, &claims(&changes)).err(),
                expected,
                "{changes}"
            );
        }
    }

    #[test]
    fn an_assertion_is_signed_in_one_of_two_ways_and_is_no_other_token() {
        for (header, expected) in [
            (json!({"alg": "ES256", "typ": "JWT"}), None),
            (json!({"alg": "RS256"}), None),
            (
                json!({"alg": "RS256", "typ": "client-authentication+jwt"}),
                None,
            ),
            (json!({"alg": "EdDSA"}), Some(ALGORITHM)),
            (json!({"alg": "ES256", "typ": "at+jwt"}), Some(TYPE)),
        ] {
            assert_eq!(
                check(&header, &claims(&json!({}))).err(),
                expected,
                "{header}"
            );
        }
    }
}
