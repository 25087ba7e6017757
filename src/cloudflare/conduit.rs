//! A stream of events on its way to its reader, with a heartbeat where it is silent for long.
//!
//! Each piece is handed on as the platform has it; only its end is looked at. The platform calls
//! back for each piece, and the callbacks are made once for a stream: a future for each promise
//! costs more, and one whose promise is never settled, as happens when a client leaves, stays for
//! ever. So whoever has a conduit ends it when the client is gone.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

use worker::{
    js_sys::{Function, Uint8Array},
    wasm_bindgen::{
        self, JsCast as _, JsValue, closure::Closure, convert::FromWasmAbi, prelude::wasm_bindgen,
    },
    wasm_bindgen_futures::spawn_local,
    web_sys::{self, AbortSignal, ReadableStream},
};

use super::{
    listener::Listener,
    timer::{after_milliseconds, clear_timeout, milliseconds, set_timer},
};
use crate::{
    mcp::{
        heartbeat::{HEARTBEAT, Pulse, due_in, to_full_second},
        late_answer::{EVENT, EventData},
    },
    time::Lifetime,
};

#[wasm_bindgen]
extern "C" {
    /// The platform's own pipe: what goes in comes out, and nothing is kept.
    #[wasm_bindgen(extends = web_sys::TransformStream)]
    pub(super) type IdentityTransformStream;

    #[wasm_bindgen(constructor, catch)]
    pub(super) fn new() -> Result<IdentityTransformStream, JsValue>;

    /// A promise, of which only the callbacks are of interest.
    type Promised;

    #[wasm_bindgen(method)]
    fn then(this: &Promised, kept: &Function, broken: &Function);

    /// The platform's reader of a stream.
    type Reader;

    #[wasm_bindgen(method)]
    fn read(this: &Reader) -> Promised;

    #[wasm_bindgen(method)]
    fn cancel(this: &Reader, cause: &JsValue) -> Promised;

    /// What a reader reads.
    type ReadResult;

    #[wasm_bindgen(method, getter)]
    fn done(this: &ReadResult) -> bool;

    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> Uint8Array;

    /// The platform's writer into a stream.
    type Writer;

    #[wasm_bindgen(method)]
    fn write(this: &Writer, piece: &Uint8Array) -> Promised;

    #[wasm_bindgen(method)]
    fn close(this: &Writer) -> Promised;

    #[wasm_bindgen(method)]
    fn abort(this: &Writer, cause: &JsValue) -> Promised;
}

/// The way of a stream to its reader.
pub(super) struct Conduit {
    writer: Writer,
    reader: RefCell<Option<Reader>>,
    /// What makes events of JSON, where that is what comes.
    json: RefCell<Option<EventData>>,
    pulse: Cell<Pulse>,
    /// When something passed last, in milliseconds.
    last: Cell<u64>,
    /// Whether a piece, or a heartbeat, is on its way out.
    is_writing: Cell<bool>,
    /// After how much silence there is a heartbeat, in milliseconds.
    heartbeat: Option<u64>,
    timer: RefCell<JsValue>,
    /// What tells that the reader has left.
    signal: AbortSignal,
    callbacks: RefCell<Option<Callbacks>>,
    /// Whom to tell that it has ended.
    waiting: RefCell<Option<Waker>>,
}

/// What the platform calls. Each holds the conduit, until it ends.
struct Callbacks {
    came: Closure<dyn Fn(ReadResult)>,
    broke_off: Closure<dyn Fn(JsValue)>,
    went: Closure<dyn Fn(JsValue)>,
    beat: Closure<dyn Fn(JsValue)>,
    refused: Closure<dyn Fn(JsValue)>,
    tick: Closure<dyn Fn()>,
    nothing: Closure<dyn Fn(JsValue)>,
}

impl Conduit {
    /// A conduit that is alive from now on, and the stream that comes out of it.
    pub(super) fn open(
        listener: &Listener,
        heartbeat: Option<Lifetime>,
    ) -> Result<(Rc<Self>, ReadableStream), JsValue> {
        let pipe = IdentityTransformStream::new()?;
        let conduit = Rc::new(Self {
            writer: pipe.writable().get_writer()?.unchecked_into(),
            reader: RefCell::default(),
            json: RefCell::default(),
            pulse: Cell::default(),
            last: Cell::new(milliseconds()),
            is_writing: Cell::new(false),
            heartbeat: heartbeat.map(|after| after.seconds() * 1_000),
            timer: RefCell::default(),
            signal: listener.signal().clone(),
            callbacks: RefCell::default(),
            waiting: RefCell::default(),
        });
        *conduit.callbacks.borrow_mut() = Some(Callbacks {
            came: conduit.on(|conduit, read: ReadResult| conduit.came(&read)),
            broke_off: conduit.on(|conduit, cause: JsValue| conduit.break_off(cause)),
            went: conduit.on(|conduit, _: JsValue| conduit.went()),
            beat: conduit.on(|conduit, _: JsValue| conduit.is_writing.set(false)),
            refused: conduit.on(|conduit, cause: JsValue| conduit.refused(&cause)),
            tick: {
                let conduit = Rc::clone(&conduit);
                Closure::new(move || conduit.tick())
            },
            nothing: Closure::new(|_| {}),
        });
        conduit.wait(conduit.heartbeat);
        Ok((conduit, pipe.readable()))
    }

