//! The cron: asks every origin how it is, runs the elastic loop, and keeps what it learns in the
//! store.

mod webhook;

use crate::isolate::Isolate;
use crate::platform::{self, beginning_of, fetch};
use crate::state::Reading;
use crate::store::Store;
use futures_util::{StreamExt, stream};
use js_sys::{Object, Reflect};
use litemap::LiteMap;
use shared::balance::{Health, Matcher};
use shared::origins::{
    EdgeConfig, Elastic, Event, EventKind, Finding, Findings, HealthDocument, LoadMetrics,
    MAX_PROBED_BYTES, MAX_PROBES_PER_RUN, ORCA_HEADER, Origin, OriginState,
};
use shared::time::{Span, Timestamp};
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Headers, RequestInit, RequestRedirect};
use worker::{Env, console_error};

/// The platform lets so many requests of one run wait for an answer at once; more would queue, and
/// their time-outs would count the queueing.
const AT_ONCE: usize = 6;

/// One run of the cron, whose turn it is at `scheduled`.
pub(crate) async fn run(isolate: &Isolate, env: &Env, scheduled: Timestamp) {
    let store = Store::of(env);
    // Another isolate may have made the last round, and the store may be older than this memory.
    let (reading, stored) = store.read(0).await;
    isolate.learn(&store, reading, stored.clone()).await;
    let Ok(fleet) = isolate.fleet() else { return };
    let known = fleet.borrow().document().cloned();
    let stored = match reading {
        Reading::Ok | Reading::Missing => stored,
        Reading::Never | Reading::Garbage | Reading::Failed => known.clone(),
    };
    let mut round = Round {
        isolate,
        store,
        version: 0,
        pools: Vec::new(),
        stored,
        document: known.unwrap_or_default(),
        found: Findings::new_vec(),
        // What is in its place is of no use to anybody.
        must_write: isolate.unwritten.get() || reading == Reading::Garbage,
    };
    round.hear_wishes().await;
    round.all(scheduled).await;
}

struct Round<'a> {
    isolate: &'a Isolate,
    store: Store,
    /// The version of the configuration that the run goes by.
    version: u64,
    pools: Vec<(String, EdgeConfig)>,
    /// What the store holds, as far as is known.
    stored: Option<HealthDocument>,
    document: HealthDocument,
    /// What the newest probe of each origin found.
    found: Findings,
    /// The elastic loop decided something that the next run must know, or the store holds less than
    /// was to be written.
    must_write: bool,
}

/// One probe that is due.
struct Due {
    pool: usize,
    origin: Origin,
}

