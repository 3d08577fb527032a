//! Everything that the editor can say has words in every language.

use super::*;
use crate::editor::actions::{ACTIONS, Chapter};
use crate::editor::export::{note_key, worker};
use crate::editor::form::tests::ALL_SETTINGS;
use crate::editor::form::tests::run::{all_links, all_runs};
use crate::editor::form::{Control, Part, help_key, link_form, run_form, settings_form};
use crate::i18n::text;
use shared::deploy::NoteKind;
use shared::design::{Issue, NodeKind, Place, Problem, Severity, presets, validate};
use shared::scale::{CronError, Metric, PolicyError};
use std::collections::BTreeSet;

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
                    Control::Toggle { .. } | Control::TimeOfDay { .. } | Control::Pick { .. } => {}
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
fn actions_and_templates_have_words() {
    ACTIONS.iter().for_each(|action| known(action.label));
    Chapter::ALL.iter().for_each(|chapter| known(chapter.key()));
    for (id, _) in presets::all() {
        known(&format!("template-{id}"));
        known(&format!("template-{id}-note"));
    }
}

/// Labels, units, choices, and the explanation of every setting.
#[test]
fn every_form_has_words() {
    all_runs().iter().for_each(|design| known_in(&run_form(design)));
    all_links().iter().for_each(|link| known_in(&link_form(link, Some(NodeKind::Balancer))));
    ALL_SETTINGS.iter().for_each(|settings| known_in(&settings_form(settings)));
}

