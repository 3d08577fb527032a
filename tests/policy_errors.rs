//! What is wrong with a policy is shown at its field.

use shared::cost::Region;
use shared::design::{Group, NodeKind, Problem, Settings, presets, validate};
use shared::scale::hpa::ScalingRules;
use shared::scale::{
    AlarmConfig, HpaPolicy, Metric, PredictivePolicy, ScalingPolicy, ScheduledPolicy, SimplePolicy,
    StepPolicy, TargetTrackingPolicy,
};
use std::sync::Arc;

/// Fields with an error in the story's group under these policies, with the message.
fn errors(policies: Vec<ScalingPolicy>) -> Vec<(String, String)> {
    let mut design = presets::seven_steps();
    for node in design.nodes.values_mut() {
        if node.settings.kind() == NodeKind::Group {
            let group = Group { policies: policies.clone(), ..Group::default() };
            Arc::make_mut(node).settings = Settings::Group(group);
        }
    }
    assert_eq!(design.run.region, Region::UsEast1);
    let issues = validate(&design).into_iter().filter_map(|issue| match issue.problem {
        Problem::Policy { field, error } => Some((field, error.to_string())),
        _ => None,
    });
    issues.collect()
}

#[test]
fn every_kind_of_policy_shows_its_errors_at_the_field() {
    let alarm = |period_s, evaluation_periods| AlarmConfig {
        period_s,
        evaluation_periods,
        datapoints_to_alarm: 1,
        ..AlarmConfig::default()
    };
    let scheduled = |recurrence: &str, zone: Option<&str>| {
        ScalingPolicy::Scheduled(ScheduledPolicy {
            recurrence: recurrence.to_owned(),
            time_zone: zone.map(str::to_owned),
            ..ScheduledPolicy::default()
        })
    };
    let tracking = TargetTrackingPolicy::default;
    let no_rules = ScalingRules { policies: Vec::new(), ..ScalingRules::default_up() };
    let cases = [
        (
            ScalingPolicy::Simple(SimplePolicy { alarm: alarm(45, 1), ..SimplePolicy::default() }),
            "alarm.period_s",
        ),
        (
            ScalingPolicy::Step(StepPolicy { alarm: alarm(3_600, 25), ..StepPolicy::default() }),
            "alarm.evaluation_periods",
        ),
        (ScalingPolicy::Step(StepPolicy { steps: Vec::new(), ..StepPolicy::default() }), "steps"),
        (
            ScalingPolicy::TargetTracking(TargetTrackingPolicy {
                metric: Metric::QueueLength,
                ..tracking()
            }),
            "metric",
        ),
        (
            ScalingPolicy::TargetTracking(TargetTrackingPolicy { period_s: 300, ..tracking() }),
            "period_s",
        ),
        (scheduled("0 0 30 2 *", None), "recurrence"),
        (scheduled("0 0 * *", None), "recurrence"),
        (scheduled("0 9 * * *", Some("Europe/Atlantis")), "time_zone"),
        (
            ScalingPolicy::Scheduled(ScheduledPolicy {
                min_size: Some(5),
                max_size: Some(3),
                ..ScheduledPolicy::default()
            }),
            "desired_capacity",
        ),
        (
            ScalingPolicy::Predictive(PredictivePolicy {
                target_value: f64::NAN,
                ..PredictivePolicy::default()
            }),
            "target_value",
        ),
        (
            ScalingPolicy::Hpa(HpaPolicy { scale_up: no_rules, ..HpaPolicy::default() }),
            "scale_up.policies",
        ),
    ];
    for (policy, field) in cases {
        let found = errors(vec![ScalingPolicy::scale_out(), policy.clone()]);
        assert_eq!(found.len(), 1, "{policy:?}: {found:?}");
        assert_eq!(found[0].0, format!("policies[1].{field}"), "{}", found[0].1);
    }
    let twice = vec![scheduled("0 9 * * MON", None), scheduled("0 9 * * 1", Some("UTC"))];
    assert_eq!(errors(twice)[0].0, "policies[1].recurrence");
}
