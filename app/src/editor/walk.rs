//! Along the graph by keys: to the next node, and on to a new one.

use super::geometry::{WorldPoint, WorldRect};
use super::place;
use shared::design::{Design, Edit, Link, Node, NodeKind};
use shared::id::NodeId;
use std::sync::Arc;

/// Room between a node and the one that grows beside it, world units.
const GAP: f64 = 72.0;
/// Room between nodes below each other, world units.
const ROW_GAP: f64 = 40.0;

/// A direction of the drawing. Requests go to the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Against the requests.
    Left,
    /// With the requests.
    Right,
    /// To a neighbour above.
    Up,
    /// To a neighbour below.
    Down,
}

/// The next node from `from`: to the right where its links lead, to the left where they come from;
/// up and down the nearest neighbour that shares a link's other end, else the nearest of all.
pub(super) fn next(design: &Design, from: NodeId, direction: Direction) -> Option<NodeId> {
    let here = middle(design.node(from)?);
    let targets = |id| design.links_from(id).map(|(_, link)| link.to);
    let sources = |id| design.links_to(id).map(|(_, link)| link.from);
    let nearest = |ids: &mut dyn Iterator<Item = NodeId>| {
        let way = |id: &NodeId| design.node(*id).map(|node| middle(node).distance(here));
        ids.filter_map(|id| Some((way(&id)?, id))).min_by(|a, b| a.0.total_cmp(&b.0))
    };
    let beside = |id: &NodeId| {
        let there = design.node(*id).map(middle);
        *id != from
            && there.is_some_and(|there| match direction {
                Direction::Up => there.y < here.y,
                Direction::Down | Direction::Left | Direction::Right => there.y > here.y,
            })
    };
    let found = match direction {
        Direction::Right => nearest(&mut targets(from)),
        Direction::Left => nearest(&mut sources(from)),
        Direction::Up | Direction::Down => {
            let siblings = sources(from).flat_map(targets).chain(targets(from).flat_map(sources));
            nearest(&mut siblings.filter(beside))
                .or_else(|| nearest(&mut design.nodes.keys().copied().filter(beside)))
        }
    };
    found.map(|(_, id)| id)
}

/// The edit that adds a node beside `from`, linked: to the right the kind that usually comes next,
/// to the left the kind that usually comes before, up and down another of the same kind with the
/// same links to it. `None` where nothing can come.
pub(super) fn grow(design: &Design, from: NodeId, direction: Direction) -> Option<(Edit, NodeId)> {
    let node = design.node(from)?;
    let kind = node.settings.kind();
    let grown = match direction {
        Direction::Right => usually_after(kind),
        Direction::Left => usually_before(kind)?,
        Direction::Up | Direction::Down => kind,
    };
    let id = design.next_node_id();
    let at = free(design, WorldRect::of_node(node), grown, direction);
    let (x, y) = (place::on_grid(at.x), place::on_grid(at.y));
    let name = place::free_name(design, place::default_name(grown));
    let settings = if grown == kind { node.settings.clone() } else { grown.settings() };
    let node = Arc::new(Node { name, x, y, settings, locked: false });
    let links: Vec<Link> = match direction {
        Direction::Right => vec![Link::new(from, id)],
        Direction::Left => vec![Link::new(id, from)],
        Direction::Up | Direction::Down => {
            let links = design.links_to(from).map(|(_, link)| Link { to: id, ..link.clone() });
            links.collect()
        }
    };
    let ids = (design.next_link_id().0..).map(shared::id::LinkId);
    let links = ids.zip(links).map(|(id, link)| Edit::AddLink(id, link));
    Some((Edit::All(std::iter::once(Edit::AddNode(id, node)).chain(links).collect()), id))
}

/// What most drawings have behind a node.
const fn usually_after(kind: NodeKind) -> NodeKind {
    match kind {
        NodeKind::Source => NodeKind::Balancer,
        NodeKind::Balancer => NodeKind::Group,
        NodeKind::Group | NodeKind::Dependency => NodeKind::Dependency,
    }
}

