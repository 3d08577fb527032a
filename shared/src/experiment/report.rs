//! What an experiment has found, and a run beside theory.

use super::metric::Metric;
use super::plan::{Experiment, Outcome};
use crate::design::Design;
use crate::id::NodeId;
use crate::sim::RunResult;
use crate::stats::Interval;
use crate::theory::{self, Comparison, Measured, Predicted, Quantity, Reason};
use serde::Serialize;

/// A figure over several runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimate {
    /// Which figure.
    pub metric: Metric,
    /// Mean over the runs.
    pub mean: f64,
    /// Half the width of its 95 % interval; absent for one run.
    pub half_width: Option<f64>,
}

/// What came of a design's runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Name of the design.
    pub design: String,
    /// Runs that are done.
    pub replications: u32,
    /// One in so many requests and servers was simulated: see [`super::Scaled`]. 1 is the whole.
    pub scaled_by: u32,
    /// Their seeds; each replays its run.
    pub seeds: Vec<u64>,
    /// Their digests, in the same order.
    pub digests: Vec<String>,
    /// Whether conservation and Little's law held in every run.
    pub sound: bool,
    /// Every figure with its interval.
    pub estimates: Vec<Estimate>,
    /// What theory says about each part of the design.
    pub theory: Vec<TheoryCheck>,
}

/// Theory beside measurement for one part of a design.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TheoryCheck {
    /// The node that works, or the balancer before several of them.
    pub node: NodeId,
    /// Its name.
    pub name: String,
    /// What a formula predicts, if one covers the part.
    pub predicted: Option<Predicted>,
    /// Why none does.
    pub reason: Option<Reason>,
    /// Predicted and measured values with verdicts. Empty if the design has several parts: latency
    /// is measured over all of them.
    pub comparisons: Vec<Comparison>,
}

/// A run with theory beside it: what `gomujul simulate --json` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunReport {
    /// The run.
    #[serde(flatten)]
    pub run: RunResult,
    /// What theory says about each part of the design.
    pub theory: Vec<TheoryCheck>,
}

impl RunReport {
    /// Puts theory beside a run of `design`.
    pub fn new(design: &Design, run: RunResult) -> Self {
        let intervals = &run.intervals;
        let theory = check(design, |metric| {
            let half_width = match metric {
                Metric::MeanMs => intervals.mean_ms,
                Metric::P50Ms => intervals.p50_ms,
                Metric::P95Ms => intervals.p95_ms,
                Metric::P99Ms => intervals.p99_ms,
                Metric::P999Ms => intervals.p999_ms,
                Metric::Failed => intervals.failed,
                Metric::ThroughputPerS | Metric::CostUsd => None,
            };
            // Without an interval nobody can say whether a difference is chance.
            Some(Measured { value: metric.of(&run), half_width: Some(half_width?) })
        });
        Self { run, theory }
    }
}

/// Theory for every part of a design, compared with what `measured` says where it can be.
fn check(design: &Design, measured: impl Fn(Metric) -> Option<Measured>) -> Vec<TheoryCheck> {
    let predictions = theory::predict(design);
    let alone = predictions.len() == 1;
    let check = |prediction: theory::Prediction| {
        let node = design.node(prediction.node);
        let (predicted, reason) = match prediction.outcome {
            Ok(predicted) => (Some(predicted), None),
            Err(reason) => (None, Some(reason)),
        };
        let of = |quantity: Quantity| measured(Metric::of_quantity(quantity)?);
        let comparisons = predicted.as_ref().filter(|_| alone);
        let comparisons = comparisons.map(|predicted| theory::verdict(predicted, of));
        TheoryCheck {
            node: prediction.node,
            name: node.map(|node| node.name.clone()).unwrap_or_default(),
            predicted,
            reason,
            comparisons: comparisons.unwrap_or_default(),
        }
    };
    predictions.into_iter().map(check).collect()
}

