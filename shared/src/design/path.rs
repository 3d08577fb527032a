//! Reading and writing one value of a document by its path, such as `policies[1].alarm.period_s`.
//!
//! Settings are plain data, so a setting is changed by writing it into their JSON form and reading
//! the whole back. The types then decide what fits: a fraction or a negative number in a whole
//! field is refused here as it would be in a file.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `value` with `new` at `path`; `None` if there is no such place or `new` does not fit there.
pub fn with_value<T: Serialize + DeserializeOwned>(value: &T, path: &str, new: Value) -> Option<T> {
    let mut document = serde_json::to_value(value).ok()?;
    *lookup(&mut document, path)? = new;
    serde_json::from_value(document).ok()
}

/// The place at `path`; `None` if there is none.
pub fn lookup<'a>(document: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    path.split('.').try_fold(document, |value, segment| {
        let (name, indices) = match segment.split_once('[') {
            Some((name, indices)) => (name, indices.strip_suffix(']')?),
            None => (segment, ""),
        };
        let value = value.get_mut(name)?;
        match indices {
            "" => Some(value),
            index => value.get_mut(index.parse::<usize>().ok()?),
        }
    })
}

/// A number as a document holds it: whole ones without a fraction, or a whole field refuses them.
pub fn number(number: f64) -> Value {
    /// Whole numbers up to here are exact.
    const WHOLE_MAX: f64 = 9e15;
    if number.fract() == 0.0 && number.abs() < WHOLE_MAX {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}
