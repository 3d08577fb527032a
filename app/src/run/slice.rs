//! How many events fit into a slice of wall time, learnt from slices that have run.
//!
//! A slice must end by itself: nothing can interrupt it, and a message (pause, a killed server)
//! waits for its end. The session looks at the clock a few times in a slice, but browsers coarsen
//! `performance.now()` to 0.1 or 1 ms, in hardened ones to 100 ms, so the clock alone cannot end
//! it. The budget is therefore in events and is corrected after each slice; with a coarse clock
//! most slices look free and few look very expensive, and growing slowly but shrinking at once
//! keeps the average within its bounds.

/// Smallest budget: even the slowest phone does this in a few milliseconds.
const EVENTS_MIN: u64 = 500;
/// Largest budget: a tenth of a second at ten million events a second.
const EVENTS_MAX: u64 = 1_000_000;
/// Budget of the first slice.
const EVENTS_FIRST: u64 = 4_000;

/// An event budget that adapts to the machine.
#[derive(Clone, Debug)]
pub(super) struct SliceBudget {
    target_ms: f64,
    events: u64,
}

impl SliceBudget {
    /// A budget for slices of about `target_ms`.
    pub(super) const fn new(target_ms: f64) -> Self {
        Self { target_ms, events: EVENTS_FIRST }
    }

    /// Events that the next slice may have.
    pub(super) const fn events(&self) -> u64 {
        self.events
    }

    /// A slice of `events` took `elapsed_ms`.
    pub(super) fn learn(&mut self, events: u64, elapsed_ms: f64) {
        if elapsed_ms > self.target_ms {
            let fitting = events as f64 * (self.target_ms / elapsed_ms).max(0.25);
            self.events = (fitting as u64).max(EVENTS_MIN);
        } else if events >= self.events && elapsed_ms < 0.8 * self.target_ms {
            // Only a slice that used its budget up shows that a larger one would fit.
            self.events = (self.events + self.events / 4).min(EVENTS_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The longest slice after 100 to settle, and the last budget, on a machine of
    /// `events_per_ms` whose clock ticks every `tick_ms`.
    fn settle(events_per_ms: f64, tick_ms: f64) -> (f64, u64) {
        let mut budget = SliceBudget::new(10.0);
        let (mut wall_ms, mut longest_ms) = (0.0_f64, 0.0_f64);
        for slice in 0..2_000 {
            let events = budget.events();
            let took_ms = events as f64 / events_per_ms;
            let clock = |ms: f64| (ms / tick_ms).floor() * tick_ms;
            budget.learn(events, clock(wall_ms + took_ms) - clock(wall_ms));
            wall_ms += took_ms;
            if slice > 100 {
                longest_ms = longest_ms.max(took_ms);
            }
        }
        (longest_ms, budget.events())
    }

    #[test]
    fn slices_settle_near_their_target() {
        for events_per_ms in [200.0, 5_000.0, 50_000.0] {
            let (longest_ms, _) = settle(events_per_ms, 0.1);
            assert!((6.0..=12.5).contains(&longest_ms), "{events_per_ms}: {longest_ms} ms");
        }
    }

    #[test]
    fn a_coarse_clock_does_not_let_slices_grow_without_bound() {
        let (longest_ms, events) = settle(5_000.0, 100.0);
        assert!(longest_ms < 100.0, "{longest_ms} ms");
        assert!(events >= EVENTS_MIN);
    }

    #[test]
    fn a_slice_that_met_its_deadline_says_nothing() {
        let mut budget = SliceBudget::new(10.0);
        budget.learn(10, 0.1);
        assert_eq!(budget.events(), EVENTS_FIRST);
    }
}
