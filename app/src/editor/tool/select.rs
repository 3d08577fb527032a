//! Select, move, and give marks another size.

use super::{Button, DRAG_THRESHOLD, Phase, PointerEvent, ToolContext};
use crate::editor::clip;
use crate::editor::geometry::{ScreenPoint, WorldPoint, WorldRect};
use crate::editor::hit::{Corner, Hit, corner_at, curve_of};
use crate::editor::motion::{Guide, Start};
use crate::editor::selection::{Item, Selection};
use shared::design::{Edit, MARK_SIZE_MIN, Mark};
use shared::id::MarkId;

/// How near the line through another card's middle a drag comes to rest on it, pixels.
const LINE_REACH: f64 = 5.0;

/// Selects by click and by rectangle; drags what is selected.
#[derive(Clone, Debug, PartialEq)]
pub enum SelectState {
    /// Nothing is pressed.
    Idle,
    /// A card or mark is pressed and may become a drag.
    Pointing {
        /// What.
        item: Item,
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
    /// A finger moves the canvas.
    Panning {
        /// Where it was pressed.
        origin: ScreenPoint,
        /// Where it was last.
        last: ScreenPoint,
    },
    /// What is selected follows the pointer.
    Translating {
        /// Where the drag began.
        origin: WorldPoint,
        /// Where everything was then.
        start: Start,
        /// Lines on which cards lie now.
        guides: Vec<Guide>,
    },
    /// A corner of a mark follows the pointer.
    Resizing {
        /// Whose.
        id: MarkId,
        /// Which.
        corner: Corner,
        /// The mark before.
        start: Mark,
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
            (Self::Idle, Phase::Down(button)) => press(event, button, context),
            (Self::Idle, _) => Self::Idle,
            (Self::Pointing { item, .. }, _) if !exists(item, context) => Self::Idle,
            (state @ Self::Pointing { .. }, Phase::Move) => state.pulled(event, context),
            (Self::Pointing { item, was_selected, .. }, _) => {
                released(item, was_selected, event, context);
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
            (Self::Panning { origin, last }, Phase::Move) => {
                context.viewport.pan(event.at.x - last.x, event.at.y - last.y);
                Self::Panning { origin, last: event.at }
            }
            (Self::Panning { origin, last }, _) => {
                // A tap.
                if origin.distance(last) < DRAG_THRESHOLD {
                    *context.selection = Selection::default();
                }
                Self::Idle
            }
            (state @ Self::Translating { .. }, Phase::Move) => state.dragged(event, context),
            (state @ Self::Resizing { .. }, Phase::Move) => state.resized(event, context),
            (Self::Translating { .. } | Self::Resizing { .. }, _) => {
                context.commit();
                Self::Idle
            }
            (state @ Self::Brushing { .. }, Phase::Move) => state.brushed(event, context),
            (Self::Brushing { .. }, _) => Self::Idle,
        }
    }

    /// A press that wandered far enough becomes a drag: of what is selected, or with Alt of a copy.
    fn pulled(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        let Self::Pointing { origin, .. } = self else { return self };
        if origin.distance(event.at) < DRAG_THRESHOLD {
            return self;
        }
        context.begin();
        if event.modifiers.alt {
            copy_in_place(context);
        }
        let start = Start::of(context.design, context.selection);
        if start.is_empty() {
            context.abort();
            return Self::Idle;
        }
        let origin = context.world(origin);
        Self::Translating { origin, start, guides: Vec::new() }.dragged(event, context)
    }

    /// Places everything dragged at its start plus the way of the pointer: in line with other
    /// cards or on the grid, unless Ctrl or Cmd is held.
    fn dragged(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        let Self::Translating { origin, start, .. } = self else { return self };
        if !start.exists(context.design) {
            context.abort();
            return Self::Idle;
        }
        let at = context.world(event.at);
        let free = event.modifiers.command;
        let reach = if free { -1.0 } else { LINE_REACH / context.viewport.zoom() };
        let way = (at.x - origin.x, at.y - origin.y);
        let grid = if free { 1 } else { context.grid };
        let ((dx, dy), guides) = start.lined_up(context.design, way, reach, grid);
        context.apply_step(start.moved(dx, dy));
        Self::Translating { origin, start, guides }
    }

    /// Puts the corner under the pointer, on the grid; the corner opposite stays.
    fn resized(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        let Self::Resizing { id, corner, start } = self else { return self };
        if !context.design.marks.contains_key(&id) {
            context.abort();
            return Self::Idle;
        }
        let at = context.world(event.at);
        let grid = f64::from(if event.modifiers.command { 1 } else { context.grid.max(1) });
        let snap = |value: f64| ((value / grid).round() * grid) as i32;
        let (x, width) = stretched(start.x, start.width, snap(at.x), corner.right);
        let (y, height) = stretched(start.y, start.height, snap(at.y), corner.bottom);
        context.apply_step(Edit::SetMark(id, Mark { x, y, width, height, ..start.clone() }));
        Self::Resizing { id, corner, start }
    }

    /// Selects what the rectangle touches, and what was selected before. Boxes must lie in it: it is
    /// often drawn inside of one.
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
        let marks = context.design.marks.iter();
        let inside = marks.filter(|(_, mark)| rect.covers(&WorldRect::of_mark(mark)));
        selection.marks.extend(inside.map(|(&id, _)| id));
        *context.selection = selection;
        Self::Brushing { origin, corner, base }
    }
}

