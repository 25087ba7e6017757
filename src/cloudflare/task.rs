//! Running a future: it is polled at once, and later where it is woken, which is in a callback of
//! the platform. A queue between the two, as `wasm_bindgen_futures` has one, costs a call into
//! JavaScript and one out of it each time.

use std::{
    cell::RefCell,
    pin::Pin,
    sync::Arc,
    task::{Context, Wake, Waker},
};

use worker::{js_sys::Promise, wasm_bindgen::JsValue};

use super::numbered::Numbered;

struct Task {
    /// Not there while it is polled.
    future: Option<Pin<Box<dyn Future<Output = ()>>>>,
    /// Whether it was woken since it was polled last.
    is_woken: bool,
}

thread_local! {
    static TASKS: RefCell<Numbered<Task>> = const { RefCell::new(Numbered::new()) };
}

/// A promise of what the future becomes.
pub(super) fn promised(
    future: impl Future<Output = Result<JsValue, JsValue>> + 'static,
) -> Promise {
    let mut future = Some(future);
    Promise::new(&mut |resolve, reject| {
        let Some(future) = future.take() else { return };
        start(Box::pin(async move {
            // Nobody else is asked to settle it.
            let _ = match future.await {
                Ok(value) => resolve.call1(&JsValue::UNDEFINED, &value),
                Err(cause) => reject.call1(&JsValue::UNDEFINED, &cause),
            };
        }));
    })
}

fn start(future: Pin<Box<dyn Future<Output = ()>>>) {
    let task = Task {
        future: Some(future),
        is_woken: true,
    };
    run(TASKS.with_borrow_mut(|tasks| tasks.add(task)));
}

/// Polls a task until it waits; one that is being polled is polled again.
fn run(number: u32) {
    while let Some(mut future) = take(number) {
        let waker = Waker::from(Arc::new(Alarm(number)));
        if future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            let over = TASKS.with_borrow_mut(|tasks| tasks.remove(number));
            return drop(over);
        }
        TASKS.with_borrow_mut(|tasks| {
            if let Some(task) = tasks.get(number) {
                task.future = Some(future);
            }
        });
    }
}

/// The future of a task that was woken.
fn take(number: u32) -> Option<Pin<Box<dyn Future<Output = ()>>>> {
    TASKS.with_borrow_mut(|tasks| {
        let task = tasks.get(number)?;
        if !task.is_woken {
            return None;
        }
        let future = task.future.take()?;
        task.is_woken = false;
        Some(future)
    })
}

struct Alarm(u32);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        TASKS.with_borrow_mut(|tasks| {
            if let Some(task) = tasks.get(self.0) {
                task.is_woken = true;
            }
        });
        run(self.0);
    }
}
