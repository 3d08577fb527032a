//! Texts of the editor in the page's language.

mod issues;
mod templates;

pub(crate) use issues::say_issue;
pub(crate) use templates::template;

use crate::editor::form::metric_unit;
use crate::editor::notice::{Text, Value};
use crate::i18n::{self, Arg, Locale, text, units};
use shared::scale::Metric;

/// The words of a text.
pub(crate) fn say(locale: Locale, text: &Text) -> String {
    let value = |value: &Value| match value {
        Value::Text(text) => Arg::from(text.clone()),
        Value::Number(number) => Arg::from(number_text(*number)),
        Value::Message(text) => Arg::from(say(locale, text)),
    };
    let args: Vec<(&str, Arg<'_>)> =
        text.args.iter().map(|(name, arg)| (*name, value(arg))).collect();
    i18n::format(locale, text.key, &args)
}

/// A value of a metric with its unit: `80 %`, `1.2 k req/min`.
pub(crate) fn metric_value(locale: Locale, metric: Metric, value: f64) -> String {
    if metric == Metric::AverageCpuUtilization {
        return units::percent(value / 100.0);
    }
    let number = units::compact(value);
    match metric_unit(metric).key() {
        Some(key) => format!("{number}{}{}", units::NARROW_SPACE, text(locale, key)),
        None => number,
    }
}

/// A number as fields and messages show it: as typed, without a unit.
pub(crate) fn number_text(number: f64) -> String {
    // Display gives the shortest text that reads back as the same number.
    number.to_string()
}

#[cfg(test)]
mod tests;
