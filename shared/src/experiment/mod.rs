//! Many runs instead of one: replications, paired comparisons, sweeps.
//!
//! One run is one draw of luck. An [`Experiment`] repeats designs with several seeds and says how
//! far its figures can be trusted:
//!
//! - **Replications** of one design are independent, so Student's t gives intervals whatever the
//!   queues remember.
//! - A **comparison** runs two designs on the same seeds. Every node draws from its own stream,
//!   keyed by request, so both see the same arrivals and the same work (common random numbers);
//!   the difference of a pair varies far less than either run, and is what gets the interval.
//! - A **scaled** run ([`Scaled`]) is one k-th of a system too large to simulate whole.
//! - A **sweep** runs one design with other values in one or two fields.
//!
//! An experiment does not run anything itself: it says which run comes next and takes the result,
//! in any order. The command line runs jobs in threads, a page may in several web workers; the
//! report is the same.
//!
//! ```
//! use shared::design::presets;
//! use shared::experiment::{Experiment, Job};
//!
//! let mut design = presets::single_server();
//! design.run.duration_s = 300;
//! let mut experiment = Experiment::replications(&design, 3).expect("three runs");
//! while let Some(job) = experiment.next_job() {
//!     let result = job.run().expect("presets are valid");
//!     experiment.record(job.number, &result);
//! }
//! let report = experiment.summaries();
//! assert!(report[0].estimates[0].half_width.is_some());
//! ```

mod field;
mod metric;
mod plan;
mod report;
mod scaled;

pub use field::{Field, FieldError};
pub use metric::Metric;
pub use plan::{Experiment, ExperimentError, JOBS_MAX, Job, replication_seed};
pub use report::{
    Difference, DifferenceVerdict, Estimate, RunReport, Summary, TheoryCheck, differences,
};
pub use scaled::{SCALE_MAX, ScaleError, Scaled};

#[cfg(test)]
mod tests;
