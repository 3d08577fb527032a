//! Messages of Project Fluent, as far as the page's files use it: text, values (`{ $name }`), quoted
//! text and choices by value, number or plural, one within another.
//!
//! The crate `fluent-bundle` reads the whole language with the plural rules and the names of all
//! languages, which every visitor would download; tests read every message with both and compare.
//! A file is not parsed: it is searched for its messages once, and a message is read as it is
//! written out.

use super::Locale;
use std::borrow::Cow;
use std::collections::HashMap;

/// A value of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    /// Written as it is.
    Text(Cow<'a, str>),
    /// Written in its shortest form; it can decide a choice.
    Number(f64),
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Arg<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

macro_rules! numbers {
    ($($type:ty)*) => {$(
        impl From<$type> for Arg<'_> {
            fn from(number: $type) -> Self {
                Self::Number(number as f64)
            }
        }
    )*};
}
numbers!(u8 u16 u32 u64 usize i32 i64 f32);

impl From<f64> for Arg<'_> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

/// The messages of `source` by their keys; a later one replaces an earlier.
pub(super) fn index<'a>(source: &'a str, messages: &mut HashMap<&'a str, &'a str>) {
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let begins = at;
        at += line.len();
        // What is indented, or closes a choice, goes on with the message before.
        if line.starts_with([' ', '}', '\n', '\r']) {
            continue;
        }
        if let Some((key, start)) = open.take() {
            messages.insert(key, source.get(start..begins).unwrap_or_default());
        }
        let is_message = line.starts_with(|c: char| c.is_ascii_alphabetic());
        if let Some((key, value)) = line.split_once('=').filter(|_| is_message) {
            open = Some((key.trim_end(), at - value.len()));
        }
    }
    if let Some((key, start)) = open {
        messages.insert(key, source.get(start..).unwrap_or_default());
    }
}

/// Writes the message `pattern` with `args` in it. A value that is not given shows its name, as
/// `{$name}`.
pub(super) fn write(locale: Locale, pattern: &str, args: &[(&str, Arg<'_>)]) -> String {
    let mut text = String::with_capacity(pattern.len());
    let mut reader = Reader { rest: pattern.trim(), locale, args };
    reader.pattern(&mut text, false);
    text
}

/// What of a message is not read yet.
struct Reader<'a> {
    rest: &'a str,
    locale: Locale,
    args: &'a [(&'a str, Arg<'a>)],
}

impl<'a> Reader<'a> {
    /// Text and what stands in braces, up to the end of the message or of the variant.
    fn pattern(&mut self, text: &mut String, is_variant: bool) {
        let start = text.len();
        while let Some(end) = self.rest.find(['{', '\n', '}']) {
            text.push_str(self.take(end));
            match self.rest.as_bytes().first() {
                Some(b'{') => {
                    self.take(1);
                    self.placeable(text);
                }
                Some(b'}') if is_variant => break,
                Some(b'}') => text.push_str(self.take(1)),
                // The end of a line: of a variant too, if a variant or the end of all follows.
                _ if is_variant && self.rest.trim_start().starts_with(['[', '*', '}']) => break,
                _ => {
                    self.skip_space();
                    text.push('\n');
                }
            }
        }
        if is_variant {
            // Spaces at the end of the line are none of the variant's.
            text.truncate(start.max(text.trim_end_matches([' ', '\r']).len()));
        } else {
            text.push_str(self.rest);
        }
    }

    /// What stands in braces, and the closing one.
    fn placeable(&mut self, text: &mut String) {
        self.skip_space();
        if self.rest.starts_with('"') {
            self.take(1);
            let end = self.rest.find('"').unwrap_or(self.rest.len());
            text.push_str(self.take(end));
            self.take(1);
        } else {
            let end = self.rest.find(|c: char| c.is_whitespace() || c == '}');
            let name = self.take(end.unwrap_or(self.rest.len()));
            let name = name.strip_prefix('$').unwrap_or(name);
            let arg = self.args.iter().find(|(key, _)| *key == name).map(|(_, arg)| arg);
            self.skip_space();
            if self.rest.starts_with("->") {
                self.take(2);
                self.choice(text, arg);
            } else {
                match arg {
                    Some(Arg::Text(value)) => text.push_str(value),
                    Some(Arg::Number(number)) => text.push_str(&number.to_string()),
                    None => text.push_str(&format!("{{${name}}}")),
                }
            }
        }
        let end = self.rest.find('}').map_or(self.rest.len(), |end| end + 1);
        self.take(end);
    }

    /// The variants of a choice: the first that fits `arg`, or the one with a star.
    fn choice(&mut self, text: &mut String, arg: Option<&Arg<'_>>) {
        let start = text.len();
        let (mut chosen, mut default) = (None, String::new());
        loop {
            self.skip_space();
            let is_default = self.rest.starts_with('*');
            self.take(usize::from(is_default));
            let Some(end) = self.rest.find(']').filter(|_| self.rest.starts_with('[')) else {
                break;
            };
            let key = self.take(end + 1).trim_matches(['[', ']', ' ']);
            self.rest = self.rest.trim_start_matches(' ');
            self.pattern(text, true);
            let variant = text.split_off(start.min(text.len()));
            if chosen.is_none() && self.fits(key, arg) {
                chosen = Some(variant);
            } else if is_default {
                default = variant;
            }
        }
        text.push_str(&chosen.unwrap_or(default));
    }

    /// Whether a variant's key is that of the value: the same text, the same number, or the
    /// number's plural category. English has one for 1; Korean has none.
    fn fits(&self, key: &str, arg: Option<&Arg<'_>>) -> bool {
        match arg {
            Some(Arg::Text(text)) => text == key && key.parse::<f64>().is_err(),
            Some(Arg::Number(number)) => match key.parse::<f64>() {
                Ok(wanted) => wanted.total_cmp(number).is_eq(),
                Err(_) => {
                    key == "one" && self.locale == Locale::En && number.total_cmp(&1.0).is_eq()
                }
            },
            None => false,
        }
    }

    /// Takes the next `len` bytes.
    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }
}
