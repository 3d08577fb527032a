//! Finds what is wrong with a design. `group` looks at Auto Scaling groups, `balancer` at settings
//! of balancers that do nothing.

mod balancer;
mod faults;
mod group;
mod pricing;
mod server;

use super::series_points;
use super::{
    Balancer, Bursts, Design, Edit, Fault, Issue, Link, Node, NodeKind, Place, Problem, RatePoint,
    RunSettings, SERIES_POINTS_MAX, Settings, Severity, Slo, Source, Traffic,
};
use crate::balance::ConfigError;
use crate::dist::{LAW_MS_MAX, Law};
use crate::id::{LinkId, NodeId};
use crate::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Highest rate of a source, requests a second. Beyond it a run takes longer than anybody waits.
pub(super) const RATE_PER_S_MAX: f64 = 1_000_000.0;
/// Longest run: 31 days.
pub(super) const DURATION_S_MAX: u32 = 31 * 86_400;
/// Most servers of a group.
pub(super) const GROUP_SIZE_MAX: u32 = 10_000;
/// Longest queue of a server or dependency.
const QUEUE_MAX: u32 = 1_000_000;
/// Most users of a closed loop.
const USERS_MAX: u32 = 100_000;
/// Highest factor of a burst, a spike or a slow-down.
const FACTOR_MAX: f64 = 1_000.0;
/// Most zones of a group.
const ZONES_MAX: u32 = 16;
/// Longest that a client waits or pauses: an hour.
const PATIENCE_MS_MAX: f64 = 3_600_000.0;
/// Most retries of a request.
const RETRIES_MAX: u32 = 10;
/// Longest latency of a link, milliseconds.
const LATENCY_MS_MAX: f64 = 60_000.0;
/// Most messages of a link that may be lost, percent: a link that loses all is a partition.
const LOSS_PERCENT_MAX: f64 = 99.0;
/// Greatest weight and last level of a link's backends: what [`crate::balance::BackendConfig`]
/// takes.
const LINK_WEIGHT_MAX: u32 = 1_000;
const LINK_PRIORITY_MAX: u32 = 127;
/// Most that are asked along one link at the same time.
const LINK_COPIES_MAX: u32 = 1_000;
/// Most clients of a source: each has its own address.
const CLIENTS_MAX: u32 = 10_000_000;
/// Most instances of a balancer, and how late they may hear of health, seconds.
const BALANCER_INSTANCES_MAX: u32 = 64;
const HEALTH_LAG_S_MAX: u32 = 120;
/// Beyond it, nearly all requests are one client's.
const CLIENT_SKEW_MAX: f64 = 4.0;

/// Whether requests can go from a node of one kind to a node of another.
///
/// A group is reached through a balancer only: its servers come and go, and something must know
/// which of them live. A source may use a dependency directly, which makes a single server. Groups
/// and dependencies ask others in turn: dependencies, and through a balancer other groups.
pub const fn link_allowed(from: NodeKind, to: NodeKind) -> bool {
    matches!(
        (from, to),
        (NodeKind::Source, NodeKind::Balancer | NodeKind::Dependency)
            | (NodeKind::Balancer, NodeKind::Group | NodeKind::Dependency)
            | (NodeKind::Group | NodeKind::Dependency, NodeKind::Balancer | NodeKind::Dependency)
    )
}

/// Everything wrong with `design`, errors and warnings, in order of place.
pub fn validate(design: &Design) -> Vec<Issue> {
    let mut check = Check { design, issues: Vec::new() };
    check.whole();
    for (&id, node) in &design.nodes {
        check.node(id, node);
    }
    for (&id, link) in &design.links {
        check.link(id, link);
    }
    crate::ordered::sort_by(&mut check.issues, |a, b| (b.severity, a.at).cmp(&(a.severity, b.at)));
    check.issues
}

/// What is wrong with letting one more fault happen to `design`.
pub fn check_fault(design: &Design, fault: &Fault) -> Vec<Problem> {
    let mut check = Check { design, issues: Vec::new() };
    check.faults(&RunSettings { faults: vec![fault.clone()], ..RunSettings::default() });
    check.issues.into_iter().map(|issue| issue.problem).collect()
}

struct Check<'a> {
    design: &'a Design,
    issues: Vec<Issue>,
}

