//! Whether the client of a request has left.

use worker::web_sys::AbortSignal;

use super::{bell::Bell, crossings::ring_on_abort};

/// Until the client has left, by the signal of its request.
pub(super) fn gone(signal: &AbortSignal) -> Bell {
    let (bell, ()) = Bell::hung(|ring, bell| ring_on_abort(signal, ring, bell));
    bell
}
