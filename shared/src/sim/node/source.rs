//! A traffic source: when does the next request come?
//!
//! Requests are the points of a Poisson process whose rate follows the design's curve, times the
//! factors that people set while it runs. The next point is found by inversion: draw an
//! exponential amount of expected requests of mean 1 and go along the curve until that much has
//! been expected. So one draw makes one request whatever the curve does, a change of rate needs no
//! new draw, and two designs with other rates see the same crowd, only denser. With constant
//! arrivals the amount is always 1.

mod curve;

use super::classes::Classes;
use super::clients::Clients;
use super::{Manners, Target};
use crate::design::{Arrivals, Bursts, Source};
use crate::dist;
use crate::id::NodeId;
use crate::rng::{KeyedBits, RandomBits, Rng};
use crate::time::{Span, Timestamp};
use curve::{Curve, Level};

/// A source at work.
#[derive(Debug)]
pub(in crate::sim) struct SourceNode {
    pub(in crate::sim) id: NodeId,
    pub(in crate::sim) targets: Vec<Target>,
    pub(in crate::sim) manners: Manners,
    pub(in crate::sim) requests: u64,
    /// Multiplies the curve.
    pub(in crate::sim) factor: f64,
    /// Multiplies it once more, for a while.
    pub(in crate::sim) spike: f64,
    pub(in crate::sim) spike_epoch: u32,
    pub(in crate::sim) clients: Clients,
    /// Classes of its requests, if they are not all alike.
    pub(in crate::sim) classes: Option<Classes>,
    /// Whose turn among the targets it is.
    turn: usize,
    bursts: Bursts,
    burst_rng: Rng,
    bursting: bool,
    /// Users who would ask, were the factor not zero, by their last request.
    resting: Vec<u64>,
    /// The share of requests that are not idempotent, 0 to 1, and the key that says which.
    posts: (f64, u64),
    curve: Curve,
    level: Level,
    arrivals: Arrivals,
    rng: Rng,
    /// Requests still to be expected until the next one, counted from `since`.
    remaining: f64,
    since: Timestamp,
}

impl SourceNode {
    /// A source at the start of a run that begins `starts_at_s` after midnight. `fork` makes the
    /// streams, by their names.
    pub(in crate::sim) fn new(
        id: NodeId,
        settings: &Source,
        starts_at_s: u32,
        fork: &dyn Fn(&str) -> Rng,
    ) -> Self {
        let mut node = Self {
            id,
            targets: Vec::new(),
            manners: Manners::new(settings, fork("manners").next_u64()),
            requests: 0,
            factor: 1.0,
            spike: 1.0,
            spike_epoch: 0,
            clients: Clients::new(settings.clients, settings.client_skew, fork("clients")),
            classes: Classes::new(&settings.classes, fork("classes")),
            turn: 0,
            bursts: settings.bursts,
            burst_rng: fork("bursts"),
            bursting: false,
            resting: Vec::new(),
            posts: (settings.post_percent / 100.0, fork("method").next_u64()),
            curve: Curve::new(&settings.traffic, starts_at_s),
            level: Level::default(),
            arrivals: settings.arrivals,
            rng: fork("arrivals"),
            remaining: 0.0,
            since: Timestamp::ZERO,
        };
        node.remaining = node.draw();
        node
    }

    /// Whether a request is a `POST`, which must not happen twice, or a `GET`.
    pub(in crate::sim) fn is_post(&self, request: u64) -> bool {
        let (share, key) = self.posts;
        share > 0.0 && KeyedBits::new(key, request).unit() < share
    }

    /// Requests a second at `now`; in a closed loop the most that its users could make.
    pub(in crate::sim) fn rate_per_s(&self, now: Timestamp) -> f64 {
        let usual = self.curve.rate(now.as_s_f64()) + self.manners.rate_per_s();
        usual * self.multiplier()
    }

    /// When the next request comes, if one ever does.
    #[inline(always)]
    pub(in crate::sim) fn next(&mut self) -> Option<Timestamp> {
        let at = self.since + Span::from_ns_f64(self.remaining * self.level.ns_each);
        if at < self.level.until { Some(at) } else { self.next_along_curve() }
    }

    /// The general way, which also finds out how long the rate stays what it is.
    #[inline(never)]
    fn next_along_curve(&mut self) -> Option<Timestamp> {
        let multiplier = self.multiplier();
        self.curve.go_to(self.since.as_s_f64());
        self.level = self.curve.level(multiplier);
        if multiplier <= 0.0 {
            return None;
        }
        let wait_s = self.curve.wait(self.since.as_s_f64(), self.remaining / multiplier)?;
        Some(self.since + Span::from_s_f64(wait_s))
    }

    /// A request comes now: the wait for the one after it begins.
    #[inline(always)]
    pub(in crate::sim) fn arrived(&mut self, now: Timestamp) {
        self.remaining = self.draw();
        self.since = now;
        self.requests += 1;
    }

