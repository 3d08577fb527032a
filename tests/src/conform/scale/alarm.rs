//! Alarms: M of N, missing data, percentiles, actions, timing, metric math.

use super::Check;
use super::input::{Answer, Input, at, verdict, within};
use serde_json::{Value, json};
use shared::scale::metric_math::{Expression, MathValue, Series};
use shared::scale::{
    ActionKind, Alarm, AlarmAction, AlarmConfig, AlarmKind, AlarmState, Comparison, LowSamples,
    PolicyError, Samples, Statistic, TreatMissingData, is_low_sample,
};
use shared::time::{Span, Timestamp};
use std::collections::BTreeMap;

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("alarm_actions", |v| verdict(v, actions)),
    ("alarm_graph", |v| verdict(v, graph)),
    ("alarm_interval", |v| verdict(v, interval)),
    ("alarm_m_of_n", |v| verdict(v, state)),
    ("alarm_missing_data", |v| verdict(v, state)),
    ("alarm_native", |v| verdict(v, state)),
    ("alarm_percentile_low_sample", |v| verdict(v, low_sample)),
    ("alarm_premature", |v| verdict(v, state)),
    ("metric_math", |v| verdict(v, metric_math)),
    ("reaction_latency", |v| verdict(v, reaction_latency)),
];

const STATES: [AlarmState; 3] = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];

fn name(state: AlarmState) -> &'static str {
    match state {
        AlarmState::Ok => "OK",
        AlarmState::Alarm => "ALARM",
        AlarmState::InsufficientData => "INSUFFICIENT_DATA",
    }
}

fn state_named(text: &str) -> Result<AlarmState, String> {
    STATES.into_iter().find(|state| name(*state) == text).ok_or(format!("no state {text}"))
}

/// An alarm whose good points are 0 and bad points are 1.
fn settings(input: &Input<'_>) -> Result<AlarmConfig, String> {
    let first = |keys: [&str; 2]| keys.into_iter().find_map(|key| input.opt_u32(key));
    let n = first(["evaluation_periods", "N"]).unwrap_or(1);
    let treat_missing_data = match input.get("treat_missing").as_str() {
        None | Some("missing") => TreatMissingData::Missing,
        Some("ignore") => TreatMissingData::Ignore,
        Some("breaching") => TreatMissingData::Breaching,
        Some("notBreaching") => TreatMissingData::NotBreaching,
        Some(other) => return Err(format!("treat_missing {other}")),
    };
    Ok(AlarmConfig {
        threshold: 0.5,
        period_s: input.opt_u32("period_s").unwrap_or(60),
        evaluation_periods: n,
        datapoints_to_alarm: first(["datapoints_to_alarm", "M"]).unwrap_or(n),
        treat_missing_data,
        ..AlarmConfig::default()
    })
}

fn points(input: &Input<'_>) -> Result<Vec<Option<f64>>, String> {
    let point = |text| match text {
        "0" => Ok(Some(0.0)),
        "X" => Ok(Some(1.0)),
        "-" => Ok(None),
        other => Err(format!("point {other}")),
    };
    input.strings("points_oldest_first")?.into_iter().map(point).collect()
}

/// The state after one evaluation of the given range.
fn state(input: &Input<'_>) -> Answer {
    let (config, points) = (settings(input)?, points(input)?);
    let evaluate = |previous| config.evaluate(points.iter().rev().copied(), previous);
    let filled = evaluate(AlarmState::Ok).filled;
    let state = if input.has("previous") {
        name(evaluate(state_named(input.str("previous")?)?).state)
    } else if STATES.into_iter().all(|previous| evaluate(previous).state == previous) {
        "RETAIN"
    } else {
        name(evaluate(AlarmState::InsufficientData).state)
    };
    // Some rows only rule a state out.
    let ruled_out = input.asks_not("state", "ALARM") && state != "ALARM";
    let state = if ruled_out { "not ALARM" } else { state };
    input.answer([("state", json!(state)), ("filled", json!(filled))])
}

fn graph(input: &Input<'_>) -> Answer {
    let threshold = input.f64("threshold")?;
    let comparison = match input.get("comparison").as_str() {
        None | Some(">") => Comparison::GreaterThanThreshold,
        Some(">=") => Comparison::GreaterThanOrEqualToThreshold,
        Some("<") => Comparison::LessThanThreshold,
        Some("<=") => Comparison::LessThanOrEqualToThreshold,
        Some(other) => return Err(format!("comparison {other}")),
    };
    let beyond = if comparison.is_high() { 1.0 } else { -1.0 };
    let config = AlarmConfig { threshold, comparison, ..settings(input)? };
    let mut alarm = Alarm::new(config, Timestamp::ZERO);
    let states = input.numbers("breaching_by_period")?.into_iter().map(|breaches| {
        let value = threshold + if breaches > 0.0 { beyond } else { -beyond };
        alarm.push(Some(value));
        name(alarm.state())
    });
    let states: Vec<_> = states.collect();
    input.answer([("state_by_period", json!(states))])
}

/// Which minutes an evaluation sees is read off a real alarm: each minute has a power of two as
/// its sample, and the newest datapoint is their sum.
fn window_minutes(config: &AlarmConfig, minute: u32) -> Option<[u32; 2]> {
    let config = AlarmConfig { statistic: Statistic::Sum, ..config.clone() };
    let older = config.period_s / 60 * (config.evaluation_periods - 1);
    let mut alarm = Alarm::new(config, Timestamp::ZERO);
    for passed in 1..=minute {
        alarm.observe((1_u64 << passed) as f64, 1);
        alarm.evaluate(at(u64::from(passed) * 60));
    }
    let seen = alarm.latest()? as u64;
    Some([seen.trailing_zeros() - older, 63 - seen.leading_zeros()])
}

