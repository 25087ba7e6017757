//! Streams that end when their reader is no longer admitted. Their bytes never come here.

use std::{pin::pin, rc::Rc};

use futures_util::future::{Either, select};
use worker::{
    AbortController,
    wasm_bindgen::{self, JsValue, prelude::wasm_bindgen},
    wasm_bindgen_futures::{JsFuture, spawn_local},
    web_sys::{self, ReadableStream, StreamPipeOptions},
};

use super::{SharedConfig, platform::after, world::Worker};
use crate::{config::Config, endpoints::Watch, ports::World as _};

#[wasm_bindgen]
extern "C" {
    /// The platform's own pipe: what goes in comes out, and nothing is kept.
    #[wasm_bindgen(extends = web_sys::TransformStream)]
    type IdentityTransformStream;

    #[wasm_bindgen(constructor, catch)]
    fn new() -> Result<IdentityTransformStream, JsValue>;
}

/// The same stream, while its reader stays admitted.
pub(super) fn watched(
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
        let config = config.as_ref().as_ref();
        let config = config.expect("who is watched was let in by a good configuration");
        let refused = pin!(until_refused(&watch, config, &world));
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

/// Returns when the reader is not admitted any more, or nobody knows.
async fn until_refused(watch: &Watch, config: &Config, world: &Worker) {
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
