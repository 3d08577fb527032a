//! Policies that go by turns, weights and loads.

use super::{
    Answer, balancer, items, named_weights, next_pick, number, number_or, numbers, text,
    weighted_balancer, whole, whole_or,
};
use crate::conform::Vector;
use serde_json::{Map, Value, json};
use shared::balance::policy::{
    Edf, PENALTY_NS, PeakEwma, SmoothWeighted, first_of_draws_serves, first_of_two_serves,
    least_request_weight as envoy_weight, load_ns, weight_of_past,
};
use shared::balance::{
    BackendConfig, EligibilityConfig, Health, Outcome, PolicyConfig, Request, SlowStart,
};
use shared::id::BackendId;
use shared::time::{Span, Timestamp};

pub(super) fn swrr(vector: &Vector) -> Answer {
    let weights = named_weights(&vector.input["weights"])?;
    let picks = whole_or(&vector.input, "picks", weights.iter().map(|(_, w)| *w as u64).sum())?;
    let numbers: Vec<u32> = weights.iter().map(|(_, weight)| *weight as u32).collect();
    // The picks come from a whole balancer, the numbers behind them from its building block.
    let mut balancer = weighted_balancer(PolicyConfig::SmoothWeightedRoundRobin, &numbers)?;
    let mut turns = SmoothWeighted::new(numbers.iter().copied().map(i64::from));
    let current = |turns: &SmoothWeighted| -> Vec<i64> {
        turns.peers().iter().map(|peer| peer.current).collect()
    };
    let (mut sequence, mut states) = (Vec::new(), Vec::new());
    for _ in 0..picks {
        let pick = next_pick(&mut balancer, Timestamp::ZERO)?;
        let turn = turns.pick(|_| true).ok_or("nobody was picked")?;
        if turn.member != pick as usize {
            return Err(format!("the balancer picks {pick}, its building block does not"));
        }
        // Before it paid, the chosen one had that much more.
        let mut before = current(&turns);
        before[turn.member] += turn.total;
        states.push((before, current(&turns)));
        sequence.push(weights.get(pick as usize).map(|(name, _)| name.clone()));
    }
    Ok(json!({ "sequence": sequence, "states_before_after": states, "final": current(&turns) }))
}

pub(super) fn swrr_failure(vector: &Vector) -> Answer {
    let input = &vector.input;
    let mut turns = SmoothWeighted::new([whole(input, "weight")? as i64]);
    let mut effective = || {
        turns.failed(0, whole_or(input, "max_fails", 1).unwrap_or(1) as u32);
        turns.peers().first().map(|peer| peer.effective)
    };
    let failures = whole_or(input, "consecutive_failures", 1)?;
    let after_each: Vec<Option<i64>> = (0..failures).map(|_| effective()).collect();
    let last = after_each.last().copied().flatten();
    let picks = whole_or(input, "picks", whole_or(input, "selections", 0)?)?;
    let recovered: Vec<Option<i64>> = (0..picks)
        .map(|_| {
            turns.pick(|_| true);
            turns.peers().first().map(|peer| peer.effective)
        })
        .collect();
    Ok(json!({
        "effective_weight_after_each": after_each,
        "effective_weight": last,
        "effective_weight_after_each_selection": recovered,
    }))
}

pub(super) fn edf(vector: &Vector) -> Answer {
    let weights: Vec<f64> =
        named_weights(&vector.input["weights"])?.into_iter().map(|(_, weight)| weight).collect();
    let picks = whole(&vector.input, "picks")?;
    let mut edf = Edf::new((0..).zip(weights.iter().copied()));
    let sequence: Vec<u32> = (0..picks)
        .filter_map(|_| edf.pick(|i| weights.get(i as usize).copied().unwrap_or(0.0)))
        .collect();
    let mut counts = vec![0_u64; weights.len()];
    for &pick in &sequence {
        counts[pick as usize] += 1;
    }
    Ok(json!({ "sequence": sequence, "counts": counts }))
}

