//! The forms against the core: every setting has a field, every field can be written, and every
//! range is the validation's.

mod places;
pub(crate) mod run;
mod schema;

use super::*;
use shared::balance::PolicyConfig;
use shared::design::{
    Balancer, Design, Group, InstanceRefresh, NodeKind, Problem, Settings, Traffic, presets,
    validate,
};
use shared::dist::Law;
use shared::scale::{LaunchSource, ScalingPolicy, WarmPoolConfig};
use std::collections::BTreeSet;
use std::sync::LazyLock;

fn fields(parts: &[Part]) -> Vec<Field> {
    let mut found = Vec::new();
    for part in parts {
        match part {
            Part::Field(field) => found.push(field.clone()),
            Part::Section { parts, .. } => found.extend(fields(parts)),
            Part::Optional(optional) => {
                found.extend(optional.parts.iter().flat_map(|parts| fields(parts)));
            }
            Part::List(list) => {
                found.extend(list.items.iter().flat_map(|item| fields(&item.parts)));
            }
        }
    }
    found
}

/// Every change that a form offers: each word of a choice, each switch, each thing to be added, and
/// a value for everything that is left out.
fn offers(parts: &[Part]) -> Vec<(String, Change)> {
    let mut found = Vec::new();
    for part in parts {
        match part {
            Part::Field(field) => {
                let changes: Vec<Change> = match &field.control {
                    Control::Choice { options, .. } => {
                        options.iter().map(|(word, _)| Change::Word((*word).to_owned())).collect()
                    }
                    Control::Toggle { value } => vec![Change::Toggle(!value)],
                    Control::Number(Number { value: None, min, .. }) => {
                        vec![Change::Number(min.max(1.0))]
                    }
                    Control::Text(text) => {
                        let word = text.suggestions.last().map(|word| (*word).to_owned());
                        word.map(Change::Text).into_iter().collect()
                    }
                    Control::Number(_) | Control::TimeOfDay { .. } | Control::Pick { .. } => {
                        Vec::new()
                    }
                };
                found.extend(changes.into_iter().map(|change| (field.path.clone(), change)));
            }
            Part::Section { parts, .. } => found.extend(offers(parts)),
            Part::Optional(optional) => {
                found.push((optional.path.clone(), Change::Put(optional.default.clone())));
                found.extend(optional.parts.iter().flat_map(|parts| offers(parts)));
            }
            Part::List(list) => {
                let additions = list.additions.iter();
                found.extend(additions.map(|it| (list.path.clone(), it.change.clone())));
                found.extend(list.items.iter().flat_map(|item| offers(&item.parts)));
            }
        }
    }
    found
}

/// Settings of every kind, and what two offers of their forms make of them: every traffic, law,
/// balancer policy and scaling policy with each of its own choices.
pub(crate) static ALL_SETTINGS: LazyLock<Vec<Settings>> = LazyLock::new(|| {
    let mut last: Vec<Settings> = NodeKind::ALL.map(NodeKind::settings).to_vec();
    // Some policies are not on the menu.
    let balancers = PolicyConfig::ALL.map(|policy| Balancer { policy, ..Balancer::default() });
    last.extend(balancers.map(Settings::Balancer));
    // What shows only after several switches is on here from the beginning.
    last.push(Settings::Group(Group {
        warm_pool: Some(WarmPoolConfig::default()),
        warm_start: Some(Group::WARM_START),
        instance_refreshes: vec![InstanceRefresh {
            launch_source: Some(LaunchSource::default()),
            ..InstanceRefresh::default()
        }],
        ..Group::default()
    }));
    let mut seen: BTreeSet<String> = last.iter().map(|it| parts::json(it).to_string()).collect();
    let mut all = last.clone();
    for (_, design) in presets::all() {
        // A group has so many offers that the default one must do.
        let others = design.nodes.values().filter(|it| it.settings.kind() != NodeKind::Group);
        all.extend(others.map(|node| node.settings.clone()));
    }
    for _ in 0..2 {
        let mut next = Vec::new();
        for settings in &last {
            for (path, change) in offers(&settings_form(settings)) {
                let changed = change_settings(settings, &path, &change)
                    .unwrap_or_else(|_| panic!("{path} refuses {change:?}"));
                if seen.insert(parts::json(&changed).to_string()) {
                    next.push(changed);
                }
            }
        }
        all.extend(next.iter().cloned());
        last = next;
    }
    all
});

