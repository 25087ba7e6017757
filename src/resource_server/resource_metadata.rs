//! The protected resource's own description (RFC 9728).

use serde::Serialize;

use crate::{issuer::Issuer, oauth::scope::ScopeSet};

/// The document at `/.well-known/oauth-protected-resource…`.
#[derive(Debug, Serialize)]
pub struct ResourceMetadata<'a> {
    resource: String,
    authorization_servers: [&'a str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<&'a str>,
    bearer_methods_supported: [&'static str; 1],
    resource_name: &'a str,
}

impl<'a> ResourceMetadata<'a> {
    /// The document of the resource at this path, as it was spelled: clients compare it with the
    /// URL that they were given (RS-07). The authorization server is this edge or another, letter
    /// by letter as it writes itself.
    pub fn new(
        edge: &Issuer,
        authorization_server: &'a str,
        resource: &str,
        scopes: &'a ScopeSet,
        name: &'a str,
    ) -> Self {
        Self {
            resource: edge.url(resource),
            authorization_servers: [authorization_server],
            scopes_supported: scopes.iter().collect(),
            bearer_methods_supported: ["header"],
            resource_name: name,
        }
    }
}
