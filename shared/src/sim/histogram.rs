//! A histogram with relative error, as HDR histograms have it: every power of two is cut into
//! equally wide buckets, so a bucket is never wider than its values over `2^BITS`.
//!
//! One shift finds the bucket. There is no upper bound to configure: 64 bits of nanoseconds fit.

/// Counts of values with a relative error of at most `2^-BITS`.
#[derive(Debug)]
pub(super) struct Histogram<const BITS: u32> {
    /// Grows up to the bucket of the greatest value.
    counts: Vec<u32>,
}

impl<const BITS: u32> Default for Histogram<BITS> {
    fn default() -> Self {
        Self { counts: Vec::new() }
    }
}

impl<const BITS: u32> Histogram<BITS> {
    /// Counts a value. A bucket of four thousand million counts no further.
    #[inline]
    pub(super) fn record(&mut self, value: u64) {
        let bucket = Self::bucket(value);
        match self.counts.get_mut(bucket) {
            Some(count) => *count = count.saturating_add(1),
            None => self.grow(bucket),
        }
    }

    #[cold]
    fn grow(&mut self, bucket: usize) {
        self.counts.resize(bucket, 0);
        self.counts.push(1);
    }

    /// The upper end of the bucket that holds the value at `quantile` of `count` recorded ones.
    pub(super) fn quantile(&self, quantile: f64, count: u64) -> u64 {
        let rank = ((quantile * count as f64 + 0.5) as u64).max(1);
        let mut below = 0;
        for (bucket, &count) in self.counts.iter().enumerate() {
            below += u64::from(count);
            if below >= rank {
                return Self::upper_end(bucket);
            }
        }
        0
    }

    /// Forgets everything but keeps its memory.
    pub(super) fn clear(&mut self) {
        self.counts.fill(0);
    }

    /// Below `2^BITS` every value has a bucket of its own; above, the highest `BITS + 1` bits
    /// choose it, and each further power of two has `2^BITS` more buckets.
    #[inline]
    const fn bucket(value: u64) -> usize {
        let shift = (u64::BITS - (value | 1).leading_zeros()).saturating_sub(BITS + 1);
        ((shift as usize) << BITS) + (value >> shift) as usize
    }

    /// The greatest value of a bucket.
    const fn upper_end(bucket: usize) -> u64 {
        let shift = (bucket >> BITS).saturating_sub(1);
        let top = (bucket - (shift << BITS)) as u128 + 1;
        let end = (top << shift) - 1;
        if end > u64::MAX as u128 { u64::MAX } else { end as u64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    /// Every value lies in its bucket, which is narrow enough, and buckets follow each other.
    #[test]
    fn buckets_are_narrow_and_in_order() {
        let mut rng = Rng::new(9);
        let edges = (0..64).flat_map(|bit| [(1 << bit) - 1, 1 << bit, (1 << bit) + 1]);
        let random: Vec<u64> = (0..100_000).map(|i| rng.next_u64() >> (i % 64)).collect();
        for value in edges.chain(random).chain([u64::MAX]) {
            let bucket = Histogram::<7>::bucket(value);
            let end = Histogram::<7>::upper_end(bucket);
            assert!(end >= value && end - value <= value >> 7, "{value} ends at {end}");
            if bucket > 0 {
                assert!(Histogram::<7>::upper_end(bucket - 1) < value, "{value}");
            }
        }
    }

    #[test]
    fn quantiles_are_those_of_a_sorted_list() {
        let (mut histogram, mut rng) = (Histogram::<10>::default(), Rng::new(4));
        let mut values: Vec<u64> = (0..9_999).map(|_| rng.below(1 << 40)).collect();
        values.iter().for_each(|&value| histogram.record(value));
        values.sort_unstable();
        for quantile in [0.0, 0.001, 0.5, 0.95, 0.99, 0.999, 1.0] {
            let rank = ((quantile * 9_999.0 + 0.5) as usize).max(1);
            let (exact, got) = (values[rank - 1], histogram.quantile(quantile, 9_999));
            assert!(got >= exact && got - exact <= exact >> 10, "{quantile}: {got} for {exact}");
        }
        assert_eq!(Histogram::<10>::default().quantile(0.5, 0), 0);
    }
}
