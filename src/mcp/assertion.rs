//! What home is told of a call: who makes it, and, signed, that it comes from the edge.

use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::{Position, Url};

use crate::{
    issuer::Issuer,
    resource_server::principal::Passage,
    secret::{Random, base64url, random_name},
    time::{Lifetime, Timestamp},
};

/// Where the assertion is.
pub const ASSERTION: HeaderName = HeaderName::from_static("gatelodge-assertion");
const SUBJECT: HeaderName = HeaderName::from_static("gatelodge-subject");
const CLIENT: HeaderName = HeaderName::from_static("gatelodge-client");
const SCOPE: HeaderName = HeaderName::from_static("gatelodge-scope");

/// How long an assertion is good.
const LIFETIME: Lifetime = Lifetime::from_seconds(60);
/// Whoever the owner has let in calls in his name.
const OWNER: &str = "owner";

/// Who calls, in words that can be told to home.
#[derive(Debug)]
pub struct Caller<'a> {
    /// The owner, or the digest of another issuer's subject.
    sub: &'a str,
    sub_id: Option<SubjectIdentifier<'a>>,
    client_id: Option<String>,
    scope: String,
}

/// The subject as its issuer calls it (RFC 9493 §3.2.3).
#[derive(Debug, Serialize)]
struct SubjectIdentifier<'a> {
    format: &'static str,
    iss: &'a str,
    sub: &'a str,
}

impl<'a> Caller<'a> {
    /// The caller; none on an open mount, where nobody is known.
    pub fn of(passage: &'a Passage) -> Option<Self> {
        match passage {
            Passage::External(subject) => {
                let (iss, sub) = subject.named_by();
                Some(Self {
                    sub: subject.name(),
                    sub_id: Some(SubjectIdentifier {
                        format: "iss_sub",
                        iss,
                        sub,
                    }),
                    client_id: subject.client_id().map(str::to_owned),
                    scope: subject.scope().to_owned(),
                })
            }
            Passage::Granted(principal) => Some(Self {
                sub: OWNER,
                sub_id: None,
                client_id: Some(principal.client().to_base64url()),
                scope: principal.scope().to_string(),
            }),
            Passage::Open => None,
        }
    }

    /// Tells home's log who calls. It proves nothing: only the assertion does.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let client = self.client_id.as_deref().unwrap_or_default();
        for (name, value) in [(SUBJECT, self.sub), (CLIENT, client), (SCOPE, &self.scope)] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// The claims of an assertion (RFC 7519 §4.1, RFC 9068 §2.2, RFC 9449 §4.2).
#[derive(Debug, Serialize)]
pub struct Assertion<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_id: Option<&'a SubjectIdentifier<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    scope: &'a str,
    iat: Timestamp,
    exp: Timestamp,
    jti: String,
    htm: &'a str,
    htu: &'a str,
}

impl<'a> Assertion<'a> {
    /// What the edge says of one request to an origin, which is called `origin` in the
    /// configuration.
    pub fn new(
        caller: &'a Caller<'a>,
        (method, url): (&'a Method, &'a Url),
        origin: &'a str,
        issuer: &'a Issuer,
        now: Timestamp,
        random: &dyn Random,
    ) -> Self {
        Self {
            iss: issuer.as_str(),
            aud: origin,
            sub: caller.sub,
            sub_id: caller.sub_id.as_ref(),
            client_id: caller.client_id.as_deref(),
            scope: &caller.scope,
            iat: now,
            exp: now.plus(LIFETIME),
            jti: random_name(random),
            htm: method.as_str(),
            htu: &url[..Position::AfterPath],
        }
    }

    /// What is signed of it, under this header (RFC 7515 §5.1).
    pub fn message(&self, header: &str) -> String {
        let claims = serde_json::to_vec(self).expect("claims are plain data");
        format!("{header}.{}", base64url(&claims))
    }
}