impl Round<'_> {
    async fn all(&mut self, scheduled: Timestamp) {
        if self.pools.iter().all(|(_, pool)| pool.origins.is_empty()) {
            return;
        }
        let keep: Vec<String> =
            self.pools.iter().flat_map(|(_, pool)| &pool.origins).map(|o| o.id.clone()).collect();
        let keep: Vec<&str> = keep.iter().map(String::as_str).collect();
        self.document.keep_only(&keep);
        let start = platform::now();
        let mut left = MAX_PROBES_PER_RUN;
        for (second, pools) in self.timetable() {
            wait_until(start + Span::from_s(second)).await;
            if second > 0 && self.hear_wishes().await {
                // The next run probes by the new configuration.
                return self.keep(second).await;
            }
            let due = self.due(&pools);
            let due = due.into_iter().take(left).collect::<Vec<_>>();
            left = left.saturating_sub(due.len());
            self.probe(due).await;
            if second == 0 {
                self.scale(scheduled).await;
            }
            self.keep(second).await;
        }
    }

    /// Takes over what people want by now: a run lasts most of a minute, and they act meanwhile, here
    /// or elsewhere. Whether they want another configuration than before.
    async fn hear_wishes(&mut self) -> bool {
        if let Ok(control) = self.store.read_control().await {
            self.document.wishes.renew(&control.wishes);
        }
        self.hear_here();
        let Ok(fleet) = self.isolate.fleet() else { return false };
        let reading = fleet.borrow().last_reading().0;
        self.isolate.learn(&self.store, reading, Some(self.document.clone())).await;
        let Ok(fleet) = self.isolate.fleet() else { return false };
        let (fleet, before) = (fleet.borrow(), self.version);
        (self.version, self.pools) = (fleet.version, fleet.config.by_pool());
        self.version != before
    }

    /// The same of what came through the API of this isolate.
    fn hear_here(&mut self) {
        let Ok(fleet) = self.isolate.fleet() else { return };
        if let Some(known) = fleet.borrow().document() {
            self.document.wishes.renew(&known.wishes);
        }
    }

    /// When in a run which pools are probed, by second.
    fn timetable(&self) -> LiteMap<u64, Vec<usize>> {
        let mut times: LiteMap<u64, Vec<usize>> = LiteMap::new_vec();
        for (index, (_, pool)) in self.pools.iter().enumerate() {
            let check = &pool.health_check;
            for round in 0..check.rounds_per_run() {
                let second = u64::from(round) * u64::from(check.interval_s);
                times.entry(second).or_default().push(index);
            }
        }
        times
    }

    /// The origins that are probed now: those that serve, drain or wait for their first check.
    fn due(&self, pools: &[usize]) -> Vec<Due> {
        let mut due = Vec::new();
        for &pool in pools {
            let Some((id, config)) = self.pools.get(pool) else { continue };
            let begun = self.document.groups.iter().any(|group| group.pool == *id);
            for origin in &config.origins {
                let rests = config.scaling.is_some()
                    && if begun {
                        self.document.phase(id, &origin.id).is_none()
                    } else {
                        origin.standby
                    };
                let wish = self.document.wishes.of(&origin.id).state.unwrap_or(origin.state);
                if !rests && wish != OriginState::Maintenance {
                    due.push(Due { pool, origin: origin.clone() });
                }
            }
        }
        due
    }

    async fn probe(&mut self, due: Vec<Due>) {
        let pools = &self.pools;
        let probes = due.into_iter().enumerate().filter_map(|(place, Due { pool, origin })| {
            let (_, config) = pools.get(pool)?;
            Some(async move { (place, pool, origin.id.clone(), probe(&origin, config).await) })
        });
        let mut results: Vec<_> = stream::iter(probes).buffer_unordered(AT_ONCE).collect().await;
        // Recorded in the order of the configuration, not of the answers: the document must not
        // change with who is quicker.
        shared::ordered::sort_by(&mut results, |a, b| a.0.cmp(&b.0));
        let now = platform::now();
        for (_, pool, id, Answer { passed, reason, load }) in results {
            let Some((_, config)) = self.pools.get(pool) else { continue };
            self.document.record(now, &id, passed, &config.health_check, &reason);
            let healthy = match self.document.health(&id) {
                Health::Initial => None,
                health => Some(health == Health::Healthy),
            };
            self.found.insert(id, Finding { healthy, load });
        }
        self.document.checked_at_ms = now.as_ms();
    }

    /// The minute of the elastic loops.
    async fn scale(&mut self, scheduled: Timestamp) {
        let mut told = Vec::new();
        let mut groups = Vec::new();
        for (pool, config) in &self.pools {
            let Some(scaling) = &config.scaling else { continue };
            let memory = self.document.groups.iter().find(|group| group.pool == *pool);
            let elastic = Elastic::restore(pool, scaling, &config.origins, memory, scheduled);
            let mut elastic = match elastic {
                Ok(elastic) => elastic,
                Err(error) => {
                    console_error!("{pool}: {error}");
                    continue;
                }
            };
            let own = |id: &String| config.origins.iter().any(|origin| origin.id == *id);
            let mut found = self.found.clone();
            found.retain(|id, _| own(id));
            let mut tick = elastic.tick(scheduled, &found);
            if let Some(&wanted) = self.document.wishes.capacity.get(pool) {
                let set = elastic.set_desired(scheduled, wanted);
                tick.events.extend(set.events);
                tick.desired = set.desired.or(tick.desired);
                tick.must_write |= set.must_write;
            }
            let mut events: Vec<EventKind> = std::mem::take(&mut tick.events);
            if let (Some(desired), Some(webhook)) = (tick.desired, &scaling.webhook) {
                told.push((pool.clone(), desired, webhook.clone()));
            }
            let at_ms = scheduled.as_ms();
            events.drain(..).for_each(|kind| self.document.events.push(Event { at_ms, kind }));
            groups.push((elastic.memory().clone(), tick.must_write));
        }
        self.must_write |= groups.iter().any(|(_, must_write)| *must_write);
        self.document.groups = groups.into_iter().map(|(memory, _)| memory).collect();
        self.forget_standby();
        for (pool, desired, webhook) in told {
            let status =
                webhook::tell(self.isolate.key(), &webhook, &pool, desired, scheduled).await;
            let kind = EventKind::Webhook { pool, desired, status };
            self.document.events.push(Event { at_ms: scheduled.as_ms(), kind });
        }
    }

    /// The health of origins on standby is not known: nobody probes them.
    fn forget_standby(&mut self) {
        let resting: Vec<String> = self
            .pools
            .iter()
            .filter(|(pool, _)| self.document.groups.iter().any(|group| group.pool == *pool))
            .flat_map(|(pool, config)| {
                let rests = |origin: &&Origin| self.document.phase(pool, &origin.id).is_none();
                config.origins.iter().filter(rests).map(|origin| origin.id.clone())
            })
            .collect();
        self.document.entries.retain(|entry| !resting.contains(&entry.id));
    }

    /// Writes what changed, and lets this isolate know.
    async fn keep(&mut self, second: u64) {
        self.hear_here();
        let now = platform::now();
        let is_last = self.timetable().keys().next_back() == Some(&second);
        let stored = self.stored.as_ref();
        if self.document.is_to_be_written(now, stored, is_last, self.must_write) {
            self.document.count_write(now);
            let is_written = self.store.write(&self.document).await.is_ok();
            self.isolate.unwritten.set(!is_written);
            if is_written {
                self.stored = Some(self.document.clone());
                self.must_write = false;
            }
        }
        if let Ok(fleet) = self.isolate.fleet() {
            let reading = fleet.borrow().last_reading().0;
            fleet.borrow_mut().learn(now, reading, Some(self.document.clone()));
        }
    }
}

