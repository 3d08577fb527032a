//! What the Worker is told: which origins there are and how to treat them.
//!
//! One JSON document ([`EdgeConfig`]), read from the variable `GOMUJUL_CONFIG`, and one document
//! that the Worker keeps for itself ([`HealthDocument`]). Both are pure values: parsing, checking
//! and deciding happen here and are tested natively; the Worker only carries them to and from the
//! platform.

mod config;
mod error;
mod health;
mod url;

pub use config::{
    EdgeConfig, HealthCheck, MAX_ORIGINS, MAX_PROBES_PER_RUN, Origin, OriginState, Retry, Timeouts,
};
pub use error::EdgeConfigError;
pub use health::{HEARTBEAT, HealthDocument, HealthEntry};
pub use url::{OriginUrl, OriginUrlError};

#[cfg(test)]
mod tests;
