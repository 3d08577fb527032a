//! `gomujul simulate`: runs a design to its end, once or many times.

use crate::{input, output, report, runs, summary};
use shared::experiment::{Experiment, Job, RunReport, Scaled};

/// Longest run, seconds: 31 days.
const DURATION_S_MAX: u64 = 31 * 86_400;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A design file, a link, or - for standard input.
    design: String,
    /// Run so many times with seeds of their own and print means with 95 % intervals.
    #[arg(long)]
    replications: Option<u32>,
    /// Simulate one part in so many, for systems too large to simulate whole: rates, servers and
    /// workers are divided, counts and costs multiplied at the end.
    #[arg(long, value_name = "PARTS")]
    scale: Option<u32>,
    #[command(flatten)]
    options: runs::Options,
}

pub(crate) fn run(args: &Args) -> Result<(), String> {
    let design = args.options.apply(input::read(&args.design)?);
    if let Some(replications) = args.replications {
        let mut experiment =
            Experiment::replications(&design, replications).map_err(|e| e.to_string())?;
        if let Some(scale) = args.scale {
            experiment = experiment.in_parts(scale).map_err(|e| e.to_string())?;
        }
        let experiment = runs::all(experiment, args.options.jobs)?;
        return experiment.summaries().iter().try_for_each(|found| {
            if args.options.json {
                output::line(&to_json(found)?)
            } else {
                output::text(&summary::text(found))
            }
        });
    }
    let scaled = Scaled::new(&design, args.scale.unwrap_or(1)).map_err(|e| e.to_string())?;
    let job = Job { number: 0, design: scaled.design().clone() };
    let result = job.run().map_err(|error| error.to_string())?;
    // Theory is about what was simulated; counts and costs are those of the whole.
    let mut report = RunReport::new(&job.design, result);
    report.run = scaled.whole(report.run);
    if args.options.json {
        output::line(&to_json(&report)?)
    } else {
        output::text(&report::text(&report))
    }
}

fn to_json(report: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(report).map_err(|error| error.to_string())
}

/// Reads `90s`, `30m`, `1h`, `2d` or a bare number of seconds.
pub(crate) fn parse_duration(text: &str) -> Result<u32, String> {
    let text = text.trim();
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let scale = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(format!("\"{unit}\" is no unit: use s, m, h or d, as in 90s or 1h")),
    };
    let number = text.strip_suffix(unit).unwrap_or(text);
    let seconds = number.parse::<u64>().ok().and_then(|n| n.checked_mul(scale));
    match seconds {
        Some(s @ 1..=DURATION_S_MAX) => Ok(s as u32),
        Some(s) => Err(format!("{s} seconds: use 1s to 31d")),
        None => Err(format!("\"{text}\" is no duration: use a number with s, m, h or d")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        let good = [("90s", 90), ("30m", 1_800), ("1h", 3_600), ("2d", 172_800), ("7", 7)];
        for (text, seconds) in good {
            assert_eq!(parse_duration(text), Ok(seconds), "{text}");
        }
        for bad in ["", "0", "1w", "32d", "1.5h", "-1s", "99999999999999999999d", "h"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
