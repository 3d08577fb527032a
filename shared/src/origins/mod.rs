//! What the Worker is told: which origins there are and how to treat them.
//!
//! One JSON document ([`EdgeConfig`]), read from the variable `GOMUJUL_CONFIG`, and one document
//! that the Worker keeps for itself ([`HealthDocument`]). Both are pure values: parsing, checking
//! and deciding happen here and are tested natively; the Worker only carries them to and from the
//! platform.

mod affinity;
mod config;
pub mod control;
mod elastic;
mod error;
pub mod event;
mod health;
mod health_check;
mod load;
mod origin;
mod pool;
mod route;
mod scaling;
mod tries;
mod url;
mod usage;

pub use affinity::{Affinity, AffinityBy};
pub use config::{Access, EdgeConfig, MAX_ORIGINS, MAX_POOLS, MAX_PROBES_PER_RUN};
pub use control::{Control, ForcedHealth, Override, WantedCapacity, Wishes};
pub use elastic::{
    Elastic, Finding, Findings, GroupMemory, MemberPhase, MemberState, Minute, Tick,
};
pub use error::EdgeConfigError;
pub use event::{Event, EventKind, Events};
pub use health::{HEARTBEAT, HealthDocument, HealthEntry};
pub use health_check::{HealthCheck, MAX_PROBED_BYTES};
pub use load::{LoadMetrics, ORCA_HEADER};
pub use origin::{Origin, OriginState};
pub use pool::{DEFAULT_POOL, Pool};
pub use route::{ClientPlace, Found, Place, Route, RouteTable, Steering};
pub use scaling::{LOAD_MINUTES_MAX, LoadSource, Scaling, Webhook};
pub use tries::{Limits, Retry, Timeouts};
pub use url::{OriginUrl, OriginUrlError};

#[cfg(test)]
mod tests;
