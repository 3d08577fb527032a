//! What a sample says about the truth: confidence intervals by Student's t.
//!
//! Used for replications (independent runs of one design), for paired differences (two designs on
//! the same random numbers) and for batch means (one run cut into long pieces, each nearly
//! independent of the others; Schmeiser 1982 finds 10 to 30 pieces enough).

use crate::math;
use serde::{Deserialize, Serialize};

/// Share of intervals that contain the truth.
pub const CONFIDENCE: f64 = 0.95;

/// An estimate and how far from it the truth may lie: 95 % of such intervals contain it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Interval {
    /// The estimate.
    pub mean: f64,
    /// Half the width of the interval, in the unit of the estimate, ≥ 0.
    pub half_width: f64,
}

impl Interval {
    /// The lower end.
    pub fn low(&self) -> f64 {
        self.mean - self.half_width
    }

    /// The upper end.
    pub fn high(&self) -> f64 {
        self.mean + self.half_width
    }

    /// Whether `value` lies inside.
    pub fn contains(&self, value: f64) -> bool {
        (self.low()..=self.high()).contains(&value)
    }

    /// The interval of the mean of independent observations; `None` for fewer than two, or when
    /// one of them is not a number.
    pub fn of(observations: &[f64]) -> Option<Self> {
        let n = observations.len();
        if n < 2 {
            return None;
        }
        let mean = observations.iter().sum::<f64>() / n as f64;
        let squares: f64 = observations.iter().map(|x| (x - mean) * (x - mean)).sum();
        let half_width = half_width(squares, n);
        half_width.is_finite().then_some(Self { mean, half_width })
    }
}

/// Half width for the mean of `n` ≥ 2 observations whose squared deviations sum to `squares`.
pub fn half_width(squares: f64, n: usize) -> f64 {
    let n_f = n as f64;
    student_t(n.saturating_sub(1)) * math::sqrt(squares / (n_f - 1.0) / n_f)
}

/// The two-sided 95 % point of Student's t with `degrees` of freedom: 12.706 for 1, 1.96 for
/// infinitely many; infinite for none.
///
/// For whole degrees the probability is a finite sum of powers of a cosine (Abramowitz and Stegun
/// 26.7.3 and 26.7.4) with `t = √degrees · tan θ`; the angle is found by bisection.
pub fn student_t(degrees: usize) -> f64 {
    /// Beyond it the sum is long and the normal law with one term of Fisher's expansion is exact
    /// to 6 digits.
    const SUM_MAX: usize = 1_000;
    if degrees == 0 {
        return f64::INFINITY;
    }
    if degrees > SUM_MAX {
        const NORMAL: f64 = 1.959_963_984_540_054;
        return NORMAL + (NORMAL * NORMAL * NORMAL + NORMAL) / (4.0 * degrees as f64);
    }
    let (mut low, mut high) = (0.0, std::f64::consts::FRAC_PI_2);
    // Each step halves the bracket; 60 leave the last bits of a double.
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if within(middle, degrees) < CONFIDENCE {
            low = middle;
        } else {
            high = middle;
        }
    }
    math::sqrt(degrees as f64) * math::sin(low) / math::cos(low)
}

/// Probability that |t| is at most `√degrees · tan angle`.
fn within(angle: f64, degrees: usize) -> f64 {
    let (sine, cosine) = (math::sin(angle), math::cos(angle));
    let odd = degrees % 2 == 1;
    let (mut term, mut k) = if odd { (cosine, 2.0) } else { (1.0, 1.0) };
    let mut sum = 0.0;
    for _ in 0..degrees / 2 {
        sum += term;
        term *= cosine * cosine * k / (k + 1.0);
        k += 2.0;
    }
    if odd { (angle + sine * sum) * 2.0 / std::f64::consts::PI } else { sine * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Printed tables of the t distribution.
    #[test]
    fn student_t_is_that_of_the_tables() {
        let table = [
            (1, 12.7062),
            (2, 4.3027),
            (3, 3.1824),
            (4, 2.7764),
            (9, 2.2622),
            (10, 2.2281),
            (29, 2.0452),
            (30, 2.0423),
            (120, 1.9799),
            (1_000, 1.9623),
            (1_001, 1.9623),
            (1_000_000, 1.9600),
        ];
        for (degrees, t) in table {
            assert!((student_t(degrees) - t).abs() < 6e-5, "{degrees}: {}", student_t(degrees));
        }
        assert!(student_t(0).is_infinite());
    }

    /// Of 2,000 intervals from ten observations each, 95 % contain the truth.
    #[test]
    fn intervals_cover() {
        let mut rng = crate::rng::Rng::new(5);
        let covered = (0..2_000)
            .filter(|_| {
                let sample: Vec<f64> =
                    (0..10).map(|_| crate::dist::standard_normal(&mut rng)).collect();
                Interval::of(&sample).unwrap().contains(0.0)
            })
            .count();
        // Three deviations of the binomial count around 1,900.
        assert!((1_870..=1_930).contains(&covered), "seed 5: {covered} of 2,000");
    }

    #[test]
    fn too_little_is_no_interval() {
        assert_eq!(Interval::of(&[1.0]), None);
        assert_eq!(Interval::of(&[1.0, f64::NAN]), None);
        let same = Interval::of(&[3.0, 3.0, 3.0]).unwrap();
        assert!(same.contains(3.0) && same.half_width < 1e-12);
    }
}
