//! The discovery documents: static, without storage, the same for everybody.

use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;

use super::{
    edge::{Edge, IncomingRequest},
    reply::{self, Caching, Reply},
};
use crate::{
    config::{Auth, Mount},
    mcp::cross_origin,
    oauth::{server_metadata::ServerMetadata, trust::MetadataForm},
    ports::World,
    resource_server::resource_metadata::ResourceMetadata,
};

pub(super) const METHODS: &str = "GET, HEAD, OPTIONS";

/// The metadata of the authorization server of a mount: this edge, which is no `OpenID` provider, or
/// another issuer.
pub(super) async fn server_metadata<W: World>(
    edge: &Edge<'_, W>,
    mount: &Mount,
    form: MetadataForm,
    request: &IncomingRequest<W::Body>,
) -> Reply {
    let (method, headers) = (&request.method, &request.headers);
    match (&mount.auth, form) {
        (Auth::External(trust), _) => {
            let issuer = &trust.issuer;
            edge.forwarded_metadata(issuer, form, method, headers).await
        }
        (Auth::Open, _) => reply::open_not_found(),
        (Auth::Owner, MetadataForm::OauthServer) => {
            let scopes = edge.config.all_scopes();
            let registration = edge.config.registration;
            let document = ServerMetadata::new(&edge.issuer, &scopes, registration);
            answer(method, headers, &document)
        }
        (Auth::Owner, MetadataForm::OpenidProvider) => reply::not_found(),
    }
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
    let server = match &mount.auth {
        Auth::External(trust) => trust.issuer.as_str(),
        Auth::Open | Auth::Owner => edge.issuer.as_str(),
    };
    let document = ResourceMetadata::new(&edge.issuer, server, resource, &mount.scopes, name);
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
