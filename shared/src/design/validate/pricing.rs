//! What can be wrong with the prices of a design.

use super::Check;
use crate::cost::{INSTANCE_PRICES, Item};
use crate::design::{Place, Problem, RunSettings, Settings, Severity};

/// The highest price that is no typing error, US dollars.
const PRICE_MAX: f64 = 1e6;
/// The largest request or response on average, bytes.
const BYTES_MAX: f64 = 1e9;

impl Check<'_> {
    pub(super) fn pricing(&mut self, run: &RunSettings) {
        let pricing = &run.pricing;
        for (item, &usd) in &pricing.prices {
            let field = format!("pricing.prices.{item}");
            self.range(Place::Design, &field, usd, 0.0, PRICE_MAX, None);
            if !self.is_priced(item) {
                let problem = Problem::UnknownPrice { field, item: item.clone() };
                self.report(Severity::Warning, Place::Design, problem, None);
            }
        }
        let sizes = [
            ("pricing.request_bytes", pricing.request_bytes),
            ("pricing.response_bytes", pricing.response_bytes),
        ];
        for (field, bytes) in sizes {
            self.range(Place::Design, field, bytes, 0.0, BYTES_MAX, None);
        }
        let (field, requests) =
            ("pricing.requests_per_connection", pricing.requests_per_connection);
        self.range(Place::Design, field, requests, 1.0, 1e6, None);
    }

    /// Whether something could go by a price of `name`.
    fn is_priced(&self, name: &str) -> bool {
        let is_used = |settings: &Settings| match settings {
            Settings::Group(group) => group.instance_type == name,
            Settings::Source(_) | Settings::Balancer(_) | Settings::Dependency(_) => false,
        };
        Item::ALL.iter().any(|item| item.name() == name)
            || INSTANCE_PRICES.iter().any(|price| price.instance_type == name)
            || self.design.nodes.values().any(|node| is_used(&node.settings))
    }
}
