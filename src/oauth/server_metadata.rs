//! The authorization server's own description (RFC 8414).

use serde::Serialize;

use super::{client_assertion::ALGORITHMS, scope::ScopeSet};
use crate::{issuer::Issuer, jose::Algorithm, routes};

/// The document at `/.well-known/oauth-authorization-server`. What is advertised is routed, and
/// what does not exist is left out (AS-12).
#[derive(Debug, Serialize)]
pub struct ServerMetadata<'a> {
    issuer: &'a Issuer,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    revocation_endpoint: String,
    scopes_supported: Vec<&'a str>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: [&'static str; 2],
    token_endpoint_auth_methods_supported: [&'static str; 4],
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 2],
    revocation_endpoint_auth_methods_supported: [&'static str; 4],
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 2],
    code_challenge_methods_supported: [&'static str; 1],
    authorization_response_iss_parameter_supported: bool,
    client_id_metadata_document_supported: bool,
}

const AUTHENTICATION_METHODS: [&str; 4] = [
    "none",
    "client_secret_post",
    "client_secret_basic",
    "private_key_jwt",
];

impl<'a> ServerMetadata<'a> {
    /// The document of this issuer.
    pub fn new(issuer: &'a Issuer, scopes: &'a ScopeSet, registration: bool) -> Self {
        Self {
            issuer,
            authorization_endpoint: issuer.url(routes::AUTHORIZE),
            token_endpoint: issuer.url(routes::TOKEN),
            registration_endpoint: registration.then(|| issuer.url(routes::REGISTER)),
            revocation_endpoint: issuer.url(routes::REVOKE),
            scopes_supported: scopes.iter().chain(["offline_access"]).collect(),
            response_types_supported: ["code"],
            response_modes_supported: ["query"],
            grant_types_supported: ["authorization_code", "refresh_token"],
            token_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
            token_endpoint_auth_signing_alg_values_supported: ALGORITHMS.map(Algorithm::name),
            revocation_endpoint_auth_methods_supported: AUTHENTICATION_METHODS,
            revocation_endpoint_auth_signing_alg_values_supported: ALGORITHMS.map(Algorithm::name),
            code_challenge_methods_supported: ["S256"],
            authorization_response_iss_parameter_supported: true,
            client_id_metadata_document_supported: true,
        }
    }
}
