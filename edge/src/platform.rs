//! The few doors to the runtime: clock, randomness, and what `door.js` bundles.

use js_sys::{Date, Math, Promise};
use shared::time::Timestamp;
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, Response};
use worker::Delay;

#[wasm_bindgen(module = "/src/door.js")]
extern "C" {
    /// See `door.js`.
    #[wasm_bindgen(js_name = lookAt)]
    pub(crate) fn look_at(cookie: bool, field: &str);
    #[wasm_bindgen(js_name = textOf)]
    pub(crate) fn text_of(request: &Request) -> String;
    pub(crate) fn field(request: &Request, name: &str) -> String;
    #[wasm_bindgen(js_name = headerBytes)]
    pub(crate) fn header_bytes(request: &Request) -> u32;
    pub(crate) fn whereabouts(request: &Request) -> String;
    #[wasm_bindgen(js_name = keepBody, catch)]
    async fn js_keep_body(request: &Request) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_name = send)]
    fn js_send(
        request: &Request,
        url: &str,
        resolves_to: &str,
        edits: &str,
        body: &JsValue,
        timeout_ms: u32,
    ) -> Promise;
    #[wasm_bindgen(js_name = passes)]
    async fn js_passes(limiter: &JsValue, key: &str) -> JsValue;
    #[wasm_bindgen(js_name = connectionOf)]
    pub(crate) fn connection_of(response: &Response) -> Option<String>;
    #[wasm_bindgen(catch)]
    pub(crate) fn edited(response: &Response, edits: &str) -> Result<Response, JsValue>;
    #[wasm_bindgen(js_name = beginningOf, catch)]
    async fn js_beginning_of(response: &Response, max: u32) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn js_fetch(url: &str, init: &RequestInit) -> Promise;

}

/// The wall clock. On the platform it stands still between two waits for the outside.
pub(crate) fn now() -> Timestamp {
    timestamp(Date::now())
}

/// What JavaScript read from the wall clock.
pub(crate) const fn timestamp(now_ms: f64) -> Timestamp {
    // `as` saturates: a clock before the epoch reads as the epoch.
    Timestamp::from_ms(now_ms as u64)
}

/// A number that differs between isolates and requests; no secret depends on it.
pub(crate) fn random() -> u64 {
    let word = || (Math::random() * f64::from(u32::MAX)) as u64;
    (word() << 32) ^ word()
}

/// Waits.
pub(crate) async fn sleep(ms: u64) {
    Delay::from(Duration::from_millis(ms)).await;
}

/// The body of a try.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// None.
    None,
    /// The request's own, which can be sent once.
    Stream,
    /// A kept one, which can be sent again.
    Kept(JsValue),
}

/// Where a try goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target<'a> {
    pub(crate) url: &'a str,
    /// The host to connect to, where that is not the URL's; or empty.
    pub(crate) resolves_to: &'a str,
}

/// The whole body of `request`, to be sent more than once.
pub(crate) async fn keep_body(request: &Request) -> Result<Body, JsValue> {
    js_keep_body(request).await.map(Body::Kept)
}

/// Whether the platform's rate limit lets one more request of `key` pass.
pub(crate) async fn passes(limiter: &JsValue, key: &str) -> bool {
    js_passes(limiter, key).await.as_bool() != Some(false)
}

/// One try: the answer, or `None` when none came in time.
pub(crate) async fn send(
    request: &Request,
    target: &Target<'_>,
    edits: &str,
    body: &Body,
    timeout_ms: u32,
) -> Result<Option<Response>, JsValue> {
    let body = match body {
        Body::None => &JsValue::NULL,
        Body::Stream => &JsValue::UNDEFINED,
        Body::Kept(bytes) => bytes,
    };
    let answer =
        JsFuture::from(js_send(request, target.url, target.resolves_to, edits, body, timeout_ms))
            .await?;
    if answer.is_undefined() { Ok(None) } else { answer.dyn_into().map(Some) }
}

/// Nobody waits for the rest of an answer.
pub(crate) fn discard(response: &Response) {
    if let Some(body) = response.body() {
        // Nothing can be done if it fails.
        let _ = body.cancel();
    }
}

/// Sends a request of this Worker's own and waits for the head of the answer.
pub(crate) async fn fetch(url: &str, init: &RequestInit) -> Result<Response, JsValue> {
    JsFuture::from(js_fetch(url, init)).await?.dyn_into()
}

/// At most `max` bytes of an answer's body as text.
pub(crate) async fn beginning_of(response: &Response, max: u32) -> Result<String, JsValue> {
    js_beginning_of(response, max).await.map(|text| text.as_string().unwrap_or_default())
}
