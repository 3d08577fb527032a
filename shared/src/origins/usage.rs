//! What a configuration makes the Worker do, and what that costs: probes and operations of the
//! store.
//!
//! Each run of the cron reads the health document, and in each of its rounds what people want; each
//! isolate reads one key every `health_refresh_s` while it gets requests. The cron writes on a change
//! and every five minutes otherwise.

use super::EdgeConfig;
use super::health::HEARTBEAT;
use crate::cost::EdgeUsage;
use crate::time::Span;

const RUNS_PER_DAY: u64 = 1_440;
const SECONDS_PER_DAY: u64 = 86_400;
const DAYS_PER_MONTH: u64 = 30;

impl EdgeConfig {
    /// A month of thirty equal days at `requests_per_s` on average with `cpu_ms` of CPU time each,
    /// served by `isolates` that are never idle (how many there are is the platform's choice), and
    /// with `changes` a day in what is known of the origins.
    pub fn month(
        &self,
        requests_per_s: f64,
        cpu_ms: f64,
        isolates: u64,
        changes: u64,
    ) -> EdgeUsage {
        let refresh_s = u64::from(self.health_refresh_s.max(1));
        // `as` saturates: nonsense reads as nothing.
        let requests = (requests_per_s * SECONDS_PER_DAY as f64) as u64;
        // A request at most starts a reading, so an isolate with little traffic reads little.
        let by_isolates = (isolates * (SECONDS_PER_DAY / refresh_s)).min(requests);
        let rounds =
            self.by_pool().iter().map(|(_, pool)| pool.health_check.rounds_per_run()).max();
        let keys_per_run = 1 + u64::from(rounds.unwrap_or(1));
        let reads = RUNS_PER_DAY * keys_per_run + by_isolates;
        let heartbeats = Span::from_s(SECONDS_PER_DAY).as_ns() / HEARTBEAT.as_ns();
        EdgeUsage {
            requests: (requests + RUNS_PER_DAY) * DAYS_PER_MONTH,
            cpu_ms: (requests as f64 * cpu_ms) as u64 * DAYS_PER_MONTH,
            kv_reads: reads * DAYS_PER_MONTH,
            kv_writes: (heartbeats + changes) * DAYS_PER_MONTH,
            ..EdgeUsage::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origins::{HealthCheck, HealthDocument};
    use crate::rng::Rng;
    use crate::time::Timestamp;

    /// A day of the cron over twenty origins, two rounds a minute; each origin fails a probe with
    /// this probability. Returns the writes.
    fn writes_of_a_day(failing: &[f64]) -> u32 {
        writes(failing, false)
    }

    /// The same; `matters`: the elastic loop has decided something in every minute.
    fn writes(failing: &[f64], matters: bool) -> u32 {
        let check = HealthCheck::default();
        let mut rng = Rng::new(11);
        let (mut document, mut stored) = (HealthDocument::default(), None);
        let mut writes = 0;
        let mut written = Timestamp::ZERO;
        let start = 20_000 * SECONDS_PER_DAY;
        for minute in 0..RUNS_PER_DAY {
            for round in 0..2 {
                let now = Timestamp::from_s(start + minute * 60 + round * 30);
                for (origin, share) in failing.iter().enumerate() {
                    let passed = rng.unit() >= *share;
                    document.record(now, &format!("o{origin}"), passed, &check, "");
                }
                if document.is_to_be_written(now, stored.as_ref(), round == 1, matters) {
                    document.count_write(now);
                    stored = Some(document.clone());
                    writes += 1;
                    let age = now.since(written);
                    assert!(writes == 1 || age <= HEARTBEAT + Span::from_s(30), "{age:?}");
                    written = now;
                }
            }
        }
        writes
    }

    #[test]
    fn a_day_of_twenty_origins_fits_the_free_plan() {
        assert!(writes_of_a_day(&[0.0; 20]) <= 290, "{}", writes_of_a_day(&[0.0; 20]));
        // Every origin loses one probe of a thousand: the counts go up and down again.
        assert!(writes_of_a_day(&[0.001; 20]) <= 500);
        // One that fails every other probe changes a count in every round.
        let mut flapping = [0.0; 20];
        flapping[7] = 0.3;
        let writes = writes_of_a_day(&flapping);
        assert!(writes <= 1_000, "{writes} writes");
        // Whatever happens, the day ends with heartbeats and not with a store that refuses them.
        let wild = [0.5; 20];
        for (failing, matters) in [(&wild, false), (&wild, true), (&[0.0; 20], true)] {
            let writes = self::writes(failing, matters);
            assert!((600..=950).contains(&writes), "{writes} writes");
        }

        let origins: Vec<String> = (0..20)
            .map(|index| format!(r#"{{"id": "o{index}", "url": "http://o{index}.example"}}"#))
            .collect();
        let config = format!(r#"{{"origins": [{}]}}"#, origins.join(","));
        let config = EdgeConfig::from_json(&config).unwrap();
        let month = config.month(1.1, 1.0, 30, 500);
        assert!(month.fits_free_plan(), "{month:?}");
        // At 100 requests/s the requests need the paid plan; the store still does not.
        let busy = config.month(100.0, 1.0, 30, 500);
        assert!(busy.kv_reads <= 30 * 100_000 && busy.kv_writes <= 30 * 1_000, "{busy:?}");
        assert!(busy.cost().kv_usd.abs() < 1e-9);
    }
}
