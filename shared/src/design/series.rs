//! Recorded traffic as text: lines of time and rate, such as spreadsheets and monitoring systems
//! write.
//!
//! A line has a time, a comma (or semicolon, or tab) and a rate in requests a second; more columns
//! are not looked at, and neither are empty lines, lines that begin with `#` and a first line of
//! column names. A time is a number of seconds, a time of day (`14:05` or `14:05:30`), or a date with
//! a time of day (`2026-01-31 14:05`, `2026-01-31T14:05:30Z`). Times of day and dates, and numbers
//! that are beyond any run (seconds since 1970), count from the first line.

use super::traffic::SERIES_POINTS_MAX;
use crate::json;
use std::fmt;

/// Longest run, seconds; a first time beyond it is no time of a run.
const RUN_S_MAX: f64 = 2_678_400.0;
/// Highest rate, requests a second.
const RATE_PER_S_MAX: f64 = 1_000_000.0;

/// Why a text is no series: the line, counted from 1, and what is wrong there.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesError {
    /// The line, counted from 1; 0 for the whole.
    pub line: usize,
    /// What is wrong.
    pub problem: SeriesProblem,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq)]
pub enum SeriesProblem {
    /// There is no second column.
    OneColumn {
        /// The line.
        text: String,
    },
    /// The first column is no time.
    Time {
        /// What it is.
        text: String,
    },
    /// The second column is no rate of 0 to 1,000,000.
    Rate {
        /// What it is.
        text: String,
    },
    /// The time is not after that of the line before.
    NotLater {
        /// The time, seconds since the start of the run.
        at_s: f64,
    },
    /// The time is beyond the longest run.
    TooLate {
        /// The time, seconds since the start of the run.
        at_s: f64,
    },
    /// There are more points than a design may have.
    TooMany,
    /// There is no line with a time and a rate.
    Empty,
}

impl SeriesProblem {
    /// A stable name, for translations.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OneColumn { .. } => "one-column",
            Self::Time { .. } => "time",
            Self::Rate { .. } => "rate",
            Self::NotLater { .. } => "not-later",
            Self::TooLate { .. } => "too-late",
            Self::TooMany => "too-many",
            Self::Empty => "empty",
        }
    }

    /// The text that is wrong, as it stands there.
    pub fn text(&self) -> String {
        match self {
            Self::OneColumn { text } | Self::Time { text } | Self::Rate { text } => text.clone(),
            Self::NotLater { at_s } | Self::TooLate { at_s } => at_s.to_string(),
            Self::TooMany | Self::Empty => String::new(),
        }
    }
}

impl fmt::Display for SeriesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}: ", self.line)?;
        }
        match &self.problem {
            SeriesProblem::OneColumn { text } => {
                write!(f, "{text:?} has one column: write a time, a comma and a rate")
            }
            SeriesProblem::Time { text } => {
                write!(f, "{text:?} is no time: write seconds, 14:05:30 or 2026-01-31T14:05:30")
            }
            SeriesProblem::Rate { text } => {
                write!(f, "{text:?} is no rate: write requests a second, 0 to 1000000")
            }
            SeriesProblem::NotLater { at_s } => {
                write!(f, "{at_s} s is not later than the line before: sort the lines by time")
            }
            SeriesProblem::TooLate { at_s } => {
                write!(f, "{at_s} s is beyond the longest run of {RUN_S_MAX} s")
            }
            SeriesProblem::TooMany => {
                write!(f, "more than {SERIES_POINTS_MAX} points: leave some out")
            }
            SeriesProblem::Empty => write!(f, "no line has a time and a rate"),
        }
    }
}

impl std::error::Error for SeriesError {}

/// Reads a recorded series: pairs of seconds since the start of the run and requests a second.
///
/// # Errors
///
/// The first line that is wrong, and how.
pub fn series_from_csv(text: &str) -> Result<Vec<(f64, f64)>, SeriesError> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut origin = None;
    let mut is_first = true;
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let fail = |problem| Err(SeriesError { line: index + 1, problem });
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let is_heading =
            std::mem::replace(&mut is_first, false) && !line.contains(|c: char| c.is_ascii_digit());
        if is_heading {
            continue;
        }
        let mut columns =
            line.split([',', ';', '\t']).map(|column| column.trim().trim_matches('"'));
        let (Some(time), Some(rate)) = (columns.next(), columns.next()) else {
            return fail(SeriesProblem::OneColumn { text: line.to_owned() });
        };
        let Some(Time { at_s, is_absolute }) = Time::of(time) else {
            return fail(SeriesProblem::Time { text: time.to_owned() });
        };
        let rate_per_s = json::number(rate).filter(|rate| (0.0..=RATE_PER_S_MAX).contains(rate));
        let Some(rate_per_s) = rate_per_s else {
            return fail(SeriesProblem::Rate { text: rate.to_owned() });
        };
        let begins = if is_absolute || at_s > RUN_S_MAX { at_s } else { 0.0 };
        let at_s = at_s - *origin.get_or_insert(begins);
        if at_s < 0.0 || points.last().is_some_and(|&(before, _)| at_s <= before) {
            return fail(SeriesProblem::NotLater { at_s });
        }
        if at_s > RUN_S_MAX {
            return fail(SeriesProblem::TooLate { at_s });
        }
        if points.len() == SERIES_POINTS_MAX {
            return fail(SeriesProblem::TooMany);
        }
        points.push((at_s, rate_per_s));
    }
    if points.is_empty() {
        return Err(SeriesError { line: 0, problem: SeriesProblem::Empty });
    }
    Ok(points)
}

