//! The worker's side: a driver whose reports are posted to the page.

use super::driver::Driver;
use super::protocol::{self, FromWorker, PROTOCOL_VERSION, ToWorker};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, throw_str};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

/// Serves the page that started this worker, for as long as the worker lives.
pub fn run_worker() {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let driver = Driver::start({
        let scope = scope.clone();
        move |message| post(&scope, &message)
    });
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = Uint8Array::new(&event.data()).to_vec();
        match protocol::decode::<ToWorker>(&bytes) {
            Ok(message) => driver.handle(message),
            // The page of another version has read `Ready` and asks its reader to reload.
            Err(error) => throw_str(&format!("a message that this worker cannot read: {error}")),
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    // The worker ends with its page, never before.
    on_message.forget();
    let engine_version = shared::ENGINE_VERSION;
    post(&scope, &FromWorker::Ready { protocol_version: PROTOCOL_VERSION, engine_version });
}

/// Errors are thrown: uncaught, they reach the page as the worker's `error` event.
fn post(scope: &DedicatedWorkerGlobalScope, message: &FromWorker) {
    let bytes = match protocol::encode(message) {
        Ok(bytes) => bytes,
        Err(error) => throw_str(&format!("a report cannot be encoded: {error}")),
    };
    let buffer = Uint8Array::from(bytes.as_slice()).buffer();
    if let Err(error) = scope.post_message_with_transfer(&buffer, &Array::of1(&buffer)) {
        wasm_bindgen::throw_val(error);
    }
}
