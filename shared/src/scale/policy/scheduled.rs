//! Scheduled actions: sizes that change at set times.

use super::PolicyError;
use crate::scale::{Cron, TimeZone};
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// A scheduled action normally runs within seconds and may be so late.
pub const SCHEDULED_DELAY_MAX: Span = Span::from_s(120);

/// A scheduled action. It sets what it names and leaves the rest; the desired capacity follows
/// into the new bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ScheduledPolicy {
    /// When, as cron: minute, hour, day of month, month, day of week.
    pub recurrence: String,
    /// IANA name of the zone in which the recurrence is meant; UTC if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The new least size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_size: Option<u32>,
    /// The new greatest size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u32>,
    /// The new desired capacity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired_capacity: Option<u32>,
}

impl Default for ScheduledPolicy {
    /// Four servers on weekday mornings, UTC.
    fn default() -> Self {
        Self {
            recurrence: "0 9 * * 1-5".to_owned(),
            time_zone: None,
            min_size: None,
            max_size: None,
            desired_capacity: Some(4),
        }
    }
}

impl ScheduledPolicy {
    /// Most scheduled actions of one group.
    pub const PER_GROUP_MAX: usize = 125;

    /// The next time after `unix_s`, both in seconds since the Unix epoch. `None` if the schedule
    /// cannot be read or never comes again, which [`Self::check`] reports.
    pub fn next_after(&self, unix_s: i64) -> Option<i64> {
        let zone = TimeZone::named(self.time_zone.as_deref().unwrap_or("UTC")).ok()?;
        Cron::parse(&self.recurrence).ok()?.next_after(unix_s, &zone)
    }

    /// Whether another action comes at the same times, which the service does not allow.
    pub fn is_at_same_time(&self, other: &Self) -> bool {
        let times = |action: &Self| {
            let zone = action.time_zone.clone().unwrap_or_else(|| "UTC".to_owned());
            Some((Cron::parse(&action.recurrence).ok()?, zone))
        };
        times(self).is_some() && times(self) == times(other)
    }

    /// Checks recurrence, zone and sizes.
    ///
    /// # Errors
    ///
    /// The first contradiction found.
    pub fn check(&self) -> Result<(), PolicyError> {
        Cron::parse(&self.recurrence)?.check_fires()?;
        TimeZone::named(self.time_zone.as_deref().unwrap_or("UTC"))?;
        let Self { min_size, desired_capacity, max_size, .. } = *self;
        let mut sizes = [min_size, desired_capacity, max_size].into_iter().flatten().peekable();
        if sizes.peek().is_none() || !sizes.is_sorted() {
            return Err(PolicyError::ScheduledSizes { min_size, desired_capacity, max_size });
        }
        Ok(())
    }
}
