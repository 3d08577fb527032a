//! A tournament over slots: who has the least key? Changing one key replays the matches on its
//! way up, O(log n); the answer is at the root.

const NOBODY: u32 = u32::MAX;

/// Keys by slot and the winners above them.
#[derive(Clone, Debug, Default)]
pub(super) struct WinnerTree {
    /// [`f64::INFINITY`] for slots that do not take part.
    keys: Vec<f64>,
    /// Node 1 is the final; node i plays the winners of 2i and 2i + 1; leaves follow.
    winners: Vec<u32>,
    leaves: usize,
}

impl WinnerTree {
    pub(super) fn winner(&self) -> Option<u32> {
        self.winners.get(1).copied().filter(|&slot| slot != NOBODY && self.contains(slot))
    }

    pub(super) fn contains(&self, slot: u32) -> bool {
        self.keys.get(slot as usize).is_some_and(|key| *key < f64::INFINITY)
    }

    pub(super) fn set(&mut self, slot: u32, key: f64) {
        if let Some(place) = self.keys.get_mut(slot as usize) {
            *place = key;
            let mut node = (self.leaves + slot as usize) / 2;
            while node >= 1 {
                self.play(node);
                node /= 2;
            }
        }
    }

    pub(super) fn rebuild(&mut self, slots: usize, keys: impl Iterator<Item = (u32, f64)>) {
        self.keys.clear();
        self.keys.resize(slots, f64::INFINITY);
        for (slot, key) in keys {
            if let Some(place) = self.keys.get_mut(slot as usize) {
                *place = key;
            }
        }
        self.leaves = slots.next_power_of_two().max(2);
        self.winners.clear();
        self.winners.resize(2 * self.leaves, NOBODY);
        for (slot, leaf) in (0..slots as u32).zip(self.winners.iter_mut().skip(self.leaves)) {
            *leaf = slot;
        }
        for node in (1..self.leaves).rev() {
            self.play(node);
        }
    }

    /// The lower slot wins a draw.
    fn play(&mut self, node: usize) {
        let (left, right) = (self.winners[2 * node], self.winners[2 * node + 1]);
        let key = |slot: u32| self.keys.get(slot as usize).copied().unwrap_or(f64::INFINITY);
        self.winners[node] = if key(right) < key(left) { right } else { left };
    }
}
