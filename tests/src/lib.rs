//! What the test suites share.
//!
//! The suites themselves are listed in `README.md` beside this package's manifest.

pub mod conform;
pub mod damage;
pub mod random_design;
