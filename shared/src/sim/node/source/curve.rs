//! The rate of a source over time, and the way along it.

use crate::design::{Between, RatePoint, Traffic, day_points, series_points, week_points};
use crate::math;
use crate::time::{Span, Timestamp};

/// The stretch of a constant rate that a source is in: there, a multiplication finds the next
/// request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Level {
    /// Nanoseconds per request.
    pub(super) ns_each: f64,
    /// Its end; zero if the rate is not constant now.
    pub(super) until: Timestamp,
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
pub(super) struct Curve {
    pieces: Vec<Piece>,
    /// The first piece that was not over at the latest [`Self::go_to`]: a month has hundreds of
    /// pieces, and each request would look for its own.
    here: usize,
}

impl Curve {
    /// The curve of `traffic` in a run that begins `starts_at_s` after midnight.
    pub(super) fn new(traffic: &Traffic, starts_at_s: u32) -> Self {
        let level = |from_s, to_s, rate| Piece { from_s, to_s, rate, slope: 0.0 };
        let forever = f64::INFINITY;
        let (points, ramps) = match traffic {
            Traffic::Constant { rate_per_s } => {
                return Self { pieces: vec![level(0.0, forever, *rate_per_s)], here: 0 };
            }
            Traffic::Steps { points } => (points.clone(), false),
            Traffic::Ramps { points } => (points.clone(), true),
            &Traffic::Day { low_per_s, high_per_s, peak_at_s } => {
                let peak_at_s = f64::from(peak_at_s) - f64::from(starts_at_s);
                (day_points(low_per_s, high_per_s, peak_at_s, RUN_S_MAX), true)
            }
            &Traffic::Week { low_per_s, high_per_s, peak_at_s, weekend_percent, starts_on } => {
                let (rates, times) = ((low_per_s, high_per_s), (peak_at_s, starts_at_s));
                (week_points(rates, times, weekend_percent / 100.0, starts_on, RUN_S_MAX), true)
            }
            Traffic::Recorded { points, between } => {
                (series_points(points), *between == Between::Lines)
            }
            // Their requests come one by one, when a user has thought.
            Traffic::Users { .. } => return Self { pieces: Vec::new(), here: 0 },
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
        Self { pieces, here: 0 }
    }

    /// Time has come to `at_s`, from where [`Self::level`] and [`Self::wait`] look ahead.
    pub(super) fn go_to(&mut self, at_s: f64) {
        while self.pieces.get(self.here).is_some_and(|piece| piece.to_s <= at_s) {
            self.here += 1;
        }
    }

    fn ahead(&self) -> &[Piece] {
        self.pieces.get(self.here..).unwrap_or_default()
    }

    /// Pieces that are not over at `at_s`.
    fn pieces_from(&self, at_s: f64) -> &[Piece] {
        let over = self.pieces.partition_point(|piece| piece.to_s <= at_s);
        self.pieces.get(over..).unwrap_or_default()
    }

    pub(super) fn rate(&self, at_s: f64) -> f64 {
        self.pieces_from(at_s).first().map_or(0.0, |piece| piece.rate_at(at_s))
    }

    /// The stretch of a constant rate from here on, the rate times `multiplier`.
    pub(super) fn level(&self, multiplier: f64) -> Level {
        let piece = self.ahead().first();
        let flat = piece.filter(|piece| piece.slope == 0.0 && piece.rate * multiplier > 0.0);
        flat.map_or(Level::default(), |piece| Level {
            ns_each: 1e9 / (piece.rate * multiplier),
            until: Timestamp::ZERO + Span::from_s_f64(piece.to_s),
        })
    }

    /// Requests expected between two times.
    pub(super) fn expected(&self, from_s: f64, to_s: f64) -> f64 {
        let pieces = self.pieces_from(from_s).iter().take_while(|piece| piece.from_s < to_s);
        pieces.map(|piece| piece.area(from_s.max(piece.from_s), to_s.min(piece.to_s))).sum()
    }

    /// Seconds from `from_s`, which is here, until `amount` requests are expected; `None` if they
    /// never are.
    pub(super) fn wait(&self, from_s: f64, mut amount: f64) -> Option<f64> {
        for piece in self.ahead() {
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

/// Longest run: 31 days.
const RUN_S_MAX: u32 = 31 * 86_400;

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
