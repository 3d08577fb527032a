//! Processor sharing: all requests are worked on at once, each at the same speed.
//!
//! With n requests on c cores each gets `min(1, c / n)` of a core: threads under a fair scheduler,
//! taken to slices of no length (egalitarian processor sharing; Kleinrock, "Time-shared systems: a
//! theoretical treatment", 1967). In virtual time, which runs at that speed, every request needs
//! just its own work, so they end in the order of `virtual time at arrival + work`: a heap holds
//! them, and a step costs O(log n) however many there are (Parekh and Gallager 1993, who use it for
//! links).

use super::ramp::Ramp;
use crate::time::{Span, Timestamp};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Cores that all requests share.
#[derive(Debug)]
pub(in crate::sim) struct Sharing {
    cores: u32,
    /// Work that a request has got which was there all the time, nanoseconds at full speed. Starts
    /// again at zero whenever nobody is there, so that it keeps its digits.
    served_ns: f64,
    /// Up to when that is counted.
    at: Timestamp,
    /// Speed of the cores since then, 1 for full.
    rate: f64,
    /// By the virtual time at which they end, as the bits of a number that is not negative (which
    /// have its order), then by order of arrival.
    present: BinaryHeap<Reverse<(u64, u64, u32)>>,
    seq: u64,
    /// When the engine will call next; [`Timestamp::MAX`] if it will not.
    pub(in crate::sim) timer: Timestamp,
}

/// Whole nanoseconds cannot tell apart what ends within half a one.
const TOLERANCE_NS: f64 = 0.5;

impl Sharing {
    pub(in crate::sim) const fn new(cores: u32) -> Self {
        Self {
            cores,
            served_ns: 0.0,
            at: Timestamp::ZERO,
            rate: 1.0,
            present: BinaryHeap::new(),
            seq: 0,
            timer: Timestamp::MAX,
        }
    }

    /// Cores that are busy.
    pub(in crate::sim) fn busy(&self) -> u32 {
        u32::try_from(self.present.len()).map_or(self.cores, |present| present.min(self.cores))
    }

    /// What has been done up to `now` is counted; from now on the cores have speed `rate`.
    pub(in crate::sim) fn settle(&mut self, now: Timestamp, ramp: &Ramp, rate: f64) {
        if !self.present.is_empty() {
            let work = ramp.work_between(self.at, now) * self.rate;
            self.served_ns += work * self.share();
        }
        (self.at, self.rate) = (now, rate);
    }

    /// A request with so much work joins; [`Self::settle`] has been called for this moment.
    pub(in crate::sim) fn join(&mut self, call: u32, work: Span) {
        self.seq += 1;
        let ends = self.served_ns + work.as_ns() as f64;
        self.present.push(Reverse((ends.to_bits(), self.seq, call)));
    }

    /// A request that has all its work done leaves; [`Self::settle`] has been called for this
    /// moment.
    pub(in crate::sim) fn leave(&mut self) -> Option<u32> {
        let Reverse((ends, _, call)) = *self.present.peek()?;
        if f64::from_bits(ends) > self.served_ns + TOLERANCE_NS {
            return None;
        }
        self.present.pop();
        if self.present.is_empty() {
            self.served_ns = 0.0;
        }
        Some(call)
    }

    /// When the next one will have all its work done, if nobody joins or leaves before.
    pub(in crate::sim) fn next_at(&self, ramp: &Ramp) -> Option<Timestamp> {
        let &Reverse((ends, _, _)) = self.present.peek()?;
        let missing = (f64::from_bits(ends) - self.served_ns).max(0.0);
        let work = missing / self.share() / self.rate;
        // Rounded up, so that it is over when the time has come.
        let span = (ramp.time_for(self.at, work) + 1.0 - 1e-6) as u64;
        Some(self.at + Span::from_ns(span))
    }

    /// Everything stops and is forgotten.
    pub(in crate::sim) fn clear(&mut self) {
        self.present.clear();
        (self.served_ns, self.timer) = (0.0, Timestamp::MAX);
    }

    /// Speed of each request, in cores.
    fn share(&self) -> f64 {
        let (cores, present) = (f64::from(self.cores), self.present.len() as f64);
        if present > cores { cores / present } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two cores. A (10 ms) and B (4 ms) have one each; C (6 ms) comes at 2 ms, and each has two
    /// thirds. B has 2 ms left and ends at 2 + 2 · 3/2 = 5 ms; A has 6 left, C 4: C ends at 9 ms,
    /// A at 11 ms.
    #[test]
    fn by_hand() {
        let (mut cores, ms) = (Sharing::new(2), Timestamp::from_ms);
        let full = Ramp::NONE;
        cores.settle(ms(0), &full, 1.0);
        cores.join(1, Span::from_ms(10));
        cores.join(2, Span::from_ms(4));
        assert_eq!((cores.next_at(&full), cores.busy()), (Some(ms(4)), 2));
        cores.settle(ms(2), &full, 1.0);
        cores.join(3, Span::from_ms(6));
        assert_eq!((cores.next_at(&full), cores.busy()), (Some(ms(5)), 2));
        for (at, call) in [(5, 2), (9, 3), (11, 1)] {
            assert_eq!(cores.next_at(&full), Some(ms(at)));
            cores.settle(ms(at), &full, 1.0);
            assert_eq!((cores.leave(), cores.leave()), (Some(call), None));
        }
        assert_eq!((cores.next_at(&full), cores.busy()), (None, 0));
    }

    /// Half the speed takes twice as long from then on, and those who end together leave in the
    /// order in which they came.
    #[test]
    fn changes_of_speed_count_at_once() {
        let (mut cores, ms) = (Sharing::new(1), Timestamp::from_ms);
        cores.settle(ms(0), &Ramp::NONE, 1.0);
        cores.join(7, Span::from_ms(10));
        cores.join(8, Span::from_ms(10));
        cores.settle(ms(10), &Ramp::NONE, 0.5);
        assert_eq!(cores.next_at(&Ramp::NONE), Some(ms(30)));
        cores.settle(ms(30), &Ramp::NONE, 0.5);
        assert_eq!((cores.leave(), cores.leave(), cores.leave()), (Some(7), Some(8), None));
    }
}
