//! `gomujul sweep`: one design with other values in one or two fields.

use crate::{input, output, runs, summary};
use serde_json::json;
use shared::design::Design;
use shared::experiment::{Experiment, Field, Metric, Summary};

/// Most fields that vary together.
const FIELDS_MAX: usize = 2;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A design file, a link, or - for standard input.
    design: String,
    /// A setting as the document names it, such as `desired_capacity`, `nodes[3].service.mean_ms`,
    /// `policy.type` or `run.duration_s`. Give it twice to vary two.
    #[arg(long = "field", required = true)]
    fields: Vec<String>,
    /// Its values, such as 2,4,8; once for every --field, in the same order.
    #[arg(long = "values", required = true)]
    values: Vec<String>,
    /// Runs of every point.
    #[arg(long, default_value_t = 5)]
    replications: u32,
    #[command(flatten)]
    options: runs::Options,
}

/// One combination of values.
#[derive(Clone)]
struct Point {
    values: Vec<String>,
    design: Design,
}

pub(crate) fn run(args: &Args) -> Result<(), String> {
    if args.fields.len() != args.values.len() || args.fields.len() > FIELDS_MAX {
        return Err(format!(
            "{} fields and {} lists of values: give each of at most {FIELDS_MAX} fields one list",
            args.fields.len(),
            args.values.len()
        ));
    }
    let design = args.options.apply(input::read(&args.design)?);
    let mut fields = Vec::new();
    let mut points = vec![Point { values: Vec::new(), design: design.clone() }];
    for (name, values) in args.fields.iter().zip(&args.values) {
        let field = Field::parse(&design, name).map_err(|error| error.to_string())?;
        points = with_values(&points, &field, values)?;
        fields.push(field.to_string());
    }
    let designs = points.iter().map(|point| point.design.clone()).collect();
    let experiment = Experiment::new(designs, args.replications).map_err(|e| e.to_string())?;
    let summaries = runs::all(experiment, args.options.jobs)?.summaries();
    if args.options.json {
        let points = points
            .iter()
            .zip(&summaries)
            .map(|(point, found)| json!({ "values": point.values, "summary": found }));
        let report = json!({ "fields": fields, "points": points.collect::<Vec<_>>() });
        return output::line(&format!("{report:#}"));
    }
    output::line(&format!(
        "{}: {}, {} runs each",
        design.name,
        fields.join(" and "),
        args.replications
    ))?;
    output::line(&format!(
        "{:<24}{:>20}{:>20}{:>20}{:>12}{:>12}  theory",
        "", "mean ms", "p99 ms", "throughput/s", "failed", "cost $"
    ))?;
    let mut points = points.iter().zip(&summaries);
    points.try_for_each(|(point, found)| output::line(&line(&point.values.join(", "), found)))
}

/// Every point with every value of one more field.
fn with_values(points: &[Point], field: &Field, values: &str) -> Result<Vec<Point>, String> {
    let mut all = Vec::new();
    for point in points {
        for value in values.split(',').map(str::trim) {
            let design = field.set(&point.design, value).map_err(|error| error.to_string())?;
            let mut values = point.values.clone();
            values.push(value.to_owned());
            all.push(Point { values, design });
        }
    }
    Ok(all)
}

fn line(values: &str, found: &Summary) -> String {
    let figure = |metric| {
        let estimate = found.estimates.iter().find(|estimate| estimate.metric == metric);
        estimate.map_or(String::new(), |e| summary::with_width(e.mean, e.half_width))
    };
    let mean = |metric| {
        let estimate = found.estimates.iter().find(|estimate| estimate.metric == metric);
        estimate.map_or(String::new(), |estimate| summary::number(estimate.mean))
    };
    format!(
        "{values:<24}{:>20}{:>20}{:>20}{:>12}{:>12}  {}",
        figure(Metric::MeanMs),
        figure(Metric::P99Ms),
        figure(Metric::ThroughputPerS),
        mean(Metric::Failed),
        mean(Metric::CostUsd),
        summary::theory_in_short(&found.theory)
    )
}
