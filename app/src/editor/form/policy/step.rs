//! Step and simple scaling.

use super::{adjustment_parts, adjustment_unit, warmup};
use crate::editor::form::alarm::{alarm_parts, metric_unit};
use crate::editor::form::parts::{Options, choice, field, json, open_real, open_whole};
use crate::editor::form::{Addition, Change, Control, Layout, List, ListItem, Number, Part, Unit};
use crate::editor::notice::Text;
use shared::scale::{SimplePolicy, StepAdjustment, StepPolicy};

/// Most servers, or percent, that the inspector adds or removes at once.
const ADJUSTMENT_MAX: f64 = 10_000.0;

const AGGREGATIONS: Options = &[
    ("newest", "aggregation-newest"),
    ("average", "aggregation-average"),
    ("minimum", "aggregation-minimum"),
    ("maximum", "aggregation-maximum"),
];

pub(super) fn step_parts(path: &str, policy: &StepPolicy) -> Vec<Part> {
    let mut parts = alarm_parts(&format!("{path}.alarm"), &policy.alarm);
    let (kind, magnitude) = (policy.adjustment_type, policy.min_adjustment_magnitude);
    parts.extend(adjustment_parts(path, kind, magnitude));
    parts.push(steps_list(&format!("{path}.steps"), policy));
    let aggregation = &policy.metric_aggregation_type;
    let at = format!("{path}.metric_aggregation_type");
    parts.push(choice(&at, "field-aggregation", aggregation, AGGREGATIONS));
    parts.push(warmup(path, policy.estimated_instance_warmup_s));
    parts
}

pub(super) fn simple_parts(path: &str, policy: &SimplePolicy) -> Vec<Part> {
    let mut parts = alarm_parts(&format!("{path}.alarm"), &policy.alarm);
    let (kind, magnitude) = (policy.adjustment_type, policy.min_adjustment_magnitude);
    parts.extend(adjustment_parts(path, kind, magnitude));
    parts.push(adjustment(path, policy.adjustment, adjustment_unit(kind)));
    let cooldown = format!("{path}.cooldown_s");
    let (value, range) = (policy.cooldown_s, (0, 86_400));
    let absent = "open-as-group";
    parts.push(open_whole(&cooldown, "field-cooldown", value, range, Unit::Seconds, absent));
    parts
}

fn adjustment(path: &str, value: i32, unit: Unit) -> Part {
    let number = Number {
        value: Some(f64::from(value)),
        min: -ADJUSTMENT_MAX,
        max: ADJUSTMENT_MAX,
        integer: true,
        unit,
        absent: None,
    };
    field(&format!("{path}.adjustment"), "field-adjustment", Control::Number(number))
}

fn steps_list(path: &str, policy: &StepPolicy) -> Part {
    let unit = match metric_unit(policy.alarm.metric) {
        Unit::Percent => Unit::PercentagePoints,
        unit => unit,
    };
    let item = |(j, step): (usize, &StepAdjustment)| {
        let path = format!("{path}[{j}]");
        let bound = |name: &str, label, value| {
            let everything = (f64::NEG_INFINITY, f64::INFINITY);
            open_real(&format!("{path}.{name}"), label, value, everything, unit, "bound-open")
        };
        ListItem {
            title: Text::new("step-title").with("number", j + 1),
            parts: vec![
                bound("lower", "field-lower", step.lower),
                bound("upper", "field-upper", step.upper),
                adjustment(&path, step.adjustment, adjustment_unit(policy.adjustment_type)),
            ],
        }
    };
    let add = "list-steps-add";
    Part::List(List {
        path: path.to_owned(),
        title: "list-steps",
        add,
        additions: vec![Addition { label: add, change: Change::Put(json(&one_more(policy))) }],
        max: StepPolicy::STEPS_MAX,
        layout: Layout::Rows,
        items: policy.steps.iter().enumerate().map(item).collect(),
    })
}

/// The policy's steps and one that goes on where the outermost ended: that one is closed ten units
/// past its beginning.
fn one_more(policy: &StepPolicy) -> Vec<StepAdjustment> {
    let mut steps = policy.steps.clone();
    let high = policy.alarm.comparison.is_high();
    let new = match (steps.last_mut(), high) {
        (None, true) => StepAdjustment { lower: Some(0.0), upper: None, adjustment: 1 },
        (None, false) => StepAdjustment { lower: None, upper: Some(0.0), adjustment: -1 },
        (Some(last), true) => {
            let bound = *last.upper.get_or_insert(last.lower.unwrap_or(0.0) + 10.0);
            let adjustment = last.adjustment.saturating_add(1);
            StepAdjustment { lower: Some(bound), upper: None, adjustment }
        }
        (Some(last), false) => {
            let bound = *last.lower.get_or_insert(last.upper.unwrap_or(0.0) - 10.0);
            let adjustment = last.adjustment.saturating_sub(1);
            StepAdjustment { lower: None, upper: Some(bound), adjustment }
        }
    };
    steps.push(new);
    steps
}