    /// Carries a stream of events, and ends as it does.
    pub(super) fn carry(&self, stream: &ReadableStream) {
        *self.reader.borrow_mut() = Some(stream.get_reader().unchecked_into());
        self.read();
    }

    /// Carries a body that is JSON as one event, and ends.
    pub(super) fn carry_json(&self, stream: &ReadableStream) {
        *self.json.borrow_mut() = Some(EventData::default());
        self.say(EVENT.0);
        self.pulse.set(self.pulse.get().after(EVENT.0, true));
        self.carry(stream);
    }

    /// Puts a comment or a part of an event into the stream.
    pub(super) fn say(&self, bytes: &[u8]) {
        self.is_writing.set(true);
        let bytes = Uint8Array::from(bytes);
        self.with(|call| {
            let said = self.writer.write(&bytes);
            said.then(function(&call.beat), function(&call.refused));
        });
    }

    /// Ends properly.
    pub(super) fn close(&self) {
        self.with(|call| {
            let closed = self.writer.close();
            closed.then(function(&call.nothing), function(&call.nothing));
        });
        self.end();
    }

    /// Ends abruptly, after all that has come.
    pub(super) fn break_off(&self, cause: JsValue) {
        // The platform waits for nothing more then.
        if self.signal.aborted() {
            return self.end();
        }
        let Some(callbacks) = self.callbacks.take() else {
            return;
        };
        self.over();
        let writer: Writer = JsValue::from(&self.writer).unchecked_into();
        spawn_local(async move {
            // What was written a moment ago may not have been delivered, and would be lost.
            after_milliseconds(1).await;
            let nothing = function(&callbacks.nothing);
            writer.abort(&cause).then(nothing, nothing);
        });
    }

    /// Ends without a word: nobody is there any more.
    pub(super) fn end(&self) {
        let Some(callbacks) = self.callbacks.take() else {
            return;
        };
        self.over();
        // Not while one of them runs.
        spawn_local(async move { drop(callbacks) });
    }

    /// Until it has ended, in whichever way. One may wait.
    pub(super) async fn ended(&self) {
        poll_fn(|context| {
            if self.callbacks.borrow().is_none() {
                return Poll::Ready(());
            }
            *self.waiting.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn read(&self) {
        self.with(|call| {
            if let Some(reader) = self.reader.borrow().as_ref() {
                let read = reader.read();
                read.then(function(&call.came), function(&call.broke_off));
            }
        });
    }

    fn came(&self, read: &ReadResult) {
        if read.done() {
            if self.json.borrow().is_some() {
                self.say(EVENT.1);
            }
            return self.close();
        }
        let piece = read.value();
        let piece = match self.json.borrow_mut().as_mut() {
            None => piece,
            Some(json) => Uint8Array::from(json.piece(&piece.to_vec()).as_slice()),
        };
        self.note(&piece);
        self.is_writing.set(true);
        self.with(|call| {
            let went = self.writer.write(&piece);
            went.then(function(&call.went), function(&call.refused));
        });
    }

    /// Notes where the stream stands after a piece.
    fn note(&self, piece: &Uint8Array) {
        let length = piece.length();
        let from = Pulse::read_from(length);
        let end = if from == 0 {
            piece.to_vec()
        } else {
            piece.subarray(from, length).to_vec()
        };
        self.pulse.set(self.pulse.get().after(&end, from == 0));
    }

    fn went(&self) {
        self.last.set(milliseconds());
        self.is_writing.set(false);
        self.read();
    }

    /// The reader takes nothing more.
    fn refused(&self, cause: &JsValue) {
        self.let_go(cause);
        self.end();
    }

    /// Looks whether it was silent for long. The timer is not set anew for each piece.
    fn tick(&self) {
        let Some(heartbeat) = self.heartbeat else {
            return;
        };
        if let Some(left) = due_in(self.last.get(), milliseconds(), heartbeat) {
            return self.wait(Some(left));
        }
        // A reader who takes nothing is not sent more.
        if !self.is_writing.get() && self.pulse.get().is_between_events() {
            self.say(HEARTBEAT);
        }
        self.wait(Some(heartbeat));
    }

    fn wait(&self, milliseconds_from_now: Option<u64>) {
        let Some(wait) = milliseconds_from_now else {
            return;
        };
        let wait = to_full_second(milliseconds(), wait);
        self.with(|call| {
            let tick: &Function = call.tick.as_ref().unchecked_ref();
            *self.timer.borrow_mut() = set_timer(tick, wait);
        });
    }

    /// Home need not send more.
    pub(super) fn let_go(&self, cause: &JsValue) {
        self.with(|call| {
            if let Some(reader) = self.reader.borrow().as_ref() {
                let nothing = function(&call.nothing);
                reader.cancel(cause).then(nothing, nothing);
            }
        });
    }

    fn over(&self) {
        clear_timeout(&self.timer.borrow());
        if let Some(waker) = self.waiting.take() {
            waker.wake();
        }
    }

    fn with(&self, act: impl FnOnce(&Callbacks)) {
        if let Some(callbacks) = self.callbacks.borrow().as_ref() {
            act(callbacks);
        }
    }

    fn on<T: FromWasmAbi + 'static>(
        self: &Rc<Self>,
        act: impl Fn(&Self, T) + 'static,
    ) -> Closure<dyn Fn(T)> {
        let conduit = Rc::clone(self);
        Closure::new(move |value| act(&conduit, value))
    }
}

fn function<T>(callback: &Closure<dyn Fn(T)>) -> &Function {
    callback.as_ref().unchecked_ref()
}
