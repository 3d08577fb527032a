//! The few doors to the runtime: clock, randomness, fetch, timers.

use js_sys::{Date, Function, Math};
use shared::time::Timestamp;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, RequestInit, Response};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn js_fetch(url: &str, init: &RequestInit) -> js_sys::Promise;

    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, delay_ms: u32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);

    /// `AbortController`, to get at its method without calling it.
    type Abort;

    #[wasm_bindgen(method, getter)]
    fn abort(this: &Abort) -> Function;
}

/// The wall clock. On the platform it stands still between two waits for the outside.
pub(crate) fn now() -> Timestamp {
    // `as` saturates: a clock before the epoch reads as the epoch.
    Timestamp::from_ms(Date::now() as u64)
}

/// A number that differs between isolates and requests; no secret depends on it.
pub(crate) fn random() -> u64 {
    let word = || (Math::random() * f64::from(u32::MAX)) as u64;
    (word() << 32) ^ word()
}

/// Sends a request and waits for the head of the answer.
pub(crate) async fn fetch(url: &str, init: &RequestInit) -> Result<Response, JsValue> {
    JsFuture::from(js_fetch(url, init)).await?.dyn_into()
}

/// Aborts a fetch unless it is dropped in time. Drop it when the head of the answer is there: the
/// body may take as long as it likes.
#[derive(Debug)]
pub(crate) struct Deadline {
    controller: AbortController,
    timer: JsValue,
}

impl Deadline {
    /// Starts the timer; `init` becomes subject to it.
    pub(crate) fn start(init: &RequestInit, delay_ms: u32) -> Result<Self, JsValue> {
        let controller = AbortController::new()?;
        init.set_signal(Some(&controller.signal()));
        // The method itself is the callback: no closure crosses from Rust to JavaScript.
        let abort = controller.unchecked_ref::<Abort>().abort().bind0(&controller);
        let timer = set_timeout(&abort, delay_ms);
        Ok(Self { controller, timer })
    }

    /// Whether the time was up.
    pub(crate) fn is_over(&self) -> bool {
        self.controller.signal().aborted()
    }
}

impl Drop for Deadline {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}
