//! Time-outs: one for each try, one over all tries (Envoy: the route's includes all retries).

use crate::time::{Span, Timestamp};

/// The limits; `None` sets none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Of one try.
    pub per_try: Option<Span>,
    /// From the first try's start to the answer, waits and retries included.
    pub overall: Option<Span>,
}

impl Timeouts {
    /// When a try that starts now must have answered; `first` is when the first one started.
    pub fn deadline(&self, first: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let try_ends = self.per_try.map(|limit| now + limit);
        let all_ends = self.overall.map(|limit| first + limit);
        try_ends.into_iter().chain(all_ends).min()
    }

    /// Whether another try, `wait` from now, would still start in time.
    pub fn allows_retry(&self, first: Timestamp, now: Timestamp, wait: Span) -> bool {
        self.overall.is_none_or(|limit| now + wait < first + limit)
    }
}

/// A keep-alive of the target that is not longer than the balancer's idle time-out closes
/// connections under the balancer's hands: it then answers 502 (AWS).
pub fn keep_alive_is_safe(target_keep_alive: Span, balancer_idle: Span) -> bool {
    target_keep_alive > balancer_idle
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_limit_counts() {
        let (first, now) = (Timestamp::from_ms(100), Timestamp::from_ms(350));
        let (per_try, overall) = (Some(Span::from_ms(200)), Some(Span::from_ms(400)));
        let timeouts = Timeouts { per_try, overall };
        assert_eq!(timeouts.deadline(first, first), Some(Timestamp::from_ms(300)));
        assert_eq!(timeouts.deadline(first, now), Some(Timestamp::from_ms(500)));
        assert!(timeouts.allows_retry(first, now, Span::from_ms(149)));
        assert!(!timeouts.allows_retry(first, now, Span::from_ms(150)));
        assert_eq!(Timeouts::default().deadline(first, now), None);
    }
}
