//! Points on the screen and points of the drawing, which are different types so that nobody adds
//! one to the other.

use shared::design::{Mark, Node, NodeKind};

/// A point of the canvas in CSS pixels; the origin is its top left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ScreenPoint {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl ScreenPoint {
    /// The distance to `other` in pixels.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// A point of the drawing in world units: one unit is one pixel at 100 %.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WorldPoint {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

impl WorldPoint {
    /// The point at whole units, as documents have them.
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The distance to `other` in world units.
    pub fn distance(self, other: Self) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }
}

/// A rectangle of the drawing. Its sides never cross: see [`WorldRect::between`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldRect {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Bottom edge.
    pub bottom: f64,
}

impl WorldRect {
    /// The rectangle with these two corners, whichever they are.
    pub fn between(a: WorldPoint, b: WorldPoint) -> Self {
        Self { left: a.x.min(b.x), top: a.y.min(b.y), right: a.x.max(b.x), bottom: a.y.max(b.y) }
    }

    /// The card of a node.
    pub fn of_node(node: &Node) -> Self {
        let center = WorldPoint::new(f64::from(node.x), f64::from(node.y));
        Self::of_card(node.settings.kind(), center)
    }

    /// A note or a box.
    pub fn of_mark(mark: &Mark) -> Self {
        let [left, top, width, height] = [mark.x, mark.y, mark.width, mark.height].map(f64::from);
        Self { left, top, right: left + width, bottom: top + height }
    }

    /// A card of a kind of node with its centre at `center`.
    pub fn of_card(kind: NodeKind, center: WorldPoint) -> Self {
        let (width, height) = card_size(kind);
        Self {
            left: center.x - width / 2.0,
            top: center.y - height / 2.0,
            right: center.x + width / 2.0,
            bottom: center.y + height / 2.0,
        }
    }

    /// The smallest rectangle around all of `rects`; `None` if there are none.
    pub fn around(rects: impl IntoIterator<Item = Self>) -> Option<Self> {
        rects.into_iter().reduce(|a, b| Self {
            left: a.left.min(b.left),
            top: a.top.min(b.top),
            right: a.right.max(b.right),
            bottom: a.bottom.max(b.bottom),
        })
    }

    /// Whether `point` lies inside or on the edge.
    pub fn contains(&self, point: WorldPoint) -> bool {
        (self.left..=self.right).contains(&point.x) && (self.top..=self.bottom).contains(&point.y)
    }

    /// Whether all of `other` lies inside.
    pub fn covers(&self, other: &Self) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }

    /// The same with `margin` more on every side.
    #[must_use]
    pub fn grown(&self, margin: f64) -> Self {
        Self {
            left: self.left - margin,
            top: self.top - margin,
            right: self.right + margin,
            bottom: self.bottom + margin,
        }
    }

    /// Whether the two share a point.
    pub fn touches(&self, other: &Self) -> bool {
        self.left <= other.right
            && other.left <= self.right
            && self.top <= other.bottom
            && other.top <= self.bottom
    }

    /// Width in world units.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height in world units.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    /// The middle.
    pub fn center(&self) -> WorldPoint {
        WorldPoint::new((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }
}

/// Width and height of the card of a kind of node, world units. The size does not depend on what
/// the card shows, so nothing jumps while a run goes on.
pub const fn card_size(kind: NodeKind) -> (f64, f64) {
    match kind {
        NodeKind::Source => (200.0, 104.0),
        NodeKind::Balancer => (248.0, 132.0),
        NodeKind::Group => (264.0, 192.0),
        NodeKind::Dependency => (200.0, 104.0),
    }
}

/// Where links leave a card: the middle of its right edge. `None` for kinds that nothing leaves.
pub fn out_port(node: &Node) -> Option<WorldPoint> {
    let kind = node.settings.kind();
    let leaves = NodeKind::ALL.iter().any(|&to| shared::design::link_allowed(kind, to));
    let rect = WorldRect::of_node(node);
    leaves.then(|| WorldPoint::new(rect.right, f64::from(node.y)))
}

/// Where links arrive at a card: the middle of its left edge.
pub fn in_port(node: &Node) -> WorldPoint {
    WorldPoint::new(WorldRect::of_node(node).left, f64::from(node.y))
}

/// A cubic Bézier curve: how links are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Begin, first handle, second handle, end.
    pub points: [WorldPoint; 4],
}

impl Curve {
    /// The curve from an out port to an in port: it leaves to the right and arrives from the
    /// left, with handles that grow with the distance but never overshoot a short link.
    pub fn link(from: WorldPoint, to: WorldPoint) -> Self {
        let reach = ((to.x - from.x).abs() / 2.0).clamp(24.0, 160.0);
        let reach = if to.x < from.x { reach.max(80.0) } else { reach };
        Self {
            points: [
                from,
                WorldPoint::new(from.x + reach, from.y),
                WorldPoint::new(to.x - reach, to.y),
                to,
            ],
        }
    }

    /// The point at `t`, 0 to 1 (de Casteljau's polynomial form).
    pub fn at(&self, t: f64) -> WorldPoint {
        let [a, b, c, d] = self.points;
        let s = 1.0 - t;
        let (wa, wb, wc, wd) = (s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t);
        WorldPoint::new(
            wa * a.x + wb * b.x + wc * c.x + wd * d.x,
            wa * a.y + wb * b.y + wc * c.y + wd * d.y,
        )
    }

    /// The distance from `point` to the curve, from 24 samples: fine enough to be picked by a
    /// pointer.
    pub fn distance(&self, point: WorldPoint) -> f64 {
        const SAMPLES: i32 = 24;
        (0..=SAMPLES)
            .map(|i| self.at(f64::from(i) / f64::from(SAMPLES)).distance(point))
            .fold(f64::INFINITY, f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_begins_and_ends_at_its_ports() {
        let (from, to) = (WorldPoint::new(10.0, 20.0), WorldPoint::new(300.0, -40.0));
        let curve = Curve::link(from, to);
        assert_eq!((curve.at(0.0), curve.at(1.0)), (from, to));
        assert!(curve.distance(curve.at(0.5)) < 1e-9);
        assert!(curve.distance(WorldPoint::new(150.0, 500.0)) > 400.0);
    }

    #[test]
    fn rectangles_touch_at_their_edges() {
        let unit = |x: f64| WorldRect { left: x, top: 0.0, right: x + 1.0, bottom: 1.0 };
        assert!(unit(0.0).touches(&unit(1.0)));
        assert!(!unit(0.0).touches(&unit(1.5)));
        let both = WorldRect { left: 0.0, top: 0.0, right: 4.0, bottom: 1.0 };
        assert_eq!(WorldRect::around([unit(0.0), unit(3.0)]), Some(both));
        assert_eq!(WorldRect::around([]), None);
    }

    #[test]
    fn everything_leads_on() {
        for kind in NodeKind::ALL {
            let node =
                Node { name: String::new(), x: 0, y: 0, settings: kind.settings(), locked: false };
            assert!(out_port(&node).is_some(), "{kind}");
        }
    }
}
