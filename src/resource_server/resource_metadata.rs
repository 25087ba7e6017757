//! The protected resource's own description (RFC 9728).

use serde::Serialize;

use crate::{issuer::Issuer, oauth::scope::ScopeSet};

/// The document at `/.well-known/oauth-protected-resource…`.
#[derive(Debug, Serialize)]
pub struct ResourceMetadata<'a> {
    resource: String,
    authorization_servers: [&'a Issuer; 1],
    scopes_supported: Vec<&'a str>,
    bearer_methods_supported: [&'static str; 1],
    resource_name: &'a str,
}

impl<'a> ResourceMetadata<'a> {
    /// The document of the resource at this path, as it was spelled: clients compare it with the
    /// URL that they were given (RS-07).
    pub fn new(issuer: &'a Issuer, resource: &str, scopes: &'a ScopeSet, name: &'a str) -> Self {
        Self {
            resource: issuer.url(resource),
            authorization_servers: [issuer],
            scopes_supported: scopes.iter().collect(),
            bearer_methods_supported: ["header"],
            resource_name: name,
        }
    }
}
