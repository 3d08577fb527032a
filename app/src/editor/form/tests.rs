use super::*;
use shared::design::{Design, NodeKind, Problem, Settings, Traffic, presets, validate};
use shared::dist::Law;

fn fields(parts: &[Part]) -> Vec<Field> {
    let mut found = Vec::new();
    for part in parts {
        match part {
            Part::Field(field) => found.push(field.clone()),
            Part::Section { parts, .. } => found.extend(fields(parts)),
            Part::List(list) => {
                found.extend(list.items.iter().flat_map(|item| fields(&item.parts)));
            }
        }
    }
    found
}

/// Settings of every kind, every traffic, every law and every balancer policy.
fn all_settings() -> Vec<Settings> {
    let mut all: Vec<Settings> = NodeKind::ALL.map(NodeKind::settings).to_vec();
    for (_, design) in presets::all() {
        all.extend(design.nodes.values().map(|node| node.settings.clone()));
    }
    for base in all.clone() {
        for field in fields(&settings_form(&base)) {
            if let Control::Choice { options, .. } = field.control {
                all.extend(options.iter().map(|(word, _)| {
                    change_settings(&base, &field.path, &Change::Text((*word).to_owned()))
                        .unwrap_or_else(|_| panic!("{} refuses {word}", field.path))
                }));
            }
        }
    }
    all
}

#[test]
fn writing_a_fields_own_value_changes_nothing() {
    let mut count = 0;
    for settings in all_settings() {
        for field in fields(&settings_form(&settings)) {
            let change = match &field.control {
                Control::Number(number) => Change::Number(number.value),
                Control::OpenNumber { value, .. } => value.map_or(Change::Open, Change::Number),
                // A type that is written again may forget its parameters.
                Control::Choice { .. } if field.path.ends_with(".type") => continue,
                Control::Choice { value, .. } => Change::Text((*value).to_owned()),
                Control::Text { value, .. } => Change::Text(value.clone()),
                Control::TimeOfDay { value } => Change::Number(f64::from(*value)),
            };
            let changed = change_settings(&settings, &field.path, &change);
            assert_eq!(changed.as_ref(), Ok(&settings), "{}", field.path);
            count += 1;
        }
    }
    assert!(count > 200, "only {count} fields");
}

/// Whether the validation has an issue at `path`, the only node being `settings`.
fn refused(settings: &Settings, path: &str) -> bool {
    let mut design = Design::default();
    design.add_node("it", 0, 0, settings.clone());
    design.run.duration_s = 31 * 86_400;
    validate(&design).iter().any(|issue| match &issue.problem {
        Problem::OutOfRange { field, .. } | Problem::Policy { field, .. } => field == path,
        _ => false,
    })
}

/// The form's ranges are the validation's, so that a field never shows a range that is then refused,
/// nor the reverse.
#[test]
fn ranges_agree_with_the_validation() {
    for settings in all_settings() {
        for field in fields(&settings_form(&settings)) {
            let Control::Number(Number { min, max, integer, .. }) = field.control else { continue };
            // Sizes are checked against each other, steps and the threshold by their own rules, and
            // a curve's times by their order.
            let own_rules = ["size", "desired_capacity", "adjustment", "threshold", "magnitude"];
            if own_rules.iter().any(|name| field.path.ends_with(name))
                && !field.path.starts_with("health_check")
            {
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
}

#[test]
fn nonsense_is_refused() {
    let group = NodeKind::Group.settings();
    for (path, change) in [
        ("cores", Change::Number(1.5)),
        ("cores", Change::Number(-1.0)),
        ("cores", Change::Text("two".to_owned())),
        ("no_such", Change::Number(1.0)),
        ("policies[9].alarm.threshold", Change::Number(1.0)),
        ("policies[x].alarm.threshold", Change::Number(1.0)),
        ("policies[9].steps", Change::Insert),
        ("policies", Change::Remove(9)),
        ("service.type", Change::Text("cauchy".to_owned())),
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
        let change = Change::Text(word.to_owned());
        let Ok(Settings::Group(group)) =
            change_settings(&NodeKind::Group.settings(), "service.type", &change)
        else {
            panic!("{word} is refused");
        };
        assert_eq!(group.service, law);
    }
}

#[test]
fn added_items_make_a_valid_list() {
    let mut group = NodeKind::Group.settings();
    for path in ["policies[0].steps", "policies[0].steps", "policies[1].steps", "policies"] {
        group = change_settings(&group, path, &Change::Insert).unwrap();
        let Settings::Group(group) = &group else { panic!("another kind") };
        for policy in &group.policies {
            assert_eq!(policy.check(), Ok(()), "after {path}");
        }
    }
    let source = change_settings(
        &NodeKind::Source.settings(),
        "traffic.type",
        &Change::Text("ramps".to_owned()),
    );
    let source = change_settings(&source.unwrap(), "traffic.points", &Change::Insert).unwrap();
    let source = change_settings(&source, "traffic.points", &Change::Remove(0)).unwrap();
    let Settings::Source(source) = source else { panic!("another kind") };
    let Traffic::Ramps { points } = source.traffic else { panic!("another traffic") };
    assert_eq!(points.iter().map(|point| point.at_s).collect::<Vec<_>>(), [300.0, 360.0]);
}
