//! A heap with four children a node: half as deep as a binary one, and the children of a node share
//! a cache line.

/// When an event happens, its place among those of the same time, and what it is: 64, 32 and 32
/// bits. One number, so that a comparison needs no branch and a way down the heap moves 16 bytes a
/// step.
pub(super) type Key = u128;

/// Later than any event.
const NEVER: Key = Key::MAX;
/// Children of a heap node.
const ARITY: usize = 4;

/// Keys, the least at the root.
///
/// Taking the root leaves a vacancy there, which the next key fills: what happens usually
/// schedules what follows from it, so most pairs of taking and adding cost one way down instead
/// of one way down and one way up.
#[derive(Debug)]
pub(super) struct Heap {
    root: Key,
    /// The other keys by their parents: first the root's children, then those of the first of
    /// these, and so on. Behind the last key [`NEVER`], until every level is full.
    families: Vec<Family>,
    len: usize,
    /// The root was taken.
    vacant: bool,
}

/// Keys with the same parent: what is compared with each other is in one cache line.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Family([Key; ARITY]);

impl Default for Heap {
    fn default() -> Self {
        Self { root: NEVER, families: Vec::new(), len: 0, vacant: false }
    }
}

impl Heap {
    /// The least key, [`NEVER`] if there is none.
    #[inline(always)]
    pub(super) fn least(&mut self) -> Key {
        if self.vacant {
            self.fill_vacancy();
        }
        self.root
    }

    /// The last key takes the root's place.
    #[inline]
    fn fill_vacancy(&mut self) {
        self.vacant = false;
        self.len -= 1;
        match self.len.checked_sub(1) {
            None => self.root = NEVER,
            Some(last) => {
                let place = &mut self.families[last / ARITY].0[last % ARITY];
                let key = std::mem::replace(place, NEVER);
                self.sink(key);
            }
        }
    }

    #[inline(always)]
    pub(super) fn add(&mut self, key: Key) {
        if self.vacant {
            self.vacant = false;
            self.sink(key);
        } else {
            self.rise(key);
        }
    }

    /// Puts `key` where it belongs, from the end upwards.
    #[inline]
    pub(super) fn rise(&mut self, key: Key) {
        self.len += 1;
        let Some(last) = (self.len - 1).checked_sub(1) else {
            self.root = key;
            return;
        };
        let (mut family, mut child) = (last / ARITY, last % ARITY);
        if family == self.families.len() {
            // All of the next level.
            self.families.resize(family * ARITY + 1, Family([NEVER; ARITY]));
        }
        while let Some(parent) = family.checked_sub(1) {
            let above = self.families[parent / ARITY].0[parent % ARITY];
            if above <= key {
                break;
            }
            self.families[family].0[child] = above;
            (family, child) = (parent / ARITY, parent % ARITY);
        }
        let mut hole = &mut self.families[family].0[child];
        if family == 0 && key < self.root {
            *hole = self.root;
            hole = &mut self.root;
        }
        *hole = key;
    }

    /// Puts `key` where it belongs, from the root downwards.
    ///
    /// Which of four children is the least is as good as random, and so is where the way of a key
    /// ends. So both are found by moves and not by jumps, which would often be guessed wrong: the
    /// way goes on to the last level, and behind the place of `key` it moves every key to where it
    /// was.
    #[inline(always)]
    fn sink(&mut self, key: Key) {
        let Some(children) = self.families.first() else {
            self.root = key;
            return;
        };
        let (mut child, least) = least_of(children);
        let (upper, mut key) = in_order(key, least);
        self.root = upper;
        let mut family = 0;
        while let Some(children) = self.families.get(family * ARITY + child + 1) {
            let (next, least) = least_of(children);
            let (upper, lower) = in_order(key, least);
            self.families[family].0[child % ARITY] = upper;
            (family, child, key) = (family * ARITY + child + 1, next, lower);
        }
        self.families[family].0[child % ARITY] = key;
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.len - usize::from(self.vacant)
    }

    /// Takes the root, which the caller has looked at.
    #[inline(always)]
    pub(super) const fn take_root(&mut self) {
        self.vacant = true;
    }

    /// Takes all keys out, in no order.
    pub(super) fn take_all(&mut self) -> Vec<Key> {
        let root = self.least();
        let Self { families, len, .. } = std::mem::take(self);
        std::iter::once(root)
            .chain(families.into_iter().flat_map(|Family(keys)| keys))
            .take(len)
            .collect()
    }

    /// Takes out every key that is to go.
    pub(super) fn remove_all(&mut self, goes: impl Fn(Key) -> bool) {
        let all = self.take_all();
        all.into_iter().filter(|&key| !goes(key)).for_each(|key| self.rise(key));
    }
}

/// The least of four keys, and which it is.
#[inline(always)]
fn least_of(&Family([a, b, c, d]): &Family) -> (usize, Key) {
    let (i, left) = if b < a { (1, b) } else { (0, a) };
    let (j, right) = if d < c { (3, d) } else { (2, c) };
    if right < left { (j, right) } else { (i, left) }
}

/// The lesser key, then the greater.
#[inline(always)]
fn in_order(a: Key, b: Key) -> (Key, Key) {
    if b < a { (b, a) } else { (a, b) }
}
