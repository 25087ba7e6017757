//! A mount: who may call is admitted, and the call goes home (RS-20, TR-01).

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use super::{
    edge::{Edge, IncomingRequest, Payload, own},
    reply::{self, Caching, Reply},
};
use crate::{
    config::{Mount, Probe},
    mcp::{cross_origin::Caller, gateway_error::GatewayError, probe, response_head},
    oauth::error::ErrorAnswer,
    owner::network,
    ports::{Home, World},
    resource_server::challenge::NotAdmitted,
    time::Lifetime,
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
    ) -> Answer<W> {
        let config = self.config;
        let caller = Caller::of(&request.headers, &self.issuer, &config.allowed_origins);
        let head_only = request.method == Method::HEAD;
        let mut answer = match (&caller, &request.method) {
            (Caller::Foreign, _) => own(foreign_origin()),
            (_, &Method::OPTIONS) => own(preflight(&request.headers)),
            _ => match self.admit(mount, &request.headers).await {
                Ok(Ok(passage)) => {
                    let forwarded = self.forward(mount, &passage, request).await;
                    forwarded.unwrap_or_else(|outage| {
                        self.world.report(&outage);
                        own(reply::gateway_error(GatewayError::CallUnreadable))
                    })
                }
                Ok(Err(refused)) => self.refuse(refused, mount, typed, &request).await,
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
        answer
    }

    /// A challenge, or the discovery stream where the mount offers it.
    async fn refuse(
        &self,
        refused: NotAdmitted,
        mount: &Mount,
        typed: &str,
        request: &IncomingRequest<W::Body>,
    ) -> Answer<W> {
        let body = ErrorAnswer::new(refused.error(), refused.description());
        let challenge = || self.challenge(refused, mount, typed, &body);
        let streams = mount.probe == Probe::Stream
            && request.method == Method::GET
            && refused.status() == StatusCode::UNAUTHORIZED
            && probe::may_get_stream(&request.headers);
        if !streams {
            return own(challenge());
        }
        let network = network::of_request(&request.headers, &self.config.keys);
        match self.world.probe_fits(&network).await {
            Ok(true) => probe_stream(),
            Ok(false) => {
                let mut reply = challenge();
                reply::retry_after(&mut reply, Lifetime::from_minutes(1));
                own(reply)
            }
            Err(outage) => {
                self.world.report(&outage);
                own(challenge())
            }
        }
    }
}

fn probe_stream<B>() -> Response<Payload<B>> {
    let mut answer = Response::new(Payload::Probe);
    let mut origin = HeaderMap::new();
    let event_stream = HeaderValue::from_static("text/event-stream");
    origin.insert(header::CONTENT_TYPE, event_stream);
    *answer.headers_mut() = response_head::headers(&origin, None);
    answer
}

/// Preflight of a mount; a caller that reads no more than this learns what is there.
fn preflight(headers: &HeaderMap) -> Reply {
    let mut reply = reply::preflight(headers, METHODS);
    for (name, value) in [
        ("x-mcp-auth", "oauth2"),
        ("x-mcp-transport", "sse"),
        ("x-mcp-version", "2024-11-05"),
    ] {
        let value = HeaderValue::from_static(value);
        reply.headers_mut().insert(name, value);
    }
    reply
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
