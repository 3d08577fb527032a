//! Numbers as people read them: three digits that matter, a unit after a narrow space.
//!
//! Both languages group thousands by commas and use a decimal point, so only unit words differ.

use super::Locale;
use shared::time::Timestamp;

/// U+202F, narrow and never broken at the end of a line.
pub const NARROW_SPACE: char = '\u{202f}';

/// `value` in three significant digits with `k`, `M` or `G`: `0.12`, `7.5`, `340`, `1.2 k`.
pub fn compact(value: f64) -> String {
    let size = value.abs();
    let (scaled, suffix) = match size {
        _ if !value.is_finite() => return "–".to_owned(),
        s if s < 999.5 => return significant(value),
        s if s < 999_500.0 => (value / 1e3, "k"),
        s if s < 999_500_000.0 => (value / 1e6, "M"),
        _ => (value / 1e9, "G"),
    };
    format!("{}{NARROW_SPACE}{suffix}", significant(scaled))
}

/// A whole number with commas: `1,234,567`.
pub fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `340 req/s`, in Korean `340 요청/초`.
pub fn rate_per_s(locale: Locale, value: f64) -> String {
    let unit = match locale {
        Locale::En => "req/s",
        Locale::Ko => "요청/초",
    };
    format!("{}{NARROW_SPACE}{unit}", compact(value))
}

/// `0.4 ms`, `120 ms`; from ten seconds on in seconds: `12.5 s`.
pub fn ms(value: f64) -> String {
    if value.is_finite() && value >= 10_000.0 {
        return format!("{}{NARROW_SPACE}s", compact(value / 1e3));
    }
    if value >= 999.5 {
        return format!("{}{NARROW_SPACE}ms", grouped(value.round() as u64));
    }
    format!("{}{NARROW_SPACE}ms", compact(value))
}

/// A share of one as percent: `86 %`. Whole numbers from ten up, where a tenth says nothing.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if !percent.is_finite() {
        return format!("–{NARROW_SPACE}%");
    }
    if percent.abs() >= 9.95 || percent == 0.0 {
        format!("{percent:.0}{NARROW_SPACE}%")
    } else {
        format!("{percent:.1}{NARROW_SPACE}%")
    }
}

/// The share of requests that were answered: cut, never rounded up, since 99.999 % is not 100 %.
pub fn availability(share: f64) -> String {
    let thousandths = (share.clamp(0.0, 1.0) * 100_000.0 + 1e-6).floor() as u64;
    let text = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text}{NARROW_SPACE}%")
}

/// Dollars: cents from one dollar on, else as many places as show three digits.
pub fn usd(value: f64) -> String {
    let text = match value.abs() {
        _ if !value.is_finite() => "–".to_owned(),
        v if v >= 1_000.0 => grouped(v.round() as u64),
        v if v >= 1.0 => format!("{v:.2}"),
        v if v >= 0.1 => format!("{v:.3}"),
        v if v >= 0.000_05 => format!("{v:.4}"),
        v => format!("{v:.2}"),
    };
    if value < 0.0 { format!("−${text}") } else { format!("${text}") }
}

/// Time of day as `12:03:05`, with `+1 d` when midnight has passed.
pub fn clock(starts_at_s: u32, now: Timestamp) -> String {
    let seconds = u64::from(starts_at_s) + now.as_ms() / 1_000;
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let (hours, minutes) = (second / 3_600, second / 60 % 60);
    let time = format!("{hours:02}:{minutes:02}:{:02}", second % 60);
    if days == 0 { time } else { format!("{time} +{days}{NARROW_SPACE}d") }
}

/// A length of time: `45 s`, `4 min 30 s`, `1 h 15 min`; in Korean `45초`, `4분 30초`.
pub fn duration_s(locale: Locale, seconds: f64) -> String {
    let total = seconds.max(0.0).round() as u64;
    let parts = [(total / 3_600, 0), (total / 60 % 60, 1), (total % 60, 2)];
    let names = match locale {
        Locale::En => ["\u{202f}h", "\u{202f}min", "\u{202f}s"],
        Locale::Ko => ["시간", "분", "초"],
    };
    let words: Vec<String> = parts
        .iter()
        .zip(names)
        .filter(|((value, _), _)| *value > 0)
        .map(|((value, _), name)| format!("{value}{name}"))
        .take(2)
        .collect();
    if words.is_empty() { format!("0{}", names[2]) } else { words.join(" ") }
}

/// At most three significant digits, without zeros at the end.
fn significant(value: f64) -> String {
    let places = match value.abs() {
        s if s >= 99.95 => 0,
        s if s >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{value:.places$}");
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        text.replace(NARROW_SPACE, " ")
    }

    #[test]
    fn numbers_have_three_digits_and_a_suffix() {
        for (value, text) in [
            (0.0, "0"),
            (0.125, "0.12"),
            (7.5, "7.5"),
            (12.34, "12.3"),
            (340.4, "340"),
            (999.6, "1 k"),
            (1_234.0, "1.23 k"),
            (56_789.0, "56.8 k"),
            (2_500_000.0, "2.5 M"),
            (7e9, "7 G"),
            (-0.001, "0"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(plain(&compact(value)), text, "{value}");
        }
    }

    #[test]
    fn units_follow_a_narrow_space() {
        assert_eq!(rate_per_s(Locale::En, 340.0), "340\u{202f}req/s");
        assert_eq!(plain(&rate_per_s(Locale::Ko, 1_200.0)), "1.2 k 요청/초");
        for (value, text) in
            [(0.42, "0.42 ms"), (120.0, "120 ms"), (2_345.6, "2,346 ms"), (12_500.0, "12.5 s")]
        {
            assert_eq!(plain(&ms(value)), text, "{value}");
        }
    }

    #[test]
    fn shares_are_percent() {
        for (share, text) in [(0.861, "86 %"), (0.045, "4.5 %"), (0.0, "0 %"), (1.0, "100 %")] {
            assert_eq!(plain(&percent(share)), text, "{share}");
        }
        for (share, text) in [(1.0, "100 %"), (0.999_999, "99.999 %"), (0.9995, "99.95 %")] {
            assert_eq!(plain(&availability(share)), text, "{share}");
        }
    }

    #[test]
    fn money_shows_what_matters() {
        for (value, text) in [
            (0.0, "$0.00"),
            (0.0123, "$0.0123"),
            (0.2145, "$0.214"),
            (3.456, "$3.46"),
            (12_345.6, "$12,346"),
            (-2.5, "−$2.50"),
        ] {
            assert_eq!(usd(value), text, "{value}");
        }
    }

    #[test]
    fn clocks_pass_midnight() {
        let noon = 12 * 3_600;
        assert_eq!(clock(noon, Timestamp::from_s(185)), "12:03:05");
        assert_eq!(plain(&clock(noon, Timestamp::from_s(12 * 3_600))), "00:00:00 +1 d");
    }

    #[test]
    fn durations_have_two_parts_at_most() {
        for (seconds, en, ko) in [
            (0.2, "0 s", "0초"),
            (45.0, "45 s", "45초"),
            (270.0, "4 min 30 s", "4분 30초"),
            (4_500.0, "1 h 15 min", "1시간 15분"),
            (3_601.0, "1 h 1 s", "1시간 1초"),
        ] {
            assert_eq!(plain(&duration_s(Locale::En, seconds)), en);
            assert_eq!(duration_s(Locale::Ko, seconds), ko);
        }
    }
}
