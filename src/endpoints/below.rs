//! Two small answers below a mount: whether a bearer is good, and what the server is.

use http::{HeaderMap, Method, StatusCode};
use serde_json::json;

use super::{
    edge::{Edge, IncomingRequest},
    reply::{self, Caching, Reply},
};
use crate::{
    config::Mount,
    mcp::{cross_origin, gateway_error::GatewayError},
    ports::{Outage, World},
    resource_server::principal::Passage,
    routes,
};

impl<W: World> Edge<'_, W> {
    /// "Is this bearer good?": the token is judged as for a call, and nothing is forwarded.
    pub(super) async fn auth(
        &self,
        mount: &Mount,
        request: &IncomingRequest<W::Body>,
    ) -> Result<Reply, Outage> {
        const METHODS: &str = "GET, HEAD, POST, OPTIONS";
        let mut reply = match request.method {
            Method::GET | Method::HEAD | Method::POST => {
                self.judge_bearer(mount, &request.headers).await?
            }
            Method::OPTIONS => reply::preflight(&request.headers, METHODS),
            _ => reply::method_not_allowed(METHODS),
        };
        cross_origin::allow_all(reply.headers_mut());
        Ok(reply)
    }

    async fn judge_bearer(&self, mount: &Mount, headers: &HeaderMap) -> Result<Reply, Outage> {
        match self.admit(mount, headers).await {
            Err(outage) => {
                self.world.report(&outage);
                Ok(reply::gateway_error(GatewayError::LedgerUnreachable))
            }
            Ok(Ok(Passage::Open)) => Ok(reply::open_not_found()),
            Ok(Ok(Passage::Granted(principal))) => {
                let summary = self.world.summary(principal.grant(), self.now()).await?;
                let client_id = summary.map(|summary| summary.client_id);
                Ok(good_bearer(client_id.as_deref()))
            }
            Ok(Ok(Passage::External(subject))) => Ok(good_bearer(subject.client_id())),
            Ok(Err(refused)) => {
                let body = json!({
                    "authenticated": false,
                    "error": refused.error(),
                    "error_description": refused.description(),
                });
                Ok(self.challenge(refused, mount, mount.path.as_str(), &body))
            }
        }
    }
}

fn good_bearer(client_id: Option<&str>) -> Reply {
    let body = json!({"status": "ok", "authenticated": true, "client_id": client_id});
    reply::json(StatusCode::OK, Caching::Never, &body)
}

/// What the server is, in the words of an early proposal; static.
pub(super) fn discover<B>(mount: &Mount, request: &IncomingRequest<B>) -> Reply {
    const METHODS: &str = "GET, HEAD, OPTIONS";
    let mut reply = match request.method {
        Method::GET | Method::HEAD => reply::json(
            StatusCode::OK,
            Caching::Public,
            &json!({
                "protocol": "mcp",
                "version": "2024-11-05",
                "transport": "sse",
                "endpoint": mount.path,
                "authentication": {"type": "oauth2", "discovery": routes::SERVER_METADATA},
            }),
        ),
        Method::OPTIONS => reply::preflight(&request.headers, METHODS),
        _ => reply::method_not_allowed(METHODS),
    };
    cross_origin::allow_all(reply.headers_mut());
    reply
}
