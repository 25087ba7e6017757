//! Streams of events: they end when their reader is no longer admitted, and have heartbeats.

use std::pin::pin;

use futures_util::future::{Either, select};
use worker::{
    AbortController,
    wasm_bindgen::JsValue,
    wasm_bindgen_futures::spawn_local,
    web_sys::{ReadableStream, StreamPipeOptions},
};

use super::{
    conduit::{Conduit, IdentityTransformStream},
    listener::Listener,
    settled::{ignore, settled},
    timer::after,
};
use crate::mcp::probe;

/// A stream of events, as its listener gets it.
pub(super) fn events(
    stream: ReadableStream,
    listener: Listener,
) -> Result<ReadableStream, JsValue> {
    if listener.heartbeat().is_some() {
        let (conduit, readable) = Conduit::open(&listener, listener.heartbeat())?;
        conduit.carry(&stream);
        spawn_local(async move { attend(&conduit, &listener).await });
        return Ok(readable);
    }
    if listener.is_watched() {
        return untouched(&stream, listener);
    }
    Ok(stream)
}

/// The events of [`probe`]: the first at once, another whenever the interval has passed, and an end.
pub(super) fn probe_events(listener: Listener) -> Result<ReadableStream, JsValue> {
    let (conduit, readable) = Conduit::open(&listener, None)?;
    spawn_local(async move {
        let all = pin!(async {
            conduit.say(probe::ENDPOINT_EVENT.as_bytes());
            for _ in 0..probe::PINGS {
                after(probe::PING_INTERVAL).await;
                conduit.say(probe::PING_EVENT.as_bytes());
            }
        });
        let ended = pin!(conduit.ended());
        match select(all, select(ended, listener.gone())).await {
            Either::Left(_) => conduit.close(),
            Either::Right(_) => conduit.end(),
        }
    });
    Ok(readable)
}

/// Ends a conduit in time: with its listener's admission, or with himself.
pub(super) async fn attend(conduit: &Conduit, listener: &Listener) {
    let (refused, ended) = (pin!(listener.is_refused()), pin!(conduit.ended()));
    match select(refused, select(ended, listener.gone())).await {
        // An end, and no fault: whoever reads comes again, and is told why.
        Either::Left(((), _)) => {
            conduit.let_go(&JsValue::UNDEFINED);
            conduit.close();
        }
        Either::Right((Either::Left(_), _)) => {}
        Either::Right((Either::Right(_), _)) => {
            conduit.let_go(&JsValue::UNDEFINED);
            conduit.end();
        }
    }
}

/// The same stream, untouched, while its listener stays admitted.
fn untouched(stream: &ReadableStream, listener: Listener) -> Result<ReadableStream, JsValue> {
    let pipe = IdentityTransformStream::new()?;
    let (readable, writable) = (pipe.readable(), pipe.writable());
    let cut = AbortController::default();
    let options = StreamPipeOptions::new();
    options.set_signal(&cut.signal());
    options.set_prevent_abort(true);
    let mut piped = settled(&stream.pipe_to_with_options(&writable, &options));
    // Once home has ended the stream the platform would tell nothing more.
    let world = listener.world();
    world.beside(async move {
        let refused = pin!(listener.is_refused());
        match select(&mut piped, select(refused, listener.gone())).await {
            // Home is over, and so is the stream.
            Either::Left((Ok(_), _)) => {}
            // Home broke off, or the reader left.
            Either::Left((Err(cause), _)) => {
                ignore(&writable.abort_with_reason(&cause));
            }
            // An end, and no fault: whoever reads comes again, and is told why.
            Either::Right((Either::Left(_), _)) => {
                cut.abort();
                drop(piped.await);
                ignore(&writable.close());
            }
            // Nobody reads, and the platform tells no more.
            Either::Right((Either::Right(_), _)) => cut.abort(),
        }
    });
    Ok(readable)
}
