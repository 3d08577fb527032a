//! `gomujul compare`: two designs on the same random numbers.

use crate::{input, output, runs, summary};
use serde_json::json;
use shared::experiment::{self, Difference, DifferenceVerdict, Experiment};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The first design: a file, a link, or - for standard input.
    first: String,
    /// The second design.
    second: String,
    /// Pairs of runs.
    #[arg(long, default_value_t = 10)]
    replications: u32,
    #[command(flatten)]
    options: runs::Options,
}

pub(crate) fn run(args: &Args) -> Result<(), String> {
    if args.replications < 2 {
        return Err("a difference needs at least two pairs of runs: --replications 2".to_owned());
    }
    let read = |name: &str| input::read(name).map(|design| args.options.apply(design));
    let designs = vec![read(&args.first)?, read(&args.second)?];
    let experiment = Experiment::new(designs, args.replications).map_err(|e| e.to_string())?;
    let experiment = runs::all(experiment, args.options.jobs)?;
    let (summaries, differences) = (experiment.summaries(), experiment::differences(&experiment));
    if args.options.json {
        let report = json!({ "designs": summaries, "differences": differences });
        return output::line(&format!("{report:#}"));
    }
    for (name, found) in ["first", "second"].into_iter().zip(&summaries) {
        output::line(&format!("{name:<14}{}, {} runs", found.design, found.replications))?;
    }
    output::line(&format!(
        "{:<18}{:>14}{:>14}{:>24}{:>10}  second is",
        "", "first", "second", "difference, 95 %", ""
    ))?;
    differences.iter().try_for_each(|difference| {
        let mean = |index: usize| {
            let estimates = summaries.get(index).map(|found| found.estimates.iter());
            let mut estimates = estimates.into_iter().flatten();
            estimates.find(|e| e.metric == difference.metric).map_or(0.0, |e| e.mean)
        };
        output::line(&line(difference, mean(0), mean(1)))
    })
}

fn line(difference: &Difference, first: f64, second: f64) -> String {
    let Difference { metric, mean, half_width, relative, verdict } = difference;
    let relative = relative.map_or(String::new(), |share| format!("{:+.1} %", share * 100.0));
    let verdict = match verdict {
        DifferenceVerdict::Better => "better",
        DifferenceVerdict::Worse => "worse",
        DifferenceVerdict::NoDifference => "no different, as far as these runs tell",
    };
    let difference = format!("{} ± {}", summary::number(*mean), summary::number(*half_width));
    format!(
        "{:<18}{:>14}{:>14}{difference:>24}{relative:>10}  {verdict}",
        metric.name(),
        summary::number(first),
        summary::number(second)
    )
}