/// What most drawings have before a node; nothing comes before a source.
const fn usually_before(kind: NodeKind) -> Option<NodeKind> {
    match kind {
        NodeKind::Source => None,
        NodeKind::Balancer => Some(NodeKind::Source),
        NodeKind::Group => Some(NodeKind::Balancer),
        NodeKind::Dependency => Some(NodeKind::Group),
    }
}

/// The first free place for a card beside `from`: further up and down, or further that way.
fn free(design: &Design, from: WorldRect, kind: NodeKind, direction: Direction) -> WorldPoint {
    let card = WorldRect::of_card(kind, WorldPoint::default());
    let center = from.center();
    let step_y = card.height() + ROW_GAP;
    let away_x = (from.width() + card.width()) / 2.0 + GAP;
    let away_y = (from.height() + card.height()) / 2.0 + ROW_GAP;
    let cards: Vec<WorldRect> =
        design.nodes.values().map(|node| WorldRect::of_node(node).grown(8.0)).collect();
    let is_free = |at: &WorldPoint| {
        let card = WorldRect::of_card(kind, *at);
        !cards.iter().any(|other| other.touches(&card))
    };
    // 0, 1, -1, 2, -2, …: beside first, then below and above in turn.
    let fan = |i: i32| f64::from(if i % 2 == 0 { -i / 2 } else { i / 2 + 1 });
    let place = |i: i32| match direction {
        Direction::Right => WorldPoint::new(center.x + away_x, center.y + fan(i) * step_y),
        Direction::Left => WorldPoint::new(center.x - away_x, center.y + fan(i) * step_y),
        Direction::Up => WorldPoint::new(center.x, center.y - away_y - f64::from(i) * step_y),
        Direction::Down => WorldPoint::new(center.x, center.y + away_y + f64::from(i) * step_y),
    };
    let tries = i32::try_from(cards.len()).unwrap_or(i32::MAX);
    (0..=tries.saturating_mul(2)).map(place).find(is_free).unwrap_or_else(|| place(0))
}

fn middle(node: &Node) -> WorldPoint {
    WorldPoint::new(f64::from(node.x), f64::from(node.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    #[test]
    fn arrows_walk_the_links_and_the_rows() {
        let mut design = presets::seven_steps();
        let (edit, second) = grow(&design, NodeId(3), Direction::Down).unwrap();
        design.apply(edit).unwrap();
        let go = |from, direction| next(&design, NodeId(from), direction);
        assert_eq!(go(1, Direction::Right), Some(NodeId(2)));
        assert_eq!(go(2, Direction::Right), Some(NodeId(3)));
        assert_eq!(go(3, Direction::Left), Some(NodeId(2)));
        assert_eq!(go(3, Direction::Down), Some(second));
        assert_eq!(go(second.0, Direction::Up), Some(NodeId(3)));
        assert_eq!(go(3, Direction::Right), None);
    }

    #[test]
    fn a_design_grows_from_its_first_node_by_keys_alone() {
        let mut design = Design::default();
        let mut at = design.add_node("Internet", 0, 0, NodeKind::Source.settings());
        let kinds =
            [NodeKind::Balancer, NodeKind::Group, NodeKind::Dependency, NodeKind::Dependency];
        for kind in kinds {
            let (edit, id) = grow(&design, at, Direction::Right).unwrap();
            design.apply(edit).unwrap();
            assert_eq!(design.node(id).map(|node| node.settings.kind()), Some(kind));
            at = id;
        }
        assert!(grow(&design, NodeId(1), Direction::Left).is_none(), "nothing comes before");
        for _ in 0..9 {
            let (edit, _) = grow(&design, NodeId(2), Direction::Right).unwrap();
            design.apply(edit).unwrap();
        }
        let cards: Vec<_> = design.nodes.values().map(|node| WorldRect::of_node(node)).collect();
        for (i, card) in cards.iter().enumerate() {
            assert!(!cards[..i].iter().any(|other| card.touches(other)), "card {i}");
        }
    }
}
