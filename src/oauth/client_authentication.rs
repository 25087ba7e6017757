//! How a client says who it is at `/token` and `/revoke` (OAuth 2.1 §2.4, AS-82).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use url::form_urlencoded;

use super::{
    client::{AuthenticationMethod, Client, Identified, Recognition},
    client_assertion::ASSERTION_TYPE,
    client_id_url::ClientIdUrl,
    credential::Credential,
    error::{ErrorAnswer, ErrorCode},
    form::Parameters,
};
use crate::{
    jose::UnverifiedJwt,
    keys::Keys,
    secret::{Digest, Secret},
};

/// What a request carries to say which client it is from: read, but not checked.
#[derive(Clone, Debug)]
pub struct UnverifiedCredentials {
    client_id: String,
    secret: Option<Secret>,
    assertion: Option<Secret>,
    presented: Presented,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Presented {
    Assertion,
    InBody,
    InHeader,
    Nothing,
}

/// A client as a grant compares it: digests only.
#[derive(Clone, Debug)]
pub struct ClientProof {
    /// The digest of its identifier.
    pub client: Digest,
    /// What it shows beside that.
    pub credential: Credential,
    /// What its identifier says without storage.
    pub standing: ClientStanding,
}

/// What the identifier of a request says of its client, without storage and without fetching.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClientStanding {
    /// It may be any client that has a metadata document; what is presented says whether it is one
    /// that was approved.
    Described(ClientIdUrl),
    /// It may still be right: it was sealed with a key that has been rotated out since, and the
    /// grant knows the client by its digests.
    Unknown,
    /// The client is known, and authenticated as it has to.
    Verified,
}

/// The client did not authenticate; RFC 6749 §5.2 wants a challenge if it used `Authorization`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct AuthenticationFailure {
    /// The answer.
    pub answer: ErrorAnswer,
    /// Whether the client tried HTTP Basic.
    pub used_header: bool,
}

impl UnverifiedCredentials {
    /// Reads the credentials of a request; none when it names no client.
    ///
    /// # Errors
    ///
    /// When they are malformed, or two methods are used at once.
    pub fn parse(
        headers: &HeaderMap,
        form: &Parameters,
    ) -> Result<Option<Self>, AuthenticationFailure> {
        let in_body = |answer| AuthenticationFailure {
            answer,
            used_header: false,
        };
        let client_id = form.one("client_id").map_err(|_| in_body(REPEATED))?;
        let secret = form.one("client_secret").map_err(|_| in_body(REPEATED))?;
        let assertion = assertion(form).map_err(in_body)?;
        if let Some(assertion) = assertion {
            let two_methods = secret.is_some() || headers.contains_key(header::AUTHORIZATION);
            if two_methods {
                return Err(in_body(TWO_METHODS));
            }
            return Self::signed(assertion, client_id)
                .map(Some)
                .ok_or(in_body(NO_ASSERTION));
        }
        let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
        let Some(authorization) = authorizations.next() else {
            return Ok(client_id.map(|client_id| Self {
                client_id: client_id.to_owned(),
                secret: secret.map(|secret| Secret::new(secret.to_owned())),
                assertion: None,
                presented: if secret.is_some() {
                    Presented::InBody
                } else {
                    Presented::Nothing
                },
            }));
        };
        let malformed = AuthenticationFailure {
            answer: ErrorAnswer::new(
                ErrorCode::InvalidClient,
                "The Authorization header is not HTTP Basic with a form-encoded client id and secret.",
            ),
            used_header: true,
        };
        let (user, password) = basic(authorization.as_bytes()).ok_or(malformed)?;
        let two_methods = authorizations.next().is_some() || secret.is_some();
        if two_methods || client_id.is_some_and(|client_id| client_id != user) {
            return Err(in_body(TWO_METHODS));
        }
        Ok(Some(Self {
            client_id: user,
            secret: (!password.is_empty()).then(|| Secret::new(password)),
            assertion: None,
            presented: Presented::InHeader,
        }))
    }

    /// A client that signs may leave it to the assertion to name it (RFC 7521 §4.2).
    fn signed(assertion: &str, client_id: Option<&str>) -> Option<Self> {
        let jwt = UnverifiedJwt::parse(assertion).ok()?;
        let named = jwt.claims().sub.as_deref()?;
        if client_id.is_some_and(|client_id| client_id != named) {
            return None;
        }
        Some(Self {
            client_id: named.to_owned(),
            secret: None,
            assertion: Some(Secret::new(assertion.to_owned())),
            presented: Presented::Assertion,
        })
    }

