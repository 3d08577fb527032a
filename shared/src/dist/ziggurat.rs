//! Exponential and normal variables by the ziggurat method (Marsaglia and Tsang, 2000; the normal
//! one with Doornik's correction of 2005: layer and position come from different bits).
//!
//! The area under the density is covered by 256 layers of equal area: a base with the tail, and
//! rectangles above it. A draw picks a layer and a point in it; in 98 to 99 % of all cases the
//! point lies under the density for certain, and one random word, one multiplication and one
//! comparison make the variable. An inversion would need a logarithm each time.
//!
//! The tables are worked out at first use, with `libm`, so they are the same natively and in wasm.

use crate::math;
use crate::rng::RandomBits;
use std::sync::LazyLock;

/// Layers; the lowest eight bits of a word choose one.
const LAYERS: usize = 256;
/// Where the exponential's tail begins: the root for which 256 layers close at the top.
const EXPONENTIAL_TAIL: f64 = 7.697_117_470_131_05;
/// Where the normal's tail begins.
const NORMAL_TAIL: f64 = 3.654_152_885_361_009;

/// Borders of the layers, from the base to the top.
struct Tables {
    /// Right ends; that of the base as wide as a rectangle of its area would be.
    x: [f64; LAYERS + 1],
    /// The density (its value at zero scaled to 1) at the right ends.
    f: [f64; LAYERS + 1],
}

impl Tables {
    /// Layers for a falling density with its inverse, from the start of the tail and its area.
    fn new(tail: f64, tail_area: f64, density: fn(f64) -> f64, inverse: fn(f64) -> f64) -> Self {
        let area = tail * density(tail) + tail_area;
        let mut tables = Self { x: [0.0; LAYERS + 1], f: [1.0; LAYERS + 1] };
        (tables.x[0], tables.f[0]) = (area / density(tail), density(area / density(tail)));
        (tables.x[1], tables.f[1]) = (tail, density(tail));
        for i in 2..LAYERS {
            let height = area / tables.x[i - 1] + tables.f[i - 1];
            (tables.x[i], tables.f[i]) = (inverse(height), height);
        }
        tables
    }
}

static EXPONENTIAL: LazyLock<Tables> = LazyLock::new(|| {
    let density = |x: f64| math::exp(-x);
    Tables::new(EXPONENTIAL_TAIL, math::exp(-EXPONENTIAL_TAIL), density, |f| -math::ln(f))
});

static NORMAL: LazyLock<Tables> = LazyLock::new(|| {
    // The integral of exp(-x² / 2) beyond the tail's start.
    let half_turn = math::sqrt(std::f64::consts::FRAC_PI_2);
    let tail_area = half_turn * math::erfc(NORMAL_TAIL * std::f64::consts::FRAC_1_SQRT_2);
    let density = |x: f64| math::exp(-x * x / 2.0);
    Tables::new(NORMAL_TAIL, tail_area, density, |f| math::sqrt(-2.0 * math::ln(f)))
});

/// The 53 highest bits as a number in `[0, 1)`.
#[inline]
fn unit(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
}

/// An exponential variable of mean 1.
#[inline(always)]
pub fn standard_exponential(rng: &mut impl RandomBits) -> f64 {
    let tables = &*EXPONENTIAL;
    let word = rng.next_u64();
    let layer = (word & 0xff) as usize;
    let x = unit(word) * tables.x[layer];
    if x < tables.x[layer + 1] { x } else { exponential_at_border(tables, layer, x, rng) }
}

/// The rare rest: the tail, or a point near the density's curve.
#[cold]
fn exponential_at_border(tables: &Tables, layer: usize, x: f64, rng: &mut impl RandomBits) -> f64 {
    if layer == 0 {
        // Memoryless: beyond the tail's start it looks like the whole.
        return EXPONENTIAL_TAIL - math::ln(rng.unit_open_zero());
    }
    let (low, high) = (tables.f[layer], tables.f[layer + 1]);
    if low + (high - low) * rng.unit() < math::exp(-x) { x } else { standard_exponential(rng) }
}

/// A normal variable of mean 0 and deviation 1.
#[inline]
pub fn standard_normal(rng: &mut impl RandomBits) -> f64 {
    let tables = &*NORMAL;
    loop {
        let word = rng.next_u64();
        let layer = (word & 0xff) as usize;
        let x = (2.0 * unit(word) - 1.0) * tables.x[layer];
        if x.abs() < tables.x[layer + 1] {
            return x;
        }
        if layer == 0 {
            return normal_tail(x < 0.0, rng);
        }
        let (low, high) = (tables.f[layer], tables.f[layer + 1]);
        if low + (high - low) * rng.unit() < math::exp(-x * x / 2.0) {
            return x;
        }
    }
}

