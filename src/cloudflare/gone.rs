//! Whether the client of a request has left.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use worker::{
    wasm_bindgen::{JsCast as _, closure::Closure},
    web_sys::AbortSignal,
};

use super::bell::Bell;

/// Ready when the client has left. Dropped before, it leaves nothing behind, as a promise that is
/// never settled would.
pub(super) struct Gone {
    signal: AbortSignal,
    listener: Closure<dyn FnMut()>,
    bell: Bell<()>,
}

impl Gone {
    /// Listens to the signal of a request.
    pub(super) fn by(signal: &AbortSignal) -> Self {
        let bell = Bell::default();
        if signal.aborted() {
            bell.ring(());
        }
        let listener = {
            let bell = bell.clone();
            Closure::new(move || bell.ring(()))
        };
        let callback = listener.as_ref().unchecked_ref();
        // It throws for no callback that is a function.
        let _ = signal.add_event_listener_with_callback("abort", callback);
        Self {
            signal: signal.clone(),
            listener,
            bell,
        }
    }
}

impl Future for Gone {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.bell.poll(context)
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
