//! Holding back against flapping: recommendations of the recent past count as well.

use crate::time::{Span, Timestamp};

/// What was recommended, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendation {
    /// When.
    pub at: Timestamp,
    /// How many replicas.
    pub replicas: u32,
}

fn within(now: Timestamp, window: Span, past: &[Recommendation]) -> impl Iterator<Item = u32> + '_ {
    past.iter().filter(move |past| now.since(past.at) < window).map(|past| past.replicas)
}

/// Without behaviour rules: the highest recommendation of the downscale window.
pub fn stabilize(now: Timestamp, window: Span, past: &[Recommendation], wanted: u32) -> u32 {
    within(now, window, past).fold(wanted, u32::max)
}

/// With behaviour rules: no more than the lowest recommendation of the upscale window, no fewer
/// than the highest of the downscale window, and otherwise as it is.
pub fn stabilize_both_ways(
    now: Timestamp,
    (up, down): (Span, Span),
    past: &[Recommendation],
    current: u32,
    wanted: u32,
) -> u32 {
    let lowest = within(now, up, past).fold(wanted, u32::min);
    let highest = within(now, down, past).fold(wanted, u32::max);
    current.max(lowest).min(highest)
}
