//! Reading the body of a request to one of the edge's own endpoints.

use http::HeaderMap;

use super::{
    edge::{Edge, IncomingRequest},
    reply::{self, Reply},
};
use crate::{
    mcp::media_type,
    oauth::{
        error::{ErrorAnswer, ErrorCode},
        form::Parameters,
    },
    ports::{FetchLimits, Outage, World},
    time::Lifetime,
};

/// No proper request is larger, or takes longer to come.
const LIMITS: FetchLimits = FetchLimits {
    size: 64 * 1024,
    patience: Lifetime::from_minutes(1),
};

/// What is known of a request once its body was read.
pub(super) struct ReadRequest<T> {
    pub(super) headers: HeaderMap,
    pub(super) body: T,
}

impl<W: World> Edge<'_, W> {
    /// The form that a request carries, or the answer to one that carries none (AS-80).
    pub(super) async fn form(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Result<ReadRequest<Parameters>, Reply>, Outage> {
        if !media_type::is_form(&request.headers) {
            return Ok(Err(reply::error(NOT_A_FORM)));
        }
        let read = self.bytes(request).await?;
        Ok(read.map(|ReadRequest { headers, body }| ReadRequest {
            headers,
            body: Parameters::parse(&body),
        }))
    }

    /// The JSON text that a request carries, or the answer to one that carries none.
    pub(super) async fn json(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Result<ReadRequest<Vec<u8>>, Reply>, Outage> {
        if !media_type::is_json(&request.headers) {
            return Ok(Err(reply::error(NOT_JSON)));
        }
        self.bytes(request).await
    }

    async fn bytes(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Result<Result<ReadRequest<Vec<u8>>, Reply>, Outage> {
        let IncomingRequest { headers, body, .. } = request;
        let read = self.world.read(body, LIMITS).await?;
        self.body_came();
        Ok(match read {
            Ok(bytes) => Ok(ReadRequest {
                headers,
                body: bytes.into(),
            }),
            Err(_) => Err(reply::body_too_large()),
        })
    }
}

const NOT_A_FORM: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidRequest,
    "The Content-Type must be application/x-www-form-urlencoded.",
);
const NOT_JSON: ErrorAnswer = ErrorAnswer::new(
    ErrorCode::InvalidClientMetadata,
    "The Content-Type must be application/json.",
);