async fn wait_until(time: Timestamp) {
    let left = time.since(platform::now());
    if left > Span::ZERO {
        platform::sleep(left.as_ns() / 1_000_000).await;
    }
}

/// What one probe brought.
struct Answer {
    passed: bool,
    reason: String,
    load: LoadMetrics,
}

async fn probe(origin: &Origin, config: &EdgeConfig) -> Answer {
    match ask(origin, config).await {
        Ok(answer) => answer,
        // Refused, reset or too late: what a failed probe is.
        Err(_) => {
            let reason = "no answer in time".to_owned();
            Answer { passed: false, reason, load: LoadMetrics::default() }
        }
    }
}

async fn ask(origin: &Origin, config: &EdgeConfig) -> Result<Answer, JsValue> {
    let check = &config.health_check;
    let headers = Headers::new()?;
    headers.set("user-agent", concat!("gomujul/", env!("CARGO_PKG_VERSION"), " (health check)"))?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(check.timeout_s.saturating_mul(1_000))));
    // An answer from a cache says nothing about the origin.
    Reflect::set(&init, &"cache".into(), &"no-store".into())?;
    if let Some(host) = origin.resolves_to() {
        let cf = Object::new();
        Reflect::set(&cf, &"resolveOverride".into(), &host.into())?;
        Reflect::set(&init, &"cf".into(), &cf)?;
    }
    let response = fetch(&format!("{}{}", origin.request_url(), check.path), &init).await?;
    let load_source = config.scaling.as_ref().map(|scaling| &scaling.load);
    let reads_body = !check.expected_body.is_empty()
        || load_source.is_some_and(|source| !source.body_pointer.is_empty());
    let body = if reads_body {
        beginning_of(&response, MAX_PROBED_BYTES).await?
    } else {
        if let Some(body) = response.body() {
            // Unread bodies hold their connection; the platform would cancel them with a warning.
            let _ = wasm_bindgen_futures::JsFuture::from(body.cancel()).await;
        }
        String::new()
    };
    let header = response.headers().get(ORCA_HEADER)?;
    let load = load_source
        .map(|source| LoadMetrics::of(source, header.as_deref(), &body))
        .unwrap_or_default();
    let status = response.status();
    let matches = Matcher::parse(&check.matcher).is_ok_and(|matcher| matcher.matches(status));
    let (passed, reason) = match (matches, check.expects(&body)) {
        (true, true) => (true, format!("status {status}")),
        (true, false) => (false, format!("status {status}, without the expected body")),
        (false, _) => (false, format!("status {status}")),
    };
    Ok(Answer { passed, reason, load })
}
