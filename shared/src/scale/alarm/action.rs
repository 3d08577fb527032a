//! What an alarm does in a state, and how often.

use super::AlarmState;
use crate::time::{Span, Timestamp};

/// What is called when an alarm is in the state that the action is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// A notification (SNS and the like): once, when the state is entered.
    Notification,
    /// A scaling policy: when the state is entered, then once a minute while it lasts. CloudWatch
    /// does this for Auto Scaling only, and a policy relies on it: one alarm adds servers step by
    /// step.
    AutoScaling,
}

/// What kind of alarm an action is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// Watches one metric.
    Metric,
    /// Watches an expression over metrics.
    MetricMath,
    /// Watches other alarms.
    Composite,
}

impl ActionKind {
    /// Most actions that one state of an alarm may have.
    pub const PER_STATE_MAX: usize = 5;

    /// Whether an alarm of this kind may have the action: composite alarms cannot scale a group.
    pub const fn is_allowed(self, alarm: AlarmKind) -> bool {
        !matches!((self, alarm), (Self::AutoScaling, AlarmKind::Composite))
    }
}

/// An action attached to a state of an alarm.
#[derive(Clone, Copy, Debug)]
pub struct AlarmAction {
    kind: ActionKind,
    on: AlarmState,
    /// When the action may run again while the state lasts; `None` outside the state.
    next: Option<Timestamp>,
}

/// CloudWatch repeats Auto Scaling actions this often.
const REPEATED_EVERY: Span = Span::from_s(60);

impl AlarmAction {
    /// An action of `kind` in state `on`.
    pub const fn new(kind: ActionKind, on: AlarmState) -> Self {
        Self { kind, on, next: None }
    }

    /// Told the alarm's state after an evaluation; true if the action runs now.
    pub fn runs(&mut self, now: Timestamp, state: AlarmState) -> bool {
        if state != self.on {
            self.next = None;
            return false;
        }
        if self.next.is_some_and(|next| now < next) {
            return false;
        }
        self.next = Some(match self.kind {
            ActionKind::Notification => Timestamp::MAX,
            ActionKind::AutoScaling => now + REPEATED_EVERY,
        });
        true
    }
}
