//! The inspector's content as data: which settings a thing has, with unit, range and value, and
//! how a change of one of them becomes new settings.
//!
//! Every setting has the path that it has in the document, such as `health_check.interval_s` or
//! `policies[1].alarm.period_s`. Issues of the validation name the same paths, so an issue finds
//! its field by comparing two strings.

mod balancer;
mod change;
mod describe;
mod path;

pub use balancer::policy_key;
pub use change::{Change, ChangeError, change_link, change_run, change_settings};
pub use describe::{link_form, run_form, settings_form};

use super::notice::Text;

/// A part of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// One setting.
    Field(Field),
    /// Settings under a common heading.
    Section {
        /// Key of the heading.
        title: &'static str,
        /// The settings.
        parts: Vec<Self>,
    },
    /// A list to which things can be added.
    List(List),
}

/// One setting.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Path in the document.
    pub path: String,
    /// Key of the label.
    pub label: &'static str,
    /// How it is edited, with its value.
    pub control: Control,
}

/// A list of like things.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    /// Path in the document.
    pub path: String,
    /// Key of the heading.
    pub title: &'static str,
    /// Key of the button that adds one.
    pub add: &'static str,
    /// Most items that there may be.
    pub max: usize,
    /// How an item is laid out.
    pub layout: Layout,
    /// The items.
    pub items: Vec<ListItem>,
}

/// How the items of a list are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A card with a heading each.
    Cards,
    /// A row each.
    Rows,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct ListItem {
    /// Its heading.
    pub title: Text,
    /// Its settings.
    pub parts: Vec<Part>,
}

/// How a setting is edited, with its value.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// A number in a range.
    Number(Number),
    /// A number that may be left out.
    OpenNumber {
        /// The value, if it is there.
        value: Option<f64>,
        /// What the number counts.
        unit: Unit,
    },
    /// One of several words.
    Choice {
        /// The word chosen, as in the document.
        value: &'static str,
        /// The words with the keys of their labels.
        options: &'static [(&'static str, &'static str)],
    },
    /// Free text with suggestions.
    Text {
        /// The text.
        value: String,
        /// What it usually is.
        suggestions: Vec<&'static str>,
    },
    /// A time of day, seconds after midnight.
    TimeOfDay {
        /// The value.
        value: u32,
    },
}

/// A number in a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// The value.
    pub value: f64,
    /// The least that makes sense.
    pub min: f64,
    /// The greatest that makes sense.
    pub max: f64,
    /// Whether it counts whole things.
    pub integer: bool,
    /// What it counts.
    pub unit: Unit,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nothing: a bare number.
    None,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Requests a second.
    RequestsPerSecond,
    /// Percent.
    Percent,
    /// Percentage points from the alarm's threshold.
    PercentagePoints,
    /// Servers.
    Servers,
    /// Requests.
    Requests,
    /// Consecutive checks.
    Checks,
    /// Periods of an alarm.
    Periods,
}

impl Unit {
    /// Key of the unit's short name; `None` for bare numbers.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Seconds => Some("unit-seconds"),
            Self::Milliseconds => Some("unit-milliseconds"),
            Self::RequestsPerSecond => Some("unit-requests-per-second"),
            Self::Percent => Some("unit-percent"),
            Self::PercentagePoints => Some("unit-percentage-points"),
            Self::Servers => Some("unit-servers"),
            Self::Requests => Some("unit-requests"),
            Self::Checks => Some("unit-checks"),
            Self::Periods => Some("unit-periods"),
        }
    }
}

#[cfg(test)]
mod tests;
