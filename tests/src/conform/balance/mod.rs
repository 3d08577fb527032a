//! Topics of the balance core.
//!
//! A check turns a row's input into calls of the real core and the core's answer into the row's
//! vocabulary. It computes all that it knows of a topic; a row says by its `expected` fields what
//! it wants to see of that.

mod hashing;
mod headers;
mod health;
mod levels;
mod outlier;
mod policies;
mod requests;
mod status;

use super::{Topic, Vector, Verdict, compare};
use serde_json::{Map, Value};
use shared::balance::{
    BackendConfig, Balancer, BalancerConfig, EligibilityConfig, Health, HealthCheckConfig,
    PolicyConfig, Request,
};
use shared::id::BackendId;
use shared::rng::Rng;
use shared::time::{Span, Timestamp};

/// Fields of `expected` that comment on others: a page's own rounding beside the code's answer,
/// ranges around exact figures.
const COMMENTS: [&str; 3] = ["note", "asserted", "doc_row"];

/// What a check answers: an object, or why it cannot.
type Answer = Result<Value, String>;

macro_rules! topics {
    ($($name:literal => $check:path $(, within $tolerance:literal)?;)*) => {
        vec![$(Topic {
            name: $name,
            check: |vector| judge(vector, $check(vector), [$($tolerance,)? 1e-9][0]),
        }),*]
    };
}

/// Every topic of this folder.
pub(super) fn topics() -> Vec<Topic> {
    topics! {
        "alb_status" => status::alb;
        "bounded_load" => hashing::bounded_load;
        "cf_weights" => policies::cf_weights;
        "circuit_breaker" => requests::circuit_breaker;
        "cloudflare_status" => status::cloudflare;
        "degraded_table" => levels::degraded_table;
        "edf" => policies::edf;
        "fail_open" => health::fail_open;
        "forwarded" => headers::forwarded;
        "framing" => headers::framing;
        "health_consecutive" => health::consecutive;
        "health_immediate" => health::immediate;
        "health_quorum" => health::quorum;
        "hop_by_hop" => headers::hop_by_hop;
        "host_header" => headers::host_header;
        "ip_hash" => hashing::ip_hash;
        "ketama_crc32" => hashing::ketama;
        "least_conn" => policies::least_conn;
        "least_request_weight" => policies::least_request_weight;
        "locality_picks" => levels::locality_picks;
        "locality_table" => levels::locality_table, within 5e-5;
        "maglev" => hashing::maglev;
        "matcher" => health::matcher;
        "outlier_consecutive" => outlier::consecutive;
        "outlier_defaults" => outlier::defaults;
        "outlier_ejection_time" => outlier::ejection_time;
        "outlier_max_ejection" => outlier::max_ejection, within 5e-5;
        "outlier_success_rate" => outlier::success_rate, within 5e-7;
        "p2c" => policies::p2c;
        "panic_table" => levels::panic_table;
        "peak_ewma" => policies::peak_ewma, within 1e-6;
        "priority_load" => levels::priority_load;
        "priority_normalise" => levels::normalise;
        "priority_pick" => levels::pick;
        "priority_table_2" => levels::panic_table;
        "priority_table_3" => levels::priority_table;
        "retry_backoff" => requests::backoff;
        "retry_budget" => requests::budget;
        "retry_budget_concurrent" => requests::concurrent_budget;
        "retry_method" => requests::method;
        "ring_hash" => hashing::ring_hash;
        "slow_start" => policies::slow_start, within 5e-7;
        "slow_start_linear" => policies::slow_start_linear;
        "swrr" => policies::swrr;
        "swrr_failure" => policies::swrr_failure;
        "total_panic" => levels::total_panic;
        "trusted_client" => headers::trusted_client;
        "via" => headers::via;
        "xff" => headers::xff;
    }
}

