//! A promise as a future that can be dropped: what waits for one that is never settled, as happens
//! when a client leaves, must not stay for ever.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use worker::{
    js_sys::Promise,
    wasm_bindgen::{JsValue, closure::Closure},
};

/// Ready when the promise is settled: kept, or broken with a cause.
pub(super) struct Settled {
    state: Rc<RefCell<State>>,
    /// Whoever is called back after they are gone throws, and nobody hears it then.
    _callbacks: [Closure<dyn FnMut(JsValue)>; 2],
}

#[derive(Default)]
struct State {
    outcome: Option<Result<(), JsValue>>,
    waker: Option<Waker>,
}

impl Settled {
    /// Waits for a promise.
    pub(super) fn of(promise: &Promise) -> Self {
        let state = Rc::<RefCell<State>>::default();
        let callback = |outcome: fn(JsValue) -> Result<(), JsValue>| {
            let state = Rc::clone(&state);
            Closure::new(move |value| {
                let mut state = state.borrow_mut();
                state.outcome = Some(outcome(value));
                if let Some(waker) = state.waker.take() {
                    waker.wake();
                }
            })
        };
        let callbacks = [callback(|_| Ok(())), callback(Err)];
        let _ = promise.then2(&callbacks[0], &callbacks[1]);
        Self {
            state,
            _callbacks: callbacks,
        }
    }
}

impl Future for Settled {
    type Output = Result<(), JsValue>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut state = self.state.borrow_mut();
        if let Some(outcome) = state.outcome.take() {
            return Poll::Ready(outcome);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
