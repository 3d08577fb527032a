//! The activity history: every launch and termination with cause, start, end and status.

use super::Activity;
use crate::time::Timestamp;
use std::collections::VecDeque;
use std::fmt;

/// How far an activity is. The words are the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityStatus {
    /// A new instance is on its way into service.
    PreInService,
    /// A new instance waits for its launch hook.
    MidLifecycleAction,
    /// A new instance serves, but its warm-up is not over.
    WaitingForInstanceWarmup,
    /// A leaving instance finishes its requests.
    WaitingForElbConnectionDraining,
    /// A leaving instance waits for its termination hook.
    MidTerminatingLifecycleAction,
    /// Done.
    Successful,
    /// The launch failed.
    Failed,
    /// Nothing could be done, such as a scale-in of protected instances.
    Cancelled,
}

impl ActivityStatus {
    /// The service's word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreInService => "PreInService",
            Self::MidLifecycleAction => "MidLifecycleAction",
            Self::WaitingForInstanceWarmup => "WaitingForInstanceWarmup",
            Self::WaitingForElbConnectionDraining => "WaitingForELBConnectionDraining",
            Self::MidTerminatingLifecycleAction => "MidTerminatingLifecycleAction",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
            Self::Cancelled => "Cancelled",
        }
    }

    /// Percent done. 30, 40, 60 and 100 were captured from the service; the others lie between.
    pub const fn progress(self) -> u32 {
        match self {
            Self::PreInService => 30,
            Self::MidLifecycleAction => 40,
            Self::WaitingForElbConnectionDraining => 50,
            Self::WaitingForInstanceWarmup | Self::MidTerminatingLifecycleAction => 60,
            Self::Successful | Self::Failed | Self::Cancelled => 100,
        }
    }
}

/// An activity with its end. Activities on the whole group (a cancelled scale-in) name instance 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ActivityRecord {
    /// What, why, and since when.
    pub activity: Activity,
    /// How far it is, not looking at warm-up: [`Self::status_at`] does.
    pub status: ActivityStatus,
    /// When it ended, or will end because only a warm-up is left. `None` while nobody knows.
    pub ended: Option<Timestamp>,
}

impl ActivityRecord {
    /// Whether it is not over at `now`.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.ended.is_none_or(|ended| now < ended)
    }

    /// How far it is at `now`.
    pub fn status_at(&self, now: Timestamp) -> ActivityStatus {
        match self.status {
            ActivityStatus::Successful if self.is_running(now) => {
                ActivityStatus::WaitingForInstanceWarmup
            }
            status => status,
        }
    }
}

impl fmt::Display for ActivityRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Activity { instance, launch, cause, .. } = self.activity;
        match (self.status, launch) {
            (ActivityStatus::Cancelled, _) => {
                write!(
                    f,
                    "Could not scale to desired capacity because {cause}: all remaining \
                           instances are protected from scale-in"
                )
            }
            (_, true) => write!(f, "Launching a new EC2 instance: {instance}: {cause}"),
            (_, false) => write!(f, "Terminating EC2 instance: {instance}: {cause}"),
        }
    }
}

/// Activities kept; the oldest that have ended are forgotten first.
const KEPT_MAX: usize = 2_048;

/// The history of a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Activities {
    records: VecDeque<ActivityRecord>,
    /// Identity of the first record kept.
    first: u64,
    /// Records whose end nobody knows yet.
    open: usize,
    /// The latest end that is known.
    busy_until: Timestamp,
}

impl Activities {
    pub(super) fn begin(&mut self, activity: Activity, status: ActivityStatus) -> u64 {
        while self.records.len() >= KEPT_MAX
            && self.records.front().is_some_and(|record| record.ended.is_some())
        {
            self.records.pop_front();
            self.first += 1;
        }
        self.open += 1;
        self.records.push_back(ActivityRecord { activity, status, ended: None });
        self.first + self.records.len() as u64 - 1
    }

    pub(super) fn set_status(&mut self, id: u64, status: ActivityStatus) {
        if let Some(record) = self.get_mut(id) {
            record.status = status;
        }
    }

    pub(super) fn end(&mut self, id: u64, status: ActivityStatus, ended: Timestamp) {
        let Some(record) = self.get_mut(id).filter(|record| record.ended.is_none()) else { return };
        record.status = status;
        record.ended = Some(ended);
        self.open -= 1;
        self.busy_until = self.busy_until.max(ended);
    }

    /// Whether any activity is not over at `now`.
    pub(super) fn is_busy(&self, now: Timestamp) -> bool {
        self.open > 0 || now < self.busy_until
    }

    pub(super) fn records(&self) -> impl DoubleEndedIterator<Item = &ActivityRecord> {
        self.records.iter()
    }

    pub(super) fn get(&self, id: u64) -> Option<&ActivityRecord> {
        self.records.get(usize::try_from(id.checked_sub(self.first)?).ok()?)
    }

    fn get_mut(&mut self, id: u64) -> Option<&mut ActivityRecord> {
        self.records.get_mut(usize::try_from(id.checked_sub(self.first)?).ok()?)
    }
}
