//! What is typed into a field: what it means, what is wrong with it, what arrow keys make of it.

use crate::editor::form::{Change, Control, Number, Syntax, Text, prices_of};
use crate::i18n::{Arg, Locale, format, text, units};
use crate::view::words::number_text;
use shared::design::{SeriesError, series_from_csv};
use shared::json;
use shared::scale::Statistic;

/// What a typed text means; `None` if it is no value of the field.
pub(super) fn parse(control: &Control, typed: &str) -> Option<Change> {
    let typed = typed.trim();
    match control {
        // Empty, they are none.
        Control::Text(Text { syntax: Syntax::Prices, .. }) => {
            let prices = prices_of(typed)?;
            json::to_value(&prices).ok().map(Change::Put)
        }
        Control::Text(Text { absent: Some(_), .. }) if typed.is_empty() => Some(Change::Open),
        Control::Text(Text { syntax: Syntax::Statistic, .. }) => {
            let word = Statistic::try_from(typed.to_owned()).is_ok();
            word.then(|| Change::Text(typed.to_owned()))
        }
        Control::Text(Text { syntax: Syntax::Series, .. }) => {
            let points = series_from_csv(typed).ok()?;
            json::to_value(&points).ok().map(Change::Put)
        }
        Control::Text(_) => Some(Change::Text(typed.to_owned())),
        Control::Number(Number { absent: Some(_), .. }) if typed.is_empty() => Some(Change::Open),
        Control::Number(Number { integer, .. }) => {
            let number = json::number(&typed.replace(',', ""))?;
            let fits = !integer || number.fract() == 0.0;
            fits.then_some(Change::Number(number))
        }
        Control::Choice { .. }
        | Control::Pick { .. }
        | Control::Toggle { .. }
        | Control::TimeOfDay { .. } => None,
    }
}

/// What is wrong with a typed text that cannot even be a value of the field. Values that can, and
/// are out of range, are issues of the design.
pub(super) fn refusal(control: &Control, typed: &str, locale: Locale) -> Option<String> {
    let &Control::Number(Number { min, max, integer, .. }) = control else {
        if let Control::Text(Text { syntax: Syntax::Series, .. }) = control {
            return series_from_csv(typed).err().map(|error| series_error(locale, &error));
        }
        let words = match control {
            Control::Text(Text { syntax: Syntax::Prices, .. }) => text(locale, "field-not-prices"),
            _ => text(locale, "field-not-a-statistic"),
        };
        return parse(control, typed).is_none().then_some(words);
    };
    let args = [("min", Arg::from(number_text(min))), ("max", Arg::from(number_text(max)))];
    match parse(control, typed) {
        Some(Change::Number(number)) if integer && (number < 0.0 || number > max) && min >= 0.0 => {
            Some(format(locale, "field-out-of-range", &args))
        }
        Some(_) => None,
        None if integer => Some(format(locale, "field-not-whole", &args)),
        None => Some(text(locale, "field-not-a-number")),
    }
}

/// What is wrong with a recorded series, and in which line.
fn series_error(locale: Locale, error: &SeriesError) -> String {
    let key = format!("series-error-{}", error.problem.code());
    let args = [("line", Arg::from(error.line)), ("text", Arg::from(error.problem.text()))];
    format(locale, &key, &args)
}

/// The field's range, short; empty where it would say nothing.
pub(super) fn range(control: &Control) -> String {
    match control {
        Control::Number(Number { min, max, .. }) if *max < 1e12 => {
            format!("{}–{}", number_text(*min), units::compact(*max))
        }
        _ => String::new(),
    }
}

/// The value one arrow key further: whole numbers by one, others by about a tenth of themselves. A
/// number that is left out begins at its least value.
pub(super) fn stepped(number: &Number, up: bool) -> f64 {
    let Some(value) = number.value else { return number.min.max(0.0) };
    let step = if number.integer || value <= 0.0 {
        1.0
    } else {
        10_f64.powf(value.log10().floor() - 1.0).max(0.001)
    };
    let value = if up { value + step } else { value - step };
    // Rounded to the step, or sums of tenths would show their binary tails.
    ((value / step).round() * step * 1e9).round().clamp(number.min * 1e9, number.max * 1e9) / 1e9
}

