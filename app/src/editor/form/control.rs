//! How one setting is edited: its kind of input, with value, range and unit.

/// How a setting is edited, with its value.
#[derive(Clone, Debug, PartialEq)]
pub enum Control {
    /// A number in a range.
    Number(Number),
    /// One of several words.
    Choice {
        /// The word chosen, as in the document.
        value: String,
        /// The words with the keys of their labels.
        options: &'static [(&'static str, &'static str)],
    },
    /// One of the things of the design, by number.
    Pick {
        /// The number chosen.
        value: u32,
        /// Numbers with the names that people gave the things.
        options: Vec<(u32, String)>,
    },
    /// Yes or no.
    Toggle {
        /// Whether it is on.
        value: bool,
    },
    /// A text.
    Text(Text),
    /// A time of day, seconds after midnight.
    TimeOfDay {
        /// The value.
        value: u32,
    },
}

/// A number in a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// The value; `None` if it is left out.
    pub value: Option<f64>,
    /// The least that makes sense; minus infinity if nothing bounds it.
    pub min: f64,
    /// The greatest that makes sense; infinity if nothing bounds it.
    pub max: f64,
    /// Whether it counts whole things.
    pub integer: bool,
    /// What it counts.
    pub unit: Unit,
    /// Whether it may be left out, and the key of the words for what holds then.
    pub absent: Option<&'static str>,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// The text; empty if it is left out.
    pub value: String,
    /// What it usually is.
    pub suggestions: Vec<&'static str>,
    /// Whether it may be left out, and the key of the words for what holds then.
    pub absent: Option<&'static str>,
    /// What it must look like, beyond what the validation says about the whole design.
    pub syntax: Syntax,
}

/// What a text must look like to be a value at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    /// Anything.
    Free,
    /// A statistic of CloudWatch, such as `average` or `p99`.
    Statistic,
    /// Prices by name, such as `m5.large = 0.1, alb_hour = 0.02`.
    Prices,
    /// Lines of time and rate, see `shared::design::series_from_csv`.
    Series,
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
    /// Requests a minute.
    RequestsPerMinute,
    /// Bytes.
    Bytes,
    /// Bytes a minute.
    BytesPerMinute,
    /// Percent.
    Percent,
    /// Percentage points from an alarm's threshold.
    PercentagePoints,
    /// Servers.
    Servers,
    /// Requests.
    Requests,
    /// Messages in a queue.
    Messages,
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
            Self::RequestsPerMinute => Some("unit-requests-per-minute"),
            Self::Bytes => Some("unit-bytes"),
            Self::BytesPerMinute => Some("unit-bytes-per-minute"),
            Self::Percent => Some("unit-percent"),
            Self::PercentagePoints => Some("unit-percentage-points"),
            Self::Servers => Some("unit-servers"),
            Self::Requests => Some("unit-requests"),
            Self::Messages => Some("unit-messages"),
            Self::Checks => Some("unit-checks"),
            Self::Periods => Some("unit-periods"),
        }
    }
}
