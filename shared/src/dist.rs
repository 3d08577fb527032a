//! Laws of random lengths of time: how long a request works, how long a server boots.
//!
//! A law is data in the design (`Law`, in milliseconds) and is checked once; sampling cannot fail.

use crate::math;
use crate::rng::Rng;
use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The law of a random length of time. All parameters are milliseconds but `cv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Law {
    /// Always the same.
    Constant {
        /// The value, ≥ 0.
        mean_ms: f64,
    },
    /// Every value between two bounds is as likely as any other.
    Uniform {
        /// Lower bound, ≥ 0.
        min_ms: f64,
        /// Upper bound, ≥ `min_ms`.
        max_ms: f64,
    },
    /// Memoryless: many short, few long; coefficient of variation 1. The law of the M in M/M/1.
    Exponential {
        /// Mean, ≥ 0.
        mean_ms: f64,
    },
    /// The product of many small factors; the usual shape of measured service times.
    Lognormal {
        /// Mean, > 0.
        mean_ms: f64,
        /// Coefficient of variation (standard deviation over mean), ≥ 0.
        cv: f64,
    },
}

/// Why a law makes no sense: the field, its value, and what it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct LawError {
    /// Name of the field as in the document.
    pub field: &'static str,
    /// The value found there.
    pub value: f64,
    /// The least value allowed.
    pub min: f64,
    /// The greatest value allowed.
    pub max: f64,
}

impl fmt::Display for LawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {}; it must be {} to {}", self.field, self.value, self.min, self.max)
    }
}

impl std::error::Error for LawError {}

/// The longest time a law may name: one day. Longer service or boot times are typing errors.
pub const LAW_MS_MAX: f64 = 86_400_000.0;
/// The greatest coefficient of variation: beyond it a run is too short to see the tail.
pub const LAW_CV_MAX: f64 = 100.0;

impl Law {
    /// Checks every parameter.
    pub fn check(&self) -> Result<(), LawError> {
        let within = |field, value: f64, min: f64, max: f64| {
            // The comparison is false for NaN, so NaN is refused too.
            if value >= min && value <= max {
                Ok(())
            } else {
                Err(LawError { field, value, min, max })
            }
        };
        match *self {
            Self::Constant { mean_ms } | Self::Exponential { mean_ms } => {
                within("mean_ms", mean_ms, 0.0, LAW_MS_MAX)
            }
            Self::Uniform { min_ms, max_ms } => {
                within("min_ms", min_ms, 0.0, LAW_MS_MAX)?;
                within("max_ms", max_ms, min_ms, LAW_MS_MAX)
            }
            Self::Lognormal { mean_ms, cv } => {
                within("mean_ms", mean_ms, 0.0, LAW_MS_MAX)?;
                within("cv", cv, 0.0, LAW_CV_MAX)
            }
        }
    }

    /// The mean in milliseconds.
    pub fn mean_ms(&self) -> f64 {
        match *self {
            Self::Constant { mean_ms }
            | Self::Exponential { mean_ms }
            | Self::Lognormal { mean_ms, .. } => mean_ms,
            Self::Uniform { min_ms, max_ms } => (min_ms + max_ms) / 2.0,
        }
    }

    /// The law with its constants worked out, ready to draw from.
    pub fn sampler(&self) -> Sampler {
        const NS_PER_MS: f64 = 1e6;
        match *self {
            Self::Constant { mean_ms } => Sampler::Constant(Span::from_ms_f64(mean_ms)),
            Self::Uniform { min_ms, max_ms } => Sampler::Uniform {
                min_ns: min_ms * NS_PER_MS,
                width_ns: (max_ms - min_ms) * NS_PER_MS,
            },
            Self::Exponential { mean_ms } => Sampler::Exponential { mean_ns: mean_ms * NS_PER_MS },
            Self::Lognormal { mean_ms, cv } => {
                // For ln X ~ N(mu, s²): s² = ln(1 + cv²), mean = exp(mu + s²/2).
                let variance = math::ln(1.0 + cv * cv);
                let mu = math::ln(mean_ms * NS_PER_MS) - variance / 2.0;
                Sampler::Lognormal { mu, sigma: math::sqrt(variance) }
            }
        }
    }
}

/// A law with its constants worked out.
#[derive(Clone, Debug, PartialEq)]
pub enum Sampler {
    /// Always this.
    Constant(Span),
    /// Uniform on `[min, min + width)`.
    Uniform {
        /// Lower bound in nanoseconds.
        min_ns: f64,
        /// Width in nanoseconds.
        width_ns: f64,
    },
    /// Exponential.
    Exponential {
        /// Mean in nanoseconds.
        mean_ns: f64,
    },
    /// Exponential of a normal.
    Lognormal {
        /// Mean of the logarithm of nanoseconds.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
}

impl Sampler {
    /// Draws a length of time.
    #[inline]
    pub fn sample(&self, rng: &mut Rng) -> Span {
        let ns = match *self {
            Self::Constant(span) => return span,
            Self::Uniform { min_ns, width_ns } => min_ns + width_ns * rng.unit(),
            Self::Exponential { mean_ns } => mean_ns * standard_exponential(rng),
            Self::Lognormal { mu, sigma } => math::exp(mu + sigma * standard_normal(rng)),
        };
        // The cast saturates; half a nanosecond is added to round to the nearest.
        Span::from_ns((ns + 0.5) as u64)
    }
}

/// An exponential variable of mean 1, by inversion.
#[inline]
pub fn standard_exponential(rng: &mut Rng) -> f64 {
    -math::ln(rng.unit_open_zero())
}

/// A normal variable of mean 0 and deviation 1 (Box and Muller, cosine branch: two draws, always,
/// so that a stream's position never depends on the values drawn).
pub fn standard_normal(rng: &mut Rng) -> f64 {
    let radius = math::sqrt(2.0 * standard_exponential(rng));
    radius * math::cos(2.0 * std::f64::consts::PI * rng.unit())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sample mean and coefficient of variation of 200,000 draws.
    fn moments(law: &Law) -> (f64, f64) {
        let (sampler, mut rng) = (law.sampler(), Rng::new(11));
        let n = 200_000;
        let draws: Vec<f64> = (0..n).map(|_| sampler.sample(&mut rng).as_ms_f64()).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / f64::from(n);
        (mean, math::sqrt(variance) / mean)
    }

    #[test]
    fn laws_have_their_moments() {
        let cases = [
            (Law::Constant { mean_ms: 20.0 }, 20.0, 0.0),
            (Law::Uniform { min_ms: 10.0, max_ms: 30.0 }, 20.0, 1.0 / 12_f64.sqrt()),
            (Law::Exponential { mean_ms: 20.0 }, 20.0, 1.0),
            (Law::Lognormal { mean_ms: 20.0, cv: 0.5 }, 20.0, 0.5),
        ];
        for (law, mean, cv) in cases {
            let (got_mean, got_cv) = moments(&law);
            assert!((got_mean / mean - 1.0).abs() < 0.01, "{law:?}: mean {got_mean}");
            assert!((got_cv - cv).abs() < 0.02, "{law:?}: cv {got_cv}");
            assert!((law.mean_ms() - mean).abs() < 1e-9);
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_value() {
        let cases = [
            (Law::Constant { mean_ms: -1.0 }, "mean_ms is -1; it must be 0 to 86400000"),
            (Law::Exponential { mean_ms: f64::NAN }, "mean_ms is NaN; it must be 0 to 86400000"),
            (Law::Uniform { min_ms: 5.0, max_ms: 4.0 }, "max_ms is 4; it must be 5 to 86400000"),
            (Law::Lognormal { mean_ms: 1.0, cv: 1e9 }, "cv is 1000000000; it must be 0 to 100"),
        ];
        for (law, message) in cases {
            assert_eq!(law.check().unwrap_err().to_string(), message);
        }
    }

    /// A law of zero length draws zero and does not divide or take a logarithm of it.
    #[test]
    fn zero_length_is_zero() {
        for law in [
            Law::Constant { mean_ms: 0.0 },
            Law::Exponential { mean_ms: 0.0 },
            Law::Lognormal { mean_ms: 0.0, cv: 1.0 },
        ] {
            assert_eq!(law.sampler().sample(&mut Rng::new(1)), Span::ZERO, "{law:?}");
        }
    }
}
