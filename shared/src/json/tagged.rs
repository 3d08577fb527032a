//! Enums that are told apart by a field of their object.

use super::{Error, Reader};
use serde::de::{Deserialize as _, Deserializer, Error as _};
use serde_json::Value;

/// Reads an enum whose variant stands in the field `tag`, where `shape` reads the enum with its
/// variant's name outside. `tagged!` calls it.
///
/// # Errors
///
/// What is there is no such enum.
pub(crate) fn read_tagged<'de, D: Deserializer<'de>, T>(
    from: D,
    tag: &'static str,
    shape: fn(Reader) -> Result<T, Error>,
) -> Result<T, D::Error> {
    let value = Value::deserialize(from)?;
    shape(Reader::tagged(value, tag)).map_err(D::Error::custom)
}

/// Declares an enum that JSON has as an object with the variant's name in a field:
/// `{ "type": "constant", "mean_ms": 5 }`.
///
/// ```ignore
/// tagged! {
///     by "type", deny_unknown_fields;
///     #[derive(Clone, Serialize)]
///     pub enum Law { Constant { mean_ms: f64 } }
/// }
/// ```
///
/// is the enum with `#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]`, and
/// reads and writes the same. It is read by [`read_tagged`]: serde would first
/// collect the object in a form of its own, and all types within would be compiled for that form
/// too. Every attribute within the braces must be one that serde knows, or of a derive named as in
/// `by "type" derive(Default);`.
macro_rules! tagged {
    (
        by $tag:literal $(derive($extra:ident))? $(, $rule:ident)*;
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $($body:tt)* }
    ) => {
        $(#[$meta])*
        #[serde(tag = $tag, rename_all = "snake_case" $(, $rule)*)]
        $vis enum $name { $($body)* }

        const _: () = {
            type This = $name;

            #[derive($($extra,)? serde::Deserialize)]
            #[serde(remote = "This", rename_all = "snake_case" $(, $rule)*)]
            #[allow(dead_code, reason = "serde reads the enum by its shape and builds no value of it")]
            enum Shape { $($body)* }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                    $crate::json::read_tagged(from, $tag, Shape::deserialize)
                }
            }
        };
    };
}
pub(crate) use tagged;
