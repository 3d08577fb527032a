//! Outlier detection.

use super::policies::outcome;
use super::{Answer, balancer, items, number, numbers, whole, whole_or};
use crate::conform::Vector;
use serde_json::{Value, json};
use shared::balance::{
    ConsecutiveErrors, EligibilityConfig, Health, OutlierConfig, Output, PolicyConfig, Request,
    SuccessRates, ejection_time as time_of_ejection, may_eject,
};
use shared::id::BackendId;
use shared::rng::Rng;
use shared::time::{Span, Timestamp};

/// Answers of one backend behind a balancer that may eject anybody.
pub(super) fn consecutive(vector: &Vector) -> Answer {
    let input = &vector.input;
    let mut config: OutlierConfig = match input {
        Value::Object(fields) => {
            // The rows use Envoy's field names beside their own `codes` and `events`.
            let own = |name: &str| matches!(name, "codes" | "events");
            let fields = fields.iter().filter(|(name, _)| !own(name));
            let fields = fields.map(|(name, value)| (name.clone(), value.clone())).collect();
            serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())?
        }
        _ => return Err("input is no object".to_owned()),
    };
    if input["consecutive_gateway_failure"].is_number() {
        config.enforcing_consecutive_gateway_failure = 100;
    }
    config.max_ejection_percent = 100;
    let name = if input["codes"].is_null() { "events" } else { "codes" };
    let outcomes = items(input, name)?.iter().map(outcome).collect::<Result<Vec<_>, _>>()?;
    let mut errors = ConsecutiveErrors::default();
    let high = OutlierConfig { consecutive_5xx: 1_000_000, ..config.clone() };
    for &outcome in &outcomes {
        errors.record(outcome, &high, &mut Rng::new(1));
    }
    let eligibility = EligibilityConfig { outlier_detection: Some(config), ..Default::default() };
    let mut balancer = balancer(PolicyConfig::RoundRobin, eligibility)?;
    balancer.register(Timestamp::ZERO, BackendId(0), Health::Healthy);
    let mut ejected_after = None;
    for (number, outcome) in (1..).zip(outcomes) {
        let mut out = Vec::new();
        let pick = balancer.pick(Timestamp::ZERO, &Request::default());
        balancer.complete(Timestamp::ZERO, pick.map_err(|e| e.to_string())?, outcome, &mut out);
        if out.iter().any(|output| matches!(output, Output::Ejected { .. })) {
            ejected_after = ejected_after.or(Some(number));
        }
    }
    Ok(json!({
        "ejected_after_response": ejected_after,
        "ejected": ejected_after.is_some(),
        "counted_errors": errors.errors_5xx,
        "counted_local_origin_errors": errors.local_origin,
        "counted_gateway_errors": errors.gateway,
    }))
}

pub(super) fn defaults(_vector: &Vector) -> Answer {
    serde_json::to_value(OutlierConfig::default()).map_err(|error| error.to_string())
}

pub(super) fn ejection_time(vector: &Vector) -> Answer {
    let input = &vector.input;
    let base = Span::from_s_f64(number(input, "base_s")?);
    let max = Span::from_s_f64(number(input, "max_s")?);
    let time = time_of_ejection(base, max, whole(input, "consecutive_ejections")? as u32);
    Ok(json!({ "ejection_s": time.as_s_f64() }))
}

pub(super) fn max_ejection(vector: &Vector) -> Answer {
    let input = &vector.input;
    let (hosts, ejected) = (whole(input, "hosts")?, whole_or(input, "already_ejected", 0)?);
    let max = whole_or(input, "max_ejection_percent", 10)? as u32;
    let eject = may_eject(hosts, ejected, max, input["always_eject_one_host"] == true);
    let percent_after = 100.0 * (ejected + 1) as f64 / hosts as f64;
    Ok(json!({ "eject": eject, "percent_after": percent_after }))
}

pub(super) fn success_rate(vector: &Vector) -> Answer {
    let rates = numbers(&vector.input, "success_rates")?;
    let SuccessRates { mean, threshold } =
        SuccessRates::new(&rates, super::number_or(&vector.input, "stdev_factor", 1.9)?);
    let below = rates.iter().enumerate().filter(|(_, rate)| **rate < threshold);
    let ejected: Vec<usize> = below.map(|(host, _)| host).collect();
    Ok(json!({ "mean": mean, "threshold": threshold, "ejected": ejected }))
}
