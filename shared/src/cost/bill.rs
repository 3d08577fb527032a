//! The bill of a run: what was spent by part, and which price each part goes by.

use super::{Evidence, Price};
use serde::{Deserialize, Serialize};

/// What was spent, by part, US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cost {
    /// Servers, by the second, at least a minute each start; discounts are taken off.
    pub instances_usd: f64,
    /// Load balancers, by the hour begun.
    pub balancers_usd: f64,
    /// CPU time of burstable servers in unlimited mode beyond the credits that they earned.
    #[serde(default)]
    pub surplus_credits_usd: f64,
    /// Capacity units of load balancers, by the hour, the largest dimension of each.
    #[serde(default)]
    pub lcu_usd: f64,
    /// Responses sent to the internet.
    #[serde(default)]
    pub data_out_usd: f64,
    /// CloudWatch alarms and metrics.
    #[serde(default)]
    pub cloudwatch_usd: f64,
}

impl Cost {
    /// All parts.
    pub fn total_usd(&self) -> f64 {
        self.parts().iter().map(|(_, usd)| usd).sum()
    }

    /// Every part with its name, in the order of bills.
    pub const fn parts(&self) -> [(&'static str, f64); 6] {
        [
            ("servers", self.instances_usd),
            ("surplus credits", self.surplus_credits_usd),
            ("load balancers", self.balancers_usd),
            ("capacity units", self.lcu_usd),
            ("data out", self.data_out_usd),
            ("CloudWatch", self.cloudwatch_usd),
        ]
    }
}

/// A price that a run's cost goes by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PriceUsed {
    /// What it is the price of: an instance type, or the name of an item such as `alb_hour`.
    pub item: String,
    /// US dollars; absent where no price is known, and then it counts as nothing.
    pub usd: Option<f64>,
    /// For what.
    pub per: String,
    /// Where it was found.
    pub source: String,
    /// When it was valid or was seen.
    pub date: String,
    /// False if it was not quoted from the vendor's own price list.
    pub verified: bool,
}

impl PriceUsed {
    /// The price of `item`, or the lack of one.
    pub fn new(item: &str, price: Option<Price>) -> Self {
        let text = |text: fn(&Price) -> &str| price.as_ref().map_or("", text).to_owned();
        Self {
            item: item.to_owned(),
            usd: price.map(|price| price.usd),
            per: text(|price| price.per),
            source: text(|price| price.source),
            date: text(|price| price.date),
            verified: price.is_some_and(|price| price.evidence == Evidence::PriceList),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_all_parts() {
        let cost = Cost {
            instances_usd: 1.0,
            balancers_usd: 2.0,
            surplus_credits_usd: 4.0,
            lcu_usd: 8.0,
            data_out_usd: 16.0,
            cloudwatch_usd: 32.0,
        };
        assert!((cost.total_usd() - 63.0).abs() < 1e-12);
    }
}
