//! The discovery documents: static, without storage, the same for everybody.

use http::StatusCode;

use super::{
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    config::{Auth, Mount},
    oauth::{server_metadata::ServerMetadata, trust::MetadataForm},
    ports::World,
    resource_server::resource_metadata::ResourceMetadata,
};

/// The methods of every document.
pub(super) const METHODS: &str = "GET, HEAD, OPTIONS";

/// The metadata of the authorization server of a mount: this edge, which is no `OpenID` provider, or
/// another issuer (RFC 8414).
pub(super) async fn server_metadata<W: World>(
    edge: &Edge<'_, W>,
    mount: &Mount,
    form: MetadataForm,
) -> Reply {
    match (&mount.auth, form) {
        (Auth::External(trust), _) => edge.forwarded_metadata(&trust.issuer, form).await,
        (Auth::Open, _) => reply::open_not_found(),
        (Auth::Owner, MetadataForm::OauthServer) => {
            let scopes = edge.config.all_scopes();
            let registration = edge.config.registration;
            let document = ServerMetadata::new(&edge.issuer, &scopes, registration);
            reply::json(StatusCode::OK, Caching::Public, &document)
        }
        (Auth::Owner, MetadataForm::OpenidProvider) => reply::not_found(),
    }
}

/// The protected resource metadata (RFC 9728).
pub(super) fn resource_metadata<W>(edge: &Edge<'_, W>, mount: &Mount, resource: &str) -> Reply {
    let name = &edge.config.name;
    let server = match &mount.auth {
        Auth::External(trust) => trust.issuer.as_str(),
        Auth::Open | Auth::Owner => edge.issuer.as_str(),
    };
    let document = ResourceMetadata::new(&edge.issuer, server, resource, &mount.scopes, name);
    reply::json(StatusCode::OK, Caching::Public, &document)
}
