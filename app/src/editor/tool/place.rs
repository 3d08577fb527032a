//! Drag something new from the palette onto the canvas.

use super::{DRAG_THRESHOLD, Phase, PointerEvent, ToolContext};
use crate::editor::geometry::{ScreenPoint, WorldPoint};
use crate::editor::place::{Stencil, add};

/// Something on its way from the palette.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceState {
    /// What it will be.
    pub stencil: Stencil,
    /// Where it was pressed; `None` until the pointer moved first.
    origin: Option<ScreenPoint>,
    /// Where its ghost is; `None` until the press became a drag.
    pub ghost: Option<WorldPoint>,
}

impl PlaceState {
    /// A tile was pressed in the palette.
    pub const fn pressed(stencil: Stencil) -> Self {
        Self { stencil, origin: None, ghost: None }
    }

    /// The next state; `None` when the gesture ended. A press that did not move is a click, which
    /// the palette's button reports by itself.
    #[must_use]
    pub(super) fn on(self, event: PointerEvent, context: &mut ToolContext<'_>) -> Option<Self> {
        let at = context.world(event.at);
        match event.phase {
            Phase::Move => {
                let origin = self.origin.unwrap_or(event.at);
                let dragged = self.ghost.is_some() || origin.distance(event.at) >= DRAG_THRESHOLD;
                Some(Self { origin: Some(origin), ghost: dragged.then_some(at), ..self })
            }
            Phase::Up => {
                if self.ghost.is_some() && context.viewport.visible().contains(at) {
                    add(self.stencil, at, context);
                }
                None
            }
            Phase::Down(_) => None,
        }
    }
}
