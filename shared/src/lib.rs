//! The one crate behind the page, the Worker and the command line.
//!
//! # Contract
//!
//! - **Time is an argument.** Nothing here reads a clock. The simulation passes virtual time,
//!   the Worker passes wall time; the same code cannot tell them apart.
//! - **Randomness is owned.** Every component draws from its own [`rng::Rng`] stream, forked
//!   from one seed by label, so adding a component never shifts another's draws.
//! - **Floats go through [`math`].** The standard library's `ln`, `exp` and friends give other
//!   bits natively than in wasm; `libm` gives the same.
//! - **Told, never asking.** Components take messages and return decisions. They hold no
//!   sockets, no timers, no callbacks; `poll_timeout` says when they want to be called again.
//!
//! Same design, same seed, same commands: same result, bit for bit, natively and in wasm.
//!
//! # Reading order
//!
//! [`time`], [`rng`], [`math`], [`dist`], [`hash`], [`id`], [`json`] and [`ordered`] are the ground
//! floor. [`balance`], [`scale`] and [`cost`] stand on it and know nothing of each other. `design`
//! is the document that people draw. `sim` puts all of them in motion, `theory` says what queueing
//! formulas expect of a design, `experiment` runs designs many times and compares; [`stats`] serves
//! them. The Worker uses [`balance`], [`scale`] and [`origins`] only.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod balance;
pub mod cost;
#[cfg(feature = "design")]
pub mod deploy;
#[cfg(feature = "design")]
pub mod design;
pub mod dist;
#[cfg(feature = "sim")]
pub mod experiment;
pub mod hash;
pub mod http;
pub mod id;
pub mod json;
pub mod math;
pub mod ordered;
pub mod origins;
pub mod rng;
pub mod scale;
#[cfg(feature = "sim")]
pub mod sim;
pub mod stats;
#[cfg(feature = "design")]
pub mod theory;
pub mod time;

/// The version of the rules. It is part of every result digest: two engines of one version give
/// the same result for the same design and seed; a change of any rule changes the version.
pub const ENGINE_VERSION: u32 = 2;
