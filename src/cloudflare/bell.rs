//! What a callback of the platform tells to whoever waits for it.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// It rings once. The platform's callback has one end, the future that waits the other.
pub(super) struct Bell<T>(Rc<RefCell<State<T>>>);

struct State<T> {
    told: Option<T>,
    waker: Option<Waker>,
}

impl<T> Default for Bell<T> {
    fn default() -> Self {
        Self(Rc::new(RefCell::new(State {
            told: None,
            waker: None,
        })))
    }
}

impl<T> Clone for Bell<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> Bell<T> {
    /// Tells, and wakes whoever waits.
    pub(super) fn ring(&self, told: T) {
        let mut state = self.0.borrow_mut();
        state.told = Some(told);
        let waker = state.waker.take();
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// What was told, once. Whoever asked last is woken.
    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<T> {
        let mut state = self.0.borrow_mut();
        if let Some(told) = state.told.take() {
            return Poll::Ready(told);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }
}
