//! The scaling policies of a group: the list, the kinds, and the settings that kinds share.

mod hpa;
mod scheduled;
mod step;
mod tracking;

use super::alarm::{metric_name, unit_name};
use super::parts::{Options, choice, json, open_whole, whole};
use super::{Addition, Change, Layout, List, ListItem, Part, Unit};
use crate::editor::notice::Text;
use shared::scale::{
    AdjustmentType, AlarmConfig, HpaPolicy, Metric, PredictivePolicy, ScalingPolicy,
    ScheduledPolicy, SimplePolicy, StepAdjustment, StepPolicy, TargetTrackingPolicy,
};

/// Most policies of a group that the inspector adds.
const POLICIES_MAX: usize = 20;

/// Every kind, the recommended one first.
const KINDS: Options = &[
    ("target_tracking", "policy-kind-target-tracking"),
    ("step", "policy-kind-step"),
    ("simple", "policy-kind-simple"),
    ("scheduled", "policy-kind-scheduled"),
    ("predictive", "policy-kind-predictive"),
    ("hpa", "policy-kind-hpa"),
];
const ADJUSTMENT_TYPES: Options = &[
    ("change_in_capacity", "adjustment-change"),
    ("percent_change_in_capacity", "adjustment-percent"),
    ("exact_capacity", "adjustment-exact"),
];

pub(super) fn policies_list(policies: &[ScalingPolicy]) -> Part {
    let addition = |&(name, label): &(&str, &'static str)| {
        Some(Addition { label, change: Change::Push(json(&default_policy(name)?)) })
    };
    Part::List(List {
        path: "policies".to_owned(),
        title: "list-policies",
        add: "list-policies-add",
        additions: KINDS.iter().filter_map(addition).collect(),
        max: POLICIES_MAX,
        layout: Layout::Cards,
        items: policies.iter().enumerate().map(|(i, policy)| item(i, policy)).collect(),
    })
}

fn item(i: usize, policy: &ScalingPolicy) -> ListItem {
    let path = format!("policies[{i}]");
    let mut parts = vec![choice(&format!("{path}.type"), "field-policy-kind", policy, KINDS)];
    let (title, rest) = match policy {
        ScalingPolicy::Step(policy) => {
            (alarm_title("policy-title-step", &policy.alarm), step::step_parts(&path, policy))
        }
        ScalingPolicy::Simple(policy) => {
            (alarm_title("policy-title-simple", &policy.alarm), step::simple_parts(&path, policy))
        }
        ScalingPolicy::TargetTracking(policy) => (
            target_title("policy-title-target-tracking", policy.metric, policy.target_value),
            tracking::target_tracking_parts(&path, policy),
        ),
        ScalingPolicy::Predictive(policy) => (
            target_title("policy-title-predictive", policy.metric, policy.target_value),
            tracking::predictive_parts(&path, policy),
        ),
        ScalingPolicy::Scheduled(policy) => (
            Text::new("policy-title-scheduled").with("recurrence", policy.recurrence.as_str()),
            scheduled::scheduled_parts(&path, policy),
        ),
        ScalingPolicy::Hpa(policy) => (
            match policy.without_cpu {
                true => Text::new("policy-title-hpa-metrics"),
                false => Text::new("policy-title-hpa").with("target", policy.target_utilization),
            },
            hpa::hpa_parts(&path, policy),
        ),
    };
    parts.extend(rest);
    ListItem { title, parts }
}

fn alarm_title(key: &'static str, alarm: &AlarmConfig) -> Text {
    Text::new(key)
        .with("metric", metric_name(alarm.metric))
        .with("sign", alarm.comparison.sign())
        .with("threshold", alarm.threshold)
        .with("unit", unit_name(alarm.metric))
        .with("points", alarm.datapoints_to_alarm)
        .with("periods", alarm.evaluation_periods)
}

fn target_title(key: &'static str, metric: Metric, target: f64) -> Text {
    Text::new(key)
        .with("metric", metric_name(metric))
        .with("target", target)
        .with("unit", unit_name(metric))
}

/// What an adjustment counts.
const fn adjustment_unit(kind: AdjustmentType) -> Unit {
    match kind {
        AdjustmentType::ChangeInCapacity | AdjustmentType::ExactCapacity => Unit::Servers,
        AdjustmentType::PercentChangeInCapacity => Unit::Percent,
    }
}

