//! Active checks, quorum, and failing open.

use super::{Answer, balancer, text, whole, whole_or};
use crate::conform::Vector;
use serde_json::{Map, Value, json};
use shared::balance::{
    Balancer, BalancerConfig, EligibilityConfig, Health, HealthCheckConfig, Matcher, PolicyConfig,
    PoolHealth, ProbeAnswer, ProbeRules, body_matches, endpoint_is_healthy, region_is_healthy,
};
use shared::id::BackendId;
use shared::rng::Rng;
use shared::time::{Span, Timestamp};

const BACKEND: BackendId = BackendId(0);

/// A balancer with one backend and these thresholds.
fn checked(start: Health, up: u64, down: u64) -> Result<Balancer, String> {
    let health_check = HealthCheckConfig {
        healthy_threshold: up as u32,
        unhealthy_threshold: down as u32,
        ..HealthCheckConfig::default()
    };
    let policy = PolicyConfig::RoundRobin;
    let config = BalancerConfig { policy, health_check, deregistration_delay: Span::from_s(300) };
    let mut balancer = Balancer::new(config, Rng::new(1)).map_err(|error| error.to_string())?;
    balancer.register(Timestamp::ZERO, BACKEND, start);
    Ok(balancer)
}

fn health_of(balancer: &Balancer) -> Health {
    balancer.view(BACKEND).map_or(Health::Initial, |view| view.health)
}

/// The first of some names that the input has.
fn either(input: &Value, names: &[&str], default: u64) -> Result<u64, String> {
    let name = names.iter().find(|name| !input[**name].is_null());
    name.map_or(Ok(default), |name| whole(input, name))
}

pub(super) fn consecutive(vector: &Vector) -> Answer {
    let input = &vector.input;
    let start = text(input, "start")?;
    // HAProxy says UP and DOWN and has its own defaults; the others are AWS's.
    let haproxy = start.chars().all(|c| c.is_ascii_uppercase());
    let (default_up, default_down) = if haproxy { (2, 3) } else { (5, 2) };
    let names = ["rise", "healthy_threshold", "consecutive_success", "consecutive_up"];
    let up = either(input, &names, default_up)?;
    let names = ["fall", "unhealthy_threshold", "consecutive_failure", "consecutive_down"];
    let down = either(input, &names, default_down)?;
    let health = match start.to_ascii_lowercase().as_str() {
        "up" | "healthy" => Health::Healthy,
        "down" | "unhealthy" => Health::Unhealthy,
        _ => Health::Initial,
    };
    let mut balancer = checked(health, up, down)?;
    let mut states = Vec::new();
    for check in text(input, "checks")?.split_whitespace() {
        balancer.record_probe(Timestamp::ZERO, BACKEND, check == "S", &mut Vec::new());
        states.push(match (health_of(&balancer), haproxy) {
            (Health::Healthy, true) => "UP",
            (Health::Healthy, false) => "healthy",
            (Health::Unhealthy, true) => "DOWN",
            (Health::Unhealthy, false) => "unhealthy",
            (Health::Initial, _) => "initial",
        });
    }
    Ok(json!({ "state_after_each": states, "state": states.last() }))
}

pub(super) fn immediate(vector: &Vector) -> Answer {
    let input = &vector.input;
    let up = whole_or(input, "healthy_threshold", 1)?;
    let down = whole_or(input, "unhealthy_threshold", 1)?;
    let new = input["host_just_added"] == true;
    let start = if new { Health::Initial } else { Health::Healthy };
    let mut balancer = checked(start, up, down)?;
    if !input["checks"].is_null() {
        for check in text(input, "checks")?.split_whitespace() {
            balancer.record_probe(Timestamp::ZERO, BACKEND, check == "S", &mut Vec::new());
        }
    }
    let mut at_once = false;
    if !input["response"].is_null() || !input["event"].is_null() {
        let codes = |name: &str| -> Result<Option<Matcher>, String> {
            let list = input[name].as_array().cloned().unwrap_or_default();
            let list: Vec<String> = list.iter().map(Value::to_string).collect();
            if list.is_empty() {
                return Ok(None);
            }
            Matcher::parse(&list.join(",")).map(Some).map_err(|error| error.to_string())
        };
        let success = Matcher::parse("200").map_err(|error| error.to_string())?;
        let rules = ProbeRules {
            expected: codes("expected")?.unwrap_or(success),
            expected_body: String::new(),
            retriable: codes("retriable_statuses")?,
            immediate: true,
        };
        let answer = input["response"].as_u64();
        let answer =
            answer.map_or(ProbeAnswer::None, |code| ProbeAnswer::Response(code as u16, ""));
        balancer.record_check(Timestamp::ZERO, BACKEND, rules.judge(answer), &mut Vec::new());
        at_once = down > 1;
    }
    let state = match health_of(&balancer) {
        Health::Healthy => "healthy",
        Health::Unhealthy if at_once => "unhealthy at once",
        Health::Unhealthy => "unhealthy",
        Health::Initial => "initial",
    };
    Ok(json!({ "state": state }))
}

