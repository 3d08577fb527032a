//! Why a formula has no answer.

use std::fmt;

/// Why a formula has no answer for these inputs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TheoryError {
    /// More work comes than can be done: the queue grows for ever and has no mean.
    Unstable {
        /// Offered work over capacity, ≥ 1.
        utilisation: f64,
    },
    /// An input makes no sense, or is beyond what the computation holds.
    OutOfRange {
        /// Which input.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The least value allowed.
        min: f64,
        /// The greatest value allowed.
        max: f64,
    },
}

impl fmt::Display for TheoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Unstable { utilisation } => write!(
                f,
                "the load is {:.1} % of the capacity; below 100 % the queue has a mean",
                utilisation * 100.0
            ),
            Self::OutOfRange { name, value, min, max } => {
                write!(f, "{name} is {value}; it must be {min} to {max}")
            }
        }
    }
}

impl std::error::Error for TheoryError {}

/// The greatest rate or time, in any unit, that formulas take; the least is its inverse.
const SCALE_MAX: f64 = 1e15;

/// Refuses a rate or time that is not positive, and NaN.
pub(super) fn positive(name: &'static str, value: f64) -> Result<(), TheoryError> {
    within(name, value, 1.0 / SCALE_MAX, SCALE_MAX)
}

/// Refuses a value outside `min..=max`, and NaN.
pub(super) fn within(
    name: &'static str,
    value: f64,
    min: f64,
    max: f64,
) -> Result<(), TheoryError> {
    // The comparison is false for NaN.
    if value >= min && value <= max {
        Ok(())
    } else {
        Err(TheoryError::OutOfRange { name, value, min, max })
    }
}

/// Refuses a load of one or more.
pub(super) fn stable(utilisation: f64) -> Result<(), TheoryError> {
    if utilisation < 1.0 { Ok(()) } else { Err(TheoryError::Unstable { utilisation }) }
}
