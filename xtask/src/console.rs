//! What a person reads while they wait.

use std::fmt;
use std::time::{Duration, Instant};

/// A step that takes long enough to be announced.
#[derive(Debug)]
pub(crate) struct Step {
    label: String,
    started: Instant,
}

impl Step {
    /// Says that the step begins.
    pub(crate) fn begin(label: impl Into<String>) -> Self {
        let label = label.into();
        println!("{label} …");
        Self { label, started: Instant::now() }
    }

    /// Says that the step goes on, and what it is doing.
    pub(crate) fn report(&self, doing: &str) {
        println!("{} … {} ({doing})", self.label, seconds(self.elapsed()));
    }

    /// Says that the step is done and how long it took.
    pub(crate) fn end(&self, outcome: impl fmt::Display) {
        println!("{} … {} {outcome}", self.label, seconds(self.elapsed()));
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A duration as a person reads it: `0.4 s`, `182 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 9.95 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_have_a_fraction() {
        for (ms, text) in [(0, "0.0 s"), (440, "0.4 s"), (9_960, "10 s"), (182_400, "182 s")] {
            assert_eq!(seconds(Duration::from_millis(ms)), text);
        }
    }
}
