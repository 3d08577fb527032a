//! `gomujul simulate`: runs a design to its end.

use crate::{input, output, report};
use shared::sim::{RunResult, Simulation, StepBudget};
use shared::time::Timestamp;

/// Longest run, seconds: 31 days.
const DURATION_S_MAX: u64 = 31 * 86_400;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A design file, a link, or - for standard input.
    design: String,
    /// Seed of the random streams, instead of the design's.
    #[arg(long)]
    seed: Option<u64>,
    /// Simulated time, such as 90s, 30m, 1h or 2d, instead of the design's.
    #[arg(long, value_parser = parse_duration)]
    duration: Option<u32>,
    /// Print the whole result as JSON (`gomujul schema result` describes it).
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &Args) -> Result<(), String> {
    let mut design = input::read(&args.design)?;
    design.run.seed = args.seed.unwrap_or(design.run.seed);
    if let Some(duration_s) = args.duration {
        design.run.duration_s = duration_s;
    }
    let mut sim = Simulation::new(&design).map_err(|error| error.to_string())?;
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    let result = sim.result();
    if args.json { output::line(&to_json(&result)?) } else { output::text(&report::text(&result)) }
}

fn to_json(result: &RunResult) -> Result<String, String> {
    serde_json::to_string_pretty(result).map_err(|error| error.to_string())
}

/// Reads `90s`, `30m`, `1h`, `2d` or a bare number of seconds.
fn parse_duration(text: &str) -> Result<u32, String> {
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
