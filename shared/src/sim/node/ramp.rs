//! How fast a fresh server works: its caches are empty and its code is not compiled yet.
//!
//! Speed rises in a straight line from `from` (a share of full speed) when the server comes alive
//! to 1 after `span`. Work done up to age `a` is the area under it:
//! `from · a + (1 - from) · a² / (2 · span)`, and `a - span · (1 - from) / 2` from there on.

use crate::math;
use crate::time::{Span, Timestamp};

/// The speed of a server that has just started.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Ramp {
    /// Share of full speed at the beginning, above 0 and up to 1.
    from: f64,
    /// How long the way to full speed takes, nanoseconds.
    span_ns: f64,
    /// When the server came alive.
    since: Timestamp,
}

impl Ramp {
    /// Full speed from the start.
    pub(in crate::sim) const NONE: Self = Self { from: 1.0, span_ns: 0.0, since: Timestamp::ZERO };

    pub(in crate::sim) fn new(from: f64, span: Span) -> Self {
        Self { from, span_ns: span.as_ns() as f64, since: Timestamp::ZERO }
    }

    /// The server comes alive now.
    pub(in crate::sim) const fn start(&mut self, now: Timestamp) {
        self.since = now;
    }

    /// It was alive for long before the run began.
    pub(in crate::sim) const fn skip(&mut self) {
        *self = Self::NONE;
    }

    /// Work that one core does from `at` to `to`, nanoseconds at full speed.
    pub(in crate::sim) fn work_between(&self, at: Timestamp, to: Timestamp) -> f64 {
        let span = to.since(at).as_ns() as f64;
        let age = at.since(self.since).as_ns() as f64;
        if age >= self.span_ns {
            return span;
        }
        self.work_until(age + span) - self.work_until(age)
    }

    /// How long one core takes from `at` for work of `work_ns` at full speed, nanoseconds.
    pub(in crate::sim) fn time_for(&self, at: Timestamp, work_ns: f64) -> f64 {
        let age = at.since(self.since).as_ns() as f64;
        if age >= self.span_ns {
            return work_ns;
        }
        let target = self.work_until(age) + work_ns;
        let whole = self.work_until(self.span_ns);
        let end = if target >= whole {
            self.span_ns + target - whole
        } else {
            // The positive root of (1 - from) / (2 · span) · a² + from · a = target.
            let bend = 2.0 * (1.0 - self.from) / self.span_ns;
            2.0 * target / (self.from + math::sqrt(self.from * self.from + bend * target))
        };
        (end - age).max(0.0)
    }

    fn work_until(&self, age: f64) -> f64 {
        if age >= self.span_ns {
            age - self.span_ns * (1.0 - self.from) / 2.0
        } else {
            self.from * age + (1.0 - self.from) * age * age / (2.0 * self.span_ns)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: half speed, full after 10 s. The first 10 s do 7.5 s of work, 2 s do
    /// 0.5 · 2 + 0.5 · 4 / 20 = 1.1 s.
    #[test]
    fn work_and_time_are_inverse() {
        let mut ramp = Ramp::new(0.5, Span::from_s(10));
        ramp.start(Timestamp::from_s(100));
        let at = |s: u32| Timestamp::from_s(100 + u64::from(s));
        let close =
            |got: f64, expected: f64| assert!((got / expected - 1.0).abs() < 1e-12, "{got}");
        close(ramp.work_between(at(0), at(10)), 7.5e9);
        close(ramp.work_between(at(0), at(2)), 1.1e9);
        close(ramp.work_between(at(9), at(20)), 0.975e9 + 10e9);
        close(ramp.work_between(at(30), at(31)), 1e9);
        for (from, to) in [(0, 1), (3, 9), (8, 13), (40, 41)] {
            let work = ramp.work_between(at(from), at(to));
            close(ramp.time_for(at(from), work), f64::from(to - from) * 1e9);
        }
        ramp.skip();
        close(ramp.time_for(at(0), 5.0), 5.0);
    }
}
