//! What is put into a message.

use std::borrow::Cow;

/// A value for a placeholder.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg<'a> {
    /// A text, which is put in as it is.
    Text(Cow<'a, str>),
    /// A number, which also chooses between forms of a message: one server, two servers.
    Number(f64),
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

/// Counts, which a float holds exactly up to 2^53.
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Arg<'_> {
            fn from(number: $number) -> Self {
                Self::Number(number as f64)
            }
        }
    )*};
}
numbers!(u8, u16, u32, u64, usize, i32, f64);
