//! Back-off: how long to wait before retry N, so that clients do not come back all at once.
//!
//! Envoy's fully jittered exponential: uniform in `[0, min((2^N - 1) * base, max))`, with base
//! 25 ms and max ten times the base unless configured.

use crate::balance::ConfigError;
use crate::rng::Rng;
use crate::time::Span;

/// A back-off rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    base: Span,
    max: Span,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Span::from_ms(25), max: Span::from_ms(250) }
    }
}

impl Backoff {
    /// A rule with this base; `max_ms` is ten times the base if not given.
    ///
    /// # Errors
    ///
    /// A base that is not above zero, or a maximum below it.
    pub fn new(base_ms: f64, max_ms: Option<f64>) -> Result<Self, ConfigError> {
        ConfigError::check("backoff.base_ms", base_ms, 0.001, 3_600_000.0)?;
        let max_ms = max_ms.unwrap_or(base_ms * 10.0);
        ConfigError::check("backoff.max_ms", max_ms, base_ms, 36_000_000.0)?;
        Ok(Self { base: Span::from_ms_f64(base_ms), max: Span::from_ms_f64(max_ms) })
    }

    /// The wait before retry `number` (1 is the first) is below this.
    pub fn bound(&self, number: u32) -> Span {
        let doublings = 1_u64.checked_shl(number).map_or(u64::MAX, |power| power - 1);
        self.base.times(doublings).min(self.max)
    }

    /// The wait before retry `number`.
    pub fn wait(&self, number: u32, rng: &mut Rng) -> Span {
        Span::from_ns(rng.below(self.bound(number).as_ns()))
    }
}
