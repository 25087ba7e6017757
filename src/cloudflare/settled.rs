//! A promise as a future that can be dropped: what waits for one that is never settled, as happens
//! when a client leaves, must not stay for ever.

use worker::{
    js_sys::Promise,
    wasm_bindgen::{JsValue, closure::Closure},
};

use super::{bell::Bell, crossings::ring_when_settled};

/// Waits for a promise: it is kept, with a value, or broken, with a cause.
pub(super) fn settled(promise: &Promise) -> Bell {
    let (bell, ()) = Bell::hung(|ring, bell| ring_when_settled(promise, ring, bell));
    bell
}

thread_local! {
    static NOTHING: Closure<dyn FnMut(JsValue)> = Closure::new(|_| {});
}

/// Lets a promise be, whatever becomes of it.
pub(super) fn ignore(promise: &Promise) {
    NOTHING.with(|nothing| {
        let _ = promise.then2(nothing, nothing);
    });
}
