//! Load balancing: which backend serves this request?
//!
//! The [`Balancer`] is told what happens and answers one question. It is told of backends that
//! come and go, of probe results, of requests that end; it is asked to [`Balancer::pick`]. It
//! never reads a clock, opens a socket or looks at a server: it works from what it was told, which
//! may be late or partial, exactly as a real balancer does. Several balancers (zones, edge
//! isolates) are several values of this type, each with its own counters and its own beliefs.
//!
//! A pick passes two stages. *Eligibility* decides who may serve: in service by the operator's
//! will (`AdminState`) and believed healthy (`eligibility/`). The *policy* then chooses among the
//! eligible; each policy is one file in `policy/`. When nobody is eligible, the balancer fails
//! open and chooses among all registered backends, as an AWS Application Load Balancer does: a
//! broken health check must not take a working system down.
//!
//! What to do around a pick (retry? how long to wait? which status to answer?) are the pure rules
//! of [`request`]; what to do with headers is in [`crate::http`].

mod backend;
mod balancer;
mod config;
mod eligibility;
pub mod explain;
mod message;
pub mod policy;
pub mod request;

pub use backend::{AdminState, BackendConfig, BackendView};
pub use balancer::Balancer;
pub use config::{BalancerConfig, ConfigError};
pub use eligibility::*;
pub use message::{Outcome, Output, Pick, Request, Unavailable};
pub use policy::{LoadReport, PolicyConfig};
pub use request::retry::{is_idempotent, may_repeat};

#[cfg(test)]
mod tests;
