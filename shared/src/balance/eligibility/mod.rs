//! Who may serve: what comes before every policy.
//!
//! A backend is eligible when its operator wants it (`AdminState`), its health checks pass
//! (`health`), its answers do not stand out (`outlier`) and it has room. Eligible backends are
//! then weighed by level and place: `priority` says how much of the traffic each priority level
//! gets and when a level panics, `locality` splits a level by zone, `slow_start` lets newcomers
//! warm up. All of it is arithmetic on counts, so that each rule can be checked by itself.

mod config;
mod health;
mod locality;
mod outlier;
mod priority;
mod quorum;
mod slow_start;

pub use config::{EligibilityConfig, Localities};
pub use health::{
    CheckResult, Health, HealthCheckConfig, HealthTracker, Matcher, MatcherError, ProbeAnswer,
    ProbeRules, body_matches,
};
pub use locality::{Locality, ZoneRouting, effective_weight};
pub use outlier::{
    ConsecutiveErrors, OutlierConfig, OutlierDetector, SuccessRates, ejection_time, may_eject,
};
pub use priority::{Level, PriorityLoads, Share, distribute};
pub use quorum::{PoolHealth, endpoint_is_healthy, region_is_healthy};
pub use slow_start::SlowStart;
