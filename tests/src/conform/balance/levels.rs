//! Priority levels, panic and zones.

use super::{Answer, balancer, items, number, numbers, whole, whole_or};
use crate::conform::Vector;
use serde_json::{Value, json};
use shared::balance::policy::Edf;
use shared::balance::{
    EligibilityConfig, Health, Level, Locality, PolicyConfig, PriorityLoads, Request, distribute,
    effective_weight,
};
use shared::id::BackendId;
use shared::time::Timestamp;

const OVERPROVISIONING: u32 = 140;
const PANIC_THRESHOLD: f64 = 50.0;
/// Hosts of a level of which only percentages are given.
const HUNDRED: u64 = 100;

fn answer(loads: &PriorityLoads) -> Value {
    json!({
        "healthy_load": loads.healthy,
        "load": loads.healthy,
        "code": loads.healthy,
        "degraded_load": loads.degraded,
        "in_panic": loads.panic,
        "normalized_total": loads.normalized_total,
    })
}

/// Levels of a hundred hosts with these percentages healthy.
fn levels(healthy_percent: &[f64]) -> Vec<Level> {
    let level = |percent: &f64| Level::new(HUNDRED, 0, percent.round() as u64, 0, OVERPROVISIONING);
    healthy_percent.iter().map(level).collect()
}

pub(super) fn panic_table(vector: &Vector) -> Answer {
    let input = &vector.input;
    let mut percentages = Vec::new();
    while let Ok(percent) = number(input, &format!("p{}_healthy_pct", percentages.len())) {
        percentages.push(percent);
    }
    let threshold = super::number_or(input, "panic_threshold", PANIC_THRESHOLD)?;
    Ok(answer(&PriorityLoads::new(&levels(&percentages), threshold)))
}

pub(super) fn priority_table(vector: &Vector) -> Answer {
    let levels = levels(&numbers(&vector.input, "healthy_pct")?);
    // Tables of priorities alone; panic is shown apart from them.
    let calm = PriorityLoads::new(&levels, 0.0);
    let panicking = PriorityLoads::new(&levels, PANIC_THRESHOLD);
    Ok(json!({
        "load": calm.healthy,
        "code_without_panic": calm.healthy,
        "code_with_default_panic_equal_sizes": panicking.healthy,
    }))
}

pub(super) fn degraded_table(vector: &Vector) -> Answer {
    let input = &vector.input;
    let (healthy, degraded) = (whole(input, "healthy_pct")?, whole_or(input, "degraded_pct", 0)?);
    let level = Level::new(HUNDRED, 0, healthy, degraded, OVERPROVISIONING);
    let loads = PriorityLoads::new(&[level], PANIC_THRESHOLD);
    Ok(json!({ "load_healthy": loads.healthy.first(), "load_degraded": loads.degraded.first() }))
}

pub(super) fn priority_load(vector: &Vector) -> Answer {
    let input = &vector.input;
    if !input["health"].is_null() {
        return normalise(vector);
    }
    let overprovisioning =
        whole_or(input, "overprovisioning_percent", OVERPROVISIONING.into())? as u32;
    let threshold = super::number_or(input, "panic_threshold", PANIC_THRESHOLD)?;
    let mut levels = Vec::new();
    if input["levels"].is_null() {
        // Levels as lists of host weights.
        while let Some(level) = input.get(format!("p{}", levels.len())) {
            levels.push(weighted_level(level, overprovisioning)?);
        }
    } else {
        for level in items(input, "levels")? {
            let hosts = whole(level, "hosts")?;
            let healthy = whole_or(level, "healthy", 0)?;
            let degraded = whole_or(level, "degraded", 0)?;
            let excluded = whole_or(level, "excluded", 0)?;
            levels.push(Level::new(hosts, excluded, healthy, degraded, overprovisioning));
        }
    }
    Ok(answer(&PriorityLoads::new(&levels, threshold)))
}

fn weighted_level(level: &Value, overprovisioning: u32) -> Result<Level, String> {
    let weights = |name: &str| -> Result<Vec<f64>, String> {
        if level[name].is_null() { Ok(Vec::new()) } else { numbers(level, name) }
    };
    let (healthy, degraded) = (weights("healthy_weights")?, weights("degraded_weights")?);
    let (excluded, unhealthy) = (weights("excluded_weights")?, weights("unhealthy_weights")?);
    let count = |weights: &[f64]| weights.len() as u64;
    let sum = |weights: &[f64]| weights.iter().sum::<f64>() as u64;
    let hosts = count(&healthy) + count(&degraded) + count(&excluded) + count(&unhealthy);
    let total = sum(&healthy) + sum(&degraded) + sum(&unhealthy);
    let (n, d) = (count(&healthy), count(&degraded));
    Ok(Level::new(hosts, count(&excluded), n, d, overprovisioning)
        .weighted([total, sum(&healthy), sum(&degraded)], overprovisioning))
}