fn exists(item: Item, context: &ToolContext<'_>) -> bool {
    match item {
        Item::Node(id) => context.design.node(id).is_some(),
        Item::Link(id) => context.design.links.contains_key(&id),
        Item::Mark(id) => context.design.marks.contains_key(&id),
    }
}

/// Edge and length after one end of a stretch moved to `to`; never shorter than a mark may be.
fn stretched(from: i32, length: i32, to: i32, far_end: bool) -> (i32, i32) {
    let end = from.saturating_add(length);
    if far_end {
        (from, to.saturating_sub(from).max(MARK_SIZE_MIN))
    } else {
        let from = to.min(end.saturating_sub(MARK_SIZE_MIN));
        (from, end.saturating_sub(from))
    }
}

/// Puts a copy of the selection where it is and selects the copy.
fn copy_in_place(context: &mut ToolContext<'_>) {
    if let Some(part) = clip::copy(context.design, context.selection) {
        let (edit, added) = clip::paste(context.design, &part, 0);
        if context.apply_step(edit) {
            *context.selection = added;
        }
    }
}

fn press(event: PointerEvent, button: Button, context: &mut ToolContext<'_>) -> SelectState {
    let additive = event.modifiers.shift;
    let (at, zoom) = (context.world(event.at), context.viewport.zoom());
    if let Some((id, corner)) = corner_at(context.design, context.selection, at, zoom)
        && let Some(start) = context.design.marks.get(&id).cloned()
    {
        context.begin();
        return SelectState::Resizing { id, corner, start };
    }
    let item = match context.hit(event.at) {
        Hit::Canvas if button == Button::Finger => {
            return SelectState::Panning { origin: event.at, last: event.at };
        }
        Hit::Canvas => return SelectState::PointingCanvas { origin: event.at },
        Hit::Node(id) | Hit::Port(id) => Item::Node(id),
        Hit::Mark(id) => Item::Mark(id),
        Hit::Link(id) => {
            if additive {
                context.selection.toggle(Item::Link(id));
            } else {
                *context.selection = Selection::only(Item::Link(id));
            }
            return SelectState::Idle;
        }
    };
    let was_selected = context.selection.contains(item);
    if !was_selected {
        if additive {
            context.selection.insert(item);
        } else {
            *context.selection = Selection::only(item);
        }
    }
    SelectState::Pointing { item, origin: event.at, was_selected }
}

/// A click on something that was selected already: with Shift it leaves the selection, else it is
/// selected alone.
fn released(item: Item, was_selected: bool, event: PointerEvent, context: &mut ToolContext<'_>) {
    if event.modifiers.shift {
        if was_selected {
            context.selection.toggle(item);
        }
    } else {
        *context.selection = Selection::only(item);
    }
}
