//! Numbers that people write.

/// The number that `text` says in decimal digits. People also write `+5`, `.5`, `5.` and `05`, which
/// JSON does not know; words such as `inf` are no numbers, and neither is what no float can hold.
///
/// This is for fields and files that people fill in. The standard library's parser would do, but
/// its table of powers is 10 KB of the page, which has serde_json's parser already; both round to
/// the nearest float.
pub fn number(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let lacks_digits = exponent_digits.is_empty() || whole.is_empty() && fraction.is_empty();
    if lacks_digits || ![whole, fraction, exponent_digits].into_iter().all(is_digits) {
        return None;
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    // A zero more at the end of the fraction changes nothing.
    let json = format!("{sign}{whole}.{fraction}0e{exponent}");
    serde_json::from_str(&json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_write_is_read() {
        let cases = [
            ("5", 5.0),
            ("+5", 5.0),
            ("-05.50", -5.5),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e3", 1000.0),
            ("2.5E-03", 0.0025),
            ("000", 0.0),
            ("0.1", 0.1),
        ];
        for (text, value) in cases {
            assert_eq!(number(text), Some(value), "{text}");
        }
        let none = [
            "", ".", "+", "-", "e5", "5e", "5e+", " 5", "5 ", "5e 3", "1,5", "0x10", "inf", "NaN",
            "1e999", "--5", "5-", "1_000", "\u{665}",
        ];
        for text in none {
            assert_eq!(number(text), None, "{text:?}");
        }
    }

    proptest! {
        /// Bit for bit what the standard library says.
        #[test]
        fn every_float_comes_back(bits: u64, digits in 0_usize..20) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            for text in [value.to_string(), format!("{value:e}"), format!("{value:.digits$}")] {
                let expected = text.parse::<f64>().unwrap();
                prop_assert_eq!(number(&text).map(f64::to_bits), Some(expected.to_bits()), "{}", text);
            }
        }

        #[test]
        fn what_it_reads_the_standard_library_reads_too(text in "[-+.eE0-9 ]{0,12}") {
            let expected = text.parse::<f64>().ok().filter(|value| value.is_finite());
            prop_assert_eq!(number(&text), expected, "{}", text);
        }
    }
}
