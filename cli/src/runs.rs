//! Runs the jobs of an experiment in threads, and the options that experiments share.

use shared::experiment::Experiment;
use std::io::{IsTerminal as _, Write as _};
use std::num::NonZero;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most threads that may be asked for.
const THREADS_MAX: usize = 1_024;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Seed of the first run, instead of the design's.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Simulated time of each run, such as 90s, 30m, 1h or 2d, instead of the design's.
    #[arg(long, value_parser = crate::simulate::parse_duration)]
    pub(crate) duration: Option<u32>,
    /// Runs at the same time; as many as the machine has processors if not said.
    #[arg(long, value_parser = parse_jobs)]
    pub(crate) jobs: Option<usize>,
    /// Print the whole report as JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Options {
    /// `design` with the seed and duration that the options ask for.
    pub(crate) fn apply(&self, mut design: shared::design::Design) -> shared::design::Design {
        design.run.seed = self.seed.unwrap_or(design.run.seed);
        design.run.duration_s = self.duration.unwrap_or(design.run.duration_s);
        design
    }
}

fn parse_jobs(text: &str) -> Result<usize, String> {
    let jobs = text.parse().ok().filter(|jobs| (1..=THREADS_MAX).contains(jobs));
    jobs.ok_or_else(|| format!("\"{text}\": use 1 to {THREADS_MAX}"))
}

/// Runs every job of `experiment`, `jobs` at a time. The report does not depend on how many.
pub(crate) fn all(experiment: Experiment, jobs: Option<usize>) -> Result<Experiment, String> {
    let threads =
        jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get));
    let threads = threads.min(experiment.progress().1);
    let experiment = Mutex::new(experiment);
    let work = || -> Result<(), String> {
        loop {
            let Some(job) = lock(&experiment).next_job() else { return Ok(()) };
            let result = job.run().map_err(|error| error.to_string())?;
            let mut experiment = lock(&experiment);
            experiment.record(job.number, &result);
            tell(experiment.progress());
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let died = |_| Err("a run ended before its time".to_owned());
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(died))
    })?;
    Ok(experiment.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// What a thread that died has left is whole: it records a result in one step.
fn lock(experiment: &Mutex<Experiment>) -> MutexGuard<'_, Experiment> {
    experiment.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows people how far it is; programs read standard output only.
fn tell((done, all): (usize, usize)) {
    let mut err = std::io::stderr();
    if err.is_terminal() {
        let end = if done == all { "\n" } else { "" };
        // Nobody may be there to read it.
        let _ = write!(err, "\r{done} of {all} runs{end}").and_then(|()| err.flush());
    }
}
