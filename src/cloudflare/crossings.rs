//! What is one crossing into JavaScript where the platform's own interface needs many
//! (`crossings.js`).

use worker::{
    js_sys::{Function, Promise},
    wasm_bindgen::{self, JsValue, prelude::wasm_bindgen},
    web_sys,
};

#[wasm_bindgen(module = "/src/cloudflare/crossings.js")]
extern "C" {
    /// Headers, a line for each: the name, a comma, the value.
    #[wasm_bindgen(js_name = fieldsOf)]
    pub(super) fn fields_of(headers: &web_sys::Headers) -> String;

    /// The head of a request: a line for its method, one for its URL, and its fields.
    #[wasm_bindgen(js_name = headOf)]
    pub(super) fn head_of(request: &web_sys::Request) -> String;

    /// An answer; its body is a stream, bytes, or `null`.
    #[wasm_bindgen(catch)]
    pub(super) fn answer(
        status: u16,
        fields: &str,
        body: &JsValue,
    ) -> Result<web_sys::Response, JsValue>;

    /// Sends a request by a binding or, where that is the global scope, by the public network.
    #[wasm_bindgen(catch)]
    pub(super) fn send(
        service: &JsValue,
        url: &str,
        method: &str,
        fields: &str,
        body: &JsValue,
        signal: &web_sys::AbortSignal,
    ) -> Result<Promise, JsValue>;

    /// Signs a message with ES256.
    #[wasm_bindgen(catch)]
    pub(super) fn sign(key: &web_sys::CryptoKey, message: &[u8]) -> Result<Promise, JsValue>;

    /// Calls `ring` with the bell, whether the promise was kept, and its value or cause.
    #[wasm_bindgen(js_name = ringWhenSettled)]
    pub(super) fn ring_when_settled(promise: &Promise, ring: &Function, bell: u32);

    /// Calls `ring` after so many milliseconds. What is returned clears the timer.
    #[wasm_bindgen(js_name = ringAfter)]
    pub(super) fn ring_after(milliseconds: f64, ring: &Function, bell: u32) -> JsValue;

    /// Calls `ring` when the signal is, or was, aborted.
    #[wasm_bindgen(js_name = ringOnAbort)]
    pub(super) fn ring_on_abort(signal: &web_sys::AbortSignal, ring: &Function, bell: u32);
}
