//! Which runs an experiment needs, and which of them are done.

use super::metric::Metric;
use super::scaled::{ScaleError, Scaled};
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
    /// A design has no such part: see [`Experiment::in_parts`].
    Scale {
        /// Which of the designs, from 0.
        design: usize,
        /// Why not.
        error: ScaleError,
    },
}

impl fmt::Display for ExperimentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jobs { jobs } => write!(f, "{jobs} runs: use 1 to {JOBS_MAX}"),
            Self::Broken { design, error } => write!(f, "design {}: {error}", design + 1),
            Self::Scale { design, error } => write!(f, "design {}: {error}", design + 1),
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
    /// By design: what its runs are a part of, if they are.
    parts: Option<Vec<Scaled>>,
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
        Ok(Self { designs, seeds, outcomes: vec![None; jobs], next: 0, parts: None })
    }

    /// The same with one `factor`-th of each design: see [`Scaled`]. Counts and costs that are
    /// recorded are taken so many times.
    ///
    /// # Errors
    ///
    /// A design has no such part.
    pub fn in_parts(mut self, factor: u32) -> Result<Self, ExperimentError> {
        let part = |(number, whole): (usize, &Design)| {
            let scaled = Scaled::new(whole, factor);
            scaled.map_err(|error| ExperimentError::Scale { design: number, error })
        };
        let parts: Vec<Scaled> =
            self.designs.iter().enumerate().map(part).collect::<Result<_, _>>()?;
        self.designs = parts.iter().map(|part| part.design().clone()).collect();
        self.parts = Some(parts);
        Ok(self)
    }

    /// One in so many is what runs.
    pub(super) fn scaled_by(&self) -> u32 {
        self.parts.as_ref().and_then(|parts| parts.first()).map_or(1, Scaled::factor)
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
        let part = self.parts.as_ref().and_then(|parts| parts.get(number % parts.len()));
        let whole = part.map(|part| part.whole(result.clone()));
        if let Some(place) = self.outcomes.get_mut(number) {
            let figures = whole.as_ref().unwrap_or(result);
            *place = Some(Outcome {
                metrics: Metric::ALL.map(|metric| metric.of(figures)),
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
