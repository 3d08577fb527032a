//! What an architecture costs.
//!
//! Prices are facts with a date, not constants of nature; every one says where it comes from.

mod meter;
mod prices;

pub use meter::{Cost, CostMeter, balancer_usd};
pub use prices::{ALB_USD_PER_HOUR, Evidence, INSTANCE_PRICES, InstancePrice, Region, hourly_usd};
