//! Figures with their intervals, and theory beside them, in words.

use shared::experiment::{Summary, TheoryCheck};
use shared::theory::{Comparison, Verdict};
use std::fmt::Write as _;

/// The report of `simulate --replications`.
pub(crate) fn text(found: &Summary) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_summary(&mut out, found);
    let _ = write_theory(&mut out, &found.theory);
    out
}

fn write_summary(out: &mut String, found: &Summary) -> std::fmt::Result {
    writeln!(out, "{}: {} runs, 95 % intervals", found.design, found.replications)?;
    if found.scaled_by > 1 {
        writeln!(
            out,
            "one part of {0} was simulated; counts and costs are taken {0} times",
            found.scaled_by
        )?;
    }
    for estimate in &found.estimates {
        let figure = with_width(estimate.mean, estimate.half_width);
        writeln!(out, "{:<18}{figure}", estimate.metric.name())?;
    }
    if !found.sound {
        writeln!(out, "conservation or Little's law did not hold: please report this design")?;
    }
    for (seed, digest) in found.seeds.iter().zip(&found.digests) {
        writeln!(out, "digest        {digest} (seed {seed})")?;
    }
    Ok(())
}

/// What theory says of every part, and the verdicts.
pub(crate) fn write_theory(out: &mut String, checks: &[TheoryCheck]) -> std::fmt::Result {
    for check in checks {
        let Some(predicted) = &check.predicted else {
            if let Some(reason) = &check.reason {
                writeln!(out, "theory        {}: none, because {reason}", check.name)?;
            }
            continue;
        };
        writeln!(
            out,
            "theory        {}: {} ({}), {:.1} % busy",
            check.name,
            predicted.model.name,
            predicted.model.source,
            predicted.utilisation * 100.0
        )?;
        for comparison in &check.comparisons {
            let Comparison { quantity, predicted, predicted_max, measured, verdict } = comparison;
            let most = predicted_max.map_or(String::new(), |most| format!(" to {}", number(most)));
            writeln!(
                out,
                "  {:<12}predicted {}{most}, measured {}: {}",
                quantity.name(),
                number(*predicted),
                with_width(measured.value, measured.half_width),
                verdict_text(*verdict)
            )?;
        }
        if check.comparisons.is_empty() {
            writeln!(out, "  mean_ms     predicted {}", number(predicted.mean_ms))?;
        }
    }
    Ok(())
}

/// Theory's mean and the worst verdict, for a line of a table.
pub(crate) fn theory_in_short(checks: &[TheoryCheck]) -> String {
    let [check] = checks else { return "several parts".to_owned() };
    let Some(predicted) = &check.predicted else {
        return check.reason.as_ref().map_or(String::new(), ToString::to_string);
    };
    let verdicts = || check.comparisons.iter().map(|comparison| comparison.verdict);
    let worst = [Verdict::Differs, Verdict::TooShort, Verdict::Agrees];
    let worst = worst.into_iter().find(|worst| verdicts().any(|verdict| verdict == *worst));
    let verdict = worst.map_or("one run", verdict_text);
    let most = predicted.mean_max_ms.map_or(String::new(), |most| format!(" to {}", number(most)));
    format!("{}: mean {}{most}: {verdict}", predicted.model.name, number(predicted.mean_ms))
}

const fn verdict_text(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "agrees",
        Verdict::TooShort => "too short a run to tell",
        Verdict::Differs => "DIFFERS",
    }
}

/// A value with half the width of its interval, if there is one.
pub(crate) fn with_width(value: f64, half_width: Option<f64>) -> String {
    match half_width {
        Some(half_width) => format!("{} ± {}", number(value), number(half_width)),
        None => number(value),
    }
}

/// Four digits or so, whatever the size.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 0.01 => format!("{value:.2e}"),
        size if size < 1.0 => format!("{value:.4}"),
        size if size < 10.0 => format!("{value:.3}"),
        size if size < 1_000.0 => format!("{value:.2}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_their_digits() {
        let cases = [(0.0, "0"), (0.001_234, "1.23e-3"), (4.98765, "4.988"), (50.0, "50.00")];
        for (value, text) in cases {
            assert_eq!(number(value), text);
        }
        assert_eq!(with_width(12_345.6, Some(2.5)), "12346 ± 2.500");
        assert_eq!(with_width(0.5, None), "0.5000");
    }
}
