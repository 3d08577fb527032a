//! The Kubernetes autoscaler.

use super::Check;
use super::input::{Answer, Input, at, verdict, within};
use serde_json::{Value, json};
use shared::scale::HpaPolicy;
use shared::scale::hpa::{
    BehaviorPolicy, BehaviorPolicyType, External, Limited, Pod, PodHealth, Recommendation,
    ReplicaChange, Replicas, ReplicasError, ScalingRules, SelectPolicy, Tolerance, ToleranceForm,
    for_external, for_pods_metric, for_ratio, for_resource, largest, limit_with_behavior,
    limit_without_behavior, stabilize, stabilize_both_ways,
};
use shared::time::{Span, Timestamp};

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("hpa_behavior", |v| verdict(v, behavior)),
    ("hpa_defaults", |v| verdict(v, defaults)),
    ("hpa_float", |v| verdict(v, formula)),
    ("hpa_formula", |v| verdict(v, formula)),
    ("hpa_limits", |v| verdict(v, limits)),
    ("hpa_multi_metric", |v| verdict(v, several)),
    ("hpa_replicas", |v| verdict(v, replicas)),
    ("hpa_stabilize", |v| verdict(v, stabilization)),
];

/// Late enough that everything of a row lies before it.
const NOW: Timestamp = at_s(1_000_000);

const fn at_s(seconds: u64) -> Timestamp {
    Timestamp::from_s(seconds)
}

fn ago(seconds: f64) -> Timestamp {
    Timestamp::from_ns(NOW.as_ns() - Span::from_s_f64(seconds).as_ns())
}

fn tolerance(input: &Input<'_>) -> Tolerance {
    let both = input.opt_f64("tolerance").unwrap_or(HpaPolicy::default().tolerance);
    let older = input.get("code").as_str().is_some_and(|code| code.starts_with("older"));
    Tolerance {
        up: input.opt_f64("tolerance_up").unwrap_or(both),
        down: input.opt_f64("tolerance_down").unwrap_or(both),
        form: if older { ToleranceForm::Distance } else { ToleranceForm::Interval },
    }
}

/// Metrics are written with three decimals at most.
const DECIMALS: f64 = 1e3;

fn formula(input: &Input<'_>) -> Answer {
    let either = |key: &str| input.opt_f64(key).or(input.opt_f64(&format!("{key}_milli")));
    let metric = either("metric").ok_or("no metric")?;
    let target = either("target").ok_or("no target")?;
    let current = input.u32("current")?;
    let ratio = metric / target;
    let desired = for_ratio(current, current, ratio, &tolerance(input));
    // What integers would say, to show that the order of operations matters.
    let [metric, target] = [metric, target].map(|value| (value * DECIMALS).round() as u64);
    let exact = (u64::from(current) * metric).div_ceil(target.max(1));
    input.answer([
        ("ratio", json!(ratio)),
        ("desired", json!(desired)),
        ("exact_rational_ceil", json!(exact)),
    ])
}

fn limited(input: &Input<'_>, limited: Limited) -> Answer {
    input.answer([
        ("replicas", json!(limited.replicas)),
        ("condition", json!(format!("{:?}", limited.condition))),
    ])
}

fn limits(input: &Input<'_>) -> Answer {
    let (min, max) = (input.u32("min")?, input.u32("max")?);
    let (current, desired) = (input.u32("current")?, input.u32("desired")?);
    limited(input, limit_without_behavior(current, desired, min, max))
}

fn rules(input: &Input<'_>, up: bool) -> Result<ScalingRules, String> {
    let (key, default) = if up {
        ("scale_up_policies", ScalingRules::default_up())
    } else {
        ("scale_down_policies", ScalingRules::default_down())
    };
    let select_policy = match input.get("select_policy").as_str() {
        None | Some("Max") => SelectPolicy::Max,
        Some("Min") => SelectPolicy::Min,
        Some("Disabled") => SelectPolicy::Disabled,
        Some(other) => return Err(format!("select_policy {other}")),
    };
    if !input.has(key) {
        return Ok(ScalingRules { select_policy, ..default });
    }
    let policy = |row: &Value| {
        let row = within(row);
        let kind = match row.str("type")? {
            "Pods" => BehaviorPolicyType::Pods,
            "Percent" => BehaviorPolicyType::Percent,
            other => return Err(format!("policy type {other}")),
        };
        Ok(BehaviorPolicy { kind, value: row.u32("value")?, period_s: row.u32("period_s")? })
    };
    let policies = input.array(key)?.iter().map(policy).collect::<Result<_, String>>()?;
    Ok(ScalingRules { policies, select_policy, ..default })
}

