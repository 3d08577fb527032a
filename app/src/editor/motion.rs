//! What moves together: the selected nodes and marks, what lies in a selected box with the box, and
//! nothing that is locked.

use super::geometry::{WorldPoint, WorldRect};
use super::selection::Selection;
use shared::design::{Design, Edit, Mark};
use shared::id::{MarkId, NodeId};
use shared::ordered;
use std::collections::{BTreeMap, BTreeSet};

/// Moved nodes beyond this many are not lined up with others one by one.
const LINED_UP_MAX: usize = 20;

/// Where everything was when a move began.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    nodes: BTreeMap<NodeId, (i32, i32)>,
    marks: BTreeMap<MarkId, (i32, i32)>,
}

/// A line on which the middles of cards lie while one of them is dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guide {
    /// One end, at the middle of a card.
    pub from: WorldPoint,
    /// The other.
    pub to: WorldPoint,
}

/// Whether a node, by its middle, lies in a box.
fn lies_in(design: &Design, id: NodeId, rect: &WorldRect) -> bool {
    let middle = |x, y| WorldPoint::new(f64::from(x), f64::from(y));
    design.node(id).is_some_and(|node| rect.contains(middle(node.x, node.y)))
}

/// The nodes and marks that lie in a box.
pub fn contents(design: &Design, mark: &Mark) -> (BTreeSet<NodeId>, BTreeSet<MarkId>) {
    if !mark.kind.is_box() {
        return Default::default();
    }
    let rect = WorldRect::of_mark(mark);
    let nodes = design.nodes.keys().copied().filter(|&id| lies_in(design, id, &rect));
    let inner = |other: &Mark| other != mark && rect.covers(&WorldRect::of_mark(other));
    let marks = design.marks.iter().filter(|(_, other)| inner(other)).map(|(&id, _)| id);
    (ordered::set(nodes), ordered::set(marks))
}

impl Start {
    /// What a move of the selection moves.
    pub(super) fn of(design: &Design, selection: &Selection) -> Self {
        let mut nodes = selection.nodes.clone();
        let mut marks = selection.marks.clone();
        for mark in selection.marks.iter().filter_map(|id| design.marks.get(id)) {
            if !mark.locked {
                let (more_nodes, more_marks) = contents(design, mark);
                nodes.extend(more_nodes);
                marks.extend(more_marks);
            }
        }
        let node = |id| design.node(id).filter(|node| !node.locked).map(|it| (id, (it.x, it.y)));
        let mark = |id: MarkId| {
            design.marks.get(&id).filter(|mark| !mark.locked).map(|it| (id, (it.x, it.y)))
        };
        Self {
            nodes: ordered::map(nodes.into_iter().filter_map(node)),
            marks: ordered::map(marks.into_iter().filter_map(mark)),
        }
    }

