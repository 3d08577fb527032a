//! Reading and writing one value of a document by its path, such as `policies[1].alarm.period_s`.
//!
//! Settings are plain data, so a setting is changed by writing it into their JSON form and reading
//! the whole back. The types then decide what fits: a fraction or a negative number in a whole
//! field is refused here as it would be in a file. The inspector and sweeps use it.

use crate::json;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `value` after `edit` has changed the place at `path`; `None` if there is no such place, `edit`
/// gives up, or what it wrote does not fit there.
pub fn edited<T: Serialize + DeserializeOwned>(
    value: &T,
    path: &str,
    edit: impl FnOnce(&mut Value) -> Option<()>,
) -> Option<T> {
    let mut document = json::to_value(value).ok()?;
    edit(lookup(&mut document, path)?)?;
    json::from_value(document).ok()
}

/// Whether `value` has a setting at `path`: it is there, or it has its default and is left out.
pub fn has<T: Serialize + DeserializeOwned>(value: &T, path: &str) -> bool {
    // A setting that is left out takes a value of one of the types of JSON; a name that is no
    // setting takes none.
    let samples = [
        Value::Null,
        Value::from(1),
        Value::from(""),
        Value::from(true),
        Value::Array(Vec::new()),
        Value::Object(serde_json::Map::new()),
    ];
    let is_there = |place: &mut Value| (!place.is_null()).then_some(());
    let takes = |sample: Value| {
        let put = |place: &mut Value| {
            *place = sample;
            Some(())
        };
        edited(value, path, put).is_some()
    };
    edited(value, path, is_there).is_some() || samples.into_iter().any(takes)
}

/// A number as a document has it: a whole number must look like one, or a whole field refuses it.
pub fn number_value(number: f64) -> Value {
    /// Whole numbers up to here are exact.
    const WHOLE_MAX: f64 = 9e15;
    if number.fract() == 0.0 && number.abs() < WHOLE_MAX {
        Value::from(number as i64)
    } else {
        Value::from(number)
    }
}

/// The place at `path`. Documents leave out what has its default, so the last name need not be
/// there yet, and a struct on the way that is not there begins empty: every field of it has its
/// default.
fn lookup<'a>(document: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    let (parent, name) = match path.rsplit_once('.') {
        Some((parent, name)) => (parent.split('.').try_fold(document, step)?, name),
        None => (document, path),
    };
    if name.ends_with(']') {
        return step(parent, name);
    }
    Some(parent.as_object_mut()?.entry(name).or_insert(Value::Null))
}

/// From a value to what one segment of a path names in it.
fn step<'a>(value: &'a mut Value, segment: &str) -> Option<&'a mut Value> {
    match segment.split_once('[') {
        None => {
            let empty = || Value::Object(serde_json::Map::new());
            Some(value.as_object_mut()?.entry(segment).or_insert_with(empty))
        }
        Some((name, index)) => {
            let index: usize = index.strip_suffix(']')?.parse().ok()?;
            value.get_mut(name)?.get_mut(index)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::{NodeKind, RunSettings};

    #[test]
    fn settings_are_told_from_typing_errors() {
        let group = NodeKind::Group.settings();
        for path in ["cores", "service.mean_ms", "policies[0].alarm.period_s", "boot.type"] {
            assert!(has(&group, path), "{path}");
        }
        for path in ["core", "service.mean", "policies[9].alarm.period_s", "", "cores.x", "[", "a]"]
        {
            assert!(!has(&group, path), "{path}");
        }
        assert!(has(&RunSettings::default(), "seed") && !has(&RunSettings::default(), "sed"));
    }
}