/// `14:05` or `14:05:09` as seconds after midnight.
pub(super) fn parse_time(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().flatten().unwrap_or(0);
    let in_range = hours < 24 && minutes < 60 && seconds < 60;
    in_range.then_some(hours * 3_600 + minutes * 60 + seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::form::Unit;

    fn number(value: f64, integer: bool) -> Number {
        let (min, max, unit) = (0.0, 1_000.0, Unit::None);
        Number { value: Some(value), min, max, integer, unit, absent: None }
    }

    #[test]
    fn typed_text_becomes_a_change_or_a_reason() {
        let whole = Control::Number(number(1.0, true));
        let real = Control::Number(number(1.0, false));
        for (control, typed, change) in [
            (&whole, " 12 ", Some(Change::Number(12.0))),
            (&whole, "1,000", Some(Change::Number(1_000.0))),
            (&whole, "1.5", None),
            (&whole, "", None),
            (&real, "1.5", Some(Change::Number(1.5))),
            (&real, "inf", None),
            (&real, "1e3", Some(Change::Number(1_000.0))),
            (&real, "ㅁ", None),
        ] {
            assert_eq!(parse(control, typed), change, "{typed:?}");
            assert_eq!(
                refusal(control, typed, Locale::En).is_none(),
                change.is_some(),
                "{typed:?}"
            );
        }
        assert!(refusal(&whole, "-3", Locale::Ko).is_some());
    }

    #[test]
    fn what_may_be_left_out_may_be_empty() {
        let absent = Some("open-as-group");
        let open = Control::Number(Number { absent, ..number(1.0, true) });
        assert_eq!(parse(&open, ""), Some(Change::Open));
        assert_eq!(parse(&open, "7"), Some(Change::Number(7.0)));
        let text = Text { value: "UTC".into(), suggestions: vec![], absent, syntax: Syntax::Free };
        assert_eq!(parse(&Control::Text(text.clone()), " "), Some(Change::Open));
        let text = Control::Text(Text { absent: None, ..text });
        assert_eq!(parse(&text, ""), Some(Change::Text(String::new())));
    }

    #[test]
    fn statistics_are_read() {
        let (value, suggestions, absent) = ("average".into(), vec![], None);
        let control = Control::Text(Text { value, suggestions, absent, syntax: Syntax::Statistic });
        for (typed, good) in [("p99.9", true), ("sum", true), ("p0", false), ("", false)] {
            assert_eq!(parse(&control, typed).is_some(), good, "{typed:?}");
            assert_eq!(refusal(&control, typed, Locale::Ko).is_none(), good, "{typed:?}");
        }
    }

    #[test]
    fn arrow_keys_step_and_stay_in_range() {
        for (value, integer, up, expected) in [
            (5.0, true, true, 6.0),
            (0.0, true, false, 0.0),
            (1_000.0, true, true, 1_000.0),
            (0.3, false, true, 0.31),
            (20.0, false, false, 19.0),
        ] {
            let got = stepped(&number(value, integer), up);
            assert!((got - expected).abs() < 1e-9, "{value}: {got}");
        }
        let open = Number { value: None, min: f64::NEG_INFINITY, ..number(0.0, false) };
        assert!(stepped(&open, true).abs() < 1e-9);
    }

    #[test]
    fn times_of_day_are_read() {
        assert_eq!(parse_time("14:05"), Some(50_700));
        assert_eq!(parse_time("00:00:09"), Some(9));
        for nonsense in ["", "24:00", "12:60", "noon", "99999999999:0"] {
            assert_eq!(parse_time(nonsense), None, "{nonsense:?}");
        }
    }
}