pub(super) fn cf_weights(vector: &Vector) -> Answer {
    let weights = named_weights(&vector.input["weights"])?;
    // Steps of 0.01, so hundredths are whole.
    let hundredths: Vec<u32> = weights.iter().map(|(_, w)| (w * 100.0).round() as u32).collect();
    let mut balancer = weighted_balancer(PolicyConfig::SmoothWeightedRoundRobin, &hundredths)?;
    let unhealthy = vector.input["unhealthy"].as_array().cloned().unwrap_or_default();
    let is_down = |name: &str| unhealthy.iter().any(|down| down == name);
    for (id, (name, _)) in (0..).zip(&weights) {
        if is_down(name) {
            balancer.set_health(Timestamp::ZERO, BackendId(id), Health::Unhealthy, &mut Vec::new());
        }
    }
    let healthy = || weights.iter().zip(&hundredths).filter(|((name, _), _)| !is_down(name));
    let cycle: u32 = healthy().map(|(_, weight)| weight).sum();
    let mut counts = vec![0_u32; weights.len()];
    for _ in 0..cycle {
        counts[next_pick(&mut balancer, Timestamp::ZERO)? as usize] += 1;
    }
    let percent = |count: u32| 100.0 * f64::from(count) / f64::from(cycle.max(1));
    let shares: Map<String, Value> = weights
        .iter()
        .zip(counts)
        .filter(|((name, _), _)| !is_down(name))
        .map(|((name, _), count)| (name.clone(), json!(percent(count))))
        .collect();
    Ok(json!({ "percent": shares }))
}

pub(super) fn least_request_weight(vector: &Vector) -> Answer {
    let input = &vector.input;
    let active = whole(input, "active")? as u32;
    let bias = number_or(input, "bias", 1.0)?;
    Ok(json!({ "effective_weight": envoy_weight(number(input, "weight")?, active, bias) }))
}

/// Puts the requests in flight by retries that avoid all others, then picks.
pub(super) fn least_conn(vector: &Vector) -> Answer {
    let peers = items(&vector.input, "peers")?;
    let weight = |peer| Ok::<u32, String>(whole_or(peer, "weight", 1)? as u32);
    let weights = peers.iter().map(weight).collect::<Result<Vec<u32>, String>>()?;
    let mut balancer = weighted_balancer(PolicyConfig::LeastConnections, &weights)?;
    let ids: Vec<BackendId> = (0..peers.len() as u32).map(BackendId).collect();
    for (peer, &id) in peers.iter().zip(&ids) {
        let tried: Vec<BackendId> = ids.iter().copied().filter(|&other| other != id).collect();
        for _ in 0..whole(peer, "conns")? {
            let request = Request { tried: &tried, ..Request::default() };
            let pick = balancer.pick(Timestamp::ZERO, &request).map_err(|e| e.to_string())?;
            if pick.backend() != id {
                return Err(format!("a retry went to {}, not to {id}", pick.backend()));
            }
        }
    }
    let picks = whole_or(&vector.input, "picks", 1)?;
    let mut sequence = Vec::new();
    for _ in 0..picks {
        let pick = next_pick(&mut balancer, Timestamp::ZERO)?;
        sequence.push(peers.get(pick as usize).map(|peer| peer["id"].clone()));
    }
    Ok(json!({ "pick": sequence.first(), "sequence": sequence }))
}

/// linkerd's rule for rows with a load, NGINX's for rows with connections and weights.
pub(super) fn p2c(vector: &Vector) -> Answer {
    let (first, second) = (&vector.input["first"], &vector.input["second"]);
    let first_serves = if first["load"].is_null() {
        let load = |peer: &Value| -> Result<(u32, f64), String> {
            Ok((whole(peer, "conns")? as u32, number_or(peer, "weight", 1.0)?))
        };
        first_of_two_serves(load(first)?, load(second)?)
    } else {
        first_of_draws_serves(number(first, "load")?, number(second, "load")?)
    };
    Ok(json!({ "pick": if first_serves { &first["id"] } else { &second["id"] } }))
}

