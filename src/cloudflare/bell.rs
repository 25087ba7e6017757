//! What a callback of the platform tells to whoever waits for it. There is one callback for all bells
//! of the isolate, which is told a bell's number: one for each would have to be made, and kept until
//! the platform lets go of it.

use std::{
    cell::RefCell,
    mem::replace,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use worker::{
    js_sys::Function,
    wasm_bindgen::{JsCast as _, JsValue, closure::Closure},
};

use super::numbered::Numbered;

/// It rings once. Dropped before, it leaves nothing behind, as a promise that is never settled would.
pub(super) struct Bell(u32);

/// What was told: a value, or what was thrown.
pub(super) type Told = Result<JsValue, JsValue>;

enum State {
    Silent(Option<Waker>),
    Rung(Told),
}

thread_local! {
    static BELLS: RefCell<Numbered<State>> = const { RefCell::new(Numbered::new()) };
    static RING: Closure<dyn Fn(u32, bool, JsValue)> = Closure::new(|bell, is_good, value| {
        ring(bell, if is_good { Ok(value) } else { Err(value) });
    });
}

impl Bell {
    /// A bell that `hang` gives to the platform: the callback, and the number to call it with.
    pub(super) fn hung<T>(hang: impl FnOnce(&Function, u32) -> T) -> (Self, T) {
        let number = BELLS.with_borrow_mut(|bells| bells.add(State::Silent(None)));
        let bell = Self(number);
        let kept = RING.with(|ring| hang(ring.as_ref().unchecked_ref(), number));
        (bell, kept)
    }
}

impl Future for Bell {
    type Output = Told;

    /// Whoever asked last is woken.
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Told> {
        let waker = Some(context.waker().clone());
        let state = BELLS.with_borrow_mut(|bells| {
            let state = bells.get(self.0).expect("it is there until it is dropped");
            replace(state, State::Silent(waker))
        });
        match state {
            State::Rung(told) => Poll::Ready(told),
            State::Silent(_) => Poll::Pending,
        }
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let state = BELLS.with_borrow_mut(|bells| bells.remove(self.0));
        drop(state);
    }
}

/// Whoever is gone hears nothing.
fn ring(bell: u32, told: Told) {
    let state = BELLS.with_borrow_mut(|bells| {
        let state = bells.get(bell)?;
        Some(replace(state, State::Rung(told)))
    });
    if let Some(State::Silent(Some(waker))) = state {
        waker.wake();
    }
}
