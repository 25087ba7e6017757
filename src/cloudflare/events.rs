//! Streams of events: they end when their reader is no longer admitted, and have heartbeats.

use std::{pin::pin, rc::Rc};

use futures_util::future::{Either, pending, select};
use worker::{
    AbortController,
    wasm_bindgen::JsValue,
    wasm_bindgen_futures::{JsFuture, spawn_local},
    web_sys::{ReadableStream, StreamPipeOptions},
};

use super::{
    SharedConfig,
    conduit::{Conduit, IdentityTransformStream},
    platform::after,
    world::Worker,
};
use crate::{endpoints::Watch, ports::World as _};

/// A stream of events, as its reader gets it: while he stays admitted, and with heartbeats.
pub(super) fn events(
    stream: ReadableStream,
    watch: Option<Watch>,
    config: &SharedConfig,
    world: Worker,
) -> Result<ReadableStream, JsValue> {
    let wire = config.as_ref().as_ref().map(|config| config.wire);
    match (wire.ok().and_then(|wire| wire.heartbeat), watch) {
        (None, None) => Ok(stream),
        (None, Some(watch)) => watched(&stream, watch, config, world),
        (Some(heartbeat), watch) => {
            let (conduit, readable) = Conduit::new()?;
            let config = Rc::clone(config);
            spawn_local(async move {
                let refused = until_refused(watch.as_ref(), &config, &world);
                let carried = conduit.carry(&stream, heartbeat, refused).await;
                conduit.finish(carried).await;
            });
            Ok(readable)
        }
    }
}

/// The same stream, untouched, while its reader stays admitted.
fn watched(
    stream: &ReadableStream,
    watch: Watch,
    config: &SharedConfig,
    world: Worker,
) -> Result<ReadableStream, JsValue> {
    let pipe = IdentityTransformStream::new()?;
    let (readable, writable) = (pipe.readable(), pipe.writable());
    let cut = AbortController::default();
    let options = StreamPipeOptions::new();
    options.set_signal(&cut.signal());
    options.set_prevent_abort(true);
    let mut piped = JsFuture::from(stream.pipe_to_with_options(&writable, &options));
    let config = Rc::clone(config);
    spawn_local(async move {
        let refused = pin!(until_refused(Some(&watch), &config, &world));
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

/// Returns when the reader is not admitted any more, or nobody knows; never where nobody is watched.
async fn until_refused(watch: Option<&Watch>, config: &SharedConfig, world: &Worker) {
    let (Some(watch), Ok(config)) = (watch, config.as_ref().as_ref()) else {
        return pending().await;
    };
    loop {
        after(Watch::interval(config)).await;
        let mut readmitted = watch.readmit(config, world).await;
        if readmitted.is_err() {
            after(Watch::respite(config)).await;
            readmitted = watch.readmit(config, world).await;
        }
        match readmitted {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return,
            Err(outage) => return world.report(&outage, "an open stream"),
        }
    }
}
