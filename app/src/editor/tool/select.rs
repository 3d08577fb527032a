//! Select and move.

use super::{DRAG_THRESHOLD, GRID, Phase, PointerEvent, ToolContext};
use crate::editor::geometry::{ScreenPoint, WorldPoint, WorldRect};
use crate::editor::hit::{Hit, curve_of};
use crate::editor::selection::{Item, Selection};
use shared::design::Edit;
use shared::id::NodeId;

/// Selects by click and by rectangle; drags what is selected.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectState {
    /// Nothing is pressed.
    Idle,
    /// A card is pressed and may become a drag.
    PointingNode {
        /// The card.
        id: NodeId,
        /// Where it was pressed.
        origin: ScreenPoint,
        /// Whether it was selected before; then only a release without a drag changes that.
        was_selected: bool,
    },
    /// The canvas is pressed and may become a rectangle.
    PointingCanvas {
        /// Where it was pressed.
        origin: ScreenPoint,
    },
    /// Selected nodes follow the pointer.
    Translating {
        /// Where the drag began.
        origin: WorldPoint,
        /// Where every dragged node was then.
        start: Vec<(NodeId, i32, i32)>,
    },
    /// A rectangle selects what it touches.
    Brushing {
        /// The corner where it began.
        origin: WorldPoint,
        /// The corner under the pointer.
        corner: WorldPoint,
        /// What stays selected besides: the selection of a press with Shift.
        base: Selection,
    },
}

impl SelectState {
    #[must_use]
    pub(super) fn on(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        match (self, event.phase) {
            (Self::Idle, Phase::Down(_)) => press(event, context),
            (Self::Idle, _) => Self::Idle,
            (Self::PointingNode { id, .. }, _) if context.design.node(id).is_none() => Self::Idle,
            (Self::PointingNode { id, origin, was_selected }, Phase::Move) => {
                if origin.distance(event.at) < DRAG_THRESHOLD {
                    return Self::PointingNode { id, origin, was_selected };
                }
                context.begin();
                let nodes = context.selection.nodes.iter();
                let place = |&id| context.design.node(id).map(|node| (id, node.x, node.y));
                let start = nodes.filter_map(place).collect();
                Self::Translating { origin: context.world(origin), start }.dragged(event, context)
            }
            (Self::PointingNode { id, was_selected, .. }, _) => {
                released(id, was_selected, event, context);
                Self::Idle
            }
            (Self::PointingCanvas { origin }, Phase::Move) => {
                if origin.distance(event.at) < DRAG_THRESHOLD {
                    return Self::PointingCanvas { origin };
                }
                let base = if event.modifiers.shift {
                    context.selection.clone()
                } else {
                    Selection::default()
                };
                let (origin, corner) = (context.world(origin), context.world(event.at));
                Self::Brushing { origin, corner, base }.brushed(event, context)
            }
            (Self::PointingCanvas { .. }, _) => {
                if !event.modifiers.shift {
                    *context.selection = Selection::default();
                }
                Self::Idle
            }
            (state @ Self::Translating { .. }, Phase::Move) => state.dragged(event, context),
            (Self::Translating { .. }, _) => {
                context.commit();
                Self::Idle
            }
            (state @ Self::Brushing { .. }, Phase::Move) => state.brushed(event, context),
            (Self::Brushing { .. }, _) => Self::Idle,
        }
    }

    /// Places every dragged node at its start plus the way of the pointer, on the grid.
    fn dragged(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        let Self::Translating { origin, start } = self else { return self };
        if start.iter().any(|&(id, ..)| context.design.node(id).is_none()) {
            context.abort();
            return Self::Idle;
        }
        let at = context.world(event.at);
        let grid = if event.modifiers.command { 1 } else { GRID };
        let snap = |way: f64| (way / f64::from(grid)).round() as i32 * grid;
        let (dx, dy) = (snap(at.x - origin.x), snap(at.y - origin.y));
        let moved = |&(id, x, y): &(NodeId, i32, i32)| {
            (id, i32::saturating_add(x, dx), i32::saturating_add(y, dy))
        };
        context.apply_step(Edit::MoveNodes(start.iter().map(moved).collect()));
        Self::Translating { origin, start }
    }

    /// Selects what the rectangle touches, and what was selected before.
    fn brushed(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        let Self::Brushing { origin, base, .. } = self else { return self };
        let corner = context.world(event.at);
        let rect = WorldRect::between(origin, corner);
        let mut selection = base.clone();
        let nodes = context.design.nodes.iter();
        let touched = nodes.filter(|(_, node)| rect.touches(&WorldRect::of_node(node)));
        selection.nodes.extend(touched.map(|(&id, _)| id));
        for (&id, link) in &context.design.links {
            let middle = curve_of(context.design, link).map(|curve| curve.at(0.5));
            if middle.is_some_and(|middle| rect.contains(middle)) {
                selection.links.insert(id);
            }
        }
        *context.selection = selection;
        Self::Brushing { origin, corner, base }
    }
}

fn press(event: PointerEvent, context: &mut ToolContext<'_>) -> SelectState {
    let additive = event.modifiers.shift;
    match context.hit(event.at) {
        Hit::Canvas => SelectState::PointingCanvas { origin: event.at },
        Hit::Node(id) | Hit::Port(id) => {
            let was_selected = context.selection.contains(Item::Node(id));
            if !was_selected {
                if additive {
                    context.selection.insert(Item::Node(id));
                } else {
                    *context.selection = Selection::only(Item::Node(id));
                }
            }
            SelectState::PointingNode { id, origin: event.at, was_selected }
        }
        Hit::Link(id) => {
            if additive {
                context.selection.toggle(Item::Link(id));
            } else {
                *context.selection = Selection::only(Item::Link(id));
            }
            SelectState::Idle
        }
    }
}

/// A click on a card that was selected already: with Shift it leaves the selection, else it is
/// selected alone.
fn released(id: NodeId, was_selected: bool, event: PointerEvent, context: &mut ToolContext<'_>) {
    if event.modifiers.shift {
        if was_selected {
            context.selection.toggle(Item::Node(id));
        }
    } else {
        *context.selection = Selection::only(Item::Node(id));
    }
}
