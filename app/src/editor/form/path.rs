//! Reading and writing one value of a document by its path.
//!
//! Settings are plain data, so a setting is changed by writing it into their JSON form and reading
//! the whole back. The types then decide what fits: a fraction or a negative number in a whole
//! field is refused here as it would be in a file.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// `value` after `edit` has changed the place at `path`; `None` if there is no such place, `edit`
/// gives up, or what it wrote does not fit there.
pub(super) fn edited<T: Serialize + DeserializeOwned>(
    value: &T,
    path: &str,
    edit: impl FnOnce(&mut Value) -> Option<()>,
) -> Option<T> {
    let mut document = serde_json::to_value(value).ok()?;
    edit(lookup(&mut document, path)?)?;
    serde_json::from_value(document).ok()
}

/// The place at `path`, such as `policies[1].alarm.period_s`. Documents leave out what has its
/// default, so the last name need not be there yet.
pub(super) fn lookup<'a>(document: &'a mut Value, path: &str) -> Option<&'a mut Value> {
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
        None => value.get_mut(segment),
        Some((name, index)) => {
            let index: usize = index.strip_suffix(']')?.parse().ok()?;
            value.get_mut(name)?.get_mut(index)
        }
    }
}
