//! How many requests come, and how they follow each other.

use crate::json::tagged;
use crate::math;
use serde::{Deserialize, Serialize};

tagged! {
    by "type", deny_unknown_fields;
    /// The rate of requests over the run.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum Traffic {
        /// The same all the time.
        Constant {
            /// Requests a second, 0 to 1,000,000.
            rate_per_s: f64,
        },
        /// Jumps: each rate holds from its time until the next.
        Steps {
            /// In order of time; before the first, nothing comes.
            points: Vec<RatePoint>,
        },
        /// Ramps: straight lines between points; the last rate holds.
        Ramps {
            /// In order of time; before the first, its rate holds.
            points: Vec<RatePoint>,
        },
        /// A cosine over the day, every day. The time of day at the start is
        /// [`RunSettings::starts_at_s`](super::RunSettings::starts_at_s).
        Day {
            /// Requests a second when they are fewest, 0 to 1,000,000.
            low_per_s: f64,
            /// Requests a second at the peak, 0 to 1,000,000.
            high_per_s: f64,
            /// When the peak is, seconds after midnight, 0 to 86,399.
            peak_at_s: u32,
        },
        /// The curve of a day on every day of the week, higher or lower at the weekend.
        Week {
            /// Requests a second when they are fewest on a working day, 0 to 1,000,000.
            low_per_s: f64,
            /// Requests a second at the peak of a working day, 0 to 1,000,000.
            high_per_s: f64,
            /// When the peak is, seconds after midnight, 0 to 86,399.
            peak_at_s: u32,
            /// Traffic of Saturday and Sunday in percent of a working day's, 0 to 1,000.
            weekend_percent: f64,
            /// The day on which the run starts.
            #[serde(default)]
            starts_on: Weekday,
        },
        /// As measured: a series of times and rates, from a file for instance.
        Recorded {
            /// Pairs of seconds since the start of the run and requests a second, in order of time, at
            /// most 20,000.
            points: Vec<(f64, f64)>,
            /// What happens between two of them.
            #[serde(default)]
            between: Between,
        },
        /// A closed loop: so many users, each of whom waits for the answer, thinks, and asks again.
        /// Nobody else comes when they are slow; `arrivals` says nothing here.
        Users {
            /// How many, 1 to 100,000.
            users: u32,
            /// Mean time to think, exponential, milliseconds, 0 to 86,400,000.
            think_ms: f64,
        },
    }
}

impl Default for Traffic {
    fn default() -> Self {
        Self::Constant { rate_per_s: 100.0 }
    }
}

/// What the rate does between two points of a recorded series. After the last it stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Between {
    /// Each rate holds until the next; before the first, nothing comes.
    #[default]
    Steps,
    /// It goes along a straight line; before the first, its rate holds.
    Lines,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    #[default]
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// A rate from a point in time on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RatePoint {
    /// Seconds since the start of the run.
    pub at_s: f64,
    /// Requests a second.
    pub rate_per_s: f64,
}

/// How requests follow each other at a given rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Arrivals {
    /// Independently, as many strangers do (the first M of M/M/1).
    #[default]
    Poisson,
    /// Like clockwork.
    Constant,
}

/// Random changes between two rates: a Markov-modulated Poisson process of two states. Calm and
/// bursts last for exponential times; with a `calm_factor` of 0 it is an on/off source.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Bursts {
    /// Multiplies the rate during a burst, 0 to 1,000.
    pub burst_factor: f64,
    /// Multiplies the rate between bursts, 0 to 1,000.
    pub calm_factor: f64,
    /// Mean length of a burst, seconds, 0.001 to 86,400.
    pub burst_s: f64,
    /// Mean time between bursts, seconds, 0.001 to 86,400.
    pub calm_s: f64,
}

impl Default for Bursts {
    fn default() -> Self {
        Self { burst_factor: 1.0, calm_factor: 1.0, burst_s: 10.0, calm_s: 60.0 }
    }
}

impl Bursts {
    /// False while both rates are the same.
    pub fn has_effect(&self) -> bool {
        self.burst_factor.total_cmp(&self.calm_factor).is_ne()
    }
}

/// Most points of a recorded series: every minute for two weeks.
pub const SERIES_POINTS_MAX: usize = 20_000;

/// Pairs of a recorded series as points.
pub fn series_points(points: &[(f64, f64)]) -> Vec<RatePoint> {
    points.iter().map(|&(at_s, rate_per_s)| RatePoint { at_s, rate_per_s }).collect()
}

/// A day's curve (see [`day_points`]) with the rates of Saturday and Sunday multiplied by `weekend`.
/// The run begins on `starts_on`, `starts_at_s` after midnight; the peak is `peak_at_s` after
/// midnight.
pub fn week_points(
    (low_per_s, high_per_s): (f64, f64),
    (peak_at_s, starts_at_s): (u32, u32),
    weekend: f64,
    starts_on: Weekday,
    until_s: u32,
) -> Vec<RatePoint> {
    const SATURDAY: u64 = Weekday::Saturday as u64;
    let peak_at_s = f64::from(peak_at_s) - f64::from(starts_at_s);
    let mut points = day_points(low_per_s, high_per_s, peak_at_s, until_s);
    for point in &mut points {
        let days = (point.at_s as u64 + u64::from(starts_at_s)) / 86_400;
        if (starts_on as u64 + days) % 7 >= SATURDAY {
            point.rate_per_s *= weekend;
        }
    }
    points
}

/// Seconds between two points of a day's curve.
const DAY_STEP_S: u32 = 900;

/// A cosine between the lowest and the highest rate of the day, as straight lines between points a
/// quarter of an hour apart, up to the first one at or after `until_s`. The peak is `peak_at_s`
/// after the start of the run, or whole days before or after that.
pub fn day_points(low_per_s: f64, high_per_s: f64, peak_at_s: f64, until_s: u32) -> Vec<RatePoint> {
    let (middle, swing) = ((high_per_s + low_per_s) / 2.0, (high_per_s - low_per_s) / 2.0);
    let turn = 2.0 * std::f64::consts::PI / 86_400.0;
    let point = |i| {
        let at_s = f64::from(i * DAY_STEP_S);
        let rate_per_s = middle + swing * math::cos(turn * (at_s - peak_at_s));
        RatePoint { at_s, rate_per_s: rate_per_s.max(0.0) }
    };
    (0..=until_s.div_ceil(DAY_STEP_S)).map(point).collect()
}
