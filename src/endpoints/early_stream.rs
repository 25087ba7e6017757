//! A stream that the edge opens in home's place, when home lets its client wait for an answer's head.

use http::{HeaderMap, HeaderValue, Method, header};

use super::{address::issuer_of, edge::IncomingRequest};
use crate::{
    config::{Config, Transport},
    mcp::{
        cross_origin::Caller, mcp_header::PROTOCOL_VERSION, media_type, response_head,
        session_id::MCP_SESSION_ID,
    },
    routes::Route,
    time::Lifetime,
};

/// The offer to open the stream of a call early.
pub struct EarlyStream {
    /// How long home may say nothing.
    pub patience: Lifetime,
    /// The head of the stream.
    pub headers: HeaderMap,
    /// Whether the call names a session.
    pub in_session: bool,
}

impl EarlyStream {
    /// The offer, if the owner wants it, and the client can take it: it accepts a stream, and its
    /// call is not the first of all, which an answer may open a session with.
    pub fn offer<B>(config: &Config, request: &IncomingRequest<B>) -> Option<Self> {
        let patience = config.wire.early_stream?;
        let IncomingRequest {
            method,
            url,
            headers,
            ..
        } = request;
        let in_session = headers.contains_key(MCP_SESSION_ID);
        let is_later = in_session || headers.contains_key(PROTOCOL_VERSION);
        let takes_stream = matches!(*method, Method::GET | Method::POST)
            && media_type::accepts(headers, "text/event-stream");
        if !is_later || !takes_stream {
            return None;
        }
        let paths = config.mounts.iter().map(|mount| &mount.path);
        let mount = match Route::find(url.path(), paths) {
            Route::Mount(path) => config.mount(path),
            Route::Root if config.site.is_none() => config.first_mount(),
            Route::Auth(_)
            | Route::Discover(_)
            | Route::Endpoint(_)
            | Route::KeySet
            | Route::MountEndpoint { .. }
            | Route::NotFound
            | Route::OpenidMetadata { .. }
            | Route::Owner(_)
            | Route::ResourceMetadata { .. }
            | Route::Root
            | Route::ServerMetadata { .. } => return None,
        };
        if mount.transport != Transport::StreamableHttp {
            return None;
        }
        let issuer = issuer_of(config, request).ok()?;
        let mut origin = HeaderMap::new();
        let stream = HeaderValue::from_static("text/event-stream");
        origin.insert(header::CONTENT_TYPE, stream);
        let mut head = response_head::headers(&origin, None);
        Caller::of(headers, &issuer, &config.allowed_origins).allow(&mut head);
        super::edge::insist_on_https(&issuer, &mut head);
        Some(Self {
            patience,
            headers: head,
            in_session,
        })
    }
}
