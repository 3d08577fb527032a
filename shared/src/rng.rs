//! Seeded random streams: xoshiro256++ (Blackman and Vigna, 2019), seeded by SplitMix64.
//!
//! The generator lives here and not in a library because links must replay for ever: a new major
//! version of a library may change its stream, this file may not (a test pins it).
//!
//! One seed gives many independent streams: [`Rng::fork`] derives a child from a label without
//! drawing from the parent, so a new component with a new label shifts nobody's draws.

/// A random stream. `Clone` copies the stream at its present position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng {
    state: [u64; 4],
    /// What forks derive from; fixed for the life of the stream.
    seed: u64,
}

/// One step of SplitMix64: advances `state`, returns a well-mixed word.
#[inline]
fn split_mix_64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mix_64(*state)
}

/// SplitMix64's finaliser: a bijection of 64 bits in which every input bit moves half the output.
#[inline]
pub const fn mix_64(word: u64) -> u64 {
    let z = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The 128 bits of a product: the high half, the low half.
#[inline(always)]
fn product(a: u64, b: u64) -> (u64, u64) {
    // Wasm has no such multiplication, only a slow function for it.
    match u32::try_from(b) {
        Ok(b) if cfg!(target_family = "wasm") => product_by_halves(a, b),
        _ => {
            let wide = u128::from(a) * u128::from(b);
            ((wide >> 64) as u64, wide as u64)
        }
    }
}

/// The same for a small factor, by two multiplications of 64 bits.
#[inline(always)]
fn product_by_halves(a: u64, b: u32) -> (u64, u64) {
    const LOW: u64 = u32::MAX as u64;
    let (high, low) = ((a >> 32) * u64::from(b), (a & LOW) * u64::from(b));
    // At most (2³² - 1)² + 2³² - 1, which is below 2⁶⁴.
    let middle = high + (low >> 32);
    (middle >> 32, middle << 32 | low & LOW)
}

/// Where random bits come from: a stream, or a hash of a number.
pub trait RandomBits {
    /// 64 random bits.
    fn next_u64(&mut self) -> u64;

    /// A number in `[0, 1)` with 53 random bits.
    #[inline]
    fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A number in `(0, 1]`: safe as the argument of a logarithm.
    #[inline]
    fn unit_open_zero(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 * (1.0 / (1_u64 << 53) as f64)
    }
}

impl RandomBits for Rng {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        Self::next_u64(self)
    }
}

/// A short stream for one number under a key: SplitMix64 from a place that both decide.
///
/// For millions of things that need a draw or two each, whatever the order in which they ask:
/// seeding an [`Rng`] for each would cost more than the draws.
#[derive(Clone, Debug)]
pub struct KeyedBits(u64);

impl KeyedBits {
    /// The stream of `number` under `key`.
    #[inline]
    pub const fn new(key: u64, number: u64) -> Self {
        Self(key ^ mix_64(number))
    }
}

impl RandomBits for KeyedBits {
    #[inline]
    fn next_u64(&mut self) -> u64 {
        split_mix_64(&mut self.0)
    }
}

impl Rng {
    /// The stream of `seed`. Any seed is as good as any other, zero included.
    pub fn new(seed: u64) -> Self {
        let mut s = seed;
        let state = [
            split_mix_64(&mut s),
            split_mix_64(&mut s),
            split_mix_64(&mut s),
            split_mix_64(&mut s),
        ];
        Self { state, seed }
    }

    /// An independent stream for the component called `label` with number `index`.
    ///
    /// Depends on the seed, the label and the index only; never on how far this stream has run.
    pub fn fork(&self, label: &str, index: u64) -> Self {
        let mut hash = mix_64(self.seed);
        for byte in label.bytes() {
            hash = mix_64(hash ^ u64::from(byte));
        }
        Self::new(mix_64(hash ^ mix_64(index.wrapping_add(1))))
    }

    /// 64 random bits.
    #[inline(always)]
    pub fn next_u64(&mut self) -> u64 {
        let [s0, s1, s2, s3] = &mut self.state;
        let result = s0.wrapping_add(*s3).rotate_left(23).wrapping_add(*s0);
        let t = *s1 << 17;
        *s2 ^= *s0;
        *s3 ^= *s1;
        *s1 ^= *s2;
        *s0 ^= *s3;
        *s2 ^= t;
        *s3 = s3.rotate_left(45);
        result
    }

    /// A whole number in `0..bound`, without bias (Lemire 2019). Zero when `bound` is zero.
    #[inline(always)]
    pub fn below(&mut self, bound: u64) -> u64 {
        let (high, low) = product(self.next_u64(), bound);
        // Nearly never for the small bounds that are usual.
        if low < bound { self.below_unbiased(bound, (high, low)) } else { high }
    }

    #[cold]
    fn below_unbiased(&mut self, bound: u64, (mut high, mut low): (u64, u64)) -> u64 {
        let threshold = bound.wrapping_neg() % bound;
        while low < threshold {
            (high, low) = product(self.next_u64(), bound);
        }
        high
    }

    /// An index into a slice of `len` elements; zero when `len` is zero.
    #[inline(always)]
    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// A number in `[0, 1)` with 53 random bits.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        RandomBits::unit(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stream may never change: share links replay on it.
    #[test]
    fn stream_is_pinned() {
        // SplitMix64's published first output for seed 1234567.
        assert_eq!(split_mix_64(&mut 1_234_567), 6_457_827_717_110_365_317);
        // xoshiro256++ reference: state 1,2,3,4.
        let mut rng = Rng { state: [1, 2, 3, 4], seed: 0 };
        let first: Vec<u64> = (0..4).map(|_| rng.next_u64()).collect();
        assert_eq!(first, [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386]);
    }

    #[test]
    fn forks_depend_on_label_and_index_only() {
        let mut parent = Rng::new(7);
        let before = parent.fork("source", 1);
        parent.next_u64();
        assert_eq!(before, parent.fork("source", 1));
        assert_ne!(before, parent.fork("source", 2));
        assert_ne!(before, parent.fork("server", 1));
        assert_ne!(before, Rng::new(8).fork("source", 1));
    }

    #[test]
    fn below_stays_below_and_reaches_every_value() {
        let mut rng = Rng::new(1);
        let mut seen = [0_u32; 7];
        for _ in 0..7_000 {
            seen[rng.index(7)] += 1;
        }
        // 1,000 expected each, standard deviation 29: six of them either way.
        assert!(seen.iter().all(|&n| (820..1180).contains(&n)), "{seen:?}");
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.below(1), 0);
    }

    /// What wasm computes is what everybody else does.
    #[test]
    fn products_by_halves_are_products() {
        let mut rng = Rng::new(4);
        for i in 0..100_000_u64 {
            let word = if i < 4 { u64::MAX - i } else { rng.next_u64() };
            let bound = if i % 2 == 0 { u32::MAX - (i / 2) as u32 } else { rng.next_u64() as u32 };
            let wide = u128::from(word) * u128::from(bound);
            let expected = ((wide >> 64) as u64, wide as u64);
            assert_eq!(product_by_halves(word, bound), expected, "{word} {bound}");
            assert_eq!(product(word, u64::from(bound)), expected, "{word} {bound}");
        }
    }

    #[test]
    fn unit_ranges() {
        let mut rng = Rng::new(2);
        for _ in 0..10_000 {
            let u = rng.unit();
            assert!((0.0..1.0).contains(&u));
            let v = rng.unit_open_zero();
            assert!(v > 0.0 && v <= 1.0);
        }
    }
}