fn interval(input: &Input<'_>) -> Answer {
    let config = settings(input)?;
    let window = input.opt_u32("at_minute").and_then(|minute| window_minutes(&config, minute));
    let too_long = matches!(config.check(), Err(PolicyError::EvaluationInterval { .. }));
    // N of these rows is beyond what else an alarm may have; only the length is asked for.
    let too_long = too_long || config.evaluation_interval() > AlarmConfig::EVALUATION_INTERVAL_MAX;
    input.answer([
        ("evaluation_interval_s", json!(config.evaluation_interval().as_s_f64())),
        ("evaluated_every_s", json!(config.evaluated_every().as_s_f64())),
        ("window_minutes", json!(window)),
        ("valid_standard_limit_86400", json!(!too_long)),
    ])
}

fn low_sample(input: &Input<'_>) -> Answer {
    if let (Some(percentile), Some(samples)) =
        (input.opt_f64("percentile"), input.get("samples").as_u64())
    {
        let low_sample = is_low_sample(percentile, samples);
        return input.answer([("low_sample", json!(low_sample))]);
    }
    let statistic = Statistic::try_from(input.str("statistic")?.to_owned());
    let statistic = statistic.map_err(|error| error.to_string())?;
    let low_samples = match input.get("evaluate_low_sample").as_str() {
        None | Some("evaluate") => LowSamples::Evaluate,
        Some("ignore") => LowSamples::Ignore,
        Some(other) => return Err(format!("evaluate_low_sample {other}")),
    };
    let threshold = input.f64("threshold")?;
    let config = AlarmConfig { statistic, threshold, low_samples, ..settings(input)? };
    let mut samples = Samples::for_statistic(statistic);
    let groups = match input.get("samples") {
        Value::Array(groups) => groups.clone(),
        group => vec![group.clone()],
    };
    for group in &groups {
        let (value, count) = (within(group).f64("value")?, within(group).f64("count")?);
        samples.add(value * count, count as u64);
    }
    let mut alarm = Alarm::new(config, Timestamp::ZERO);
    if input.has("previous") {
        alarm.set_state(state_named(input.str("previous")?)?);
    }
    alarm.take(&samples);
    input.answer([("state", json!(name(alarm.state())))])
}

fn actions(input: &Input<'_>) -> Answer {
    if input.flag("new_alarm") {
        let alarm = Alarm::new(AlarmConfig::default(), Timestamp::ZERO);
        return input.answer([("state", json!(name(alarm.state())))]);
    }
    let text = input.str("action")?;
    let kind = if text.starts_with("AutoScaling") {
        ActionKind::AutoScaling
    } else {
        ActionKind::Notification
    };
    let on = if text.ends_with("on OK") { AlarmState::Ok } else { AlarmState::Alarm };
    if input.has("alarm") {
        let alarm = match input.str("alarm")? {
            "composite" => AlarmKind::Composite,
            "metric" => AlarmKind::Metric,
            _ => AlarmKind::MetricMath,
        };
        return input.answer([("allowed", json!(kind.is_allowed(alarm)))]);
    }
    let mut action = AlarmAction::new(kind, on);
    let mut ran = Vec::new();
    for (minute, state) in input.strings("states_per_minute")?.into_iter().enumerate() {
        if action.runs(at(minute as u64 * 60), state_named(state)?) {
            ran.push(minute);
        }
    }
    input.answer([("invocations_at_minute", json!(ran))])
}

/// Runs a real alarm second by second: good for a long time, then barely breaching from the first
/// second of a period.
fn reaction_latency(input: &Input<'_>) -> Answer {
    let config = AlarmConfig { threshold: 80.0, ..settings(input)? };
    let good = config.evaluation_interval().as_s_f64() as u64;
    let mut alarm = Alarm::new(config, Timestamp::ZERO);
    for second in 0..=2 * good + 600 {
        if alarm.poll_timeout() <= at(second) {
            alarm.evaluate(at(second));
        }
        if alarm.state() == AlarmState::Alarm {
            return input.answer([("alarm_not_before_s", json!(second - good))]);
        }
        alarm.observe(if second < good { 0.0 } else { 80.0 + 1e-6 }, 1);
    }
    let waited = Span::from_s(2 * good + 600);
    Err(format!("no alarm within {waited}"))
}

fn metric_math(input: &Input<'_>) -> Answer {
    let value_of = |value: &Value| match value {
        Value::Array(values) => values.iter().map(Value::as_f64).collect(),
        scalar => vec![scalar.as_f64()],
    };
    let fields = input.row.as_object().ok_or("no object")?;
    let is_metric = |key: &&String| key.as_str() != "expr";
    let metrics: BTreeMap<String, Series> = fields
        .iter()
        .filter(|(key, _)| is_metric(key))
        .map(|(key, value)| (key.clone(), value_of(value)))
        .collect();
    let is_series = fields.values().any(Value::is_array);
    let expression = Expression::parse(input.str("expr")?).map_err(|error| error.to_string())?;
    let value = match expression.evaluate(&metrics).map_err(|error| error.to_string())? {
        MathValue::Scalar(scalar) => json!(scalar),
        MathValue::Series(series) if is_series => json!(series),
        MathValue::Series(series) => json!(series.first().copied().flatten()),
    };
    input.answer([("value", value)])
}
