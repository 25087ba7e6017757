//! What the log gets of a request, and how an answer names the request in it.

use http::{HeaderMap, HeaderName, HeaderValue, Response};

use super::edge::{Edge, Payload};
use crate::{
    ports::{Outage, World},
    secret::{Digest, random_name},
    steps::{Step, StepLine},
};

/// Names a request that failed as the log does.
const REQUEST_ID: HeaderName = HeaderName::from_static("gatelodge-request-id");

/// What an error says: one of the edge's own sentences.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(pub(super) &'static str);

impl<W: World> Edge<'_, W> {
    /// What the log and an error call the request.
    pub(super) fn request_id(&self) -> &str {
        self.request_id.get_or_init(|| random_name(self.random))
    }

    /// A line of the log about the request.
    pub(super) fn line(&self, step: Step) -> StepLine<'_> {
        StepLine::of(step, self.request_id())
    }

    /// Writes an outage that is answered to the log.
    pub(super) fn report(&self, outage: &Outage) {
        self.world.report(outage, self.request_id());
    }
}

/// Whether an answer is an error of the edge's own.
pub(super) fn is_wanted<B>(answer: &Response<Payload<B>>) -> bool {
    answer.status().as_u16() >= 400 && matches!(answer.body(), Payload::Own(_))
}

/// Names the request in an error of the edge's own, and writes what it says to the log.
pub(super) fn put<B>(answer: &mut Response<Payload<B>>, world: &impl World, request_id: &str) {
    if let Some(Words(words)) = answer.extensions().get() {
        let line = StepLine::of(Step::Refused, request_id).saying(words);
        let client: Option<&Digest> = answer.extensions().get();
        world.log(&match client {
            Some(client) => line.by(*client),
            None => line,
        });
    }
    name(answer.headers_mut(), request_id);
}

/// Names the request in the head of its answer.
pub(super) fn name(headers: &mut HeaderMap, request_id: &str) {
    if let Ok(value) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, value);
    }
}
