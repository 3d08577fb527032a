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
mod entry {
    use crate::facts::Facts;
    use crate::isolate::Isolate;
    use crate::{console, platform, probes, proxy, respond};
    use shared::time::Timestamp;
    use web_sys::{Request, Response};
    use worker::{Context, Env, ScheduleContext, ScheduledEvent, event};

    #[event(fetch)]
    async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
        let isolate = Isolate::of(&env);
        isolate.refresh(&env, &context).await;
        let (wants_cookie, extra) = isolate.asks_for();
        let text = platform::describe(&request, wants_cookie, &extra);
        let facts = Facts::of(&text);
        let result = if console::owns(facts.path()) {
            console::answer(&isolate, &env, &request, &facts).await
        } else {
            proxy::forward(&isolate, &request, &facts).await
        };
        result
            .or_else(|failure| respond::failure(&failure, &platform::field(&request, "accept")))
            .map_err(worker::Error::from)
    }

    #[event(scheduled)]
    async fn scheduled(event: ScheduledEvent, env: Env, _context: ScheduleContext) {
        // `as` saturates: a clock before the epoch reads as the epoch.
        let scheduled = Timestamp::from_ms(event.schedule() as u64);
        probes::run(&Isolate::of(&env), &env, scheduled).await;
    }
}
