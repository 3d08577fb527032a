//! The Kubernetes horizontal pod autoscaler.

use crate::editor::form::alarm::{METRICS, metric_unit};
use crate::editor::form::parts::{Options, choice, json, real, rows, section, toggle, whole};
use crate::editor::form::{ListItem, Part, Unit};
use crate::editor::notice::Text;
use shared::scale::HpaPolicy;
use shared::scale::hpa::{BehaviorPolicy, BehaviorPolicyType, HpaMetric, ScalingRules};

/// Most behaviour policies of a direction that the inspector adds.
const BEHAVIOR_POLICIES_MAX: usize = 10;

const SELECT_POLICIES: Options = &[
    ("max", "select-policy-max"),
    ("min", "select-policy-min"),
    ("disabled", "select-policy-disabled"),
];
const TARGET_TYPES: Options = &[("average_value", "hpa-average-value"), ("value", "hpa-value")];
const BEHAVIOR_TYPES: Options =
    &[("pods", "behavior-type-pods"), ("percent", "behavior-type-percent")];

pub(super) fn hpa_parts(path: &str, policy: &HpaPolicy) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let seconds =
        |name: &str, label, value, min| whole(&at(name), label, value, min, 3_600, Unit::Seconds);
    let target = policy.target_utilization;
    let (ready, init) = (policy.initial_readiness_delay_s, policy.cpu_initialization_period_s);
    vec![
        whole(
            &at("target_utilization"),
            "field-target-utilization",
            target,
            1,
            1_000,
            Unit::Percent,
        ),
        metrics(&at("metrics"), policy),
        toggle(&at("without_cpu"), "field-hpa-without-cpu", policy.without_cpu),
        real(&at("tolerance"), "field-tolerance", policy.tolerance, 0.0, 1.0, Unit::None),
        seconds("sync_period_s", "field-sync-period", policy.sync_period_s, 1),
        seconds("initial_readiness_delay_s", "field-initial-readiness-delay", ready, 0),
        seconds("cpu_initialization_period_s", "field-cpu-initialization-period", init, 0),
        section("section-scale-up", rules(&at("scale_up"), &policy.scale_up)),
        section("section-scale-down", rules(&at("scale_down"), &policy.scale_down)),
    ]
}

/// Metrics besides CPU.
fn metrics(path: &str, policy: &HpaPolicy) -> Part {
    let row = |(i, kept): (usize, &HpaMetric)| {
        let at = |name: &str| format!("{path}[{i}].{name}");
        let target = kept.target;
        ListItem {
            title: Text::new("item-title").with("number", i + 1),
            parts: vec![
                choice(&at("metric"), "field-metric", &kept.metric, METRICS),
                choice(
                    &at("target_type"),
                    "field-hpa-target-type",
                    &kept.target_type,
                    TARGET_TYPES,
                ),
                real(
                    &at("target"),
                    "field-hpa-target",
                    target,
                    0.001,
                    1e12,
                    metric_unit(kept.metric),
                ),
            ],
        }
    };
    let items = policy.metrics.iter().enumerate().map(row).collect();
    let words = ("list-hpa-metrics", "list-hpa-metrics-add");
    rows(path, words, items, (json(&HpaMetric::default()), HpaPolicy::METRICS_MAX))
}

fn rules(path: &str, rules: &ScalingRules) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let row = |(i, policy): (usize, &BehaviorPolicy)| {
        let at = |name: &str| format!("{path}.policies[{i}].{name}");
        let (value, unit) = (policy.value, behavior_unit(policy.kind));
        ListItem {
            title: Text::new("behavior-title").with("number", i + 1),
            parts: vec![
                choice(&at("kind"), "field-behavior-type", &policy.kind, BEHAVIOR_TYPES),
                whole(&at("value"), "field-behavior-value", value, 1, 1_000_000_000, unit),
                whole(
                    &at("period_s"),
                    "field-behavior-period",
                    policy.period_s,
                    1,
                    1_800,
                    Unit::Seconds,
                ),
            ],
        }
    };
    let window = rules.stabilization_window_s;
    let new = json(&BehaviorPolicy { kind: BehaviorPolicyType::Pods, value: 4, period_s: 15 });
    let items = rules.policies.iter().enumerate().map(row).collect();
    let words = ("list-behavior", "list-behavior-add");
    vec![
        whole(
            &at("stabilization_window_s"),
            "field-stabilization-window",
            window,
            0,
            3_600,
            Unit::Seconds,
        ),
        choice(&at("select_policy"), "field-select-policy", &rules.select_policy, SELECT_POLICIES),
        rows(&at("policies"), words, items, (new, BEHAVIOR_POLICIES_MAX)),
    ]
}

const fn behavior_unit(kind: BehaviorPolicyType) -> Unit {
    match kind {
        BehaviorPolicyType::Pods => Unit::Servers,
        BehaviorPolicyType::Percent => Unit::Percent,
    }
}