/// Compares the fields that the row expects, but for comments, with the answer.
fn judge(vector: &Vector, answer: Answer, tolerance: f64) -> Verdict {
    let got = match answer {
        Ok(got) => got,
        Err(problem) => return Verdict::Failed(problem),
    };
    let (Value::Object(got), Value::Object(expected)) = (&got, &vector.expected) else {
        return compare(&got, &vector.expected, tolerance);
    };
    let wanted: Map<String, Value> = expected
        .iter()
        .filter(|(name, _)| !COMMENTS.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if wanted.is_empty() {
        return Verdict::Failed("the row expects nothing that can be compared".to_owned());
    }
    let mut shown = Map::new();
    for name in wanted.keys() {
        match got.get(name) {
            Some(value) => shown.insert(name.clone(), value.clone()),
            None => return Verdict::Failed(format!("this check has no answer for `{name}`")),
        };
    }
    compare(&Value::Object(shown), &Value::Object(wanted), tolerance)
}

/// Reading inputs: a field that is missing or of another type is named.
fn number(input: &Value, name: &str) -> Result<f64, String> {
    let value = &input[name];
    value.as_f64().ok_or_else(|| format!("input.{name} is {value}: a number is needed"))
}

fn number_or(input: &Value, name: &str, default: f64) -> Result<f64, String> {
    if input[name].is_null() { Ok(default) } else { number(input, name) }
}

fn whole(input: &Value, name: &str) -> Result<u64, String> {
    whole_value(&input[name]).map_err(|problem| format!("input.{name} {problem}"))
}

fn whole_or(input: &Value, name: &str, default: u64) -> Result<u64, String> {
    if input[name].is_null() { Ok(default) } else { whole(input, name) }
}

/// A whole number; those of 64 bits are written as text.
fn whole_value(value: &Value) -> Result<u64, String> {
    let text = value.as_str().and_then(|text| text.parse().ok());
    value.as_u64().or(text).ok_or_else(|| format!("is {value}: a whole number is needed"))
}

fn text<'a>(input: &'a Value, name: &str) -> Result<&'a str, String> {
    let value = &input[name];
    value.as_str().ok_or_else(|| format!("input.{name} is {value}: a text is needed"))
}

fn items<'a>(input: &'a Value, name: &str) -> Result<&'a [Value], String> {
    let value = &input[name];
    value.as_array().map(Vec::as_slice).ok_or_else(|| format!("input.{name} is {value}: no list"))
}

fn numbers(input: &Value, name: &str) -> Result<Vec<f64>, String> {
    let number = |value: &Value| value.as_f64().ok_or_else(|| format!("{value} is no number"));
    items(input, name)?.iter().map(number).collect()
}

fn texts<'a>(input: &'a Value, name: &str) -> Result<Vec<&'a str>, String> {
    let text = |value: &'a Value| value.as_str().ok_or_else(|| format!("{value} is no text"));
    items(input, name)?.iter().map(text).collect()
}

/// A list of weights, or a map of names to weights; a list's members are called a, b, c, ….
fn named_weights(value: &Value) -> Result<Vec<(String, f64)>, String> {
    let weight = |value: &Value| value.as_f64().ok_or_else(|| format!("{value} is no weight"));
    match value {
        Value::Object(map) => {
            map.iter().map(|(name, value)| Ok((name.clone(), weight(value)?))).collect()
        }
        Value::Array(list) => ('a'..)
            .zip(list)
            .map(|(letter, value)| Ok((letter.to_string(), weight(value)?)))
            .collect(),
        other => Err(format!("weights are {other}: a list or a map is needed")),
    }
}

/// A balancer at work, for checks that go through picks.
fn balancer(policy: PolicyConfig, eligibility: EligibilityConfig) -> Result<Balancer, String> {
    let health_check = HealthCheckConfig::default();
    let config = BalancerConfig { policy, health_check, deregistration_delay: Span::from_s(300) };
    Balancer::with_eligibility(config, eligibility, Rng::new(1)).map_err(|error| error.to_string())
}

/// A balancer with healthy backends of these weights, numbered from 0.
fn weighted_balancer(policy: PolicyConfig, weights: &[u32]) -> Result<Balancer, String> {
    let mut balancer = balancer(policy, EligibilityConfig::default())?;
    for (id, &weight) in (0..).zip(weights) {
        let config = BackendConfig { weight, ..BackendConfig::default() };
        balancer
            .register_with(Timestamp::ZERO, BackendId(id), Health::Healthy, config)
            .map_err(|error| error.to_string())?;
    }
    Ok(balancer)
}

/// The next pick, which is given back at once.
fn next_pick(balancer: &mut Balancer, now: Timestamp) -> Result<u32, String> {
    let pick = balancer.pick(now, &Request::default()).map_err(|error| error.to_string())?;
    let backend = pick.backend();
    balancer.complete(now, pick, shared::balance::Outcome::Response(200), &mut Vec::new());
    Ok(backend.0)
}
