//! Texts of the editor in the page's language.

use crate::editor::notice::{Text, Value};
use crate::i18n::{Arg, Locale, format};
use shared::design::{Issue, Problem};
use shared::scale::PolicyError;

/// The words of a text.
pub(crate) fn say(locale: Locale, text: &Text) -> String {
    let value = |value: &Value| match value {
        Value::Text(text) => Arg::from(text.clone()),
        Value::Number(number) => Arg::from(number_text(*number)),
        Value::Message(text) => Arg::from(say(locale, text)),
    };
    let args: Vec<(&str, Arg<'_>)> =
        text.args.iter().map(|(name, arg)| (*name, value(arg))).collect();
    format(locale, text.key, &args)
}

/// A number as fields and messages show it: as typed, without a unit.
pub(crate) fn number_text(number: f64) -> String {
    // Display gives the shortest text that reads back as the same number.
    number.to_string()
}

/// What an issue says and how to mend it.
pub(crate) fn say_issue(locale: Locale, issue: &Issue) -> String {
    say(locale, &issue_text(&issue.problem))
}

/// An issue's words as data. Settings are called as the inspector labels them.
fn issue_text(problem: &Problem) -> Text {
    use crate::editor::notice::kind_key;
    let kind = |kind| Text::new(kind_key(kind));
    match problem {
        Problem::NoSource => Text::new("issue-no-source"),
        Problem::NoTarget { kind: it } => Text::new("issue-no-target").with("kind", kind(*it)),
        Problem::Unreached { kind: it } => Text::new("issue-unreached").with("kind", kind(*it)),
        Problem::LinkNotAllowed { from, to } => {
            Text::new("issue-link-not-allowed").with("from", kind(*from)).with("to", kind(*to))
        }
        Problem::Circle => Text::new("issue-circle"),
        Problem::OutOfRange { field, value, min, max } => Text::new("issue-out-of-range")
            .with("field", field_name(field))
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
        Problem::EmptyList { field } => {
            Text::new("issue-empty-list").with("field", field_name(field))
        }
        Problem::Policy { field, error } => Text::new("issue-policy")
            .with("field", field_name(field))
            .with("error", policy_error_text(error)),
        Problem::UnknownInstanceType { instance_type } => {
            Text::new("issue-unknown-instance-type").with("type", instance_type.as_str())
        }
        Problem::Overload { peak_per_s, capacity_per_s } => Text::new("issue-overload")
            .with("peak", peak_per_s.round())
            .with("capacity", capacity_per_s.round()),
    }
}

fn policy_error_text(error: &PolicyError) -> Text {
    let bound = |bound: &Option<f64>| match bound {
        Some(bound) => Value::from(*bound),
        None => Value::from(Text::new("bound-open")),
    };
    match error {
        PolicyError::OutOfRange { value, min, max, .. } => Text::new("policy-error-range")
            .with("value", *value)
            .with("min", *min)
            .with("max", *max),
        PolicyError::Period { period_s } => {
            Text::new("policy-error-period").with("value", *period_s)
        }
        PolicyError::StepCount { count } => Text::new("policy-error-count").with("count", *count),
        PolicyError::StepBounds { step } => Text::new("policy-error-bounds").with("step", *step),
        PolicyError::StepGapOrOverlap { upper, lower } => {
            Text::new("policy-error-gap").with("upper", bound(upper)).with("lower", bound(lower))
        }
        PolicyError::StepNotOpen { above: true } => Text::new("policy-error-open-above"),
        PolicyError::StepNotOpen { above: false } => Text::new("policy-error-open-below"),
        other => Text::new("policy-error-other").with("error", other.to_string().as_str()),
    }
}

/// The label of the field at `path`; the path itself for fields that have none.
fn field_name(path: &str) -> Value {
    let name = path.rsplit(['.', ']']).next().unwrap_or(path);
    let key = match name {
        "duration_s" => "field-duration",
        "starts_at_s" => "field-starts-at",
        "warmup_s" => "field-warmup",
        "rate_per_s" => "field-rate",
        "at_s" => "field-at",
        "choices" => "field-choices",
        "interval_s" => "field-interval",
        "timeout_s" => "field-timeout",
        "healthy_threshold" => "field-healthy-threshold",
        "unhealthy_threshold" => "field-unhealthy-threshold",
        "deregistration_delay_s" => "field-deregistration-delay",
        "cores" => "field-cores",
        "queue_max" => "field-queue-max",
        "min_size" => "field-min-size",
        "max_size" => "field-max-size",
        "health_check_grace_period_s" => "field-grace-period",
        "default_instance_warmup_s" => "field-instance-warmup",
        "workers" => "field-workers",
        "latency_ms" => "field-latency",
        "mean_ms" => "field-mean",
        "min_ms" => "field-min",
        "max_ms" => "field-max",
        "cv" => "field-cv",
        "threshold" => "field-threshold",
        "period_s" => "field-period",
        "evaluation_periods" => "field-evaluation-periods",
        "datapoints_to_alarm" => "field-datapoints-to-alarm",
        "steps" => "list-steps",
        "points" => "list-points",
        _ => return Value::from(path),
    };
    Value::from(Text::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::actions::{ACTIONS, Chapter};
    use crate::editor::form::{Control, Part, help_key, run_form, settings_form};
    use crate::i18n::text;
    use shared::design::{NodeKind, Place, Severity, presets};

    fn known(key: &str) {
        for locale in Locale::ALL {
            assert!(!text(locale, key).starts_with('⟨'), "{locale:?}: no message {key:?}");
        }
    }

    fn labelled(label: &str) {
        known(label);
        known(&help_key(label));
    }

    fn known_in(parts: &[Part]) {
        for part in parts {
            match part {
                Part::Field(field) => {
                    labelled(field.label);
                    match &field.control {
                        Control::Choice { options, .. } => {
                            options.iter().for_each(|(_, key)| known(key));
                        }
                        Control::Number(number) => {
                            number.unit.key().into_iter().chain(number.absent).for_each(known);
                        }
                        Control::Text(text) => text.absent.into_iter().for_each(known),
                        Control::Toggle { .. } | Control::TimeOfDay { .. } => {}
                    }
                }
                Part::Section { title, parts } => {
                    known(title);
                    known_in(parts);
                }
                Part::Optional(optional) => {
                    labelled(optional.title);
                    optional.parts.iter().for_each(|parts| known_in(parts));
                }
                Part::List(list) => {
                    labelled(list.title);
                    known(list.add);
                    if list.additions.len() > 1 {
                        list.additions.iter().for_each(|addition| labelled(addition.label));
                    }
                    for item in &list.items {
                        known(item.title.key);
                        known_in(&item.parts);
                    }
                }
            }
        }
    }

    #[test]
    fn actions_forms_and_templates_have_words() {
        ACTIONS.iter().for_each(|action| known(action.label));
        Chapter::ALL.iter().for_each(|chapter| known(chapter.key()));
        for (id, design) in presets::all() {
            known(&format!("template-{id}"));
            known(&format!("template-{id}-note"));
            known_in(&run_form(&design.run));
            design.nodes.values().for_each(|node| known_in(&settings_form(&node.settings)));
        }
        NodeKind::ALL.iter().for_each(|kind| known_in(&settings_form(&kind.settings())));
    }

    /// Keys of texts that are made in the editor, found in its source.
    #[test]
    fn texts_of_the_editor_have_words() {
        let sources = [
            include_str!("../editor/notice.rs"),
            include_str!("../editor/update.rs"),
            include_str!("words.rs"),
            include_str!("workspace/effects.rs"),
        ];
        let mut found = 0;
        for source in sources {
            let literals = source.split('"').skip(1).step_by(2);
            for key in literals.filter(|it| {
                ["notice-", "link-error-", "document-error-", "edit-error-", "policy-error-"]
                    .iter()
                    .any(|prefix| it.starts_with(prefix) && it.len() > prefix.len())
            }) {
                known(key);
                found += 1;
            }
        }
        assert!(found > 40, "only {found} keys");
    }

    #[test]
    fn issues_name_the_field_as_its_label() {
        let problem = Problem::OutOfRange {
            field: "health_check.interval_s".to_owned(),
            value: 0.0,
            min: 1.0,
            max: 300.0,
        };
        let issue = Issue { severity: Severity::Error, at: Place::Design, problem, mend: None };
        let words = say_issue(Locale::Ko, &issue);
        assert!(words.contains("간격") && words.contains("300"), "{words}");
    }
}
