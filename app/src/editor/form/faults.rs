//! The faults of a run: what breaks, where and when.

use super::fleet::refresh_plan_parts;
use super::parts::{Options, choice, field, json, open_whole, real, whole};
use super::{Addition, Change, Control, Layout, List, ListItem, Part, Unit};
use crate::editor::notice::Text;
use shared::design::{
    Design, Fault, FaultKind, FaultName, FaultTime, NodeKind, RunSettings, Servers, Target,
};
use shared::id::{LinkId, NodeId};

/// Most faults that the inspector adds; a file may bring more.
const FAULTS_MAX: usize = 100;
/// Longest run, seconds: 31 days.
const DURATION_S_MAX: f64 = 2_678_400.0;
/// Last zone.
const ZONE_MAX: u32 = 15;

/// Every kind by its name in documents, in the order of menus.
const KINDS: Options = &[
    ("crash", "fault-crash"),
    ("hang", "fault-hang"),
    ("slow_down", "fault-slow-down"),
    ("errors", "fault-errors"),
    ("health_checks", "fault-health-checks"),
    ("zone_outage", "fault-zone-outage"),
    ("partition", "fault-partition"),
    ("launch_failures", "fault-launch-failures"),
    ("deploy", "fault-deploy"),
    ("spike", "fault-spike"),
    ("rate_factor", "fault-rate-factor"),
    ("desired_capacity", "fault-desired-capacity"),
];
const SERVERS: Options = &[("one", "servers-one"), ("all", "servers-all")];
const TIMES: Options = &[("at", "fault-time-at"), ("random", "fault-time-random")];

/// The key of the name of a kind of fault.
pub fn fault_key(name: FaultName) -> &'static str {
    KINDS.iter().find(|(known, _)| *known == name.name()).map_or("field-fault", |(_, key)| key)
}

/// The list of faults.
pub(super) fn faults_list(design: &Design) -> Part {
    let item = |(i, fault): (usize, &Fault)| {
        let at = format!("faults[{i}]");
        let mut parts = vec![choice(&format!("{at}.what.type"), "field-fault", &fault.what, KINDS)];
        parts.extend(what_parts(design, &format!("{at}.what"), &fault.what));
        parts.extend(when_parts(&format!("{at}.when"), fault));
        let kind = Text::new(fault_key(fault.what.name()));
        ListItem { title: Text::new("fault-title").with("number", i + 1).with("kind", kind), parts }
    };
    let additions = FaultName::ALL.into_iter().filter_map(|name| {
        let what = usual(design, name)?;
        let fault = json(&Fault { what, ..Fault::default() });
        Some(Addition { label: fault_key(name), change: Change::Push(fault) })
    });
    Part::List(List {
        path: "faults".to_owned(),
        title: "list-faults",
        add: "list-faults-add",
        additions: additions.collect(),
        max: FAULTS_MAX,
        layout: Layout::Cards,
        items: design.run.faults.iter().enumerate().map(item).collect(),
    })
}

/// A fault of this kind at the first thing of the design that it can happen to.
fn usual(design: &Design, name: FaultName) -> Option<FaultKind> {
    let fits = |id: &NodeId| design.node(*id).is_some_and(|node| fits(name, node.settings.kind()));
    match name {
        FaultName::Partition => {
            let link = *design.links.keys().next()?;
            Some(FaultKind::Partition { link })
        }
        name => Some(name.at_node(design.nodes.keys().copied().find(fits)?)),
    }
}

/// Whether a fault of this kind can happen to a node of that one.
pub const fn fits(name: FaultName, kind: NodeKind) -> bool {
    match name {
        FaultName::Crash
        | FaultName::Hang
        | FaultName::SlowDown
        | FaultName::Errors
        | FaultName::HealthChecks => matches!(kind, NodeKind::Group | NodeKind::Dependency),
        FaultName::ZoneOutage
        | FaultName::LaunchFailures
        | FaultName::Deploy
        | FaultName::DesiredCapacity => matches!(kind, NodeKind::Group),
        FaultName::Spike | FaultName::RateFactor => matches!(kind, NodeKind::Source),
        FaultName::Partition => false,
    }
}

fn what_parts(design: &Design, path: &str, what: &FaultKind) -> Vec<Part> {
    let at = |name: &str| format!("{path}.{name}");
    let name = what.name();
    let node = |label, node| pick_node(design, &at("node"), label, node, name);
    let factor =
        |value, min| real(&at("factor"), "field-fault-factor", value, min, 1e3, Unit::None);
    match what {
        FaultKind::Crash { target }
        | FaultKind::Hang { target }
        | FaultKind::HealthChecks { target } => target_parts(design, path, *target, name),
        FaultKind::SlowDown { target, factor: slower } => {
            let mut parts = target_parts(design, path, *target, name);
            parts.push(factor(*slower, 1.0));
            parts
        }
        FaultKind::Errors { target, percent } => {
            let mut parts = target_parts(design, path, *target, name);
            let label = "field-fault-percent";
            parts.push(real(&at("percent"), label, *percent, 0.0, 100.0, Unit::Percent));
            parts
        }
        FaultKind::ZoneOutage { zone } => {
            vec![whole(&at("zone"), "field-fault-zone", *zone, 0, ZONE_MAX, Unit::None)]
        }
        FaultKind::Partition { link } => vec![pick_link(design, &at("link"), *link)],
        FaultKind::LaunchFailures { node: group, zone } => vec![
            node("field-fault-group", *group),
            open_whole(
                &at("zone"),
                "field-fault-zone",
                *zone,
                (0, ZONE_MAX),
                Unit::None,
                "open-all-zones",
            ),
        ],
        FaultKind::Deploy { node: group, refresh } => {
            let mut parts = vec![node("field-fault-group", *group)];
            parts.extend(refresh_plan_parts(&at("refresh"), refresh));
            parts
        }
        FaultKind::Spike { node: source, factor: times }
        | FaultKind::RateFactor { node: source, factor: times } => {
            vec![node("field-fault-source", *source), factor(*times, 0.0)]
        }
        FaultKind::DesiredCapacity { node: group, desired } => vec![
            node("field-fault-group", *group),
            whole(&at("desired"), "field-fault-desired", *desired, 0, 10_000, Unit::Servers),
        ],
    }
}

