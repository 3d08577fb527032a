//! What a person can put in place of the tables, and what is assumed of traffic that no simulation
//! measures.
//!
//! The simulation counts requests, not bytes or connections. Load balancer capacity units and data
//! sent to the internet need both, so their averages are settings with a default.

use super::{CostError, LcuUsage, PriceBook, Region};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Prices in place of the tables', and assumptions about traffic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Pricing {
    /// US dollars by instance type (an hour) or by name of an [`super::Item`], such as `alb_hour`.
    pub prices: BTreeMap<String, f64>,
    /// Bytes of a request with its headers, on average, 0 to 1,000,000,000.
    pub request_bytes: f64,
    /// Bytes of a response with its headers, on average, 0 to 1,000,000,000.
    pub response_bytes: f64,
    /// Requests that a client sends over one connection, on average, 1 to 1,000,000.
    pub requests_per_connection: f64,
}

impl Default for Pricing {
    /// A small API call, ten of them on a connection.
    fn default() -> Self {
        Self {
            prices: BTreeMap::new(),
            request_bytes: 500.0,
            response_bytes: 2_000.0,
            requests_per_connection: 10.0,
        }
    }
}

impl Pricing {
    /// The tables of `region` with these prices in their place.
    ///
    /// # Errors
    ///
    /// The first price that is negative or no number.
    pub fn book(&self, region: Region) -> Result<PriceBook, CostError> {
        let mut book = PriceBook::new(region);
        self.prices.iter().try_for_each(|(name, &usd)| book.set(name.as_str(), usd))?;
        Ok(book)
    }

    /// What a balancer does when `requests` pass through it in an hour. A connection counts as
    /// active in the minute in which it was opened.
    pub fn usage(&self, requests: f64) -> LcuUsage {
        let new_connections_per_s = requests / self.requests_per_connection.max(1.0) / 3_600.0;
        LcuUsage {
            new_connections_per_s,
            active_connections: new_connections_per_s * 60.0,
            gb_per_hour: requests * (self.request_bytes + self.response_bytes) / BYTES_PER_GB,
            requests_per_s: requests / 3_600.0,
            ..LcuUsage::default()
        }
    }

    /// Gigabytes that `responses` send to the internet.
    pub fn data_out_gb(&self, responses: u64) -> f64 {
        responses as f64 * self.response_bytes / BYTES_PER_GB
    }
}

const BYTES_PER_GB: f64 = 1e9;

/// Capacity units of one load balancer, hour by hour.
///
/// The units of an hour are those of its average: the largest dimension of what happened in it,
/// over a whole hour. An hour that has begun counts as far as it has been used.
#[derive(Clone, Debug, Default)]
pub struct LcuMeter {
    /// Unit-hours of the hours that are over.
    ended: f64,
    /// Requests up to the beginning of the running hour.
    before: u64,
    /// Requests so far.
    requests: u64,
    /// The running hour, counted from zero.
    hour: u64,
}

impl LcuMeter {
    /// `second` seconds after the start, `requests` have passed. Call it at least once an hour.
    pub fn observe(&mut self, second: u64, requests: u64, pricing: &Pricing) {
        self.requests = requests;
        // A second that ends with the hour belongs to it.
        if second / 3_600 > self.hour {
            self.ended = self.unit_hours(pricing);
            (self.hour, self.before) = (second / 3_600, requests);
        }
    }

    /// Unit-hours so far.
    pub fn unit_hours(&self, pricing: &Pricing) -> f64 {
        let requests = self.requests.saturating_sub(self.before) as f64;
        self.ended + pricing.usage(requests).units().billed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 new connections a second are four units, and a month of it is the vendor's example:
    /// 744 hours, $16.74 + $23.808.
    #[test]
    fn a_month_of_a_hundred_connections_a_second() {
        let pricing = Pricing {
            request_bytes: 0.0,
            response_bytes: 0.0,
            requests_per_connection: 1.0,
            ..Pricing::default()
        };
        let mut meter = LcuMeter::default();
        for minute in 1..=744 * 60 {
            meter.observe(minute * 60, minute * 6_000, &pricing);
        }
        let units = meter.unit_hours(&pricing);
        assert!((units - 4.0 * 744.0).abs() < 1e-6, "{units}");
        assert!((units * 0.008 - 23.808).abs() < 1e-6);
    }

    /// Bytes are the largest dimension of long answers, and what was used never falls.
    #[test]
    fn the_largest_dimension_counts_and_never_falls() {
        let pricing = Pricing { response_bytes: 1e6, request_bytes: 0.0, ..Pricing::default() };
        let mut meter = LcuMeter::default();
        let mut last = 0.0;
        for second in 1..=7_200 {
            meter.observe(second, second * 10, &pricing);
            let units = meter.unit_hours(&pricing);
            assert!(units >= last, "second {second}");
            last = units;
        }
        assert!((last - 72.0).abs() < 1e-9, "{last}");
    }

    #[test]
    fn prices_are_checked() {
        let prices = BTreeMap::from([("alb_hour".to_owned(), -1.0)]);
        let pricing = Pricing { prices, ..Pricing::default() };
        assert!(matches!(pricing.book(Region::UsEast1), Err(CostError::BadPrice { .. })));
    }
}
