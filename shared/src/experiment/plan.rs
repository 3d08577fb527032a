//! Which runs an experiment needs, and which of them are done.

use super::metric::Metric;
use crate::design::{self, Design, Severity};
use crate::rng::Rng;
use crate::sim::{RunResult, Simulation, StartError, StepBudget};
use crate::time::Timestamp;
use std::fmt;

/// Most runs of one experiment.
pub const JOBS_MAX: usize = 100_000;

/// Why an experiment makes no sense.
#[derive(Clone, Debug, PartialEq)]
pub enum ExperimentError {
    /// No runs, or more than [`JOBS_MAX`].
    Jobs {
        /// How many were asked for.
        jobs: usize,
    },
    /// A design has errors.
    Broken {
        /// Which of the designs, from 0.
        design: usize,
        /// What is wrong with it.
        error: StartError,
    },
}

impl fmt::Display for ExperimentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jobs { jobs } => write!(f, "{jobs} runs: use 1 to {JOBS_MAX}"),
            Self::Broken { design, error } => write!(f, "design {}: {error}", design + 1),
        }
    }
}

impl std::error::Error for ExperimentError {}

/// One run that an experiment needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its number, for [`Experiment::record`].
    pub number: usize,
    /// What to run, seed included.
    pub design: Design,
}

impl Job {
    /// Runs it to its end, at once.
    ///
    /// # Errors
    ///
    /// The design does not start.
    pub fn run(&self) -> Result<RunResult, StartError> {
        let mut sim = Simulation::new(&self.design)?;
        sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        Ok(sim.result())
    }
}

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    pub(super) metrics: [f64; Metric::ALL.len()],
    pub(super) digest: String,
    pub(super) sound: bool,
}

/// Designs times seeds: which run is next, and what came of those done.
#[derive(Clone, Debug)]
pub struct Experiment {
    pub(super) designs: Vec<Design>,
    pub(super) seeds: Vec<u64>,
    /// By number: all designs with the first seed, then all with the second, so that whatever is
    /// done is comparable.
    outcomes: Vec<Option<Outcome>>,
    next: usize,
}

/// The seed of a replication: the design's own for the first, then independent ones. They stay
/// below 2^53, so that a page can show and replay them exactly.
pub fn replication_seed(seed: u64, replication: u32) -> u64 {
    if replication == 0 {
        return seed;
    }
    Rng::new(seed).fork("replication", u64::from(replication)).next_u64() >> 11
}

impl Experiment {
    /// `replications` runs of one design.
    ///
    /// # Errors
    ///
    /// The design has errors, or there are too few or too many runs.
    pub fn replications(design: &Design, replications: u32) -> Result<Self, ExperimentError> {
        Self::new(vec![design.clone()], replications)
    }

    /// Every design with the same seeds, which are derived from the first design's.
    ///
    /// # Errors
    ///
    /// A design has errors, or there are too few or too many runs.
    pub fn new(designs: Vec<Design>, replications: u32) -> Result<Self, ExperimentError> {
        let jobs = designs.len().saturating_mul(replications as usize);
        let seed = designs.first().map_or(0, |design| design.run.seed);
        if jobs == 0 || jobs > JOBS_MAX {
            return Err(ExperimentError::Jobs { jobs });
        }
        for (number, design) in designs.iter().enumerate() {
            let mut issues = design::validate(design);
            issues.retain(|issue| issue.severity == Severity::Error);
            if !issues.is_empty() {
                let error = StartError { issues };
                return Err(ExperimentError::Broken { design: number, error });
            }
        }
        let seeds = (0..replications).map(|i| replication_seed(seed, i)).collect();
        Ok(Self { designs, seeds, outcomes: vec![None; jobs], next: 0 })
    }

    /// The next run that nobody has been given yet.
    pub fn next_job(&mut self) -> Option<Job> {
        let number = self.next;
        let seed = *self.seeds.get(number / self.designs.len())?;
        let mut design = self.designs.get(number % self.designs.len())?.clone();
        design.run.seed = seed;
        self.next += 1;
        Some(Job { number, design })
    }

    /// Takes the result of a job. A number that no job has is ignored.
    pub fn record(&mut self, number: usize, result: &RunResult) {
        if let Some(place) = self.outcomes.get_mut(number) {
            *place = Some(Outcome {
                metrics: Metric::ALL.map(|metric| metric.of(result)),
                digest: result.digest.clone(),
                sound: result.checks.conserved && result.checks.little_holds,
            });
        }
    }

    /// Runs that are done, and runs in all.
    pub fn progress(&self) -> (usize, usize) {
        (self.outcomes.iter().flatten().count(), self.outcomes.len())
    }

    /// Whether every run is done.
    pub fn is_done(&self) -> bool {
        self.outcomes.iter().all(Option::is_some)
    }

    /// What came of a design's runs, by replication; `None` for those not done.
    pub(super) fn outcomes_of(&self, design: usize) -> impl Iterator<Item = Option<&Outcome>> {
        self.outcomes.iter().skip(design).step_by(self.designs.len()).map(Option::as_ref)
    }
}
