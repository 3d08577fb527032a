//! A system too large to simulate request by request, as one k-th of itself.
//!
//! Everything that comes in numbers is divided by k: the rate of requests, the servers of every group
//! with what policies add and remove, the workers of dependencies, what waits in queues that all
//! servers share. What one server and one request are stays as it is, so utilisation, alarms, the
//! times of launches and the length of queues at a server keep their scale, and latency needs no
//! correction in any regime: in overload n servers fall behind by as many seconds as n / k do
//! under one k-th of the load. At the end, counts and costs are taken k times.
//!
//! Thinning the requests alone and letting each stand for k would keep the number of servers, but
//! then each is k times as long on a core: the part of latency that chance makes grows by k, that
//! which overload makes does not, and no factor mends the sum.
//!
//! # What is not exact
//!
//! - Fewer servers share less: with a policy that looks at several, a farm of n / k waits a little
//!   longer than one of n. The limit of many servers is near at 20 and nearer at 100: against 400
//!   servers the mean is 3.1 % and under 1 % too long.
//! - Averages over servers are those of fewer, so they scatter more, by the root of k.
//! - Groups grow by k servers at a time: policies that round up give up to k - 1 servers too many. Ten
//!   to twenty servers left of a hundred to two hundred cost 10 % too much.
//! - Clients are divided too; with skewed addresses their shares are not the same.
//! - Limits, queues and caches that all share are rounded up.
//! - A fault at random comes as often to the part as to the whole.
//!
//! Where a number cannot be divided, [`Scaled::new`] says which: a policy that adds one server at a
//! time has no k-th.

mod divide;

use crate::cost::{Item, data_out_tiers, data_out_usd};
use crate::design::{Design, Settings};
use crate::sim::{RequestTally, RunResult};
use divide::{Divide, fault_part};
use std::fmt;
use std::sync::Arc;

/// The largest k.
pub const SCALE_MAX: u32 = 10_000;

/// Why a design has no k-th.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScaleError {
    /// k is zero or more than [`SCALE_MAX`].
    Factor {
        /// The factor.
        factor: u32,
    },
    /// A number is no multiple of k.
    Indivisible {
        /// The node's name.
        node: String,
        /// The setting.
        field: &'static str,
        /// Its value.
        value: i64,
        /// k.
        factor: u32,
    },
    /// A fault is of one server, and the one of the part stands for many.
    OneServer {
        /// The group's name.
        node: String,
    },
    /// The Kubernetes autoscaler adds pods in whole numbers a period.
    Hpa {
        /// The node's name.
        node: String,
    },
}

impl fmt::Display for ScaleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Factor { factor } => write!(f, "scale is {factor}: use 1 to {SCALE_MAX}"),
            Self::Indivisible { node, field, value, factor } => write!(
                f,
                "{node}: {field} is {value}, which is no multiple of {factor}: change it, or use another scale"
            ),
            Self::OneServer { node } => write!(
                f,
                "{node}: a fault of one server has no part: let it be of all servers, or use scale 1"
            ),
            Self::Hpa { node } => write!(
                f,
                "{node}: the HPA adds whole pods, so one part of many has no such policy: use target tracking"
            ),
        }
    }
}

impl std::error::Error for ScaleError {}

/// One k-th of a design.
#[derive(Clone, Debug)]
pub struct Scaled {
    factor: u32,
    design: Design,
}

impl Scaled {
    /// One `factor`-th of `design`.
    ///
    /// # Errors
    ///
    /// The first number that cannot be divided.
    pub fn new(design: &Design, factor: u32) -> Result<Self, ScaleError> {
        if !(1..=SCALE_MAX).contains(&factor) {
            return Err(ScaleError::Factor { factor });
        }
        let mut design = design.clone();
        for fault in &mut design.run.faults {
            fault_part(&mut fault.what, &design.nodes, factor)?;
        }
        for node in design.nodes.values_mut() {
            let node = Arc::make_mut(node);
            let divide = Divide { node: &node.name, factor };
            match &mut node.settings {
                Settings::Source(source) => {
                    divide.traffic(&mut source.traffic)?;
                    source.clients = source.clients.div_ceil(factor);
                }
                Settings::Group(group) => divide.group(group)?,
                Settings::Dependency(dependency) => {
                    divide.count("workers", &mut dependency.workers)?;
                    divide.count("threads", &mut dependency.threads)?;
                    dependency.queue_max = dependency.queue_max.div_ceil(factor);
                    // Pools are each server's own; a cache is everybody's.
                    if let Some(cache) = &mut dependency.cache {
                        cache.entries = cache.entries.div_ceil(factor);
                    }
                }
                Settings::Balancer(balancer) => {
                    if let Some(limits) = &mut balancer.requests.limits {
                        limits.max_requests = limits.max_requests.div_ceil(factor);
                        limits.max_retries = limits.max_retries.div_ceil(factor);
                        limits.max_pending_requests = limits.max_pending_requests.div_ceil(factor);
                    }
                }
            }
        }
        Ok(Self { factor, design })
    }

