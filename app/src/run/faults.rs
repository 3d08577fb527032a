//! What can break in a running design, and where: the faults that menus offer.

use crate::editor::form::fits;
use crate::editor::{Item, Selection};
use shared::design::{Design, FaultKind, FaultName, Node};
use shared::id::NodeId;
use shared::sim::Command;

/// How long a fault of the menus lasts, seconds.
const LASTS_S: f64 = 60.0;

/// A fault that a menu offers: its kind, and the command that brings it about.
pub type Offered = (FaultName, Command);

/// Faults that can happen to what is selected, if it is one thing.
pub fn faults_of(design: &Design, selection: &Selection) -> Vec<Offered> {
    match selection.single() {
        Some(Item::Node(id)) => faults_at(design, id),
        Some(Item::Link(link)) if design.links.contains_key(&link) => {
            vec![(FaultName::Partition, command(FaultKind::Partition { link }))]
        }
        _ => Vec::new(),
    }
}

/// Faults that can happen to a node, with ordinary figures. The zone that fails is the first; rates
/// and sizes have controls of their own.
fn faults_at(design: &Design, id: NodeId) -> Vec<Offered> {
    let Some(node) = design.node(id) else { return Vec::new() };
    let kind = node.settings.kind();
    let has_control = [FaultName::RateFactor, FaultName::DesiredCapacity];
    let offered = FaultName::ALL.into_iter().filter(|name| fits(*name, kind));
    let offered = offered.filter(|name| !has_control.contains(name));
    offered.map(|name| (name, command(name.at_node(id)))).collect()
}

/// Every kind of fault that can happen to the design, at the first thing that it can happen to.
pub fn faults_anywhere(design: &Design) -> Vec<Offered> {
    // What can happen to a node depends on its kind.
    let mut kinds = Vec::new();
    let mut is_first = |node: &Node| {
        let kind = node.settings.kind();
        !kinds.contains(&kind) && {
            kinds.push(kind);
            true
        }
    };
    let first = design.nodes.iter().filter(|(_, node)| is_first(node));
    let nodes = first.flat_map(|(&id, _)| faults_at(design, id));
    let link = design.links.keys().next().map(|&link| FaultKind::Partition { link });
    let cut = link.map(|what| (FaultName::Partition, command(what)));
    let mut offered: Vec<Offered> = nodes.chain(cut).collect();
    let place = |name| FaultName::ALL.iter().position(|known| *known == name);
    // Stable: of several of a kind the first stays first.
    shared::ordered::sort_by(&mut offered, |(a, _), (b, _)| place(*a).cmp(&place(*b)));
    offered.dedup_by_key(|(name, _)| *name);
    offered
}

const fn command(what: FaultKind) -> Command {
    Command::new(what, LASTS_S)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::{NodeKind, presets};
    use shared::sim::{Simulation, StepBudget};
    use shared::time::Timestamp;

    /// Whatever a menu offers does something in a run that goes on.
    #[test]
    fn every_offer_does_something() {
        let design = presets::with_database();
        let items = design.nodes.keys().map(|id| Item::Node(*id));
        let items = items.chain(design.links.keys().map(|id| Item::Link(*id)));
        let mut count = 0;
        for item in items {
            for (name, command) in faults_of(&design, &Selection::only(item)) {
                let mut simulation = Simulation::new(&design).unwrap();
                simulation.run_until(Timestamp::from_s(30), StepBudget::UNLIMITED);
                let told = simulation.log().len();
                assert_eq!(simulation.apply(command), Ok(()), "{name:?} at {item:?}");
                assert!(simulation.log().len() > told, "{name:?} at {item:?} is not told");
                count += 1;
            }
        }
        assert!(count > 14, "{count}");
    }

    #[test]
    fn every_kind_is_offered_once_where_it_fits() {
        let offered = faults_anywhere(&presets::with_database());
        let names: Vec<FaultName> = offered.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, FaultName::ALL[..10]);
        let mut alone = Design::default();
        alone.add_node("", 0, 0, NodeKind::Source.settings());
        assert_eq!(faults_anywhere(&alone).len(), 1);
    }
}
