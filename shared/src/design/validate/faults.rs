//! What can be wrong with the faults of a run.

use super::{Check, DURATION_S_MAX, FACTOR_MAX, GROUP_SIZE_MAX, ZONES_MAX};
use crate::design::{
    Edit, FaultKind, FaultTime, NodeKind, Place, Problem, RunSettings, Servers, Severity, Target,
};
use crate::id::NodeId;

/// Most faults of a run.
pub(super) const FAULTS_MAX: usize = 1_000;
/// Least and greatest mean time between failures, seconds: up to a year.
const MTBF_S: (f64, f64) = (1.0, 31_536_000.0);

impl Check<'_> {
    pub(super) fn faults(&mut self, run: &RunSettings) {
        if run.faults.len() > FAULTS_MAX {
            let mut mended = run.clone();
            mended.faults.truncate(FAULTS_MAX);
            let (count, max) = (run.faults.len(), FAULTS_MAX);
            let problem = Problem::TooManyItems { field: "faults".to_owned(), count, max };
            let mend = Some(Edit::SetRun(mended));
            self.report(Severity::Error, Place::Design, problem, mend);
        }
        for (i, fault) in run.faults.iter().enumerate().take(FAULTS_MAX) {
            let at = format!("faults[{i}]");
            match fault.when {
                FaultTime::At { at_s, for_s } => {
                    self.of_run(&format!("{at}.when.at_s"), at_s, 0.0, DURATION_S_MAX);
                    self.of_run(&format!("{at}.when.for_s"), for_s, 0.0, DURATION_S_MAX);
                }
                FaultTime::Random { mtbf_s, mttr_s } => {
                    self.of_run(&format!("{at}.when.mtbf_s"), mtbf_s, MTBF_S.0, MTBF_S.1);
                    self.of_run(&format!("{at}.when.mttr_s"), mttr_s, 0.0, DURATION_S_MAX);
                }
            }
            self.fault(run, i, &format!("{at}.what"), &fault.what);
        }
    }

    /// A number of the run in its range.
    fn of_run(&mut self, field: &str, value: impl Into<f64>, min: f64, max: impl Into<f64>) {
        self.range(Place::Design, field, value, min, max, None);
    }

    fn fault(&mut self, run: &RunSettings, i: usize, at: &str, what: &FaultKind) {
        let field = |name: &str| format!("{at}.{name}");
        match *what {
            FaultKind::Crash { target }
            | FaultKind::Hang { target }
            | FaultKind::HealthChecks { target } => self.target(run, i, at, target),
            FaultKind::SlowDown { target, factor } => {
                self.target(run, i, at, target);
                self.of_run(&field("factor"), factor, 1.0, FACTOR_MAX);
            }
            FaultKind::Errors { target, percent } => {
                self.target(run, i, at, target);
                self.of_run(&field("percent"), percent, 0.0, 100.0);
            }
            FaultKind::ZoneOutage { zone } => {
                self.of_run(&field("zone"), zone, 0.0, ZONES_MAX - 1);
            }
            FaultKind::Partition { link } => {
                if !self.design.links.contains_key(&link) {
                    self.no_target(run, i, field("link"), "link");
                }
            }
            FaultKind::LaunchFailures { node, zone } => {
                self.named(run, i, field("node"), node, &[NodeKind::Group]);
                if let Some(zone) = zone {
                    self.of_run(&field("zone"), zone, 0.0, ZONES_MAX - 1);
                }
            }
            FaultKind::Deploy { node, ref refresh } => {
                self.named(run, i, field("node"), node, &[NodeKind::Group]);
                self.refresh(Place::Design, &field("refresh"), refresh);
            }
            FaultKind::Spike { node, factor } | FaultKind::RateFactor { node, factor } => {
                self.named(run, i, field("node"), node, &[NodeKind::Source]);
                self.of_run(&field("factor"), factor, 0.0, FACTOR_MAX);
            }
            FaultKind::DesiredCapacity { node, desired } => {
                self.named(run, i, field("node"), node, &[NodeKind::Group]);
                self.of_run(&field("desired"), desired, 0.0, GROUP_SIZE_MAX);
            }
        }
    }

    fn target(&mut self, run: &RunSettings, i: usize, at: &str, target: Target) {
        let kinds = [NodeKind::Group, NodeKind::Dependency];
        self.named(run, i, format!("{at}.target.node"), target.node, &kinds);
        if target.servers == Servers::All && target.instance.is_some() {
            let (field, with) = (format!("{at}.target.instance"), "servers");
            let problem = Problem::NoEffect { field, with };
            self.report(Severity::Warning, Place::Design, problem, None);
        }
    }

    fn named(
        &mut self,
        run: &RunSettings,
        i: usize,
        field: String,
        node: NodeId,
        kinds: &[NodeKind],
    ) {
        let kind = self.design.node(node).map(|node| node.settings.kind());
        if !kind.is_some_and(|kind| kinds.contains(&kind)) {
            let expected = match kinds {
                [NodeKind::Source] => "source",
                [NodeKind::Group] => "group",
                _ => "servers",
            };
            self.no_target(run, i, field, expected);
        }
    }

    /// A fault names something that is not there: it can be removed.
    fn no_target(&mut self, run: &RunSettings, i: usize, field: String, expected: &'static str) {
        let mut mended = run.clone();
        mended.faults.remove(i);
        let problem = Problem::NoSuchTarget { field, expected };
        self.report(Severity::Error, Place::Design, problem, Some(Edit::SetRun(mended)));
    }
}
