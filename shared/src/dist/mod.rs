//! Laws of random lengths of time: how long a request works, how long a server boots.
//!
//! A law is data in the design ([`Law`], in milliseconds) and is checked once; drawing from it
//! ([`Sampler`]) cannot fail.

mod sampler;
mod ziggurat;

use crate::json::tagged;
use crate::math;
use serde::Serialize;
use std::fmt;

pub use sampler::Sampler;
pub use ziggurat::{standard_exponential, standard_normal};

tagged! {
    by "type", deny_unknown_fields;
    /// The law of a random length of time. All parameters are milliseconds but `cv`.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
        /// A sum of equal memoryless stages, and what lies between. A `cv` of `1/√k` is Erlang's law
        /// of k stages, 1 is the exponential; above 1 most are very short.
        Gamma {
            /// Mean, ≥ 0.
            mean_ms: f64,
            /// Coefficient of variation, ≥ 0.
            cv: f64,
        },
        /// A heavy tail between two bounds: the density falls as `x^-(alpha + 1)`. Sizes of files and
        /// jobs are like this; with `alpha` near 1, the largest percent are most of the work.
        Pareto {
            /// Lower bound, > 0.
            min_ms: f64,
            /// Upper bound, ≥ `min_ms`.
            max_ms: f64,
            /// How fast the tail falls, 0.1 to 10; smaller is heavier.
            alpha: f64,
        },
        /// As measured: percentiles, with straight lines between them.
        Percentiles {
            /// The fastest, ≥ 0.
            min_ms: f64,
            /// Half are faster.
            p50_ms: f64,
            /// 90 % are faster.
            p90_ms: f64,
            /// 99 % are faster.
            p99_ms: f64,
            /// The slowest.
            max_ms: f64,
        },
    }
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
/// The least time that a Pareto law may begin at: one nanosecond.
pub const PARETO_MS_MIN: f64 = 1e-6;
/// How fast the tail of a Pareto law may fall, least and most.
pub const PARETO_ALPHA: (f64, f64) = (0.1, 10.0);
/// Up to which share each straight piece of [`Law::Percentiles`] reaches.
pub(crate) const PERCENTILE_SHARES: [f64; 4] = [0.5, 0.9, 0.99, 1.0];

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
            Self::Lognormal { mean_ms, cv } | Self::Gamma { mean_ms, cv } => {
                within("mean_ms", mean_ms, 0.0, LAW_MS_MAX)?;
                within("cv", cv, 0.0, LAW_CV_MAX)
            }
            Self::Pareto { min_ms, max_ms, alpha } => {
                within("min_ms", min_ms, PARETO_MS_MIN, LAW_MS_MAX)?;
                within("max_ms", max_ms, min_ms, LAW_MS_MAX)?;
                within("alpha", alpha, PARETO_ALPHA.0, PARETO_ALPHA.1)
            }
            Self::Percentiles { min_ms, p50_ms, p90_ms, p99_ms, max_ms } => {
                within("min_ms", min_ms, 0.0, LAW_MS_MAX)?;
                within("p50_ms", p50_ms, min_ms, LAW_MS_MAX)?;
                within("p90_ms", p90_ms, p50_ms, LAW_MS_MAX)?;
                within("p99_ms", p99_ms, p90_ms, LAW_MS_MAX)?;
                within("max_ms", max_ms, p99_ms, LAW_MS_MAX)
            }
        }
    }

    /// The mean in milliseconds.
    pub fn mean_ms(&self) -> f64 {
        match *self {
            Self::Constant { mean_ms }
            | Self::Exponential { mean_ms }
            | Self::Lognormal { mean_ms, .. }
            | Self::Gamma { mean_ms, .. } => mean_ms,
            Self::Uniform { min_ms, max_ms } => (min_ms + max_ms) / 2.0,
            Self::Pareto { min_ms, max_ms, alpha } => pareto_mean(min_ms, max_ms, alpha),
            Self::Percentiles { min_ms, p50_ms, p90_ms, p99_ms, max_ms } => {
                let [a, b, c, d] = PERCENTILE_SHARES;
                let pieces = [
                    (a, min_ms + p50_ms),
                    (b - a, p50_ms + p90_ms),
                    (c - b, p90_ms + p99_ms),
                    (d - c, p99_ms + max_ms),
                ];
                pieces.iter().map(|(share, both_ends)| share * both_ends / 2.0).sum()
            }
        }
    }
}