const NS_PER_MS: f64 = 1e6;

pub(super) fn peak_ewma(vector: &Vector) -> Answer {
    let input = &vector.input;
    if input.get("events").is_some() {
        return peak_ewma_events(vector);
    }
    if input.get("cost").is_some() {
        let pending = whole(input, "pending")? as u32;
        return Ok(
            json!({ "load": load_ns(number(input, "cost")?, pending), "penalty": PENALTY_NS }),
        );
    }
    if input.get("observed_rtt_ms").is_some() {
        let decay = Span::from_s_f64(number(input, "tau_s")?);
        let elapsed = Span::from_s_f64(number(input, "elapsed_s")?);
        let cost = Span::from_ms_f64(number(input, "cost_ms")?);
        let mut estimate = PeakEwma::new(cost, Timestamp::ZERO);
        let now = Timestamp::ZERO + elapsed;
        estimate.observe(number(input, "observed_rtt_ms")? * NS_PER_MS, now, decay);
        let new_cost = estimate.cost_ns(now, decay) / NS_PER_MS;
        return Ok(json!({ "w": weight_of_past(elapsed, decay), "new_cost_ms": new_cost }));
    }
    // A new backend that is only looked at. The defaults are linkerd's.
    let rtt = Span::from_ms_f64(number_or(input, "default_rtt_ms", 30.0)?);
    let decay = Span::from_ms_f64(number_or(input, "decay_ms", 10_000.0)?);
    let pending = whole_or(input, "pending", 0)? as u32;
    let (name, unit) =
        if input["at_ms"].is_null() { ("elapsed_s", 1000.0) } else { ("at_ms", 1.0) };
    let estimate = PeakEwma::new(rtt, Timestamp::ZERO);
    let costs: Vec<f64> = numbers(input, name)?
        .into_iter()
        .map(|at| {
            let now = Timestamp::ZERO + Span::from_ms_f64(at * unit);
            load_ns(estimate.cost_ns(now, decay), pending) / NS_PER_MS
        })
        .collect();
    Ok(json!({ "cost_ms": costs }))
}

/// Events such as `t100 start r0` and `t300 end r0`; asks for the load at every moment expected.
fn peak_ewma_events(vector: &Vector) -> Answer {
    let input = &vector.input;
    let decay = Span::from_ms_f64(number(input, "decay_ms")?);
    let rtt = Span::from_ms_f64(number(input, "default_rtt_ms")?);
    let mut estimate = PeakEwma::new(rtt, Timestamp::ZERO);
    let moment = |text: &str| {
        let ms = text.strip_prefix('t').and_then(|ms| ms.parse().ok());
        ms.map(Timestamp::from_ms).ok_or_else(|| format!("`{text}` is no moment such as t100"))
    };
    let wanted = vector.expected["cost_ms_after"].as_object().cloned().unwrap_or_default();
    let mut asks = Vec::new();
    for name in wanted.keys() {
        asks.push((moment(name)?, name.clone()));
    }
    asks.sort();
    let mut events = super::texts(input, "events")?.into_iter().peekable();
    let mut started: Vec<(String, Timestamp)> = Vec::new();
    let mut costs = Map::new();
    for (at, name) in asks {
        while let Some(&event) = events.peek() {
            let words: Vec<&str> = event.split_whitespace().collect();
            let &[when, what, request] = words.as_slice() else {
                return Err(format!("`{event}` is no event"));
            };
            let now = moment(when)?;
            if now > at {
                break;
            }
            events.next();
            let begun = started.iter().position(|(id, _)| id == request);
            match (what, begun) {
                ("start", _) => started.push((request.to_owned(), now)),
                ("end", Some(position)) => {
                    let (_, since) = started.swap_remove(position);
                    estimate.observe(now.since(since).as_ns() as f64, now, decay);
                }
                _ => return Err(format!("`{event}` makes no sense here")),
            }
        }
        let cost = load_ns(estimate.cost_ns(at, decay), started.len() as u32) / NS_PER_MS;
        costs.insert(name, json!(cost));
    }
    Ok(json!({ "cost_ms_after": costs }))
}