/// Writes a recorded series, a line for each point.
pub fn series_to_csv(points: &[(f64, f64)]) -> String {
    points.iter().map(|(at_s, rate)| format!("{at_s},{rate}\n")).collect()
}

/// A time as a line has it.
struct Time {
    at_s: f64,
    /// Since midnight or since 1970, not since the start of a run.
    is_absolute: bool,
}

impl Time {
    fn of(text: &str) -> Option<Self> {
        if let Some(at_s) = json::number(text) {
            return (at_s >= 0.0).then_some(Self { at_s, is_absolute: false });
        }
        let (days, clock) = match text.split_once(['T', ' ']) {
            Some((date, clock)) => (days_of(date)?, clock.trim_end_matches('Z')),
            None => (0, text),
        };
        let mut parts = clock.split(':');
        let (hours, minutes) =
            (parts.next()?.parse::<u32>().ok()?, parts.next()?.parse::<u32>().ok()?);
        let seconds = parts.next().map_or(Some(0.0), json::number)?;
        let fits = hours < 24 && minutes < 60 && (0.0..60.0).contains(&seconds);
        let of_day = f64::from(hours * 3_600 + minutes * 60) + seconds;
        let at_s = days as f64 * 86_400.0 + of_day;
        (fits && parts.next().is_none()).then_some(Self { at_s, is_absolute: true })
    }
}

/// Days since 1970 of a date such as `2026-01-31` (Hinnant, "chrono-compatible low-level date
/// algorithms", `days_from_civil`).
fn days_of(date: &str) -> Option<i64> {
    let mut parts = date.split('-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let fits =
        (1_970..=9_999).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits || parts.next().is_some() {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_in_every_dress() {
        for (text, expected) in [
            ("0,80\n60,90.5\n", vec![(0.0, 80.0), (60.0, 90.5)]),
            ("time,rate\n\n# night\n5;1\r\n6;2;more", vec![(5.0, 1.0), (6.0, 2.0)]),
            ("\u{feff}\"00:00\"\t1\n00:00:30.5\t2", vec![(0.0, 1.0), (30.5, 2.0)]),
            ("2024-02-28 23:00,1\n2024-03-01T00:00:00Z,2", vec![(0.0, 1.0), (90_000.0, 2.0)]),
            ("1700000000,1\n1700000060,2", vec![(0.0, 1.0), (60.0, 2.0)]),
        ] {
            let points = series_from_csv(text).unwrap();
            assert_eq!(points, expected, "{text:?}");
            assert_eq!(series_from_csv(&series_to_csv(&points)).unwrap(), points);
        }
        assert_eq!(days_of("1970-01-01"), Some(0));
        assert_eq!(days_of("2000-03-01"), Some(11_017));
    }

    #[test]
    fn bad_lines_are_named() {
        for (text, message) in [
            (
                "0,80\nsixty,90",
                "line 2: \"sixty\" is no time: write seconds, 14:05:30 or 2026-01-31T14:05:30",
            ),
            ("0,80\n\n60", "line 3: \"60\" has one column: write a time, a comma and a rate"),
            ("a,b\n0,-1", "line 2: \"-1\" is no rate: write requests a second, 0 to 1000000"),
            ("0,NaN", "line 1: \"NaN\" is no rate: write requests a second, 0 to 1000000"),
            ("9,1\n9,2", "line 2: 9 s is not later than the line before: sort the lines by time"),
            (
                "24:00,1",
                "line 1: \"24:00\" is no time: write seconds, 14:05:30 or 2026-01-31T14:05:30",
            ),
            ("0,1\n9999999,1", "line 2: 9999999 s is beyond the longest run of 2678400 s"),
            ("rate", "no line has a time and a rate"),
        ] {
            assert_eq!(series_from_csv(text).unwrap_err().to_string(), message);
        }
        let many: String = (0..=SERIES_POINTS_MAX).map(|i| format!("{i},1\n")).collect();
        let error = series_from_csv(&many).unwrap_err();
        assert_eq!((error.line, error.problem), (SERIES_POINTS_MAX + 1, SeriesProblem::TooMany));
    }
}
