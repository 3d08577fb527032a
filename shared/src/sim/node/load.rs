//! What a server says of its latency when a load probe asks.
//!
//! The median of its last answers. In Prequal the server measures at its own door and prefers
//! answers given at about the present load; here the balancer's own measurements stand for it, so
//! the network is in them, and the window is short enough to follow the load.

use crate::time::Span;

/// Answers that count.
const WINDOW: usize = 9;

/// The last latencies of one server.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::sim) struct RecentLatency {
    latest: [Span; WINDOW],
    seen: usize,
}

impl RecentLatency {
    /// An answer took so long.
    pub(in crate::sim) fn record(&mut self, latency: Span) {
        if let Some(place) = self.latest.get_mut(self.seen % WINDOW) {
            *place = latency;
        }
        self.seen += 1;
    }

    /// The middle one; zero before the first, so that a newcomer is tried.
    pub(in crate::sim) fn median(&self) -> Span {
        let mut sorted = self.latest;
        let known = self.seen.min(WINDOW);
        let Some(known) = sorted.get_mut(..known) else { return Span::ZERO };
        known.sort_unstable();
        known.get(known.len() / 2).copied().unwrap_or(Span::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_follows_the_last_answers() {
        let mut recent = RecentLatency::default();
        assert_eq!(recent.median(), Span::ZERO);
        for ms in [10, 30, 20] {
            recent.record(Span::from_ms(ms));
        }
        assert_eq!(recent.median(), Span::from_ms(20));
        (0..WINDOW).for_each(|_| recent.record(Span::from_ms(70)));
        assert_eq!(recent.median(), Span::from_ms(70));
    }
}
