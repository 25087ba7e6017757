//! How a client says who it is at `/token` and `/revoke` (OAuth 2.1 §2.4, AS-82).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use url::form_urlencoded;

use super::{
    client::{AuthenticationMethod, Client, Identified},
    credential::Credential,
    error::{ErrorAnswer, ErrorCode},
    form::Parameters,
};
use crate::{
    issuer::Issuer,
    keys::Keys,
    secret::{Digest, Secret},
};

/// What a request carries to say which client it is from: read, but not checked.
#[derive(Clone, Debug)]
pub struct UnverifiedCredentials {
    client_id: String,
    secret: Option<Secret>,
    presented: Presented,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Presented {
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
    pub standing: Standing,
}

/// What the identifier of a request says of its client, without storage and without fetching.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It may be any client that has a metadata document; what is presented says whether it is one
    /// that was approved.
    Described,
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
        let mut authorizations = headers.get_all(header::AUTHORIZATION).iter();
        let Some(authorization) = authorizations.next() else {
            return Ok(client_id.map(|client_id| Self {
                client_id: client_id.to_owned(),
                secret: secret.map(|secret| Secret::new(secret.to_owned())),
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
            presented: Presented::InHeader,
        }))
    }

    /// Checks them against what the client registered, as far as that can be done without storage.
    ///
    /// # Errors
    ///
    /// `invalid_client` when the client is known and did not authenticate as it registered.
    pub fn verify(
        &self,
        keys: &Keys,
        issuer: &Issuer,
    ) -> Result<ClientProof, AuthenticationFailure> {
        let standing = match Client::identify(&self.client_id, keys, issuer) {
            Identified::Known(client) => {
                self.authenticate(&client, keys)?;
                Standing::Verified
            }
            Identified::Document(_) => Standing::Described,
            Identified::Unknown | Identified::WrongUrl => Standing::Unknown,
        };
        Ok(ClientProof {
            client: Digest::of(self.client_id.as_bytes()),
            credential: self.credential(),
            standing,
        })
    }

    /// The answer to a client that is not known here. Clients that read it register again (AS-72).
    pub const fn unknown(&self) -> AuthenticationFailure {
        self.failure("This client is not known here; register it again.")
    }

    fn authenticate(&self, client: &Client, keys: &Keys) -> Result<(), AuthenticationFailure> {
        let fits = match client.registration.authentication {
            AuthenticationMethod::None => self.secret.is_none(),
            AuthenticationMethod::ClientSecretBasic => self.presented == Presented::InHeader,
            AuthenticationMethod::ClientSecretPost => self.presented == Presented::InBody,
            AuthenticationMethod::EitherSecret => self.presented != Presented::Nothing,
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
const TWO_METHODS: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The client named or authenticated itself in two ways at once.",
);

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