    /// Whether nothing moves.
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.marks.is_empty()
    }

    /// Whether everything that moves still exists.
    pub(super) fn exists(&self, design: &Design) -> bool {
        self.nodes.keys().all(|id| design.nodes.contains_key(id))
            && self.marks.keys().all(|id| design.marks.contains_key(id))
    }

    /// The edit that puts everything at its start plus `(dx, dy)`.
    pub(super) fn moved(&self, dx: i32, dy: i32) -> Edit {
        let place = |&(x, y): &(i32, i32)| (x.saturating_add(dx), y.saturating_add(dy));
        let nodes = self.nodes.iter().map(|(&id, at)| (id, place(at)));
        let nodes = Edit::MoveNodes(nodes.map(|(id, (x, y))| (id, x, y)).collect());
        if self.marks.is_empty() {
            return nodes;
        }
        let marks = self.marks.iter().map(|(&id, at)| (id, place(at)));
        Edit::All(vec![nodes, Edit::MoveMarks(marks.map(|(id, (x, y))| (id, x, y)).collect())])
    }

    /// The whole move nearest to `(dx, dy)`: in line with the middle of another card within `reach`,
    /// else by whole steps of `grid`; and the lines that then are straight.
    pub(super) fn lined_up(
        &self,
        design: &Design,
        (dx, dy): (f64, f64),
        reach: f64,
        grid: i32,
    ) -> ((i32, i32), Vec<Guide>) {
        let others: Vec<(i32, i32)> = design
            .nodes
            .iter()
            .filter(|(id, _)| !self.nodes.contains_key(id))
            .map(|(_, node)| (node.x, node.y))
            .collect();
        let own = || self.nodes.values().take(LINED_UP_MAX);
        let nearest = |way: f64, axis: fn(&(i32, i32)) -> i32| {
            let ways = own().flat_map(|it| others.iter().map(move |other| axis(other) - axis(it)));
            let best = ways
                .min_by(|a, b| (f64::from(*a) - way).abs().total_cmp(&(f64::from(*b) - way).abs()));
            let step = f64::from(grid.max(1));
            let on_grid = ((way / step).round() * step) as i32;
            best.filter(|it| (f64::from(*it) - way).abs() <= reach).unwrap_or(on_grid)
        };
        let (dx, dy) = (nearest(dx, |at| at.0), nearest(dy, |at| at.1));
        let point = |x: i32, y: i32| WorldPoint::new(f64::from(x), f64::from(y));
        let mut guides = Vec::new();
        for &(x, y) in own() {
            let (x, y) = (x.saturating_add(dx), y.saturating_add(dy));
            let near = |line: &dyn Fn(&(i32, i32)) -> bool, away: fn(i32, i32) -> i32| {
                let on = others.iter().filter(|other| line(other));
                on.min_by_key(|other| (away(other.0, x).abs(), away(other.1, y).abs())).copied()
            };
            if let Some(other) = near(&|other| other.0 == x, i32::saturating_sub) {
                guides.push(Guide { from: point(x, y), to: point(other.0, other.1) });
            }
            if let Some(other) = near(&|other| other.1 == y, i32::saturating_sub) {
                guides.push(Guide { from: point(x, y), to: point(other.0, other.1) });
            }
        }
        ((dx, dy), guides)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::{MarkKind, presets};

    fn region(x: i32, width: i32) -> Mark {
        let (kind, text) = (MarkKind::Region, String::new());
        Mark { kind, text, x, y: -200, width, height: 400, locked: false }
    }

    #[test]
    fn a_box_takes_its_contents_along_and_locked_things_stay() {
        let mut design = presets::seven_steps();
        design.apply(Edit::AddMark(MarkId(1), region(200, 700))).unwrap();
        let selection = Selection { marks: [MarkId(1)].into(), ..Selection::default() };
        let start = Start::of(&design, &selection);
        assert_eq!(start.nodes.keys().copied().collect::<Vec<_>>(), [NodeId(2), NodeId(3)]);
        let mut node = design.node(NodeId(3)).unwrap().clone();
        node.locked = true;
        design.apply(Edit::SetNode(NodeId(3), node.into())).unwrap();
        design.apply(Start::of(&design, &selection).moved(8, 16)).unwrap();
        assert_eq!(design.marks[&MarkId(1)].x, 208);
        assert_eq!(design.node(NodeId(2)).map(|node| (node.x, node.y)), Some((328, 16)));
        assert_eq!(design.node(NodeId(3)).map(|node| (node.x, node.y)), Some((680, 0)));
    }

    #[test]
    fn a_drag_comes_to_rest_in_line_with_others_else_on_the_grid() {
        let mut design = presets::seven_steps();
        design.apply(Edit::MoveNodes(vec![(NodeId(1), 3, 5)])).unwrap();
        let start = Start::of(&design, &Selection::nodes([NodeId(2)]));
        let (way, guides) = start.lined_up(&design, (49.0, 6.0), 4.0, 8);
        assert_eq!(way, (48, 5), "beside the middle of the first card");
        let at = WorldPoint::new;
        assert_eq!(guides, [Guide { from: at(368.0, 5.0), to: at(3.0, 5.0) }]);
        let (way, guides) = start.lined_up(&design, (49.0, 60.0), 4.0, 1);
        assert_eq!((way, guides.len()), ((49, 60), 0));
    }
}