/// Mean of the bounded Pareto law: the integral of `x · density`, with its limit at alpha 1.
fn pareto_mean(min: f64, max: f64, alpha: f64) -> f64 {
    let ratio = math::ln(max / min);
    if ratio <= 0.0 {
        return min;
    }
    // (1 - e^-x) / x, which is 1 at zero.
    let ramp = |x: f64| if x == 0.0 { 1.0 } else { -math::exp_m1(-x) / x };
    min * ramp((alpha - 1.0) * ratio) / ramp(alpha * ratio)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::time::Span;

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
            (Law::Gamma { mean_ms: 20.0, cv: 0.5 }, 20.0, 0.5),
            (Law::Gamma { mean_ms: 20.0, cv: 1.0 }, 20.0, 1.0),
            (Law::Gamma { mean_ms: 20.0, cv: 2.0 }, 20.0, 2.0),
            (Law::Gamma { mean_ms: 20.0, cv: 0.0 }, 20.0, 0.0),
            // From the first two moments by hand.
            (Law::Pareto { min_ms: 1.0, max_ms: 10.0, alpha: 3.0 }, 1.486_486_5, 0.472_4),
            (
                Law::Percentiles {
                    min_ms: 5.0,
                    p50_ms: 15.0,
                    p90_ms: 25.0,
                    p99_ms: 65.0,
                    max_ms: 265.0,
                },
                18.7,
                1.025_3,
            ),
        ];
        for (law, mean, cv) in cases {
            let (got_mean, got_cv) = moments(&law);
            assert!((got_mean / mean - 1.0).abs() < 0.01, "{law:?}: mean {got_mean}");
            assert!((got_cv - cv).abs() < 0.02, "{law:?}: cv {got_cv}");
            assert!((law.mean_ms() - mean).abs() < 1e-6, "{law:?}: {}", law.mean_ms());
        }
    }

    #[test]
    fn nonsense_is_refused_with_its_value() {
        let cases = [
            (Law::Constant { mean_ms: -1.0 }, "mean_ms is -1; it must be 0 to 86400000"),
            (Law::Exponential { mean_ms: f64::NAN }, "mean_ms is NaN; it must be 0 to 86400000"),
            (Law::Uniform { min_ms: 5.0, max_ms: 4.0 }, "max_ms is 4; it must be 5 to 86400000"),
            (Law::Lognormal { mean_ms: 1.0, cv: 1e9 }, "cv is 1000000000; it must be 0 to 100"),
            (
                Law::Pareto { min_ms: 0.0, max_ms: 1.0, alpha: 1.0 },
                "min_ms is 0; it must be 0.000001 to 86400000",
            ),
            (
                Law::Percentiles {
                    min_ms: 1.0,
                    p50_ms: 3.0,
                    p90_ms: 2.0,
                    p99_ms: 4.0,
                    max_ms: 5.0,
                },
                "p90_ms is 2; it must be 3 to 86400000",
            ),
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
            Law::Gamma { mean_ms: 0.0, cv: 1.0 },
            Law::Percentiles { min_ms: 0.0, p50_ms: 0.0, p90_ms: 0.0, p99_ms: 0.0, max_ms: 0.0 },
        ] {
            assert_eq!(law.sampler().sample(&mut Rng::new(1)), Span::ZERO, "{law:?}");
        }
    }
}
