//! New nodes and marks: where they go and what they are called.

use super::geometry::{WorldPoint, WorldRect, card_size};
use super::selection::{Item, Selection};
use super::tool::{GRID, ToolContext};
use shared::design::{Design, Edit, Mark, MarkKind, Node, NodeKind};
use std::sync::Arc;

/// Space between cards that are placed by the page, world units.
const GAP: f64 = 40.0;

/// What the palette has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stencil {
    /// A node.
    Node(NodeKind),
    /// A note or a box.
    Mark(MarkKind),
}

impl Stencil {
    /// Width and height of what it makes, world units.
    pub const fn size(self) -> (f64, f64) {
        match self {
            Self::Node(kind) => card_size(kind),
            Self::Mark(MarkKind::Note) => (200.0, 96.0),
            Self::Mark(MarkKind::Region | MarkKind::Zone | MarkKind::Vpc) => (400.0, 280.0),
        }
    }
}

/// Adds what the stencil makes with its middle at `at`, as one step, and selects it.
pub(super) fn add(stencil: Stencil, at: WorldPoint, context: &mut ToolContext<'_>) {
    let kind = match stencil {
        Stencil::Node(kind) => return add_node(kind, at, context),
        Stencil::Mark(kind) => kind,
    };
    let (width, height) = stencil.size();
    let corner = WorldPoint::new(at.x - width / 2.0, at.y - height / 2.0);
    add_mark(kind, corner, (width as i32, height as i32), context);
}

/// Adds a note or a box, as one step, and selects it.
pub(super) fn add_mark(
    kind: MarkKind,
    corner: WorldPoint,
    (width, height): (i32, i32),
    context: &mut ToolContext<'_>,
) {
    let id = context.design.next_mark_id();
    let (x, y) = (on_grid(corner.x), on_grid(corner.y));
    let text = String::new();
    let mark = Mark { kind, text, x, y, width, height, locked: false };
    if context.apply_step(Edit::AddMark(id, mark)) {
        *context.selection = Selection::only(Item::Mark(id));
    }
}

/// Adds a node of `kind` with its centre at `at`, as one step, and selects it.
pub(super) fn add_node(kind: NodeKind, at: WorldPoint, context: &mut ToolContext<'_>) {
    let id = context.design.next_node_id();
    let (x, y) = (on_grid(at.x), on_grid(at.y));
    let name = free_name(context.design, default_name(kind));
    let node = Arc::new(Node { name, x, y, settings: kind.settings(), locked: false });
    if context.apply_step(Edit::AddNode(id, node)) {
        *context.selection = Selection::only(Item::Node(id));
    }
}

/// The place nearest to the middle of the canvas, going right and down, where what the stencil makes
/// covers no card.
pub(super) fn free_place(design: &Design, stencil: Stencil, middle: WorldPoint) -> WorldPoint {
    let (width, height) = stencil.size();
    let cards: Vec<_> = design.nodes.values().map(|node| WorldRect::of_node(node)).collect();
    let free = |at: &WorldPoint| {
        let card = WorldRect {
            left: at.x - width / 2.0 - GAP / 2.0,
            top: at.y - height / 2.0 - GAP / 2.0,
            right: at.x + width / 2.0 + GAP / 2.0,
            bottom: at.y + height / 2.0 + GAP / 2.0,
        };
        !cards.iter().any(|other| card.touches(other))
    };
    // Rings of growing size around the middle; there are more places than cards.
    let rings = 0..=i32::try_from(cards.len()).unwrap_or(i32::MAX);
    let ring = |ring: i32| {
        let steps = (-ring..=ring).flat_map(move |y| (-ring..=ring).map(move |x| (x, y)));
        steps.filter(move |&(x, y)| x.abs().max(y.abs()) == ring)
    };
    rings
        .flat_map(ring)
        .map(|(x, y)| {
            WorldPoint::new(
                middle.x + f64::from(x) * (width + GAP),
                middle.y + f64::from(y) * (height + GAP),
            )
        })
        .find(free)
        .unwrap_or(middle)
}

/// The nearest coordinate on the grid.
pub(super) fn on_grid(coordinate: f64) -> i32 {
    let grid = f64::from(GRID);
    (coordinate / grid).round() as i32 * GRID
}

/// A short English name, since a design is read in every language.
pub(super) const fn default_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Source => "Traffic",
        NodeKind::Balancer => "Load balancer",
        NodeKind::Group => "Servers",
        NodeKind::Dependency => "Database",
    }
}

/// `name`, or `name 2`, `name 3` … if nodes have it already.
pub(super) fn free_name(design: &Design, name: &str) -> String {
    let taken = |name: &str| design.nodes.values().any(|node| node.name == name);
    if !taken(name) {
        return name.to_owned();
    }
    let mut names = (2..).map(|number| format!("{name} {number}"));
    names.find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    #[test]
    fn new_cards_cover_no_others() {
        let mut design = presets::seven_steps();
        for i in 0..40 {
            let kind = NodeKind::ALL[i % 4];
            let at = free_place(&design, Stencil::Node(kind), WorldPoint::default());
            let name = free_name(&design, "Node");
            design.add_node(&name, on_grid(at.x), on_grid(at.y), kind.settings());
        }
        let cards: Vec<_> = design.nodes.values().map(|node| WorldRect::of_node(node)).collect();
        for (i, card) in cards.iter().enumerate() {
            assert!(!cards[..i].iter().any(|other| card.touches(other)), "card {i}");
        }
        assert_eq!(free_name(&design, "Node"), "Node 41");
    }
}
