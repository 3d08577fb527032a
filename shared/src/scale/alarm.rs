//! Alarms with CloudWatch's semantics: M of N datapoints, missing data, three states.
//!
//! Samples are collected into one datapoint per period. At the end of each period the alarm looks
//! at its *evaluation range*, which is a little longer than the N evaluation periods so that
//! missing datapoints can be made up for by older ones, and decides by these rules:
//!
//! 1. Take the newest N real datapoints in the range.
//! 2. None missing: ALARM if at least M breach, else OK.
//! 3. Enough is known already: ALARM if M breach, OK if so many are good that M cannot be reached.
//! 4. Fill the missing ones: as good (`notBreaching`), as bad (`breaching`), or
//! 5. not at all: no real datapoint gives INSUFFICIENT_DATA (`missing`) or the old state
//!    (`ignore`); any good one gives OK; only bad ones give the old state, but under `missing` give
//!    ALARM once the oldest of them is at least M periods old (AWS's rule against premature
//!    alarms).
//!
//! These rules give every row of the tables in the CloudWatch user guide (May 2023). The length of
//! the range is not published; N + 2 fits published captures of native alarms.

use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// What an alarm watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Average CPU utilisation of the group's servers that are in service and warm, percent.
    #[default]
    AverageCpuUtilization,
}

/// Which side of the threshold is bad.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Above is bad.
    #[default]
    GreaterThanThreshold,
    /// At and above is bad.
    GreaterThanOrEqualToThreshold,
    /// Below is bad.
    LessThanThreshold,
    /// At and below is bad.
    LessThanOrEqualToThreshold,
}

impl Comparison {
    /// Every comparison, in the order of menus.
    pub const ALL: [Self; 4] = [
        Self::GreaterThanThreshold,
        Self::GreaterThanOrEqualToThreshold,
        Self::LessThanThreshold,
        Self::LessThanOrEqualToThreshold,
    ];

    /// Whether `value` breaches `threshold`.
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterThanThreshold => value > threshold,
            Self::GreaterThanOrEqualToThreshold => value >= threshold,
            Self::LessThanThreshold => value < threshold,
            Self::LessThanOrEqualToThreshold => value <= threshold,
        }
    }

    /// True if high values are bad.
    pub const fn is_high(self) -> bool {
        matches!(self, Self::GreaterThanThreshold | Self::GreaterThanOrEqualToThreshold)
    }

    /// `>`, `≥`, `<` or `≤`.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::GreaterThanThreshold => ">",
            Self::GreaterThanOrEqualToThreshold => "≥",
            Self::LessThanThreshold => "<",
            Self::LessThanOrEqualToThreshold => "≤",
        }
    }
}

/// What a datapoint that did not come counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TreatMissingData {
    /// Nothing; too little data is a state of its own. AWS's default.
    #[default]
    Missing,
    /// Nothing; the alarm keeps its state.
    Ignore,
    /// Bad.
    Breaching,
    /// Good.
    NotBreaching,
}

/// A CloudWatch alarm's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AlarmConfig {
    /// What it watches.
    pub metric: Metric,
    /// Which side of the threshold is bad.
    pub comparison: Comparison,
    /// In the metric's unit; percent for CPU.
    pub threshold: f64,
    /// Seconds per datapoint: 10, 30, or a multiple of 60 up to 86,400.
    pub period_s: u32,
    /// Newest datapoints looked at, N, 1 to 100.
    pub evaluation_periods: u32,
    /// How many of them must breach, M, 1 to N.
    pub datapoints_to_alarm: u32,
    /// What a datapoint that did not come counts as.
    pub treat_missing_data: TreatMissingData,
}

impl Default for AlarmConfig {
    fn default() -> Self {
        Self {
            metric: Metric::AverageCpuUtilization,
            comparison: Comparison::GreaterThanThreshold,
            threshold: 80.0,
            period_s: 60,
            evaluation_periods: 2,
            datapoints_to_alarm: 2,
            treat_missing_data: TreatMissingData::Missing,
        }
    }
}

/// The state of an alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// The metric is on the good side.
    Ok,
    /// Enough datapoints breach.
    Alarm,
    /// Too little is known. Every alarm begins here.
    #[default]
    InsufficientData,
}

/// A change of state, with the datapoint that brought it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition {
    /// Before.
    pub from: AlarmState,
    /// After.
    pub to: AlarmState,
    /// The newest datapoint, if there was one.
    pub value: Option<f64>,
    /// Datapoints that breach, of those looked at.
    pub breaching: u32,
}

