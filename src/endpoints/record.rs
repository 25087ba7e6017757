//! What the log gets of a request, and how an answer names the request in it.

use http::{HeaderName, HeaderValue, Response};

use super::edge::{Edge, Payload};
use crate::{
    ports::World,
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
    pub(super) fn name(&self) -> &str {
        self.name.get_or_init(|| random_name(self.random))
    }

    /// A line of the log about the request.
    pub(super) fn line(&self, step: Step) -> StepLine<'_> {
        StepLine::of(step, self.name())
    }

    /// Names the request in an error of the edge's own, and writes the error to the log.
    pub(super) fn put_on_record(&self, answer: &mut Response<Payload<W::Body>>) {
        if answer.status().as_u16() < 400 || !matches!(answer.body(), Payload::Own(_)) {
            return;
        }
        if let Some(Words(words)) = answer.extensions().get() {
            let line = self.line(Step::Refused).saying(words);
            let client: Option<&Digest> = answer.extensions().get();
            self.world.log(&match client {
                Some(client) => line.by(*client),
                None => line,
            });
        }
        if let Ok(name) = HeaderValue::from_str(self.name()) {
            answer.headers_mut().insert(REQUEST_ID, name);
        }
    }
}
