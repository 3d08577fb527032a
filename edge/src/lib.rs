//! The Worker: a load balancer for HTTP at the edge.
//!
//! Entry points only. A request goes to `proxy` or, under `/_lb/`, to `console`; the cron goes
//! to `probes`. What they believe and decide is in [`state`], [`passive`], [`in_flight`],
//! [`headers`] and [`status`], which are pure and tested natively; the modules that touch the
//! platform exist for wasm only. docs/EDGE.md tells the whole story.
//!
//! The platform's own request and response objects are handed through: no body and no header that
//! stays is ever copied into Rust.

#![warn(clippy::indexing_slicing)]

pub mod headers;
pub mod in_flight;
pub mod passive;
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
    use crate::headers::split_url;
    use crate::isolate::Isolate;
    use crate::{console, probes, proxy, respond};
    use web_sys::{Request, Response};
    use worker::{Context, Env, ScheduleContext, ScheduledEvent, event};

    #[event(fetch)]
    async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
        let isolate = Isolate::of(&env);
        isolate.refresh_behind(&env, &context);
        let url = request.url();
        let target = split_url(&url).map_or("", |(_, _, target)| target);
        let path = target.split(['?', '#']).next().unwrap_or_default();
        let result = if console::owns(path) {
            console::answer(&isolate, &env, &request, path).await
        } else {
            proxy::forward(&isolate, &request, &url).await
        };
        result.or_else(|failure| respond::failure(&failure)).map_err(worker::Error::from)
    }

    #[event(scheduled)]
    async fn scheduled(_event: ScheduledEvent, env: Env, _context: ScheduleContext) {
        probes::run(&Isolate::of(&env), &env).await;
    }
}
