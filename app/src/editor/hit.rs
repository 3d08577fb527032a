//! What lies under the pointer.

use super::geometry::{Curve, WorldPoint, WorldRect, in_port, out_port};
use shared::design::{Design, Link};
use shared::id::{LinkId, NodeId};

/// How near a port the pointer must be, pixels.
const PORT_REACH: f64 = 14.0;
/// How near a link the pointer must be, pixels.
const LINK_REACH: f64 = 7.0;

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
    near.map_or(Hit::Canvas, |(&id, _)| Hit::Link(id))
}

/// The uppermost card at `point`. Later nodes lie above earlier ones.
pub fn node_at(design: &Design, point: WorldPoint) -> Option<NodeId> {
    let mut nodes = design.nodes.iter().rev();
    nodes.find(|(_, node)| WorldRect::of_node(node).contains(point)).map(|(&id, _)| id)
}

/// The curve along which a link is drawn, if its ends exist.
pub fn curve_of(design: &Design, link: &Link) -> Option<Curve> {
    let from = out_port(design.node(link.from)?)?;
    Some(Curve::link(from, in_port(design.node(link.to)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

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
