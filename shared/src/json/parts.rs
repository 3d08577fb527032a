//! What a document is read in: items, fields, names and variants.

use super::reader::unexpected;
use super::{Error, Reader};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

/// The items of a list.
pub(super) struct Items {
    items: std::vec::IntoIter<Value>,
    next: usize,
}

impl Items {
    pub(super) fn of(items: Vec<Value>) -> Self {
        Self { items: items.into_iter(), next: 0 }
    }

    /// Refuses what nobody asked for.
    pub(super) fn end(&self) -> Result<(), Error> {
        match self.items.len() {
            0 => Ok(()),
            more => Err(Error::invalid_length(self.next + more, &"fewer elements in array")),
        }
    }
}

impl<'de> SeqAccess<'de> for Items {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        let Some(value) = self.items.next() else { return Ok(None) };
        let at = self.next;
        self.next += 1;
        seed.deserialize(Reader::new(value)).map(Some).map_err(|error| error.in_item(at))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// The fields of an object.
pub(super) struct Fields {
    fields: serde_json::map::IntoIter,
    /// The field whose name was read.
    open: Option<(String, Value)>,
}

impl Fields {
    pub(super) fn of(fields: Map<String, Value>) -> Self {
        Self { fields: fields.into_iter(), open: None }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.open = self.fields.next();
        match &self.open {
            Some((name, _)) => seed.deserialize(Name(name)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let (name, value) = self.open.take().unwrap_or_default();
        seed.deserialize(Reader::new(value)).map_err(|error| error.in_field(name))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.fields.len())
    }
}

/// The name of a field: text, or a number that stands as text because JSON has no other names.
struct Name<'a>(&'a str);

macro_rules! numbered {
    ($($method:ident $type:ty, $visit:ident;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0.parse::<$type>() {
                Ok(number) => visitor.$visit(number),
                Err(_) => Err(Error::invalid_type(Unexpected::Str(self.0), &visitor)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_str(self.0)
    }

    numbered! {
        deserialize_i8 i64, visit_i64;
        deserialize_i16 i64, visit_i64;
        deserialize_i32 i64, visit_i64;
        deserialize_i64 i64, visit_i64;
        deserialize_u8 u64, visit_u64;
        deserialize_u16 u64, visit_u64;
        deserialize_u32 u64, visit_u64;
        deserialize_u64 u64, visit_u64;
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let name = self.0.to_owned();
        visitor.visit_enum(Variant::bare(name))
    }

    forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct
        map struct identifier ignored_any
    }
}

/// A variant of an enum.
pub(super) struct Variant {
    name: String,
    /// Nothing if the name is all there is.
    content: Option<Value>,
    /// Whether the name is that of the field which has the content.
    is_place: bool,
}

impl Variant {
    /// One that is written as its name.
    pub(super) const fn bare(name: String) -> Self {
        Self { name, content: None, is_place: false }
    }

    /// One that is written as an object with its name in a field, and these others.
    pub(super) const fn tagged(name: String, fields: Map<String, Value>) -> Self {
        Self { name, content: Some(Value::Object(fields)), is_place: false }
    }

    /// One that is written as an object with one field, of its name.
    pub(super) const fn outside(name: String, content: Value) -> Self {
        Self { name, content: Some(content), is_place: true }
    }
}

/// What a variant has.
pub(super) struct Content {
    value: Option<Value>,
    place: Option<String>,
}

impl Content {
    /// The content's reader, and the field that it is in.
    fn open(self, expected: &'static str) -> Result<(Reader, Option<String>), Error> {
        match self.value {
            Some(value) => Ok((Reader::new(value), self.place)),
            None => Err(Error::invalid_type(Unexpected::UnitVariant, &expected)),
        }
    }
}

fn placed(error: Error, place: Option<String>) -> Error {
    match place {
        Some(name) => error.in_field(name),
        None => error,
    }
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Content;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content), Error> {
        let variant = seed.deserialize(Name(&self.name))?;
        let place = self.is_place.then_some(self.name);
        Ok((variant, Content { value: self.content, place }))
    }
}

impl<'de> VariantAccess<'de> for Content {
    type Error = Error;

    /// A variant without fields takes what else its object has, as serde does.
    fn unit_variant(self) -> Result<(), Error> {
        match (self.value, self.place) {
            (None, _) | (_, None) | (Some(Value::Null), _) => Ok(()),
            (Some(value), Some(name)) => {
                let wrong = Error::invalid_type(unexpected(&value), &"unit variant");
                Err(wrong.in_field(name))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        let (reader, place) = self.open("newtype variant")?;
        seed.deserialize(reader).map_err(|error| placed(error, place))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, Error> {
        let (reader, place) = self.open("tuple variant")?;
        reader.deserialize_seq(visitor).map_err(|error| placed(error, place))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let (reader, place) = self.open("struct variant")?;
        reader.deserialize_map(visitor).map_err(|error| placed(error, place))
    }
}