pub(super) fn quorum(vector: &Vector) -> Answer {
    let input = &vector.input;
    if let Some(regions) = input["regions"].as_object() {
        let mut verdicts = Map::new();
        let mut healthy = Vec::new();
        for (region, results) in regions {
            let passes: Vec<bool> =
                results.as_array().into_iter().flatten().map(|result| result == "pass").collect();
            healthy.push(region_is_healthy(&passes));
            verdicts.insert(region.clone(), json!(region_is_healthy(&passes)));
        }
        let endpoint = endpoint_is_healthy(&healthy);
        return Ok(json!({ "region_healthy": verdicts, "endpoint_healthy": endpoint }));
    }
    let healthy = whole(input, "healthy_endpoints")? as u32;
    let threshold = whole_or(input, "pool_health_threshold", 1)? as u32;
    let pool = PoolHealth::new(healthy, whole(input, "endpoints")? as u32, threshold);
    Ok(json!({ "pool": pool.to_string() }))
}

pub(super) fn matcher(vector: &Vector) -> Answer {
    let input = &vector.input;
    if !input["expected_body"].is_null() {
        let passed = body_matches(text(input, "expected_body")?, text(input, "body")?);
        return Ok(json!({ "pass": passed }));
    }
    let name = if input["matcher"].is_null() { "expected_codes" } else { "matcher" };
    let matcher = match Matcher::parse(text(input, name)?) {
        Ok(matcher) => matcher,
        Err(error) => return Ok(json!({ "error": error.to_string() })),
    };
    let matches = |status: &Value| status.as_u64().map(|code| matcher.matches(code as u16));
    Ok(match &input["status"] {
        Value::Array(list) => json!({ "pass": list.iter().map(matches).collect::<Vec<_>>() }),
        status => json!({ "pass": matches(status) }),
    })
}

/// How many of `registered` targets get requests when the first `healthy` are healthy.
fn reached(registered: u64, healthy: u64, threshold_percent: f64) -> Result<u64, String> {
    let minimum_healthy_percent = threshold_percent;
    let eligibility = EligibilityConfig { minimum_healthy_percent, ..Default::default() };
    let mut balancer = balancer(PolicyConfig::RoundRobin, eligibility)?;
    for id in 0..registered {
        let health = if id < healthy { Health::Healthy } else { Health::Unhealthy };
        balancer.register(Timestamp::ZERO, BackendId(id as u32), health);
    }
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..registered {
        seen.insert(super::next_pick(&mut balancer, Timestamp::ZERO)?);
    }
    Ok(seen.len() as u64)
}

pub(super) fn fail_open(vector: &Vector) -> Answer {
    let input = &vector.input;
    // AWS's example names its threshold in the text around it: "thresholds 50 %".
    let said = vector.source.split("thresholds ").nth(1).and_then(|t| t.split_whitespace().next());
    let said = said.and_then(|percent| percent.parse().ok()).unwrap_or(0.0);
    let threshold = super::number_or(input, "threshold_pct", said)?;
    if let Some(zones) = input["zones"].as_object() {
        let mut answer = Map::new();
        for (zone, counts) in zones {
            let (all, healthy) = (whole(counts, "registered")?, whole(counts, "healthy")?);
            let reached = reached(all, healthy, threshold)?;
            // A zone that is below its threshold fails: DNS leaves it out.
            let failed = healthy == 0 || 100.0 * (healthy as f64) < threshold * all as f64;
            let text = if failed {
                format!("removed from DNS; direct traffic goes to all {reached}")
            } else {
                format!("{reached} healthy targets")
            };
            answer.insert(zone.clone(), json!(text));
        }
        return Ok(Value::Object(answer));
    }
    let name = if input["targets"].is_null() { "registered" } else { "targets" };
    let (all, healthy) = (whole(input, name)?, whole(input, "healthy")?);
    Ok(json!({
        "eligible_targets": reached(all, healthy, threshold)?,
        "healthy_pct": 100.0 * healthy as f64 / (all as f64).max(1.0),
    }))
}
