//! What a balancer can be told at birth, and why it may refuse.

use super::{HealthCheckConfig, PolicyConfig};
use crate::time::Span;
use std::fmt;

/// Everything that shapes a balancer's decisions.
#[derive(Clone, Debug, PartialEq)]
pub struct BalancerConfig {
    /// How to choose among eligible backends.
    pub policy: PolicyConfig,
    /// When a backend counts as healthy.
    pub health_check: HealthCheckConfig,
    /// How long a draining backend may finish its requests.
    pub deregistration_delay: Span,
}

/// A setting that makes no sense: which, its value, what it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigError {
    /// Path of the field, such as `health_check.interval_s`.
    pub field: &'static str,
    /// Its value.
    pub value: f64,
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
    /// What else is asked of it, such as `a prime number`; empty for nothing.
    pub form: &'static str,
}

impl ConfigError {
    /// `Ok` if `value` lies in `min..=max`. NaN never does.
    pub(crate) fn check(field: &'static str, value: f64, min: f64, max: f64) -> Result<(), Self> {
        if value >= min && value <= max {
            return Ok(());
        }
        Err(Self { field, value, min, max, form: "" })
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, value, min, max, form } = self;
        let gap = if form.is_empty() { "" } else { " " };
        write!(f, "{field} is {value}: set it to {form}{gap}{min} to {max}")
    }
}

impl std::error::Error for ConfigError {}

impl BalancerConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        self.policy.check()?;
        self.health_check.check()
    }
}
