//! The storage of one Ledger: records as JSON, and its alarm. What is awaited here lets no other
//! request in.

use serde::{Serialize, de::DeserializeOwned};
use worker::{
    State,
    js_sys::{self, Promise},
    wasm_bindgen::{JsCast as _, JsValue},
    wasm_bindgen_futures::JsFuture,
    worker_sys::{DurableObjectState, DurableObjectStorage},
};

use super::platform::object;
use crate::time::Timestamp;

pub(super) struct LedgerStorage(DurableObjectState);

/// A write that has begun.
pub(super) struct Write(Promise);

impl LedgerStorage {
    pub(super) fn of(state: State) -> Self {
        Self(state._inner())
    }

    pub(super) async fn load<T: DeserializeOwned>(&self, key: &str) -> worker::Result<Option<T>> {
        let text = done(self.platform()?.get(key)).await?.as_string();
        text.map(|text| readable(text.as_bytes())).transpose()
    }

    /// Begins to store a record.
    pub(super) fn put(&self, key: &str, record: &impl Serialize) -> worker::Result<Write> {
        let text = serde_json::to_string(record)?;
        Ok(Write(self.platform()?.put(key, text.into())?))
    }

    /// Begins to set the alarm.
    pub(super) fn wake(&self, instant: Timestamp) -> worker::Result<Write> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "dates are far below 2^53 milliseconds"
        )]
        let milliseconds = JsValue::from((instant.unix_seconds() * 1_000) as f64);
        let time = js_sys::Date::new(&milliseconds);
        Ok(Write(self.platform()?.set_alarm(time, object(&[]))?))
    }

    /// Whether an alarm is set. It stays as it is: a stranger must not put the deletion off.
    pub(super) async fn is_to_wake(&self) -> worker::Result<bool> {
        let alarm = done(self.platform()?.get_alarm(object(&[]))).await?;
        Ok(!alarm.is_null())
    }

    pub(super) async fn delete_all(&self) -> worker::Result<()> {
        done(self.platform()?.delete_all()).await.map(drop)
    }

    /// Deletes the entries below a prefix that are over; whether others are left.
    pub(super) async fn sweep<T: DeserializeOwned>(
        &self,
        prefix: &str,
        is_over: impl Fn(T) -> bool,
    ) -> worker::Result<bool> {
        let listed = object(&[("prefix", prefix.into())]);
        let entries = done(self.platform()?.list_with_options(listed)).await?;
        let entries: js_sys::Map = entries.unchecked_into();
        let mut left = false;
        for key in entries.keys() {
            let Some(key) = key?.as_string() else {
                continue;
            };
            if self.load(&key).await?.is_none_or(&is_over) {
                done(self.platform()?.delete(&key)).await?;
            } else {
                left = true;
            }
        }
        Ok(left)
    }

    fn platform(&self) -> worker::Result<DurableObjectStorage> {
        Ok(self.0.storage()?)
    }
}

/// Waits for writes that were begun in one go: the platform makes all of them, or none.
pub(super) async fn together(writes: Vec<Write>) -> worker::Result<()> {
    let writes = writes.into_iter().map(|Write(promise)| promise);
    let all = Promise::all(&writes.collect::<js_sys::Array>());
    done(Ok(all)).await.map(drop)
}

/// What such JSON says. Of what cannot be read nothing is told, since it is told to the log.
pub(super) fn readable<T: DeserializeOwned>(text: &[u8]) -> worker::Result<T> {
    serde_json::from_slice(text).map_err(|_| "JSON of another version".into())
}

/// The platform restarts an object whose storage does not answer.
async fn done(asked: Result<Promise, JsValue>) -> worker::Result<JsValue> {
    Ok(JsFuture::from(asked?).await?)
}