/// Periods kept beyond the evaluation periods; see the module documentation.
const EXTRA_RANGE: usize = 2;

/// An alarm at work.
#[derive(Clone, Debug)]
pub struct Alarm {
    config: AlarmConfig,
    state: AlarmState,
    /// Datapoints of the evaluation range, oldest first; `None` where one is missing.
    range: VecDeque<Option<f64>>,
    /// Sum and number of the samples of the running period.
    sum: f64,
    samples: u64,
    period_ends: Timestamp,
}

impl Alarm {
    /// An alarm without data, whose first period begins at `now`.
    pub fn new(config: AlarmConfig, now: Timestamp) -> Self {
        let period_ends = now + Span::from_s(u64::from(config.period_s));
        Self {
            config,
            state: AlarmState::InsufficientData,
            range: VecDeque::new(),
            sum: 0.0,
            samples: 0,
            period_ends,
        }
    }

    /// Its settings.
    pub const fn config(&self) -> &AlarmConfig {
        &self.config
    }

    /// Its state.
    pub const fn state(&self) -> AlarmState {
        self.state
    }

    /// The newest datapoint, if it is not missing.
    pub fn latest(&self) -> Option<f64> {
        self.range.back().copied().flatten()
    }

    /// Adds samples of the metric to the running period: their sum and their number.
    pub fn observe(&mut self, sum: f64, samples: u64) {
        self.sum += sum;
        self.samples += samples;
    }

    /// When [`Self::evaluate`] wants to be called next: the end of the running period.
    pub const fn poll_timeout(&self) -> Timestamp {
        self.period_ends
    }

    /// Ends the period if it is over and evaluates. `Some(None)` means evaluated without a change
    /// of state, `None` means that the period still runs.
    pub fn evaluate(&mut self, now: Timestamp) -> Option<Option<Transition>> {
        if now < self.period_ends {
            return None;
        }
        let datapoint = (self.samples > 0).then(|| self.sum / self.samples as f64);
        (self.sum, self.samples) = (0.0, 0);
        self.period_ends += Span::from_s(u64::from(self.config.period_s));
        Some(self.push(datapoint))
    }

    /// Takes the datapoint of a period, or its absence, and evaluates.
    pub fn push(&mut self, datapoint: Option<f64>) -> Option<Transition> {
        self.range.push_back(datapoint);
        let range_max = self.config.evaluation_periods as usize + EXTRA_RANGE;
        while self.range.len() > range_max {
            self.range.pop_front();
        }
        let (to, breaching) = self.decide();
        let from = std::mem::replace(&mut self.state, to);
        (from != to).then_some(Transition { from, to, value: datapoint, breaching })
    }

    /// The rules of the module documentation.
    fn decide(&self) -> (AlarmState, u32) {
        let AlarmConfig { comparison, threshold, treat_missing_data, .. } = self.config;
        let n = self.config.evaluation_periods;
        let m = self.config.datapoints_to_alarm;
        let (mut bad, mut good, mut oldest_bad) = (0_u32, 0_u32, 0_u32);
        for (age, value) in (1_u32..).zip(self.range.iter().rev()) {
            let Some(value) = *value else { continue };
            if bad + good == n {
                break;
            }
            if comparison.breaches(value, threshold) {
                bad += 1;
                oldest_bad = age;
            } else {
                good += 1;
            }
        }
        let missing = n.saturating_sub(bad + good);
        let alarm_if = |alarm| if alarm { AlarmState::Alarm } else { AlarmState::Ok };
        let state = match treat_missing_data {
            _ if missing == 0 => alarm_if(bad >= m),
            _ if bad >= m => AlarmState::Alarm,
            _ if good > n - m => AlarmState::Ok,
            TreatMissingData::NotBreaching => AlarmState::Ok,
            TreatMissingData::Breaching => alarm_if(bad + missing >= m),
            TreatMissingData::Missing if bad + good == 0 => AlarmState::InsufficientData,
            TreatMissingData::Ignore if bad + good == 0 => self.state,
            _ if good > 0 => AlarmState::Ok,
            TreatMissingData::Missing if oldest_bad >= m => AlarmState::Alarm,
            TreatMissingData::Missing | TreatMissingData::Ignore => self.state,
        };
        (state, bad)
    }
}
