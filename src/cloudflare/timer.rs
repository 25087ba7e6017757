//! Waiting. The crate's own timer wakes the task that has asked first, and no other, so that it cannot
//! be taken over by another task.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use worker::{
    js_sys::Function,
    wasm_bindgen::{self, JsValue, prelude::wasm_bindgen},
};

use super::{bell::Bell, crossings::ring_after};
use crate::time::Lifetime;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;

    #[wasm_bindgen(js_namespace = Date)]
    fn now() -> f64;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(super) fn clear_timeout(timer: &JsValue);
}

/// Ready when so much time has passed since it was made.
pub(super) struct Timer {
    bell: Bell,
    id: JsValue,
}

impl Timer {
    fn new(milliseconds: u64) -> Self {
        let milliseconds = longest(milliseconds);
        let (bell, id) = Bell::hung(|ring, bell| ring_after(milliseconds, ring, bell));
        Self { bell, id }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.bell).poll(context).map(drop)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

/// Has the platform call back after that many milliseconds.
pub(super) fn set_timer(callback: &Function, milliseconds: u64) -> JsValue {
    set_timeout(callback, longest(milliseconds))
}

/// The platform counts in 32 bits with a sign, and takes more for none at all.
fn longest(milliseconds: u64) -> f64 {
    let longest = i32::MAX.unsigned_abs();
    u32::try_from(milliseconds)
        .map_or(longest, |short| short.min(longest))
        .into()
}

/// Until that much time has passed.
pub(super) fn after(patience: Lifetime) -> Timer {
    Timer::new(patience.seconds().saturating_mul(1_000))
}

/// The same, in finer steps.
pub(super) fn after_milliseconds(patience: u64) -> Timer {
    Timer::new(patience)
}

/// The time in milliseconds since 1970.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the platform tells whole milliseconds, and none before 1970"
)]
pub(super) fn milliseconds() -> u64 {
    now() as u64
}
