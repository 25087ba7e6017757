//! No request waits for a service for ever.

use std::{pin::pin, time::Duration};

use futures_util::future::{Either, select};
use worker::Delay;

use crate::{ports::Outage, time::Lifetime};

/// How long storage may take; what it does after that, it does unseen.
const PATIENCE: Lifetime = Lifetime::from_seconds(10);

/// Waits for an answer of storage.
///
/// # Errors
///
/// When it does not come in time.
pub(super) async fn in_time<T>(answer: impl Future<Output = T>) -> Result<T, Outage> {
    match select(pin!(answer), after(PATIENCE)).await {
        Either::Left((answer, _)) => Ok(answer),
        Either::Right(((), _)) => Err(Outage::new("storage does not answer in time")),
    }
}

/// Until that much time has passed.
pub(super) fn after(patience: Lifetime) -> Delay {
    Delay::from(Duration::from_secs(patience.seconds()))
}
