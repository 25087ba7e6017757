//! Streams of events: they end when their reader is no longer admitted, and have heartbeats.

use std::pin::pin;

use futures_util::future::{Either, select};
use worker::{
    AbortController,
    wasm_bindgen::JsValue,
    wasm_bindgen_futures::{JsFuture, spawn_local},
    web_sys::{ReadableStream, StreamPipeOptions},
};

use super::{
    conduit::{Conduit, IdentityTransformStream},
    listener::Listener,
};

/// A stream of events, as its listener gets it.
pub(super) fn events(
    stream: ReadableStream,
    listener: Listener,
) -> Result<ReadableStream, JsValue> {
    if listener.heartbeat().is_some() {
        let (conduit, readable) = Conduit::new()?;
        spawn_local(async move {
            let carried = conduit.carry(&stream, &listener).await;
            conduit.finish(carried).await;
        });
        return Ok(readable);
    }
    if listener.is_watched() {
        return untouched(&stream, listener);
    }
    Ok(stream)
}

/// The same stream, untouched, while its listener stays admitted.
fn untouched(stream: &ReadableStream, listener: Listener) -> Result<ReadableStream, JsValue> {
    let pipe = IdentityTransformStream::new()?;
    let (readable, writable) = (pipe.readable(), pipe.writable());
    let cut = AbortController::default();
    let options = StreamPipeOptions::new();
    options.set_signal(&cut.signal());
    options.set_prevent_abort(true);
    let mut piped = JsFuture::from(stream.pipe_to_with_options(&writable, &options));
    spawn_local(async move {
        let refused = pin!(listener.is_refused());
        match select(&mut piped, refused).await {
            // Home is over, and so is the stream.
            Either::Left((Ok(_), _)) => {}
            // Home broke off, or the reader left.
            Either::Left((Err(cause), _)) => {
                drop(JsFuture::from(writable.abort_with_reason(&cause)).await);
            }
            // An end, and no fault: whoever reads comes again, and is told why.
            Either::Right(((), _)) => {
                cut.abort();
                drop(piped.await);
                drop(JsFuture::from(writable.close()).await);
            }
        }
    });
    Ok(readable)
}
