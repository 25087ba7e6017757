//! A mount: who may call is admitted, and the call goes home (RS-20, TR-01).

use http::{Method, Response, StatusCode};

use super::{
    edge::{Edge, IncomingRequest, Payload, own},
    reply::{self, Caching, Reply},
};
use crate::{
    config::Mount,
    mcp::{cross_origin::Caller, gateway_error::GatewayError},
    oauth::error::ErrorAnswer,
    ports::{Home, Outage, World},
};

const METHODS: &str = "GET, POST, DELETE, OPTIONS";
/// An answer at a mount: the origin's or the edge's.
pub(super) type Answer<W> = Response<Payload<<W as Home>::Body>>;

impl<W: World> Edge<'_, W> {
    /// 1. `Origin` (TR-02).
    /// 2. Preflight, before authentication.
    /// 3. The token, or a challenge.
    /// 4. The call goes home.
    pub(super) async fn mcp(
        &self,
        mount: &Mount,
        typed: &str,
        request: IncomingRequest<W::Body>,
    ) -> Result<Answer<W>, Outage> {
        let config = self.config;
        let caller = Caller::of(&request.headers, &self.issuer, &config.allowed_origins);
        let head_only = request.method == Method::HEAD;
        let mut answer = match (&caller, &request.method) {
            (Caller::Foreign, _) => own(foreign_origin()),
            (_, &Method::OPTIONS) => own(reply::preflight(&request.headers, METHODS)),
            _ => match self.admit(mount, &request.headers).await {
                Ok(Ok(passage)) => self.forward(mount, &passage, request).await?,
                Ok(Err(refused)) => {
                    let body = ErrorAnswer::new(refused.error(), refused.description());
                    own(self.challenge(refused, mount, typed, &body))
                }
                Err(outage) => {
                    self.world.report(&outage);
                    own(reply::gateway_error(GatewayError::LedgerUnreachable))
                }
            },
        };
        caller.allow(answer.headers_mut());
        if head_only && let Payload::Own(body) = answer.body_mut() {
            body.clear();
        }
        Ok(answer)
    }
}

fn foreign_origin() -> Reply {
    reply::json(
        StatusCode::FORBIDDEN,
        Caching::Never,
        &serde_json::json!({
            "jsonrpc": "2.0",
            "error": {"code": -32600, "message": "Pages of this web origin may not call this server."},
        }),
    )
}
