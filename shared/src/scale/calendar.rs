//! Days of the Gregorian calendar as numbers, and time zones.
//!
//! Dates are counted in days since 1970-01-01; the conversion is the usual one over eras of 400
//! years. A zone is either a fixed offset or, with the feature `time-zones`, one of the IANA
//! database that is compiled in; nothing is read from the machine, so that a schedule means the
//! same everywhere.

use super::CronError;

/// Seconds of a day.
pub(super) const DAY_S: i64 = 86_400;

/// A date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) month: u32,
    pub(super) day: u32,
    /// 0 is Sunday.
    pub(super) weekday: u32,
}

/// The date so many days after 1970-01-01.
pub(super) fn date(days: i64) -> Date {
    let shifted = days + 719_468;
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months from March on, so that the leap day is the last day of the year.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    Date { month: month as u32, day: day as u32, weekday: (days + 4).rem_euclid(7) as u32 }
}

/// A time zone.
#[derive(Clone, Debug)]
pub struct TimeZone(Zone);

#[derive(Clone, Debug)]
enum Zone {
    /// Seconds east of Greenwich, all year.
    Fixed(i64),
    #[cfg(feature = "time-zones")]
    Iana(jiff::tz::TimeZone),
}

/// Zones without summer time that need no database.
const FIXED: [(&str, i64); 7] = [
    ("UTC", 0),
    ("Etc/UTC", 0),
    ("GMT", 0),
    ("Asia/Seoul", 9 * 3_600),
    ("Asia/Tokyo", 9 * 3_600),
    ("Asia/Singapore", 8 * 3_600),
    ("Asia/Kolkata", 19_800),
];

impl TimeZone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Zone::Fixed(0));

    /// The zone with an IANA name.
    ///
    /// # Errors
    ///
    /// No such zone is known to this build.
    pub fn named(name: &str) -> Result<Self, CronError> {
        if let Some((_, offset)) = FIXED.iter().find(|(fixed, _)| *fixed == name) {
            return Ok(Self(Zone::Fixed(*offset)));
        }
        #[cfg(feature = "time-zones")]
        if let Ok(zone) = jiff::tz::TimeZone::get(name) {
            return Ok(Self(Zone::Iana(zone)));
        }
        Err(CronError::UnknownTimeZone { name: name.to_owned() })
    }

    /// Seconds to add to universal time at `unix_s`.
    fn offset_at(&self, unix_s: i64) -> i64 {
        match &self.0 {
            Zone::Fixed(offset) => {
                let _ = unix_s;
                *offset
            }
            #[cfg(feature = "time-zones")]
            Zone::Iana(zone) => jiff::Timestamp::from_second(unix_s)
                .map_or(0, |at| i64::from(zone.to_offset(at).seconds())),
        }
    }

    /// Local clock time at `unix_s`, in seconds as if local time were universal.
    pub(super) fn local(&self, unix_s: i64) -> i64 {
        unix_s + self.offset_at(unix_s)
    }

    /// When clocks show `local`; the first time if they show it twice, `None` if never because
    /// they jump over it.
    pub(super) fn unix(&self, local: i64) -> Option<i64> {
        // Offsets change at most once within these days.
        let offsets = [self.offset_at(local - DAY_S), self.offset_at(local + DAY_S)];
        offsets
            .into_iter()
            .map(|offset| local - offset)
            .filter(|&unix_s| self.local(unix_s) == local)
            .min()
    }
}
