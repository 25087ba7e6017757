//! The shell: the one place that knows where the edge runs. It holds no rule.
//!
//! A request becomes an [`IncomingRequest`](crate::endpoints::IncomingRequest), the [`world`] gives
//! the endpoints their ports, and the answer becomes a platform response again. A stream of
//! [`events`] goes through a [`conduit`], for as long as its [`listener`] may listen; [`early`] opens
//! one in home's place. The Durable Object of a grant, or of the sign-in throttle, is
//! [`ledger_object`].
//!
//! What waits for the platform may wait for ever, when a client leaves: so it waits by [`bell`]s that
//! can be dropped ([`gone`], [`settled`], [`timer`]). A request is a [`task`], which a bell wakes at once. What a call
//! asks of the platform is asked in few [`crossings`].

mod bell;
mod conduit;
mod configuration;
mod conversion;
mod crossings;
mod documents;
mod early;
mod events;
mod gone;
mod home;
mod key_value;
mod ledger_client;
mod ledger_object;
mod ledger_storage;
mod ledger_wire;
mod listener;
mod numbered;
mod own_signatures;
mod platform;
mod settled;
mod signatures;
mod task;
mod timer;
mod world;

use std::{pin::pin, rc::Rc};

use futures_util::future::{Either, select};
use http::{Response, StatusCode};
use worker::{
    Env, console_error, event,
    js_sys::Promise,
    wasm_bindgen::{self, JsValue, prelude::wasm_bindgen},
    web_sys, worker_sys,
};

use crate::{
    config::Config,
    endpoints::{EarlyStream, Edge, IncomingRequest, Payload, misconfigured},
    secret::SystemRandom,
};
use configuration::configuration;
use conversion::{headers_of, incoming, respond};
use crossings::fields_of;
use early::respond_in_time;
use gone::gone;
use home::JsBody;
use task::promised;
use world::Worker;

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// The platform's way in: an export such as the crate's macro makes, but for the crate's queue.
#[expect(unreachable_pub, reason = "only what is public is exported")]
#[wasm_bindgen]
pub fn fetch(request: web_sys::Request, env: Env, context: worker_sys::Context) -> Promise {
    promised(async {
        let answer = visit(request, env, worker::Context::new(context)).await;
        answer.map(JsValue::from).or_else(|fault| {
            console_error!("{fault}");
            Ok(fault_answer()?.into())
        })
    })
}

async fn visit(
    request: web_sys::Request,
    env: Env,
    context: worker::Context,
) -> worker::Result<web_sys::Response> {
    let config = configuration(&env);
    let world = Rc::new(Worker::new(env, request.signal(), context));
    let good = match config.as_ref() {
        Ok(good) => good,
        Err(problems) => {
            let headers = headers_of(&fields_of(&request.headers())).unwrap_or_default();
            let answer = misconfigured(&headers, problems, &SystemRandom).map(Payload::Own);
            return respond(answer, &config, &world);
        }
    };
    let Some(incoming) = incoming(request) else {
        return respond(unreadable(), &config, &world);
    };
    let offer = EarlyStream::offer(good, &incoming);
    // It may outlive this function.
    let (own, visit) = (Rc::clone(&config), Rc::clone(&world));
    let answering = Box::pin(async move {
        let good = own.as_ref().as_ref().expect("it was good a moment ago");
        answer(good, incoming, &visit).await
    });
    match offer {
        None => respond(answering.await, &config, &world),
        Some(offer) => respond_in_time(offer, answering, config, world).await,
    }
}

/// What is answered when the platform does not take an answer.
fn fault_answer() -> Result<web_sys::Response, JsValue> {
    crossings::answer(
        500,
        "content-type,text/plain\n",
        &JsValue::from_str("Internal Server Error"),
    )
}

/// Answers, unless the client leaves before. The platform then never goes on with what waits, so it
/// is dropped here, with all that it holds.
async fn answer(
    config: &Config,
    request: IncomingRequest<JsBody>,
    world: &Worker,
) -> Response<Payload<JsBody>> {
    let answered = pin!(Edge::answer(config, world, &SystemRandom, request));
    match select(answered, gone(world.signal())).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Response::new(Payload::Own(Vec::new())),
    }
}

/// The answer to a request that is none.
fn unreadable() -> Response<Payload<JsBody>> {
    let body = r#"{"error":"invalid_request","error_description":"The request cannot be read."}"#;
    let mut response = Response::new(Payload::Own(body.into()));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let json = http::HeaderValue::from_static("application/json");
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, json);
    response
}

/// The configuration as it is shared by all requests of an isolate.
type SharedConfig = Rc<Result<Config, Vec<crate::config::Problem>>>;
