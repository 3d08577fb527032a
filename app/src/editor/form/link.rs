//! The settings of a link.

use super::parts::real;
use super::{Part, Unit};
use shared::design::Link;

/// The form of a link.
pub fn link_form(link: &Link) -> Vec<Part> {
    let latency =
        real("latency_ms", "field-latency", link.latency_ms, 0.0, 60_000.0, Unit::Milliseconds);
    vec![latency]
}
