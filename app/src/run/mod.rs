//! Hosts the simulation beside the page, so that the page never waits for it.
//!
//! ```text
//!  view ── use_run() ── controller ── host ═ postcard ═ driver ── session ── Simulation
//!  └──────────── page ──────────────────┘                └──────── web worker ────────┘
//! ```
//!
//! [`session`] runs one simulation in slices and reports increments; it is pure and knows neither
//! browser nor clock. A `driver` calls it from a message queue in a web worker and obeys the
//! messages of [`protocol`].
//! [`state`] folds the reports into what the page shows. [`pacer`] decides how far the simulation
//! may be at a given moment. [`lab`](use_lab) runs experiments in workers of its own.

mod claim;
mod clock;
mod controller;
mod driver;
mod faults;
mod growing;
mod hook;
mod host;
mod lab;
mod lab_hook;
pub mod pacer;
pub mod protocol;
mod published;
pub mod session;
#[cfg(test)]
mod session_tests;
mod slice;
pub mod state;
mod ticker;
mod worker;

pub use claim::{Claim, Verdict};
pub use faults::{Offered, faults_anywhere, faults_of};
pub use growing::Growing;
pub use hook::{RunAction, RunHandle, use_run};
pub use lab::{LabState, Question};
pub use lab_hook::{LabAction, LabHandle, use_lab};
pub use pacer::Speed;
pub use state::{Notice, RunState, Status};
pub use worker::run_worker;
