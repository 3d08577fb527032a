//! Times counted by a Poisson clock, and quantiles from tails.
//!
//! Many response times are "so many ticks of a clock that ticks at rate r": the departures ahead
//! in a queue, a service seen at the rate of its whole pool (uniformisation). If `N` ticks are
//! needed, then `P(T > t) = Σ P(n ticks within t) · P(N > n)`: only positive terms, so nothing
//! cancels however long the queue.

/// A time that lasts a random number of ticks of a Poisson clock.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Phases {
    /// Ticks per unit of time, > 0.
    pub(super) rate: f64,
    /// `tails[n]` is the probability that more than `n` ticks are needed; zero past the end.
    pub(super) tails: Vec<f64>,
}

impl Phases {
    /// Probability that the time exceeds `t`.
    pub(super) fn tail(&self, t: f64) -> f64 {
        /// Weights below it, relative to the largest, add nothing to a double.
        const NEGLIGIBLE: f64 = 1e-18;
        let expected = self.rate * t;
        let mode = expected as usize;
        let at = |n: usize| self.tails.get(n).copied().unwrap_or(0.0);
        // Poisson weights relative to the one at the mode, upwards and downwards from it; their
        // sum takes the place of the normalising exponential, which would underflow.
        let (mut sum, mut total) = (at(mode), 1.0);
        let (mut weight, mut n) = (1.0, mode);
        while weight > NEGLIGIBLE {
            n += 1;
            weight *= expected / n as f64;
            total += weight;
            sum += weight * at(n);
        }
        (weight, n) = (1.0, mode);
        while weight > NEGLIGIBLE && n > 0 {
            weight *= n as f64 / expected;
            n -= 1;
            total += weight;
            sum += weight * at(n);
        }
        sum / total
    }
}

/// The time that is exceeded with probability `1 - quantile`, from a tail that falls. `scale` is a
/// time of the right magnitude, > 0.
pub(super) fn quantile(quantile: f64, scale: f64, tail: impl Fn(f64) -> f64) -> f64 {
    let target = 1.0 - quantile;
    if tail(0.0) <= target {
        return 0.0;
    }
    let (mut low, mut high) = (0.0, scale);
    // A tail that never falls would double for ever; 2^200 scales are beyond any time.
    for _ in 0..200 {
        if tail(high) <= target {
            break;
        }
        (low, high) = (high, high * 2.0);
    }
    for _ in 0..48 {
        let middle = (low + high) / 2.0;
        if tail(middle) > target {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math;

    /// `k` ticks are an Erlang time; one tick is an exponential one.
    #[test]
    fn ticks_are_erlang() {
        let one = Phases { rate: 2.0, tails: vec![1.0] };
        let three = Phases { rate: 2.0, tails: vec![1.0; 3] };
        for t in [0.0, 0.1, 1.0, 7.0] {
            let x = 2.0 * t;
            assert!((one.tail(t) - math::exp(-x)).abs() < 1e-14);
            let erlang = math::exp(-x) * (1.0 + x + x * x / 2.0);
            assert!((three.tail(t) - erlang).abs() < 1e-14, "{t}");
        }
        let many = Phases { rate: 1.0, tails: vec![1.0; 100_000] };
        // The mean of 100,000 ticks is 100,000, the deviation 316.
        assert!((quantile(0.5, 1.0, |t| many.tail(t)) - 99_999.67).abs() < 0.1);
    }
}