    /// One in so many is what runs.
    pub const fn factor(&self) -> u32 {
        self.factor
    }

    /// What is to be simulated.
    pub const fn design(&self) -> &Design {
        &self.design
    }

    /// The result of the whole from the result of the part. Counts and costs are taken so many
    /// times; latencies, shares, the samples that they rest on and the log stay those of the part.
    pub fn whole(&self, mut part: RunResult) -> RunResult {
        let (factor, times) = (u64::from(self.factor), f64::from(self.factor));
        let totals = &mut part.totals;
        let counts = [
            &mut totals.arrived,
            &mut totals.completed,
            &mut totals.failed,
            &mut totals.in_flight,
            &mut totals.retries,
        ];
        counts.into_iter().chain(&mut totals.failed_by_cause).for_each(|count| *count *= factor);
        part.classes.iter_mut().for_each(|class| class.failed *= factor);
        for node in &mut part.nodes {
            node.requests *= factor;
            let means = [&mut node.mean_in_flight, &mut node.mean_waiting];
            means.into_iter().flatten().for_each(|mean| *mean *= times);
            if let Some(rules) = &mut node.rules {
                let RequestTally { retries, copies, copies_won, refused, timeouts } = rules;
                let counts = [retries, copies, copies_won, refused, timeouts];
                counts.into_iter().for_each(|count| *count *= factor);
            }
            node.servers = node.servers.map(|(least, most)| {
                (least.saturating_mul(self.factor), most.saturating_mul(self.factor))
            });
        }
        part.cost.instances_usd *= times;
        part.cost.surplus_credits_usd *= times;
        part.cost.lcu_usd *= times;
        part.cost.cloudwatch_usd *= times;
        // By tiers: the whole pays less for each byte than its parts.
        part.cost.data_out_usd = self.data_out_usd(part.totals.completed);
        for point in &mut part.series {
            let counts = [
                &mut point.arrived,
                &mut point.completed,
                &mut point.failed,
                &mut point.in_flight,
                &mut point.in_service,
                &mut point.launching,
                &mut point.draining,
                &mut point.desired,
            ];
            counts.into_iter().for_each(|count| *count = count.saturating_mul(self.factor));
            point.cost_usd_per_hour *= times as f32;
        }
        part.checks.mean_in_flight *= times;
        part.checks.arrival_rate_per_s *= times;
        part.scaled_by = self.factor;
        part
    }

