//! What a design at the edge costs: Workers requests, CPU time, KV operations, a month.
//!
//! Cloudflare's published prices of the paid plan (platform documentation, seen 2026-11-22).

use super::{Evidence, Price};
use serde::{Deserialize, Serialize};

/// What a Worker does in a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EdgeUsage {
    /// Requests, those of cron triggers as well.
    pub requests: u64,
    /// CPU time of all requests, milliseconds.
    pub cpu_ms: u64,
    /// Keys read, also those that are missing.
    pub kv_reads: u64,
    /// Keys written.
    pub kv_writes: u64,
    /// Keys deleted.
    pub kv_deletes: u64,
    /// Key lists.
    pub kv_lists: u64,
    /// Stored, gigabytes.
    pub kv_gb: f64,
}

/// A metered quantity: so much is included, the rest costs by the million.
struct Meter {
    included: u64,
    usd_per_million: f64,
}

const REQUESTS: Meter = Meter { included: 10_000_000, usd_per_million: 0.30 };
const CPU_MS: Meter = Meter { included: 30_000_000, usd_per_million: 0.02 };
const KV_READS: Meter = Meter { included: 10_000_000, usd_per_million: 0.50 };
/// Writes, deletes and lists, each by itself.
const KV_CHANGES: Meter = Meter { included: 1_000_000, usd_per_million: 5.0 };
const KV_GB_INCLUDED: f64 = 1.0;
const KV_USD_PER_GB: f64 = 0.50;

/// The paid plan, which every paid use begins with.
pub const WORKERS_PAID_MONTH: Price = Price {
    usd: 5.0,
    per: "month",
    source: "Cloudflare documentation",
    date: "2026-11-22",
    evidence: Evidence::PriceList,
};

impl Meter {
    fn usd(&self, used: u64) -> f64 {
        used.saturating_sub(self.included) as f64 / 1e6 * self.usd_per_million
    }
}

/// Dollars of a month, by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EdgeCost {
    /// The plan.
    pub plan_usd: f64,
    /// Requests beyond the plan's.
    pub requests_usd: f64,
    /// CPU time beyond the plan's.
    pub cpu_usd: f64,
    /// KV operations and storage beyond the plan's.
    pub kv_usd: f64,
}

impl EdgeCost {
    /// All parts.
    pub fn total_usd(&self) -> f64 {
        self.plan_usd + self.requests_usd + self.cpu_usd + self.kv_usd
    }
}

impl EdgeUsage {
    /// What it costs on the paid plan.
    pub fn cost(&self) -> EdgeCost {
        let changes = [self.kv_writes, self.kv_deletes, self.kv_lists];
        let storage = (self.kv_gb - KV_GB_INCLUDED).max(0.0) * KV_USD_PER_GB;
        let changes: f64 = changes.into_iter().map(|used| KV_CHANGES.usd(used)).sum();
        EdgeCost {
            plan_usd: WORKERS_PAID_MONTH.usd,
            requests_usd: REQUESTS.usd(self.requests),
            cpu_usd: CPU_MS.usd(self.cpu_ms),
            kv_usd: KV_READS.usd(self.kv_reads) + changes + storage,
        }
    }

    /// Whether a month like this fits into the free plan, taking days as equal: 100,000 requests,
    /// 100,000 reads and 1,000 of each kind of change a day, 1 GB.
    pub fn fits_free_plan(&self) -> bool {
        const DAYS: u64 = 30;
        self.requests <= 100_000 * DAYS
            && self.kv_reads <= 100_000 * DAYS
            && [self.kv_writes, self.kv_deletes, self.kv_lists].iter().all(|&n| n <= 1_000 * DAYS)
            && self.kv_gb <= 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100 million requests of 1 ms with and without a key read on each: about $78 and $33.
    #[test]
    fn a_read_on_every_request_is_the_larger_part() {
        let memo = EdgeUsage { requests: 100_000_000, cpu_ms: 100_000_000, ..EdgeUsage::default() };
        let read = EdgeUsage { kv_reads: 100_000_000, ..memo };
        assert!((memo.cost().total_usd() - 33.4).abs() < 1e-9, "{:?}", memo.cost());
        assert!((read.cost().total_usd() - 78.4).abs() < 1e-9, "{:?}", read.cost());
        assert!(!memo.fits_free_plan());
        // A cron that writes one key a minute is too much for the free plan.
        let cron = EdgeUsage { requests: 43_200, kv_writes: 43_200, ..EdgeUsage::default() };
        assert!(!cron.fits_free_plan());
    }
}
