//! A traffic source: when does the next request come?
//!
//! Requests are the points of a Poisson process whose rate follows the design's curve, times the
//! factors that people set while it runs. The next point is found by inversion: draw an
//! exponential amount of expected requests of mean 1 and go along the curve until that much has
//! been expected. So one draw makes one request whatever the curve does, a change of rate needs no
//! new draw, and two designs with other rates see the same crowd, only denser. With constant
//! arrivals the amount is always 1.

use super::Target;
use super::clients::Clients;
use crate::design::{Arrivals, RatePoint, Source, Traffic};
use crate::dist;
use crate::id::NodeId;
use crate::math;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};

/// A source at work.
#[derive(Debug)]
pub(in crate::sim) struct SourceNode {
    pub(in crate::sim) id: NodeId,
    pub(in crate::sim) targets: Vec<Target>,
    pub(in crate::sim) requests: u64,
    /// Changes with every change of rate, so that an arrival scheduled before is recognised.
    pub(in crate::sim) epoch: u32,
    /// Multiplies the curve.
    pub(in crate::sim) factor: f64,
    /// Multiplies it once more, for a while.
    pub(in crate::sim) spike: f64,
    pub(in crate::sim) spike_epoch: u32,
    pub(in crate::sim) clients: Clients,
    curve: Curve,
    arrivals: Arrivals,
    rng: Rng,
    /// Requests still to be expected until the next one, counted from `since`.
    remaining: f64,
    since: Timestamp,
}

impl SourceNode {
    pub(in crate::sim) fn new(id: NodeId, settings: &Source, (rng, clients): (Rng, Rng)) -> Self {
        let mut node = Self {
            id,
            targets: Vec::new(),
            requests: 0,
            epoch: 0,
            factor: 1.0,
            spike: 1.0,
            spike_epoch: 0,
            clients: Clients::new(settings.clients, settings.client_skew, clients),
            curve: Curve::new(&settings.traffic),
            arrivals: settings.arrivals,
            rng,
            remaining: 0.0,
            since: Timestamp::ZERO,
        };
        node.remaining = node.draw();
        node
    }

    /// Requests a second at `now`.
    pub(in crate::sim) fn rate_per_s(&self, now: Timestamp) -> f64 {
        self.curve.rate(now.as_s_f64()) * self.multiplier()
    }

    /// When the next request comes, if one ever does.
    pub(in crate::sim) fn next(&self) -> Option<Timestamp> {
        let multiplier = self.multiplier();
        if multiplier <= 0.0 {
            return None;
        }
        let wait_s = self.curve.wait(self.since.as_s_f64(), self.remaining / multiplier)?;
        Some(self.since + Span::from_s_f64(wait_s))
    }

    /// A request comes now: the wait for the one after it begins.
    pub(in crate::sim) fn arrived(&mut self, now: Timestamp) -> Option<&Target> {
        self.remaining = self.draw();
        self.since = now;
        self.requests += 1;
        // Several targets take turns, as several addresses of one name do.
        let turn = (self.requests - 1) % (self.targets.len().max(1) as u64);
        self.targets.get(turn as usize)
    }

    /// Number of the request that came last: its place at this source, under the source's own
    /// identity, so that another source's requests do not change it.
    pub(in crate::sim) fn request(&self) -> u64 {
        u64::from(self.id.0) << 40 | self.requests
    }

    /// The identity of the source that made a request.
    pub(in crate::sim) const fn maker_of(request: u64) -> NodeId {
        NodeId((request >> 40) as u32)
    }

    /// Sets factor and spike; what has been waited so far keeps counting.
    pub(in crate::sim) fn set_rate(&mut self, now: Timestamp, factor: f64, spike: f64) {
        let (from, to) = (self.since.as_s_f64(), now.as_s_f64());
        let expected = self.curve.expected(from, to) * self.multiplier();
        self.remaining = (self.remaining - expected).max(0.0);
        self.since = now;
        (self.factor, self.spike) = (factor, spike);
        self.epoch += 1;
    }

    fn multiplier(&self) -> f64 {
        self.factor * self.spike
    }

    fn draw(&mut self) -> f64 {
        match self.arrivals {
            Arrivals::Poisson => dist::standard_exponential(&mut self.rng),
            Arrivals::Constant => 1.0,
        }
    }
}

/// A straight piece of the rate's curve.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from_s: f64,
    to_s: f64,
    rate: f64,
    /// Change of the rate per second.
    slope: f64,
}

