//! Price tables, in US dollars, with date and evidence.

use serde::{Deserialize, Serialize};

/// An AWS region with a price table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Region {
    /// N. Virginia.
    #[default]
    #[serde(rename = "us-east-1")]
    UsEast1,
    /// Seoul.
    #[serde(rename = "ap-northeast-2")]
    ApNortheast2,
}

impl Region {
    /// Every region with prices.
    pub const ALL: [Self; 2] = [Self::UsEast1, Self::ApNortheast2];

    /// The region's name at AWS.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsEast1 => "us-east-1",
            Self::ApNortheast2 => "ap-northeast-2",
        }
    }
}

/// How well a price is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Quoted from the vendor's own price list.
    PriceList,
    /// From bills or tables that others published; may be out of date.
    Unverified,
}

/// The On-Demand price of one instance type (Linux, shared tenancy) in both regions.
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
    price("t3.nano", 2, 0.0052, None),
    price("t3.micro", 2, 0.0104, Some((0.013, UNVERIFIED))),
    price("t3.small", 2, 0.0208, Some((0.026, UNVERIFIED))),
    price("t3.medium", 2, 0.0416, Some((0.052, UNVERIFIED))),
    price("t3.large", 2, 0.0832, Some((0.104, UNVERIFIED))),
    price("t3.xlarge", 4, 0.1664, Some((0.208, LISTED))),
    price("t3.2xlarge", 8, 0.3328, Some((0.416, LISTED))),
    price("t4g.small", 2, 0.0168, Some((0.0208, LISTED))),
    price("m5.large", 2, 0.096, Some((0.118, UNVERIFIED))),
    price("m5.xlarge", 4, 0.192, Some((0.236, UNVERIFIED))),
    price("m5.2xlarge", 8, 0.384, Some((0.472, UNVERIFIED))),
    price("m6i.large", 2, 0.096, None),
    price("m7g.medium", 1, 0.0408, None),
    price("m7g.large", 2, 0.0816, None),
    price("m7g.xlarge", 4, 0.1632, None),
    price("c5.large", 2, 0.085, Some((0.096, UNVERIFIED))),
    price("c5.xlarge", 4, 0.17, None),
    price("c7g.large", 2, 0.0725, None),
    price("c7g.xlarge", 4, 0.145, None),
    price("r5.large", 2, 0.126, Some((0.151, UNVERIFIED))),
];

/// An Application Load Balancer, dollars an hour, both regions (Seoul: price list of 2026-10-01).
/// Capacity units are not part of it.
pub const ALB_USD_PER_HOUR: f64 = 0.0225;

/// Dollars an hour of one instance; `None` where no price is known.
pub fn hourly_usd(instance_type: &str, region: Region) -> Option<f64> {
    let price = INSTANCE_PRICES.iter().find(|price| price.instance_type == instance_type)?;
    match region {
        Region::UsEast1 => Some(price.us_east_1),
        Region::ApNortheast2 => price.ap_northeast_2.map(|(usd, _)| usd),
    }
}