    /// Clients wait for ever and try once: they need no place in the table.
    #[inline]
    pub(in crate::sim) fn is_patient(&self) -> bool {
        self.manners.is_patient() && self.classes.as_ref().is_none_or(|it| !it.any_timeout())
    }

    /// How long the client of a request waits; zero is for ever.
    pub(in crate::sim) fn timeout_of(&self, request: u64) -> Span {
        let of_class = self.classes.as_ref().and_then(|classes| classes.timeout(request));
        of_class.unwrap_or(self.manners.timeout)
    }

    /// Where the next attempt goes. Several targets take turns, as several addresses of one name
    /// do.
    #[inline(always)]
    pub(in crate::sim) fn target(&mut self) -> Option<Target> {
        let target = self.targets.get(self.turn).copied();
        self.turn = if self.turn + 1 < self.targets.len() { self.turn + 1 } else { 0 };
        target
    }

    /// Where the next attempt would go.
    pub(in crate::sim) fn next_target(&self) -> Option<Target> {
        self.targets.get(self.turn).copied()
    }

    /// Number of the request that came last: its place at this source, under the source's own
    /// identity, so that another source's requests do not change it.
    #[inline]
    pub(in crate::sim) fn request(&self) -> u64 {
        u64::from(self.id.0) << 40 | self.requests
    }

    /// Number of the request that comes next.
    pub(in crate::sim) fn next_request(&self) -> u64 {
        self.request() + 1
    }

    /// Place of a request at its source, from 1.
    pub(in crate::sim) const fn place_of(request: u64) -> u64 {
        request & ((1 << 40) - 1)
    }

    /// The identity of the source that made a request.
    pub(in crate::sim) const fn maker_of(request: u64) -> NodeId {
        NodeId((request >> 40) as u32)
    }

    /// Sets factor and spike; what has been waited so far keeps counting. Returns the users who
    /// begin to think again, by their last request.
    pub(in crate::sim) fn set_rate(&mut self, now: Timestamp, factor: f64, spike: f64) -> Vec<u64> {
        self.rate_changes(now);
        (self.factor, self.spike) = (factor, spike);
        if self.multiplier() > 0.0 { std::mem::take(&mut self.resting) } else { Vec::new() }
    }

    /// A burst begins or ends. Returns how long until the next change; for ever if there are none.
    pub(in crate::sim) fn turn_burst(&mut self, now: Timestamp, bursting: bool) -> Span {
        self.rate_changes(now);
        self.bursting = bursting;
        if !self.bursts.has_effect() {
            return Span::MAX;
        }
        let mean_s = if bursting { self.bursts.burst_s } else { self.bursts.calm_s };
        Span::from_s_f64(mean_s * dist::standard_exponential(&mut self.burst_rng))
    }

    /// True within a burst.
    pub(in crate::sim) const fn is_bursting(&self) -> bool {
        self.bursting
    }

    /// How long a user thinks after `request`, who rests while the factor is zero.
    pub(in crate::sim) fn think(&mut self, request: u64) -> Option<Span> {
        let haste = self.multiplier();
        if haste > 0.0 {
            return Some(self.manners.think(request, haste));
        }
        self.resting.push(request);
        None
    }

    fn rate_changes(&mut self, now: Timestamp) {
        let (from, to) = (self.since.as_s_f64(), now.as_s_f64());
        let expected = self.curve.expected(from, to) * self.multiplier();
        self.remaining = (self.remaining - expected).max(0.0);
        self.since = now;
        self.level = Level::default();
    }

    fn multiplier(&self) -> f64 {
        let Bursts { burst_factor, calm_factor, .. } = self.bursts;
        self.factor * self.spike * if self.bursting { burst_factor } else { calm_factor }
    }