/// Rows that give health scores.
pub(super) fn normalise(vector: &Vector) -> Answer {
    let scores = |name: &str| -> Result<Vec<u32>, String> {
        if vector.input[name].is_null() {
            return Ok(Vec::new());
        }
        Ok(numbers(&vector.input, name)?.into_iter().map(|score| score as u32).collect())
    };
    let health = scores("health")?;
    let mut degraded = scores("degraded_health")?;
    degraded.resize(health.len(), 0);
    Ok(answer(&distribute(&health, &degraded)))
}

pub(super) fn pick(vector: &Vector) -> Answer {
    let input = &vector.input;
    let loads = |name: &str| -> Result<Vec<u32>, String> {
        if input[name].is_null() {
            return Ok(Vec::new());
        }
        Ok(numbers(input, name)?.into_iter().map(|load| load as u32).collect())
    };
    let (healthy, degraded) = (loads("healthy_load")?, loads("degraded_load")?);
    let loads = PriorityLoads { healthy, degraded, ..PriorityLoads::default() };
    let share = loads.choose(whole(input, "hash")?).ok_or("no level was chosen")?;
    Ok(json!({
        "priority": share.level,
        "degraded": share.degraded,
        "availability": if share.degraded { "degraded" } else { "healthy" },
        "source": if share.degraded { "degraded" } else { "healthy" },
    }))
}

pub(super) fn total_panic(vector: &Vector) -> Answer {
    let input = &vector.input;
    if !input["hosts"].is_null() {
        let level = |hosts: f64| Level::new(hosts as u64, 0, 0, 0, OVERPROVISIONING);
        let levels: Vec<Level> = numbers(input, "hosts")?.into_iter().map(level).collect();
        return Ok(answer(&PriorityLoads::new(&levels, PANIC_THRESHOLD)));
    }
    // Nobody is healthy and panic is off: a whole balancer refuses.
    let panic_threshold_percent = number(input, "panic_threshold")?;
    let eligibility =
        EligibilityConfig { panic_threshold_percent, fail_open: false, ..Default::default() };
    let mut balancer = balancer(PolicyConfig::RoundRobin, eligibility)?;
    for id in 0..3 {
        balancer.register(Timestamp::ZERO, BackendId(id), Health::Unhealthy);
    }
    match balancer.pick(Timestamp::ZERO, &Request::default()) {
        Ok(pick) => Ok(json!({ "status": 200, "body": pick.backend().to_string() })),
        Err(error) => Ok(json!({ "status": error.status(), "body": error.to_string() })),
    }
}

pub(super) fn locality_table(vector: &Vector) -> Answer {
    let weights = super::named_weights(&vector.input["weights"])?;
    let mut zones = Vec::new();
    for (name, weight) in &weights {
        let healthy = number(&vector.input, &format!("{}_healthy_pct", name.to_lowercase()))?;
        let available = healthy.round() as u64;
        zones.push(Locality { weight: *weight as u32, counted: HUNDRED, available });
    }
    let exact = percent(zones.iter().map(|&zone| effective_weight(zone, OVERPROVISIONING)));
    // The page's table takes availability in whole percent before it rounds the shares.
    let page = percent(zones.iter().map(|&zone| {
        let availability = u64::from(OVERPROVISIONING) * zone.available / zone.counted;
        f64::from(zone.weight) * availability.min(100) as f64
    }));
    let rounded: Vec<f64> = page.into_iter().map(f64::round).collect();
    Ok(json!({ "percent_rounded": rounded, "exact_percent": exact }))
}

fn percent(weights: impl Iterator<Item = f64> + Clone) -> Vec<f64> {
    let total: f64 = weights.clone().sum();
    weights.map(|weight| 100.0 * weight / total).collect()
}

pub(super) fn locality_picks(vector: &Vector) -> Answer {
    let input = &vector.input;
    let weights = numbers(input, "weights")?;
    let mut effective = Vec::new();
    for (index, &weight) in weights.iter().enumerate() {
        let zone = &input[format!("locality_{index}")];
        let (hosts, excluded) = (whole_or(zone, "hosts", 1)?, whole_or(zone, "excluded", 0)?);
        let counted = hosts.saturating_sub(excluded);
        let available = whole_or(zone, "healthy", counted)?;
        let zone = Locality { weight: weight as u32, counted, available };
        effective.push(effective_weight(zone, OVERPROVISIONING));
    }
    let mut turns = Edf::new((0..).zip(effective.iter().copied()));
    let picks = whole_or(input, "picks", 1)?;
    let weight = |zone: u32| effective.get(zone as usize).copied().unwrap_or(0.0);
    let sequence: Vec<u32> = (0..picks).filter_map(|_| turns.pick(weight)).collect();
    let mut counts = vec![0_u64; weights.len()];
    for &zone in &sequence {
        counts[zone as usize] += 1;
    }
    Ok(json!({ "counts": counts, "sequence": sequence, "locality": sequence.first() }))
}
