//! The time that the processor has spent on this thread: neighbours do not count.

use std::time::Instant;

/// Runs from its start; in wall time where the system does not tell processor time.
pub(crate) struct CpuClock {
    wall: Instant,
    spent_ns: Option<u64>,
}

impl CpuClock {
    pub(crate) fn start() -> Self {
        Self { wall: Instant::now(), spent_ns: spent_ns() }
    }

    pub(crate) fn seconds(&self) -> f64 {
        match spent_ns().zip(self.spent_ns) {
            Some((now, then)) => (now - then) as f64 / 1e9,
            None => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// Linux only: the first number is the time on a processor.
fn spent_ns() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}
