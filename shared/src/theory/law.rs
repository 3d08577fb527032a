//! What the formulas need to know of a law of service times.

use super::error::{TheoryError, positive, within};
use crate::dist::Law;
use crate::math;

/// A law of service times, in any unit of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Service {
    /// Always the same; the D of M/D/1.
    Constant {
        /// The value.
        mean: f64,
    },
    /// Anything between two bounds.
    Uniform {
        /// Lower bound.
        min: f64,
        /// Upper bound.
        max: f64,
    },
    /// Memoryless; the second M of M/M/1.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// The sum of `shape` exponential times if that is whole: the E_k of M/E_k/1.
    Gamma {
        /// Mean.
        mean: f64,
        /// Shape, 0.01 to 10,000; the squared coefficient of variation is its inverse.
        shape: f64,
    },
    /// The exponential of a normal variable.
    Lognormal {
        /// Mean.
        mean: f64,
        /// Coefficient of variation, > 0.
        cv: f64,
    },
}

impl Service {
    /// The law of a design, in milliseconds; `None` if the formulas do not know it.
    pub fn of(law: &Law) -> Option<Self> {
        Some(match *law {
            Law::Constant { mean_ms } => Self::Constant { mean: mean_ms },
            Law::Uniform { min_ms, max_ms } if min_ms < max_ms => {
                Self::Uniform { min: min_ms, max: max_ms }
            }
            Law::Uniform { min_ms, .. } => Self::Constant { mean: min_ms },
            Law::Exponential { mean_ms } => Self::Exponential { mean: mean_ms },
            Law::Lognormal { mean_ms, cv } if cv > 0.0 => Self::Lognormal { mean: mean_ms, cv },
            Law::Gamma { mean_ms, cv } if cv > 0.0 => {
                Self::Gamma { mean: mean_ms, shape: 1.0 / (cv * cv) }
            }
            Law::Lognormal { mean_ms, .. } | Law::Gamma { mean_ms, .. } => {
                Self::Constant { mean: mean_ms }
            }
            Law::Pareto { .. } | Law::Percentiles { .. } => return None,
        })
    }

    /// Checks the parameters.
    pub(super) fn check(self) -> Result<(), TheoryError> {
        positive("mean service time", self.mean())?;
        match self {
            Self::Constant { .. } | Self::Exponential { .. } => Ok(()),
            Self::Uniform { min, max } => within("least service time", min, 0.0, max),
            Self::Gamma { shape, .. } => within("shape", shape, 0.01, 10_000.0),
            Self::Lognormal { cv, .. } => within("coefficient of variation", cv, 1e-3, 100.0),
        }
    }

    /// The mean.
    pub fn mean(self) -> f64 {
        match self {
            Self::Constant { mean }
            | Self::Exponential { mean }
            | Self::Gamma { mean, .. }
            | Self::Lognormal { mean, .. } => mean,
            Self::Uniform { min, max } => (min + max) / 2.0,
        }
    }

    /// The squared coefficient of variation: variance over squared mean.
    pub fn cv_squared(self) -> f64 {
        match self {
            Self::Constant { .. } => 0.0,
            Self::Uniform { min, max } => {
                let spread = (max - min) / (max + min);
                spread * spread / 3.0
            }
            Self::Exponential { .. } => 1.0,
            Self::Gamma { shape, .. } => 1.0 / shape,
            Self::Lognormal { cv, .. } => cv * cv,
        }
    }

    /// Probability that a service takes longer than `t`.
    pub fn tail(self, t: f64) -> f64 {
        if t < 0.0 {
            return 1.0;
        }
        match self {
            Self::Constant { mean } => f64::from(u8::from(t < mean)),
            Self::Uniform { min, max } => ((max - t) / (max - min)).clamp(0.0, 1.0),
            Self::Exponential { mean } => math::exp(-t / mean),
            Self::Gamma { mean, shape } => gamma_tail(shape, t * shape / mean),
            Self::Lognormal { mean, cv } => {
                let (mu, sigma) = normal_of(mean, cv);
                if t > 0.0 { normal_tail((math::ln(t) - mu) / sigma) } else { 1.0 }
            }
        }
    }

