//! Text to a tree, by RFC 8259.
//!
//! `serde_json` reads text too, with its own tables for numbers beside those that `str::parse`
//! has; here is one way for both. A test reads any text with both and compares.

use super::Error;
use serde_json::{Map, Number, Value};

/// How deep lists and objects may lie in each other: reading calls itself once for each.
const DEPTH_MAX: usize = 127;

/// The tree that is written in `text`.
///
/// # Errors
///
/// The text is no JSON, or an object has two fields of one name. The error names line and column.
pub fn parse(text: &str) -> Result<Value, Error> {
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(DEPTH_MAX).and_then(|value| {
        parser.skip_space();
        if parser.peek().is_some() { Err("trailing characters".to_owned()) } else { Ok(value) }
    });
    value.map_err(|problem| {
        let (line, column) = parser.place();
        Error::new(format!("{problem} at line {line} column {column}"))
    })
}

struct Parser<'a> {
    text: &'a str,
    /// The next byte. It always begins a character.
    at: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self, depth: usize) -> Result<Value, String> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'n') => self.word("null", Value::Null),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(_) => Err("expected value".to_owned()),
            None => Err("EOF while parsing a value".to_owned()),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, String> {
        let depth = inner(depth)?;
        let mut fields = Map::new();
        self.at += 1;
        self.skip_space();
        if self.take(b'}') {
            return Ok(Value::Object(fields));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.missing("the name of a field", "an object"));
            }
            let name = self.string()?;
            if fields.contains_key(&name) {
                return Err(format!("duplicate field `{name}`"));
            }
            self.skip_space();
            if !self.take(b':') {
                return Err(self.missing("`:`", "an object"));
            }
            fields.insert(name, self.value(depth)?);
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Object(fields));
            }
            if !self.take(b',') {
                return Err(self.missing("`,` or `}`", "an object"));
            }
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, String> {
        let depth = inner(depth)?;
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.take(b']') {
            return Ok(Value::Array(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(items));
            }
            if !self.take(b',') {
                return Err(self.missing("`,` or `]`", "a list"));
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            let ends = |c: char| c == '"' || c == '\\' || c < ' ';
            let end = rest.find(ends).unwrap_or(rest.len());
            text.push_str(rest.get(..end).unwrap_or_default());
            self.at += end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err("control character in a string".to_owned()),
                None => return Err("EOF while parsing a string".to_owned()),
            }
        }
    }

    /// The character behind a backslash.
    fn escape(&mut self) -> Result<char, String> {
        let sign = self.rest().as_bytes().get(1);
        let plain = match sign {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err("invalid escape".to_owned()),
        };
        self.at += 2;
        Ok(plain)
    }

    /// `\u` and four digits; twice where UTF-16 needs two for a character.
    fn unicode(&mut self) -> Result<char, String> {
        let lone = || "lone surrogate".to_owned();
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                let second = if self.rest().starts_with("\\u") { self.hex()? } else { 0 };
                let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or_else(lone)?;
                0x1_0000 + ((first - 0xd800) << 10) + low
            }
            code => code,
        };
        char::from_u32(code).ok_or_else(lone)
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.rest().get(2..6).filter(|it| it.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += if code.is_some() { 6 } else { 0 };
        code.ok_or_else(|| "invalid escape".to_owned())
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        let is_negative = self.take(b'-');
        // A number does not begin with a zero, unless that is all of it before the point.
        if !self.take(b'0') {
            self.digits()?;
        } else if matches!(self.peek(), Some(b'0'..=b'9')) {
            return Err("invalid number".to_owned());
        }
        let whole_end = self.at;
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        let whole = (whole_end == self.at).then(|| {
            // Zero with a sign has none as a whole number.
            let signed = digits.parse::<i64>().ok().filter(|whole| *whole != 0);
            if is_negative {
                signed.map(Number::from)
            } else {
                digits.parse::<u64>().ok().map(Number::from)
            }
        });
        let number = whole.flatten().or_else(|| Number::from_f64(digits.parse().ok()?));
        number.map(Value::Number).ok_or_else(|| "number out of range".to_owned())
    }

    /// One digit or more.
    fn digits(&mut self) -> Result<(), String> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err("invalid number".to_owned()) }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, String> {
        if !self.rest().starts_with(word) {
            return Err("expected value".to_owned());
        }
        self.at += word.len();
        Ok(value)
    }

    fn missing(&self, what: &str, place: &str) -> String {
        match self.peek() {
            Some(_) => format!("expected {what} in {place}"),
            None => format!("EOF while parsing {place}"),
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Line and column of the next character, counted from 1.
    fn place(&self) -> (usize, usize) {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }
}

/// One level further in.
fn inner(depth: usize) -> Result<usize, String> {
    depth.checked_sub(1).ok_or_else(|| "recursion limit exceeded".to_owned())
}
