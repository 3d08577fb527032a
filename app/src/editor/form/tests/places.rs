//! What is wrong is shown where it can be mended.

use super::*;
use shared::design::Issue;
use shared::scale::{AlarmConfig, ScheduledPolicy, StepAdjustment, StepPolicy};
use std::sync::Arc;

/// The issue's place in its form.
fn place(design: &Design, issue: &Issue) -> Option<String> {
    let form = match issue.at {
        Place::Node(id) => settings_form(&design.node(id)?.settings),
        Place::Design => run_form(design),
        Place::Link(_) => return None,
    };
    Some(shown_at(&form, issue.problem.field()?)?.0.to_owned())
}

/// Each bad input of the list that people make first, and the part of the form that tells of it.
#[test]
fn bad_input_is_shown_at_its_field() {
    let with = |change: &dyn Fn(&mut Group)| {
        let mut design = presets::seven_steps();
        for node in design.nodes.values_mut() {
            if let Settings::Group(group) = &mut Arc::make_mut(node).settings {
                change(group);
            }
        }
        design
    };
    let steps = |bounds: &[(f64, Option<f64>)]| {
        let step = |&(lower, upper)| StepAdjustment { lower: Some(lower), upper, adjustment: 1 };
        let steps = bounds.iter().map(step).collect();
        vec![ScalingPolicy::Step(StepPolicy { steps, ..StepPolicy::default() })]
    };
    let alarm = |period_s| AlarmConfig { period_s, ..AlarmConfig::default() };
    let cron = |text: &str| {
        let recurrence = text.to_owned();
        let action = ScheduledPolicy { recurrence, ..ScheduledPolicy::default() };
        vec![ScalingPolicy::Scheduled(action)]
    };
    let gap = steps(&[(0.0, Some(10.0)), (20.0, None)]);
    let overlap = steps(&[(0.0, Some(10.0)), (5.0, None)]);
    let period = ScalingPolicy::Step(StepPolicy { alarm: alarm(45), ..StepPolicy::default() });
    let mut priced = presets::seven_steps();
    priced.run.pricing.prices.insert("m5.large".to_owned(), -0.1);
    let cases = [
        (with(&|group| group.policies = gap.clone()), "policies[0].steps"),
        (with(&|group| group.policies = overlap.clone()), "policies[0].steps"),
        (with(&|group| (group.min_size, group.max_size) = (9, 3)), "desired_capacity"),
        (with(&|group| group.policies = vec![period.clone()]), "policies[0].alarm.period_s"),
        (with(&|group| group.policies = cron("0 0 30 2 *")), "policies[0].recurrence"),
        (with(&|group| group.policies = cron("61 * * * *")), "policies[0].recurrence"),
        (with(&|group| group.instance_type = "m9.huge".to_owned()), "instance_type"),
        (priced, "pricing.prices"),
    ];
    for (design, expected) in cases {
        let places: Vec<_> = validate(&design).iter().map(|issue| place(&design, issue)).collect();
        assert_eq!(places, [Some(expected.to_owned())], "{:?}", validate(&design));
    }
}