    /// The assertion, if the client has signed one.
    pub fn assertion(&self) -> Option<UnverifiedJwt<'_>> {
        UnverifiedJwt::parse(self.assertion.as_ref()?.expose()).ok()
    }

    /// Checks them against what the client registered, as far as that can be done without storage.
    ///
    /// # Errors
    ///
    /// `invalid_client` when the client is known and did not authenticate as it registered.
    pub fn verify(&self, by: &Recognition<'_>) -> Result<ClientProof, AuthenticationFailure> {
        let standing = match Client::identify(&self.client_id, by) {
            Identified::Known(client) => {
                self.authenticate(&client, by.keys)?;
                ClientStanding::Verified
            }
            Identified::Document(url) => ClientStanding::Described(url),
            Identified::Unknown | Identified::WrongUrl => ClientStanding::Unknown,
        };
        Ok(ClientProof {
            client: Digest::of(self.client_id.as_bytes()),
            credential: self.credential(),
            standing,
        })
    }

    /// The answer to a client that is known, and does not show what it showed when it was let in.
    pub const fn insufficient(&self) -> AuthenticationFailure {
        self.failure("This client must authenticate as it did when it was let in.")
    }

    /// The answer to a client that is not known here. Clients that read it register again (AS-72).
    pub const fn unknown(&self) -> AuthenticationFailure {
        self.failure("This client is not known here; register it again.")
    }

    fn authenticate(&self, client: &Client, keys: &Keys) -> Result<(), AuthenticationFailure> {
        let fits = match client.registration.authentication {
            AuthenticationMethod::None => {
                self.secret.is_none() && self.presented != Presented::Assertion
            }
            AuthenticationMethod::ClientSecretBasic => self.presented == Presented::InHeader,
            AuthenticationMethod::ClientSecretPost => self.presented == Presented::InBody,
            AuthenticationMethod::EitherSecret => self.secret.is_some(),
            AuthenticationMethod::PrivateKeyJwt => false,
        };
        if !fits {
            return Err(
                self.failure("This client must authenticate with the method that it registered.")
            );
        }
        if client.credential(keys).is_met_by(&self.credential()) {
            Ok(())
        } else {
            Err(self.failure("The client secret is wrong."))
        }
    }

    fn credential(&self) -> Credential {
        match &self.secret {
            None => Credential::Nothing,
            Some(secret) => Credential::Secret(secret.digest()),
        }
    }

    const fn failure(&self, description: &'static str) -> AuthenticationFailure {
        AuthenticationFailure {
            answer: ErrorAnswer::new(ErrorCode::InvalidClient, description),
            used_header: matches!(self.presented, Presented::InHeader),
        }
    }
}

const REPEATED: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "A parameter that may be sent once was sent more than once.",
);
const NO_ASSERTION: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClient,
    "The client_assertion is not a JWT about this client that can be checked here.",
);
const TWO_METHODS: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The client named or authenticated itself in two ways at once.",
);

/// The assertion of a form; it goes with its type (RFC 7521 §4.2).
fn assertion(form: &Parameters) -> Result<Option<&str>, ErrorAnswer> {
    let kind = form.one("client_assertion_type").map_err(|_| REPEATED)?;
    let assertion = form.one("client_assertion").map_err(|_| REPEATED)?;
    match (kind, assertion) {
        (None, None) => Ok(None),
        (Some(ASSERTION_TYPE), Some(assertion)) => Ok(Some(assertion)),
        (Some(_), Some(_)) => Err(ErrorAnswer::new(
            ErrorCode::InvalidClient,
            "The client_assertion_type is not that of a JWT.",
        )),
        (Some(_), None) | (None, Some(_)) => Err(ErrorAnswer::new(
            ErrorCode::InvalidRequest,
            "The client_assertion and the client_assertion_type go together.",
        )),
    }
}

/// HTTP Basic with both halves form-encoded (RFC 6749 §2.3.1).
fn basic(value: &[u8]) -> Option<(String, String)> {
    let value = std::str::from_utf8(value).ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let user = form_decode(user);
    (!user.is_empty()).then(|| (user, form_decode(password)))
}

/// Decodes one half; without a `=` in it, form text is a single key.
fn form_decode(text: &str) -> String {
    let shielded = text.replace('=', "%3D").replace('&', "%26");
    form_urlencoded::parse(shielded.as_bytes())
        .next()
        .map(|(key, _)| key.into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_of_basic_are_form_decoded() {
        let header = |text: &str| format!("bAsIc {}", STANDARD.encode(text)).into_bytes();
        assert_eq!(
            basic(&header("a%3Ab:c%20d+e")),
            Some(("a:b".into(), "c d e".into()))
        );
        assert_eq!(basic(&header("a=b:c")), Some(("a=b".into(), "c".into())));
        assert_eq!(basic(&header("a:")), Some(("a".into(), String::new())));
        assert_eq!(basic(&header(":c")), None);
        assert_eq!(basic(&header("ac")), None);
        assert_eq!(basic(b"Bearer abc"), None);
        assert_eq!(basic(b"Basic !!!"), None);
        assert_eq!(basic(b"Basic"), None);
    }
}
