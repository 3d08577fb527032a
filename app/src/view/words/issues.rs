//! What is wrong with a design, in words. Settings are called as the inspector labels them.
//!
//! The core's errors have English texts of their own, for the command and for logs; here each of
//! them has words in every language, with the same values.

use super::say;
use crate::editor::form::metric_name;
use crate::editor::notice::{Text, Value, kind_key};
use crate::i18n::Locale;
use shared::design::{Issue, Problem};
use shared::scale::{CronError, PolicyError};

/// What an issue says and how to mend it. `label` is the key of the name of the setting that it is
/// about; without one, the setting is called by its path.
pub(crate) fn say_issue(locale: Locale, issue: &Issue, label: Option<&'static str>) -> String {
    say(locale, &issue_text(&issue.problem, label))
}

fn issue_text(problem: &Problem, label: Option<&'static str>) -> Text {
    let kind = |kind| Text::new(kind_key(kind));
    let name = |path: &str| label.map_or_else(|| Value::from(path), |key| Text::new(key).into());
    match problem {
        Problem::NoSource => Text::new("issue-no-source"),
        Problem::NoTarget { kind: it } => Text::new("issue-no-target").with("kind", kind(*it)),
        Problem::NoWeight => Text::new("issue-no-weight"),
        Problem::Unreached { kind: it } => Text::new("issue-unreached").with("kind", kind(*it)),
        Problem::LinkNotAllowed { from, to } => {
            Text::new("issue-link-not-allowed").with("from", kind(*from)).with("to", kind(*to))
        }
        Problem::Circle => Text::new("issue-circle"),
        Problem::OutOfRange { field, value, min, max } => Text::new("issue-out-of-range")
            .with("field", name(field))
            .with("value", *value)
            .with("min", *min)
            .with("max", *max),
        Problem::SizesOutOfOrder { min, desired, max } => Text::new("issue-sizes-out-of-order")
            .with("min", *min)
            .with("desired", *desired)
            .with("max", *max),
        Problem::PointsOutOfOrder { point } => {
            Text::new("issue-points-out-of-order").with("point", *point)
        }
        Problem::EmptyList { field } => Text::new("issue-empty-list").with("field", name(field)),
        Problem::NotRising { field } => Text::new("issue-not-rising").with("field", name(field)),
        Problem::UnknownPrice { item, .. } => {
            Text::new("issue-unknown-price").with("item", item.as_str())
        }
        Problem::NoEffect { field, with } => {
            Text::new("issue-no-effect").with("field", name(field)).with("with", *with)
        }
        Problem::WeightIgnored { weight } => {
            Text::new("issue-weight-ignored").with("weight", *weight)
        }
        Problem::NoClients { field, source } => {
            Text::new("issue-no-clients").with("field", name(field)).with("source", source.as_str())
        }
        Problem::HookTooLong { timeout_s, .. } => {
            Text::new("issue-hook-too-long").with("timeout", *timeout_s)
        }
        Problem::MetricNotSimulated { metric, .. } => {
            Text::new("issue-metric-not-simulated").with("metric", metric_name(*metric))
        }
        Problem::Policy { field, error } => Text::new("issue-policy")
            .with("field", name(field))
            .with("error", policy_error_text(error)),
        Problem::UnknownInstanceType { instance_type } => {
            Text::new("issue-unknown-instance-type").with("type", instance_type.as_str())
        }
        Problem::NoSuchTarget { field, expected } => {
            Text::new("issue-no-such-target").with("field", name(field)).with("expected", *expected)
        }
        Problem::TooManyItems { field, count, max } => Text::new("issue-too-many-items")
            .with("field", name(field))
            .with("count", *count)
            .with("max", *max),
        Problem::Overload { peak_per_s, capacity_per_s } => Text::new("issue-overload")
            .with("peak", peak_per_s.round())
            .with("capacity", capacity_per_s.round()),
    }
}

fn policy_error_text(error: &PolicyError) -> Text {
    match error {
        PolicyError::OutOfRange { value, min, max, .. } => Text::new("policy-error-range")
            .with("value", *value)
            .with("min", *min)
            .with("max", *max),
        PolicyError::Period { period_s } => {
            Text::new("policy-error-period").with("value", *period_s)
        }
        PolicyError::EvaluationInterval { period_s, evaluation_periods } => {
            Text::new("policy-error-evaluation-interval")
                .with("period", *period_s)
                .with("periods", *evaluation_periods)
        }
        PolicyError::StepCount { count } => Text::new("policy-error-count").with("count", *count),
        PolicyError::StepBounds { step } => Text::new("policy-error-bounds").with("step", *step),
        PolicyError::StepGapOrOverlap { upper, lower } => Text::new("policy-error-gap")
            .with("upper", value_or(*upper, "bound-open"))
            .with("lower", value_or(*lower, "bound-open")),
        PolicyError::StepNotOpen { above: true } => Text::new("policy-error-open-above"),
        PolicyError::StepNotOpen { above: false } => Text::new("policy-error-open-below"),
        PolicyError::MetricNotProportional { metric } => {
            Text::new("policy-error-metric").with("metric", metric_name(*metric))
        }
        PolicyError::TrackingPeriod { period_s } => {
            Text::new("policy-error-tracking-period").with("value", *period_s)
        }
        PolicyError::Schedule(error) => schedule_error_text(error),
        PolicyError::ScheduledSizes { min_size: None, desired_capacity: None, max_size: None } => {
            Text::new("policy-error-nothing-scheduled")
        }
        PolicyError::ScheduledSizes { min_size, desired_capacity, max_size } => {
            let size = |size: Option<u32>| value_or(size.map(f64::from), "open-unchanged");
            Text::new("policy-error-scheduled-sizes")
                .with("min", size(*min_size))
                .with("desired", size(*desired_capacity))
                .with("max", size(*max_size))
        }
        PolicyError::ScheduledTwice => Text::new("policy-error-scheduled-twice"),
        PolicyError::TooMany { max } => Text::new("policy-error-too-many").with("max", *max),
        PolicyError::NoBehaviorPolicy { .. } => Text::new("policy-error-no-behavior"),
    }
}

fn schedule_error_text(error: &CronError) -> Text {
    match error {
        CronError::FieldCount { count } => {
            Text::new("policy-error-cron-count").with("count", *count)
        }
        CronError::Field { name, text, min, max } => Text::new("policy-error-cron-field")
            .with("field", cron_field(name))
            .with("text", text.as_str())
            .with("min", *min)
            .with("max", *max),
        CronError::NeverFires { text } => {
            Text::new("policy-error-cron-never").with("text", text.as_str())
        }
        CronError::UnknownTimeZone { name } => {
            Text::new("policy-error-time-zone").with("name", name.as_str())
        }
    }
}

/// A field of a recurrence, by the core's name for it.
fn cron_field(name: &str) -> Value {
    let key = match name {
        "minute" => "cron-minute",
        "hour" => "cron-hour",
        "day of month" => "cron-day",
        "month" => "cron-month",
        "day of week" => "cron-weekday",
        other => return Value::from(other),
    };
    Text::new(key).into()
}

/// A number, or the words of `absent` where it is left out.
fn value_or(number: Option<f64>, absent: &'static str) -> Value {
    number.map_or_else(|| Text::new(absent).into(), Value::from)
}
