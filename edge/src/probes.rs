//! The cron: asks every origin how it is, and keeps what it learns in the store.

use crate::isolate::Isolate;
use crate::platform::{self, fetch};
use crate::store::Store;
use futures_util::{StreamExt, stream};
use js_sys::Reflect;
use shared::balance::Matcher;
use shared::origins::{EdgeConfig, HealthCheck, HealthDocument, Origin};
use shared::time::{Span, Timestamp};
use std::time::Duration;
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Headers, RequestInit, RequestRedirect};
use worker::{Delay, Env};

/// The platform lets so many requests of one run wait for an answer at once; more would queue, and
/// their time-outs would count the queueing.
const AT_ONCE: usize = 6;

/// One run: as many rounds as the interval fits into a minute.
pub(crate) async fn run(isolate: &Isolate, env: &Env) {
    let Isolate::Ready(state) = isolate else { return };
    let config = state.borrow().config.clone();
    if config.origins.is_empty() {
        return;
    }
    let Ok(matcher) = Matcher::parse(&config.health_check.matcher) else { return };
    let store = Store::of(env);
    // Another isolate may have made the last round, and the store may be older than this memory.
    let (reading, stored) = store.read(0).await;
    state.borrow_mut().learn(platform::now(), reading, stored);
    let mut stored = state.borrow().document.clone();
    let mut known = stored.clone();

    let start = platform::now();
    let interval = config.health_check.thresholds().interval();
    for round in 0..config.health_check.rounds_per_run() {
        wait_until(start + interval.times(u64::from(round))).await;
        let results = probe_all(&config, &matcher).await;
        let now = platform::now();
        let found =
            HealthDocument::after_round(known.as_ref(), now, &results, &config.health_check);
        if found.should_replace(stored.as_ref()) && store.write(&found).await {
            stored = Some(found.clone());
        }
        known = Some(found);
    }
}

async fn wait_until(time: Timestamp) {
    let left = time.since(platform::now());
    if left > Span::ZERO {
        Delay::from(Duration::from_nanos(left.as_ns())).await;
    }
}

/// One round: which origins passed, in the order of the configuration.
async fn probe_all<'a>(config: &'a EdgeConfig, matcher: &Matcher) -> Vec<(&'a str, bool)> {
    let probes = config.origins.iter().enumerate().map(|(place, origin)| async move {
        let passed = match probe(origin, &config.health_check).await {
            Ok(status) => matcher.matches(status),
            // Refused, reset or too late: what a failed probe is.
            Err(_) => false,
        };
        (place, origin.id.as_str(), passed)
    });
    let mut results: Vec<_> = stream::iter(probes).buffer_unordered(AT_ONCE).collect().await;
    results.sort_unstable_by_key(|&(place, ..)| place);
    results.into_iter().map(|(_, id, passed)| (id, passed)).collect()
}

/// The status code of one answer.
async fn probe(origin: &Origin, check: &HealthCheck) -> Result<u16, JsValue> {
    let headers = Headers::new()?;
    headers.set("user-agent", concat!("gomujul/", env!("CARGO_PKG_VERSION"), " (health check)"))?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(check.timeout_s.saturating_mul(1_000))));
    // An answer from a cache says nothing about the origin.
    Reflect::set(&init, &"cache".into(), &"no-store".into())?;
    let response = fetch(&format!("{}{}", origin.url, check.path), &init).await?;
    if let Some(body) = response.body() {
        // Unread bodies hold their connection; the platform would cancel them with a warning.
        let _ = wasm_bindgen_futures::JsFuture::from(body.cancel()).await;
    }
    Ok(response.status())
}
