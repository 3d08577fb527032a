//! `Forwarded` (RFC 7239): what `X-Forwarded-*` say, in one field with a grammar.
//!
//! Elements by comma, one for each proxy; pairs by semicolon; names in any case, each once in an
//! element; values are tokens or quoted strings. IPv6 addresses need brackets and quotes.

use super::is_token;
use std::fmt;

/// One proxy's pairs, names in lower case, in order.
pub type Element = Vec<(String, String)>;

/// Why a value is not a `Forwarded` field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardedError {
    /// What was read when it went wrong.
    pub part: String,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl fmt::Display for ForwardedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Forwarded: \"{}\" {}", self.part, self.problem)
    }
}

impl std::error::Error for ForwardedError {}

/// Reads a field.
///
/// # Errors
///
/// The first pair that does not follow the grammar.
pub fn parse(value: &str) -> Result<Vec<Element>, ForwardedError> {
    split_unquoted(value, ',')
        .filter(|element| !element.is_empty())
        .map(|element| {
            let mut pairs = Element::new();
            for pair in split_unquoted(element, ';').filter(|pair| !pair.is_empty()) {
                let (name, value) = parse_pair(pair)?;
                if pairs.iter().any(|(known, _)| *known == name) {
                    return Err(error(pair, "names a parameter for the second time"));
                }
                pairs.push((name, value));
            }
            Ok(pairs)
        })
        .collect()
}

fn parse_pair(pair: &str) -> Result<(String, String), ForwardedError> {
    let (name, value) = pair.split_once('=').ok_or_else(|| error(pair, "has no value"))?;
    if !is_token(name) {
        return Err(error(pair, "has a name that is no token"));
    }
    let value = match value.strip_prefix('"') {
        Some(quoted) => unquote(quoted).ok_or_else(|| error(pair, "has an open quote"))?,
        None if is_token(value) => value.to_owned(),
        None => return Err(error(pair, "has a value that needs quotes")),
    };
    Ok((name.to_ascii_lowercase(), value))
}

/// The text up to the closing quote, which must be the end; a backslash takes the next character
/// as it is.
fn unquote(quoted: &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next()? {
            '"' => return chars.next().is_none().then_some(text),
            '\\' => text.push(chars.next()?),
            c => text.push(c),
        }
    }
}

/// Splits at `separator` outside of quotes; parts without the space around them.
fn split_unquoted(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let parts = text.split(move |c| {
        let literal = std::mem::take(&mut escaped);
        match c {
            '\\' if quoted && !literal => escaped = true,
            '"' if !literal => quoted = !quoted,
            _ => {}
        }
        c == separator && !quoted
    });
    parts.map(str::trim)
}

/// One element as text: values in quotes where they must be.
pub fn write(element: &[(&str, &str)]) -> String {
    let pair = |&(name, value): &(&str, &str)| {
        if is_token(value) {
            return format!("{name}={value}");
        }
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        format!("{name}=\"{escaped}\"")
    };
    element.iter().map(pair).collect::<Vec<_>>().join(";")
}

fn error(part: &str, problem: &'static str) -> ForwardedError {
    ForwardedError { part: part.to_owned(), problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let element = [("for", "[2001:db8::1]:80"), ("by", "_gate,way;\"x\\"), ("proto", "https")];
        let text = write(&element);
        let read = parse(&format!("for=unknown, {text}")).unwrap();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        assert_eq!(read.get(1), Some(&element.iter().map(owned).collect()));
    }

    #[test]
    fn the_grammar_is_strict() {
        for text in ["for", "for=a;For=b", "for=[::1]", "for=\"a", "for=\"a\"b", "f r=a"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert_eq!(parse(""), Ok(vec![]));
    }
}