    /// `E[min(S, t)]`, the integral of the tail up to `t` ≥ 0. Divided by the mean it is the law of
    /// what is left of the service that a random moment falls into.
    pub fn limited_mean(self, t: f64) -> f64 {
        match self {
            Self::Constant { mean } => t.min(mean),
            Self::Uniform { min, max } => {
                let inside = (t.min(max) - min).max(0.0);
                t.min(min) + inside - inside * inside / (2.0 * (max - min))
            }
            Self::Exponential { mean } => -mean * math::exp_m1(-t / mean),
            Self::Gamma { mean, shape } => {
                let short = 1.0 - gamma_tail(shape + 1.0, t * shape / mean);
                mean * short + t * self.tail(t)
            }
            Self::Lognormal { mean, cv } => {
                let (mu, sigma) = normal_of(mean, cv);
                if t <= 0.0 {
                    return 0.0;
                }
                let short = normal_tail((mu - math::ln(t)) / sigma + sigma);
                mean * short + t * self.tail(t)
            }
        }
    }
}

/// Probability that a standard normal variable exceeds `x`.
pub(super) fn normal_tail(x: f64) -> f64 {
    math::erfc(x * std::f64::consts::FRAC_1_SQRT_2) / 2.0
}

/// Mean and deviation of the logarithm of a lognormal variable.
fn normal_of(mean: f64, cv: f64) -> (f64, f64) {
    let variance = math::ln_1p(cv * cv);
    (math::ln(mean) - variance / 2.0, math::sqrt(variance))
}

/// The regularised incomplete gamma function `Q(shape, x)`: by its series below `shape + 1`, by
/// Lentz's continued fraction above (Abramowitz and Stegun 6.5.29 and 6.5.31).
fn gamma_tail(shape: f64, x: f64) -> f64 {
    /// Terms at most: the series needs some times √shape of them.
    const TERMS_MAX: u32 = 5_000;
    const EPSILON: f64 = 1e-16;
    if x <= 0.0 {
        return 1.0;
    }
    let factor = math::exp(shape * math::ln(x) - x - math::ln_gamma(shape));
    if x < shape + 1.0 {
        let (mut term, mut sum) = (1.0 / shape, 1.0 / shape);
        for n in 1..TERMS_MAX {
            term *= x / (shape + f64::from(n));
            sum += term;
            if term < sum * EPSILON {
                break;
            }
        }
        return (1.0 - sum * factor).max(0.0);
    }
    let mut b = x + 1.0 - shape;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut fraction = d;
    for n in 1..TERMS_MAX {
        let a = -f64::from(n) * (f64::from(n) - shape);
        b += 2.0;
        d = 1.0 / (a * d + b);
        c = b + a / c;
        let step = c * d;
        fraction *= step;
        if (step - 1.0).abs() < EPSILON {
            break;
        }
    }
    fraction * factor
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAWS: [Service; 8] = [
        Service::Constant { mean: 2.0 },
        Service::Uniform { min: 1.0, max: 3.0 },
        Service::Exponential { mean: 2.0 },
        Service::Gamma { mean: 2.0, shape: 1.0 },
        Service::Gamma { mean: 2.0, shape: 4.0 },
        Service::Gamma { mean: 2.0, shape: 0.5 },
        Service::Gamma { mean: 2.0, shape: 400.0 },
        Service::Lognormal { mean: 2.0, cv: 1.5 },
    ];

    /// The integral of the tail is the limited mean, and the moments come out of the tail.
    #[test]
    fn tails_have_their_moments() {
        for law in LAWS {
            let (h, n) = (0.002, 200_000_u32);
            let (mut first, mut second) = (0.0, 0.0);
            for i in 0..n {
                let t = (f64::from(i) + 0.5) * h;
                let tail = law.tail(t);
                first += tail * h;
                second += 2.0 * t * tail * h;
                if i == 900 {
                    let limited = law.limited_mean(t + h / 2.0);
                    assert!((limited - first).abs() < 1e-3, "{law:?}: {limited} for {first}");
                }
            }
            assert!((first - law.mean()).abs() < 3e-3, "{law:?}: mean {first}");
            let cv_squared = second / (first * first) - 1.0;
            assert!((cv_squared - law.cv_squared()).abs() < 0.01, "{law:?}: {cv_squared}");
            assert!((law.limited_mean(1e5) / law.mean() - 1.0).abs() < 1e-6, "{law:?}");
        }
    }

    #[test]
    fn gamma_of_whole_shape_is_a_poisson_sum() {
        for x in [0.1, 1.0, 3.9, 4.0, 5.1, 20.0] {
            let sum = math::exp(-x) * (1.0 + x + x * x / 2.0 + x * x * x / 6.0);
            assert!((gamma_tail(4.0, x) - sum).abs() < 1e-14, "{x}");
        }
    }
}
