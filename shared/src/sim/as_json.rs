//! Values as JSON text within messages of a format that has no place for left-out fields or for
//! unions told apart by name: `#[serde(with = "shared::sim::as_json")]`.

use crate::json;
use serde::de::{DeserializeOwned, Error as _};
use serde::ser::Error as _;
use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

/// Writes `value` as the JSON that files have.
///
/// # Errors
///
/// It has no form in JSON, or the format refuses a text.
pub fn serialize<T: Serialize, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&json::write(value).map_err(S::Error::custom)?)
}

/// Reads what [`serialize`] wrote.
///
/// # Errors
///
/// The text is not the JSON of such a value.
pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    json::read(&String::deserialize(from)?).map_err(D::Error::custom)
}
