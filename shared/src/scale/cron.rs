//! Recurrences of scheduled actions: five-field cron with the service's corner cases.
//!
//! Minute, hour, day of month, month, day of week; each a list of values, ranges, `*`, and steps
//! with `/`; months and weekdays by name as well. Days follow Vixie cron: if both day fields are
//! restricted, either may match; but if one of them begins with `*` (also `*/2`), both must. Times
//! that clocks jump over in spring do not come. `?`, `L`, `W`, `#` and seconds are not known.

use super::calendar::{DAY_S, TimeZone, date};
use std::fmt;

/// A parsed recurrence. Bit `n` of a field is set if the value `n` matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Either day field may match, instead of both.
    either_day: bool,
}

/// Why a schedule makes no sense.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CronError {
    /// There are not five fields.
    FieldCount {
        /// How many there are.
        count: usize,
    },
    /// A field cannot be read or leaves its range.
    Field {
        /// Which field.
        name: &'static str,
        /// What it says.
        text: String,
        /// The least value allowed.
        min: u32,
        /// The greatest value allowed.
        max: u32,
    },
    /// No day of the calendar matches.
    NeverFires {
        /// The recurrence.
        text: String,
    },
    /// No such time zone is known.
    UnknownTimeZone {
        /// The name.
        name: String,
    },
}

impl fmt::Display for CronError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FieldCount { count } => write!(
                f,
                "the recurrence has {count} fields: give minute, hour, day of month, month and day \
                 of week"
            ),
            Self::Field { name, text, min, max } => write!(
                f,
                "the {name} is \"{text}\": use {min} to {max}, ranges with -, lists with commas, \
                 steps with / or *"
            ),
            Self::NeverFires { text } => {
                write!(f, "\"{text}\" never comes: no month has such a day")
            }
            Self::UnknownTimeZone { name } => write!(
                f,
                "time zone \"{name}\" is not known here: use an IANA name such as Asia/Seoul, or UTC"
            ),
        }
    }
}

impl std::error::Error for CronError {}

struct FieldRule {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names of the values from `min` on.
    names: &'static [&'static str],
}

const MONTHS: &[&str] =
    &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: &[&str] = &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

const MINUTE: FieldRule = FieldRule { name: "minute", min: 0, max: 59, names: &[] };
const HOUR: FieldRule = FieldRule { name: "hour", min: 0, max: 23, names: &[] };
const DAY: FieldRule = FieldRule { name: "day of month", min: 1, max: 31, names: &[] };
const MONTH: FieldRule = FieldRule { name: "month", min: 1, max: 12, names: MONTHS };
/// 7 is Sunday as well as 0.
const WEEKDAY: FieldRule = FieldRule { name: "day of week", min: 0, max: 7, names: WEEKDAYS };

/// Days after which the calendar repeats, weekdays included.
const CYCLE_DAYS: i64 = 146_097;

impl Cron {
    /// Reads five fields.
    ///
    /// # Errors
    ///
    /// The first field that cannot be read.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(CronError::FieldCount { count: fields.len() });
        };
        let weekdays = WEEKDAY.parse(weekday)?;
        Ok(Self {
            minutes: MINUTE.parse(minute)?,
            hours: HOUR.parse(hour)?,
            days: DAY.parse(day)?,
            months: MONTH.parse(month)?,
            weekdays: weekdays | (weekdays >> 7),
            either_day: !day.starts_with('*') && !weekday.starts_with('*'),
        })
    }

    /// `Ok` if some day of the calendar matches.
    ///
    /// # Errors
    ///
    /// None does, such as 30 February.
    pub fn check_fires(&self) -> Result<(), CronError> {
        if (0..CYCLE_DAYS).any(|day| self.matches_day(day)) {
            return Ok(());
        }
        Err(CronError::NeverFires { text: self.to_string() })
    }

    /// The first time after `unix_s`, in seconds since the Unix epoch.
    pub fn next_after(&self, unix_s: i64, zone: &TimeZone) -> Option<i64> {
        // One day earlier, because clocks that were set back show times again.
        let first_day = zone.local(unix_s).div_euclid(DAY_S) - 1;
        (first_day..first_day + CYCLE_DAYS)
            .filter(|&day| self.matches_day(day))
            .flat_map(|day| self.seconds_of_day().map(move |second| day * DAY_S + second))
            .filter_map(|local| zone.unix(local))
            .find(|&at| at > unix_s)
    }

    fn matches_day(&self, day: i64) -> bool {
        let date = date(day);
        let has = |mask: u64, value: u32| mask >> value & 1 == 1;
        let (by_month, by_week) = (has(self.days, date.day), has(self.weekdays, date.weekday));
        let day_matches = if self.either_day { by_month || by_week } else { by_month && by_week };
        has(self.months, date.month) && day_matches
    }

    fn seconds_of_day(self) -> impl Iterator<Item = i64> {
        let bits = |mask: u64| (0..60_i64).filter(move |bit| mask >> bit & 1 == 1);
        bits(self.hours)
            .flat_map(move |hour| bits(self.minutes).map(move |minute| hour * 3_600 + minute * 60))
    }
}

