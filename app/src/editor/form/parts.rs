//! What forms are built from: one function for each way in which a setting may be edited.
//!
//! A path is the setting's place in the document, a label the key of its name; `help_key` makes the
//! key of the sentence that explains it.

use super::{
    Addition, Change, Control, Field, Layout, List, ListItem, Number, Optional, Part, Syntax, Text,
    Unit,
};
use crate::editor::notice;
use serde::Serialize;
use serde_json::Value;
use shared::design::path::number_value;

/// The words of a choice as in the document, with the keys of their labels.
pub type Options = &'static [(&'static str, &'static str)];

/// A setting with a control of any kind.
pub fn field(path: &str, label: &'static str, control: Control) -> Part {
    Part::Field(Field { path: path.to_owned(), label, control })
}

/// A whole number.
pub fn whole(path: &str, label: &'static str, value: u32, min: u32, max: u32, unit: Unit) -> Part {
    let [value, min, max] = [value, min, max].map(f64::from);
    let (value, integer, absent) = (Some(value), true, None);
    field(path, label, Control::Number(Number { value, min, max, integer, unit, absent }))
}

/// A number that need not be whole.
pub fn real(path: &str, label: &'static str, value: f64, min: f64, max: f64, unit: Unit) -> Part {
    let (value, integer, absent) = (Some(value), false, None);
    field(path, label, Control::Number(Number { value, min, max, integer, unit, absent }))
}

/// A whole number that may be left out; `absent` is the key of the words for what holds then.
pub fn open_whole(
    path: &str,
    label: &'static str,
    value: Option<u32>,
    (min, max): (u32, u32),
    unit: Unit,
    absent: &'static str,
) -> Part {
    let value = value.map(f64::from);
    let (min, max, absent) = (f64::from(min), f64::from(max), Some(absent));
    field(path, label, Control::Number(Number { value, min, max, integer: true, unit, absent }))
}

/// A number that may be left out and need not be whole; `absent` is the key of the words for what
/// holds then.
pub fn open_real(
    path: &str,
    label: &'static str,
    value: Option<f64>,
    (min, max): (f64, f64),
    unit: Unit,
    absent: &'static str,
) -> Part {
    let absent = Some(absent);
    field(path, label, Control::Number(Number { value, min, max, integer: false, unit, absent }))
}

/// Yes or no.
pub fn toggle(path: &str, label: &'static str, value: bool) -> Part {
    field(path, label, Control::Toggle { value })
}

/// One of several words. The value is an enum that the document writes as a word, or as an object
/// with the word under `type` (the path then ends in `.type`).
pub fn choice(path: &str, label: &'static str, value: &impl Serialize, options: Options) -> Part {
    field(path, label, Control::Choice { value: word(value), options })
}

/// Any text, with what it usually is.
pub fn text(path: &str, label: &'static str, value: &str, suggestions: Vec<&'static str>) -> Part {
    let (value, absent, syntax) = (value.to_owned(), None, Syntax::Free);
    field(path, label, Control::Text(Text { value, suggestions, absent, syntax }))
}

/// A text that may be left out; `absent` is the key of the words for what holds then.
pub fn open_text(
    path: &str,
    label: &'static str,
    value: Option<&str>,
    suggestions: Vec<&'static str>,
    absent: &'static str,
) -> Part {
    let value = value.unwrap_or_default().to_owned();
    let (absent, syntax) = (Some(absent), Syntax::Free);
    field(path, label, Control::Text(Text { value, suggestions, absent, syntax }))
}

/// Settings under a common heading.
pub const fn section(title: &'static str, parts: Vec<Part>) -> Part {
    Part::Section { title, parts }
}

/// A struct that may be absent: a switch, and its settings while it is on. Switching on inserts the
/// default, switching off leaves the struct out.
pub fn optional<T: Serialize + Default>(
    path: &str,
    title: &'static str,
    value: Option<&T>,
    parts: impl FnOnce(&T) -> Vec<Part>,
) -> Part {
    Part::Optional(Optional {
        path: path.to_owned(),
        title,
        default: json(&T::default()),
        parts: value.map(parts),
    })
}

/// A list of words, a row each; new ones begin as `new`.
pub fn words_list<T: Serialize>(
    path: &str,
    (title, label, add): (&'static str, &'static str, &'static str),
    values: &[T],
    options: Options,
    (new, max): (&T, usize),
) -> Part {
    let row = |(i, value): (usize, &T)| ListItem {
        title: notice::Text::new("item-title").with("number", i + 1),
        parts: vec![choice(&format!("{path}[{i}]"), label, value, options)],
    };
    rows(path, (title, add), values.iter().enumerate().map(row).collect(), (json(new), max))
}

/// A list of numbers, a row each; `like` has range and unit, and new ones begin with its value.
pub fn numbers_list(
    path: &str,
    (title, label, add): (&'static str, &'static str, &'static str),
    values: &[f64],
    like: Number,
    max: usize,
) -> Part {
    let row = |(i, &value): (usize, &f64)| {
        let number = Control::Number(Number { value: Some(value), ..like });
        ListItem {
            title: notice::Text::new("item-title").with("number", i + 1),
            parts: vec![field(&format!("{path}[{i}]"), label, number)],
        }
    };
    let items = values.iter().enumerate().map(row).collect();
    rows(path, (title, add), items, (number_value(like.value.unwrap_or(like.min)), max))
}

/// A list, a row for each item, to which one kind of item is added at the end.
pub fn rows(
    path: &str,
    (title, add): (&'static str, &'static str),
    items: Vec<ListItem>,
    new_and_max: (Value, usize),
) -> Part {
    list(Layout::Rows, path, (title, add), items, new_and_max)
}

/// The same, a card for each item.
pub fn cards(
    path: &str,
    (title, add): (&'static str, &'static str),
    items: Vec<ListItem>,
    new_and_max: (Value, usize),
) -> Part {
    list(Layout::Cards, path, (title, add), items, new_and_max)
}

fn list(
    layout: Layout,
    path: &str,
    (title, add): (&'static str, &'static str),
    items: Vec<ListItem>,
    (new, max): (Value, usize),
) -> Part {
    let additions = vec![Addition { label: add, change: Change::Push(new) }];
    Part::List(List { path: path.to_owned(), title, add, additions, max, layout, items })
}

/// A value as the document has it.
pub fn json(value: &impl Serialize) -> Value {
    // The document's types have no keys but texts, so this never fails.
    shared::json::to_value(value).unwrap_or_default()
}

/// The word by which the document calls a value.
pub(super) fn word(value: &impl Serialize) -> String {
    match json(value) {
        Value::String(word) => word,
        Value::Object(object) => {
            object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}
