//! The way home of an admitted call.

use http::{HeaderMap, HeaderValue, Method, Response, header};
use url::Url;

use super::{
    edge::{Edge, IncomingRequest, Payload, own},
    mcp::Answer,
    reply::{self, Reply},
};
use crate::{
    config::Mount,
    mcp::{
        gateway_error::GatewayError,
        request_head,
        response_head::{self, Verdict},
        session_id::{self, MCP_SESSION_ID},
    },
    ports::{LearnedSlash, Outage, Upload, World},
    resource_server::principal::Passage,
};

/// The largest message that is read; longer ones must say their length, and then they stream.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

impl<W: World> Edge<'_, W> {
    /// Sends an admitted call home. A redirect to the same endpoint with another slash is followed
    /// once and remembered; nothing is sent twice otherwise (TR-09).
    pub(super) async fn forward(
        &self,
        mount: &Mount,
        passage: &Passage,
        request: IncomingRequest<W::Body>,
    ) -> Result<Answer<W>, Outage> {
        let IncomingRequest {
            method,
            url,
            headers,
            body,
        } = request;
        if !matches!(method, Method::DELETE | Method::GET | Method::POST) {
            return Ok(own(method_not_offered()));
        }
        let keys = &self.config.keys;
        let session = match headers.get(MCP_SESSION_ID) {
            None => None,
            Some(bound) => match session_id::unbind(bound, passage, keys) {
                Some(session) => Some(session),
                None => return Ok(own(reply::gateway_error(GatewayError::UnknownSession))),
            },
        };
        let in_session = session.is_some();
        let learned = self.world.memory().learned_slash(&mount.path);
        let upload = match self.upload(&method, &headers, body, learned).await? {
            Ok(upload) => upload,
            Err(error) => return Ok(own(reply::gateway_error(error))),
        };
        let again = match &upload {
            Upload::Bytes(bytes) => Some(Upload::Bytes(bytes.clone())),
            Upload::Nothing => Some(Upload::Nothing),
            Upload::Stream(_) => None,
        };
        let sent = request_head::headers(&method, &headers, session, &mount.origin_headers);
        let call = Call {
            mount,
            method: &method,
            headers: &sent,
            query: request_head::query(url.query().unwrap_or_default()),
            in_session,
        };

        let first = self
            .send(&call, learned == LearnedSlash::Other, upload)
            .await;
        let outcome = match first {
            Outcome::Redirected(location) => {
                self.follow(&call, &location, learned == LearnedSlash::Other, again)
                    .await
            }
            outcome @ (Outcome::Answered(_) | Outcome::Failed(_)) => outcome,
        };
        Ok(match outcome {
            Outcome::Answered(answer) => {
                let (parts, body) = answer.into_parts();
                let session = parts
                    .headers
                    .get(MCP_SESSION_ID)
                    .and_then(|session| session_id::bind(session, passage, keys));
                let mut relayed = Response::new(Payload::Home(body));
                *relayed.status_mut() = parts.status;
                *relayed.headers_mut() = response_head::headers(&parts.headers, session);
                relayed
            }
            Outcome::Failed(error) => own(reply::gateway_error(error)),
            Outcome::Redirected(_) => {
                self.world
                    .memory()
                    .learn_slash(&mount.path, LearnedSlash::Unknown);
                own(reply::gateway_error(GatewayError::OriginRedirects))
            }
        })
    }

    /// What goes up with the call: the client's stream, when it says its length and the origin's
    /// endpoint is known; else bytes, which can be sent once more to the other spelling.
    async fn upload(
        &self,
        method: &Method,
        headers: &HeaderMap,
        body: W::Body,
        learned: LearnedSlash,
    ) -> Result<Result<Upload<W::Body>, GatewayError>, Outage> {
        if *method != Method::POST {
            return Ok(Ok(Upload::Nothing));
        }
        let length = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok());
        let length: Option<usize> = length.and_then(|length| length.parse().ok());
        let streams = length
            .is_some_and(|length| learned != LearnedSlash::Unknown || length > LARGEST_MESSAGE);
        if streams {
            return Ok(Ok(Upload::Stream(body)));
        }
        let read = self.world.read(body, LARGEST_MESSAGE).await?;
        Ok(read
            .map(Upload::Bytes)
            .map_err(|_| GatewayError::CallTooLarge))
    }

    async fn send(
        &self,
        call: &Call<'_>,
        other_slash: bool,
        upload: Upload<W::Body>,
    ) -> Outcome<W::Body> {
        let url = call.url(other_slash);
        let answer = match self
            .world
            .send(call.method, &url, call.headers, upload)
            .await
        {
            Ok(answer) => answer,
            Err(outage) => {
                self.world.report(&outage);
                return Outcome::Failed(GatewayError::OriginUnreachable);
            }
        };
        let judged = response_head::judge(
            call.method,
            call.in_session,
            answer.status(),
            answer.headers(),
        );
        let outcome = match judged {
            Verdict::Redirect(location) => return Outcome::Redirected(location),
            Verdict::Instead(error) => Outcome::Failed(error),
            Verdict::Relay => Outcome::Answered(answer),
        };
        let slash = if other_slash {
            LearnedSlash::Other
        } else {
            LearnedSlash::AsConfigured
        };
        self.world.memory().learn_slash(&call.mount.path, slash);
        outcome
    }

    async fn follow(
        &self,
        call: &Call<'_>,
        location: &str,
        other_slash: bool,
        upload: Option<Upload<W::Body>>,
    ) -> Outcome<W::Body> {
        let (sent, other) = (call.url(other_slash), call.url(!other_slash));
        let same_but_slash = sent.join(location).is_ok_and(|named| named == other);
        match upload {
            Some(upload) if same_but_slash => self.send(call, !other_slash, upload).await,
            _ => Outcome::Redirected(location.to_owned()),
        }
    }
}

/// A call as it goes home, but for its body.
struct Call<'a> {
    mount: &'a Mount,
    method: &'a Method,
    headers: &'a HeaderMap,
    query: Option<String>,
    in_session: bool,
}

impl Call<'_> {
    fn url(&self, other_slash: bool) -> Url {
        let query = self.query.as_deref();
        if other_slash {
            self.mount.origin.other_slash().with_query(query)
        } else {
            self.mount.origin.with_query(query)
        }
    }
}

/// What became of sending a call home.
enum Outcome<B> {
    Answered(Response<B>),
    Failed(GatewayError),
    Redirected(String),
}

fn method_not_offered() -> Reply {
    let mut reply = reply::gateway_error(GatewayError::MethodNotAllowed);
    let allow = HeaderValue::from_static("GET, POST, DELETE");
    reply.headers_mut().insert(header::ALLOW, allow);
    reply
}