    fn data_out_usd(&self, completed: u64) -> f64 {
        let run = &self.design.run;
        let gb = run.pricing.data_out_gb(completed);
        let own = run.pricing.book(run.region).ok();
        match own.and_then(|book| book.overridden_item(Item::DataOutGb)) {
            Some(usd_per_gb) => gb * usd_per_gb,
            None => data_out_usd(gb, data_out_tiers(run.region)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::PolicyConfig;
    use crate::design::{Fault, FaultKind, FaultTime, NodeKind, Target, Traffic, presets};
    use crate::experiment::{Experiment, ExperimentError, Metric as Own, Summary};
    use crate::scale::{ScalingPolicy, TargetTrackingPolicy};
    use crate::sim::{Simulation, StepBudget};
    use crate::time::Timestamp;

    /// A farm of so many servers at 80 %, two choices.
    fn farm(servers: u32, seconds: u32) -> Design {
        let mut design = presets::ten_servers(PolicyConfig::PowerOfChoices { choices: 2 });
        for node in design.nodes.values_mut() {
            match &mut Arc::make_mut(node).settings {
                Settings::Source(source) => {
                    let rate_per_s = 80.0 * f64::from(servers);
                    source.traffic = Traffic::Constant { rate_per_s };
                }
                Settings::Group(group) => {
                    group.min_size = servers;
                    group.max_size = servers;
                    group.desired_capacity = servers;
                }
                _ => {}
            }
        }
        (design.run.duration_s, design.run.warmup_s) = (seconds, 5);
        design
    }

    fn run(design: &Design) -> RunResult {
        let mut sim = Simulation::new(design).expect("a good design");
        sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
        sim.result()
    }

    fn run_scaled(design: &Design, factor: u32) -> RunResult {
        let scaled = Scaled::new(design, factor).expect("divisible");
        let part = run(scaled.design());
        scaled.whole(part)
    }

    /// Where both can run, the part shows what the whole shows.
    #[test]
    fn latency_is_that_of_the_whole() {
        let exact = run(&farm(400, 60)).latency;
        // The part runs longer, so that chance does not hide its error.
        for (factor, mean, p99) in [(4, 0.01, 0.02), (20, 0.04, 0.05)] {
            let scaled = run_scaled(&farm(400, 60 * factor), factor).latency;
            let error = |part: f64, whole: f64| part / whole - 1.0;
            let errors = (error(scaled.mean_ms, exact.mean_ms), error(scaled.p99_ms, exact.p99_ms));
            assert!(errors.0.abs() < mean && errors.1.abs() < p99, "{factor}: {errors:?}");
        }
    }

    /// Load that comes and goes, with target tracking: servers, requests and money.
    #[test]
    fn scaling_is_that_of_the_whole() {
        let mut design = farm(30, 1_800);
        for node in design.nodes.values_mut() {
            match &mut Arc::make_mut(node).settings {
                Settings::Source(source) => {
                    let points =
                        [(0.0, 1_000.0), (500.0, 4_000.0), (900.0, 4_000.0), (1_200.0, 1_000.0)];
                    let points = points
                        .map(|(at_s, rate_per_s)| crate::design::RatePoint { at_s, rate_per_s });
                    source.traffic = Traffic::Ramps { points: points.to_vec() };
                }
                Settings::Group(group) => {
                    (group.min_size, group.max_size, group.desired_capacity) = (20, 200, 30);
                    group.policies =
                        vec![ScalingPolicy::TargetTracking(TargetTrackingPolicy::default())];
                }
                _ => {}
            }
        }
        let (exact, scaled) = (run(&design), run_scaled(&design, 10));
        let near = |part: f64, whole: f64, error: f64| (part / whole - 1.0).abs() < error;
        let pair = (scaled.cost.instances_usd, exact.cost.instances_usd);
        assert!(near(pair.0, pair.1, 0.12), "instances: {pair:?}");
        let pair = (scaled.totals.completed as f64, exact.totals.completed as f64);
        assert!(near(pair.0, pair.1, 0.01), "completed: {pair:?}");
        let most = |result: &RunResult| {
            f64::from(result.series.iter().map(|p| p.in_service).max().unwrap_or(0))
        };
        assert!(near(most(&scaled), most(&exact), 0.2), "{} {}", most(&scaled), most(&exact));
        assert_eq!((scaled.scaled_by, exact.scaled_by), (10, 1));
    }

    /// What has no part is named.
    #[test]
    fn indivisible_designs_are_refused() {
        let error =
            |factor| Scaled::new(&farm(100, 60), factor).err().map(|error| error.to_string());
        assert_eq!(error(10), None);
        assert_eq!(error(0).as_deref(), Some("scale is 0: use 1 to 10000"));
        let text = error(3).unwrap_or_default();
        assert!(text.contains("min_size is 100, which is no multiple of 3"), "{text}");
        let story = Scaled::new(&presets::seven_steps(), 2).err().map(|error| error.to_string());
        assert!(story.is_some_and(|text| text.contains("no multiple of 2")));
    }

    /// A fault of one server would be k times as large in the part.
    #[test]
    fn faults_are_divided_or_refused() {
        let mut design = farm(100, 60);
        let group =
            *design.nodes.iter().find(|(_, it)| it.settings.kind() == NodeKind::Group).unwrap().0;
        let when = FaultTime::At { at_s: 10.0, for_s: 10.0 };
        let mut with = |what: FaultKind, factor| {
            design.run.faults = vec![Fault { what, when }];
            Scaled::new(&design, factor).map(|scaled| scaled.design().run.faults.clone())
        };
        let one = FaultKind::Crash { target: Target::one(group) };
        assert!(matches!(with(one.clone(), 10), Err(ScaleError::OneServer { .. })));
        assert!(with(one, 1).is_ok());
        assert!(with(FaultKind::Crash { target: Target::all(group) }, 10).is_ok());
        let sized = |desired| FaultKind::DesiredCapacity { node: group, desired };
        assert_eq!(with(sized(40), 10).unwrap().first().unwrap().what, sized(4));
        assert!(matches!(with(sized(45), 10), Err(ScaleError::Indivisible { value: 45, .. })));
    }

    /// An experiment in parts finds what one of the whole finds, from a tenth of the requests. Ten
    /// servers wait longer than a hundred, see above.
    #[test]
    fn experiments_are_in_parts() {
        let design = farm(100, 60);
        let found = |mut experiment: Experiment| {
            while let Some(job) = experiment.next_job() {
                experiment.record(job.number, &job.run().unwrap());
            }
            experiment.summaries().remove(0)
        };
        let whole = || Experiment::replications(&design, 2).unwrap();
        let (exact, scaled) = (found(whole()), found(whole().in_parts(10).unwrap()));
        assert_eq!((exact.scaled_by, scaled.scaled_by), (1, 10));
        let of = |summary: &Summary, metric| {
            summary.estimates.iter().find(|it| it.metric == metric).unwrap().mean
        };
        for (metric, within) in
            [(Own::ThroughputPerS, 0.02), (Own::MeanMs, 0.1), (Own::CostUsd, 0.02)]
        {
            let (a, b) = (of(&scaled, metric), of(&exact, metric));
            assert!((a / b - 1.0).abs() < within, "{metric:?}: {a} in parts, {b}");
        }
        let refused = whole().in_parts(7);
        assert!(matches!(refused, Err(ExperimentError::Scale { design: 0, .. })));
    }

    /// One is the whole: nothing changes.
    #[test]
    fn one_is_exact() {
        let design = farm(10, 20);
        assert_eq!(run_scaled(&design, 1), run(&design));
    }
}
