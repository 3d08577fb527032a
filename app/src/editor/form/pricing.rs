//! What is paid less for, what the bill assumes of traffic, and prices of a person's own.

use super::parts::{field, real, section, whole};
use super::{Control, Part, Syntax, Text, Unit};
use shared::cost::{Discounts, Pricing};
use shared::json;
use std::collections::BTreeMap;

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
            own_prices(&pricing.prices),
        ],
    )
}

/// Prices in one text: a map by names that contain dots has no paths for fields of its own.
fn own_prices(prices: &BTreeMap<String, f64>) -> Part {
    let value = prices.iter().map(|(name, usd)| format!("{name} = {usd}"));
    let value = value.collect::<Vec<_>>().join(", ");
    let absent = Some("own-prices-example");
    let control =
        Control::Text(Text { value, suggestions: Vec::new(), absent, syntax: Syntax::Prices });
    field("pricing.prices", "field-own-prices", control)
}

/// The prices of a text such as `m5.large = 0.1, alb_hour = 0.02`; `None` if it is no list of names
/// with numbers. Whether a price makes sense is the validation's to say.
pub fn prices_of(text: &str) -> Option<BTreeMap<String, f64>> {
    let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let entry = |entry: &str| {
        let (name, usd) = entry.split_once('=')?;
        let name = name.trim();
        let usd = json::number(usd.trim().trim_start_matches('$'))?;
        (!name.is_empty()).then(|| (name.to_owned(), usd))
    };
    let mut prices = BTreeMap::new();
    for priced in entries.map(entry) {
        let (name, usd) = priced?;
        prices.insert(name, usd);
    }
    Some(prices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_written_and_read() {
        let prices = prices_of(" m5.large = 0.1,alb_hour=$0.02, ").unwrap();
        assert_eq!(prices.get("m5.large"), Some(&0.1));
        let Part::Field(field) = own_prices(&prices) else { panic!("no field") };
        let Control::Text(text) = field.control else { panic!("no text") };
        assert_eq!(text.value, "alb_hour = 0.02, m5.large = 0.1");
        assert_eq!(prices_of(&text.value), Some(prices));
        assert_eq!(prices_of(""), Some(BTreeMap::new()));
        for bad in ["m5.large", "= 1", "a = b", "a = NaN", "a = 1 b = 2"] {
            assert_eq!(prices_of(bad), None, "{bad}");
        }
    }
}
