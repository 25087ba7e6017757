//! A stream that is opened in home's place, and what goes into it once home has answered.

use std::{pin::pin, rc::Rc};

use futures_util::future::{Either, select};
use http::{Response, StatusCode};
use worker::{wasm_bindgen::JsValue, wasm_bindgen_futures::spawn_local, web_sys};

use super::{
    SharedConfig,
    conduit::Conduit,
    conversion::{respond, streaming},
    events::attend,
    home::JsBody,
    listener::Listener,
    world::Worker,
};
use crate::{
    endpoints::{EarlyStream, Payload, Watch},
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
    let answering = {
        let slow = pin!(world.home_is_slow(offer.patience));
        match select(answering, slow).await {
            Either::Left((answer, _)) => return respond(answer, &config, &world),
            Either::Right(((), answering)) => answering,
        }
    };
    let listener = Listener::new(None, &config, &world);
    let (conduit, readable) = Conduit::open(&listener, listener.heartbeat())?;
    conduit.say(HEARTBEAT);
    let in_session = offer.in_session;
    spawn_local(async move {
        let ended = pin!(conduit.ended());
        let answer = match select(select(listener.gone(), ended), answering).await {
            Either::Left(_) => return conduit.end(),
            Either::Right((answer, _)) => answer,
        };
        let watch = bring(&conduit, answer, in_session);
        attend(&conduit, &Listener::new(watch, &config, &world)).await;
    });
    streaming(StatusCode::OK, &offer.headers, Some(&readable))
}

/// Brings as much of an answer as can still be told; the watch over who reads it, if there is one.
fn bring(conduit: &Conduit, answer: Response<Payload<JsBody>>, in_session: bool) -> Option<Watch> {
    let (head, payload) = answer.into_parts();
    let late = LateAnswer::of(head.status, &head.headers, in_session);
    let error = match (late, payload) {
        (LateAnswer::Events, Payload::Events(body, watch)) => {
            match body.into_stream() {
                None => conduit.close(),
                Some(stream) => conduit.carry(&stream),
            }
            return watch;
        }
        (LateAnswer::Json, Payload::Home(body)) => {
            match body.into_stream() {
                None => conduit.close(),
                Some(stream) => conduit.carry_json(&stream),
            }
            return None;
        }
        (LateAnswer::Nothing, _) => {
            conduit.close();
            return None;
        }
        (LateAnswer::Events | LateAnswer::Json | LateAnswer::Untold, Payload::Own(error)) => error,
        (LateAnswer::Events | LateAnswer::Json | LateAnswer::Untold, _) => Vec::new(),
    };
    conduit.say(&excuse(head.status, &error));
    conduit.break_off(JsValue::from_str("the answer came too late"));
    None
}
