//! The settings of a link.

use super::law::law_section;
use super::parts::{json, real, whole};
use super::{Optional, Part, Unit};
use shared::design::{Link, NodeKind};
use shared::dist::Law;

/// The form of a link that begins at a node of kind `from`: only a load balancer shares its requests
/// out by weight and level, only those that work on requests ask others.
pub fn link_form(link: &Link, from: Option<NodeKind>) -> Vec<Part> {
    let mut parts = Vec::new();
    if link.latency.is_none() {
        let (path, latency) = ("latency_ms", link.latency_ms);
        parts.push(real(path, "field-latency", latency, 0.0, 60_000.0, Unit::Milliseconds));
    }
    let usual = Law::Lognormal { mean_ms: link.latency_ms.max(1.0), cv: 0.5 };
    parts.push(Part::Optional(Optional {
        path: "latency".to_owned(),
        title: "section-latency-law",
        default: json(&usual),
        parts: link
            .latency
            .as_ref()
            .map(|law| vec![law_section("latency", "section-latency-law", law)]),
    }));
    let (path, loss) = ("loss_percent", link.loss_percent);
    parts.push(real(path, "field-loss", loss, 0.0, 99.0, Unit::Percent));
    if from == Some(NodeKind::Balancer) {
        parts.push(whole("weight", "field-weight", link.weight, 0, 1_000, Unit::None));
        parts.push(whole("priority", "field-priority", link.priority, 0, 127, Unit::None));
    }
    if from.is_some_and(NodeKind::works) {
        parts.push(whole("copies", "field-copies", link.copies, 1, 1_000, Unit::None));
    }
    parts
}