fn behavior(input: &Input<'_>) -> Answer {
    let (up, down) = (rules(input, true)?, rules(input, false)?);
    let bounds = (input.opt_u32("min").unwrap_or(1), input.opt_u32("max").unwrap_or(u32::MAX));
    let (current, computed) = (input.u32("current")?, input.u32("computed")?);
    if input.asks("removed_first_minutes") {
        return removed_by_minute(input, (&up, &down), bounds, current, computed);
    }
    // Changes a second ago are within any period.
    let mut changes = Vec::new();
    for (key, sign) in [("added_in_period", 1), ("removed_in_period", -1)] {
        if input.has(key) {
            let replicas = input.numbers(key)?.into_iter().map(|n| sign * n as i64);
            changes.extend(replicas.map(|replicas| ReplicaChange { at: ago(1.0), replicas }));
        }
    }
    let result = limit_with_behavior(NOW, (&up, &down), &changes, bounds, current, computed);
    limited(input, result)
}

/// One decision a minute, each remembered for the next.
fn removed_by_minute(
    input: &Input<'_>,
    rules: (&ScalingRules, &ScalingRules),
    bounds: (u32, u32),
    mut current: u32,
    computed: u32,
) -> Answer {
    let (mut changes, mut removed) = (Vec::new(), Vec::new());
    for minute in 0..3 {
        let now = at(3_600 + minute * 60);
        let result = limit_with_behavior(now, rules, &changes, bounds, current, computed);
        let replicas = i64::from(result.replicas) - i64::from(current);
        changes.push(ReplicaChange { at: now, replicas });
        removed.push(-replicas);
        current = result.replicas;
    }
    input.answer([("removed_first_minutes", json!(removed))])
}

fn defaults(input: &Input<'_>) -> Answer {
    let policy = HpaPolicy::default();
    let direction = |rules: &ScalingRules| {
        let policies: Vec<Value> = rules
            .policies
            .iter()
            .map(|policy| json!([format!("{:?}", policy.kind), policy.value, policy.period_s]))
            .collect();
        json!({
            "stabilization_s": rules.stabilization_window_s,
            "policies": policies,
            "select": format!("{:?}", rules.select_policy),
        })
    };
    input.answer([
        ("sync_period_s", json!(policy.sync_period_s)),
        ("tolerance", json!(policy.tolerance)),
        ("downscale_stabilization_s", json!(policy.scale_down.stabilization_window_s)),
        ("initial_readiness_delay_s", json!(policy.initial_readiness_delay_s)),
        ("cpu_initialization_period_s", json!(policy.cpu_initialization_period_s)),
        ("scale_up", direction(&policy.scale_up)),
        ("scale_down", direction(&policy.scale_down)),
    ])
}

fn several(input: &Input<'_>) -> Answer {
    let current = input.opt_u32("current").unwrap_or(1);
    let answers = input.array("per_metric_desired")?.iter().map(|value| {
        value.as_u64().map(|replicas| replicas as u32).ok_or(ReplicasError::NoMetrics)
    });
    let result = largest(current, answers);
    let action = match result {
        Err(_) => "no scale down",
        Ok(desired) if desired > current => "scale up",
        Ok(desired) if desired < current => "scale down",
        Ok(_) => "none",
    };
    let desired = result.map_or(Value::Null, Value::from);
    input.answer([("desired", desired), ("action", json!(action))])
}

