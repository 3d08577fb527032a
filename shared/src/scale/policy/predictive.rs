//! Predictive scaling: raise the capacity before a load that comes at the same time every day.
//!
//! The load of past hours, up to 14 days of them, gives a forecast of 48 hours: the mean of the
//! same hour on past days. (The vendor's model is not public; the cycle of the day is its
//! documented idea.) At the start of each hour the capacity is raised to what the forecast needs.
//! Predictive scaling alone never lowers it. It needs a day of history, and by default it only
//! forecasts.

use super::PolicyError;
use crate::scale::Metric;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Whether the forecast acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PredictiveMode {
    /// Shows what it would do.
    #[default]
    ForecastOnly,
    /// Raises the capacity.
    ForecastAndScale,
}

/// What to do when the forecast needs more than the group's greatest size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MaxCapacityBreach {
    /// The greatest size holds.
    #[default]
    HonorMaxCapacity,
    /// The greatest size rises to the forecast and a buffer.
    IncreaseMaxCapacity,
}

/// A predictive scaling policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PredictivePolicy {
    /// What is forecast and kept at the target.
    pub metric: Metric,
    /// Where one server should run, in the metric's unit; percent for CPU.
    pub target_value: f64,
    /// Whether the forecast acts.
    pub mode: PredictiveMode,
    /// What to do when the forecast needs more than the greatest size.
    pub max_capacity_breach: MaxCapacityBreach,
    /// Percent added to the forecast when the greatest size rises, 0 to 100.
    pub max_capacity_buffer_percent: u32,
    /// Seconds before the hour at which servers are launched, so that they are ready, 0 to 3,600.
    pub scheduling_buffer_s: u32,
}

impl Default for PredictivePolicy {
    fn default() -> Self {
        Self {
            metric: Metric::AverageCpuUtilization,
            target_value: 50.0,
            mode: PredictiveMode::ForecastOnly,
            max_capacity_breach: MaxCapacityBreach::HonorMaxCapacity,
            max_capacity_buffer_percent: 10,
            scheduling_buffer_s: 300,
        }
    }
}

const HOUR: Span = Span::from_s(3_600);
const HOURS_PER_DAY: usize = 24;

/// Hours of history below which there is no forecast.
const HISTORY_HOURS_MIN: usize = HOURS_PER_DAY;
/// Hours of history that are used at most: 14 days.
const HISTORY_HOURS_MAX: usize = 14 * HOURS_PER_DAY;

/// Load by the hour, all servers together, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoadHistory {
    hours: VecDeque<f64>,
}

/// What the coming hours will bring, hour by hour.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Start of the first hour.
    pub from: Timestamp,
    /// Servers needed in each hour.
    pub capacity: Vec<u32>,
}

impl Forecast {
    /// Hours that a forecast covers.
    pub const HORIZON_HOURS: usize = 48;
    /// One value covers this long.
    pub const GRANULARITY: Span = HOUR;
    /// A forecast is made anew this often.
    pub const REFRESH: Span = Span::from_s(6 * 3_600);

    /// Servers needed at `at`, if the forecast covers it.
    pub fn capacity_at(&self, at: Timestamp) -> Option<u32> {
        let hour = at.since(self.from).as_ns() / HOUR.as_ns();
        (at >= self.from).then(|| self.capacity.get(usize::try_from(hour).ok()?).copied())?
    }
}

impl LoadHistory {
    /// Takes the load of another hour: the metric's average times the servers that shared it.
    pub fn push(&mut self, load: f64) {
        if self.hours.len() == HISTORY_HOURS_MAX {
            self.hours.pop_front();
        }
        self.hours.push_back(load);
    }

    /// How many hours are known.
    pub fn hours(&self) -> usize {
        self.hours.len()
    }

    /// The load expected `ahead` hours after the last known one (1 is the next): the mean of that
    /// hour of the day. `None` without a day of history.
    pub fn expected(&self, ahead: usize) -> Option<f64> {
        if self.hours.len() < HISTORY_HOURS_MIN || ahead == 0 {
            return None;
        }
        // The hour one day before, or two if that lies ahead as well.
        let newest_same = (HOURS_PER_DAY - ahead % HOURS_PER_DAY) % HOURS_PER_DAY;
        let same_hour = self.hours.iter().rev().skip(newest_same).step_by(HOURS_PER_DAY);
        let (sum, days) = same_hour.fold((0.0, 0_u32), |(sum, days), load| (sum + load, days + 1));
        (days > 0).then(|| sum / f64::from(days))
    }
}

impl PredictivePolicy {
    /// A forecast whose first hour begins at `from`, or `None` without a day of history.
    pub fn forecast(&self, history: &LoadHistory, from: Timestamp) -> Option<Forecast> {
        let capacity = (1..=Forecast::HORIZON_HOURS)
            .map(|ahead| {
                let load = history.expected(ahead)?;
                Some((load / self.target_value).ceil().max(0.0) as u32)
            })
            .collect::<Option<_>>()?;
        Some(Forecast { from, capacity })
    }

    /// The greatest size while `predicted` servers are forecast.
    pub fn effective_max(&self, predicted: u32, max_size: u32) -> u32 {
        match self.max_capacity_breach {
            MaxCapacityBreach::HonorMaxCapacity => max_size,
            MaxCapacityBreach::IncreaseMaxCapacity if predicted <= max_size => max_size,
            MaxCapacityBreach::IncreaseMaxCapacity => {
                let percent = 100 + u64::from(self.max_capacity_buffer_percent);
                let raised = (u64::from(predicted) * percent).div_ceil(100);
                u32::try_from(raised).unwrap_or(u32::MAX).max(max_size)
            }
        }
    }

    /// The desired capacity at an hour for which `predicted` servers are forecast: never lower
    /// than it is.
    pub fn capacity(&self, predicted: u32, desired: u32) -> u32 {
        match self.mode {
            PredictiveMode::ForecastOnly => desired,
            PredictiveMode::ForecastAndScale => predicted.max(desired),
        }
    }

    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first setting that is out of range.
    pub fn check(&self) -> Result<(), PolicyError> {
        PolicyError::range("target_value", self.target_value, 1e-9, 1e15)?;
        if !self.metric.is_proportional() {
            return Err(PolicyError::MetricNotProportional { metric: self.metric });
        }
        let buffer = f64::from(self.max_capacity_buffer_percent);
        PolicyError::range("max_capacity_buffer_percent", buffer, 0.0, 100.0)?;
        let ahead = f64::from(self.scheduling_buffer_s);
        PolicyError::range("scheduling_buffer_s", ahead, 0.0, 3_600.0)
    }
}
