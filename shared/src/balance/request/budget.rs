//! Retry budgets: how many retries may all requests together cause?
//!
//! Retries multiply load exactly when there is too much of it. A budget ties them to the traffic.
//!
//! - [`RetryBudget`] (Finagle, tower): each request deposits tokens, each retry withdraws some, so
//!   that retries stay under a percentage of the requests of the last `ttl`; a reserve admits a few
//!   a second in any case.
//! - [`ConcurrentBudget`] (Envoy): retries in flight stay under a percentage of what is in flight.

use crate::balance::ConfigError;
use crate::time::{Span, Timestamp};

const SLOTS: usize = 10;
/// Tokens of one deposit: integers keep fractions of a retry exact enough.
const DEPOSIT: i64 = 1000;
/// What a retry costs at most, in tokens: sums of many stay far from overflow.
const COST_MAX: i64 = 1_000_000_000_000_000;

/// Tokens of the last `ttl`, in a window of ten slots.
#[derive(Clone, Debug)]
pub struct RetryBudget {
    deposit: i64,
    withdrawal: i64,
    reserve: i64,
    slots: [i64; SLOTS],
    current: usize,
    /// When the current slot began.
    since: Timestamp,
    slot_span: Span,
}

impl RetryBudget {
    /// A budget: `ttl_s` 1 to 60, `retry_ratio` 0 to 1,000 retries per request.
    ///
    /// # Errors
    ///
    /// The argument that is out of range.
    pub fn new(
        now: Timestamp,
        ttl_s: f64,
        min_per_s: f64,
        retry_ratio: f64,
    ) -> Result<Self, ConfigError> {
        ConfigError::check("retry_budget.ttl_s", ttl_s, 1.0, 60.0)?;
        ConfigError::check("retry_budget.min_per_s", min_per_s, 0.0, 1_000_000.0)?;
        ConfigError::check("retry_budget.retry_ratio", retry_ratio, 0.0, 1000.0)?;
        // Without deposits a retry costs one token of the reserve.
        let (deposit, withdrawal) = if retry_ratio == 0.0 {
            (0, 1)
        } else {
            // A retry that costs more than all requests of a minute bring in is never granted.
            (DEPOSIT, ((DEPOSIT as f64 / retry_ratio) as i64).clamp(1, COST_MAX))
        };
        Ok(Self {
            deposit,
            withdrawal,
            reserve: ((min_per_s * ttl_s) as i64).saturating_mul(withdrawal),
            slots: [0; SLOTS],
            current: 0,
            since: now,
            slot_span: Span::from_ns(Span::from_s_f64(ttl_s).as_ns() / SLOTS as u64),
        })
    }

    /// Finagle's and tower's default: 10 s, 10 retries a second, 20 %.
    pub fn standard(now: Timestamp) -> Self {
        // Within range, as a test shows; a budget without retries is the safe answer otherwise.
        Self::new(now, 10.0, 10.0, 0.2).unwrap_or(Self {
            deposit: 0,
            withdrawal: 1,
            reserve: 0,
            slots: [0; SLOTS],
            current: 0,
            since: now,
            slot_span: Span::from_s(1),
        })
    }

    /// A request was sent for the first time.
    pub fn deposit(&mut self, now: Timestamp) {
        self.expire(now);
        self.add(self.deposit);
    }

    /// Asks for a retry; if granted, it is paid for.
    pub fn withdraw(&mut self, now: Timestamp) -> bool {
        self.expire(now);
        let granted = self.tokens() >= self.withdrawal;
        if granted {
            self.add(-self.withdrawal);
        }
        granted
    }

    /// Retries that would be granted now.
    pub fn balance(&mut self, now: Timestamp) -> u64 {
        self.expire(now);
        (self.tokens() / self.withdrawal).max(0) as u64
    }

    fn tokens(&self) -> i64 {
        self.slots.iter().fold(self.reserve, |sum, slot| sum.saturating_add(*slot))
    }

    fn add(&mut self, tokens: i64) {
        if let Some(slot) = self.slots.get_mut(self.current) {
            *slot = slot.saturating_add(tokens);
        }
    }

    /// Moves on to the slot of this moment and forgets those that it passes.
    fn expire(&mut self, now: Timestamp) {
        let elapsed = now.since(self.since);
        if elapsed < self.slot_span {
            return;
        }
        // The present slot keeps what it has; more than all slots need not be cleared.
        let passed = elapsed.as_ns() / self.slot_span.as_ns().max(1);
        for _ in 0..passed.min(SLOTS as u64) {
            self.current = (self.current + 1) % SLOTS;
            self.slots[self.current] = 0;
        }
        self.since = now;
    }
}

/// Envoy's budget: a percentage of what is in flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConcurrentBudget {
    /// Percent of active and pending requests that may be retries.
    pub budget_percent: f64,
    /// So many are allowed in any case.
    pub min_retry_concurrency: u32,
}

impl Default for ConcurrentBudget {
    fn default() -> Self {
        Self { budget_percent: 20.0, min_retry_concurrency: 3 }
    }
}

impl ConcurrentBudget {
    /// How many retries may be in flight.
    pub fn max_active_retries(&self, active: u64, pending: u64) -> u64 {
        let in_flight = active.saturating_add(pending) as f64;
        ((in_flight * self.budget_percent / 100.0) as u64).max(self.min_retry_concurrency.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_budget_starts_with_a_hundred_retries() {
        assert_eq!(RetryBudget::standard(Timestamp::ZERO).balance(Timestamp::ZERO), 100);
    }

    #[test]
    fn out_of_range_is_refused() {
        for (ttl, min, ratio) in [(0.5, 0.0, 0.2), (1.0, -1.0, 0.2), (1.0, 0.0, f64::NAN)] {
            assert!(RetryBudget::new(Timestamp::ZERO, ttl, min, ratio).is_err());
        }
    }
}
