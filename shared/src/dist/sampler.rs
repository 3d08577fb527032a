//! Drawing from a law.

use super::{Law, PERCENTILE_SHARES, standard_exponential, standard_normal};
use crate::math;
use crate::rng::RandomBits;
use crate::time::Span;

const NS_PER_MS: f64 = 1e6;

/// A law with its constants worked out, ready to draw from.
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
    /// Gamma.
    Gamma {
        /// Shape: `1 / cv²`.
        shape: f64,
        /// Scale in nanoseconds: the mean over the shape.
        scale_ns: f64,
    },
    /// Bounded Pareto, by inversion.
    Pareto {
        /// Lower bound in nanoseconds.
        min_ns: f64,
        /// Share of the unbounded law that lies below the upper bound.
        below_max: f64,
        /// `-1 / alpha`.
        exponent: f64,
    },
    /// The inverse of the distribution function as straight pieces.
    Percentiles {
        /// Values in nanoseconds at shares 0, 0.5, 0.9, 0.99 and 1.
        at_ns: [f64; 5],
    },
}

impl Law {
    /// The law ready to draw from.
    pub fn sampler(&self) -> Sampler {
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
            // So narrow that no nanosecond would differ.
            Self::Gamma { mean_ms, cv } if cv < 1e-6 => {
                Sampler::Constant(Span::from_ms_f64(mean_ms))
            }
            Self::Gamma { mean_ms, cv } => {
                let shape = 1.0 / (cv * cv);
                Sampler::Gamma { shape, scale_ns: mean_ms * NS_PER_MS / shape }
            }
            Self::Pareto { min_ms, max_ms, alpha } => Sampler::Pareto {
                min_ns: min_ms * NS_PER_MS,
                below_max: 1.0 - math::pow(min_ms / max_ms, alpha),
                exponent: -1.0 / alpha,
            },
            Self::Percentiles { min_ms, p50_ms, p90_ms, p99_ms, max_ms } => Sampler::Percentiles {
                at_ns: [min_ms, p50_ms, p90_ms, p99_ms, max_ms].map(|ms| ms * NS_PER_MS),
            },
        }
    }
}

impl Sampler {
    /// Draws a length of time.
    #[inline(always)]
    pub fn sample(&self, rng: &mut impl RandomBits) -> Span {
        match *self {
            // The usual law, and the one that is quick to draw from: it pays to do it on the spot.
            Self::Exponential { mean_ns } => Span::from_ns_f64(mean_ns * standard_exponential(rng)),
            _ => self.sample_another(rng),
        }
    }

    #[inline(never)]
    fn sample_another(&self, rng: &mut impl RandomBits) -> Span {
        let ns = match *self {
            Self::Constant(span) => return span,
            Self::Uniform { min_ns, width_ns } => min_ns + width_ns * rng.unit(),
            Self::Exponential { mean_ns } => mean_ns * standard_exponential(rng),
            Self::Lognormal { mu, sigma } => math::exp(mu + sigma * standard_normal(rng)),
            Self::Gamma { shape, scale_ns } => scale_ns * standard_gamma(shape, rng),
            Self::Pareto { min_ns, below_max, exponent } => {
                min_ns * math::pow(1.0 - below_max * rng.unit(), exponent)
            }
            Self::Percentiles { at_ns } => percentile(&at_ns, rng.unit()),
        };
        Span::from_ns_f64(ns)
    }
}

/// The value at `share` of the pieces.
fn percentile(at_ns: &[f64; 5], share: f64) -> f64 {
    let mut from = 0.0;
    for (ends, to) in at_ns.windows(2).zip(PERCENTILE_SHARES) {
        if let [low, high] = *ends
            && share < to
        {
            return low + (high - low) * (share - from) / (to - from);
        }
        from = to;
    }
    at_ns[4]
}

/// A gamma variable of scale 1 (Marsaglia and Tsang, 2000): the cube of a shifted normal, accepted
/// in over 95 % of all cases. Below shape 1, one of a shape higher by 1 times a power of a uniform.
fn standard_gamma(shape: f64, rng: &mut impl RandomBits) -> f64 {
    if shape < 1.0 {
        let shrunk = math::pow(rng.unit_open_zero(), 1.0 / shape);
        return shrunk * standard_gamma(shape + 1.0, rng);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / math::sqrt(9.0 * d);
    loop {
        let x = standard_normal(rng);
        let root = 1.0 + c * x;
        let cube = root * root * root;
        if cube <= 0.0 {
            continue;
        }
        if math::ln(rng.unit_open_zero()) < x * x / 2.0 + d - d * cube + d * math::ln(cube) {
            return d * cube;
        }
    }
}
