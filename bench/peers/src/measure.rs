//! Timing: the same loop for everybody.

use std::collections::VecDeque;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Numbers of backends.
pub const SIZES: [u32; 3] = [10, 1_000, 10_000];
/// Rounds, of which the best counts.
pub const ROUNDS: u32 = 7;
const PICKS: u32 = 50_000;
/// Slow ones get fewer picks, so that the whole takes seconds and not minutes.
const ROUND_LIMIT: Duration = Duration::from_millis(300);

/// Somebody who picks backends.
pub trait Subject {
    /// A request in flight.
    type Held;
    /// Chooses a backend for a request that is like no other.
    fn pick(&mut self, number: u64) -> Self::Held;
    /// The request ended.
    fn complete(&mut self, held: Self::Held);
}

/// Nanoseconds of one pick and one completion, with half as many requests in flight as backends.
pub fn time(mut subject: impl Subject, backends: u32) -> f64 {
    let mut held: VecDeque<_> = (0..u64::from(backends / 2)).map(|i| subject.pick(i)).collect();
    let mut number = 1_000_000;
    let mut best = f64::INFINITY;
    for round in 0..=ROUNDS {
        let (start, mut picks) = (Instant::now(), 0);
        while picks < PICKS && start.elapsed() < ROUND_LIMIT {
            // Reading the clock costs as much as a pick: do it rarely.
            for _ in 0..500 {
                number += 1;
                held.push_back(black_box(subject.pick(number)));
                if let Some(oldest) = held.pop_front() {
                    subject.complete(oldest);
                }
            }
            picks += 500;
        }
        let ns = start.elapsed().as_nanos() as f64 / f64::from(picks);
        if round > 0 {
            best = best.min(ns);
        }
    }
    best
}

/// Prints one line of figures.
pub fn line(name: &str, figure: impl Fn(u32) -> f64) {
    print!("{name:<34}");
    for n in SIZES {
        print!("{:>10.1}", figure(n));
    }
    println!();
}

/// A key for a request: what a path or a user name would be.
pub fn key(number: u64) -> [u8; 16] {
    let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut key = [0; 16];
    key[..8].copy_from_slice(&number.to_le_bytes());
    key[8..].copy_from_slice(&mixed.to_le_bytes());
    key
}
