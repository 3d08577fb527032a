//! The price book: the tables, with what a person has put in their place.

use super::{CostError, Evidence, Item, Price, Region, instance_price};
use std::collections::BTreeMap;

/// Prices of a region, some of them overridden.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceBook {
    region: Region,
    /// By name of an [`Item`] or of an instance type.
    overrides: BTreeMap<String, f64>,
}

impl PriceBook {
    /// The tables of a region.
    pub const fn new(region: Region) -> Self {
        Self { region, overrides: BTreeMap::new() }
    }

    /// Puts a price in place of the table's: `name` is an instance type or [`Item::name`].
    ///
    /// # Errors
    ///
    /// The price is negative or no number.
    pub fn set(&mut self, name: impl Into<String>, usd: f64) -> Result<(), CostError> {
        let name = name.into();
        if !(usd.is_finite() && usd >= 0.0) {
            return Err(CostError::BadPrice { item: name, usd });
        }
        self.overrides.insert(name, usd);
        Ok(())
    }

    /// The price of an instance hour.
    ///
    /// # Errors
    ///
    /// Neither the table nor anybody has one.
    pub fn instance(&self, instance_type: &str) -> Result<Price, CostError> {
        self.overridden(instance_type, "instance hour")
            .or_else(|| instance_price(instance_type, self.region))
            .ok_or_else(|| CostError::UnknownInstanceType {
                instance_type: instance_type.to_owned(),
                region: self.region,
            })
    }

    /// The price of anything else; `None` where the region's is not known.
    pub fn item(&self, item: Item) -> Option<Price> {
        let listed = item.price(self.region);
        let per = listed.map_or(item.name(), |price| price.per);
        self.overridden(item.name(), per).or(listed)
    }

    /// What a person has put in place of an item's price, if they have.
    pub fn overridden_item(&self, item: Item) -> Option<f64> {
        self.overrides.get(item.name()).copied()
    }

    fn overridden(&self, name: &str, per: &'static str) -> Option<Price> {
        let usd = *self.overrides.get(name)?;
        let (source, date) = ("set by the user", "now");
        Some(Price { usd, per, source, date, evidence: Evidence::Unverified })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_win_and_are_checked() {
        let mut book = PriceBook::new(Region::ApNortheast2);
        assert_eq!(book.instance("m5.large").map(|price| price.usd), Ok(0.118));
        book.set("m5.large", 0.114).unwrap();
        book.set(Item::NatHour.name(), 0.0).unwrap();
        assert_eq!(book.instance("m5.large").map(|price| price.usd), Ok(0.114));
        assert_eq!(book.item(Item::NatHour).map(|price| price.usd), Some(0.0));
        assert!(matches!(book.set("x", -0.1), Err(CostError::BadPrice { .. })));
        assert!(matches!(book.set("x", f64::NAN), Err(CostError::BadPrice { .. })));
        let unknown = book.instance("m9.huge").unwrap_err();
        assert!(unknown.to_string().contains("m9.huge"), "{unknown}");
    }

    /// Every price says where it is from, and none is negative.
    #[test]
    fn every_price_is_founded() {
        for region in Region::ALL {
            let items = Item::ALL.iter().filter_map(|item| item.price(region));
            let types = super::super::INSTANCE_PRICES.iter();
            let types = types.filter_map(|row| instance_price(row.instance_type, region));
            for price in items.chain(types) {
                assert!(price.usd >= 0.0 && !price.source.is_empty(), "{price}");
                assert!(price.date.starts_with("20"), "{price}");
            }
        }
    }
}
