//! The Worker: a load balancer for HTTP at the edge.
//!
//! Entry points only. A request goes to `proxy` or, under `/_lb/`, to `console`; the cron goes
//! to `probes`. What they believe and decide is in [`fleet`], [`state`], [`passive`],
//! [`in_flight`], [`facts`], [`headers`], [`secret`], [`status`] and [`metrics`], which are pure
//! and tested natively; the modules that touch the platform exist for wasm only. docs/EDGE.md
//! tells the whole story.
//!
//! The platform's own request and response objects are handed through: no body and no header that
//! stays is ever copied into Rust.

#![warn(clippy::indexing_slicing)]

pub mod facts;
pub mod fleet;
pub mod headers;
pub mod in_flight;
pub mod metrics;
pub mod passive;
pub mod secret;
pub mod state;
pub mod status;

#[cfg(target_arch = "wasm32")]
mod config;
#[cfg(target_arch = "wasm32")]
mod console;
#[cfg(target_arch = "wasm32")]
mod isolate;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod probes;
#[cfg(target_arch = "wasm32")]
mod proxy;
#[cfg(target_arch = "wasm32")]
mod respond;
#[cfg(target_arch = "wasm32")]
mod store;

#[cfg(target_arch = "wasm32")]
#[allow(unreachable_pub, reason = "wasm-bindgen exports public functions only")]
mod entry {
    use crate::facts::Facts;
    use crate::isolate::Isolate;
    use crate::proxy::{self, quick};
    use crate::respond::Failure;
    use crate::{console, platform, probes, respond};
    use shared::time::Timestamp;
    use std::rc::Rc;
    use wasm_bindgen::JsValue;
    use wasm_bindgen::prelude::wasm_bindgen;
    use web_sys::{Request, Response};
    use worker::{Context, Env, ScheduleContext, ScheduledEvent, event};

    /// Where the first try of a request goes; see [`quick::begin`].
    #[wasm_bindgen]
    pub fn begin(number: u32, text: &str, now_ms: f64) -> u32 {
        let begin = |isolate: Rc<Isolate>| {
            quick::begin(&isolate, number, text, platform::timestamp(now_ms))
        };
        Isolate::current().and_then(begin).unwrap_or(quick::LONG)
    }

    /// The plan of the request that began last.
    #[wasm_bindgen]
    pub fn plan() -> Option<String> {
        Isolate::current()?.under_way.take_text()
    }

    /// What becomes of its answer; see [`quick::finish`].
    #[wasm_bindgen]
    pub fn finish(number: u32, status: u16, connection: Option<String>, now_ms: f64) -> u8 {
        let Some(isolate) = Isolate::current() else { return quick::ON };
        let now = platform::timestamp(now_ms);
        quick::finish(&isolate, number, status, connection.as_deref(), now)
    }

    /// The edits of the answer that was finished last.
    #[wasm_bindgen(js_name = editsOfAnswer)]
    pub fn edits_of_answer() -> Option<String> {
        Isolate::current()?.under_way.take_text()
    }

    /// Goes on after a first try that failed; see [`quick::resume`].
    #[wasm_bindgen]
    pub async fn resume(
        request: Request,
        text: String,
        number: u32,
        thrown: JsValue,
    ) -> Result<Response, JsValue> {
        let isolate = Isolate::current().ok_or(thrown.clone())?;
        let facts = Facts::of(&text);
        let result = quick::resume(&isolate, &request, &facts, number, thrown).await;
        answer(&request, result)
    }

    #[event(fetch)]
    async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
        let isolate = Isolate::of(&env);
        isolate.refresh(&env, &context).await;
        let text = platform::text_of(&request);
        let facts = Facts::of(&text);
        let result = if console::owns(facts.path) {
            console::answer(&isolate, &env, &request, &facts).await
        } else {
            proxy::forward(&isolate, &request, &facts).await
        };
        answer(&request, result).map_err(worker::Error::from)
    }

    fn answer(request: &Request, result: Result<Response, Failure>) -> Result<Response, JsValue> {
        result.or_else(|failure| respond::failure(&failure, &platform::field(request, "accept")))
    }

    #[event(scheduled)]
    async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
        // `as` saturates: a clock before the epoch reads as the epoch.
        let scheduled = Timestamp::from_ms(event.schedule() as u64);
        probes::run(&Isolate::of(&env), &env, scheduled).await;
    }
}
