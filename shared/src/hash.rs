//! Hash functions that other balancers' tables are built on.
//!
//! Whoever wants the same key on the same backend as NGINX or Envoy must hash as they do, bit for
//! bit: CRC-32 (IEEE 802.3, as in zip files) and xxHash64 (Collet). Both are written from their
//! published descriptions and pinned by published check values. Neither resists an attacker who
//! chooses keys; neither does in the originals.

use std::sync::LazyLock;

/// CRC-32 of `bytes` (reflected polynomial `0xedb88320`, start and end inverted).
pub fn crc_32(bytes: &[u8]) -> u32 {
    Crc32::new().update(bytes).finish()
}

/// A CRC-32 in the making, for input that comes in pieces.
#[derive(Clone, Copy, Debug)]
pub struct Crc32(u32);

impl Crc32 {
    /// Nothing read yet.
    pub const fn new() -> Self {
        Self(u32::MAX)
    }

    /// Reads `bytes`.
    #[must_use]
    pub fn update(self, bytes: &[u8]) -> Self {
        // Eight bytes at once (Intel's slicing-by-8): what each does to the sum is in a table of
        // its own, so that the reads do not wait for each other.
        let (eights, rest) = bytes.as_chunks::<8>();
        let tables = &*CRC_TABLES;
        let table = |n: usize, word: u32, shift: u32| tables[n][((word >> shift) & 0xff) as usize];
        let eight = |crc: u32, chunk: &[u8; 8]| {
            let word = u64::from_le_bytes(*chunk);
            let (low, high) = (word as u32 ^ crc, (word >> 32) as u32);
            let first = table(7, low, 0) ^ table(6, low, 8) ^ table(5, low, 16) ^ table(4, low, 24);
            let last =
                table(3, high, 0) ^ table(2, high, 8) ^ table(1, high, 16) ^ table(0, high, 24);
            first ^ last
        };
        let step = |crc: u32, byte: &u8| table(0, crc ^ u32::from(*byte), 0) ^ (crc >> 8);
        Self(rest.iter().fold(eights.iter().fold(self.0, eight), step))
    }

    /// The sum of all that was read.
    pub const fn finish(self) -> u32 {
        !self.0
    }
}

impl Default for Crc32 {
    fn default() -> Self {
        Self::new()
    }
}

/// Table n holds what a byte does to the sum when n bytes follow it.
///
/// Made by whoever needs them first: as constants they are 8 KB that no download can compress.
static CRC_TABLES: LazyLock<[[u32; 256]; 8]> = LazyLock::new(|| {
    let mut tables = [[0; 256]; 8];
    let mut i = 0;
    while i < 256 {
        let mut value = i as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ 0xedb8_8320 } else { value >> 1 };
            bit += 1;
        }
        tables[0][i] = value;
        i += 1;
    }
    let mut n = 1;
    while n < 8 {
        let mut i = 0;
        while i < 256 {
            let before = tables[n - 1][i];
            tables[n][i] = tables[0][(before & 0xff) as usize] ^ (before >> 8);
            i += 1;
        }
        n += 1;
    }
    tables
});

const PRIME_1: u64 = 0x9e37_79b1_85eb_ca87;
const PRIME_2: u64 = 0xc2b2_ae3d_27d4_eb4f;
const PRIME_3: u64 = 0x1656_67b1_9e37_79f9;
const PRIME_4: u64 = 0x85eb_ca77_c2b2_ae63;
const PRIME_5: u64 = 0x27d4_eb2f_1656_67c5;

/// xxHash64 of `bytes` with `seed`.
pub fn xxh_64(bytes: &[u8], seed: u64) -> u64 {
    let (stripes, rest) = bytes.as_chunks::<32>();
    let mut hash = if stripes.is_empty() {
        seed.wrapping_add(PRIME_5)
    } else {
        let mut lanes = [
            seed.wrapping_add(PRIME_1).wrapping_add(PRIME_2),
            seed.wrapping_add(PRIME_2),
            seed,
            seed.wrapping_sub(PRIME_1),
        ];
        for stripe in stripes {
            for (lane, word) in lanes.iter_mut().zip(stripe.as_chunks::<8>().0) {
                *lane = round(*lane, u64::from_le_bytes(*word));
            }
        }
        let [a, b, c, d] = lanes;
        let joined = a.rotate_left(1).wrapping_add(b.rotate_left(7));
        let joined = joined.wrapping_add(c.rotate_left(12)).wrapping_add(d.rotate_left(18));
        lanes.iter().fold(joined, |hash, &lane| {
            (hash ^ round(0, lane)).wrapping_mul(PRIME_1).wrapping_add(PRIME_4)
        })
    };
    hash = hash.wrapping_add(bytes.len() as u64);
    avalanche(tail(hash, rest))
}

fn round(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(PRIME_2)).rotate_left(31).wrapping_mul(PRIME_1)
}

/// Folds in the last bytes, fewer than 32: words of eight, then of four, then single bytes.
fn tail(mut hash: u64, rest: &[u8]) -> u64 {
    let (words, rest) = rest.as_chunks::<8>();
    for word in words {
        hash ^= round(0, u64::from_le_bytes(*word));
        hash = hash.rotate_left(27).wrapping_mul(PRIME_1).wrapping_add(PRIME_4);
    }
    let (halves, rest) = rest.as_chunks::<4>();
    for half in halves {
        hash ^= u64::from(u32::from_le_bytes(*half)).wrapping_mul(PRIME_1);
        hash = hash.rotate_left(23).wrapping_mul(PRIME_2).wrapping_add(PRIME_3);
    }
    for &byte in rest {
        hash ^= u64::from(byte).wrapping_mul(PRIME_5);
        hash = hash.rotate_left(11).wrapping_mul(PRIME_1);
    }
    hash
}

fn avalanche(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 33)).wrapping_mul(PRIME_2);
    let hash = (hash ^ (hash >> 29)).wrapping_mul(PRIME_3);
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_check_values() {
        assert_eq!(crc_32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc_32(b""), 0);
        assert_eq!(xxh_64(b"", 0), 0xef46_db37_51d8_e999);
        assert_eq!(xxh_64(b"abc", 0), 0x44bc_2cf5_ad77_0999);
        let long = b"Nobody inspects the spammish repetition";
        assert_eq!(xxh_64(long, 0), 0xfbce_a83c_8a37_8bf1);
    }

    #[test]
    fn pieces_sum_to_the_whole() {
        assert_eq!(Crc32::new().update(b"1234").update(b"56789").finish(), crc_32(b"123456789"));
        // However the bytes fall into eights.
        let text: Vec<u8> = (0..=255).collect();
        let by_ones = text.iter().fold(Crc32::new(), |crc, &byte| crc.update(&[byte]));
        for cut in 0..text.len() {
            let (head, tail) = text.split_at(cut);
            assert_eq!(Crc32::new().update(head).update(tail).finish(), by_ones.finish(), "{cut}");
        }
    }
}
