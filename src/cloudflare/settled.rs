//! A promise as a future that can be dropped: what waits for one that is never settled, as happens
//! when a client leaves, must not stay for ever.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use worker::{
    js_sys::Promise,
    wasm_bindgen::{JsValue, closure::Closure},
};

use super::bell::Bell;

/// Ready when the promise is settled: kept, with its value, or broken, with a cause.
pub(super) struct Settled {
    bell: Bell<Result<JsValue, JsValue>>,
    /// Whoever is called back after they are gone throws, and nobody hears it then.
    _callbacks: [Closure<dyn FnMut(JsValue)>; 2],
}

impl Settled {
    /// Waits for a promise.
    pub(super) fn of(promise: &Promise) -> Self {
        let bell = Bell::default();
        let callback = |outcome: fn(JsValue) -> Result<JsValue, JsValue>| {
            let bell = bell.clone();
            Closure::new(move |value| bell.ring(outcome(value)))
        };
        let callbacks = [callback(Ok), callback(Err)];
        let _ = promise.then2(&callbacks[0], &callbacks[1]);
        Self {
            bell,
            _callbacks: callbacks,
        }
    }
}

impl Future for Settled {
    type Output = Result<JsValue, JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.bell.poll(context)
    }
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