/// The rate over time as straight pieces without gaps; the last one never ends.
#[derive(Debug)]
struct Curve(Vec<Piece>);

impl Curve {
    fn new(traffic: &Traffic) -> Self {
        let level = |from_s, to_s, rate| Piece { from_s, to_s, rate, slope: 0.0 };
        let forever = f64::INFINITY;
        let (points, ramps) = match traffic {
            Traffic::Constant { rate_per_s } => {
                return Self(vec![level(0.0, forever, *rate_per_s)]);
            }
            Traffic::Steps { points } => (points, false),
            Traffic::Ramps { points } => (points, true),
        };
        let before = points.first().filter(|_| ramps).map_or(0.0, |point| point.rate_per_s);
        let starts = points.first().map_or(forever, |point| point.at_s);
        let mut pieces = vec![level(0.0, starts, before)];
        for pair in points.windows(2) {
            if let [a, b] = pair {
                let rise: fn(&RatePoint, &RatePoint) -> f64 =
                    |a, b| (b.rate_per_s - a.rate_per_s) / (b.at_s - a.at_s);
                let slope = if ramps { rise(a, b) } else { 0.0 };
                pieces.push(Piece { from_s: a.at_s, to_s: b.at_s, rate: a.rate_per_s, slope });
            }
        }
        pieces.extend(points.last().map(|last| level(last.at_s, forever, last.rate_per_s)));
        Self(pieces)
    }

    /// Pieces that are not over at `at_s`.
    fn pieces_from(&self, at_s: f64) -> &[Piece] {
        let over = self.0.partition_point(|piece| piece.to_s <= at_s);
        self.0.get(over..).unwrap_or_default()
    }

    fn rate(&self, at_s: f64) -> f64 {
        self.pieces_from(at_s).first().map_or(0.0, |piece| piece.rate_at(at_s))
    }

    /// Requests expected between two times.
    fn expected(&self, from_s: f64, to_s: f64) -> f64 {
        let pieces = self.pieces_from(from_s).iter().take_while(|piece| piece.from_s < to_s);
        pieces.map(|piece| piece.area(from_s.max(piece.from_s), to_s.min(piece.to_s))).sum()
    }

    /// Seconds from `from_s` until `amount` requests are expected; `None` if they never are.
    fn wait(&self, from_s: f64, mut amount: f64) -> Option<f64> {
        for piece in self.pieces_from(from_s) {
            let start = from_s.max(piece.from_s);
            let area = piece.area(start, piece.to_s);
            if area >= amount && area > 0.0 {
                return Some(start - from_s + piece.reach(start, amount));
            }
            amount -= area;
        }
        None
    }
}

impl Piece {
    fn rate_at(&self, at_s: f64) -> f64 {
        self.rate + self.slope * (at_s - self.from_s)
    }

    /// Requests expected between two times within the piece.
    fn area(&self, from_s: f64, to_s: f64) -> f64 {
        if self.slope == 0.0 {
            // Zero times an endless piece is not a number: there nothing is expected.
            return if self.rate > 0.0 { self.rate * (to_s - from_s) } else { 0.0 };
        }
        (self.rate_at(from_s) + self.rate_at(to_s)) / 2.0 * (to_s - from_s)
    }

    /// Seconds from `start` until `amount` is expected: the root of
    /// `rate · x + slope / 2 · x² = amount`, in the form that stays exact for small slopes.
    fn reach(&self, start: f64, amount: f64) -> f64 {
        let rate = self.rate_at(start);
        if self.slope == 0.0 {
            return amount / rate;
        }
        let root = math::sqrt((rate * rate + 2.0 * self.slope * amount).max(0.0));
        2.0 * amount / (rate + root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(traffic: Traffic, arrivals: Arrivals, seconds: u64) -> Vec<f64> {
        let settings = Source { traffic, arrivals, ..Source::default() };
        let mut source = SourceNode::new(NodeId(1), &settings, (Rng::new(5), Rng::new(6)));
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
        let settings = Source { traffic, arrivals: Arrivals::Constant, ..Source::default() };
        let mut source = SourceNode::new(NodeId(1), &settings, (Rng::new(5), Rng::new(6)));
        assert_eq!(source.next(), Some(Timestamp::from_s(1)));
        source.set_rate(Timestamp::from_ms(500), 2.0, 1.0);
        assert_eq!(source.next(), Some(Timestamp::from_ms(750)));
        source.set_rate(Timestamp::from_ms(500), 0.0, 1.0);
        assert_eq!(source.next(), None);
    }
}
