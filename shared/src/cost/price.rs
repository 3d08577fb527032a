//! What a price is: a number with a unit, a source and a date.

use serde::{Deserialize, Serialize};
use std::fmt;

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

/// A price as found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// US dollars.
    pub usd: f64,
    /// For what.
    pub per: &'static str,
    /// Where it was found.
    pub source: &'static str,
    /// When it was valid or was seen: year, month and day as far as known.
    pub date: &'static str,
    /// How well it is founded.
    pub evidence: Evidence,
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { usd, per, source, date, evidence } = self;
        write!(f, "${usd} per {per} ({source}, {date}")?;
        match evidence {
            Evidence::PriceList => write!(f, ")"),
            Evidence::Unverified => write!(f, "; unverified)"),
        }
    }
}

/// Why a price or a quantity cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub enum CostError {
    /// A price is negative or no number.
    BadPrice {
        /// What it is the price of.
        item: String,
        /// The price found.
        usd: f64,
    },
    /// No price is known for the instance type.
    UnknownInstanceType {
        /// The type.
        instance_type: String,
        /// Where.
        region: Region,
    },
    /// A discount is no percentage, or deeper than the vendor gives.
    Discount {
        /// Which one.
        name: &'static str,
        /// Percent found.
        percent: f64,
        /// Most percent possible.
        max: f64,
    },
}

impl fmt::Display for CostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadPrice { item, usd } => {
                write!(f, "the price of {item} is {usd}: give dollars, zero or more")
            }
            Self::UnknownInstanceType { instance_type, region } => write!(
                f,
                "no price is known for \"{instance_type}\" in {}: choose a type of the table or \
                 give its price",
                region.name()
            ),
            Self::Discount { name, percent, max } => {
                write!(f, "the {name} discount is {percent} %: give 0 to {max}")
            }
        }
    }
}

impl std::error::Error for CostError {}
