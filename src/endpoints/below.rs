//! Two small answers below a mount: whether a bearer is good, and what the server is.

use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::{
    asking::{Asking, Use},
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    config::Mount,
    mcp::gateway_error::GatewayError,
    ports::{Outage, World},
    resource_server::{challenge::NotAdmitted, principal::Passage},
    routes,
};

/// The methods of `{mount}/auth`.
pub(super) const AUTH_METHODS: &str = "GET, HEAD, POST, OPTIONS";

impl<W: World> Edge<'_, W> {
    /// "Is this bearer good?": the token is judged as for a call, and nothing is forwarded.
    pub(super) async fn auth(&self, mount: &Mount, headers: &HeaderMap) -> Result<Reply, Outage> {
        match self.admit(mount, headers).await {
            Err(outage) => {
                self.report(&outage);
                Ok(self.gateway_error(GatewayError::LedgerUnreachable, mount, None))
            }
            Ok(Ok(Passage::Open)) => Ok(reply::open_not_found()),
            Ok(Ok(Passage::Granted(principal))) => {
                let of = Use::Look(principal.generation());
                match self.asking(principal.grant(), of).await {
                    Asking::Due => {}
                    Asking::Over => return Ok(self.bad_bearer(NotAdmitted::Revoked, mount)),
                    Asking::TooMany(reply) => return Ok(reply),
                }
                let summary = self.world.summary(principal.grant(), self.now()).await?;
                let client_id = summary.map(|summary| summary.client_id);
                Ok(good_bearer(client_id.as_deref()))
            }
            Ok(Ok(Passage::External(subject))) => Ok(good_bearer(subject.client_id())),
            Ok(Err(refused)) => Ok(self.bad_bearer(refused, mount)),
        }
    }

    fn bad_bearer(&self, refused: NotAdmitted, mount: &Mount) -> Reply {
        let body = json!({
            "authenticated": false,
            "error": refused.error(),
            "error_description": refused.description(),
        });
        self.challenge(refused, mount, mount.path.as_str(), &body)
    }
}

fn good_bearer(client_id: Option<&str>) -> Reply {
    let body = json!({"status": "ok", "authenticated": true, "client_id": client_id});
    reply::json(StatusCode::OK, Caching::Never, &body)
}

/// What the server is, in the words of an early proposal; static.
pub(super) fn discover(mount: &Mount, is_first: bool) -> Reply {
    // The root describes the first mount's authorization server.
    let suffix = if is_first { "" } else { mount.path.as_str() };
    reply::json(
        StatusCode::OK,
        Caching::Public,
        &json!({
            "protocol": "mcp",
            "version": "2024-11-05",
            "transport": "sse",
            "endpoint": mount.path,
            "authentication": {"type": "oauth2", "discovery": format!("{}{suffix}", routes::SERVER_METADATA)},
        }),
    )
}
