//! The settings of a link.

use super::parts::{real, whole};
use super::{Part, Unit};
use shared::design::{Link, NodeKind};

/// The form of a link that begins at a node of kind `from`: only a load balancer shares its requests
/// out by weight and level, only those that work on requests ask others.
pub fn link_form(link: &Link, from: Option<NodeKind>) -> Vec<Part> {
    let (path, latency) = ("latency_ms", link.latency_ms);
    let mut parts = vec![real(path, "field-latency", latency, 0.0, 60_000.0, Unit::Milliseconds)];
    if from == Some(NodeKind::Balancer) {
        parts.push(whole("weight", "field-weight", link.weight, 0, 1_000, Unit::None));
        parts.push(whole("priority", "field-priority", link.priority, 0, 127, Unit::None));
    }
    if from.is_some_and(NodeKind::works) {
        parts.push(whole("copies", "field-copies", link.copies, 1, 1_000, Unit::None));
    }
    parts
}
