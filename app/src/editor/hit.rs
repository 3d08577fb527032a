//! What lies under the pointer.

use super::geometry::{Curve, WorldPoint, WorldRect, in_port, out_port};
use super::selection::{Item, Selection};
use shared::design::{Design, Link, Mark, Node};
use shared::id::{LinkId, MarkId, NodeId};

/// How near a port the pointer must be, pixels.
const PORT_REACH: f64 = 14.0;
/// How near a link the pointer must be, pixels.
const LINK_REACH: f64 = 7.0;
/// How near the frame of a box the pointer must be, pixels.
const FRAME_REACH: f64 = 6.0;
/// How near a corner of the selected mark the pointer must be, pixels.
const CORNER_REACH: f64 = 10.0;
/// Height of the strip with a box's name, world units. It drags the box.
pub const BOX_TITLE: f64 = 28.0;

/// A thing under the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Nothing but the canvas.
    Canvas,
    /// A card.
    Node(NodeId),
    /// The port where links leave a card.
    Port(NodeId),
    /// A link.
    Link(LinkId),
    /// A note, or the name or frame of a box. Inside of a box lies the canvas.
    Mark(MarkId),
}

/// A corner of a mark, which can be dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Corner {
    /// Whether it is on the right.
    pub right: bool,
    /// Whether it is at the bottom.
    pub bottom: bool,
}

impl Corner {
    /// All four.
    pub const ALL: [Self; 4] = [
        Self { right: false, bottom: false },
        Self { right: true, bottom: false },
        Self { right: false, bottom: true },
        Self { right: true, bottom: true },
    ];

    /// Where it is on a rectangle.
    pub const fn of(self, rect: &WorldRect) -> WorldPoint {
        let x = if self.right { rect.right } else { rect.left };
        let y = if self.bottom { rect.bottom } else { rect.top };
        WorldPoint::new(x, y)
    }
}

/// The corner at `point` of the mark that alone is selected.
pub fn corner_at(
    design: &Design,
    selection: &Selection,
    point: WorldPoint,
    zoom: f64,
) -> Option<(MarkId, Corner)> {
    let Some(Item::Mark(id)) = selection.single() else { return None };
    let mark = design.marks.get(&id).filter(|mark| !mark.locked)?;
    let rect = WorldRect::of_mark(mark);
    let near = |corner: &Corner| corner.of(&rect).distance(point) <= CORNER_REACH / zoom;
    Corner::ALL.into_iter().find(near).map(|corner| (id, corner))
}

/// Whether `point` is where a mark can be taken: anywhere on a note, on the name or frame of a box.
fn takes(mark: &Mark, point: WorldPoint, zoom: f64) -> bool {
    let rect = WorldRect::of_mark(mark);
    if !mark.kind.is_box() {
        return rect.contains(point);
    }
    let reach = FRAME_REACH / zoom;
    let inside = rect.grown(-reach);
    let title = WorldRect { bottom: rect.top + BOX_TITLE, ..rect };
    rect.grown(reach).contains(point) && (title.contains(point) || !inside.contains(point))
}

/// The uppermost thing at `point`; ports before cards before links. Reaches are pixels, so `zoom`
/// is needed.
pub fn hit_test(design: &Design, point: WorldPoint, zoom: f64) -> Hit {
    let port_reach = PORT_REACH / zoom;
    let port =
        design.nodes.iter().rev().find(|(_, node)| {
            out_port(node).is_some_and(|port| port.distance(point) <= port_reach)
        });
    if let Some((&id, _)) = port {
        return Hit::Port(id);
    }
    if let Some(id) = node_at(design, point) {
        return Hit::Node(id);
    }
    let reach = LINK_REACH / zoom;
    let near = design.links.iter().rev().find(|(_, link)| {
        curve_of(design, link).is_some_and(|curve| curve.distance(point) <= reach)
    });
    if let Some((&id, _)) = near {
        return Hit::Link(id);
    }
    // Notes lie above boxes, and smaller boxes in larger ones.
    let marks = design.marks.iter().filter(|(_, mark)| takes(mark, point, zoom));
    let area = |mark: &Mark| i64::from(mark.width) * i64::from(mark.height);
    let order = |&(_, mark): &(&MarkId, &Mark)| (mark.kind.is_box(), area(mark));
    marks.min_by_key(order).map_or(Hit::Canvas, |(&id, _)| Hit::Mark(id))
}

/// The uppermost card at `point`. Later nodes lie above earlier ones.
pub fn node_at(design: &Design, point: WorldPoint) -> Option<NodeId> {
    let mut nodes = design.nodes.iter().rev();
    nodes.find(|(_, node)| WorldRect::of_node(node).contains(point)).map(|(&id, _)| id)
}

/// The curve along which a link is drawn, if its ends exist.
pub fn curve_of(design: &Design, link: &Link) -> Option<Curve> {
    curve_between(design.node(link.from)?, design.node(link.to)?)
}

/// The curve along which links between two nodes are drawn; `None` if nothing leaves the first.
pub fn curve_between(from: &Node, to: &Node) -> Option<Curve> {
    Some(Curve::link(out_port(from)?, in_port(to)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    #[test]
    fn boxes_are_taken_by_name_and_frame_and_notes_anywhere() {
        use shared::design::MarkKind;
        let mut design = Design::default();
        let mark = |kind, x, width| Mark {
            kind,
            text: String::new(),
            x,
            y: 0,
            width,
            height: 300,
            locked: false,
        };
        design.marks.insert(MarkId(1), mark(MarkKind::Region, 0, 400));
        design.marks.insert(MarkId(2), mark(MarkKind::Note, 100, 100));
        let hit = |x, y| hit_test(&design, WorldPoint::new(x, y), 1.0);
        assert_eq!(hit(20.0, 10.0), Hit::Mark(MarkId(1)), "its name");
        assert_eq!(hit(401.0, 200.0), Hit::Mark(MarkId(1)), "its frame");
        assert_eq!(hit(300.0, 200.0), Hit::Canvas, "its inside");
        assert_eq!(hit(150.0, 10.0), Hit::Mark(MarkId(2)), "a note above it");
        let selection = Selection::only(Item::Mark(MarkId(1)));
        let corner = corner_at(&design, &selection, WorldPoint::new(398.0, 302.0), 1.0);
        assert_eq!(corner, Some((MarkId(1), Corner { right: true, bottom: true })));
        assert_eq!(corner_at(&design, &selection, WorldPoint::new(200.0, 302.0), 1.0), None);
    }

    #[test]
    fn ports_lie_above_cards_and_cards_above_links() {
        let design = presets::seven_steps();
        let (&source, node) = design.nodes.iter().next().unwrap();
        let (&link, wire) = design.links.iter().next().unwrap();
        let center = WorldPoint::new(f64::from(node.x), f64::from(node.y));
        assert_eq!(hit_test(&design, center, 1.0), Hit::Node(source));
        assert_eq!(hit_test(&design, out_port(node).unwrap(), 1.0), Hit::Port(source));
        let middle = curve_of(&design, wire).unwrap().at(0.5);
        assert_eq!(hit_test(&design, middle, 1.0), Hit::Link(link));
        assert_eq!(hit_test(&design, WorldPoint::new(0.0, 900.0), 1.0), Hit::Canvas);
    }
}
