//! Whether the client of a request has left.

use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use worker::{
    wasm_bindgen::{JsCast as _, closure::Closure},
    web_sys::AbortSignal,
};

/// A future that is ready when the client has left. Dropped before, it leaves nothing behind, as a
/// promise that is never settled would.
pub(super) struct Gone {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    is_gone: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Gone {
    /// Listens to the signal of a request.
    pub(super) fn by(signal: &AbortSignal) -> Self {
        let state = Rc::new(State::default());
        state.is_gone.set(signal.aborted());
        let heard = Rc::clone(&state);
        let listener = Closure::new(move || {
            heard.is_gone.set(true);
            if let Some(waker) = heard.waker.take() {
                waker.wake();
            }
        });
        let callback = listener.as_ref().unchecked_ref();
        // It throws for no callback that is a function.
        let _ = signal.add_event_listener_with_callback("abort", callback);
        Self {
            signal: signal.clone(),
            listener,
            state,
        }
    }
}

impl Future for Gone {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.state.is_gone.get() {
            return Poll::Ready(());
        }
        *self.state.waker.borrow_mut() = Some(context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Gone {
    fn drop(&mut self) {
        let callback = self.listener.as_ref().unchecked_ref();
        let _ = self
            .signal
            .remove_event_listener_with_callback("abort", callback);
    }
}
