//! Whatever the Worker reads (its configuration, the health document, what people want): it is
//! refused with a reason or served by, never a panic. A panic in one request would take the others
//! of its isolate down with it.
//!
//! As many cases as fit into a few seconds; `GOMUJUL_FUZZ_S=60` gives them a minute and
//! `GOMUJUL_FUZZ_SEED=n` replays the seed that a failure names.

#![expect(clippy::expect_used, reason = "in a test a panic is the report")]

use edge::fleet::Fleet;
use edge::state::{Known, Reading, State};
use edge::{metrics, status};
use serde_json::Value;
use shared::balance::{Outcome, Request};
use shared::origins::{
    ClientPlace, Control, EdgeConfig, Elastic, Finding, Findings, HealthCheck, HealthDocument,
    LoadMetrics, Override, WantedCapacity,
};
use shared::rng::Rng;
use shared::time::{Span, Timestamp};
use std::time::{Duration, Instant};
use tests::damage;

/// A configuration that uses everything.
const CONFIG: &str = r#"{
    "name": "shop",
    "origins": [
        {"id": "a", "url": "https://a.example", "weight": 3, "zone": 1, "host_header": "shop.example"},
        {"id": "b", "url": "http://b.example:8080", "priority": 1, "max_outstanding": 4},
        {"id": "c", "url": "https://c.example", "standby": true}
    ],
    "pools": [{
        "id": "far", "origins": [{"id": "d", "url": "https://d.example", "state": "drain"}],
        "policy": {"type": "ip_hash"}, "countries": ["KR"], "continents": ["AS"],
        "place": {"latitude": 37.5, "longitude": 127.0}
    }],
    "routes": [
        {"host": "*.shop.example", "path": "/api", "pools": ["far", "default"], "steering": "proximity"},
        {"path": "/", "pools": ["default", "far"], "steering": "geo"}
    ],
    "policy": {"type": "power_of_choices", "choices": 2},
    "eligibility": {
        "outlier_detection": {"consecutive_5xx": 3}, "panic_threshold_percent": 50,
        "slow_start": {"type": "envoy", "window_s": 30, "aggression": 1, "min_weight_percent": 10},
        "localities": {"type": "weighted", "weights": [1, 2]}
    },
    "health_check": {"path": "/healthz", "matcher": "200-299,404", "interval_s": 30, "expected_body": "ok"},
    "retry": {"max_tries": 2, "statuses": "502-504", "backoff_ms": 10, "replay_body_bytes": 1000},
    "timeouts": {"first_byte_ms": 1000, "overall_ms": 3000},
    "affinity": {"by": "cookie", "ttl_s": 600, "sliding": true},
    "limits": {"url_bytes": 1000, "body_bytes": 100000},
    "scaling": {
        "min_size": 2, "policies": [{
            "type": "target_tracking", "metric": "average_cpu_utilization", "target_value": 50
        }],
        "webhook": {"url": "https://hook.example", "path": "/x"}
    },
    "health_refresh_s": 10
}"#;

const START: Timestamp = Timestamp::from_s(1_800_000_000);

fn found(config: &EdgeConfig, rng: &mut Rng) -> Findings {
    let finding = |rng: &mut Rng| Finding {
        healthy: Some(rng.below(4) > 0),
        load: LoadMetrics { cpu_percent: Some(rng.below(120) as f64), ..LoadMetrics::default() },
    };
    config.origins.iter().map(|origin| (origin.id.clone(), finding(rng))).collect()
}

/// Two hours of the elastic loop, as far as `document` and `config` allow any.
fn scale(config: &EdgeConfig, document: &mut HealthDocument, now: Timestamp, rng: &mut Rng) {
    for (pool, config) in config.by_pool() {
        let Some(scaling) = &config.scaling else { continue };
        let memory = document.groups.iter().find(|group| group.pool == pool);
        let Ok(mut elastic) = Elastic::restore(&pool, scaling, &config.origins, memory, now) else {
            continue;
        };
        for minute in 0..5 {
            elastic.tick(now + Span::from_s(60 * minute), &found(&config, rng));
        }
        let wanted = WantedCapacity { desired: rng.below(5) as u32, at_ms: rng.below(3) };
        elastic.set_desired(now, wanted);
        document.groups.retain(|group| group.pool != pool);
        document.groups.push(elastic.memory().clone());
    }
}

/// What a store may hold: health, wishes and the memory of a group.
fn whole_document(config: &EdgeConfig) -> HealthDocument {
    let results = [("a", true), ("b", false), ("c", true), ("d", true)];
    let check = HealthCheck { unhealthy_threshold: 1, ..HealthCheck::default() };
    let mut document = HealthDocument::after_round(None, START, &results, &check);
    let mut control = Control::default();
    let wanted = Override { weight: Some(5), ..Override::default() };
    control.set_override(config, "a", wanted, 7).expect("a is an origin");
    control.stored(config, 8);
    document.wishes = control.wishes;
    scale(config, &mut document, START, &mut Rng::new(1));
    document
}

