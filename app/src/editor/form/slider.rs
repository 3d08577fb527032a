//! Which numbers have a slider beside their field, and how its positions become values.
//!
//! A slider helps where a person tries values rather than knows one: shares in percent, thresholds
//! that are shares, and rates. Shares lie evenly; rates lie by magnitude, because from 10 to 20
//! requests a second is as much of a change as from 1,000 to 2,000. What the field may hold beyond
//! the slider's ends is typed: the knob then rests at the end.

use super::{Number, Unit};

/// Positions of a slider whose values lie by magnitude, for each power of ten.
const STEPS_PER_DECADE: f64 = 20.0;
/// The rates that such a slider covers; lower and higher ones are typed.
const RATES: (f64, f64) = (1.0, 100_000.0);
/// Shares above the whole, such as of a weekend that is busier, are typed.
const PERCENT_MAX: f64 = 100.0;

/// A slider: whole positions from `first` to `last`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slider {
    /// Leftmost position.
    pub first: f64,
    /// Rightmost position.
    pub last: f64,
    by_magnitude: bool,
}

impl Slider {
    /// The slider of a number, if one helps.
    pub fn of(number: &Number) -> Option<Self> {
        // What is left out has no place on a line.
        number.value?;
        let (first, last, by_magnitude) = match number.unit {
            Unit::Percent => (number.min.max(0.0).ceil(), number.max.min(PERCENT_MAX), false),
            Unit::RequestsPerSecond => {
                // Zero, where it is allowed, is the position left of the least rate.
                let first = if number.min <= 0.0 { -1.0 } else { 0.0 };
                let decades = (RATES.1.min(number.max) / RATES.0).log10();
                (first, (decades * STEPS_PER_DECADE).floor(), true)
            }
            _ => return None,
        };
        (last - first >= 2.0).then_some(Self { first, last, by_magnitude })
    }

    /// The value at a position.
    pub fn value_at(self, position: f64) -> f64 {
        let position = position.clamp(self.first, self.last).round();
        if !self.by_magnitude {
            return position;
        }
        if position < 0.0 {
            return 0.0;
        }
        two_digits(RATES.0 * 10_f64.powf(position / STEPS_PER_DECADE))
    }

    /// The position nearest to a value.
    pub fn position_of(self, value: f64) -> f64 {
        let position = if !self.by_magnitude {
            value
        } else if value < RATES.0 {
            self.first
        } else {
            (value / RATES.0).log10() * STEPS_PER_DECADE
        };
        position.round().clamp(self.first, self.last)
    }
}

/// A value with two digits that count: nobody means 1,995 when dragging.
fn two_digits(value: f64) -> f64 {
    let unit = 10_f64.powf(value.log10().floor() - 1.0);
    let rounded = (value / unit).round() * unit;
    // The product of a small unit shows its binary tail.
    (rounded * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(unit: Unit, min: f64, max: f64) -> Number {
        Number { value: Some(50.0), min, max, integer: false, unit, absent: None }
    }

    #[test]
    fn shares_and_rates_have_sliders_other_numbers_do_not() {
        let percent = Slider::of(&number(Unit::Percent, 0.0, 1_000.0)).unwrap();
        assert_eq!((percent.first, percent.last), (0.0, 100.0));
        let target = Slider::of(&number(Unit::Percent, 1e-9, 1e15)).unwrap();
        assert_eq!((target.first, target.value_at(0.0)), (1.0, 1.0), "never below what is allowed");
        let rate = Slider::of(&number(Unit::RequestsPerSecond, 0.0, 1e6)).unwrap();
        assert_eq!((rate.value_at(rate.first), rate.value_at(rate.last)), (0.0, 100_000.0));
        assert_eq!(Slider::of(&number(Unit::Seconds, 0.0, 60.0)), None);
        let open = Number { value: None, ..number(Unit::Percent, 0.0, 100.0) };
        assert_eq!(Slider::of(&open), None);
    }

    /// Each position has a value of its own, greater than the one before, in the number's range,
    /// and finds its position again.
    #[test]
    fn positions_and_values_belong_together() {
        for number in [
            number(Unit::Percent, 0.0, 100.0),
            number(Unit::Percent, 1e-9, 1e15),
            number(Unit::RequestsPerSecond, 0.0, 1e6),
            number(Unit::RequestsPerSecond, 1.0, 2_000.0),
        ] {
            let slider = Slider::of(&number).unwrap();
            let mut last = f64::NEG_INFINITY;
            for position in slider.first as i32..=slider.last as i32 {
                let value = slider.value_at(position.into());
                assert!(value > last, "{number:?}: {position} is {value} after {last}");
                assert!((number.min..=number.max).contains(&value), "{number:?}: {value}");
                assert!((slider.position_of(value) - f64::from(position)).abs() < 0.5, "{value}");
                last = value;
            }
            assert!((slider.position_of(1e12) - slider.last).abs() < 0.5);
            assert!((slider.position_of(-5.0) - slider.first).abs() < 0.5);
        }
    }
}
