//! Move the canvas.

use super::{Phase, PointerEvent, ToolContext};
use crate::editor::geometry::ScreenPoint;

/// Drags the canvas under the pointer.
#[derive(Clone, Debug, PartialEq)]
pub enum HandState {
    /// Nothing is pressed.
    Idle,
    /// The canvas follows the pointer.
    Panning {
        /// Where the pointer was last.
        last: ScreenPoint,
    },
}

impl HandState {
    #[must_use]
    pub(super) fn on(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Self {
        match (self, event.phase) {
            (_, Phase::Down(_)) => Self::Panning { last: event.at },
            (Self::Panning { last }, Phase::Move) => {
                context.viewport.pan(event.at.x - last.x, event.at.y - last.y);
                Self::Panning { last: event.at }
            }
            (_, Phase::Move | Phase::Up) => Self::Idle,
        }
    }
}
