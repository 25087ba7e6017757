//! A request at the authorization endpoint (OAuth 2.1 §4.1.1).

use super::{
    callback::Callback,
    client::Client,
    error::{ErrorAnswer, ErrorCode},
    form::{Parameters, Repeated},
    pkce::CodeChallenge,
    redirect_uri::{RedirectSchemes, RegisteredRedirectUri},
    resource::{Resource, audience},
    scope::{self, ScopeSet},
};
use crate::{issuer::Issuer, mount_path::MountPath};

/// The parameters that mean something; a ticket carries these and no others.
pub const PARAMETERS: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "state",
    "scope",
    "code_challenge",
    "code_challenge_method",
    "resource",
];

/// What a request is judged by.
pub struct RequestTerms<'a> {
    /// The issuer of the answer.
    pub issuer: &'a Issuer,
    /// The private-use redirects that may be answered.
    pub schemes: &'a RedirectSchemes,
    /// The resources that exist; the first is the default.
    pub resources: &'a [Resource<'a>],
}

/// A request that the owner can be asked about.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client: Client,
    /// The way back.
    pub callback: Callback,
    /// The challenge that the code will be bound to.
    pub challenge: CodeChallenge,
    /// What would be granted.
    pub scope: ScopeSet,
    /// For which resource.
    pub mount: MountPath,
    /// Whether it asks to stay connected, whatever it registered.
    pub offline_access: bool,
}

/// Neither client nor redirect URI can be trusted, so there is no way back (AS-21).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UntrustedRequest {
    /// `client_id` is missing or repeated.
    ClientIdMissing,
    /// The client is not known.
    ClientUnknown,
    /// Its client identifier is a URL, but none that a metadata document can be at.
    ClientUrl,
    /// The redirect URI is missing, repeated, or not one that the client registered.
    RedirectUriMismatch,
    /// The query is longer than any client needs.
    TooLong,
}

/// The way back is proven, but the request is wrong.
#[derive(Clone, Debug)]
pub struct RefusedRequest {
    /// Who asked.
    pub client: Client,
    /// The way back.
    pub callback: Callback,
    /// What it is told.
    pub error: ErrorAnswer,
}

/// Why a request cannot be asked about.
#[derive(Clone, Debug)]
pub enum Rejection {
    /// Shown to the person; never redirected.
    Untrusted(UntrustedRequest),
    /// Told to the client, once the owner has signed in (AS-29).
    Refused(Box<RefusedRequest>),
}

impl AuthorizationRequest {
    /// Judges a request of a known client.
    ///
    /// # Errors
    ///
    /// In the order of AS-21: first the redirect URI, then everything that may be redirected.
    pub fn parse(
        parameters: &Parameters,
        client: Client,
        terms: &RequestTerms<'_>,
    ) -> Result<Self, Rejection> {
        let redirect_uri = redirect_uri(parameters, &client, terms.schemes)
            .ok_or(Rejection::Untrusted(UntrustedRequest::RedirectUriMismatch))?;
        let state = parameters.one("state").ok().flatten().map(str::to_owned);
        let callback = Callback::new(redirect_uri, state, terms.issuer.clone());
        match judge(parameters, terms) {
            Ok(judged) => Ok(Self {
                client,
                callback,
                challenge: judged.challenge,
                scope: judged.scope,
                mount: judged.mount,
                offline_access: judged.offline_access,
            }),
            Err(error) => Err(Rejection::Refused(Box::new(RefusedRequest {
                client,
                callback,
                error,
            }))),
        }
    }

    /// Whether the client gets a refresh token.
    pub const fn refreshes(&self) -> bool {
        self.client.registration.refreshes || self.offline_access
    }
}

/// The client's URI that is requested; it may be left out when only one is registered.
fn redirect_uri(
    parameters: &Parameters,
    client: &Client,
    schemes: &RedirectSchemes,
) -> Option<RegisteredRedirectUri> {
    let registered = &client.registration.redirect_uris;
    let requested = match (parameters.one("redirect_uri").ok()?, registered.as_slice()) {
        (Some(requested), _) => requested,
        (None, [only]) => only.as_str(),
        (None, _) => return None,
    };
    RegisteredRedirectUri::registered_in(registered, requested, schemes)
}

struct Judged {
    challenge: CodeChallenge,
    scope: ScopeSet,
    mount: MountPath,
    offline_access: bool,
}

fn judge(parameters: &Parameters, terms: &RequestTerms<'_>) -> Result<Judged, ErrorAnswer> {
    parameters.one("state")?;
    match parameters.one("response_type")? {
        Some("code") => {}
        Some(_) => return Err(RESPONSE_TYPE_UNSUPPORTED),
        None => return Err(RESPONSE_TYPE_MISSING),
    }
    if parameters.one("code_challenge_method")? != Some("S256") {
        return Err(PKCE_METHOD);
    }
    let challenge = parameters.one("code_challenge")?.ok_or(PKCE_MISSING)?;
    let challenge = CodeChallenge::parse(challenge).ok_or(PKCE_MALFORMED)?;
    let resource = audience(terms.issuer, terms.resources, parameters.all("resource"))
        .map_err(|_| RESOURCE_UNKNOWN)?;
    let requested = parameters.one("scope")?;
    Ok(Judged {
        challenge,
        scope: resource.scopes.granted(requested),
        mount: resource.path.clone(),
        offline_access: scope::names(requested.unwrap_or_default(), "offline_access"),
    })
}

impl From<Repeated> for ErrorAnswer {
    fn from(Repeated: Repeated) -> Self {
        Self::new(
            ErrorCode::InvalidRequest,
            "A parameter that may be sent once was sent more than once.",
        )
    }
}

const RESPONSE_TYPE_MISSING: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The request has no response_type; it must be code.",
);
const RESPONSE_TYPE_UNSUPPORTED: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::UnsupportedResponseType,
    "The only response_type is code.",
);
const PKCE_METHOD: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The request must use PKCE with code_challenge_method S256.",
);
const PKCE_MISSING: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The request must use PKCE: code_challenge is missing.",
);
const PKCE_MALFORMED: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The code_challenge must be 43 characters of base64url.",
);
const RESOURCE_UNKNOWN: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidTarget,
    "The resource is not one that this server protects.",
);
