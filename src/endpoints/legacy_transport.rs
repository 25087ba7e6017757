//! A mount with the legacy pair of HTTP and SSE. The beginning of its stream is the only part of a
//! stream of an origin's that is changed.

use http::{Method, Response};
use url::Url;

use super::{edge::Edge, mcp::CallHead, way_home::Target};
use crate::{
    config::{LearnedSlash, Mount, Transport},
    mcp::{
        gateway_error::GatewayError,
        home_failure::HomeFailure,
        message_endpoint::{self, EndpointEvent},
        request_head,
    },
    ports::{FetchLimits, World},
    resource_server::principal::Passage,
    time::Lifetime,
};

/// The event comes first, at once, and is short.
const BEGINNING: FetchLimits = FetchLimits {
    size: 16 * 1024,
    patience: Lifetime::from_seconds(20),
};

impl<W: World> Edge<'_, W> {
    /// Where at home a call goes.
    pub(super) fn target(
        &self,
        mount: &Mount,
        passage: &Passage,
        head: &CallHead,
    ) -> Result<Target, GatewayError> {
        let query = head.url.query().unwrap_or_default();
        match (mount.transport, &head.method) {
            (Transport::Sse, &Method::POST) if message_endpoint::is_named(query) => {
                let (keys, origin) = (&self.config.keys, home(mount));
                message_endpoint::at_home(query, &origin, &mount.path, passage, keys)
                    .map(Target::Messages)
                    .ok_or(GatewayError::UnknownSession)
            }
            // Clients that try the newer transport first learn so that it is not spoken here.
            (Transport::Sse, method) if *method != Method::GET => Err(GatewayError::StreamFirst),
            (Transport::Sse | Transport::StreamableHttp, _) => {
                Ok(Target::Endpoint(request_head::query(query)))
            }
        }
    }

    /// A stream whose first event names a place at the edge, and no longer the one at home.
    pub(super) async fn with_own_endpoint(
        &self,
        mount: &Mount,
        passage: &Passage,
        answer: Response<W::Body>,
    ) -> Result<Response<W::Body>, GatewayError> {
        let (parts, body) = answer.into_parts();
        let is_there = |stream: &[u8]| EndpointEvent::find(stream).is_some();
        let begun = self.world.begin(body, BEGINNING, is_there).await;
        let begun = begun.map_err(|outage| self.failed(&outage, HomeFailure::NotMcp.into()))?;
        let (stream, rest) = begun.map_err(|_| HomeFailure::NotMcp)?;
        let event = EndpointEvent::find(&stream).ok_or(HomeFailure::NotMcp)?;
        let (keys, origin) = (&self.config.keys, home(mount));
        let own = message_endpoint::at_edge(&event.data, &origin, &mount.path, passage, keys);
        let own = own.ok_or(HomeFailure::NotMcp)?;
        let beginning = [&stream[..event.start], own.as_bytes(), &stream[event.end..]].concat();
        let joined = self.world.rejoin(beginning, rest);
        let joined = joined.map_err(|outage| self.failed(&outage, HomeFailure::NotMcp.into()))?;
        Ok(Response::from_parts(parts, joined))
    }
}

fn home(mount: &Mount) -> Url {
    let url = mount.origin.url(LearnedSlash::AsConfigured, None);
    url.into_owned()
}
