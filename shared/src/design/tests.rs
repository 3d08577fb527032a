//! The document: round trips, hostile links, edits and their inverses.

use super::*;
use crate::dist::Law;
use crate::rng::Rng;
use proptest::prelude::*;

/// A plausible design of `n` nodes: chains of source, balancer, group and database with two values
/// changed in each node.
fn large(n: usize) -> Design {
    let mut design = Design { name: "Large".to_owned(), ..Design::default() };
    let mut rng = Rng::new(9);
    let mut previous = None;
    for i in 0..n {
        let kind = NodeKind::ALL[i % 4];
        let mut settings = kind.settings();
        match &mut settings {
            Settings::Source(source) => {
                source.traffic = Traffic::Constant { rate_per_s: rng.below(500) as f64 };
            }
            Settings::Balancer(balancer) => {
                balancer.deregistration_delay_s = rng.below(300) as u32;
                balancer.health_check.interval_s = 5 + rng.below(60) as u32;
            }
            Settings::Group(group) => {
                group.max_size = 4 + rng.below(30) as u32;
                group.cores = 1 + rng.below(8) as u32;
            }
            Settings::Dependency(dependency) => {
                dependency.workers = 1 + rng.below(64) as u32;
                dependency.queue_max = rng.below(5_000) as u32;
            }
        }
        let (x, y) = ((i % 4) as i32 * 320, (i / 4) as i32 * 160);
        let id = design.add_node(&format!("{kind} {}", i / 4 + 1), x, y, settings);
        if let Some(previous) = previous.filter(|_| i % 4 > 0) {
            design.add_link(previous, id);
        }
        previous = Some(id);
    }
    design
}

/// The lengths that people can post: 2,000 characters is a chat program's message.
#[test]
fn links_stay_short() {
    for (nodes, chars_max) in [(24, 900), (65, 2_000)] {
        let chars = encode(&large(nodes)).len();
        assert!(chars < chars_max, "{nodes} nodes take {chars} characters");
    }
}

#[test]
fn presets_survive_file_and_link() {
    for (name, design) in presets::all() {
        assert_eq!(validate(&design), [], "{name}");
        assert_eq!(from_json(&to_json(&design)).as_ref(), Ok(&design), "{name}");
        assert_eq!(decode(&encode(&design)).as_ref(), Ok(&design), "{name}");
        let url = format!("https://example.com/_lb/#{}", encode(&design));
        assert_eq!(decode(&url).as_ref(), Ok(&design), "{name}");
    }
    assert_eq!(decode(&encode(&large(65))), Ok(large(65)));
}

/// A setting that is not of the default variant crosses whole.
/// A file may count from 0: what it opens can be shared.
#[test]
fn identities_from_zero_survive_the_link() {
    let text = r#"{"format":"gomujul","version":1,"name":"From zero",
        "nodes":[{"id":0,"name":"A","x":0,"y":0,"settings":{"type":"source"}},
                 {"id":1,"name":"B","x":9,"y":9,"settings":{"type":"balancer"}}],
        "links":[{"id":0,"from":0,"to":1}],
        "marks":[{"id":0,"kind":"note","text":"n","x":0,"y":0,"width":90,"height":90}],
        "run":{}}"#;
    let design = from_json(text).unwrap();
    assert_eq!((design.nodes.len(), design.links.len(), design.marks.len()), (2, 1, 1));
    assert_eq!(decode(&encode(&design)).as_ref(), Ok(&design));
}

#[test]
fn other_variants_survive_the_link() {
    let mut design = presets::seven_steps();
    let group = design.nodes.values_mut().find(|node| node.settings.kind() == NodeKind::Group);
    if let Settings::Group(group) = &mut Arc::make_mut(group.unwrap()).settings {
        group.service = Law::Uniform { min_ms: 1.0, max_ms: 2.5 };
        group.policies.clear();
    }
    assert_eq!(decode(&encode(&design)), Ok(design));
}