impl Experiment {
    /// What came of each design's runs so far, in the order of the designs.
    pub fn summaries(&self) -> Vec<Summary> {
        let designs = self.designs.iter().enumerate();
        designs.map(|(index, design)| self.summary(index, design)).collect()
    }

    fn summary(&self, index: usize, design: &Design) -> Summary {
        let runs = self.seeds.iter().zip(self.outcomes_of(index));
        let (seeds, done): (Vec<u64>, Vec<&Outcome>) =
            runs.filter_map(|(&seed, outcome)| Some((seed, outcome?))).unzip();
        let estimate = |(at, metric): (usize, Metric)| {
            let values: Vec<f64> =
                done.iter().filter_map(|run| run.metrics.get(at).copied()).collect();
            estimate(metric, &values)
        };
        let estimates: Vec<Estimate> =
            Metric::ALL.into_iter().enumerate().filter_map(estimate).collect();
        let measured = |metric| {
            let estimate = estimates.iter().find(|estimate| estimate.metric == metric)?;
            Some(Measured { value: estimate.mean, half_width: Some(estimate.half_width?) })
        };
        Summary {
            design: design.name.clone(),
            replications: done.len() as u32,
            scaled_by: self.scaled_by(),
            sound: done.iter().all(|run| run.sound),
            digests: done.iter().map(|run| run.digest.clone()).collect(),
            theory: check(design, measured),
            seeds,
            estimates,
        }
    }
}

fn estimate(metric: Metric, values: &[f64]) -> Option<Estimate> {
    match (Interval::of(values), values) {
        (Some(Interval { mean, half_width }), _) => {
            Some(Estimate { metric, mean, half_width: Some(half_width) })
        }
        (None, [only]) => Some(Estimate { metric, mean: *only, half_width: None }),
        (None, _) => None,
    }
}

/// What a difference says about the second design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DifferenceVerdict {
    /// The second design is better.
    Better,
    /// The second design is worse.
    Worse,
    /// The interval holds zero: chance explains the difference.
    NoDifference,
}

/// How the second design differs from the first in one figure, over pairs of runs with one seed.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Difference {
    /// Which figure.
    pub metric: Metric,
    /// Mean of second minus first, in the figure's unit.
    pub mean: f64,
    /// Half the width of its 95 % interval.
    pub half_width: f64,
    /// The mean over the first design's mean, if that is not zero.
    pub relative: Option<f64>,
    /// What it says.
    pub verdict: DifferenceVerdict,
}

/// The differences of the second design of `experiment` to its first; empty for fewer than two
/// pairs of runs that are both done.
pub fn differences(experiment: &Experiment) -> Vec<Difference> {
    let pairs = experiment.outcomes_of(0).zip(experiment.outcomes_of(1));
    let pairs: Vec<(&Outcome, &Outcome)> = pairs.filter_map(|(a, b)| Some((a?, b?))).collect();
    let difference = |(at, metric): (usize, Metric)| {
        let value = |run: &Outcome| run.metrics.get(at).copied();
        let values = |(a, b): &(&Outcome, &Outcome)| Some(value(b)? - value(a)?);
        let differences: Vec<f64> = pairs.iter().filter_map(values).collect();
        let firsts: f64 = pairs.iter().filter_map(|(a, _)| value(a)).sum();
        let Interval { mean, half_width } = Interval::of(&differences)?;
        let verdict = if mean.abs() <= half_width {
            DifferenceVerdict::NoDifference
        } else if (mean > 0.0) == metric.more_is_better() {
            DifferenceVerdict::Better
        } else {
            DifferenceVerdict::Worse
        };
        let first = firsts / pairs.len() as f64;
        let relative = (first != 0.0).then(|| mean / first);
        Some(Difference { metric, mean, half_width, relative, verdict })
    };
    Metric::ALL.into_iter().enumerate().filter_map(difference).collect()
}
