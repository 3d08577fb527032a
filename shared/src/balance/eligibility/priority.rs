//! Priority levels: how much of the traffic does each level get, and when does one panic?
//!
//! Envoy's integer arithmetic, step by step:
//!
//! 1. A level's health is `min(100, overprovisioning * healthy / hosts)`, floored; the same for
//!    its degraded hosts. Hosts that are not warm yet do not count.
//! 2. The total of all is capped at 100. Each level, in order, gets its health as a share of that
//!    total, while anything is left; then each level's degraded hosts. What rounding leaves goes
//!    to the first level with any health.
//! 3. If the total is under 100, a level panics whose percentage of usable hosts is under the
//!    threshold: it then sends to all of its hosts. If every level panics, traffic follows the
//!    number of hosts.
//!
//! Envoy's documentation rounds some rows of its tables by hand; this follows the code.

/// One priority level, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// All hosts.
    pub hosts: u64,
    /// Hosts that count: all but those not warm yet.
    pub counted: u64,
    /// Healthy ones.
    pub healthy: u64,
    /// Degraded ones: they serve when healthy ones do not suffice.
    pub degraded: u64,
    /// Step 1's health, 0 to 100.
    pub health: u32,
    /// Step 1's health of the degraded.
    pub degraded_health: u32,
}

impl Level {
    /// A level whose health follows the number of its hosts.
    pub fn new(
        hosts: u64,
        excluded: u64,
        healthy: u64,
        degraded: u64,
        overprovisioning_percent: u32,
    ) -> Self {
        let counted = hosts.saturating_sub(excluded);
        let weights = [counted, healthy, degraded];
        Self { hosts, counted, healthy, degraded, ..Self::default() }
            .weighted(weights, overprovisioning_percent)
    }

    /// The same level with its health worked out by weights: of the counted hosts, the healthy
    /// and the degraded (Envoy `weighted_priority_health`).
    #[must_use]
    pub fn weighted(self, [total, healthy, degraded]: [u64; 3], overprovisioning: u32) -> Self {
        let health = |part: u64| {
            let scaled = u128::from(part) * u128::from(overprovisioning);
            scaled.checked_div(u128::from(total)).map_or(0, |health| health.min(100) as u32)
        };
        Self { health: health(healthy), degraded_health: health(degraded), ..self }
    }

    /// Step 3's percentage.
    fn usable_percent(&self) -> f64 {
        if self.counted == 0 {
            return 0.0;
        }
        100.0 * (self.healthy + self.degraded) as f64 / self.counted as f64
    }
}

/// What each level gets, in percent. Healthy and degraded shares together sum to 100.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriorityLoads {
    /// Share of each level's healthy hosts, or of all its hosts while it panics.
    pub healthy: Vec<u32>,
    /// Share of each level's degraded hosts.
    pub degraded: Vec<u32>,
    /// Which levels panic.
    pub panic: Vec<bool>,
    /// The total of step 2.
    pub normalized_total: u32,
}

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Which level.
    pub level: usize,
    /// To its degraded hosts.
    pub degraded: bool,
}

impl PriorityLoads {
    /// The loads of these levels. A threshold of 0 turns panic off.
    pub fn new(levels: &[Level], panic_threshold_percent: f64) -> Self {
        let health: Vec<u32> = levels.iter().map(|level| level.health).collect();
        let degraded: Vec<u32> = levels.iter().map(|level| level.degraded_health).collect();
        let mut loads = distribute(&health, &degraded);
        if loads.normalized_total < 100 {
            let panics = |level: &Level| level.usable_percent() < panic_threshold_percent;
            loads.panic = levels.iter().map(panics).collect();
            if loads.panic.iter().all(|&panics| panics) {
                loads.split_by_hosts(levels);
            }
        }
        if loads.healthy.iter().chain(&loads.degraded).all(|&load| load == 0)
            && let Some(first) = loads.healthy.first_mut()
        {
            // Nobody is there to serve, but a request must still be refused by some level.
            *first = 100;
        }
        loads
    }

    /// Every level panics: hosts count, their health does not.
    pub fn split_by_hosts(&mut self, levels: &[Level]) {
        let all: u64 = levels.iter().map(|level| level.hosts).sum();
        let share = |level: &Level| (100 * level.hosts).checked_div(all).unwrap_or(0) as u32;
        self.healthy = levels.iter().map(share).collect();
        self.degraded.fill(0);
        let left = 100 - self.healthy.iter().sum::<u32>();
        let first = levels.iter().position(|level| level.hosts > 0).unwrap_or(0);
        if let Some(load) = self.healthy.get_mut(first) {
            *load += left;
        }
    }

    /// Where a request with this hash (or random number) goes.
    pub fn choose(&self, hash: u64) -> Option<Share> {
        let bucket = (hash % 100) as u32 + 1;
        let healthy = self.healthy.iter().enumerate().map(|(i, load)| (i, false, load));
        let degraded = self.degraded.iter().enumerate().map(|(i, load)| (i, true, load));
        let mut sum = 0;
        healthy.chain(degraded).find_map(|(level, degraded, load)| {
            sum += load;
            (sum >= bucket).then_some(Share { level, degraded })
        })
    }
}

/// Step 2: shares of levels with these healths, nobody panicking.
pub fn distribute(health: &[u32], degraded_health: &[u32]) -> PriorityLoads {
    let total: u32 = health.iter().chain(degraded_health).sum();
    let normalized_total = total.min(100);
    let mut left = 100;
    let mut take = |health: &u32| {
        let load = (health * 100).checked_div(normalized_total).unwrap_or(0).min(left);
        left -= load;
        load
    };
    let mut healthy: Vec<u32> = health.iter().map(&mut take).collect();
    let mut degraded: Vec<u32> = degraded_health.iter().map(&mut take).collect();
    let first = |health: &[u32]| health.iter().position(|&health| health > 0);
    if let Some(load) = first(health).and_then(|first| healthy.get_mut(first)) {
        *load += left;
    } else if let Some(load) = first(degraded_health).and_then(|first| degraded.get_mut(first)) {
        *load += left;
    }
    PriorityLoads { panic: vec![false; health.len()], healthy, degraded, normalized_total }
}
