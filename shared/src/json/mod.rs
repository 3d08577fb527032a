//! The one door through which JSON comes in and goes out: text, then a tree, then types.
//!
//! Serde writes the code that reads a type anew for every format it is read from, and the page
//! carries each copy to every visitor. So text becomes a [`Value`] here, and types are read from
//! that by one [`Reader`], whatever the text was: a file, a link, a message of the Worker. The
//! reader knows where it is: an [`Error`] names the place as `nodes[3].settings`, and a text that
//! is no JSON the line.
//!
//! Enums that are told apart by a field (`"type"`) are declared within `tagged!`: serde's own
//! reading of them goes by a format of its own, which would be one copy more.

mod error;
mod number;
mod parts;
mod reader;
mod tagged;
mod text;
mod write;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub use error::Error;
pub use number::number;
pub use reader::Reader;
pub(crate) use tagged::{read_tagged, tagged};
pub use text::parse;
pub use write::{to_value, write, write_indented};

/// Reads a `T` from JSON text.
///
/// # Errors
///
/// The text is no JSON, or not that of a `T`; the error names the line or the place.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    from_value(parse(text)?)
}

/// Reads a `T` from a tree.
///
/// # Errors
///
/// The tree is not that of a `T`; the error names the place.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Error> {
    T::deserialize(Reader::new(value))
}

#[cfg(test)]
mod tests;
