//! The discovery documents: static, without storage, the same for everybody.

use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;

use super::{
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    config::Mount, mcp::cross_origin, oauth::server_metadata::ServerMetadata,
    resource_server::resource_metadata::ResourceMetadata,
};

const METHODS: &str = "GET, HEAD, OPTIONS";

/// The authorization server metadata (RFC 8414).
pub(super) fn server_metadata<W>(
    edge: &Edge<'_, W>,
    method: &Method,
    headers: &HeaderMap,
) -> Reply {
    let scopes = edge.config.all_scopes();
    let document = ServerMetadata::new(&edge.issuer, &scopes, edge.config.registration);
    answer(method, headers, &document)
}

/// The protected resource metadata (RFC 9728).
pub(super) fn resource_metadata<W>(
    edge: &Edge<'_, W>,
    mount: &Mount,
    resource: &str,
    method: &Method,
    headers: &HeaderMap,
) -> Reply {
    let name = &edge.config.name;
    let document = ResourceMetadata::new(&edge.issuer, resource, &mount.scopes, name);
    answer(method, headers, &document)
}

fn answer(method: &Method, headers: &HeaderMap, document: &impl Serialize) -> Reply {
    let mut reply = match *method {
        Method::GET | Method::HEAD => reply::json(StatusCode::OK, Caching::Public, document),
        Method::OPTIONS => reply::preflight(headers, METHODS),
        _ => reply::method_not_allowed(METHODS),
    };
    cross_origin::allow_all(reply.headers_mut());
    reply
}
