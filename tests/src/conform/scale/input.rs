//! Reads the fields of a row, and puts an answer together.

use crate::conform::{Vector, Verdict, compare};
use serde_json::{Map, Value};
use shared::time::{Span, Timestamp};

/// What a check makes of a row: an answer, or what it did not understand.
pub(super) type Answer = Result<Value, String>;

/// The fields that only comment on an answer.
const COMMENTS: [&str; 2] = ["note", "reason"];

/// Runs a check and compares its answer with what is expected, within a rounding error.
pub(super) fn verdict(vector: &Vector, check: fn(&Input<'_>) -> Answer) -> Verdict {
    verdict_within(vector, 1e-6, check)
}

/// [`verdict`] with another tolerance, where the published number is rounded.
pub(super) fn verdict_within(
    vector: &Vector,
    tolerance: f64,
    check: fn(&Input<'_>) -> Answer,
) -> Verdict {
    let mut expected = vector.expected.clone();
    if let Value::Object(fields) = &mut expected {
        fields.retain(|key, _| !COMMENTS.contains(&key.as_str()));
    }
    let input = Input { row: &vector.input, expected: &expected };
    match check(&input) {
        Ok(got) => compare(&got, &expected, tolerance),
        Err(error) => Verdict::Failed(format!("not understood: {error}")),
    }
}

/// A row's fields.
pub(super) struct Input<'a> {
    pub(super) row: &'a Value,
    expected: &'a Value,
}

impl Input<'_> {
    /// Whether a field is there and not null.
    pub(super) fn has(&self, key: &str) -> bool {
        !self.get(key).is_null()
    }

    pub(super) fn get(&self, key: &str) -> &Value {
        self.row.get(key).unwrap_or(&Value::Null)
    }

    /// Which answer is asked for. Only names of fields are looked at, never their values.
    pub(super) fn asks(&self, key: &str) -> bool {
        self.expected.get(key).is_some()
    }

    /// Whether the row only says what an answer is not.
    pub(super) fn asks_not(&self, key: &str, value: &str) -> bool {
        self.expected.get(key).and_then(Value::as_str) == Some(&format!("not {value}"))
    }

    /// An expected text that is part of the row's own situation: an observed delay, or a point in
    /// time to compare as such.
    pub(super) fn expected_str(&self, key: &str) -> Option<String> {
        self.expected.get(key).and_then(Value::as_str).map(str::to_owned)
    }

    pub(super) fn f64(&self, key: &str) -> Result<f64, String> {
        self.opt_f64(key).ok_or_else(|| format!("{key} is no number: {}", self.get(key)))
    }

    pub(super) fn opt_f64(&self, key: &str) -> Option<f64> {
        self.get(key).as_f64()
    }

    pub(super) fn u32(&self, key: &str) -> Result<u32, String> {
        self.opt_u32(key).ok_or_else(|| format!("{key} is no count: {}", self.get(key)))
    }

    pub(super) fn opt_u32(&self, key: &str) -> Option<u32> {
        self.get(key).as_f64().filter(|n| *n >= 0.0).map(|n| n as u32)
    }

    pub(super) fn i32(&self, key: &str) -> Result<i32, String> {
        Ok(self.f64(key)? as i32)
    }

    pub(super) fn str(&self, key: &str) -> Result<&str, String> {
        self.get(key).as_str().ok_or_else(|| format!("{key} is no text: {}", self.get(key)))
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key).as_bool().unwrap_or(false)
    }

    pub(super) fn span(&self, key: &str) -> Result<Span, String> {
        self.f64(key).map(Span::from_s_f64)
    }

    pub(super) fn array(&self, key: &str) -> Result<&Vec<Value>, String> {
        self.get(key).as_array().ok_or_else(|| format!("{key} is no list: {}", self.get(key)))
    }

    pub(super) fn numbers(&self, key: &str) -> Result<Vec<f64>, String> {
        let list = self.array(key)?.iter();
        list.map(|value| value.as_f64().ok_or_else(|| format!("{key} holds {value}"))).collect()
    }

    pub(super) fn strings(&self, key: &str) -> Result<Vec<&str>, String> {
        let list = self.array(key)?.iter();
        list.map(|value| value.as_str().ok_or_else(|| format!("{key} holds {value}"))).collect()
    }

    /// The answer's fields that are asked for.
    pub(super) fn answer<const N: usize>(&self, fields: [(&str, Value); N]) -> Answer {
        let asked = fields.into_iter().filter(|(key, _)| self.asks(key));
        let answer: Map<String, Value> =
            asked.map(|(key, value)| (key.to_owned(), value)).collect();
        Ok(Value::Object(answer))
    }
}

/// Fields of an object within a row.
pub(super) fn within(row: &Value) -> Input<'_> {
    Input { row, expected: &Value::Null }
}

/// A point in time so many seconds from the start.
pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_s(seconds)
}

/// Seconds of the day of a clock time such as `14:25:31Z`, or of the end of a date with time.
pub(super) fn clock_s(text: &str) -> Result<u64, String> {
    let time = text.rsplit('T').next().unwrap_or(text).trim_end_matches('Z');
    let parts: Vec<u64> = time.split(':').filter_map(|part| part.parse().ok()).collect();
    match parts.as_slice() {
        [hour, minute, second] => Ok(hour * 3_600 + minute * 60 + second),
        [hour, minute] => Ok(hour * 3_600 + minute * 60),
        _ => Err(format!("{text} is no clock time")),
    }
}

/// A clock time such as `14:25:31Z`.
pub(super) fn clock(seconds: u64) -> String {
    format!("{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
