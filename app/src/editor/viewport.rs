//! Which part of the drawing the canvas shows, and how large.

use super::geometry::{ScreenPoint, WorldPoint, WorldRect};

/// Furthest out: 5,000 nodes in a grid still fit a small window.
const ZOOM_MIN: f64 = 0.1;
/// Closest in: a card fills the window.
const ZOOM_MAX: f64 = 4.0;
/// Fitting never blows a small drawing up beyond its natural size by more than this.
const FIT_ZOOM_MAX: f64 = 1.25;
/// Space that fitting leaves around the drawing, pixels.
const FIT_MARGIN: f64 = 48.0;

/// The window onto the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// The point of the drawing at the canvas's top left corner.
    origin: WorldPoint,
    /// Pixels for one world unit.
    zoom: f64,
    /// Width of the canvas, pixels.
    width: f64,
    /// Height of the canvas, pixels.
    height: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { origin: WorldPoint::default(), zoom: 1.0, width: 800.0, height: 600.0 }
    }
}

impl Viewport {
    /// The point of the drawing under a pixel.
    pub fn world(&self, point: ScreenPoint) -> WorldPoint {
        WorldPoint::new(self.origin.x + point.x / self.zoom, self.origin.y + point.y / self.zoom)
    }

    /// The pixel of a point of the drawing.
    pub fn screen(&self, point: WorldPoint) -> ScreenPoint {
        ScreenPoint {
            x: (point.x - self.origin.x) * self.zoom,
            y: (point.y - self.origin.y) * self.zoom,
        }
    }

    /// Pixels for one world unit.
    pub const fn zoom(&self) -> f64 {
        self.zoom
    }

    /// The point of the drawing in the middle of the canvas.
    pub fn center(&self) -> WorldPoint {
        self.world(ScreenPoint { x: self.width / 2.0, y: self.height / 2.0 })
    }

    /// Width and height of the canvas, pixels.
    pub const fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// The part of the drawing that shows.
    pub fn visible(&self) -> WorldRect {
        WorldRect::between(self.origin, self.world(ScreenPoint { x: self.width, y: self.height }))
    }

    /// The canvas has another size; its middle stays where it was.
    pub fn resize(&mut self, width: f64, height: f64) {
        let center = self.center();
        self.width = width.max(1.0);
        self.height = height.max(1.0);
        self.look_at(center);
    }

    /// Moves the drawing under the canvas by pixels.
    pub fn pan(&mut self, dx: f64, dy: f64) {
        self.origin.x -= dx / self.zoom;
        self.origin.y -= dy / self.zoom;
    }

    /// Multiplies the zoom; the point of the drawing under `at` stays there.
    pub fn zoom_at(&mut self, at: ScreenPoint, factor: f64) {
        if !(factor.is_finite() && factor > 0.0) {
            return;
        }
        let fixed = self.world(at);
        self.zoom = (self.zoom * factor).clamp(ZOOM_MIN, ZOOM_MAX);
        self.origin = WorldPoint::new(fixed.x - at.x / self.zoom, fixed.y - at.y / self.zoom);
    }

    /// Two fingers move and zoom: what lay between them before lies between them now.
    pub fn pinch(&mut self, from: ScreenPoint, to: ScreenPoint, factor: f64) {
        self.pan(to.x - from.x, to.y - from.y);
        self.zoom_at(to, factor);
    }

    /// Multiplies the zoom around the middle.
    pub fn zoom_by(&mut self, factor: f64) {
        self.zoom_at(ScreenPoint { x: self.width / 2.0, y: self.height / 2.0 }, factor);
    }

    /// Back to 100 %.
    pub fn zoom_reset(&mut self) {
        self.zoom_by(1.0 / self.zoom);
    }

    /// Shows all of `rect`, in the middle, as large as sensible.
    pub fn fit(&mut self, rect: &WorldRect) {
        let room = |size: f64| (size - 2.0 * FIT_MARGIN).max(1.0);
        let wide = room(self.width) / rect.width().max(1.0);
        let high = room(self.height) / rect.height().max(1.0);
        self.zoom = wide.min(high).min(FIT_ZOOM_MAX).clamp(ZOOM_MIN, ZOOM_MAX);
        self.look_at(rect.center());
    }

    /// Pans as little as it takes to show all of `rect`.
    pub fn reveal(&mut self, rect: &WorldRect) {
        let margin = FIT_MARGIN / self.zoom;
        let shown = self.visible();
        let shift = |low: f64, high: f64, shown_low: f64, shown_high: f64| {
            if low - margin < shown_low {
                low - margin - shown_low
            } else if high + margin > shown_high {
                high + margin - shown_high
            } else {
                0.0
            }
        };
        self.origin.x += shift(rect.left, rect.right, shown.left, shown.right);
        self.origin.y += shift(rect.top, rect.bottom, shown.top, shown.bottom);
    }

    /// Puts `point` into the middle of the canvas.
    pub fn look_at(&mut self, point: WorldPoint) {
        self.origin = WorldPoint::new(
            point.x - self.width / self.zoom / 2.0,
            point.y - self.height / self.zoom / 2.0,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: WorldPoint, b: WorldPoint) -> bool {
        a.distance(b) < 1e-6
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let mut viewport = Viewport::default();
        let at = ScreenPoint { x: 123.0, y: 456.0 };
        for factor in [1.1, 0.3, 100.0, 1e-9, 7.0] {
            let before = viewport.world(at);
            viewport.zoom_at(at, factor);
            assert!(close(viewport.world(at), before), "factor {factor}");
            assert!((ZOOM_MIN..=ZOOM_MAX).contains(&viewport.zoom()));
        }
        let before = viewport;
        viewport.zoom_at(at, f64::NAN);
        viewport.zoom_at(at, -1.0);
        assert_eq!(viewport, before);
    }

    #[test]
    fn fitting_shows_all_of_it() {
        let mut viewport = Viewport::default();
        for size in [10.0, 500.0, 4_500.0] {
            let rect = WorldRect { left: -3.0, top: 5.0, right: size, bottom: size };
            viewport.fit(&rect);
            let shown = viewport.visible();
            assert!(shown.left <= rect.left && shown.right >= rect.right, "{size}: {shown:?}");
            assert!(shown.top <= rect.top && shown.bottom >= rect.bottom, "{size}: {shown:?}");
        }
    }

    #[test]
    fn revealing_moves_only_if_it_must() {
        let mut viewport = Viewport::default();
        let before = viewport;
        viewport.reveal(&WorldRect { left: 100.0, top: 100.0, right: 200.0, bottom: 200.0 });
        assert_eq!(viewport, before);
        let far = WorldRect { left: 5_000.0, top: -900.0, right: 5_100.0, bottom: -800.0 };
        viewport.reveal(&far);
        assert!(viewport.visible().contains(far.center()));
    }

    #[test]
    fn resizing_keeps_the_middle() {
        let mut viewport = Viewport::default();
        viewport.zoom_by(1.7);
        let center = viewport.center();
        viewport.resize(333.0, 77.0);
        assert!(close(viewport.center(), center));
        let pixel = ScreenPoint { x: 9.0, y: 8.0 };
        assert!(viewport.screen(viewport.world(pixel)).distance(pixel) < 1e-6);
    }
}
