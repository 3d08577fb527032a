//! `cargo xtask test`: runs suites and counts them.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Result;
use clap::ValueEnum;

use crate::console::seconds;
use crate::process::Interrupted;
use crate::project::Project;
use crate::suites::Suite;

struct Outcome {
    suite: Suite,
    passed: bool,
    took: Duration,
}

/// Runs the suites, all when none is named. A failed suite does not stop the others, so that one
/// run shows all.
pub(crate) fn run(project: &Project, suites: &[Suite]) -> Result<ExitCode> {
    let mut chosen =
        if suites.is_empty() { Suite::value_variants().to_vec() } else { suites.to_vec() };
    chosen.sort_unstable();
    chosen.dedup();
    let started = Instant::now();
    let mut outcomes = Vec::new();
    for (position, suite) in chosen.iter().enumerate() {
        let name = suite.name();
        println!(
            "\n== {name} ({} of {}, {} so far)",
            position + 1,
            chosen.len(),
            seconds(started.elapsed())
        );
        let begun = Instant::now();
        let result = suite.run(project);
        let passed = match result {
            Ok(()) => true,
            Err(error) if error.is::<Interrupted>() => return Err(error),
            Err(error) => {
                println!("error: {error:#}");
                false
            }
        };
        outcomes.push(Outcome { suite: *suite, passed, took: begun.elapsed() });
    }
    Ok(summarise(&outcomes, started.elapsed()))
}

fn summarise(outcomes: &[Outcome], took: Duration) -> ExitCode {
    println!("\n== all ({})", seconds(took));
    for Outcome { suite, passed, took } in outcomes {
        let verdict = if *passed { "passed" } else { "FAILED" };
        println!("{:<8} {verdict} {:>7}", suite.name(), seconds(*took));
    }
    let passed = outcomes.iter().filter(|outcome| outcome.passed).count();
    let failed = outcomes.len() - passed;
    println!("{passed} passed, {failed} failed");
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
