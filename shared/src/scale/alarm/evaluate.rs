//! The rules by which an alarm judges its evaluation range. Pure: a range and the present state
//! in, the new state out.
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
//! These rules give every row of the tables in the CloudWatch user guide (May 2023).

use super::{AlarmConfig, AlarmState, TreatMissingData};

/// What an evaluation found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The state from now on.
    pub state: AlarmState,
    /// Datapoints that breach, of the newest N real ones.
    pub breaching: u32,
    /// Datapoints of N that are missing even though the range is longer than N.
    pub filled: u32,
}

impl AlarmConfig {
    /// Judges datapoints, the newest first, `None` where one is missing; `previous` is the state
    /// so far.
    pub fn evaluate(
        &self,
        newest_first: impl IntoIterator<Item = Option<f64>>,
        previous: AlarmState,
    ) -> Evaluation {
        let (n, m) = (self.evaluation_periods, self.datapoints_to_alarm);
        let range_max = (n + self.extra_periods()) as usize;
        let (mut bad, mut good, mut oldest_bad) = (0_u32, 0_u32, 0_u32);
        for (age, value) in (1_u32..).zip(newest_first.into_iter().take(range_max)) {
            let Some(value) = value else { continue };
            if bad + good == n {
                break;
            }
            if self.comparison.breaches(value, self.threshold) {
                bad += 1;
                oldest_bad = age;
            } else {
                good += 1;
            }
        }
        let filled = n.saturating_sub(bad + good);
        let alarm_if = |alarm| if alarm { AlarmState::Alarm } else { AlarmState::Ok };
        let state = match self.treat_missing_data {
            _ if filled == 0 => alarm_if(bad >= m),
            _ if bad >= m => AlarmState::Alarm,
            _ if good > n - m => AlarmState::Ok,
            TreatMissingData::NotBreaching => AlarmState::Ok,
            TreatMissingData::Breaching => alarm_if(bad + filled >= m),
            TreatMissingData::Missing if bad + good == 0 => AlarmState::InsufficientData,
            TreatMissingData::Ignore if bad + good == 0 => previous,
            _ if good > 0 => AlarmState::Ok,
            TreatMissingData::Missing if oldest_bad >= m => AlarmState::Alarm,
            TreatMissingData::Missing | TreatMissingData::Ignore => previous,
        };
        Evaluation { state, breaching: bad, filled }
    }
}