/// An isolate that serves by what it was given, whatever that is.
fn live(config: EdgeConfig, document: Option<HealthDocument>, rng: &mut Rng) {
    let Ok(mut fleet) = Fleet::new(config, 1, rng.below(u64::MAX)) else { return };
    let mut now = START + Span::from_s(rng.below(100));
    let reading = if document.is_some() { Reading::Ok } else { Reading::Garbage };
    if let Some(document) = document {
        fleet.learn(now, reading, Some(document.clone()));
        let mut document = document;
        let config = fleet.config.clone();
        scale(&config, &mut document, now, rng);
        fleet.learn(now, reading, Some(document));
    } else {
        fleet.learn(now, reading, None);
    }
    for _ in 0..20 {
        now += Span::from_ms(rng.below(3_000));
        let host = ["www.shop.example", "", "other"][rng.below(3) as usize];
        let path = ["/", "/api/x", "/apix", ""][rng.below(4) as usize];
        let client = ClientPlace { country: Some("KR".to_owned()), ..ClientPlace::default() };
        let Some(order) = fleet.route(host, path, || client) else { continue };
        let mut tried = Vec::new();
        for _ in 0..3 {
            let asked = Request { client: Some([192, 0, 2, 1].into()), ..Request::default() };
            let known = |_: &State| Known::default();
            let Ok(place) = fleet.pick(now, &order, &tried, &asked, known, Span::from_s(1)) else {
                break;
            };
            tried.push((place.pool, place.choice.backend));
            let outcome = match rng.below(5) {
                0 => Outcome::Reset,
                1 => Outcome::Timeout,
                2 => Outcome::Response(503),
                _ => Outcome::Response(200),
            };
            fleet.complete(now + Span::from_ms(rng.below(500)), &place, outcome);
            fleet.may_retry(now, place.pool);
        }
    }
    assert!(!status::Status::of(&fleet, now).to_json().is_empty());
    assert!(!metrics::text(&fleet, now).is_empty());
}

/// A damaged text of `source`: half of the damages leave it JSON.
fn damaged(source: &str, rng: &mut Rng) -> String {
    let damages = rng.below(4);
    if rng.below(3) == 0 {
        let mut bytes = source.as_bytes().to_vec();
        (0..damages).for_each(|_| damage::bytes(&mut bytes, rng));
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let mut value: Value = serde_json::from_str(source).expect("the source is JSON");
    (0..damages).for_each(|_| damage::value(&mut value, rng));
    value.to_string()
}

/// One case; whether its configuration and its document were taken.
fn case(seed: u64, document: &str) -> (bool, bool) {
    let mut rng = Rng::new(seed);
    let config = EdgeConfig::from_json(&damaged(CONFIG, &mut rng));
    let document = HealthDocument::from_json(&damaged(document, &mut rng));
    let taken = (config.is_ok(), document.is_some());
    match config {
        Ok(config) => {
            let again = serde_json::to_string(&config).expect("it is plain data");
            assert_eq!(EdgeConfig::from_json(&again).as_ref(), Ok(&config), "seed {seed}");
            live(config, document, &mut rng);
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            let whole = EdgeConfig::from_json(CONFIG).expect("it is right");
            live(whole, document, &mut rng);
        }
    }
    if let Some(mut control) = Control::from_json(&damaged(CONTROL, &mut rng)) {
        let config = EdgeConfig::from_json(CONFIG).expect("it is right");
        control.stored(&config, 9);
        let _ = control.roll_back(None, 10);
        let _ = control.set_capacity(&config, "default", 2, 11);
    }
    taken
}

const CONTROL: &str = r#"{"current": 3, "origins": {"a": {"weight": 7, "health": "healthy"}},
    "versions": [{"number": 3, "at_ms": 5, "origins": 2}], "events": []}"#;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn any_damage_is_served_by_or_refused_with_a_reason() {
    let config = EdgeConfig::from_json(CONFIG).expect("it is right");
    assert!(Control::from_json(CONTROL).is_some());
    let document = whole_document(&config).to_json();
    assert!(HealthDocument::from_json(&document).is_some());
    if let Some(seed) = number("GOMUJUL_FUZZ_SEED") {
        case(seed, &document);
        return;
    }
    let time = Duration::from_secs(number("GOMUJUL_FUZZ_S").unwrap_or(5));
    let start = Instant::now();
    let (mut cases, mut configs, mut documents) = (0, 0, 0);
    while start.elapsed() < time {
        // A panic names no seed by itself.
        let found = std::panic::catch_unwind(|| case(cases, &document));
        assert!(found.is_ok(), "GOMUJUL_FUZZ_SEED={cases} replays this");
        let (config, document) = found.unwrap_or_default();
        cases += 1;
        configs += u32::from(config);
        documents += u32::from(document);
    }
    eprintln!(
        "{cases} cases in {} s, {configs} configurations and {documents} documents taken",
        time.as_secs()
    );
    assert!(cases > 50, "only {cases} cases");
    // Were all refused by the parser, nothing behind it would have been tried.
    assert!(u64::from(configs) > cases / 10 && u64::from(documents) > cases / 10);
}
