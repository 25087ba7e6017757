//! Sending a call home, and judging what comes back.

use std::borrow::Cow;

use http::{HeaderMap, Method, Response, StatusCode};
use url::Url;

use super::{edge::Edge, mcp::Refusal};
use crate::{
    config::{LearnedSlash, Mount},
    mcp::{
        assertion::Caller,
        gateway_error::GatewayError,
        home_failure::HomeFailure,
        message,
        verdict::{Asked, Errand, Verdict, judge},
    },
    ports::{FetchLimits, HomeRequest, Upload, World},
    time::Lifetime,
};

/// How much of a body is looked into for what it is about.
const LOOKED_INTO: FetchLimits = FetchLimits {
    size: 16 * 1024,
    patience: Lifetime::from_seconds(2),
};

/// So many bytes of an error in JSON are enough to know it by: Cloudflare's are shorter.
const SEEN: usize = 4 * 1024;

impl<W: World> Edge<'_, W> {
    /// Sends a call to the spelling of the origin that is known to answer, and, once, to the other
    /// one when the origin redirects there; that is remembered. Nothing is sent twice otherwise
    /// (TR-09).
    pub(super) async fn send(
        &self,
        mut call: Call<'_>,
        upload: Upload<W::Body, W::Held>,
    ) -> Result<Response<W::Body>, Refusal> {
        let memory = self.world.memory();
        let path = &call.mount.path;
        let slash = memory.learned_slash(path);
        let held = match &upload {
            Upload::Held(held) => Some(held.clone()),
            Upload::Nothing | Upload::Stream { .. } | Upload::Whole(_) => None,
        };
        let has_streamed = matches!(upload, Upload::Stream { .. });
        let location = match self
            .send_once(&mut call, slash, upload, held.as_ref())
            .await?
        {
            Outcome::Answered(answer) => return Ok(answer),
            Outcome::Redirected(location) => location,
        };
        let there = call.url(slash).join(&location);
        if !there.is_ok_and(|there| there == *call.url(slash.other())) {
            return Err(HomeFailure::Redirects.into());
        }
        if has_streamed {
            // A message that streamed is gone, but the next one finds the way.
            memory.learn_slash(path, slash.other());
            return Err(HomeFailure::Redirects.into());
        }
        let again = held.clone().map_or(Upload::Nothing, Upload::Held);
        match self
            .send_once(&mut call, slash.other(), again, held.as_ref())
            .await?
        {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::Redirected(_) => Err(HomeFailure::Redirects.into()),
        }
    }

    async fn send_once(
        &self,
        call: &mut Call<'_>,
        slash: LearnedSlash,
        upload: Upload<W::Body, W::Held>,
        held: Option<&W::Held>,
    ) -> Result<Outcome<W::Body>, Refusal> {
        let url = call.url(slash).into_owned();
        if let Some(caller) = call.caller {
            let signed = self.assert(&mut call.headers, caller, call.mount, (call.method, &url));
            let signed = signed.await;
            signed.map_err(|outage| self.failed(&outage, GatewayError::CannotSign))?;
        }
        let answer = self.ask_home(call, &url, upload).await?;
        let (status, headers) = (answer.status(), answer.headers());
        match judge(call.asked, status, headers) {
            Verdict::Redirect(location) => Ok(Outcome::Redirected(location)),
            Verdict::Relay => {
                self.learn(call, slash);
                Ok(Outcome::Answered(answer))
            }
            Verdict::Doubt(failure) => {
                let answer = self.unless_cloudflares(answer, failure).await?;
                self.learn(call, slash);
                Ok(Outcome::Answered(answer))
            }
            Verdict::Silence(failure) => {
                if self.wants_answer(held) {
                    return Err(failure.into());
                }
                self.learn(call, slash);
                let mut accepted = Response::new(self.world.nothing());
                *accepted.status_mut() = StatusCode::ACCEPTED;
                Ok(Outcome::Answered(accepted))
            }
            Verdict::Instead(error) => {
                if error.is_origins_own() {
                    self.learn(call, slash);
                }
                Err(self
                    .with_what_it_says(error, answer.into_body())
                    .await
                    .into())
            }
        }
    }

    /// Sends the request, and waits for the head of its answer.
    async fn ask_home(
        &self,
        call: &Call<'_>,
        url: &Url,
        upload: Upload<W::Body, W::Held>,
    ) -> Result<Response<W::Body>, GatewayError> {
        let streamed = match &upload {
            Upload::Stream { patience, .. } => Some(*patience),
            Upload::Held(_) | Upload::Nothing | Upload::Whole(_) => None,
        };
        let patience = self.config.wire.origin_patience;
        let request = HomeRequest {
            method: call.method,
            url,
            binding: call.mount.binding(),
            headers: &call.headers,
            upload,
            patience,
        };
        let begun = self.world.now();
        let answer = self.world.send(request).await;
        answer.map_err(|outage| {
            let took = begun.until(self.world.now());
            let error = if streamed.is_some_and(|patience| patience <= took) {
                GatewayError::CallUnreadable
            } else if patience <= took {
                HomeFailure::Slow.into()
            } else {
                HomeFailure::Unreachable.into()
            };
            self.failed(&outage, error)
        })
    }

    /// Whether a message is a request, as far as it is looked into: a notification is short.
    fn wants_answer(&self, held: Option<&W::Held>) -> bool {
        held.filter(|held| self.world.length(held) <= LOOKED_INTO.size as u64)
            .is_none_or(|held| message::wants_answer(&self.world.look_into(held)))
    }

    /// An answer, unless its body shows that Cloudflare has given it.
    async fn unless_cloudflares(
        &self,
        answer: Response<W::Body>,
        failure: HomeFailure,
    ) -> Result<Response<W::Body>, GatewayError> {
        let (parts, body) = answer.into_parts();
        let is_seen = |begun: &[u8]| begun.len() >= SEEN || HomeFailure::is_cloudflares(begun);
        let begun = self.world.begin(body, LOOKED_INTO, is_seen).await;
        let begun = begun.map_err(|outage| self.failed(&outage, HomeFailure::Slow.into()))?;
        let (begun, rest) = begun.map_err(|_| HomeFailure::NotMcp)?;
        if HomeFailure::is_cloudflares(&begun) {
            return Err(failure.into());
        }
        let whole = self.world.rejoin(begun, rest);
        let whole = whole.map_err(|outage| self.failed(&outage, HomeFailure::Slow.into()))?;
        Ok(Response::from_parts(parts, whole))
    }

    /// An error about home, with what the body of home's answer says of it.
    async fn with_what_it_says(&self, error: GatewayError, body: W::Body) -> GatewayError {
        let GatewayError::Home(failure) = error else {
            return error;
        };
        if !failure.is_told_by_body() {
            return error;
        }
        match self.world.read(body, LOOKED_INTO).await {
            Ok(Ok(body)) => failure.seen_in(&body).into(),
            Ok(Err(_)) | Err(_) => error,
        }
    }

    fn learn(&self, call: &Call<'_>, slash: LearnedSlash) {
        if let Target::Messages(_) = call.target {
            return;
        }
        let memory = self.world.memory();
        if memory.learned_slash(&call.mount.path) != slash {
            memory.learn_slash(&call.mount.path, slash);
        }
    }
}