    #[inline(always)]
    fn draw(&mut self) -> f64 {
        match self.arrivals {
            Arrivals::Poisson => dist::standard_exponential(&mut self.rng),
            Arrivals::Constant => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{RatePoint, Traffic};

    fn node(settings: Source) -> SourceNode {
        let seed = Rng::new(5);
        SourceNode::new(NodeId(1), &settings, 6 * 3_600, &|label| seed.fork(label, 1))
    }

    fn arrivals(traffic: Traffic, arrivals: Arrivals, seconds: u64) -> Vec<f64> {
        let mut source = node(Source { traffic, arrivals, ..Source::default() });
        let mut times = Vec::new();
        while let Some(at) = source.next().filter(|at| *at < Timestamp::from_s(seconds)) {
            times.push(at.as_s_f64());
            source.arrived(at);
        }
        times
    }

    fn points(points: &[(f64, f64)]) -> Vec<RatePoint> {
        points.iter().map(|&(at_s, rate_per_s)| RatePoint { at_s, rate_per_s }).collect()
    }

    /// Counts within four standard deviations of what the curve's area says.
    fn check_count(times: &[f64], from: f64, to: f64, expected: f64) {
        let count = times.iter().filter(|&&t| t >= from && t < to).count() as f64;
        assert!((count - expected).abs() < 4.0 * expected.sqrt() + 0.5, "{count} of {expected}");
    }

    #[test]
    fn steps_hold_and_ramps_rise() {
        let steps = Traffic::Steps { points: points(&[(10.0, 100.0), (20.0, 0.0), (30.0, 50.0)]) };
        let times = arrivals(steps, Arrivals::Poisson, 130);
        check_count(&times, 0.0, 10.0, 0.0);
        check_count(&times, 10.0, 20.0, 1_000.0);
        check_count(&times, 20.0, 30.0, 0.0);
        check_count(&times, 30.0, 130.0, 5_000.0);

        let ramps = Traffic::Ramps { points: points(&[(0.0, 0.0), (100.0, 200.0)]) };
        let times = arrivals(ramps, Arrivals::Poisson, 110);
        check_count(&times, 0.0, 50.0, 2_500.0);
        check_count(&times, 50.0, 100.0, 7_500.0);
        check_count(&times, 100.0, 110.0, 2_000.0);
    }

    #[test]
    fn constant_arrivals_tick_like_a_clock() {
        let times = arrivals(Traffic::Constant { rate_per_s: 4.0 }, Arrivals::Constant, 2);
        assert_eq!(times, [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75]);
    }

    /// A run from six in the morning: the peak is at nine, the trough at nine in the evening.
    #[test]
    fn a_day_has_its_peak() {
        let day = Traffic::Day { low_per_s: 0.0, high_per_s: 4.0, peak_at_s: 9 * 3_600 };
        let times = arrivals(day, Arrivals::Poisson, 24 * 3_600);
        check_count(&times, 0.0, 86_400.0, 2.0 * 86_400.0);
        let hour = |at: f64| (at * 3_600.0 - 1_800.0, at * 3_600.0 + 1_800.0);
        let (from, to) = hour(3.0);
        // The mean of a cosine around its peak: 2 + 2 · sin(x) / x for half an hour either way.
        check_count(&times, from, to, (2.0 + 2.0 * 0.9972) * 3_600.0);
        let (from, to) = hour(15.0);
        check_count(&times, from, to, (2.0 - 2.0 * 0.9972) * 3_600.0);
    }

    /// From Friday noon: a full afternoon, a weekend of half the traffic, and full again on Monday.
    #[test]
    fn a_week_has_its_weekend() {
        let week = Traffic::Week {
            low_per_s: 1.0,
            high_per_s: 1.0,
            peak_at_s: 0,
            weekend_percent: 50.0,
            starts_on: crate::design::Weekday::Friday,
        };
        let source = Source { traffic: week, ..Source::default() };
        let fork = |label: &str| Rng::new(3).fork(label, 1);
        let mut node = SourceNode::new(NodeId(1), &source, 12 * 3_600, &fork);
        let mut times = Vec::new();
        while let Some(at) = node.next().filter(|at| *at < Timestamp::from_s(4 * 86_400)) {
            times.push(at.as_s_f64());
            node.arrived(at);
        }
        check_count(&times, 0.0, 42_000.0, 42_000.0);
        check_count(&times, 43_200.0, 43_200.0 + 172_000.0, 86_000.0);
        check_count(&times, 216_000.0, 300_000.0, 84_000.0);
    }

    /// The same series as steps and as lines is what the two older ways of drawing it give.
    #[test]
    fn a_recorded_series_is_followed() {
        let pairs = [(10.0, 100.0), (20.0, 0.0), (30.0, 50.0)];
        let recorded = |between| Traffic::Recorded { points: pairs.to_vec(), between };
        let (steps, lines) = (crate::design::Between::Steps, crate::design::Between::Lines);
        let points = points(&pairs);
        for (recorded, drawn) in [
            (recorded(steps), Traffic::Steps { points: points.clone() }),
            (recorded(lines), Traffic::Ramps { points }),
        ] {
            let recorded = arrivals(recorded, Arrivals::Poisson, 130);
            assert_eq!(recorded, arrivals(drawn, Arrivals::Poisson, 130));
        }
    }

    #[test]
    fn no_rate_means_no_request() {
        assert!(arrivals(Traffic::Constant { rate_per_s: 0.0 }, Arrivals::Poisson, 9).is_empty());
        let ends = Traffic::Ramps { points: points(&[(0.0, 1.0), (1.0, 0.0)]) };
        assert!(arrivals(ends, Arrivals::Constant, 1_000).is_empty());
    }

    /// Doubling the rate half way to a request halves the rest of the wait.
    #[test]
    fn a_change_of_rate_keeps_what_was_waited() {
        let traffic = Traffic::Constant { rate_per_s: 1.0 };
        let arrivals = Arrivals::Constant;
        let mut source = node(Source { traffic, arrivals, ..Source::default() });
        assert_eq!(source.next(), Some(Timestamp::from_s(1)));
        source.set_rate(Timestamp::from_ms(500), 2.0, 1.0);
        assert_eq!(source.next(), Some(Timestamp::from_ms(750)));
        source.set_rate(Timestamp::from_ms(500), 0.0, 1.0);
        assert_eq!(source.next(), None);
    }
}
