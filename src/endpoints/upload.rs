//! Taking in the message of a call.

use http::{HeaderMap, header};

use super::{edge::Edge, mcp::Refusal};
use crate::{
    mcp::gateway_error::GatewayError,
    ports::{FetchLimits, IsolateMemory, Upload, World},
    resource_server::principal::Passage,
};

/// The largest message that is taken in whole, so that it is judged, and sent, once it is there.
/// Longer ones must say their length, and then they stream.
const LARGEST_MESSAGE: usize = 4 * 1024 * 1024;

/// No platform takes more, and some count no further.
const LONGEST_MESSAGE: u64 = 1 << 40;

impl<W: World> Edge<'_, W> {
    /// What goes up with a call. One that is taken in may have been long on its way, so the caller
    /// is admitted again when it is there; one that streams must be there in time. On an open mount
    /// nobody is admitted, so that nothing is to be judged once it is there: what says that it is
    /// long streams.
    pub(super) async fn upload(
        &self,
        headers: &HeaderMap,
        body: W::Body,
        passage: &Passage,
    ) -> Result<(Upload<W::Body, W::Held>, Option<Reservation<'_>>), Refusal> {
        let length = headers
            .get(header::CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let largest = LARGEST_MESSAGE as u64;
        let longest_held = match passage {
            Passage::External(_) | Passage::Granted(_) => largest,
            Passage::Open => Reservation::SHORT,
        };
        if length.is_some_and(|length| length > LONGEST_MESSAGE) {
            return Err(GatewayError::CallTooLarge.into());
        }
        if let Some(length) = length.filter(|length| *length > longest_held) {
            let patience = self.config.lifetimes.grant_cache.times(10);
            let stream = Upload::Stream {
                body,
                length,
                patience,
            };
            return Ok((stream, None));
        }
        let room = Reservation::make(self.world.memory(), length.unwrap_or(largest));
        let mut room = room.ok_or(GatewayError::Busy)?;
        let limits = FetchLimits {
            size: LARGEST_MESSAGE,
            patience: self.config.lifetimes.grant_cache.times(4),
        };
        let held = self.world.hold(body, length, limits).await;
        let held = held.map_err(|outage| self.failed(&outage, GatewayError::CallUnreadable))?;
        self.body_came();
        let held = held.map_err(|_| GatewayError::CallTooLarge)?;
        room.shrink_to(self.world.length(&held));
        let good = self.readmit(passage).await;
        good.map_err(|outage| self.failed(&outage, GatewayError::LedgerUnreachable))??;
        Ok((Upload::Held(held), Some(room)))
    }
}

/// Room in the isolate for a message, for as long as its call is on the way home. Messages that say
/// nothing of their length, or are long, leave some to the others.
pub(super) struct Reservation<'a> {
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

    /// The message has turned out to be shorter than it could have been.
    fn shrink_to(&mut self, bytes: u64) {
        let spare = self.bytes.saturating_sub(bytes);
        self.memory.held.set(self.memory.held.get() - spare);
        self.bytes -= spare;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.memory.held.set(self.memory.held.get() - self.bytes);
    }
}