/// Every setting of a group's servers crosses file and link; with defaults none is written.
#[test]
fn the_life_of_servers_survives_file_and_link() {
    let plain = to_json(&presets::seven_steps());
    for name in ["zones", "lifecycle_hooks", "warm_pool", "discounts", "pricing", "monitoring"] {
        assert!(!plain.contains(name), "{name} is written although it has its default");
    }
    let full = r#"{
        "default_cooldown_s": 60, "zones": 3,
        "termination_policies": ["oldest_launch_template", "newest_instance"],
        "launch_source": { "type": "configuration", "number": 4 },
        "instances_distribution": { "on_demand_base_capacity": 1 },
        "spot_interruptions_per_hour": 0.5, "capacity_rebalancing": true,
        "lifecycle_hooks": [{ "transition": "terminating", "default_result": "continue",
            "action": { "type": "uniform", "min_ms": 1, "max_ms": 2 } }],
        "warm_pool": { "pool_state": "running", "reuse_on_scale_in": true },
        "warm_start": { "type": "exponential", "mean_ms": 20000 },
        "maintenance_policy": { "min_healthy_percent": 90, "max_healthy_percent": 120 },
        "max_instance_lifetime_s": 86400, "new_instances_protected_from_scale_in": true,
        "suspended_processes": ["AZRebalance", "Launch"],
        "capacity_shortages": [{ "from_s": 10, "to_s": 20, "zone": 1 }],
        "instance_refreshes": [{ "at_s": 60, "checkpoints": [50, 100],
            "launch_source": { "type": "template", "template": 0, "version": 2 } }],
        "monitoring": "basic",
        "credit_specification": { "cpu_credits": "standard", "initial_credits": 30 },
        "discounts": { "spot_percent": 60 }
    }"#;
    let group: Group = serde_json::from_str(full).unwrap();
    let mut design = presets::seven_steps();
    let node = design.nodes.values_mut().find(|node| node.settings.kind() == NodeKind::Group);
    Arc::make_mut(node.unwrap()).settings = Settings::Group(group);
    design.run.pricing.prices.insert("alb_hour".to_owned(), 0.5);
    design.run.pricing.response_bytes = 9_000.0;
    assert_eq!(from_json(&to_json(&design)).as_ref(), Ok(&design));
    assert_eq!(decode(&encode(&design)).as_ref(), Ok(&design));
}

/// Notes, boxes and locks cross file and link; without them nothing of them is written.
#[test]
fn marks_survive_file_and_link() {
    let plain = to_json(&presets::seven_steps());
    assert!(!plain.contains("marks") && !plain.contains("locked"));
    let mut design = presets::seven_steps();
    let mark = Mark {
        kind: MarkKind::Zone,
        text: "가용 영역 a".to_owned(),
        x: -40,
        y: -100,
        width: 500,
        height: 300,
        locked: true,
    };
    design.apply(Edit::AddMark(MarkId(3), mark.clone())).unwrap();
    if let Some(node) = design.nodes.get_mut(&NodeId(2)) {
        Arc::make_mut(node).locked = true;
    }
    assert_eq!(from_json(&to_json(&design)).as_ref(), Ok(&design));
    assert_eq!(decode(&encode(&design)).as_ref(), Ok(&design));
    let long = Mark { text: "x".repeat(MARK_CHARS_MAX + 1), ..mark };
    let error = design.apply(Edit::SetMark(MarkId(3), long)).unwrap_err().to_string();
    assert!(error.contains("501 characters"), "{error}");
}

/// Links that were given away. They open for ever; never change one of these lines.
#[test]
fn golden_links_open_for_ever() {
    let story = "v1.hZFRa8MgEID_SrhnGYnZSte3PQ72vocQxMZrlTnN9FIIIf99moRCaaH4cp6fevddAx9FxHDBUJCWVCiPsXA-BQaBucFa1jQVK5cFn44wOCRgE1CQp5Pp4DBB742jCIdmAkkiBXVZviQ8SELRY8ipiqfUzK5EfU-83xBVyZ8jb3cI398gvCqfIq8PkEy0DGjsEQ7p6LePMKdMclGxmi82vrxUxVFa6ToMWYnCgGcTkxky3gmFVo75tV2CNUpLWnQau5_sbN2PgnTAqL1V6VMGJgu-SLt2N7Ok1ppuzBe2UizKSMIPFEk6ZdxZBPwbMNK1Ps52-6W-bzxus43rKNt2GWZGUn8bXC9x2_4D";
    assert_eq!(decode(story), Ok(presets::seven_steps()));
}

