//! A mount: who may call is admitted, and the call goes home (RS-20, TR-01).

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use url::Url;

use super::{
    edge::{Edge, IncomingRequest, Payload, own},
    reply::{self, Reply},
};
use crate::{
    config::{Auth, Mount, Probe},
    mcp::{
        cross_origin::Caller, gateway_error::GatewayError, home_failure::HomeFailure, probe,
        response_head,
    },
    oauth::error::ErrorAnswer,
    owner::network,
    ports::{Home, Outage, World},
    resource_server::challenge::NotAdmitted,
    secret::Digest,
    steps::Step,
    time::Lifetime,
};

const METHODS: &str = "GET, POST, DELETE, OPTIONS";
/// An answer at a mount: the origin's or the edge's.
pub(super) type Answer<W> = Response<Payload<<W as Home>::Body>>;

/// A call without its body.
pub(super) struct CallHead {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
}

/// Why a call does not reach home, or its answer not the client.
pub(super) enum Refusal {
    /// The caller is not let in.
    NotAdmitted(NotAdmitted),
    /// The gateway answers in the origin's place; the client, if one was let in.
    Gateway(GatewayError, Option<Digest>),
}

impl Refusal {
    fn by(self, client: Option<Digest>) -> Self {
        match self {
            Self::Gateway(error, _) => Self::Gateway(error, client),
            Self::NotAdmitted(_) => self,
        }
    }
}

impl From<NotAdmitted> for Refusal {
    fn from(refused: NotAdmitted) -> Self {
        Self::NotAdmitted(refused)
    }
}

impl From<HomeFailure> for Refusal {
    fn from(failure: HomeFailure) -> Self {
        GatewayError::from(failure).into()
    }
}

impl From<GatewayError> for Refusal {
    fn from(error: GatewayError) -> Self {
        Self::Gateway(error, None)
    }
}

impl<W: World> Edge<'_, W> {
    /// 1. `Origin` (TR-02).
    /// 2. Preflight, before authentication.
    /// 3. The token, or a challenge.
    /// 4. The call goes home.
    pub(super) async fn mcp(&self, mount: &Mount, request: IncomingRequest<W::Body>) -> Answer<W> {
        let IncomingRequest {
            method,
            url,
            headers,
            body,
        } = request;
        let head = CallHead {
            method,
            url,
            headers,
        };
        let caller = Caller::of(&head.headers, &self.issuer, &self.config.allowed_origins);
        let mut answer = match (&caller, &head.method) {
            (Caller::Foreign, _) => {
                own(self.gateway_error(GatewayError::ForeignOrigin, mount, None))
            }
            (_, &Method::OPTIONS) => own(preflight(mount, &head.headers)),
            _ => match self.call(mount, &head, body).await {
                Ok(answer) => answer,
                Err(Refusal::Gateway(error, client)) => {
                    own(self.gateway_error(error, mount, client))
                }
                Err(Refusal::NotAdmitted(refused)) => self.refuse(refused, mount, &head).await,
            },
        };
        caller.allow(answer.headers_mut());
        answer
    }

    async fn call(
        &self,
        mount: &Mount,
        head: &CallHead,
        body: W::Body,
    ) -> Result<Answer<W>, Refusal> {
        let admitted = self.admit(mount, &head.headers).await;
        let passage =
            admitted.map_err(|outage| self.failed(&outage, GatewayError::LedgerUnreachable))??;
        let forwarded = self.forward(mount, &passage, head, body).await;
        forwarded.map_err(|refusal| refusal.by(passage.client()))
    }

    /// The world failed: the log gets the cause, and the client this.
    pub(super) fn failed(&self, outage: &Outage, error: GatewayError) -> GatewayError {
        self.report(outage);
        error
    }

    /// The gateway's error in the origin's place, on record.
    pub(super) fn gateway_error(
        &self,
        error: GatewayError,
        mount: &Mount,
        client: Option<Digest>,
    ) -> Reply {
        let step = if error.is_about_home() {
            Step::OriginFailed
        } else {
            Step::Refused
        };
        let (_, words) = error.words();
        let mut line = self.line(step).at(&mount.path).saying(words);
        line.client = client;
        self.world.log(&line);
        reply::gateway_error(error, self.request_id())
    }

    /// A challenge, or the discovery stream where the mount offers it.
    async fn refuse(&self, refused: NotAdmitted, mount: &Mount, head: &CallHead) -> Answer<W> {
        let body = ErrorAnswer::new(refused.error(), refused.description());
        let line = match refused {
            NotAdmitted::NoToken => self.line(Step::Challenge),
            NotAdmitted::Expired
            | NotAdmitted::InsufficientScope
            | NotAdmitted::Invalid
            | NotAdmitted::Revoked
            | NotAdmitted::SeveralTokens => self.line(Step::Refused).saying(refused.description()),
        };
        self.world.log(&line.at(&mount.path));
        let challenge = || self.challenge(refused, mount, head.url.path(), &body);
        let streams = mount.probe == Probe::Stream
            && head.method == Method::GET
            && refused.status() == StatusCode::UNAUTHORIZED
            && probe::may_get_stream(&head.headers);
        if !streams {
            return own(challenge());
        }
        let network = network::of_request(&head.headers, &self.config.keys);
        match self.world.probe_fits(&network).await {
            Ok(true) => probe_stream(),
            Ok(false) => {
                let mut reply = challenge();
                reply::retry_after(&mut reply, Lifetime::from_minutes(1));
                own(reply)
            }
            Err(outage) => {
                self.report(&outage);
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
fn preflight(mount: &Mount, headers: &HeaderMap) -> Reply {
    let mut reply = reply::preflight(headers, METHODS);
    let auth = match mount.auth {
        Auth::External(_) | Auth::Owner => Some(("x-mcp-auth", "oauth2")),
        Auth::Open => None,
    };
    let told = [("x-mcp-transport", "sse"), ("x-mcp-version", "2024-11-05")];
    for (name, value) in told.into_iter().chain(auth) {
        let value = HeaderValue::from_static(value);
        reply.headers_mut().insert(name, value);
    }
    reply
}
