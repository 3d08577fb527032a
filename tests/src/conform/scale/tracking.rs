//! Target tracking: proportions, managed alarms, the observed timeline.

use super::Check;
use super::capacity::bounds;
use super::input::{Answer, Input, at, clock, clock_s, verdict};
use super::rig::{Rig, config};
use serde_json::{Value, json};
use shared::scale::{
    AlarmConfig, AlarmState, GroupConfig, Metric, ScalingPolicy, TargetTrackingPolicy,
    TrackingDialect, acceptable_backlog, proportional_capacity, provisioned_throughput_alarm,
};

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("target_tracking", |v| verdict(v, tracking)),
    ("target_tracking_alarms", |v| verdict(v, alarms)),
    ("target_tracking_timeline", |v| verdict(v, timeline)),
];

fn tracking(input: &Input<'_>) -> Answer {
    if input.has("visible_messages") {
        let target = acceptable_backlog(
            input.f64("acceptable_latency_s")?,
            input.f64("seconds_per_message")?,
        );
        let instances = input.u32("instances")?;
        let backlog = input.f64("visible_messages")? / f64::from(instances);
        let wanted = proportional_capacity(instances, backlog, target);
        return input.answer([
            ("target_backlog_per_instance", json!(target)),
            ("backlog_per_instance", json!(backlog)),
            ("scale_out_by", json!(i64::from(wanted) - i64::from(instances))),
        ]);
    }
    // A hundred servers, so that fractions of one are hundredths of the target.
    let units = |key, sign: f64| input.opt_f64(key).map(|units| (100.0 + sign * units, 100.0));
    if let Some((metric, target)) = units("computed_units_to_add", 1.0) {
        let add = proportional_capacity(100, metric, target) - 100;
        return input.answer([("add", json!(add)), ("scale_out", json!(add > 0))]);
    }
    if let Some((metric, target)) = units("computed_units_to_remove", -1.0) {
        let remove = 100 - proportional_capacity(100, metric, target);
        return input.answer([("remove", json!(remove)), ("scale_in", json!(remove > 0))]);
    }
    if input.has("period_s") {
        let policy = TargetTrackingPolicy {
            period_s: input.u32("period_s")?,
            ..TargetTrackingPolicy::default()
        };
        return input.answer([("valid", json!(policy.check().is_ok()))]);
    }
    if input.flag("metric_missing") || input.has("metric_below_target_for_min") {
        return unattended(input);
    }
    let (current, metric) = (input.u32("current")?, input.f64("metric")?);
    let target_value = input.f64("target")?;
    let policy = TargetTrackingPolicy {
        target_value,
        disable_scale_in: input.flag("disable_scale_in"),
        ..TargetTrackingPolicy::default()
    };
    let smaller = policy.scale_in_capacity(metric, current);
    let larger = policy.scale_out_capacity(metric, current);
    let desired = if metric > target_value { larger } else { smaller };
    let desired = bounds(input, current).clamp(desired);
    input.answer([
        ("proportional_desired", json!(proportional_capacity(current, metric, target_value))),
        ("scale_in", json!(smaller < current)),
        ("scale_out", json!(larger > current)),
        ("desired", json!(desired)),
    ])
}

/// A real group under a policy whose metric is missing, or low for a long time.
fn unattended(input: &Input<'_>) -> Answer {
    let policy = TargetTrackingPolicy {
        disable_scale_in: input.flag("disable_scale_in"),
        ..TargetTrackingPolicy::default()
    };
    let policies = vec![ScalingPolicy::TargetTracking(policy)];
    let mut rig = Rig::new(GroupConfig { policies, ..config(1, 10) }, 4)?;
    let minutes = input.opt_u32("metric_below_target_for_min").unwrap_or(60);
    for minute in 1..=u64::from(minutes) {
        if !input.flag("metric_missing") {
            rig.group.observe_cpu(5.0, 1);
        }
        rig.group.handle_timeout(at(minute * 60), &mut rig.out);
        rig.drain_all(at(minute * 60));
    }
    let state = match rig.group.alarms().first().map(|alarm| alarm.state()) {
        Some(AlarmState::InsufficientData) | None => "INSUFFICIENT_DATA",
        Some(AlarmState::Ok) => "OK",
        Some(AlarmState::Alarm) => "ALARM",
    };
    let desired = rig.group.desired();
    let scaling = match desired.cmp(&4) {
        std::cmp::Ordering::Less => "in",
        std::cmp::Ordering::Equal => "none",
        std::cmp::Ordering::Greater => "out",
    };
    input.answer([
        ("alarm_state", json!(state)),
        ("scaling", json!(scaling)),
        ("scale_in", json!(desired < 4)),
    ])
}

