//! What is wrong with a document, and where.

use serde::de::{self, Unexpected};
use std::fmt;

/// What is wrong with a document, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

/// In a box: every step of reading returns it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    /// Innermost first: steps are added on the way out.
    steps: Vec<Step>,
    message: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Field(String),
    Item(usize),
}

impl Error {
    pub(super) fn new(message: String) -> Self {
        Self(Box::new(Inner { steps: Vec::new(), message }))
    }

    /// The error, seen from the object that has it in a field.
    #[must_use]
    pub(super) fn in_field(mut self, name: String) -> Self {
        self.0.steps.push(Step::Field(name));
        self
    }

    /// The error, seen from the list that has it in an item.
    #[must_use]
    pub(super) fn in_item(mut self, index: usize) -> Self {
        self.0.steps.push(Step::Item(index));
        self
    }

    /// The place, as `nodes[3].settings`; `.` is the whole document.
    pub fn path(&self) -> String {
        let mut path = String::new();
        for step in self.0.steps.iter().rev() {
            match step {
                Step::Field(name) => {
                    path.push_str(if path.is_empty() { "" } else { "." });
                    path.push_str(name);
                }
                Step::Item(index) => path.push_str(&format!("[{index}]")),
            }
        }
        if path.is_empty() { ".".to_owned() } else { path }
    }

    /// What is wrong there.
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.steps.is_empty() {
            write!(f, "{}: ", self.path())?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    /// In the words of JSON, which has no unit.
    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::new(match found {
            Unexpected::Unit => format!("invalid type: null, expected {expected}"),
            found => format!("invalid type: {found}, expected {expected}"),
        })
    }
}
