//! Types to text. As with reading, there is one way for all types; a tree and an indented text are
//! made of the text.

use super::{Error, parse};
use serde::Serialize;
use serde_json::Value;

/// `value` as JSON text without spaces.
///
/// # Errors
///
/// It has no form in JSON, such as a map whose keys are no text.
pub fn write<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::new(error.to_string()))
}

/// `value` as JSON text with two spaces for each level.
///
/// # Errors
///
/// As of [`write()`].
pub fn write_indented<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    write(value).map(|text| indented(&text))
}

/// `value` as a tree.
///
/// # Errors
///
/// As of [`write()`].
pub fn to_value<T: Serialize + ?Sized>(value: &T) -> Result<Value, Error> {
    parse(&write(value)?)
}

/// JSON without spaces, one item a line.
fn indented(text: &str) -> String {
    let mut lines = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let (mut in_text, mut is_escaped) = (false, false);
    let mut before = ' ';
    let break_line = |lines: &mut String, depth: usize| {
        lines.push('\n');
        (0..depth).for_each(|_| lines.push_str("  "));
    };
    for c in text.chars() {
        if in_text {
            (in_text, is_escaped) = (is_escaped || c != '"', !is_escaped && c == '\\');
            lines.push(c);
            before = c;
            continue;
        }
        let is_end = matches!(c, '}' | ']');
        // Nothing stands in an empty list.
        if matches!(before, '{' | '[') && !is_end {
            depth += 1;
            break_line(&mut lines, depth);
        } else if is_end && !matches!(before, '{' | '[') {
            depth = depth.saturating_sub(1);
            break_line(&mut lines, depth);
        }
        lines.push(c);
        match c {
            ',' => break_line(&mut lines, depth),
            ':' => lines.push(' '),
            _ => in_text = c == '"',
        }
        before = c;
    }
    lines
}
