//! A stream that is opened in home's place, and what goes into it once home has answered.

use std::{pin::pin, rc::Rc};

use futures_util::future::{Either, select};
use http::Response;
use worker::{wasm_bindgen::JsValue, wasm_bindgen_futures::spawn_local, web_sys};

use super::{
    SharedConfig,
    conduit::Conduit,
    conversion::{platform_headers, respond},
    home::JsBody,
    listener::Listener,
    world::Worker,
};
use crate::{
    endpoints::{EarlyStream, Payload},
    mcp::{
        heartbeat::HEARTBEAT,
        late_answer::{LateAnswer, excuse},
    },
};

/// Answers as home does, or, when home lets the client wait for too long, with a stream that home's
/// answer then goes into.
pub(super) async fn respond_in_time(
    offer: EarlyStream,
    answering: impl Future<Output = Response<Payload<JsBody>>> + Unpin + 'static,
    config: SharedConfig,
    world: Rc<Worker>,
) -> worker::Result<web_sys::Response> {
    let slow = pin!(world.home_is_slow(offer.patience));
    let answering = match select(answering, slow).await {
        Either::Left((answer, _)) => return respond(answer, &config, &world),
        Either::Right(((), answering)) => answering,
    };
    let (conduit, readable) = Conduit::new()?;
    let head = platform_headers(&offer.headers)?;
    spawn_local({
        let world = Rc::clone(&world);
        async move {
            let call = (offer.in_session, &config, &world);
            let brought = bring(&conduit, answering, call).await;
            conduit.finish(brought).await;
        }
    });
    let response = worker::Response::builder()
        .with_headers(head)
        .stream(readable);
    Ok(response.into())
}

/// Waits for the answer, and brings as much of it as can still be told.
async fn bring(
    conduit: &Conduit,
    answering: impl Future<Output = Response<Payload<JsBody>>> + Unpin,
    (in_session, config, world): (bool, &SharedConfig, &Rc<Worker>),
) -> Result<(), JsValue> {
    let waiting = Listener::new(None, config, world);
    conduit.remark(HEARTBEAT).await?;
    let beats = pin!(conduit.beat(waiting.heartbeat()));
    let answer = match select(answering, beats).await {
        Either::Left((answer, _)) => answer,
        Either::Right((broken, _)) => return Err(broken),
    };
    let (head, payload) = answer.into_parts();
    let late = LateAnswer::of(head.status, &head.headers, in_session);
    let error = match (late, payload) {
        (LateAnswer::Nothing, _) => return Ok(()),
        (LateAnswer::Events, Payload::Events(body, watch)) => {
            let listener = Listener::new(watch, config, world);
            return match body.into_stream() {
                None => Ok(()),
                Some(stream) => conduit.carry(&stream, &listener).await,
            };
        }
        (LateAnswer::Json, Payload::Home(body)) => {
            return match body.into_stream() {
                None => Ok(()),
                Some(stream) => conduit.carry_json(&stream).await,
            };
        }
        (LateAnswer::Events | LateAnswer::Json | LateAnswer::Untold, Payload::Own(error)) => error,
        (LateAnswer::Events | LateAnswer::Json | LateAnswer::Untold, _) => Vec::new(),
    };
    conduit.remark(&excuse(head.status, &error)).await?;
    Err(JsValue::from_str("the answer came too late"))
}