pub(super) fn slow_start(vector: &Vector) -> Answer {
    let input = &vector.input;
    let rule = SlowStart::Envoy {
        window_s: number(input, "window_s")?,
        aggression: number_or(input, "aggression", 1.0)?,
        min_weight_percent: number_or(input, "min_weight_percent", 10.0)?,
    };
    if !input["host_2_elapsed_s"].is_null() {
        return slow_start_picks(vector, rule);
    }
    let elapsed = Span::from_s_f64(number(input, "elapsed_s")?);
    let factor = rule.factor(elapsed);
    let weight = factor * number_or(input, "weight", 1.0)?;
    Ok(json!({
        "factor": factor,
        "weight": weight,
        "effective_weight": weight,
        "in_slow_start": elapsed < rule.window(),
    }))
}

/// A warm host and a newcomer behind a whole balancer.
fn slow_start_picks(vector: &Vector, rule: SlowStart) -> Answer {
    let eligibility = EligibilityConfig { slow_start: Some(rule), ..Default::default() };
    let mut balancer = balancer(PolicyConfig::RoundRobin, eligibility)?;
    let joined = Timestamp::from_s(100_000);
    for (id, name, since) in [(0, "host_1_weight", Timestamp::ZERO), (1, "host_2_base", joined)] {
        let weight = whole_or(&vector.input, name, 1)? as u32;
        let config = BackendConfig { weight, ..BackendConfig::default() };
        let done = balancer.register_with(since, BackendId(id), Health::Healthy, config);
        done.map_err(|error| error.to_string())?;
    }
    let now = joined + Span::from_s_f64(number(&vector.input, "host_2_elapsed_s")?);
    let picks = vector.expected["sequence"].as_array().map_or(5, Vec::len);
    let mut sequence = Vec::new();
    for _ in 0..picks {
        sequence.push(next_pick(&mut balancer, now)?);
    }
    let second = sequence.iter().filter(|&&pick| pick == 1).count();
    let weight = balancer.view(BackendId(1)).map(|view| view.effective_weight);
    Ok(json!({
        "sequence": sequence,
        "host_2_weight": weight,
        "pick_ratio": format!("{}:{second}", picks - second),
    }))
}

pub(super) fn slow_start_linear(vector: &Vector) -> Answer {
    let rule = SlowStart::Linear { duration_s: number(&vector.input, "duration_s")? };
    let elapsed = Span::from_s_f64(number(&vector.input, "elapsed_s")?);
    Ok(json!({ "share_of_full": rule.factor(elapsed), "in_slow_start": elapsed < rule.window() }))
}

/// An outcome as rows write it: `connect timeout`, `HTTP 500`, `500`.
pub(super) fn outcome(value: &Value) -> Result<Outcome, String> {
    if let Some(status) = value.as_u64() {
        return Ok(Outcome::Response(status as u16));
    }
    let event = json!({ "event": value });
    let event = text(&event, "event")?.to_ascii_lowercase();
    let status = event.split_whitespace().last().and_then(|word| word.parse().ok());
    match status {
        Some(status) => Ok(Outcome::Response(status)),
        None if event.contains("connect") => Ok(Outcome::ConnectFailed),
        None if event.contains("timeout") => Ok(Outcome::Timeout),
        None if event.contains("reset") => Ok(Outcome::Reset),
        None => Err(format!("`{event}` is no outcome that this check knows")),
    }
}