/// Every field of [`ALL_SETTINGS`] once for each way that it looks, with settings that have it.
fn all_fields() -> Vec<(Settings, Field)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for settings in ALL_SETTINGS.iter() {
        for field in fields(&settings_form(settings)) {
            let path = schema::typed_path(&parts::json(settings), &field.path);
            if seen.insert(format!("{path} {:?}", field.control)) {
                found.push((settings.clone(), field));
            }
        }
    }
    found
}

#[test]
fn writing_a_fields_own_value_changes_nothing() {
    let all = all_fields();
    assert!(all.len() > 300, "only {} fields", all.len());
    for (settings, field) in all {
        let change = match &field.control {
            Control::Number(number) => number.value.map_or(Change::Open, Change::Number),
            Control::Choice { value, options } => {
                let known = options.iter().any(|(word, _)| word == value);
                assert!(known, "{}: {value:?} is not on the menu", field.path);
                // A type that is written again may forget its parameters.
                if field.path.ends_with(".type") {
                    continue;
                }
                Change::Word(value.clone())
            }
            Control::Toggle { value } => Change::Toggle(*value),
            Control::Text(text) if text.absent.is_some() && text.value.is_empty() => Change::Open,
            Control::Text(Text { syntax: Syntax::Series, value, .. }) => {
                Change::Put(parts::json(&shared::design::series_from_csv(value).unwrap()))
            }
            Control::Text(text) => Change::Text(text.value.clone()),
            Control::TimeOfDay { value } | Control::Pick { value, .. } => {
                Change::Number(f64::from(*value))
            }
        };
        let changed = change_settings(&settings, &field.path, &change);
        assert_eq!(changed.as_ref(), Ok(&settings), "{}", field.path);
    }
}

/// Whether the validation has an issue at `path`, or at the list that it is a number of, the only
/// node being `settings`.
fn refused(settings: &Settings, path: &str) -> bool {
    let list = path.rsplit_once('[').filter(|_| path.ends_with(']')).map_or(path, |(it, _)| it);
    let mut design = Design::default();
    design.add_node("it", 0, 0, settings.clone());
    design.run.duration_s = 31 * 86_400;
    validate(&design).iter().any(|issue| match &issue.problem {
        Problem::OutOfRange { field, .. } | Problem::Policy { field, .. } => {
            field == path || field == list
        }
        _ => false,
    })
}

/// The form's ranges are the validation's, so that a field never shows a range that is then refused,
/// nor the reverse.
#[test]
fn ranges_agree_with_the_validation() {
    for (settings, field) in all_fields() {
        let Control::Number(Number { min, max, integer, .. }) = field.control else { continue };
        // Sizes are checked against each other, steps and the threshold by their own rules, and a
        // curve's times by their order.
        let own_rules = ["size", "desired_capacity", "adjustment", "threshold", "magnitude"];
        let has_own_rules = own_rules.iter().any(|name| field.path.ends_with(name))
            && !field.path.starts_with("health_check");
        if has_own_rules || min == f64::NEG_INFINITY {
            continue;
        }
        let with = |value: f64| change_settings(&settings, &field.path, &Change::Number(value));
        for value in [min, max] {
            let changed = with(value).unwrap_or_else(|_| panic!("{}: {value}", field.path));
            assert!(!refused(&changed, &field.path), "{} = {value}", field.path);
        }
        let step = if integer { 1.0 } else { max * 1e-9 + 1e-9 };
        for value in [min - step, max + step] {
            let ok = with(value).is_ok_and(|changed| !refused(&changed, &field.path));
            assert!(!ok, "{} = {value} is accepted", field.path);
        }
    }
}

#[test]
fn nonsense_is_refused() {
    let group = NodeKind::Group.settings();
    for (path, change) in [
        ("cores", Change::Number(1.5)),
        ("cores", Change::Number(-1.0)),
        ("cores", Change::Word("two".to_owned())),
        ("no_such", Change::Number(1.0)),
        ("policies[9].alarm.threshold", Change::Number(1.0)),
        ("policies[x].alarm.threshold", Change::Number(1.0)),
        ("policies[9].steps", Change::Push(Value::Null)),
        ("policies[0].alarm.statistic", Change::Text("p0".to_owned())),
        ("policies", Change::Push(Value::from("step"))),
        ("policies", Change::Remove(9)),
        ("service.type", Change::Word("cauchy".to_owned())),
        ("service.mean_ms", Change::Number(f64::NAN)),
        ("", Change::Open),
    ] {
        assert_eq!(change_settings(&group, path, &change), Err(ChangeError), "{path} {change:?}");
    }
}

