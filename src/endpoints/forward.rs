//! An admitted call, from the client to home and back.

use http::{Method, Response};

use super::{
    edge::{Edge, Payload},
    mcp::{Answer, CallHead, Refusal},
    watch::Watch,
    way_home::Call,
};
use crate::{
    config::{Mount, Transport},
    mcp::{
        assertion::Caller,
        gateway_error::GatewayError,
        media_type, request_head, response_head,
        session_id::{self, MCP_SESSION_ID},
    },
    ports::{Upload, World},
    resource_server::principal::Passage,
};

impl<W: World> Edge<'_, W> {
    /// 1. The method is one of MCP's.
    /// 2. The session, if the call names one, is the caller's own (TR-28).
    /// 3. The message is taken in; it may have been long on its way, so the caller is admitted again.
    /// 4. The call goes home.
    /// 5. The answer's head is rewritten; its body passes.
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
        let caller = Caller::of(passage);
        let mut sent = request_head::headers(method, headers, session, &mount.origin_headers);
        if let Some(caller) = &caller {
            caller.tell(&mut sent);
        }
        let call = Call {
            mount,
            method,
            caller: caller.as_ref(),
            headers: sent,
            asked: target.asked(method, in_session),
            target,
        };
        let mut answer = self.send(call, upload).await?;
        if mount.transport == Transport::Sse && *method == Method::GET {
            answer = self.with_own_endpoint(mount, passage, answer).await?;
        }
        // Home may have taken its time, and a stream is watched from when it opens.
        if media_type::is_event_stream(answer.headers()) {
            let good = self.readmit(passage).await;
            good.map_err(|outage| self.failed(&outage, GatewayError::LedgerUnreachable))??;
        }
        Ok(self.relay(passage, answer))
    }

    /// The origin's answer, as the client gets it.
    fn relay(&self, passage: &Passage, answer: Response<W::Body>) -> Answer<W> {
        let (parts, body) = answer.into_parts();
        let session = parts
            .headers
            .get(MCP_SESSION_ID)
            .and_then(|session| session_id::bind(session, passage, &self.config.keys));
        let payload = if media_type::is_event_stream(&parts.headers) {
            Payload::Events(body, Watch::over(passage))
        } else {
            Payload::Home(body)
        };
        let mut relayed = Response::new(payload);
        *relayed.status_mut() = parts.status;
        *relayed.headers_mut() = response_head::headers(&parts.headers, session);
        relayed
    }
}