/// A call as it goes home, but for its body.
pub(super) struct Call<'a> {
    pub(super) mount: &'a Mount,
    pub(super) method: &'a Method,
    /// Who makes it; none on an open mount.
    pub(super) caller: Option<&'a Caller<'a>>,
    pub(super) headers: HeaderMap,
    pub(super) asked: Asked,
    pub(super) target: Target,
}

/// Where at home a call goes.
pub(super) enum Target {
    /// To the MCP endpoint, with this query.
    Endpoint(Option<String>),
    /// To where the legacy transport's stream said that messages go.
    Messages(Url),
}

impl Target {
    /// What a call of this method asks for there.
    pub(super) fn asked(&self, method: &Method, in_session: bool) -> Asked {
        let errand = match (self, method) {
            (Self::Messages(_), _) => Errand::StreamedMessage,
            (Self::Endpoint(_), &Method::GET) => Errand::Listen,
            (Self::Endpoint(_), &Method::DELETE) => Errand::EndSession,
            (Self::Endpoint(_), _) => Errand::Message,
        };
        Asked { errand, in_session }
    }
}

impl Call<'_> {
    fn url(&self, slash: LearnedSlash) -> Cow<'_, Url> {
        match &self.target {
            Target::Endpoint(query) => self.mount.origin.url(slash, query.as_deref()),
            Target::Messages(url) => Cow::Borrowed(url),
        }
    }
}

/// What became of sending a call home.
enum Outcome<B> {
    Answered(Response<B>),
    Redirected(String),
}
