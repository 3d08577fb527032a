//! Queueing theory: what formulas expect of a system, and which formula covers a drawn part.
//!
//! The simulation draws every request; theory computes means and percentiles in closed form where
//! assumptions hold. Each is a check of the other: the tests compare them over every model here,
//! and reports put the predicted values beside the measured ones with a [`Verdict`].
//!
//! | Model | Type | Gives |
//! |---|---|---|
//! | M/M/1, M/M/c (Erlang C) | [`Mmc`] | mean, any percentile of wait and response |
//! | M/M/c/K | [`Mmck`] | refusals, mean, percentiles |
//! | M/G/c/c (Erlang B) | [`Loss`] | refusals |
//! | M/M/c//N (closed loop) | [`ClosedLoop`] | throughput, mean |
//! | M/G/1 (Pollaczek and Khinchine) | [`Mg1`] | mean, percentiles on a grid |
//! | M/G/1 processor sharing | [`Mg1Ps`] | mean |
//! | E_n/M/c, D/M/c (round robin) | [`Gmc`] | mean, percentiles |
//! | power of d choices, n to infinity | [`PowerOfChoices`] | mean, percentiles |
//! | shortest of all queues | [`shortest_queue_bounds`] | bounds of the mean |
//! | M/M/k with set-up times | [`MmkSetup`] | mean, servers on |
//!
//! The models know no unit of time: rates are per unit, times in the same unit. Only
//! [`predict`], which reads designs, speaks of milliseconds. All floating-point functions are
//! those of [`crate::math`], so that a prediction is the same in every browser.
//!
//! ```
//! use shared::theory::Mmc;
//!
//! // 80 requests a second, one server that serves 100.
//! let queue = Mmc::new(80.0, 100.0, 1).expect("the load is 80 %");
//! assert!((queue.mean_response() - 0.050).abs() < 1e-12);
//! assert!(Mmc::new(100.0, 100.0, 1).is_err(), "a queue at 100 % has no mean");
//! ```

mod error;
mod finite;
mod formulas;
mod general;
mod law;
mod phase;
mod pool;
mod predict;
mod reason;
mod setup;
mod sharing;
mod split;
mod verdict;

pub use error::TheoryError;
pub use finite::{ClosedLoop, Loss, Mmck, USERS_MAX, WAITING_MAX};
pub use formulas::{Model, Predicted};
pub use general::{Mg1, Mg1Ps};
pub use law::Service;
pub use pool::{Mmc, SERVERS_MAX, erlang_b, erlang_c};
pub use predict::{Prediction, predict};
pub use reason::Reason;
pub use setup::{MmkSetup, SETUP_SERVERS_MAX};
pub use split::{Gaps, Gmc, PowerOfChoices, shortest_queue_bounds};
pub use verdict::{Comparison, Measured, Quantity, Verdict, verdict};

#[cfg(test)]
mod predict_tests;
#[cfg(test)]
mod tests;