fn describe(alarm: &AlarmConfig) -> Value {
    json!({
        "op": alarm.comparison.sign(),
        "threshold": alarm.threshold,
        "datapoints": datapoints(alarm),
        "period_s": alarm.period_s,
    })
}

fn datapoints(alarm: &AlarmConfig) -> String {
    format!("{} of {}", alarm.datapoints_to_alarm, alarm.evaluation_periods)
}

fn alarms(input: &Input<'_>) -> Answer {
    if input.has("provisioned_units") {
        let alarm = provisioned_throughput_alarm(
            input.f64("target_percent")?,
            input.f64("provisioned_units")?,
        );
        let high = json!({
            "threshold": alarm.threshold,
            "period_s": alarm.period_s,
            "evaluation_periods": alarm.evaluation_periods,
        });
        return input.answer([("alarm_high", high)]);
    }
    let dialect = match input.str("service")? {
        "ec2-autoscaling" => TrackingDialect::Ec2AutoScaling,
        "application-autoscaling" => TrackingDialect::ApplicationAutoScaling,
        "ecs-capacity-provider" => TrackingDialect::EcsCapacityProvider,
        other => return Err(format!("service {other}")),
    };
    let metric = match input.get("metric").as_str() {
        Some("ALBRequestCountPerTarget") => Metric::RequestCountPerTarget,
        None | Some("CPUUtilization") => Metric::AverageCpuUtilization,
        Some(_) => Metric::Custom,
    };
    let target_value = input.opt_f64("target").unwrap_or(100.0);
    let disable_scale_in = input.flag("disable_scale_in");
    let policy = TargetTrackingPolicy {
        metric,
        target_value,
        dialect,
        disable_scale_in,
        ..TargetTrackingPolicy::default()
    };
    let (high, low) = policy.alarms();
    input.answer([
        ("alarm_high", describe(&high)),
        ("alarm_low", low.as_ref().map_or(Value::Null, describe)),
        ("alarm_high_datapoints", json!(datapoints(&high))),
        ("alarm_low_datapoints", low.as_ref().map_or(Value::Null, |low| json!(datapoints(low)))),
    ])
}

/// From launch to service in the lab whose log the timelines are.
const LAB_BOOT_S: u64 = 4;
/// From alarm to launch activity, as seen there. Part of the world, not of the group.
const LAB_LAUNCH_DELAY_S: std::ops::RangeInclusive<u64> = 7..=13;

/// A real group: CPU high until the new server is warm, low from then on.
fn timeline(input: &Input<'_>) -> Answer {
    let alarm_at = clock_s(input.str("alarm_at")?)?;
    let launch = input.expected_str("launch_activity_start").unwrap_or_default();
    let delay = clock_s(&launch)?.saturating_sub(alarm_at);
    if !LAB_LAUNCH_DELAY_S.contains(&delay) {
        return Err(format!("a launch {delay} s after the alarm was not seen"));
    }
    let warmup = input.span("instance_warmup_s")?;
    let policy = TargetTrackingPolicy {
        estimated_instance_warmup_s: Some(warmup.as_s_f64() as u32),
        ..TargetTrackingPolicy::default()
    };
    let policies = vec![ScalingPolicy::TargetTracking(policy)];
    let mut rig = Rig::new(GroupConfig { policies, ..config(1, 2) }, 1)?;
    // The alarm comes after three minutes of the group's clock.
    let offset = alarm_at - 180;
    let (mut alarm_ok, mut warm_at) = (None, u64::MAX);
    for second in 0..1_200 {
        let now = at(second);
        rig.group.handle_timeout(now, &mut rig.out);
        if second == 180 + delay + LAB_BOOT_S {
            rig.boot_all(now);
            warm_at = second + warmup.as_s_f64() as u64;
        }
        let state = rig.group.alarms().first().map(|alarm| alarm.state());
        if second > warm_at && state == Some(AlarmState::Ok) {
            alarm_ok = alarm_ok.or(Some(second));
        }
        rig.group.observe_cpu(if second < warm_at { 60.0 } else { 30.0 }, 1);
    }
    let ended = rig.group.activities().filter_map(|record| record.ended).max().ok_or("no end")?;
    let (start, end) = (180 + delay, ended.as_s_f64() as u64);
    input.answer([
        ("launch_activity_start", json!(clock(start + offset))),
        ("launch_activity_end", json!(clock(end + offset))),
        ("activity_duration_s", json!(end - start)),
        ("alarm_ok_at", json!(clock(alarm_ok.unwrap_or(0) + offset))),
    ])
}
