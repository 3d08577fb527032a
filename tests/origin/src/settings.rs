//! The switches of a demo origin: which faults it shows and what it reports about itself.
//!
//! Each switch stands for one way in which a real backend fails, so that a test names the failure
//! and not the trick that brings it about. They are independent: a slow server may also report a
//! high load.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// What `/healthz` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// 200
    #[default]
    Ok,
    /// 503
    Fail,
}

/// The state of every switch. The default is a healthy, fast origin that reports no load.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Settings {
    /// Refuses connections and cuts the open ones, as a dead process does.
    pub down: bool,
    /// Waits this long before it answers, health included.
    pub delay_ms: u64,
    /// Accepts and does not answer until switched off, health included: a deadlocked process.
    pub hang: bool,
    /// Resets the connection instead of answering, health included: a crash while the request is
    /// handled.
    pub reset: bool,
    /// Sends the head and half of the body of an ordinary answer, then resets: a crash while
    /// answering.
    pub reset_body: bool,
    /// Answers ordinary requests with this status.
    pub status: Option<u16>,
    /// What the health path answers.
    pub health: Health,
    /// CPU utilisation from 0 to 1, reported with every answer the way ORCA does.
    pub load: Option<f64>,
}

/// A setting that was not applied: which one, its value, and what would have been accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    name: String,
    value: String,
    expected: &'static str,
}

impl fmt::Display for SettingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, expected } = self;
        write!(f, "setting `{name}` cannot be `{value}`: expected {expected}")
    }
}

impl std::error::Error for SettingError {}

const NAMES: &str =
    "a setting named down, delay_ms, hang, reset, reset_body, status, health or load";

impl Settings {
    /// These settings with the changes of a query string (`delay_ms=50&health=fail`). All of them
    /// are applied or none.
    ///
    /// # Errors
    /// When a name or a value is not known.
    pub fn with_query(&self, query: &str) -> Result<Self, SettingError> {
        let mut changed = self.clone();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            changed.apply(&name, &value).map_err(|expected| SettingError {
                name: name.into_owned(),
                value: value.into_owned(),
                expected,
            })?;
        }
        Ok(changed)
    }

    fn apply(&mut self, name: &str, value: &str) -> Result<(), &'static str> {
        match name {
            "down" => self.down = switch(value)?,
            "delay_ms" => self.delay_ms = number(value, "whole milliseconds")?,
            "hang" => self.hang = switch(value)?,
            "reset" => self.reset = switch(value)?,
            "reset_body" => self.reset_body = switch(value)?,
            "status" => {
                self.status = or_none(value, "none or 200 to 599", |s| (200..600).contains(s))?;
            }
            "health" => {
                self.health = match value {
                    "ok" => Health::Ok,
                    "fail" => Health::Fail,
                    _ => return Err("ok or fail"),
                }
            }
            "load" => {
                self.load = or_none(value, "none or 0 to 1", |l| (0.0..=1.0).contains(l))?;
            }
            _ => return Err(NAMES),
        }
        Ok(())
    }
}

fn switch(value: &str) -> Result<bool, &'static str> {
    number(value, "true or false")
}

fn number<T: FromStr>(value: &str, expected: &'static str) -> Result<T, &'static str> {
    value.parse().map_err(|_| expected)
}

fn or_none<T: FromStr>(
    value: &str,
    expected: &'static str,
    accept: impl Fn(&T) -> bool,
) -> Result<Option<T>, &'static str> {
    if value == "none" {
        return Ok(None);
    }
    let parsed = number(value, expected)?;
    if accept(&parsed) { Ok(Some(parsed)) } else { Err(expected) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_the_named_settings_and_leaves_the_others() {
        let slow = Settings { delay_ms: 50, ..Settings::default() };
        let changed = slow.with_query("health=fail&load=0.93&status=500&down=true").unwrap();
        let expected = Settings {
            down: true,
            delay_ms: 50,
            status: Some(500),
            health: Health::Fail,
            load: Some(0.93),
            ..Settings::default()
        };
        assert_eq!(changed, expected);
        let restored =
            changed.with_query("health=ok&load=none&status=none&down=false&delay_ms=0").unwrap();
        assert_eq!(restored, Settings::default());
    }

    #[test]
    fn refuses_what_it_does_not_know_and_says_what_it_expects() {
        for (query, message) in [
            ("hang=yes", "setting `hang` cannot be `yes`: expected true or false"),
            ("delay_ms=-1", "setting `delay_ms` cannot be `-1`: expected whole milliseconds"),
            ("status=100", "setting `status` cannot be `100`: expected none or 200 to 599"),
            ("load=NaN", "setting `load` cannot be `NaN`: expected none or 0 to 1"),
            ("load=1.5", "setting `load` cannot be `1.5`: expected none or 0 to 1"),
            ("health=up", "setting `health` cannot be `up`: expected ok or fail"),
        ] {
            let error = Settings::default().with_query(query).unwrap_err();
            assert_eq!(error.to_string(), message);
        }
        let unknown = Settings::default().with_query("delay=5").unwrap_err();
        assert!(unknown.to_string().contains("delay_ms, hang"), "{unknown}");
    }
}
