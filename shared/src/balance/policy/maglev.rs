//! Maglev's table (Eisenbud et al. 2016), built as Envoy builds it.
//!
//! A key belongs to entry `hash mod M` of a table of prime size M, so a lookup is one read. Each
//! member has its own order of the entries: `offset, offset + skip, offset + 2 skip, …` mod M,
//! with `offset = xxHash64(key) mod M` and `skip = xxHash64(key, seed 1) mod (M - 1) + 1`. In
//! rounds, each member takes the first free entry of its order; a member of a third of the
//! greatest weight takes one every third round. Shares are within one entry of exact; when a
//! member leaves, its keys move and about half a percent of the others' (M = 65,537).

use crate::balance::ConfigError;
use crate::hash::xxh_64;

/// The usual table size.
pub const DEFAULT_TABLE_SIZE: u32 = 65_537;
/// The greatest table size that Envoy allows.
pub const MAX_TABLE_SIZE: u32 = 5_000_011;

/// No owner yet.
const FREE: u32 = u32::MAX;

/// Where a member starts in the table, and how far it steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preference {
    /// The first entry it asks for.
    pub offset: u64,
    /// From one wish to the next; never zero.
    pub skip: u64,
}

impl Preference {
    /// The preference of the member called `key` in a table of `size` entries.
    pub fn of(key: &str, size: u32) -> Self {
        let size = u64::from(size.max(2));
        Self {
            offset: xxh_64(key.as_bytes(), 0) % size,
            skip: xxh_64(key.as_bytes(), 1) % (size - 1) + 1,
        }
    }

    /// Wish number `n` in a table of `size` entries.
    pub const fn wish(self, n: u64, size: u32) -> u64 {
        (self.offset + n * self.skip) % size as u64
    }
}

/// A table: the owner of each entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maglev {
    table: Vec<u32>,
}

struct Builder {
    owner: u32,
    preference: Preference,
    weight: f64,
    /// The weight it must have gathered to take its next entry.
    target: f64,
    wish: u64,
}

impl Maglev {
    /// Checks a table size: a prime within 2 to [`MAX_TABLE_SIZE`].
    ///
    /// # Errors
    ///
    /// A size out of range, or one that has a divisor.
    pub fn check_size(size: u32) -> Result<(), ConfigError> {
        let (field, value, min, max) =
            ("policy.table_size", f64::from(size), 2.0, f64::from(MAX_TABLE_SIZE));
        ConfigError::check(field, value, min, max)?;
        let has_divisor =
            (2..).take_while(|d: &u32| d.pow(2) <= size).any(|d| size.is_multiple_of(d));
        if has_divisor {
            let form = "a prime number from";
            return Err(ConfigError { field, value, min, max, form });
        }
        Ok(())
    }

    /// A table over members with a key and a weight.
    ///
    /// # Errors
    ///
    /// See [`Self::check_size`].
    pub fn new(members: &[(&str, f64)], size: u32) -> Result<Self, ConfigError> {
        // In order of key, so that the order of registration does not matter.
        let mut order: Vec<(usize, &(&str, f64))> = members.iter().enumerate().collect();
        crate::ordered::sort_by(&mut order, |(_, (a, _)), (_, (b, _))| a.cmp(b));
        let entries = order
            .into_iter()
            .map(|(owner, (key, weight))| (owner as u32, Preference::of(key, size), *weight));
        Self::from_preferences(entries, size)
    }

    /// A table over members that bring their preference and their weight, in this order.
    ///
    /// # Errors
    ///
    /// See [`Self::check_size`].
    pub fn from_preferences(
        members: impl IntoIterator<Item = (u32, Preference, f64)>,
        size: u32,
    ) -> Result<Self, ConfigError> {
        Self::check_size(size)?;
        let mut builders: Vec<Builder> = members
            .into_iter()
            .filter(|(_, _, weight)| *weight > 0.0)
            .map(|(owner, preference, weight)| Builder {
                owner,
                preference,
                weight,
                target: 0.0,
                wish: 0,
            })
            .collect();
        let greatest = builders.iter().map(|b| b.weight).fold(0.0, f64::max);
        let mut table = vec![FREE; if builders.is_empty() { 0 } else { size as usize }];
        let mut free = table.len();
        let mut round = 0.0;
        while free > 0 {
            round += 1.0;
            for builder in &mut builders {
                if free == 0 {
                    break;
                }
                if round * builder.weight >= builder.target {
                    builder.target += greatest;
                    builder.take(&mut table, size);
                    free -= 1;
                }
            }
        }
        Ok(Self { table })
    }

    /// The owner of each entry.
    pub fn table(&self) -> &[u32] {
        &self.table
    }

    /// The owner of `hash`; attempt n looks elsewhere in the table.
    pub fn lookup(&self, hash: u64, attempt: u32) -> Option<u32> {
        let hash = if attempt == 0 {
            hash
        } else {
            hash ^ (u64::MAX - u64::from(attempt)).wrapping_add(1)
        };
        let entry = hash.checked_rem(self.table.len() as u64)?;
        self.table.get(entry as usize).copied()
    }
}

impl Builder {
    /// Takes the first free entry of its order. The table has one, and a step that is prime to
    /// the size visits every entry.
    fn take(&mut self, table: &mut [u32], size: u32) {
        loop {
            let entry = self.preference.wish(self.wish, size) as usize;
            self.wish += 1;
            if let Some(owner) = table.get_mut(entry)
                && *owner == FREE
            {
                *owner = self.owner;
                return;
            }
        }
    }
}
