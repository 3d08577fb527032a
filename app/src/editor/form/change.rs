//! How a change of one field becomes new settings.

use super::{convert, faults};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::design::path::{self, number_value};
use shared::design::{Link, RunSettings, Settings};
use shared::json;

/// What a person did to a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Typed a number.
    Number(f64),
    /// Emptied what may be left out, or switched it off.
    Open,
    /// Typed text.
    Text(String),
    /// Chose a word.
    Word(String),
    /// Said yes or no.
    Toggle(bool),
    /// Put something whole in its place: switched a section on, or rewrote a list.
    Put(Value),
    /// Added an item at the end of a list.
    Push(Value),
    /// Removed an item of a list.
    Remove(usize),
}

/// The change does not fit: there is no such field (any more), or its type does not hold the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangeError;

/// `settings` after a change of the field at `path`.
///
/// # Errors
///
/// See [`ChangeError`].
pub fn change_settings(
    settings: &Settings,
    path: &str,
    change: &Change,
) -> Result<Settings, ChangeError> {
    match change {
        Change::Word(name) if path.ends_with(".type") => {
            let mut changed = settings.clone();
            convert::set_type(&mut changed, path, name).ok_or(ChangeError)?;
            Ok(changed)
        }
        change => changed(settings, path, change),
    }
}

/// `run` after a change of the field at `path`.
///
/// # Errors
///
/// See [`ChangeError`].
pub fn change_run(
    run: &RunSettings,
    path: &str,
    change: &Change,
) -> Result<RunSettings, ChangeError> {
    match change {
        Change::Word(name) if path.ends_with(".type") => {
            let mut changed = run.clone();
            faults::set_type(&mut changed, path, name).ok_or(ChangeError)?;
            Ok(changed)
        }
        change => changed(run, path, change),
    }
}

/// `link` after a change of the field at `path`.
///
/// # Errors
///
/// See [`ChangeError`].
pub fn change_link(link: &Link, path: &str, change: &Change) -> Result<Link, ChangeError> {
    match (path, change) {
        ("latency", Change::Open) => Ok(Link { latency: None, ..link.clone() }),
        ("latency", Change::Put(law)) => {
            let latency = json::from_value(law.clone()).map_err(|_| ChangeError)?;
            Ok(Link { latency: Some(latency), ..link.clone() })
        }
        (path, change) if path.starts_with("latency.") => {
            let law = link.latency.as_ref().ok_or(ChangeError)?;
            let path = path.trim_start_matches("latency.");
            let law = match change {
                Change::Word(name) => convert::law_as(law, name).ok_or(ChangeError)?,
                change => changed(law, path, change)?,
            };
            Ok(Link { latency: Some(law), ..link.clone() })
        }
        ("loss_percent", &Change::Number(loss_percent)) => {
            Ok(Link { loss_percent, ..link.clone() })
        }
        ("latency_ms", &Change::Number(latency_ms)) => Ok(Link { latency_ms, ..link.clone() }),
        ("weight", &Change::Number(number)) => Ok(Link { weight: whole(number)?, ..link.clone() }),
        ("priority", &Change::Number(number)) => {
            Ok(Link { priority: whole(number)?, ..link.clone() })
        }
        _ => Err(ChangeError),
    }
}

/// A number that a whole field of a link holds.
fn whole(number: f64) -> Result<u32, ChangeError> {
    let fits = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    if fits { Ok(number as u32) } else { Err(ChangeError) }
}

fn changed<T: Serialize + DeserializeOwned>(
    value: &T,
    path: &str,
    change: &Change,
) -> Result<T, ChangeError> {
    path::edited(value, path, |place| write(place, change)).ok_or(ChangeError)
}

/// Changes one place of a document; `None` if the change makes no sense there.
fn write(place: &mut Value, change: &Change) -> Option<()> {
    match change {
        Change::Number(number) => *place = number_value(*number),
        Change::Open => *place = Value::Null,
        Change::Text(text) | Change::Word(text) => *place = Value::from(text.as_str()),
        Change::Toggle(on) => *place = Value::from(*on),
        Change::Put(value) => *place = value.clone(),
        Change::Push(value) => {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            place.as_array_mut()?.push(value.clone());
        }
        Change::Remove(index) => {
            let items = place.as_array_mut()?;
            (*index < items.len()).then(|| items.remove(*index))?;
        }
    }
    Some(())
}