impl Check<'_> {
    fn report(&mut self, severity: Severity, at: Place, problem: Problem, mend: Option<Edit>) {
        self.issues.push(Issue { severity, at, problem, mend });
    }

    fn error(&mut self, at: Place, problem: Problem) {
        self.report(Severity::Error, at, problem, None);
    }

    fn whole(&mut self) {
        let run = &self.design.run;
        let mut sources =
            self.design.nodes.values().filter(|node| node.settings.kind() == NodeKind::Source);
        if sources.next().is_none() {
            self.error(Place::Design, Problem::NoSource);
        }
        let fix = |run: RunSettings| Some(Edit::SetRun(run));
        let duration_s = run.duration_s.clamp(1, DURATION_S_MAX);
        let mended = fix(RunSettings { duration_s, ..run.clone() });
        self.range(Place::Design, "duration_s", run.duration_s, 1.0, DURATION_S_MAX, mended);
        let starts_at_s = run.starts_at_s.min(86_399);
        let mended = fix(RunSettings { starts_at_s, ..run.clone() });
        self.range(Place::Design, "starts_at_s", run.starts_at_s, 0.0, 86_399_u32, mended);
        let longest = duration_s.saturating_sub(1);
        let mended = fix(RunSettings { warmup_s: run.warmup_s.min(longest), ..run.clone() });
        self.range(Place::Design, "warmup_s", run.warmup_s, 0.0, longest, mended);
        self.pricing(run);
        self.slo(run);
        self.faults(run);
    }

    fn slo(&mut self, run: &RunSettings) {
        let Some(Slo { availability_percent, latency_ms, latency_percentile }) = run.slo else {
            return;
        };
        let at = Place::Design;
        self.range(at, "slo.availability_percent", availability_percent, 0.0, 100.0, None);
        self.range(at, "slo.latency_ms", latency_ms, 0.001, PATIENCE_MS_MAX, None);
        self.range(at, "slo.latency_percentile", latency_percentile, 0.0, 100.0, None);
    }

    fn node(&mut self, id: NodeId, node: &Node) {
        let at = Place::Node(id);
        match &node.settings {
            Settings::Source(source) => self.source(at, node, id, source),
            Settings::Balancer(balancer) => self.balancer(at, node, id, balancer),
            Settings::Group(group) => {
                self.group(at, node, id, group);
                self.fan_out(at, id, group.asking);
            }
            Settings::Dependency(dependency) => self.dependency(at, id, dependency),
        }
        let kind = node.settings.kind();
        let needs_target = matches!(kind, NodeKind::Source | NodeKind::Balancer);
        if needs_target && self.design.links_from(id).next().is_none() {
            self.error(at, Problem::NoTarget { kind });
        }
        if kind != NodeKind::Source && self.design.links_to(id).next().is_none() {
            self.report(Severity::Warning, at, Problem::Unreached { kind }, None);
        }
        let closes_circle =
            self.design.links_from(id).any(|(_, link)| self.design.reaches(link.to, id, None));
        if closes_circle {
            self.error(at, Problem::Circle);
        }
    }

    fn source(&mut self, at: Place, node: &Node, id: NodeId, source: &Source) {
        match &source.traffic {
            Traffic::Constant { rate_per_s } => {
                self.range(at, "traffic.rate_per_s", *rate_per_s, 0.0, RATE_PER_S_MAX, None);
            }
            Traffic::Steps { points } | Traffic::Ramps { points } => self.points(at, points),
            Traffic::Day { low_per_s, high_per_s, peak_at_s } => {
                self.range(at, "traffic.low_per_s", *low_per_s, 0.0, RATE_PER_S_MAX, None);
                self.range(at, "traffic.high_per_s", *high_per_s, 0.0, RATE_PER_S_MAX, None);
                self.range(at, "traffic.peak_at_s", *peak_at_s, 0.0, 86_399_u32, None);
            }
            Traffic::Week { low_per_s, high_per_s, peak_at_s, weekend_percent, .. } => {
                self.range(at, "traffic.low_per_s", *low_per_s, 0.0, RATE_PER_S_MAX, None);
                self.range(at, "traffic.high_per_s", *high_per_s, 0.0, RATE_PER_S_MAX, None);
                self.range(at, "traffic.peak_at_s", *peak_at_s, 0.0, 86_399_u32, None);
                let percent = *weekend_percent;
                self.range(at, "traffic.weekend_percent", percent, 0.0, 1_000_u32, None);
            }
            Traffic::Recorded { points, .. } => self.series(at, points),
            Traffic::Users { users, think_ms } => {
                self.range(at, "traffic.users", *users, 1.0, USERS_MAX, None);
                self.range(at, "traffic.think_ms", *think_ms, 0.0, LAW_MS_MAX, None);
            }
        }
        let fix = |source| Some(set(id, node, Settings::Source(source)));
        let mended = fix(Source { clients: CLIENTS_MAX, ..source.clone() });
        self.range(at, "clients", source.clients, 0.0, CLIENTS_MAX, mended);
        let client_skew = clamp(source.client_skew, 0.0, CLIENT_SKEW_MAX);
        let mended = fix(Source { client_skew, ..source.clone() });
        self.range(at, "client_skew", source.client_skew, 0.0, CLIENT_SKEW_MAX, mended);
        let post_percent = clamp(source.post_percent, 0.0, 100.0);
        let mended = fix(Source { post_percent, ..source.clone() });
        self.range(at, "post_percent", source.post_percent, 0.0, 100_u32, mended);
        self.patience(at, source);
        self.classes(at, &source.classes);
    }

    /// How clients come in bursts, wait and try again.
    fn patience(&mut self, at: Place, source: &Source) {
        let Bursts { burst_factor, calm_factor, burst_s, calm_s } = source.bursts;
        self.range(at, "bursts.burst_factor", burst_factor, 0.0, FACTOR_MAX, None);
        self.range(at, "bursts.calm_factor", calm_factor, 0.0, FACTOR_MAX, None);
        self.range(at, "bursts.burst_s", burst_s, 0.001, 86_400_u32, None);
        self.range(at, "bursts.calm_s", calm_s, 0.001, 86_400_u32, None);
        self.range(at, "timeout_ms", source.timeout_ms, 0.0, PATIENCE_MS_MAX, None);
        self.range(at, "retries", source.retries, 0.0, RETRIES_MAX, None);
        self.range(at, "backoff_ms", source.backoff_ms, 0.0, PATIENCE_MS_MAX, None);
        self.range(at, "backoff_max_ms", source.backoff_max_ms, 0.0, PATIENCE_MS_MAX, None);
    }

    /// A recorded series may be long: only its first bad point is told.
    fn series(&mut self, at: Place, points: &[(f64, f64)]) {
        let (count, max) = (points.len(), SERIES_POINTS_MAX);
        if count > max {
            let field = "traffic.points".to_owned();
            return self.error(at, Problem::TooManyItems { field, count, max });
        }
        let is_bad = |&(at_s, rate): &(f64, f64)| {
            !(0.0..=f64::from(DURATION_S_MAX)).contains(&at_s)
                || !(0.0..=RATE_PER_S_MAX).contains(&rate)
        };
        let told = points.iter().position(is_bad).map_or(count, |first| first + 1);
        let points = series_points(points.get(..told).unwrap_or_default());
        self.points(at, &points);
    }

    fn points(&mut self, at: Place, points: &[RatePoint]) {
        if points.is_empty() {
            self.error(at, Problem::EmptyList { field: "traffic.points".to_owned() });
        }
        for (i, point) in points.iter().enumerate() {
            let field = |name| format!("traffic.points[{i}].{name}");
            self.range(at, &field("at_s"), point.at_s, 0.0, DURATION_S_MAX, None);
            self.range(at, &field("rate_per_s"), point.rate_per_s, 0.0, RATE_PER_S_MAX, None);
        }
        let rises = |pair: &[RatePoint]| matches!(pair, [a, b] if a.at_s < b.at_s);
        if let Some(i) = points.windows(2).position(|pair| !rises(pair)) {
            self.error(at, Problem::PointsOutOfOrder { point: i + 2 });
        }
    }

    fn balancer(&mut self, at: Place, node: &Node, id: NodeId, balancer: &Balancer) {
        let errors = [
            (balancer.policy.check(), ""),
            (balancer.health_check.check(), ""),
            (balancer.eligibility.check(), "eligibility."),
            (balancer.requests.check(), "requests."),
        ];
        for (error, under) in errors.into_iter().filter_map(|(c, at)| Some((c.err()?, at))) {
            let ConfigError { value, min, max, .. } = error;
            let field = format!("{under}{}", error.field);
            // What else is asked of a number than its range cannot be met by clamping.
            let mended = with_number(balancer, &field, clamp(value, min, max));
            let mended = mended.filter(|_| error.form.is_empty());
            let mended = mended.map(|mended| set(id, node, Settings::Balancer(mended)));
            let problem = Problem::OutOfRange { field, value, min, max };
            self.report(Severity::Error, at, problem, mended);
        }
        let mut ways = self.design.links_from(id);
        if ways.next().is_some() && self.design.links_from(id).all(|(_, link)| link.weight == 0) {
            self.error(at, Problem::NoWeight);
        }
        self.balancer_effects(at, id, balancer);
        let instances = balancer.instances.clamp(1, BALANCER_INSTANCES_MAX);
        let mended = Settings::Balancer(Balancer { instances, ..balancer.clone() });
        let (max, mended) = (BALANCER_INSTANCES_MAX, Some(set(id, node, mended)));
        self.range(at, "instances", balancer.instances, 1.0, max, mended);
        let (lag_s, max) = (balancer.health_lag_s, HEALTH_LAG_S_MAX);
        let mended = Balancer { health_lag_s: lag_s.min(max), ..balancer.clone() };
        let mended = Some(set(id, node, Settings::Balancer(mended)));
        self.range(at, "health_lag_s", lag_s, 0.0, max, mended);
        let delay = balancer.deregistration_delay_s;
        let mended = Balancer { deregistration_delay_s: delay.min(3_600), ..balancer.clone() };
        let mended = Some(set(id, node, Settings::Balancer(mended)));
        self.range(at, "deregistration_delay_s", delay, 0.0, 3_600_u32, mended);
    }

    fn link(&mut self, id: LinkId, link: &Link) {
        let at = Place::Link(id);
        let kind = |id| self.design.node(id).map(|node| node.settings.kind());
        if let (Some(from), Some(to)) = (kind(link.from), kind(link.to))
            && !link_allowed(from, to)
        {
            self.error(at, Problem::LinkNotAllowed { from, to });
        }
        let fix = |link| Some(Edit::SetLink(id, link));
        let latency_ms = clamp(link.latency_ms, 0.0, LATENCY_MS_MAX);
        let mended = fix(Link { latency_ms, ..link.clone() });
        self.range(at, "latency_ms", link.latency_ms, 0.0, LATENCY_MS_MAX, mended);
        if let Some(law) = &link.latency {
            self.law(at, "latency", law);
        }
        let loss_percent = clamp(link.loss_percent, 0.0, LOSS_PERCENT_MAX);
        let mended = fix(Link { loss_percent, ..link.clone() });
        self.range(at, "loss_percent", link.loss_percent, 0.0, LOSS_PERCENT_MAX, mended);
        let mended = fix(Link { weight: LINK_WEIGHT_MAX, ..link.clone() });
        self.range(at, "weight", link.weight, 0.0, LINK_WEIGHT_MAX, mended);
        let mended = fix(Link { priority: LINK_PRIORITY_MAX, ..link.clone() });
        self.range(at, "priority", link.priority, 0.0, LINK_PRIORITY_MAX, mended);
        let copies = link.copies.clamp(1, LINK_COPIES_MAX);
        let mended = fix(Link { copies, ..link.clone() });
        self.range(at, "copies", link.copies, 1.0, LINK_COPIES_MAX, mended);
    }

    fn law(&mut self, at: Place, field: &str, law: &Law) {
        if let Err(error) = law.check() {
            self.error(at, Problem::from_law(field, &error));
        }
    }

    fn range(
        &mut self,
        at: Place,
        field: &str,
        value: impl Into<f64>,
        min: f64,
        max: impl Into<f64>,
        mend: Option<Edit>,
    ) {
        let (value, max) = (value.into(), max.into());
        // Written so that NaN fails.
        if !(value >= min && value <= max) {
            let problem = Problem::OutOfRange { field: field.to_owned(), value, min, max };
            self.report(Severity::Error, at, problem, mend);
        }
    }
}

/// `value` brought into its range; NaN becomes the least.
fn clamp(value: f64, min: f64, max: f64) -> f64 {
    if value > min { value.min(max) } else { min }
}

/// `settings` with `number` at the dotted `path`; nothing if no number can stand there.
fn with_number<T: Serialize + DeserializeOwned>(
    settings: &T,
    path: &str,
    number: f64,
) -> Option<T> {
    let mut value = json::to_value(settings).ok()?;
    let place = value.pointer_mut(&format!("/{}", path.replace('.', "/")))?;
    // A whole field takes a whole number only.
    let is_whole = place.is_u64() && number.fract() == 0.0;
    *place = if is_whole { (number as u64).into() } else { number.into() };
    json::from_value(value).ok()
}

/// The edit that gives a node other settings.
fn set(id: NodeId, node: &Node, settings: Settings) -> Edit {
    Edit::SetNode(id, Arc::new(Node { settings, ..node.clone() }))
}
