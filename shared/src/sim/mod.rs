//! The simulation: a discrete-event model of a drawn architecture.
//!
//! Every request is simulated by itself: it arrives, is balanced by the real [`crate::balance`]
//! core, waits, is worked on, and ends. Groups run the real [`crate::scale`] core. docs/SIMULATION.md
//! states the model, its assumptions and what is left out.
//!
//! ```
//! use shared::design::presets;
//! use shared::sim::{Simulation, StepBudget};
//! use shared::time::Timestamp;
//!
//! let mut sim = Simulation::new(&presets::single_server()).expect("presets are valid");
//! let report = sim.run_until(Timestamp::from_s(600), StepBudget::UNLIMITED);
//! assert_eq!(report.now, Timestamp::from_s(600));
//! let result = sim.result();
//! assert!(result.totals.completed > 40_000);
//! ```
//!
//! # Determinism
//!
//! Time is whole nanoseconds. Events at one time happen in the order in which they were
//! scheduled. Every node draws from its own stream. [`RunResult::digest`] is a hash over every
//! request's end; equal digests mean equal runs.

mod agenda;
pub mod as_json;
mod batches;
mod checks;
mod command;
mod decision;
mod engine;
mod event;
mod frame;
mod heap;
mod hops;
mod log;
mod measure;
mod meter;
mod node;
mod recovery;
mod result;
mod slo;
mod trace;

pub use batches::{BATCHES, LatencyIntervals};
pub use checks::Checks;
pub use command::{Command, CommandError};
pub use decision::{Decision, Server};
pub use engine::{Holdings, Simulation, StartError, StepBudget, StepReport};
pub use frame::{
    AlarmFrame, BackendFrame, BalancerFrame, DependencyFrame, Frame, GroupFrame, InstanceFrame,
    LinkFrame, NodeFrame, ServerState, SourceFrame,
};
pub use hops::{ClassResult, Hop, HopResult};
pub use log::{LogEntry, LogEvent};
pub use measure::{FailureCause, Latency, SeriesPoint, Totals};
pub use node::BalancerNode;
pub use recovery::Recovery;
pub use result::{NodeResult, RequestTally, RunResult};
pub use slo::{Objective, SloResult, SloVerdict};
pub use trace::{Activity, Trace, TraceSpan, Traced, Which};

#[cfg(test)]
mod tests;
