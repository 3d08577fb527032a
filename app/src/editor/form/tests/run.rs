//! The forms of the run and of links against the core.

use super::*;
use crate::editor::form::faults::{fault_key, fits};
use shared::design::{
    Fault, FaultKind, FaultName, FaultTime, Link, RunSettings, Servers, Slo, Target,
};
use shared::dist::Law;
use shared::id::{InstanceId, LinkId, NodeId};

/// Designs whose runs have every kind of fault, at a time and at random, where it can happen.
pub(crate) fn all_runs() -> Vec<Design> {
    let mut designs = Vec::new();
    for when in [FaultTime::default(), FaultTime::Random { mtbf_s: 60.0, mttr_s: 5.0 }] {
        let mut design = presets::with_database();
        for name in FaultName::ALL {
            for (&node, settings) in &design.nodes {
                if fits(name, settings.settings.kind()) {
                    design.run.faults.push(Fault { what: name.at_node(node), when });
                }
            }
        }
        let link = *design.links.keys().next().unwrap();
        design.run.faults.push(Fault { what: FaultKind::Partition { link }, when });
        let group = design.nodes.iter().find(|(_, it)| it.settings.kind() == NodeKind::Group);
        let group = *group.unwrap().0;
        let named = Target { instance: Some(InstanceId(2)), ..Target::one(group) };
        for target in [named, Target { servers: Servers::All, ..Target::one(group) }] {
            for what in [FaultKind::Hang { target }, FaultKind::HealthChecks { target }] {
                design.run.faults.push(Fault { what, when });
            }
        }
        let configuration = LaunchSource::Configuration { number: 3 };
        for source in [LaunchSource::default(), configuration] {
            let refresh = InstanceRefresh {
                launch_source: Some(source),
                checkpoints: vec![50, 100],
                ..InstanceRefresh::default()
            };
            design
                .run
                .faults
                .push(Fault { what: FaultKind::Deploy { node: group, refresh }, when });
        }
        design.run.slo = Some(Slo::default());
        designs.push(design);
    }
    designs
}

/// Links with every law of latency.
pub(crate) fn all_links() -> Vec<Link> {
    let plain = Link::new(NodeId(1), NodeId(2));
    let mut links = vec![plain.clone()];
    let first = Link { latency: Some(Law::Constant { mean_ms: 5.0 }), ..plain };
    for (path, change) in offers(&link_form(&first, Some(NodeKind::Balancer))) {
        links.push(change_link(&first, &path, &change).unwrap());
    }
    links
}

#[test]
fn every_kind_of_fault_has_a_name_and_can_be_added() {
    for name in FaultName::ALL {
        assert_ne!(fault_key(name), "field-fault", "{name:?}");
    }
    let design = presets::with_database();
    let form = run_form(&design);
    let list = form.iter().find_map(|part| match part {
        Part::List(list) if list.path == "faults" => Some(list),
        _ => None,
    });
    let additions = &list.unwrap().additions;
    assert_eq!(additions.len(), FaultName::ALL.len());
    let mut design = design;
    for addition in additions {
        design.run = change_run(&design.run, "faults", &addition.change).unwrap();
    }
    assert_eq!(validate(&design), []);
}

/// Every field of a fault can be written, and shows the range that the validation has.
#[test]
fn fields_of_the_run_are_the_validations() {
    for design in all_runs() {
        let refused = |run: RunSettings, path: &str| {
            let design = Design { run, ..design.clone() };
            let issues = validate(&design);
            issues.iter().any(|issue| issue.problem.field() == Some(path))
        };
        assert_eq!(validate(&design), []);
        for field in fields(&run_form(&design)) {
            if let Control::Pick { value, options } = &field.control {
                assert!(options.iter().any(|(option, _)| option == value), "{}", field.path);
                let same = Change::Number(f64::from(*value));
                assert_eq!(change_run(&design.run, &field.path, &same), Ok(design.run.clone()));
                let other = Change::Number(9_999.0);
                let other = change_run(&design.run, &field.path, &other).unwrap();
                assert!(refused(other, &field.path), "{}", field.path);
            }
            let Control::Number(Number { min, max, value, .. }) = field.control else { continue };
            if !field.path.starts_with("faults") && !field.path.starts_with("slo") {
                continue;
            }
            let with = |value: f64| change_run(&design.run, &field.path, &Change::Number(value));
            if let Some(value) = value {
                assert_eq!(with(value), Ok(design.run.clone()), "{}", field.path);
            }
            for value in [min, max] {
                assert!(!refused(with(value).unwrap(), &field.path), "{} = {value}", field.path);
            }
            for value in [min - 1.0, max + 1.0] {
                let ok = with(value).is_ok_and(|run| !refused(run, &field.path));
                assert!(!ok, "{} = {value} is accepted", field.path);
            }
        }
    }
}

/// Another kind of fault stays where it was.
#[test]
fn another_kind_keeps_its_target() {
    let design = presets::with_database();
    let node = *design.nodes.keys().next_back().unwrap();
    let what = FaultKind::Hang { target: Target::all(node) };
    let run = RunSettings {
        faults: vec![Fault { what, when: FaultTime::default() }],
        ..RunSettings::default()
    };
    let to = |word: &str| {
        let change = Change::Word(word.to_owned());
        change_run(&run, "faults[0].what.type", &change).map(|run| run.faults[0].what.clone())
    };
    assert_eq!(to("crash"), Ok(FaultKind::Crash { target: Target::all(node) }));
    assert_eq!(to("partition"), Ok(FaultKind::Partition { link: LinkId(0) }));
    assert_eq!(to("flood"), Err(ChangeError));
}
