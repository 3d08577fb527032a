//! On-Demand prices of instances (Linux, shared tenancy), in US dollars an hour.
//!
//! N. Virginia: the price file generated on 2026-01-19 from the vendor's price list. Seoul: a few
//! types quoted from the price list (2026-10-01), the others from tables and bills that others
//! published, which do not always agree; those are marked as unverified.

use super::{Evidence, Price, Region};

/// The On-Demand price of one instance type in both regions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InstancePrice {
    /// The vendor's name of the type.
    pub instance_type: &'static str,
    /// Virtual CPUs.
    pub vcpus: u32,
    /// N. Virginia, price list of 2026-01-19, dollars an hour.
    pub us_east_1: f64,
    /// Seoul, dollars an hour, where a price is known, and how well.
    pub ap_northeast_2: Option<(f64, Evidence)>,
}

const fn price(
    instance_type: &'static str,
    vcpus: u32,
    us_east_1: f64,
    ap_northeast_2: Option<(f64, Evidence)>,
) -> InstancePrice {
    InstancePrice { instance_type, vcpus, us_east_1, ap_northeast_2 }
}

const LISTED: Evidence = Evidence::PriceList;
const UNVERIFIED: Evidence = Evidence::Unverified;

/// Every type with a price, from small to large within a family.
pub const INSTANCE_PRICES: &[InstancePrice] = &[
    price("t2.micro", 1, 0.0116, Some((0.0144, UNVERIFIED))),
    price("t2.small", 1, 0.023, None),
    price("t2.medium", 2, 0.0464, None),
    price("t3.nano", 2, 0.0052, None),
    price("t3.micro", 2, 0.0104, Some((0.013, UNVERIFIED))),
    price("t3.small", 2, 0.0208, Some((0.026, UNVERIFIED))),
    price("t3.medium", 2, 0.0416, Some((0.052, UNVERIFIED))),
    price("t3.large", 2, 0.0832, Some((0.104, UNVERIFIED))),
    price("t3.xlarge", 4, 0.1664, Some((0.208, LISTED))),
    price("t3.2xlarge", 8, 0.3328, Some((0.416, LISTED))),
    price("t3a.micro", 2, 0.0094, None),
    price("t4g.micro", 2, 0.0084, Some((0.0104, UNVERIFIED))),
    price("t4g.small", 2, 0.0168, Some((0.0208, LISTED))),
    price("t4g.medium", 2, 0.0336, Some((0.0416, UNVERIFIED))),
    price("t4g.large", 2, 0.0672, None),
    price("m5.large", 2, 0.096, Some((0.118, UNVERIFIED))),
    price("m5.xlarge", 4, 0.192, Some((0.236, UNVERIFIED))),
    price("m5.2xlarge", 8, 0.384, Some((0.472, UNVERIFIED))),
    price("m6i.large", 2, 0.096, None),
    price("m6i.xlarge", 4, 0.192, None),
    price("m6i.2xlarge", 8, 0.384, None),
    price("m6a.large", 2, 0.0864, None),
    price("m6g.large", 2, 0.077, None),
    price("m7g.medium", 1, 0.0408, None),
    price("m7g.large", 2, 0.0816, None),
    price("m7g.xlarge", 4, 0.1632, None),
    price("m7i.large", 2, 0.1008, None),
    price("m7a.large", 2, 0.115_92, None),
    price("m8g.large", 2, 0.089_76, None),
    price("c5.large", 2, 0.085, Some((0.096, UNVERIFIED))),
    price("c5.xlarge", 4, 0.17, None),
    price("c5a.large", 2, 0.077, None),
    price("c6i.large", 2, 0.085, None),
    price("c6a.large", 2, 0.0765, None),
    price("c6g.large", 2, 0.068, None),
    price("c7g.large", 2, 0.0725, None),
    price("c7g.xlarge", 4, 0.145, None),
    price("c7i.large", 2, 0.089_25, None),
    price("c7a.large", 2, 0.102_64, None),
    price("c8g.large", 2, 0.079_76, None),
    price("r5.large", 2, 0.126, Some((0.151, UNVERIFIED))),
    price("r6g.large", 2, 0.1008, None),
    price("r7g.large", 2, 0.1071, None),
];

/// An Application Load Balancer, dollars an hour, both regions (Seoul: price list of 2026-10-01).
/// Capacity units are not part of it.
pub const ALB_USD_PER_HOUR: f64 = 0.0225;

/// Dollars an hour of one instance; `None` where no price is known.
pub fn hourly_usd(instance_type: &str, region: Region) -> Option<f64> {
    instance_price(instance_type, region).map(|price| price.usd)
}

/// The On-Demand price of one instance with its source; `None` where none is known.
pub fn instance_price(instance_type: &str, region: Region) -> Option<Price> {
    let row = INSTANCE_PRICES.iter().find(|price| price.instance_type == instance_type)?;
    let (usd, source, date, evidence) = match region {
        Region::UsEast1 => (row.us_east_1, "AWS price list", "2026-01-19", LISTED),
        Region::ApNortheast2 => match row.ap_northeast_2? {
            (usd, LISTED) => (usd, "AWS price list", "2026-10-01", LISTED),
            (usd, UNVERIFIED) => (usd, "tables published by users", "2026", UNVERIFIED),
        },
    };
    Some(Price { usd, per: "instance hour", source, date, evidence })
}