fn target_parts(design: &Design, path: &str, target: Target, name: FaultName) -> Vec<Part> {
    let at = |field: &str| format!("{path}.target.{field}");
    let kind = design.node(target.node).map(|node| node.settings.kind());
    let mut parts = vec![pick_node(design, &at("node"), "field-fault-node", target.node, name)];
    if kind == Some(NodeKind::Group) {
        parts.push(choice(&at("servers"), "field-fault-servers", &target.servers, SERVERS));
        if target.servers == Servers::One {
            let instance = target.instance.map(|instance| instance.0);
            parts.push(open_whole(
                &at("instance"),
                "field-fault-instance",
                instance,
                (0, u32::MAX),
                Unit::None,
                "open-any-server",
            ));
        }
    }
    parts
}

fn when_parts(path: &str, fault: &Fault) -> Vec<Part> {
    let seconds = |name: &str, label, value, min, max| {
        real(&format!("{path}.{name}"), label, value, min, max, Unit::Seconds)
    };
    let mut parts = vec![choice(&format!("{path}.type"), "field-fault-when", &fault.when, TIMES)];
    match fault.when {
        FaultTime::At { at_s, for_s } => {
            parts.push(seconds("at_s", "field-fault-at", at_s, 0.0, DURATION_S_MAX));
            parts.push(seconds("for_s", "field-fault-for", for_s, 0.0, DURATION_S_MAX));
        }
        FaultTime::Random { mtbf_s, mttr_s } => {
            parts.push(seconds("mtbf_s", "field-mtbf", mtbf_s, 1.0, 31_536_000.0));
            parts.push(seconds("mttr_s", "field-mttr", mttr_s, 0.0, DURATION_S_MAX));
        }
    }
    parts
}

fn pick_node(
    design: &Design,
    path: &str,
    label: &'static str,
    NodeId(value): NodeId,
    name: FaultName,
) -> Part {
    let nodes = design.nodes.iter().filter(|(_, node)| fits(name, node.settings.kind()));
    let options = nodes.map(|(id, _)| (id.0, node_name(design, *id))).collect();
    field(path, label, Control::Pick { value, options })
}

fn pick_link(design: &Design, path: &str, LinkId(value): LinkId) -> Part {
    let name = |id| node_name(design, id);
    let named = |(id, link): (&LinkId, &shared::design::Link)| {
        (id.0, format!("{} → {}", name(link.from), name(link.to)))
    };
    let options = design.links.iter().map(named).collect();
    field(path, "field-fault-link", Control::Pick { value, options })
}

fn node_name(design: &Design, id: NodeId) -> String {
    let name = design.node(id).map(|node| node.name.clone()).filter(|name| !name.is_empty());
    name.unwrap_or_else(|| id.to_string())
}

/// Gives a fault, or its time, another type, and keeps what the two share.
pub(super) fn set_type(run: &mut RunSettings, path: &str, name: &str) -> Option<()> {
    let (index, field) = path.strip_prefix("faults[")?.split_once("].")?;
    let fault = run.faults.get_mut(index.parse::<usize>().ok()?)?;
    match field {
        "what.type" => {
            let kind = FaultName::ALL.into_iter().find(|kind| kind.name() == name)?;
            let (node, old) = (fault.what.node().unwrap_or(NodeId(0)), target_of(&fault.what));
            fault.what = kind.at_node(node);
            if let (Some(old), Some(new)) = (old, target_mut(&mut fault.what)) {
                *new = old;
            }
        }
        "when.type" => {
            fault.when = match name {
                "at" => FaultTime::default(),
                "random" => FaultTime::Random { mtbf_s: 600.0, mttr_s: 60.0 },
                _ => return None,
            };
        }
        _ => return None,
    }
    Some(())
}

fn target_of(what: &FaultKind) -> Option<Target> {
    target_mut(&mut what.clone()).copied()
}

const fn target_mut(what: &mut FaultKind) -> Option<&mut Target> {
    match what {
        FaultKind::Crash { target }
        | FaultKind::Hang { target }
        | FaultKind::SlowDown { target, .. }
        | FaultKind::Errors { target, .. }
        | FaultKind::HealthChecks { target } => Some(target),
        _ => None,
    }
}
