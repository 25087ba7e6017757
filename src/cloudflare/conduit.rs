//! A stream of events that passes piece by piece, with a heartbeat where it is silent for long. The
//! bytes stay where the platform keeps them; only the end of each piece is looked at.

use std::{cell::Cell, pin::pin};

use futures_util::future::{Either, pending, select};
use worker::{
    js_sys::Uint8Array,
    wasm_bindgen::{self, JsCast as _, JsValue, prelude::wasm_bindgen},
    wasm_bindgen_futures::JsFuture,
    web_sys::{self, ReadableStream, ReadableStreamDefaultReader, WritableStreamDefaultWriter},
};

use super::{
    listener::Listener,
    platform::{after_milliseconds, milliseconds},
};
use crate::{
    mcp::{
        heartbeat::{HEARTBEAT, Pulse},
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

    /// What a reader reads.
    type ReadResult;

    #[wasm_bindgen(method, getter)]
    fn done(this: &ReadResult) -> bool;

    #[wasm_bindgen(method, getter)]
    fn value(this: &ReadResult) -> Uint8Array;
}

/// The way of a stream to its reader.
pub(super) struct Conduit {
    writer: WritableStreamDefaultWriter,
    pulse: Cell<Pulse>,
    /// When something passed last, in milliseconds.
    last: Cell<u64>,
    /// Whether a piece, or a heartbeat, is on its way out.
    is_writing: Cell<bool>,
}

impl Conduit {
    /// A conduit, and the stream that comes out of it.
    pub(super) fn new() -> Result<(Self, ReadableStream), JsValue> {
        let pipe = IdentityTransformStream::new()?;
        let conduit = Self {
            writer: pipe.writable().get_writer()?,
            pulse: Cell::default(),
            last: Cell::new(milliseconds()),
            is_writing: Cell::new(false),
        };
        Ok((conduit, pipe.readable()))
    }

    /// Carries a stream, until it ends, or its listener is not admitted any more.
    ///
    /// # Errors
    ///
    /// What broke it off: home, or the reader who left.
    pub(super) async fn carry(
        &self,
        stream: &ReadableStream,
        listener: &Listener,
    ) -> Result<(), JsValue> {
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        let carried = {
            let pieces = pin!(self.carry_pieces(&reader));
            let beats = pin!(self.beat(listener.heartbeat()));
            let refused = pin!(listener.is_refused());
            match select(pieces, select(beats, refused)).await {
                Either::Left((carried, _)) => carried,
                Either::Right((Either::Left((broken, _)), _)) => Err(broken),
                Either::Right((Either::Right(((), _)), _)) => {
                    drop(reader.cancel());
                    return Ok(());
                }
            }
        };
        if let Err(cause) = &carried {
            drop(reader.cancel_with_reason(cause));
        }
        carried
    }

    async fn carry_pieces(&self, reader: &ReadableStreamDefaultReader) -> Result<(), JsValue> {
        loop {
            let read: ReadResult = JsFuture::from(reader.read()).await?.unchecked_into();
            if read.done() {
                return Ok(());
            }
            let piece = read.value();
            self.see(&piece);
            self.write(&piece).await?;
        }
    }

    /// Notes where the stream stands after a piece.
    fn see(&self, piece: &Uint8Array) {
        let length = piece.length() as usize;
        let from = Pulse::read_from(length);
        let end = if from == 0 {
            piece.to_vec()
        } else {
            let from = u32::try_from(from).expect("a piece has 32 bits of length");
            piece.subarray(from, piece.length()).to_vec()
        };
        self.pulse.set(self.pulse.get().after(&end, from == 0));
    }

    async fn write(&self, piece: &Uint8Array) -> Result<(), JsValue> {
        self.is_writing.set(true);
        let written = JsFuture::from(self.writer.write_with_chunk(piece)).await;
        self.last.set(milliseconds());
        self.is_writing.set(false);
        written.map(drop)
    }

    /// Carries a body that is JSON as one event.
    ///
    /// # Errors
    ///
    /// What broke it off.
    pub(super) async fn carry_json(&self, stream: &ReadableStream) -> Result<(), JsValue> {
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        let (before, after) = EVENT;
        self.write(&Uint8Array::from(before)).await?;
        let mut data = EventData::default();
        loop {
            let read: ReadResult = JsFuture::from(reader.read()).await?.unchecked_into();
            if read.done() {
                return self.write(&Uint8Array::from(after)).await;
            }
            let piece = data.piece(&read.value().to_vec());
            self.write(&Uint8Array::from(piece.as_slice())).await?;
        }
    }

    /// Sends a comment, or a heartbeat.
    ///
    /// # Errors
    ///
    /// Why it cannot be sent.
    pub(super) async fn remark(&self, comment: &[u8]) -> Result<(), JsValue> {
        self.write(&Uint8Array::from(comment)).await
    }

    /// Sends heartbeats until one cannot be sent, and returns why.
    pub(super) async fn beat(&self, every: Option<Lifetime>) -> JsValue {
        let Some(every) = every else {
            return pending().await;
        };
        let every = every.seconds() * 1_000;
        let mut wait = every;
        loop {
            after_milliseconds(wait).await;
            let silent = milliseconds().saturating_sub(self.last.get());
            let left = every.saturating_sub(silent);
            if left > 0 {
                wait = left;
                continue;
            }
            wait = every;
            // A reader who takes nothing is not sent more.
            let may_beat = !self.is_writing.get() && self.pulse.get().is_between_events();
            if may_beat && let Err(cause) = self.remark(HEARTBEAT).await {
                return cause;
            }
        }
    }

    /// Ends the stream as it ended: properly, or broken off.
    pub(super) async fn finish(self, carried: Result<(), JsValue>) {
        let ended = match carried {
            Ok(()) => self.writer.close(),
            Err(cause) => self.writer.abort_with_reason(&cause),
        };
        drop(JsFuture::from(ended).await);
    }
}
