//! What an architecture costs.
//!
//! Prices are facts with a date, not constants of nature; every one says where it comes from, and
//! a person can put another in its place ([`PriceBook`]). Meters turn use into dollars: instance
//! seconds, load balancer hours and capacity units, burst credits, data, alarms, and the requests
//! and key operations of a Worker.

mod bill;
mod billing;
mod book;
mod credits;
mod discount;
mod edge;
mod lcu;
mod meter;
mod price;
mod prices;
mod pricing;
mod services;

pub use bill::{Cost, PriceUsed};
pub use billing::{Ec2State, INSTANCE_MINIMUM, billed, hours_begun};
pub use book::PriceBook;
pub use credits::{CREDIT_RATES, CreditBalance, CreditMode, CreditRate};
pub use discount::Discounts;
pub use edge::{EdgeCost, EdgeUsage, WORKERS_PAID_MONTH};
pub use lcu::{Lcu, LcuUsage};
pub use meter::{CostMeter, balancer_usd};
pub use price::{CostError, Evidence, Price, Region};
pub use prices::{ALB_USD_PER_HOUR, INSTANCE_PRICES, InstancePrice, hourly_usd, instance_price};
pub use pricing::{LcuMeter, Pricing};
pub use services::{
    DataOutTier, FREE_ALARMS, HOURS_PER_MONTH, Item, data_out_tiers, data_out_usd, monitoring_usd,
};
