//! The way home of an admitted call.

use std::borrow::Cow;

use http::{HeaderMap, Method, Response, header};
use url::Url;

use super::{
    edge::{Edge, Payload},
    mcp::{Answer, CallHead, Refusal},
    watch::Watch,
};
use crate::{
    config::{LearnedSlash, Mount, Transport},
    mcp::{
        gateway_error::GatewayError,
        media_type, request_head,
        response_head::{self, Verdict},
        session_id::{self, MCP_SESSION_ID},
    },
    ports::{FetchLimits, IsolateMemory, Upload, World},
    resource_server::principal::Passage,
};

/// The largest message that is taken in whole, so that it is judged, and sent, once it is there.
/// Longer ones must say their length, and then they stream.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

impl<W: World> Edge<'_, W> {
    /// Sends an admitted call home. A redirect to the same endpoint with another slash is followed
    /// once and remembered; nothing is sent twice otherwise (TR-09).
    ///
    /// A message that is taken in may have been long on its way, so the caller is admitted again
    /// when it is there; one that streams must be there in time.
    pub(super) async fn forward(
        &self,
        mount: &Mount,
        passage: &Passage,
        head: &CallHead,
        body: W::Body,
    ) -> Result<Answer<W>, Refusal> {
        let (method, headers) = (&head.method, &head.headers);
        if !matches!(*method, Method::DELETE | Method::GET | Method::POST) {
            return Err(GatewayError::MethodNotOffered.into());
        }
        let keys = &self.config.keys;
        let session = match headers.get(MCP_SESSION_ID) {
            None => None,
            Some(bound) => {
                Some(session_id::unbind(bound, passage, keys).ok_or(GatewayError::UnknownSession)?)
            }
        };
        let in_session = session.is_some();
        let target = self.target(mount, passage, head)?;
        let (upload, _room) = match *method {
            Method::POST => self.upload(headers, body, passage).await?,
            _ => (Upload::Nothing, None),
        };
        let sent = request_head::headers(method, headers, session, &mount.origin_headers);
        let call = Call {
            mount,
            method,
            headers: &sent,
            target,
            in_session,
        };
        let mut answer = self.send(&call, upload).await?;
        if mount.transport == Transport::Sse && *method == Method::GET {
            answer = self.with_own_endpoint(mount, passage, answer).await?;
        }
        let (parts, body) = answer.into_parts();
        let session = parts
            .headers
            .get(MCP_SESSION_ID)
            .and_then(|session| session_id::bind(session, passage, keys));
        let streams = media_type::is_event_stream(&parts.headers);
        let mut relayed = Response::new(match Watch::over(passage) {
            Some(watch) if streams => Payload::Watched(body, watch),
            Some(_) | None => Payload::Home(body),
        });
        *relayed.status_mut() = parts.status;
        *relayed.headers_mut() = response_head::headers(&parts.headers, session);
        Ok(relayed)
    }

    /// What goes up with a call. On an open mount nobody is admitted, so that nothing is to be
    /// judged once it is there: what says its length streams.
    async fn upload(
        &self,
        headers: &HeaderMap,
        body: W::Body,
        passage: &Passage,
    ) -> Result<(Upload<W::Body, W::Held>, Option<Reservation<'_>>), Refusal> {
        let length = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let largest = LARGEST_MESSAGE as u64;
        let is_open = matches!(passage, Passage::Open);
        if let Some(length) = length.filter(|length| is_open || *length > largest) {
            let patience = self.config.lifetimes.grant_cache.times(10);
            let stream = Upload::Stream {
                body,
                length,
                patience,
            };
            return Ok((stream, None));
        }
        let room = Reservation::make(self.world.memory(), length.unwrap_or(largest));
        let room = room.ok_or(GatewayError::Busy)?;
        let limits = FetchLimits {
            size: LARGEST_MESSAGE,
            patience: self.config.lifetimes.grant_cache.times(4),
        };
        let held = self.world.hold(body, length, limits).await;
        let held = held.map_err(|outage| self.failed(&outage, GatewayError::CallUnreadable))?;
        self.body_came();
        let held = held.map_err(|_| GatewayError::CallTooLarge)?;
        let good = self.readmit(passage).await;
        good.map_err(|outage| self.failed(&outage, GatewayError::LedgerUnreachable))??;
        Ok((Upload::Held(held), Some(room)))
    }

    /// Sends a call to the spelling of the origin that is known to answer, and, once, to the other
    /// one when the origin says so.
    async fn send(
        &self,
        call: &Call<'_>,
        upload: Upload<W::Body, W::Held>,
    ) -> Result<Response<W::Body>, GatewayError> {
        let memory = self.world.memory();
        let path = &call.mount.path;
        let slash = memory.learned_slash(path);
        let again = match &upload {
            Upload::Held(held) => Some(Upload::Held(held.clone())),
            Upload::Nothing => Some(Upload::Nothing),
            Upload::Stream { .. } | Upload::Whole(_) => None,
        };
        let location = match self.send_once(call, slash, upload).await? {
            Outcome::Answered(answer) => return Ok(answer),
            Outcome::Redirected(location) => location,
        };
        let there = call.url(slash).join(&location);
        if !there.is_ok_and(|there| there == *call.url(slash.other())) {
            return Err(GatewayError::OriginRedirects);
        }
        let Some(again) = again else {
            // A message that streamed is gone, but the next one finds the way.
            memory.learn_slash(path, slash.other());
            return Err(GatewayError::OriginRedirects);
        };
        match self.send_once(call, slash.other(), again).await? {
            Outcome::Answered(answer) => Ok(answer),
            Outcome::Redirected(_) => Err(GatewayError::OriginRedirects),
        }
    }

    async fn send_once(
        &self,
        call: &Call<'_>,
        slash: LearnedSlash,
        upload: Upload<W::Body, W::Held>,
    ) -> Result<Outcome<W::Body>, GatewayError> {
        let patience = match &upload {
            Upload::Stream { patience, .. } => Some(*patience),
            Upload::Held(_) | Upload::Nothing | Upload::Whole(_) => None,
        };
        let begun = self.world.now();
        let url = call.url(slash);
        let sent = self.world.send(call.method, &url, call.headers, upload);
        let answer = sent.await.map_err(|outage| {
            let late = patience.is_some_and(|patience| begun.plus(patience) <= self.world.now());
            let error = if late {
                GatewayError::CallUnreadable
            } else {
                GatewayError::OriginUnreachable
            };
            self.failed(&outage, error)
        })?;
        let (status, headers) = (answer.status(), answer.headers());
        match response_head::judge(call.method, call.in_session, status, headers) {
            Verdict::Redirect(location) => Ok(Outcome::Redirected(location)),
            Verdict::Relay => {
                self.learn(call, slash);
                Ok(Outcome::Answered(answer))
            }
            Verdict::Instead(error) => {
                if error.is_origins_own() {
                    self.learn(call, slash);
                }
                Err(error)
            }
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

/// Room in the isolate for a message, for as long as its call is on the way home. Messages that say
/// nothing of their length, or are long, leave some to the others.
struct Reservation<'a> {
    memory: &'a IsolateMemory,
    bytes: u64,
}

impl<'a> Reservation<'a> {
    const ALL: u64 = 32 * 1024 * 1024;
    const FOR_LONG: u64 = 24 * 1024 * 1024;
    const SHORT: u64 = 64 * 1024;

    fn make(memory: &'a IsolateMemory, bytes: u64) -> Option<Self> {
        let most = if bytes > Self::SHORT {
            Self::FOR_LONG
        } else {
            Self::ALL
        };
        let held = memory.held.get() + bytes;
        if held > most {
            return None;
        }
        memory.held.set(held);
        Some(Self { memory, bytes })
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.memory.held.set(self.memory.held.get() - self.bytes);
    }
}

/// A call as it goes home, but for its body.
struct Call<'a> {
    mount: &'a Mount,
    method: &'a Method,
    headers: &'a HeaderMap,
    target: Target,
    in_session: bool,
}

/// Where at home a call goes.
pub(super) enum Target {
    /// To the MCP endpoint, with this query.
    Endpoint(Option<String>),
    /// To where the legacy transport's stream said that messages go.
    Messages(Url),
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