#[test]
fn broken_links_say_why() {
    let good = encode(&presets::seven_steps());
    let cut = &good[..good.len() / 2];
    let cases = [
        ("", "the link carries no design"),
        ("https://example.com/#", "the link carries no design"),
        ("hello", "does not begin with \"v1.\""),
        ("v1", "does not begin with \"v1.\""),
        ("v2.abc", "has version 2; this program reads up to version 1"),
        ("v4294967296.abc", "does not begin with \"v1.\""),
        ("v1.ab c", "character 3 of the link is ' '"),
        ("v1.", "ends too early or was altered"),
        (cut, "ends too early or was altered"),
    ];
    for (link, message) in cases {
        let error = decode(link).unwrap_err().to_string();
        assert!(error.contains(message), "{link:?}: {error}");
    }
    let huge = format!("v1.{}", "A".repeat(5_000_000));
    assert!(matches!(decode(&huge), Err(LinkError::TooLong { chars: 5_000_003 })));
}

/// A small link must not become a large document: 100 MB of zeros deflate to 100 KB.
#[test]
fn inflation_is_bounded() {
    use base64::Engine as _;
    let zeros = vec![b' '; 3 * DECODED_BYTES_MAX];
    let deflated = miniz_oxide::deflate::compress_to_vec(&zeros, 9);
    let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(deflated);
    assert_eq!(decode(&format!("v1.{payload}")), Err(LinkError::TooLarge));
}

