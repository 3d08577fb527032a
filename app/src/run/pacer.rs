//! How far the simulation may be: wall time and speed become a virtual deadline.
//!
//! The pacer follows wall time by differences, never by an absolute start, so that everything that
//! stops the wall clock's ticks from arriving also stops the simulation instead of making it jump:
//! a laptop that slept, a page in the back/forward cache, a debugger. A hidden tab is no such case:
//! browsers do not throttle dedicated workers, so a run goes on at its speed.
//!
//! If the simulation cannot keep up, the backlog is dropped rather than collected: the run is then
//! slower than asked for, and the page shows the speed that was reached.

use serde::{Deserialize, Serialize};
use shared::time::{Span, Timestamp};

/// Wall time that one tick counts for at most. Longer than any healthy gap between ticks (16 ms),
/// short enough that the simulation never tries to make up for a visible pause.
const TICK_MAX_MS: f64 = 250.0;

/// How many seconds of simulated time pass in one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Speed {
    /// 0.1: slow motion.
    Tenth,
    /// 1: as in life.
    One,
    /// 10.
    Ten,
    /// 60: a minute in a second; the story takes 75 seconds.
    #[default]
    Sixty,
    /// 300: five minutes in a second.
    ThreeHundred,
    /// 1,000.
    Thousand,
    /// As fast as the machine can.
    Max,
}

impl Speed {
    /// Every speed, slowest first.
    pub const ALL: [Self; 7] = [
        Self::Tenth,
        Self::One,
        Self::Ten,
        Self::Sixty,
        Self::ThreeHundred,
        Self::Thousand,
        Self::Max,
    ];

    /// Simulated over wall time; `None` for as fast as possible.
    pub const fn factor(self) -> Option<f64> {
        match self {
            Self::Tenth => Some(0.1),
            Self::One => Some(1.0),
            Self::Ten => Some(10.0),
            Self::Sixty => Some(60.0),
            Self::ThreeHundred => Some(300.0),
            Self::Thousand => Some(1_000.0),
            Self::Max => None,
        }
    }
}

/// Turns moments of a wall clock into deadlines of the simulation.
#[derive(Clone, Debug, Default)]
pub struct Pacer {
    speed: Speed,
    /// The last tick's wall time, milliseconds; `None` while paused.
    last_ms: Option<f64>,
    /// Simulated time that was allowed but not yet used, nanoseconds. Kept as a float so that slow
    /// motion does not lose fractions of a nanosecond a tick.
    allowed_ns: f64,
}

impl Pacer {
    /// Changes the speed from the next tick on.
    pub const fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
        self.allowed_ns = 0.0;
    }

    /// The speed asked for.
    pub const fn speed(&self) -> Speed {
        self.speed
    }

    /// Forgets the last tick: time until the next one does not count.
    pub const fn pause(&mut self) {
        self.last_ms = None;
        self.allowed_ns = 0.0;
    }

    /// How far the simulation, which is at `now`, may go at wall time `wall_ms`.
    pub fn deadline(&mut self, wall_ms: f64, now: Timestamp) -> Timestamp {
        let Some(factor) = self.speed.factor() else {
            self.last_ms = Some(wall_ms);
            return Timestamp::MAX;
        };
        let elapsed_ms = self.last_ms.map_or(0.0, |last_ms| wall_ms - last_ms);
        // A wall clock may step back; `clamp` also sends NaN nowhere.
        let counted_ms = elapsed_ms.clamp(0.0, TICK_MAX_MS);
        self.last_ms = Some(wall_ms);
        let backlog_max_ns = TICK_MAX_MS * factor * 1e6;
        self.allowed_ns = (self.allowed_ns + counted_ms * factor * 1e6).min(backlog_max_ns);
        now + Span::from_ns(self.allowed_ns as u64)
    }

    /// The simulation has gone from `before` to `after` within its deadline.
    pub fn used(&mut self, before: Timestamp, after: Timestamp) {
        self.allowed_ns = (self.allowed_ns - after.since(before).as_ns() as f64).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a simulation that goes `reach` of the way to each deadline; gives its final time.
    fn drive(speed: Speed, ticks_ms: &[f64], reach: f64) -> Timestamp {
        let mut pacer = Pacer::default();
        pacer.set_speed(speed);
        let mut now = Timestamp::ZERO;
        for &wall_ms in ticks_ms {
            let deadline = pacer.deadline(wall_ms, now);
            let step = Span::from_ns((deadline.since(now).as_ns() as f64 * reach) as u64);
            let before = now;
            now += step;
            pacer.used(before, now);
        }
        now
    }

    fn every(gap_ms: f64, count: u32) -> Vec<f64> {
        (0..=count).map(|tick| 5_000.0 + f64::from(tick) * gap_ms).collect()
    }

    #[test]
    fn simulated_time_follows_wall_time_at_every_speed() {
        for speed in Speed::ALL {
            let Some(factor) = speed.factor() else { continue };
            let reached = drive(speed, &every(16.0, 1_000), 1.0).as_s_f64();
            assert!((reached - 16.0 * factor).abs() < 1e-3 * factor, "{speed:?}: {reached} s");
        }
    }

    #[test]
    fn slow_motion_loses_no_fractions() {
        // 0.003 ms a tick at 0.1 is 300 ns; a third of a nanosecond lost would show.
        let reached = drive(Speed::Tenth, &every(0.003_33, 3_000_000), 1.0);
        assert!((reached.as_s_f64() - 0.999).abs() < 1e-6, "{} s", reached.as_s_f64());
    }

    #[test]
    fn backlog_is_dropped() {
        // The simulation manages a hundredth of what it should: the deadline stays near.
        let mut pacer = Pacer::default();
        pacer.set_speed(Speed::Thousand);
        let mut now = Timestamp::ZERO;
        for wall_ms in every(16.0, 10_000) {
            let deadline = pacer.deadline(wall_ms, now);
            assert!(deadline.since(now) <= Span::from_s(250), "{wall_ms}");
            let before = now;
            now += Span::from_ms(160);
            pacer.used(before, now);
        }
    }

    #[test]
    fn pauses_and_jumps_of_the_clock_do_not_count() {
        let slept = [0.0, 16.0, 3_600_000.0, 3_600_016.0];
        assert_eq!(drive(Speed::One, &slept, 1.0), Timestamp::from_ms(16 + 250 + 16));
        let back = [1_000.0, 500.0, 516.0];
        assert_eq!(drive(Speed::One, &back, 1.0), Timestamp::from_ms(16));
        let mut pacer = Pacer::default();
        pacer.set_speed(Speed::One);
        pacer.deadline(0.0, Timestamp::ZERO);
        pacer.pause();
        assert_eq!(pacer.deadline(200.0, Timestamp::ZERO), Timestamp::ZERO);
    }

    #[test]
    fn max_has_no_deadline() {
        let mut pacer = Pacer::default();
        pacer.set_speed(Speed::Max);
        assert_eq!(pacer.deadline(0.0, Timestamp::ZERO), Timestamp::MAX);
    }
}