/// Beyond the tail's start (Marsaglia 1964): an exponential that decays as fast as the density
/// does there, accepted as often as the density is lower.
#[cold]
fn normal_tail(negative: bool, rng: &mut impl RandomBits) -> f64 {
    loop {
        let x = math::ln(rng.unit_open_zero()) / NORMAL_TAIL;
        let y = math::ln(rng.unit_open_zero());
        if -2.0 * y >= x * x {
            return if negative { x - NORMAL_TAIL } else { NORMAL_TAIL - x };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{KeyedBits, Rng};

    /// 256 layers of equal area end at the top of the density, or the tail's start is wrong.
    #[test]
    fn layers_close_at_the_top() {
        for tables in [&*EXPONENTIAL, &*NORMAL] {
            let area = tables.x[1] * (tables.f[2] - tables.f[1]);
            let top = tables.f[LAYERS - 1] + area / tables.x[LAYERS - 1];
            assert!((top - 1.0).abs() < 1e-9, "the top layer ends at {top}");
            assert!(tables.x.windows(2).all(|pair| pair[0] > pair[1]));
            assert!(tables.f.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    const PINNED: u64 = 0x2182_f92c_07b8_f0dd;

    /// Bits, not values: a change here changes every simulation's digest.
    #[test]
    fn draws_are_pinned() {
        let mut rng = Rng::new(1);
        let mut sum = 0_u64;
        for _ in 0..10_000 {
            sum = sum.rotate_left(1) ^ standard_exponential(&mut rng).to_bits();
            sum = sum.rotate_left(1) ^ standard_normal(&mut rng).to_bits();
        }
        assert_eq!(sum, PINNED, "{sum:#x}");
    }

    /// Kolmogorov and Smirnov: the greatest distance between the share of draws below x and the
    /// law's own. Under `1.95 / sqrt(n)` in 999 of 1,000 samples of the right law.
    fn distance(mut draws: Vec<f64>, law: impl Fn(f64) -> f64) -> f64 {
        draws.sort_by(f64::total_cmp);
        let n = draws.len() as f64;
        let one = |(i, &x): (usize, &f64)| {
            let (below, at) = (i as f64 / n, (i + 1) as f64 / n);
            (law(x) - below).abs().max((at - law(x)).abs())
        };
        draws.iter().enumerate().map(one).fold(0.0, f64::max)
    }

    #[test]
    fn draws_follow_their_laws() {
        let n = 1_000_000;
        let bound = 1.95 / 1_000.0;
        let exponential = |x: f64| 1.0 - math::exp(-x);
        let normal = |x: f64| math::erfc(-x * std::f64::consts::FRAC_1_SQRT_2) / 2.0;
        let mut rng = Rng::new(17);
        let draws = (0..n).map(|_| standard_exponential(&mut rng)).collect();
        assert!(distance(draws, exponential) < bound);
        let draws = (0..n).map(|_| standard_normal(&mut rng)).collect();
        assert!(distance(draws, normal) < bound);
        // As the engine draws: one word or few from a stream of its own for each number.
        let keyed = (0..n).map(|i| standard_exponential(&mut KeyedBits::new(17, i))).collect();
        assert!(distance(keyed, exponential) < bound);
    }

    /// The tails hold what they should: beyond 7.7 and 3.65 only the rare paths draw.
    #[test]
    fn tails_have_their_weight() {
        let (n, mut rng) = (20_000_000, Rng::new(23));
        let (mut far, mut sum) = (0_u32, 0.0);
        for _ in 0..n {
            let x = standard_exponential(&mut rng);
            if x > EXPONENTIAL_TAIL {
                far += 1;
                sum += x - EXPONENTIAL_TAIL;
            }
        }
        let expected = f64::from(n) * math::exp(-EXPONENTIAL_TAIL);
        assert!((f64::from(far) - expected).abs() < 4.0 * expected.sqrt(), "{far} of {expected}");
        assert!((sum / f64::from(far) - 1.0).abs() < 4.0 / expected.sqrt(), "mean excess");
        let far = (0..n).filter(|_| standard_normal(&mut rng).abs() > NORMAL_TAIL).count() as f64;
        let weight = math::erfc(NORMAL_TAIL * std::f64::consts::FRAC_1_SQRT_2);
        let expected = f64::from(n) * weight;
        assert!((far - expected).abs() < 4.0 * expected.sqrt(), "{far} of {expected}");
    }
}
