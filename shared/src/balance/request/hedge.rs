//! Hedging (Dean and Barroso 2013; tower): after the latency that most requests stay under, a
//! second copy goes to another backend; the first answer wins.
//!
//! Only requests that may happen twice are copied, and only while the budget allows it: each copy
//! is a retry. The percentile comes from the latencies of the last two windows, so that it follows
//! the service; with too few of them nothing is hedged.

use super::retry::is_idempotent;
use crate::time::{Span, Timestamp};

/// Buckets: eight for each doubling, from 1 µs up to more than an hour.
const BUCKETS: usize = 32 * STEPS;
const STEPS: usize = 8;

/// When to send a second copy.
#[derive(Clone, Debug)]
pub struct Hedge {
    percentile: f64,
    min_samples: u64,
    window: Span,
    rotates_at: Timestamp,
    past: Box<[u64; BUCKETS]>,
    present: Box<[u64; BUCKETS]>,
}

impl Hedge {
    /// Hedges at `percentile` (0 to 1) of at least `min_samples` latencies; a window's latencies
    /// are forgotten one window after its end.
    pub fn new(now: Timestamp, percentile: f64, min_samples: u64, window: Span) -> Self {
        Self {
            percentile: percentile.clamp(0.0, 1.0),
            min_samples,
            window,
            rotates_at: now + window,
            past: Box::new([0; BUCKETS]),
            present: Box::new([0; BUCKETS]),
        }
    }

    /// A request was answered after `latency`.
    pub fn record(&mut self, now: Timestamp, latency: Span) {
        if now >= self.rotates_at {
            std::mem::swap(&mut self.past, &mut self.present);
            self.present.fill(0);
            self.rotates_at = now + self.window;
        }
        if let Some(count) = self.present.get_mut(bucket(latency)) {
            *count += 1;
        }
    }

    /// How long after its start a request gets a second copy, if ever.
    pub fn delay(&self, method: &str, has_body: bool) -> Option<Span> {
        if has_body || !is_idempotent(method) {
            return None;
        }
        let counts = || self.past.iter().zip(self.present.iter()).map(|(a, b)| a + b);
        let samples: u64 = counts().sum();
        if samples == 0 || samples < self.min_samples {
            return None;
        }
        let wanted = ((samples as f64 * self.percentile).ceil() as u64).max(1);
        let mut sum = 0;
        let index = counts().position(|count| {
            sum += count;
            sum >= wanted
        })?;
        Some(upper_end(index))
    }
}

/// Latency to bucket: the position of its highest bit, and the three bits below it.
fn bucket(latency: Span) -> usize {
    let us = (latency.as_ns() / 1000).max(1);
    let octave = us.ilog2() as usize;
    let step = ((us << 3) >> octave) as usize - STEPS;
    (octave * STEPS + step).min(BUCKETS - 1)
}

/// The least latency that belongs to the next bucket.
fn upper_end(bucket: usize) -> Span {
    let (octave, step) = (bucket / STEPS, bucket % STEPS);
    Span::from_us((((STEPS + step + 1) as u64) << octave).div_ceil(STEPS as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_the_percentile() {
        let mut hedge = Hedge::new(Timestamp::ZERO, 0.95, 100, Span::from_s(10));
        for i in 0..1000_u64 {
            let latency = if i % 100 < 96 { Span::from_ms(10) } else { Span::from_s(1) };
            hedge.record(Timestamp::ZERO, latency);
        }
        let delay = hedge.delay("GET", false).unwrap().as_ms_f64();
        assert!((10.0..=11.3).contains(&delay), "{delay}");
        assert_eq!(hedge.delay("POST", false), None);
        assert_eq!(hedge.delay("PUT", true), None);
    }

    #[test]
    fn forgets_what_is_two_windows_old() {
        let mut hedge = Hedge::new(Timestamp::ZERO, 0.5, 1, Span::from_s(1));
        hedge.record(Timestamp::ZERO, Span::from_s(5));
        hedge.record(Timestamp::from_s(1), Span::from_ms(1));
        hedge.record(Timestamp::from_s(2), Span::from_ms(1));
        assert!(hedge.delay("GET", false).unwrap() < Span::from_ms(2));
        hedge.record(Timestamp::from_s(2), Span::MAX);
        hedge.record(Timestamp::from_s(2), Span::ZERO);
    }
}
