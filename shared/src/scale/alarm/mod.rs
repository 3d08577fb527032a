//! Alarms with CloudWatch's semantics: M of N datapoints, missing data, three states.
//!
//! Samples are collected into datapoints. With a period of a minute or more the alarm is evaluated
//! every minute, over a window that slides: with a period of five minutes, minute 5 sees minutes 1
//! to 5 and minute 6 sees 2 to 6. An evaluation looks at the *evaluation range*, which is a little
//! longer than the N evaluation periods so that missing datapoints can be made up by older ones;
//! `evaluate` holds the rules.

mod action;
mod config;
mod evaluate;

pub use action::{ActionKind, AlarmAction, AlarmKind};
pub use config::{AlarmConfig, Comparison, LowSamples, TreatMissingData};
pub use evaluate::Evaluation;

use super::metric::{Samples, Statistic, is_low_sample};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

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

/// State changes that an alarm remembers; older ones are forgotten.
pub const HISTORY_MAX: usize = 100;

/// An alarm at work.
#[derive(Clone, Debug)]
pub struct Alarm {
    config: AlarmConfig,
    state: AlarmState,
    /// Datapoints of the evaluation range, oldest first; `None` where one is missing.
    range: VecDeque<Option<f64>>,
    /// Samples since the last evaluation.
    running: Samples,
    /// Samples between past evaluations, newest last: as many as the evaluation range covers.
    /// Empty while the period is as long as the evaluations are apart, since then every
    /// evaluation has its own datapoint.
    slots: VecDeque<Samples>,
    next_evaluation: Timestamp,
    history: VecDeque<(Timestamp, Transition)>,
}

impl Alarm {
    /// An alarm without data, whose first period begins at `now`.
    pub fn new(config: AlarmConfig, now: Timestamp) -> Self {
        Self {
            state: AlarmState::InsufficientData,
            range: VecDeque::new(),
            running: Samples::for_statistic(config.statistic),
            slots: VecDeque::new(),
            next_evaluation: now + config.period().min(config.evaluated_every()),
            history: VecDeque::new(),
            config,
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

    /// The datapoints of the evaluation periods that are not missing, newest first.
    pub fn datapoints(&self) -> impl Iterator<Item = f64> {
        let newest = self.range.iter().rev().take(self.config.evaluation_periods as usize);
        newest.copied().flatten()
    }

    /// Changes of state, oldest first, with their times.
    pub fn history(&self) -> impl Iterator<Item = &(Timestamp, Transition)> {
        self.history.iter()
    }

    /// Sets the state by hand until the next evaluation, to try out what hangs on the alarm.
    pub const fn set_state(&mut self, state: AlarmState) {
        self.state = state;
    }

    /// Adds samples of the metric: their sum and their number.
    pub fn observe(&mut self, sum: f64, samples: u64) {
        self.running.add(sum, samples);
    }

    /// When [`Self::evaluate`] wants to be called next.
    pub const fn poll_timeout(&self) -> Timestamp {
        self.next_evaluation
    }

    /// Evaluates if it is time to. `Some(None)` means evaluated without a change of state, `None`
    /// means that it is not yet time.
    pub fn evaluate(&mut self, now: Timestamp) -> Option<Option<Transition>> {
        while now >= self.next_evaluation {
            let at = self.next_evaluation;
            let every = self.config.evaluated_every();
            self.next_evaluation = at + every;
            let fresh = Samples::for_statistic(self.config.statistic);
            let samples = std::mem::replace(&mut self.running, fresh);
            if self.config.period() == every {
                let transition = self.take(&samples);
                self.remember(at, transition);
                return Some(transition);
            }
            if self.slide(samples) {
                let transition = self.settle_unless_unsure(self.newest_window_samples());
                self.remember(at, transition);
                return Some(transition);
            }
        }
        None
    }

    /// Takes the samples of a whole period and evaluates.
    pub fn take(&mut self, samples: &Samples) -> Option<Transition> {
        self.push_back(samples.datapoint(self.config.statistic));
        self.settle_unless_unsure(samples.count())
    }

    /// Takes the datapoint of a period, or its absence, and evaluates.
    pub fn push(&mut self, datapoint: Option<f64>) -> Option<Transition> {
        self.push_back(datapoint);
        self.settle()
    }

    fn push_back(&mut self, datapoint: Option<f64>) {
        self.range.push_back(datapoint);
        let range_max = self.config.evaluation_periods + self.config.extra_periods();
        while self.range.len() > range_max as usize {
            self.range.pop_front();
        }
    }

    /// Moves the window on by one slot. False while the first period is not over: the alarm has
    /// nothing to look at yet.
    fn slide(&mut self, samples: Samples) -> bool {
        let per_period = self.slots_per_period();
        let periods = (self.config.evaluation_periods + self.config.extra_periods()) as usize;
        self.slots.push_back(samples);
        while self.slots.len() > periods * per_period {
            self.slots.pop_front();
        }
        let statistic = self.config.statistic;
        self.range.clear();
        let end = self.slots.len();
        for period in (1..=end / per_period).rev() {
            let mut window = Samples::for_statistic(statistic);
            let first = end - period * per_period;
            self.slots.range(first..first + per_period).for_each(|slot| window.merge(slot));
            self.range.push_back(window.datapoint(statistic));
        }
        end >= per_period
    }

    fn slots_per_period(&self) -> usize {
        let every = self.config.evaluated_every().as_ns().max(1);
        (self.config.period().as_ns() / every).max(1) as usize
    }

    fn newest_window_samples(&self) -> u64 {
        self.slots.iter().rev().take(self.slots_per_period()).map(Samples::count).sum()
    }

    /// Keeps the state while a percentile of `samples` samples is unsure and the alarm is told to
    /// ignore such.
    fn settle_unless_unsure(&mut self, samples: u64) -> Option<Transition> {
        match (self.config.statistic, self.config.low_samples) {
            (Statistic::Percentile(percent), LowSamples::Ignore)
                if is_low_sample(percent / 100.0, samples) =>
            {
                None
            }
            _ => self.settle(),
        }
    }

    fn settle(&mut self) -> Option<Transition> {
        let found = self.config.evaluate(self.range.iter().rev().copied(), self.state);
        let from = std::mem::replace(&mut self.state, found.state);
        let value = self.latest();
        let Evaluation { state: to, breaching, .. } = found;
        (from != to).then_some(Transition { from, to, value, breaching })
    }

    fn remember(&mut self, at: Timestamp, transition: Option<Transition>) {
        let Some(transition) = transition else { return };
        if self.history.len() == HISTORY_MAX {
            self.history.pop_front();
        }
        self.history.push_back((at, transition));
    }
}
