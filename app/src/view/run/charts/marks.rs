//! Moments of the run that every chart shows: alarms, launches, deaths, changes of traffic.

use super::super::words::{Tone, tone};
use shared::scale::AlarmState;
use shared::sim::{LogEntry, LogEvent};

/// Marks shown at most; a chart with more would show nothing else.
const MARKS_MAX: usize = 120;

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mark {
    /// When, seconds since the start of the run.
    pub(super) at_s: f64,
    /// What kind of thing happened.
    pub(super) tone: Tone,
}

impl Mark {
    /// Its sign, so that no kind is told from another by hue alone.
    pub(super) const fn sign(self) -> &'static str {
        match self.tone {
            Tone::Traffic => "≈",
            Tone::Alarm => "!",
            Tone::Scaling => "+",
            Tone::Server => "·",
            Tone::Death => "×",
        }
    }

    /// Custom property that holds its colour.
    pub(super) const fn colour(self) -> &'static str {
        match self.tone {
            Tone::Alarm => "--checking",
            Tone::Scaling => "--booting",
            Tone::Death => "--failed",
            Tone::Traffic | Tone::Server => "--chart-neutral",
        }
    }
}

/// The moments of a log, the latest if they are too many.
pub(super) fn marks(log: &[LogEntry]) -> Vec<Mark> {
    let shown = log.iter().filter(|entry| is_shown(&entry.event));
    let mut marks: Vec<Mark> =
        shown.map(|entry| Mark { at_s: entry.at.as_s_f64(), tone: tone(&entry.event) }).collect();
    let more = marks.len().saturating_sub(MARKS_MAX);
    marks.drain(..more);
    marks
}

/// What is told of one server is too much for a chart, except its death.
fn is_shown(event: &LogEvent) -> bool {
    match event {
        LogEvent::Alarm { to, .. } => *to == AlarmState::Alarm,
        event => matches!(tone(event), Tone::Traffic | Tone::Scaling | Tone::Death),
    }
}
