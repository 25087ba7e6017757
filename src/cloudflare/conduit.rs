//! A stream of events that passes piece by piece, with a heartbeat where it is silent for long. The
//! bytes stay where the platform keeps them; only the end of each piece is looked at.

use std::{cell::Cell, pin::pin, time::Duration};

use futures_util::future::{Either, select};
use worker::{
    Delay,
    js_sys::{self, Uint8Array},
    wasm_bindgen::{self, JsCast as _, JsValue, prelude::wasm_bindgen},
    wasm_bindgen_futures::JsFuture,
    web_sys::{self, ReadableStream, ReadableStreamDefaultReader, WritableStreamDefaultWriter},
};

use crate::{
    mcp::heartbeat::{HEARTBEAT, Pulse},
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
    last: Cell<f64>,
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
            last: Cell::new(js_sys::Date::now()),
            is_writing: Cell::new(false),
        };
        Ok((conduit, pipe.readable()))
    }

    /// Carries a stream, until it ends, or `end` comes before.
    ///
    /// # Errors
    ///
    /// What broke it off: home, or the reader who left.
    pub(super) async fn carry(
        &self,
        stream: &ReadableStream,
        heartbeat: Lifetime,
        end: impl Future<Output = ()>,
    ) -> Result<(), JsValue> {
        let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
        let carried = {
            let pieces = pin!(self.carry_pieces(&reader));
            let beats = pin!(self.beat(heartbeat));
            match select(pieces, select(beats, pin!(end))).await {
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
        self.last.set(js_sys::Date::now());
        self.is_writing.set(false);
        written.map(drop)
    }

    /// Sends heartbeats until one cannot be sent, and returns why.
    pub(super) async fn beat(&self, every: Lifetime) -> JsValue {
        let every = Duration::from_secs(every.seconds());
        let mut wait = every;
        loop {
            Delay::from(wait).await;
            let silent = (js_sys::Date::now() - self.last.get()).max(0.0);
            let silent = Duration::from_secs_f64(silent / 1_000.0);
            let left = every.saturating_sub(silent);
            if !left.is_zero() {
                wait = left;
                continue;
            }
            wait = every;
            // A reader who takes nothing is not sent more.
            let may_beat = !self.is_writing.get() && self.pulse.get().is_between_events();
            if may_beat && let Err(cause) = self.write(&Uint8Array::from(HEARTBEAT)).await {
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
