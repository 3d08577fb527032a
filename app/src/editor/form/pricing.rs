//! What is paid less for, and what the bill assumes of traffic. Prices of a person's own come from
//! files only.

use super::parts::{real, section, whole};
use super::{Part, Unit};
use shared::cost::{Discounts, Pricing};

/// The commitment of a group: a Savings Plan or reserved instances.
pub(super) fn commitment_section(discounts: &Discounts) -> Part {
    let (percent, count) = (discounts.committed_percent, discounts.committed_instances);
    section(
        "section-commitment",
        vec![
            whole(
                "discounts.committed_instances",
                "field-committed-instances",
                count,
                0,
                10_000,
                Unit::Servers,
            ),
            real(
                "discounts.committed_percent",
                "field-committed-percent",
                percent,
                0.0,
                Discounts::COMMITTED_MAX,
                Unit::Percent,
            ),
        ],
    )
}

/// Bytes and connections, which the simulation does not count.
pub(super) fn traffic_section(pricing: &Pricing) -> Part {
    let bytes = |path, label, value| real(path, label, value, 0.0, 1e9, Unit::Bytes);
    let per_connection = pricing.requests_per_connection;
    section(
        "section-billed-traffic",
        vec![
            bytes("pricing.request_bytes", "field-request-bytes", pricing.request_bytes),
            bytes("pricing.response_bytes", "field-response-bytes", pricing.response_bytes),
            real(
                "pricing.requests_per_connection",
                "field-requests-per-connection",
                per_connection,
                1.0,
                1e6,
                Unit::Requests,
            ),
        ],
    )
}
