//! The limit: the farm in one loop, with nothing but what the model needs.
//!
//! A heap with four children a node, integer time, the same ziggurat draws, two distinct choices, a
//! FIFO queue per server, one latency histogram. No balancer with health, no groups, no windows, no
//! digests.

use super::clock::CpuClock;
use hdrhistogram::Histogram;
use shared::dist::standard_exponential;
use shared::rng::Rng;
use std::collections::VecDeque;

/// Mean work of a request, nanoseconds.
const WORK_NS: f64 = 1e7;

/// Departures by time; the number of the server breaks ties.
#[derive(Default)]
struct Heap(Vec<(u64, u32)>);

impl Heap {
    fn push(&mut self, entry: (u64, u32)) {
        let mut hole = self.0.len();
        self.0.push(entry);
        while hole > 0 {
            let parent = (hole - 1) / 4;
            if self.0[parent] <= entry {
                break;
            }
            self.0[hole] = self.0[parent];
            hole = parent;
        }
        self.0[hole] = entry;
    }

    fn pop(&mut self) -> Option<(u64, u32)> {
        let last = self.0.pop()?;
        let Some(&first) = self.0.first() else { return Some(last) };
        let (len, mut hole) = (self.0.len(), 0);
        loop {
            let child = hole * 4 + 1;
            if child >= len {
                break;
            }
            let mut least = child;
            for other in child + 1..(child + 4).min(len) {
                if self.0[other] < self.0[least] {
                    least = other;
                }
            }
            if self.0[least] >= last {
                break;
            }
            self.0[hole] = self.0[least];
            hole = least;
        }
        self.0[hole] = last;
        Some(first)
    }
}

/// Requests a second of the loop.
pub(crate) fn run(servers: usize, requests: u64) -> f64 {
    let clock = CpuClock::start();
    let mut rng = Rng::new(1);
    let mut heap = Heap::default();
    let mut queues: Vec<VecDeque<u64>> = vec![VecDeque::new(); servers];
    let mut histogram =
        Histogram::<u32>::new_with_bounds(1_000, 86_400_000_000_000, 3).expect("bounds are good");
    let gap_ns = WORK_NS / (0.8 * servers as f64);
    let (mut arrival, mut done) = (0_u64, 0_u64);
    while done < requests {
        if heap.0.first().is_none_or(|&(at, _)| arrival <= at) {
            let first = rng.index(servers);
            let second = rng.index(servers - 1);
            let second = second + usize::from(second >= first);
            let server = if queues[second].len() < queues[first].len() { second } else { first };
            queues[server].push_back(arrival);
            if queues[server].len() == 1 {
                let work = (WORK_NS * standard_exponential(&mut rng)) as u64;
                heap.push((arrival + work, server as u32));
            }
            arrival += (gap_ns * standard_exponential(&mut rng)) as u64;
        } else if let Some((now, server)) = heap.pop() {
            let queue = &mut queues[server as usize];
            if let Some(arrived) = queue.pop_front() {
                histogram.saturating_record(now - arrived);
                done += 1;
            }
            if !queue.is_empty() {
                let work = (WORK_NS * standard_exponential(&mut rng)) as u64;
                heap.push((now + work, server));
            }
        }
    }
    done as f64 / clock.seconds()
}