/// How a policy changes the capacity: the adjustment type, and for percentages the least change.
fn adjustment_parts(path: &str, kind: AdjustmentType, min_magnitude: u32) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let mut parts =
        vec![choice(&at("adjustment_type"), "field-adjustment-type", &kind, ADJUSTMENT_TYPES)];
    if kind == AdjustmentType::PercentChangeInCapacity {
        let path = at("min_adjustment_magnitude");
        parts.push(whole(&path, "field-min-adjustment", min_magnitude, 0, 10_000, Unit::Servers));
    }
    parts
}

/// The warm-up that a policy may have of its own.
fn warmup(path: &str, warmup_s: Option<u32>) -> Part {
    let (path, label) = (format!("{path}.estimated_instance_warmup_s"), "field-policy-warmup");
    open_whole(&path, label, warmup_s, (0, 3_600), Unit::Seconds, "open-as-group")
}

/// A new policy of the named kind.
fn default_policy(name: &str) -> Option<ScalingPolicy> {
    Some(match name {
        "step" => ScalingPolicy::Step(StepPolicy::default()),
        "simple" => ScalingPolicy::Simple(SimplePolicy::default()),
        "target_tracking" => ScalingPolicy::TargetTracking(TargetTrackingPolicy::default()),
        "scheduled" => ScalingPolicy::Scheduled(ScheduledPolicy::default()),
        "predictive" => ScalingPolicy::Predictive(PredictivePolicy::default()),
        "hpa" => ScalingPolicy::Hpa(HpaPolicy::default()),
        _ => return None,
    })
}

/// A policy of the named kind that goes on with what `policy` watches: its alarm between kinds that
/// have one, else the metric with the level that matters.
pub(super) fn policy_as(policy: &ScalingPolicy, name: &str) -> Option<ScalingPolicy> {
    let mut other = default_policy(name)?;
    match (&mut other, policy) {
        (new, old) if new.name() == old.name() => return Some(old.clone()),
        (ScalingPolicy::Step(new), ScalingPolicy::Simple(old)) => {
            new.alarm = old.alarm.clone();
            new.adjustment_type = old.adjustment_type;
            new.min_adjustment_magnitude = old.min_adjustment_magnitude;
            let high = old.alarm.comparison.is_high();
            let (lower, upper) = (high.then_some(0.0), (!high).then_some(0.0));
            new.steps = vec![StepAdjustment { lower, upper, adjustment: old.adjustment }];
        }
        (ScalingPolicy::Simple(new), ScalingPolicy::Step(old)) => {
            new.alarm = old.alarm.clone();
            new.adjustment_type = old.adjustment_type;
            new.min_adjustment_magnitude = old.min_adjustment_magnitude;
            let first = old.steps.first().map(|step| step.adjustment);
            new.adjustment = first.unwrap_or(new.adjustment);
        }
        (new, old) => watched(old).into_iter().for_each(|level| watch(new, level)),
    }
    Some(other)
}

/// What a policy watches and the level that matters; `None` for one that follows the clock.
fn watched(policy: &ScalingPolicy) -> Option<(Metric, f64)> {
    Some(match policy {
        ScalingPolicy::Step(policy) => (policy.alarm.metric, policy.alarm.threshold),
        ScalingPolicy::Simple(policy) => (policy.alarm.metric, policy.alarm.threshold),
        ScalingPolicy::TargetTracking(policy) => (policy.metric, policy.target_value),
        ScalingPolicy::Predictive(policy) => (policy.metric, policy.target_value),
        ScalingPolicy::Hpa(policy) => {
            (Metric::AverageCpuUtilization, f64::from(policy.target_utilization))
        }
        ScalingPolicy::Scheduled(_) => return None,
    })
}

/// Makes a policy watch a metric at a level, as far as its kind can.
fn watch(policy: &mut ScalingPolicy, (metric, level): (Metric, f64)) {
    // What cannot be tracked would only be refused: the default stays.
    let tracked = metric.is_proportional() && level > 0.0;
    match policy {
        ScalingPolicy::Step(StepPolicy { alarm, .. })
        | ScalingPolicy::Simple(SimplePolicy { alarm, .. }) => {
            (alarm.metric, alarm.threshold) = (metric, level);
        }
        ScalingPolicy::TargetTracking(TargetTrackingPolicy {
            metric: of, target_value, ..
        })
        | ScalingPolicy::Predictive(PredictivePolicy { metric: of, target_value, .. })
            if tracked =>
        {
            (*of, *target_value) = (metric, level);
        }
        ScalingPolicy::Hpa(policy) if metric == Metric::AverageCpuUtilization => {
            policy.target_utilization = level.round().clamp(1.0, 1_000.0) as u32;
        }
        _ => {}
    }
}
