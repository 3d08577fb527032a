//! Target tracking and predictive scaling: both keep a metric at a target.

use super::warmup;
use crate::editor::form::alarm::{metric_unit, tracked_metric};
use crate::editor::form::parts::{Options, choice, real, toggle, whole};
use crate::editor::form::{Part, Unit};
use shared::scale::{MaxCapacityBreach, Metric, PredictivePolicy, TargetTrackingPolicy};

const DIALECTS: Options = &[
    ("ec2_auto_scaling", "dialect-ec2"),
    ("application_auto_scaling", "dialect-application"),
    ("ecs_capacity_provider", "dialect-ecs"),
];
const MODES: Options =
    &[("forecast_only", "mode-forecast-only"), ("forecast_and_scale", "mode-forecast-and-scale")];
const BREACHES: Options =
    &[("honor_max_capacity", "breach-honor"), ("increase_max_capacity", "breach-increase")];

pub(super) fn target_tracking_parts(path: &str, policy: &TargetTrackingPolicy) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    vec![
        tracked_metric(&at("metric"), policy.metric),
        target(path, policy.metric, policy.target_value),
        toggle(&at("disable_scale_in"), "field-disable-scale-in", policy.disable_scale_in),
        whole(&at("period_s"), "field-period", policy.period_s, 10, 60, Unit::Seconds),
        choice(&at("dialect"), "field-dialect", &policy.dialect, DIALECTS),
        warmup(path, policy.estimated_instance_warmup_s),
    ]
}

pub(super) fn predictive_parts(path: &str, policy: &PredictivePolicy) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let mut parts = vec![
        tracked_metric(&at("metric"), policy.metric),
        target(path, policy.metric, policy.target_value),
        choice(&at("mode"), "field-mode", &policy.mode, MODES),
        choice(
            &at("max_capacity_breach"),
            "field-max-capacity-breach",
            &policy.max_capacity_breach,
            BREACHES,
        ),
    ];
    if policy.max_capacity_breach == MaxCapacityBreach::IncreaseMaxCapacity {
        let (path, buffer) =
            (at("max_capacity_buffer_percent"), policy.max_capacity_buffer_percent);
        parts.push(whole(&path, "field-max-capacity-buffer", buffer, 0, 100, Unit::Percent));
    }
    let (path, ahead) = (at("scheduling_buffer_s"), policy.scheduling_buffer_s);
    parts.push(whole(&path, "field-scheduling-buffer", ahead, 0, 3_600, Unit::Seconds));
    parts
}

fn target(path: &str, metric: Metric, value: f64) -> Part {
    let (path, unit) = (format!("{path}.target_value"), metric_unit(metric));
    real(&path, "field-target-value", value, 1e-9, 1e15, unit)
}