/// Keys of texts that are made in the editor, found in its source.
#[test]
fn texts_of_the_editor_have_words() {
    let sources = [
        include_str!("../../editor/notice.rs"),
        include_str!("../../editor/update.rs"),
        include_str!("issues.rs"),
        include_str!("../workspace/effects.rs"),
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
    let mut design = presets::seven_steps();
    for node in design.nodes.values_mut() {
        if let shared::design::Settings::Balancer(balancer) =
            &mut std::sync::Arc::make_mut(node).settings
        {
            balancer.health_check.interval_s = 0;
        }
    }
    let issues = validate(&design);
    let issue = issues.first().expect("an interval of 0 s is an issue");
    let label = crate::editor::form::label_of(&design, issue);
    let words = say_issue(Locale::Ko, issue, label);
    assert!(words.contains("간격") && words.contains("300"), "{words}");
}

/// One of each error that a policy can have.
fn policy_errors() -> Vec<PolicyError> {
    let sizes = |min_size, desired_capacity, max_size| PolicyError::ScheduledSizes {
        min_size,
        desired_capacity,
        max_size,
    };
    let text = "0 0 30 2 *".to_owned();
    vec![
        PolicyError::OutOfRange {
            field: "cooldown_s".into(),
            value: -1.5,
            min: 7.0,
            max: 86_400.0,
        },
        PolicyError::Period { period_s: 45 },
        PolicyError::EvaluationInterval { period_s: 3_600, evaluation_periods: 25 },
        PolicyError::StepCount { count: 21 },
        PolicyError::StepBounds { step: 3 },
        PolicyError::StepGapOrOverlap { upper: Some(10.0), lower: Some(12.0) },
        PolicyError::StepGapOrOverlap { upper: None, lower: Some(12.0) },
        PolicyError::StepNotOpen { above: true },
        PolicyError::StepNotOpen { above: false },
        PolicyError::MetricNotProportional { metric: Metric::QueueLength },
        PolicyError::TrackingPeriod { period_s: 300 },
        PolicyError::Schedule(CronError::FieldCount { count: 4 }),
        PolicyError::Schedule(CronError::Field {
            name: "day of week",
            text: "8".into(),
            min: 0,
            max: 7,
        }),
        PolicyError::Schedule(CronError::NeverFires { text }),
        PolicyError::Schedule(CronError::UnknownTimeZone { name: "Mars/Base".into() }),
        sizes(None, None, None),
        sizes(Some(5), Some(4), None),
        PolicyError::ScheduledTwice,
        PolicyError::TooMany { max: 50 },
        PolicyError::NoBehaviorPolicy { up: true },
    ]
}

/// One of each problem that a design can have.
fn problems() -> Vec<Problem> {
    let kind = NodeKind::Group;
    let field = || "policies[0].steps".to_owned();
    let plain = vec![
        Problem::NoSource,
        Problem::NoTarget { kind },
        Problem::Unreached { kind },
        Problem::LinkNotAllowed { from: NodeKind::Source, to: kind },
        Problem::Circle,
        Problem::OutOfRange { field: field(), value: 0.5, min: 1.0, max: 256.0 },
        Problem::SizesOutOfOrder { min: 5, desired: 4, max: 3 },
        Problem::PointsOutOfOrder { point: 7 },
        Problem::EmptyList { field: field() },
        Problem::NoWeight,
        Problem::NotRising { field: field() },
        Problem::UnknownPrice { field: field(), item: "alb".to_owned() },
        Problem::NoEffect { field: field(), with: "instance_type" },
        Problem::WeightIgnored { weight: 7 },
        Problem::NoClients { field: field(), source: "9".to_owned() },
        Problem::HookTooLong { field: field(), timeout_s: 30 },
        Problem::MetricNotSimulated { field: field(), metric: Metric::TargetResponseTime },
        Problem::NoSuchTarget { field: field(), expected: "servers" },
        Problem::TooManyItems { field: field(), count: 1_001, max: 1_000 },
        Problem::UnknownInstanceType { instance_type: "x9.huge".to_owned() },
        Problem::Overload { peak_per_s: 500.0, capacity_per_s: 400.0 },
    ];
    let of_policies = policy_errors().into_iter();
    let of_policies = of_policies.map(|error| Problem::Policy { field: field(), error });
    plain.into_iter().chain(of_policies).collect()
}

/// No problem is told in the core's English on a Korean page, and no value is lost on the way.
#[test]
fn every_problem_is_told_in_both_languages_with_its_values() {
    let codes: BTreeSet<&str> = problems().iter().map(Problem::code).collect();
    let all: BTreeSet<&str> = shared::design::PROBLEM_CODES.into_iter().collect();
    assert_eq!(codes, all, "a problem has no example here");
    let numbers = |text: &str| -> BTreeSet<String> {
        // Thousands are grouped in one text and not in another.
        let text = text.replace(',', "");
        let parts = text.split(|c: char| !c.is_ascii_digit());
        parts.filter(|digits| !digits.is_empty()).map(str::to_owned).collect()
    };
    for problem in problems() {
        let core = problem.to_string();
        let issue = Issue { severity: Severity::Error, at: Place::Design, problem, mend: None };
        let [english, korean] =
            [Locale::En, Locale::Ko].map(|locale| say_issue(locale, &issue, Some("list-steps")));
        assert_eq!(numbers(&english), numbers(&korean), "{english}\n{korean}");
        for words in [&english, &korean] {
            assert!(!words.contains(['⟨', '{']), "{words}");
        }
        let latin: usize = korean.chars().filter(char::is_ascii_alphabetic).count();
        let hangul = korean.chars().filter(|c| ('가'..='힣').contains(c)).count();
        // Names and terms such as CPU stay as they are.
        assert!(3 * hangul > latin, "not in Korean: {korean}");
        assert!(!korean.contains(&core), "{korean}");
    }
}

#[test]
fn every_note_on_a_worker_has_words() {
    NoteKind::ALL.into_iter().for_each(|kind| known(note_key(kind)));
    for (name, design) in presets::all() {
        for locale in Locale::ALL {
            let (_, notes) = worker(&design, None, "notice-worker-saved");
            let said = say(locale, &notes);
            assert!(said.lines().count() > 1 && !said.contains(['⟨', '{']), "{name}: {said}");
        }
    }
}
