//! A tree to types.

use super::Error;
use super::parts::{Fields, Items, Variant};
use serde::de::{Deserializer, Error as _, Expected, Unexpected, Visitor};
use serde_json::{Number, Value};

/// Reads types from a tree, and knows where it is.
///
/// A struct is an object and nothing else, unlike with serde's own readers, which take a list for
/// the fields in their order: no document of this project has that, and it would be a second way
/// through every struct.
pub struct Reader {
    value: Value,
    /// The field with the name of the variant, if an enum is next and has its variant there.
    tag: Option<&'static str>,
}

impl Reader {
    /// A reader of `value`.
    pub const fn new(value: Value) -> Self {
        Self { value, tag: None }
    }

    /// A reader of an enum with its variant in the field `tag`.
    pub(super) const fn tagged(value: Value, tag: &'static str) -> Self {
        Self { value, tag: Some(tag) }
    }

    #[cold]
    fn refused(&self, expected: &dyn Expected) -> Error {
        Error::invalid_type(unexpected(&self.value), expected)
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::Number(number) => visit_number(number, visitor),
            _ => Err(self.refused(&visitor)),
        }
    }

    fn list(self, expected: &dyn Expected) -> Result<Items, Error> {
        match self.value {
            Value::Array(items) => Ok(Items::of(items)),
            _ => Err(self.refused(expected)),
        }
    }

    fn object(self, expected: &dyn Expected) -> Result<Fields, Error> {
        match self.value {
            Value::Object(fields) => Ok(Fields::of(fields)),
            _ => Err(self.refused(expected)),
        }
    }

    /// The variant that is next, and what it has.
    fn variant(self, expected: &dyn Expected) -> Result<Variant, Error> {
        match (self.value, self.tag) {
            (Value::Object(mut fields), Some(tag)) => {
                let name = match fields.remove(tag) {
                    Some(Value::String(name)) => name,
                    Some(other) => {
                        let wrong = Error::invalid_type(unexpected(&other), &"a variant's name");
                        return Err(wrong.in_field(tag.to_owned()));
                    }
                    None => return Err(Error::missing_field(tag)),
                };
                Ok(Variant::tagged(name, fields))
            }
            (Value::String(name), None) => Ok(Variant::bare(name)),
            (Value::Object(fields), None) if fields.len() == 1 => {
                let first = fields.into_iter().next();
                let (name, content) = first.unwrap_or_default();
                Ok(Variant::outside(name, content))
            }
            (value, tag) => Err(Self { value, tag }.refused(expected)),
        }
    }
}

pub(super) fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Number(number) => match (number.as_u64(), number.as_i64()) {
            (Some(value), _) => Unexpected::Unsigned(value),
            (None, Some(value)) => Unexpected::Signed(value),
            (None, None) => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Error> {
    match (number.as_u64(), number.as_i64()) {
        (Some(value), _) => visitor.visit_u64(value),
        (None, Some(value)) => visitor.visit_i64(value),
        (None, None) => visitor.visit_f64(number.as_f64().unwrap_or(f64::NAN)),
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.number(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Reader {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(value),
            Value::Number(number) => visit_number(&number, visitor),
            Value::String(text) => visitor.visit_string(text),
            Value::Array(_) => visitor.visit_seq(self.list(&"a list")?),
            Value::Object(_) => visitor.visit_map(self.object(&"an object")?),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_f32 deserialize_f64
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::Bool(value) => visitor.visit_bool(value),
            _ => Err(self.refused(&visitor)),
        }
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.value {
            Value::String(text) => visitor.visit_str(text),
            _ => Err(self.refused(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.value {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(self.refused(&visitor)),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_unit() } else { Err(self.refused(&visitor)) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut items = self.list(&visitor)?;
        let read = visitor.visit_seq(&mut items)?;
        items.end()?;
        Ok(read)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let fields = self.object(&visitor)?;
        visitor.visit_map(fields)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant = self.variant(&visitor)?;
        visitor.visit_enum(variant)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}