#[test]
fn another_law_keeps_the_mean() {
    for (word, law) in [
        ("constant", Law::Constant { mean_ms: 20.0 }),
        ("uniform", Law::Uniform { min_ms: 10.0, max_ms: 30.0 }),
        ("lognormal", Law::Lognormal { mean_ms: 20.0, cv: 1.0 }),
    ] {
        let change = Change::Word(word.to_owned());
        let Ok(Settings::Group(group)) =
            change_settings(&NodeKind::Group.settings(), "service.type", &change)
        else {
            panic!("{word} is refused");
        };
        assert_eq!(group.service, law);
    }
}

/// What the button under a list does, or the choice `label` of its menu.
fn add(settings: &Settings, path: &str, label: &str) -> Settings {
    fn lists(parts: &[Part]) -> Vec<&List> {
        let mut found = Vec::new();
        for part in parts {
            match part {
                Part::List(list) => {
                    found.push(list);
                    found.extend(list.items.iter().flat_map(|item| lists(&item.parts)));
                }
                Part::Section { parts, .. } => found.extend(lists(parts)),
                Part::Field(_) | Part::Optional(_) => {}
            }
        }
        found
    }
    let form = settings_form(settings);
    let list = lists(&form).into_iter().find(|list| list.path == path).unwrap();
    let addition = list.additions.iter().find(|addition| addition.label == label).unwrap();
    change_settings(settings, path, &addition.change).unwrap()
}

#[test]
fn added_items_make_a_valid_list() {
    let mut group = NodeKind::Group.settings();
    for (path, label) in [
        ("policies[0].steps", "list-steps-add"),
        ("policies[0].steps", "list-steps-add"),
        ("policies[1].steps", "list-steps-add"),
        ("policies", "policy-kind-target-tracking"),
        ("policies", "policy-kind-step"),
        ("policies", "policy-kind-simple"),
        ("policies", "policy-kind-scheduled"),
        ("policies", "policy-kind-predictive"),
        ("policies", "policy-kind-hpa"),
        ("policies[7].scale_down.policies", "list-behavior-add"),
    ] {
        group = add(&group, path, label);
        let Settings::Group(group) = &group else { panic!("another kind") };
        for policy in &group.policies {
            assert_eq!(policy.check(), Ok(()), "after {path}");
        }
    }
    let ramps = Change::Word("ramps".to_owned());
    let source = change_settings(&NodeKind::Source.settings(), "traffic.type", &ramps).unwrap();
    let source = add(&source, "traffic.points", "list-points-add");
    let source = change_settings(&source, "traffic.points", &Change::Remove(0)).unwrap();
    let Settings::Source(source) = source else { panic!("another kind") };
    let Traffic::Ramps { points } = source.traffic else { panic!("another traffic") };
    assert_eq!(points.iter().map(|point| point.at_s).collect::<Vec<_>>(), [300.0, 360.0]);
}

/// A policy of another kind goes on with what the old one watched.
#[test]
fn another_kind_of_policy_keeps_what_it_watches() {
    let mut group = NodeKind::Group.settings();
    let mut to = |kind: &str| {
        let change = Change::Word(kind.to_owned());
        group = change_settings(&group, "policies[1].type", &change).unwrap();
        let Settings::Group(group) = &group else { panic!("another kind") };
        assert_eq!(group.policies[1].check(), Ok(()), "{kind}");
        group.policies[1].clone()
    };
    let ScalingPolicy::Simple(simple) = to("simple") else { panic!("not simple") };
    assert_eq!((simple.alarm.threshold, simple.adjustment), (20.0, -1));
    let ScalingPolicy::Step(step) = to("step") else { panic!("not step") };
    assert_eq!(ScalingPolicy::Step(step), ScalingPolicy::scale_in());
    let ScalingPolicy::TargetTracking(policy) = to("target_tracking") else { panic!("not target") };
    assert!((policy.target_value - 20.0).abs() < 1e-9, "{}", policy.target_value);
    let ScalingPolicy::Hpa(policy) = to("hpa") else { panic!("not hpa") };
    assert_eq!(policy.target_utilization, 20);
    let ScalingPolicy::Predictive(policy) = to("predictive") else { panic!("not predictive") };
    assert!((policy.target_value - 20.0).abs() < 1e-9, "{}", policy.target_value);
    assert_eq!(
        to("scheduled"),
        ScalingPolicy::Scheduled(shared::scale::ScheduledPolicy::default())
    );
}
