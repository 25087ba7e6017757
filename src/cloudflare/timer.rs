//! Waiting. The crate's own timer wakes the task that has asked first, and no other, so that it cannot
//! be taken over by another task.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use worker::{
    js_sys::Function,
    wasm_bindgen::{self, JsCast as _, JsValue, closure::Closure, prelude::wasm_bindgen},
};

use super::bell::Bell;
use crate::time::Lifetime;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, milliseconds: f64) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    pub(super) fn clear_timeout(timer: &JsValue);
}

/// Ready when so much time has passed since it was made.
pub(super) struct Timer {
    bell: Bell<()>,
    id: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    fn new(milliseconds: u64) -> Self {
        let bell = Bell::default();
        let callback = {
            let bell = bell.clone();
            Closure::new(move || bell.ring(()))
        };
        let id = set_timer(callback.as_ref().unchecked_ref(), milliseconds);
        Self {
            bell,
            id,
            _callback: callback,
        }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.bell.poll(context)
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.id);
    }
}

/// Has the platform call back after that many milliseconds.
pub(super) fn set_timer(callback: &Function, milliseconds: u64) -> JsValue {
    // It counts in 32 bits with a sign, and takes more for none at all.
    let longest = i32::MAX.unsigned_abs();
    let milliseconds = u32::try_from(milliseconds).map_or(longest, |short| short.min(longest));
    set_timeout(callback, milliseconds.into())
}

/// Until that much time has passed.
pub(super) fn after(patience: Lifetime) -> Timer {
    Timer::new(patience.seconds().saturating_mul(1_000))
}

/// The same, in finer steps.
pub(super) fn after_milliseconds(patience: u64) -> Timer {
    Timer::new(patience)
}

/// The time in milliseconds, to compare with itself.
pub(super) fn milliseconds() -> u64 {
    worker::Date::now().as_millis()
}
