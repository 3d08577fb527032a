//! Texts of the editor in the page's language.

mod issues;
mod templates;

pub(crate) use issues::say_issue;
pub(crate) use templates::template;

use crate::editor::notice::{Text, Value};
use crate::i18n::{Arg, Locale, format};

/// The words of a text.
pub(crate) fn say(locale: Locale, text: &Text) -> String {
    let value = |value: &Value| match value {
        Value::Text(text) => Arg::from(text.clone()),
        Value::Number(number) => Arg::from(number_text(*number)),
        Value::Message(text) => Arg::from(say(locale, text)),
    };
    let args: Vec<(&str, Arg<'_>)> =
        text.args.iter().map(|(name, arg)| (*name, value(arg))).collect();
    format(locale, text.key, &args)
}

/// A number as fields and messages show it: as typed, without a unit.
pub(crate) fn number_text(number: f64) -> String {
    // Display gives the shortest text that reads back as the same number.
    number.to_string()
}

#[cfg(test)]
mod tests;
