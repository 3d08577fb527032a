//! How much of a large drawing is worth painting.
//!
//! A browser paints a drawing of five hundred cards with all their words, chips and ports in tens of
//! milliseconds, at each step of a drag. Far out nobody can read those words, and what lies beside
//! the window nobody sees: there a card is a block. Small drawings show everything always.

use crate::editor::Viewport;
use crate::editor::geometry::WorldRect;

/// So many nodes are painted in full at any zoom.
const FEW: usize = 120;
/// Below this zoom a card's lines of state are under 4 pixels high.
const READABLE: f64 = 0.35;
/// Below this zoom even large names are.
const NAMED: f64 = 0.2;

/// What shows how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Sight {
    /// Everything in full.
    All,
    /// In full what touches this part of the drawing.
    Near(WorldRect),
    /// Names only.
    Names,
    /// Blocks only.
    Blocks,
}

/// How a card shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// In full.
    Full,
    /// Its name, large.
    Name,
    /// A block.
    Block,
}

impl Sight {
    /// What shows of a drawing with so many nodes. Near to the window counts as in it, in steps, so
    /// that not every move of the canvas changes what is painted.
    pub(super) fn new(viewport: &Viewport, nodes: usize) -> Self {
        let zoom = viewport.zoom();
        if nodes <= FEW {
            Self::All
        } else if zoom < NAMED {
            Self::Blocks
        } else if zoom < READABLE {
            Self::Names
        } else {
            let visible = viewport.visible();
            let step = (visible.width().max(visible.height()) / 2.0).max(1.0).log2().ceil().exp2();
            let down = |value: f64| ((value / step).floor() - 1.0) * step;
            let up = |value: f64| ((value / step).ceil() + 1.0) * step;
            Self::Near(WorldRect {
                left: down(visible.left),
                top: down(visible.top),
                right: up(visible.right),
                bottom: up(visible.bottom),
            })
        }
    }

    /// How something within this rectangle shows, which is asked for where it matters.
    pub(super) fn detail(&self, rect: impl FnOnce() -> WorldRect) -> Detail {
        match self {
            Self::All => Detail::Full,
            Self::Near(near) if near.touches(&rect()) => Detail::Full,
            Self::Near(_) | Self::Blocks => Detail::Block,
            Self::Names => Detail::Name,
        }
    }

    /// Whether lines must be thick to be seen.
    pub(super) const fn is_far(&self) -> bool {
        matches!(self, Self::Names | Self::Blocks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::geometry::{ScreenPoint, WorldPoint};

    fn viewport(zoom: f64) -> Viewport {
        let mut viewport = Viewport::default();
        viewport.resize(1_000.0, 600.0);
        let middle = ScreenPoint { x: 500.0, y: 300.0 };
        viewport.zoom_at(middle, zoom / viewport.zoom());
        viewport
    }

    fn card(x: f64, y: f64) -> WorldRect {
        WorldRect::between(WorldPoint::new(x, y), WorldPoint::new(x + 200.0, y + 100.0))
    }

    #[test]
    fn small_drawings_show_everything_large_ones_what_can_be_read() {
        let anywhere = card(1e6, 1e6);
        assert_eq!(Sight::new(&viewport(0.15), 100).detail(|| anywhere), Detail::Full);
        assert_eq!(Sight::new(&viewport(0.15), 500).detail(|| anywhere), Detail::Block);
        assert_eq!(Sight::new(&viewport(0.3), 500).detail(|| anywhere), Detail::Name);
        let near = viewport(1.0);
        let at = near.visible();
        let sight = Sight::new(&near, 500);
        assert_eq!(sight.detail(|| anywhere), Detail::Block);
        assert_eq!(sight.detail(|| card(at.left, at.top)), Detail::Full);
        assert_eq!(sight.detail(|| card(at.right + 100.0, at.top)), Detail::Full, "just beside it");
    }

    /// Whatever shows is painted in full, wherever the window is; small moves change nothing.
    #[test]
    fn what_shows_is_painted() {
        let mut window = viewport(0.8);
        let mut changes = 0;
        let mut last = Sight::new(&window, 500);
        for i in 0..500 {
            window.pan(f64::from(i % 7) * 3.0, -f64::from(i % 5) * 2.0);
            let sight = Sight::new(&window, 500);
            let visible = window.visible();
            for (x, y) in [(visible.left, visible.top), (visible.right, visible.bottom)] {
                assert_eq!(sight.detail(|| card(x - 100.0, y - 50.0)), Detail::Full, "step {i}");
            }
            changes += usize::from(sight != last);
            last = sight;
        }
        assert!(changes < 20, "{changes} changes");
    }
}
