//! Points in time and lengths of time, as whole nanoseconds.
//!
//! Integers, because sums of floats depend on their order and a simulation must not. A `u64` of
//! nanoseconds holds 584 years. All arithmetic saturates: a sum cannot wrap around, a difference
//! cannot go below zero, and neither can panic.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// A point in time: nanoseconds since the start of the run (simulation) or since the Unix
/// epoch (Worker). The core only ever compares and subtracts them.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Timestamp(u64);

/// A length of time in nanoseconds.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Span(u64);

const NS_PER_US: u64 = 1_000;
const NS_PER_MS: u64 = 1_000_000;
const NS_PER_S: u64 = 1_000_000_000;

impl Timestamp {
    /// The start of time.
    pub const ZERO: Self = Self(0);
    /// Later than anything that happens.
    pub const MAX: Self = Self(u64::MAX);

    /// The point `ns` nanoseconds after [`Timestamp::ZERO`].
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// The point `ms` milliseconds after [`Timestamp::ZERO`].
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms.saturating_mul(NS_PER_MS))
    }

    /// The point `s` seconds after [`Timestamp::ZERO`].
    pub const fn from_s(s: u64) -> Self {
        Self(s.saturating_mul(NS_PER_S))
    }

    /// Nanoseconds since [`Timestamp::ZERO`].
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since [`Timestamp::ZERO`].
    pub const fn as_ms(self) -> u64 {
        self.0 / NS_PER_MS
    }

    /// Seconds since [`Timestamp::ZERO`], for display and for rates.
    pub fn as_s_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S as f64
    }

    /// The time from `earlier` to here; zero if `earlier` is later, so that a wall clock that
    /// jumps back yields an idle moment and never a huge span.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// Longer than anything that lasts.
    pub const MAX: Self = Self(u64::MAX);

    /// A span of `ns` nanoseconds.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// A span of `us` microseconds.
    pub const fn from_us(us: u64) -> Self {
        Self(us.saturating_mul(NS_PER_US))
    }

    /// A span of `ms` milliseconds.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms.saturating_mul(NS_PER_MS))
    }

    /// A span of `s` seconds.
    pub const fn from_s(s: u64) -> Self {
        Self(s.saturating_mul(NS_PER_S))
    }

    /// A span of `s` seconds, rounded to the nearest nanosecond. Negative values and NaN give
    /// zero; values beyond the range give [`Span::MAX`].
    pub fn from_s_f64(s: f64) -> Self {
        // `as` from float to integer saturates and maps NaN to zero.
        Self((s * NS_PER_S as f64 + 0.5) as u64)
    }

    /// A span of `ms` milliseconds; see [`Span::from_s_f64`] for rounding and range.
    pub fn from_ms_f64(ms: f64) -> Self {
        Self((ms * NS_PER_MS as f64 + 0.5) as u64)
    }

    /// A span of `ns` nanoseconds, rounded to the nearest. Negative values and NaN give zero; 292
    /// years are the most.
    #[inline]
    pub fn from_ns_f64(ns: f64) -> Self {
        // By way of a signed number, for which machines have an instruction.
        Self(((ns + 0.5) as i64).max(0) as u64)
    }

    /// Nanoseconds.
    pub const fn as_ns(self) -> u64 {
        self.0
    }

    /// Whole milliseconds.
    pub const fn as_ms(self) -> u64 {
        self.0 / NS_PER_MS
    }

    /// Milliseconds with their fraction, for display.
    pub fn as_ms_f64(self) -> f64 {
        self.0 as f64 / NS_PER_MS as f64
    }

    /// Seconds with their fraction, for display and for rates.
    pub fn as_s_f64(self) -> f64 {
        self.0 as f64 / NS_PER_S as f64
    }

    /// True for a span of no length.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self` times a factor that is not negative, to the nearest nanosecond.
    pub fn scaled(self, factor: f64) -> Self {
        Self((self.0 as f64 * factor + 0.5) as u64)
    }

    /// `self` taken `n` times.
    pub const fn times(self, n: u64) -> Self {
        Self(self.0.saturating_mul(n))
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Timestamp {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Span {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Span {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Span {
    /// In the largest unit that keeps three digits: `350 ns`, `1.5 ms`, `90 s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, unit) = match self.0 {
            ns if ns < NS_PER_US => (ns as f64, "ns"),
            ns if ns < NS_PER_MS => (ns as f64 / NS_PER_US as f64, "µs"),
            ns if ns < NS_PER_S => (ns as f64 / NS_PER_MS as f64, "ms"),
            ns => (ns as f64 / NS_PER_S as f64, "s"),
        };
        let text = format!("{value:.3}");
        write!(f, "{} {unit}", text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nanoseconds_are_rounded() {
        let cases = [
            (0.0, 0),
            (0.49, 0),
            (0.5, 1),
            (1e9 + 0.4, 1_000_000_000),
            (-0.4, 0),
            (-1e30, 0),
            (f64::NAN, 0),
            (1e30, i64::MAX as u64),
        ];
        for (ns, whole) in cases {
            assert_eq!(Span::from_ns_f64(ns).as_ns(), whole, "{ns}");
        }
    }

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Timestamp::from_s(1).since(Timestamp::from_s(2)), Span::ZERO);
        assert_eq!(Timestamp::MAX + Span::from_s(1), Timestamp::MAX);
        assert_eq!(Span::from_s(u64::MAX), Span::MAX);
        assert_eq!(Span::from_s(1) - Span::from_s(2), Span::ZERO);
    }

    #[test]
    fn floats_round_and_saturate() {
        let cases = [
            (0.0, 0),
            (1.5e-9, 2),
            (0.02, 20_000_000),
            (-1.0, 0),
            (f64::NAN, 0),
            (f64::INFINITY, u64::MAX),
        ];
        for (seconds, ns) in cases {
            assert_eq!(Span::from_s_f64(seconds).as_ns(), ns, "{seconds} s");
        }
    }

    #[test]
    fn spans_read_well() {
        let cases = [(350, "350 ns"), (1_500_000, "1.5 ms"), (90 * NS_PER_S, "90 s")];
        for (ns, text) in cases {
            assert_eq!(Span::from_ns(ns).to_string(), text);
        }
    }
}