/// The pods of a row: as many as the replicas unless it says otherwise, then failed and leaving
/// ones. Metrics and requests go to the first pods; a pod beyond the list has none.
fn pods(input: &Input<'_>, current: u32) -> Result<Vec<Pod>, String> {
    let key = if input.has("per_pod_m") { "per_pod_m" } else { "levels_m" };
    let levels: Vec<Option<f64>> = input.array(key)?.iter().map(Value::as_f64).collect();
    let requests: Vec<Option<f64>> = match input.get("requests_m").as_array() {
        Some(requests) => requests.iter().map(Value::as_f64).collect(),
        None => Vec::new(),
    };
    let flag = |key: &str, index: usize, default: bool| {
        input.get(key).get(index).and_then(Value::as_bool).unwrap_or(default)
    };
    let count = input.opt_u32("pods").unwrap_or(current) as usize;
    let pod = |index: usize| {
        let phase = input.get("phases").get(index).and_then(Value::as_str).unwrap_or("Running");
        let unready = !flag("ready", index, true)
            || flag("initialising", index, false)
            || flag("initializing", index, false);
        let health = match phase {
            "Failed" => PodHealth::Ignored,
            "Pending" => PodHealth::Pending,
            _ if unready => PodHealth::Unready,
            _ => PodHealth::Ready,
        };
        Pod {
            health,
            value: levels.get(index).copied().flatten().map(|value| value as i64),
            request: requests.get(index).copied().flatten().map(|request| request as i64),
        }
    };
    let mut pods: Vec<Pod> = (0..count).map(pod).collect();
    let ignored =
        input.opt_u32("failed_pods").unwrap_or(0) + input.opt_u32("deleting_pods").unwrap_or(0);
    let gone = Pod { health: PodHealth::Ignored, value: Some(1_000_000), request: None };
    pods.extend(std::iter::repeat_n(gone, ignored as usize));
    Ok(pods)
}

fn replicas(input: &Input<'_>) -> Answer {
    let (current, tolerance) = (input.u32("current")?, tolerance(input));
    let milli = |key: &str| input.f64(key).map(|value| value as i64);
    let external = ["object_m", "external_m"].into_iter().find(|key| input.has(key));
    let result = if let Some(key) = external {
        let target = if input.has("target_avg_m") {
            External::AverageValue { target: milli("target_avg_m")? }
        } else {
            let ready_pods = input.opt_u32("ready_pods").unwrap_or(current);
            External::Value { target: milli("target_m")?, ready_pods }
        };
        for_external(current, milli(key)?, target, &tolerance)
    } else if input.has("target_percent") {
        let pods = pods(input, current)?;
        for_resource(current, &pods, input.u32("target_percent")?, &tolerance)
    } else {
        let pods = pods(input, current)?;
        for_pods_metric(current, &pods, milli("target_avg_m")?, &tolerance)
    };
    let found = result.ok();
    let desired = found.map(|Replicas { desired, .. }| desired);
    let usage = found.map(|Replicas { usage, .. }| usage);
    input.answer([
        ("desired", json!(desired)),
        ("utilization", json!(usage)),
        ("average_m", json!(usage)),
        ("usage_m", json!(usage)),
        ("error", json!(found.is_none())),
    ])
}

fn stabilization(input: &Input<'_>) -> Answer {
    let mut past = Vec::new();
    for row in input.array("recommendations")? {
        let row = within(row);
        past.push(Recommendation { at: ago(row.f64("age_s")?), replicas: row.u32("replicas")? });
    }
    let computed = match input.opt_u32("computed") {
        Some(computed) => computed,
        None => {
            let current = input.u32("current")?;
            let ratio = input.f64("utilization")? / input.f64("target_percent")?;
            for_ratio(current, current, ratio, &tolerance(input))
        }
    };
    let windows = (input.has("up_window_s") || input.has("down_window_s")).then(|| {
        let window =
            |key, default: u32| Span::from_s(u64::from(input.opt_u32(key).unwrap_or(default)));
        (window("up_window_s", 0), window("down_window_s", 300))
    });
    let replicas = match windows {
        Some(windows) => stabilize_both_ways(NOW, windows, &past, input.u32("current")?, computed),
        None => stabilize(NOW, input.span("window_s")?, &past, computed),
    };
    input.answer([("replicas", json!(replicas))])
}