#[test]
fn broken_documents_say_where() {
    let cases = [
        ("{", "EOF while parsing"),
        ("[]", "invalid type: sequence, expected struct Document"),
        ("{\"format\":\"gomujul\",\"version\":1} x", "trailing characters"),
        ("{\"format\":\"svg\",\"version\":1}", "format is \"svg\""),
        ("{\"format\":\"gomujul\",\"version\":9}", "format version 9 is newer"),
        ("{\"format\":\"gomujul\",\"version\":1,\"speed\":2}", "unknown field `speed`"),
        (
            r#"{"format":"gomujul","version":1,"nodes":[{"id":1,"settings":{"type":"group","cores":"two"}}]}"#,
            "at nodes[0].settings: cores: invalid type: string \"two\"",
        ),
        (
            r#"{"format":"gomujul","version":1,"nodes":[{"id":1,"settings":{"type":"cloud"}}]}"#,
            "unknown variant `cloud`",
        ),
        (
            r#"{"format":"gomujul","version":1,"nodes":[{"id":1,"settings":{"type":"source"}},{"id":1,"settings":{"type":"source"}}]}"#,
            "two nodes have the id 1",
        ),
        (
            r#"{"format":"gomujul","version":1,"links":[{"id":7,"from":1,"to":2}]}"#,
            "link 7 refers to node 1, which does not exist",
        ),
    ];
    for (text, message) in cases {
        let error = from_json(text).unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}

#[test]
fn issues_name_the_value_and_some_mend_themselves() {
    let mut design = presets::seven_steps();
    design.run.duration_s = 0;
    let (&id, group) =
        design.nodes.iter_mut().find(|(_, n)| n.settings.kind() == NodeKind::Group).unwrap();
    if let Settings::Group(group) = &mut Arc::make_mut(group).settings {
        (group.min_size, group.desired_capacity, group.max_size) = (5, 2, 4);
        group.cores = 0;
        group.service = Law::Exponential { mean_ms: f64::NAN };
        group.instance_type = "x9.huge".to_owned();
        group.policies = vec![crate::scale::ScalingPolicy::Step(crate::scale::StepPolicy {
            steps: Vec::new(),
            ..Default::default()
        })];
    }
    let texts: Vec<String> = validate(&design).iter().map(ToString::to_string).collect();
    for expected in [
        "error: duration_s is 0: set it to 1 to 2678400",
        "min_size 5, desired_capacity 2 and max_size 4 must not decrease",
        "cores is 0: set it to 1 to 256",
        "service.mean_ms is NaN",
        "no price is known for instance type \"x9.huge\"",
        "policies[0].steps: there are 0 steps: use 1 to 20",
    ] {
        assert!(texts.iter().any(|text| text.contains(expected)), "{expected} in {texts:#?}");
    }
    let issues = validate(&design);
    let sizes = issues.iter().find(|issue| issue.problem.code() == "sizes-out-of-order").unwrap();
    assert_eq!(sizes.at, Place::Node(id));
    design.apply(sizes.mend.clone().unwrap()).unwrap();
    assert!(validate(&design).iter().all(|issue| issue.problem.code() != "sizes-out-of-order"));
    assert!(PROBLEM_CODES.iter().all(|code| !code.is_empty()));
}

#[test]
fn wrong_wiring_is_found() {
    let mut design = Design::default();
    let codes = |design: &Design| -> Vec<_> {
        validate(design).iter().map(|issue| issue.problem.code()).collect()
    };
    assert_eq!(codes(&design), ["no-source"]);
    let source = design.add_node("", 0, 0, NodeKind::Source.settings());
    assert_eq!(codes(&design), ["no-target"]);
    let group = design.add_node("", 0, 0, NodeKind::Group.settings());
    assert_eq!(codes(&design), ["no-target", "unreached"]);
    design.add_link(source, group);
    assert!(codes(&design).contains(&"link-not-allowed"));
    let node = design.add_node("", 0, 0, NodeKind::Dependency.settings());
    design.add_link(node, node);
    assert!(codes(&design).contains(&"circle"));
}

#[test]
fn edits_that_do_not_fit_change_nothing() {
    let mut design = presets::seven_steps();
    let before = design.clone();
    let node = || design_node(0);
    let link = |from, to| Link::new(NodeId(from), NodeId(to));
    let refused = [
        (Edit::AddNode(NodeId(1), node()), "node n1 exists already"),
        (Edit::RemoveNode(NodeId(9)), "node n9 does not exist any more"),
        (Edit::AddLink(LinkId(9), link(1, 3)), "requests cannot go from a source to a group"),
        (Edit::AddLink(LinkId(9), link(1, 2)), "these two are linked already"),
        (Edit::RestoreLink(LinkId(1), link(1, 2)), "link l1 exists already"),
        (Edit::SetNode(NodeId(1), design_node(1)), "a source cannot become a balancer"),
        (Edit::Rename("x".repeat(81)), "a name has 81 characters"),
        (
            Edit::All(vec![Edit::RemoveNode(NodeId(2)), Edit::RemoveNode(NodeId(2))]),
            "node n2 does not exist any more",
        ),
    ];
    for (edit, message) in refused {
        let error = design.apply(edit).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
        assert_eq!(design, before);
    }
}

fn design_node(kind: usize) -> Arc<Node> {
    let settings = NodeKind::ALL[kind % NodeKind::ALL.len()].settings();
    Arc::new(Node { name: "new".to_owned(), x: 5, y: -5, settings, locked: kind % 2 == 1 })
}

/// Any edit at all, on small identities so that many of them hit.
fn any_edit() -> impl Strategy<Value = Edit> {
    let id = || (1_u32..8).prop_map(NodeId);
    let link_id = || (1_u32..8).prop_map(LinkId);
    let link = || {
        let law = prop::option::of(Just(Law::Exponential { mean_ms: 3.0 }));
        let parts = (id(), id(), 0.0..9.0, law, (0_u32..99).prop_map(f64::from));
        (parts, 0_u32..9, 0_u32..3, 1_u32..4).prop_map(|(parts, weight, priority, copies)| {
            let (from, to, latency_ms, latency, loss_percent) = parts;
            Link { from, to, latency_ms, latency, loss_percent, weight, priority, copies }
        })
    };
    let mark_id = || (1_u32..5).prop_map(MarkId);
    let mark = || {
        let parts = (0_usize..4, "[a-z]{0,9}", -9..9, -9..9, 0..200, any::<bool>());
        parts.prop_map(|(kind, text, x, y, width, locked)| Mark {
            kind: MarkKind::ALL[kind],
            text,
            x,
            y,
            width,
            height: 60,
            locked,
        })
    };
    let leaf = prop_oneof![
        (mark_id(), mark()).prop_map(|(id, mark)| Edit::AddMark(id, mark)),
        mark_id().prop_map(Edit::RemoveMark),
        (mark_id(), mark()).prop_map(|(id, mark)| Edit::SetMark(id, mark)),
        prop::collection::vec((mark_id(), -9..9, -9..9), 0..3).prop_map(Edit::MoveMarks),
        (id(), 0_usize..4).prop_map(|(id, kind)| Edit::AddNode(id, design_node(kind))),
        id().prop_map(Edit::RemoveNode),
        (id(), 0_usize..4).prop_map(|(id, kind)| Edit::SetNode(id, design_node(kind))),
        prop::collection::vec((id(), -9..9, -9..9), 0..4).prop_map(Edit::MoveNodes),
        (link_id(), link()).prop_map(|(id, link)| Edit::AddLink(id, link)),
        link_id().prop_map(Edit::RemoveLink),
        (link_id(), link()).prop_map(|(id, link)| Edit::SetLink(id, link)),
        "[a-z]{0,100}".prop_map(Edit::Rename),
        any::<u64>().prop_map(|seed| Edit::SetRun(RunSettings { seed, ..Default::default() })),
    ];
    leaf.prop_recursive(2, 8, 4, |edit| prop::collection::vec(edit, 0..4).prop_map(Edit::All))
}

proptest! {
    /// Every edit that applies is undone by its inverse, and that by its own; one that does not
    /// apply changes nothing. No script of edits leaves a loose link.
    #[test]
    fn inverses_undo(script in prop::collection::vec(any_edit(), 0..30)) {
        let mut design = presets::seven_steps();
        for edit in script {
            let before = design.clone();
            match design.apply(edit) {
                Err(_) => prop_assert_eq!(&design, &before),
                Ok(undo) => {
                    let after = design.clone();
                    let redo = design.apply(undo).expect("the inverse of an applied edit applies");
                    prop_assert_eq!(&design, &before);
                    design.apply(redo).expect("and so does its own");
                    prop_assert_eq!(&design, &after);
                }
            }
            prop_assert_eq!(design.check_shape(), Ok(()));
            let (file, link) = (from_json(&to_json(&design)), decode(&encode(&design)));
            prop_assert_eq!(file.as_ref(), Ok(&design));
            prop_assert_eq!(link.as_ref(), Ok(&design));
            let _ = validate(&design);
        }
    }

    /// Any text decodes to a design or an error.
    #[test]
    fn any_text_decodes_or_says_why(text in ".{0,200}") {
        let _ = decode(&text).map_err(|error| error.to_string());
        let _ = decode(&format!("v1.{text}")).map_err(|error| error.to_string());
        let _ = from_json(&text).map_err(|error| error.to_string());
    }

    /// So does any payload that inflates.
    #[test]
    fn any_payload_decodes_or_says_why(json in prop_oneof![
        r#"\["[a-z]{0,3}",(null|\{\}|[0-9]),\[(\[1,[0-9],[0-9],-[0-9],"a"(,\{"cores":[0-9]\})?\],?){0,3}\],\[(\[1,[0-3],[0-3]\]){0,2}\]\]"#,
        "[\\[\\]{}\",:a-z0-9]{0,60}",
    ]) {
        use base64::Engine as _;
        let deflated = miniz_oxide::deflate::compress_to_vec(json.as_bytes(), 6);
        let payload = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(deflated);
        if let Ok(design) = decode(&format!("v1.{payload}")) {
            prop_assert_eq!(decode(&encode(&design)), Ok(design));
        }
    }

    /// A link with a flipped bit is another design or an error, never a panic.
    #[test]
    fn damaged_links_do_not_panic(at in 0_usize..300, to in "[A-Za-z0-9_-]") {
        let mut link = encode(&presets::seven_steps());
        let at = 3 + at % (link.len() - 3);
        link.replace_range(at..=at, &to);
        let _ = decode(&link).map_err(|error| error.to_string());
    }
}
