//! The discovery documents: static, without storage, the same for everybody.

use http::StatusCode;

use super::{
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    config::Mount, oauth::server_metadata::ServerMetadata,
    resource_server::resource_metadata::ResourceMetadata,
};

/// The methods of every document.
pub(super) const METHODS: &str = "GET, HEAD, OPTIONS";

/// The authorization server metadata (RFC 8414).
pub(super) fn server_metadata<W>(edge: &Edge<'_, W>) -> Reply {
    let scopes = edge.config.all_scopes();
    let document = ServerMetadata::new(&edge.issuer, &scopes, edge.config.registration);
    reply::json(StatusCode::OK, Caching::Public, &document)
}

/// The protected resource metadata (RFC 9728).
pub(super) fn resource_metadata<W>(edge: &Edge<'_, W>, mount: &Mount, resource: &str) -> Reply {
    let name = &edge.config.name;
    let document = ResourceMetadata::new(&edge.issuer, resource, &mount.scopes, name);
    reply::json(StatusCode::OK, Caching::Public, &document)
}
