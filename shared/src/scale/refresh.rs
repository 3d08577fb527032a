//! Instance refresh: replaces every instance of a group, a few at a time, with checkpoints.
//!
//! Told which replacements are warm and what time it is, it says which instances to replace next.
//! The group, or whoever drives it, does the replacing.

use super::replaced_at_a_time;
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};
use std::collections::VecDeque;

/// How to refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshConfig {
    /// Percent of the instances that must stay healthy, 0 to 100. 100 replaces one at a time, 0
    /// all at once.
    pub min_healthy_percent: u32,
    /// How long a new instance is in service before it counts; the group's default if absent.
    pub instance_warmup: Option<Span>,
    /// Percentages at which it pauses, rising. It ends at the last; without any it goes to 100.
    pub checkpoints: Vec<u32>,
    /// How long it pauses.
    pub checkpoint_delay: Span,
    /// Leaves instances alone that have what the group launches now.
    pub skip_matching: bool,
}

impl Default for RefreshConfig {
    fn default() -> Self {
        Self {
            min_healthy_percent: 90,
            instance_warmup: None,
            checkpoints: Vec::new(),
            checkpoint_delay: Span::from_s(3_600),
            skip_matching: false,
        }
    }
}

/// What a refresh wants, or reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefreshStep {
    /// Replace these now.
    Replace(Vec<InstanceId>),
    /// A checkpoint is reached; it waits.
    Checkpoint {
        /// Percent of the instances that are replaced and warm.
        percent: u32,
        /// The checkpoint announced: the highest one reached.
        announced: u32,
        /// Lower checkpoints that were jumped over.
        skipped: Vec<u32>,
    },
    /// All that was to be replaced is.
    Done {
        /// Percent of the instances that are replaced and warm.
        percent: u32,
    },
}

/// A refresh at work.
#[derive(Clone, Debug)]
pub struct Refresh {
    config: RefreshConfig,
    /// Instances still to replace.
    remaining: VecDeque<InstanceId>,
    /// Instances at the start.
    total: u32,
    /// Replacements that are not warm yet.
    under_way: u32,
    /// Replacements that are warm.
    replaced: u32,
    /// Checkpoints not announced yet.
    checkpoints: VecDeque<u32>,
    /// End of the pause at a checkpoint.
    paused_until: Timestamp,
}

impl Refresh {
    /// A refresh of `instances`, in the order in which they are replaced.
    pub fn new(config: RefreshConfig, instances: impl IntoIterator<Item = InstanceId>) -> Self {
        let remaining: VecDeque<_> = instances.into_iter().collect();
        let mut checkpoints: VecDeque<u32> = config.checkpoints.iter().copied().collect();
        if checkpoints.is_empty() {
            checkpoints.push_back(100);
        }
        Self {
            total: remaining.len() as u32,
            config,
            remaining,
            under_way: 0,
            replaced: 0,
            checkpoints,
            paused_until: Timestamp::ZERO,
        }
    }

    /// Its settings.
    pub const fn config(&self) -> &RefreshConfig {
        &self.config
    }

    /// Percent of the instances that are replaced and warm.
    pub fn percent(&self) -> u32 {
        (u64::from(self.replaced) * 100).checked_div(u64::from(self.total)).unwrap_or(100) as u32
    }

    /// A replacement is warm.
    pub fn warmed(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
        self.replaced += 1;
    }

    /// When it wants to be asked again although nothing became warm.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        (self.paused_until > Timestamp::ZERO && self.under_way == 0).then_some(self.paused_until)
    }

    /// What to do now; `None` means wait.
    pub fn next(&mut self, now: Timestamp) -> Option<RefreshStep> {
        let percent = self.percent();
        let reached = self.checkpoints.iter().take_while(|&&at| at <= percent).count();
        if self.under_way == 0 && reached > 0 {
            let mut skipped: Vec<u32> = self.checkpoints.drain(..reached).collect();
            let announced = skipped.pop()?;
            if self.checkpoints.is_empty() {
                self.remaining.clear();
                self.paused_until = Timestamp::ZERO;
                return Some(RefreshStep::Done { percent });
            }
            self.paused_until = now + self.config.checkpoint_delay;
            return Some(RefreshStep::Checkpoint { percent, announced, skipped });
        }
        if now < self.paused_until {
            return None;
        }
        let goal = self.checkpoints.front().copied().unwrap_or(100);
        let until_goal = (u64::from(self.total) * u64::from(goal)).div_ceil(100) as u32;
        let left = until_goal.saturating_sub(self.replaced + self.under_way);
        let at_a_time = replaced_at_a_time(self.total, self.config.min_healthy_percent);
        let batch = left.min(at_a_time.saturating_sub(self.under_way));
        let ids: Vec<_> =
            self.remaining.drain(..(batch as usize).min(self.remaining.len())).collect();
        self.under_way += ids.len() as u32;
        (!ids.is_empty()).then_some(RefreshStep::Replace(ids))
    }
}