impl fmt::Display for Cron {
    /// As lists of values, not as it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |mask: u64, rule: &FieldRule| {
            let all = (rule.min..=rule.max).filter(|bit| mask >> bit & 1 == 1);
            let values: Vec<_> = all.map(|bit| bit.to_string()).collect();
            if values.len() as u32 > rule.max - rule.min {
                "*".to_owned()
            } else {
                values.join(",")
            }
        };
        write!(
            f,
            "{} {} {} {} {}",
            list(self.minutes, &MINUTE),
            list(self.hours, &HOUR),
            list(self.days, &DAY),
            list(self.months, &MONTH),
            list(self.weekdays, &WEEKDAY)
        )
    }
}

impl FieldRule {
    fn parse(&self, text: &str) -> Result<u64, CronError> {
        let part = |part| self.part(part);
        text.split(',').try_fold(0, |mask, text| Some(mask | part(text)?)).ok_or_else(|| {
            CronError::Field {
                name: self.name,
                text: text.to_owned(),
                min: self.min,
                max: self.max,
            }
        })
    }

    fn part(&self, part: &str) -> Option<u64> {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse().ok().filter(|&step| step > 0)?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (self.min, self.max),
            Some((first, last)) => (self.value(first)?, self.value(last)?),
            // `5/15` runs to the end of the field, `5` is one value.
            None => {
                let first = self.value(range)?;
                (first, if step.is_some() { self.max } else { first })
            }
        };
        let step: usize = step.unwrap_or(1);
        (first <= last)
            .then(|| (first..=last).step_by(step).fold(0, |mask, value| mask | 1_u64 << value))
    }

    fn value(&self, text: &str) -> Option<u32> {
        let named = self.names.iter().position(|name| name.eq_ignore_ascii_case(text));
        if let Some(index) = named {
            return Some(self.min + index as u32);
        }
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let value = digits.then(|| text.parse().ok())??;
        (self.min..=self.max).contains(&value).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Days since the epoch of a few dates, for reading the cases below.
    const MONDAY_2026_09_28: i64 = 20_724;

    #[test]
    fn dates_of_day_numbers() {
        let cases =
            [(0, 1, 1, 4), (-1, 12, 31, 3), (11_016, 2, 29, 2), (MONDAY_2026_09_28, 9, 28, 1)];
        for (days, month, day, weekday) in cases {
            let found = date(days);
            assert_eq!((found.month, found.day, found.weekday), (month, day, weekday), "{days}");
        }
    }

    #[test]
    fn day_fields_match_either_or_both() {
        let monday = MONDAY_2026_09_28 * DAY_S;
        let next = |text: &str| Cron::parse(text).unwrap().next_after(monday - 1, &TimeZone::UTC);
        assert_eq!(next("0 0 1 * 1"), Some(monday), "the first or a Monday");
        assert_eq!(next("0 0 */2 * 1"), Some(monday + 7 * DAY_S), "an odd day and a Monday");
        assert_eq!(next("0 0 29 2 *"), Some((MONDAY_2026_09_28 + 519) * DAY_S), "29 February 2028");
        assert_eq!(next("5-10/5,59 23 * * *"), Some(monday + 23 * 3_600 + 300));
        assert_eq!(next("0 9 * sep MON"), Some(monday + 9 * 3_600));
    }

    #[test]
    fn what_is_refused() {
        for text in
            ["61 * * * *", "0 0 * * 8", "0 0 L * *", "0 0 ? * *", "0 0 0 * *", "0 5-1 * * *"]
        {
            assert!(matches!(Cron::parse(text), Err(CronError::Field { .. })), "{text}");
        }
        assert_eq!(Cron::parse("0 0 * * * *"), Err(CronError::FieldCount { count: 6 }));
        let never = Cron::parse("0 0 30 2 *").unwrap();
        assert_eq!(
            never.check_fires(),
            Err(CronError::NeverFires { text: "0 0 30 2 *".to_owned() })
        );
    }
}
