//! The platform's services as JavaScript has them, without what the `worker` crate puts around
//! them, which is large.

use futures_util::future::{Either, select};
use worker::{
    js_sys::{Object, Promise, Reflect},
    wasm_bindgen::{self, JsCast, JsValue, prelude::wasm_bindgen},
};

use super::{settled::settled, timer::after};
use crate::{ledger::command::PATIENCE, ports::Outage};

#[wasm_bindgen]
extern "C" {
    /// A namespace of Workers KV.
    pub(super) type KvNamespace;

    #[wasm_bindgen(method, catch)]
    pub(super) fn get(this: &KvNamespace, key: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn put(
        this: &KvNamespace,
        key: &str,
        value: &str,
        options: &Object,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn delete(this: &KvNamespace, key: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    pub(super) fn list(this: &KvNamespace, options: &Object) -> Result<Promise, JsValue>;
}

/// Why a service has not answered.
pub(super) enum NoAnswer {
    /// It takes too long.
    Late,
    /// It has thrown this.
    Thrown(JsValue),
}

impl From<JsValue> for NoAnswer {
    fn from(thrown: JsValue) -> Self {
        Self::Thrown(thrown)
    }
}

impl NoAnswer {
    /// The outage of a service.
    pub(super) fn of(self, service: &str) -> Outage {
        match self {
            Self::Late => Outage::new(format!("{service}: no answer in time")),
            Self::Thrown(thrown) => Outage::new(format!("{service}: {}", words(&thrown))),
        }
    }
}

/// What a service answers.
///
/// # Errors
///
/// When it throws, or does not answer in time.
pub(super) async fn answered(asked: Result<Promise, JsValue>) -> Result<JsValue, NoAnswer> {
    match select(settled(&asked?), after(PATIENCE)).await {
        Either::Left((answer, _)) => Ok(answer?),
        Either::Right(((), _)) => Err(NoAnswer::Late),
    }
}

/// What the environment has under a name. When that is nothing, its methods throw.
pub(super) fn binding<T: JsCast>(env: &JsValue, name: &str) -> T {
    property(env, name).unchecked_into()
}

/// A property; `undefined` when there is none.
pub(super) fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// An object of these members.
pub(super) fn object(members: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // A plain object takes every member.
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}

/// What was thrown, in words for the log.
pub(super) fn words(thrown: &JsValue) -> String {
    let message = property(thrown, "message").as_string();
    message
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| "what was thrown says nothing".to_owned())
}
