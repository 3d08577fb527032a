//! Connect two nodes, by dragging or by two clicks.

use super::{DRAG_THRESHOLD, Phase, PointerEvent, ToolContext};
use crate::editor::effect::Effect;
use crate::editor::geometry::{ScreenPoint, WorldPoint};
use crate::editor::hit::{Hit, node_at};
use crate::editor::selection::{Item, Selection};
use shared::design::{Edit, EditError, Link};
use shared::id::NodeId;

/// Draws a link from one node to another.
#[derive(Clone, Debug, PartialEq)]
pub enum ConnectState {
    /// Nothing is pressed.
    Idle,
    /// A node is pressed, or the pointer drags a wire from it.
    Dragging {
        /// Where the link begins.
        from: NodeId,
        /// Where the node was pressed; `None` until the pointer moved first.
        origin: Option<ScreenPoint>,
        /// Where the wire ends now; `None` until the press became a drag.
        end: Option<WorldPoint>,
        /// The node under the wire's end.
        over: Option<NodeId>,
    },
    /// A node was clicked; the next click says where the link ends.
    Armed {
        /// Where the link begins.
        from: NodeId,
        /// Where the wire ends now.
        end: Option<WorldPoint>,
        /// The node under the wire's end.
        over: Option<NodeId>,
    },
}

impl ConnectState {
    /// A node was pressed to begin a link.
    pub(in crate::editor) const fn pressed(from: NodeId) -> Self {
        Self::Dragging { from, origin: None, end: None, over: None }
    }

    /// A node was chosen by key; the next click or key says where the link ends.
    pub(in crate::editor) const fn armed(from: NodeId) -> Self {
        Self::Armed { from, end: None, over: None }
    }

    /// The node where the link begins, the wire's end and the node under it, while there is a wire.
    pub const fn wire(&self) -> Option<(NodeId, Option<WorldPoint>, Option<NodeId>)> {
        match *self {
            Self::Idle => None,
            Self::Dragging { from, end, over, .. } | Self::Armed { from, end, over } => {
                Some((from, end, over))
            }
        }
    }

    #[must_use]
    pub(super) fn on(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        let at = context.world(event.at);
        let over = node_at(context.design, at);
        match (self, event.phase) {
            (Self::Dragging { from, .. } | Self::Armed { from, .. }, _)
                if context.design.node(from).is_none() =>
            {
                Self::Idle
            }
            (Self::Idle, Phase::Down(_)) => match context.hit(event.at) {
                Hit::Node(id) | Hit::Port(id) => Self::pressed(id),
                Hit::Canvas | Hit::Link(_) | Hit::Mark(_) => Self::Idle,
            },
            (Self::Idle, _) => Self::Idle,
            (Self::Dragging { from, origin, end, .. }, Phase::Move) => {
                let origin = origin.unwrap_or(event.at);
                let dragged = end.is_some() || origin.distance(event.at) >= DRAG_THRESHOLD;
                let origin = Some(origin);
                Self::Dragging { from, origin, end: dragged.then_some(at), over }
            }
            // Released where it was pressed: a click, so the next click ends the link.
            (Self::Dragging { from, end: None, .. }, Phase::Up) => Self::armed(from),
            (Self::Dragging { from, .. }, Phase::Up)
            | (Self::Armed { from, .. }, Phase::Down(_)) => {
                match over {
                    Some(to) if to != from => connect(from, to, context),
                    Some(_) | None => {}
                }
                Self::Idle
            }
            (Self::Armed { from, .. }, Phase::Move) => Self::Armed { from, end: Some(at), over },
            (state @ Self::Armed { .. }, Phase::Up) => state,
            (Self::Dragging { .. }, Phase::Down(_)) => Self::Idle,
        }
    }
}

/// Links the two as one step and selects the link. Nodes that are linked already only get their
/// link selected.
pub(in crate::editor) fn connect(from: NodeId, to: NodeId, context: &mut ToolContext<'_>) {
    let id = context.design.next_link_id();
    let link = Link::new(from, to);
    let edit = Edit::AddLink(id, link);
    match context.history.apply(context.design, context.selection, edit, None) {
        Ok(()) => *context.selection = Selection::only(Item::Link(id)),
        Err(EditError::AlreadyLinked(twin)) => {
            *context.selection = Selection::only(Item::Link(twin));
            context.effects.push(Effect::refused(&EditError::AlreadyLinked(twin)));
        }
        Err(error) => context.effects.push(Effect::refused(&error)),
    }
}
