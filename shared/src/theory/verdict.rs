//! Theory beside measurement: does the run agree with the formula?
//!
//! Two questions differ. Is the difference small? And may it be chance? A run agrees when the
//! predicted value lies within a small tolerance of the measured one, or inside its 95 % interval
//! while that interval is narrow. A wide interval that holds the value proves nothing: the run was
//! too short.

use super::formulas::Predicted;
use crate::stats::Interval;
use serde::Serialize;

/// A quantity that theory predicts and a run measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Mean latency, milliseconds.
    MeanMs,
    /// Median latency, milliseconds.
    P50Ms,
    /// 95th percentile of latency, milliseconds.
    P95Ms,
    /// 99th percentile of latency, milliseconds.
    P99Ms,
    /// Share of the requests that fail, 0 to 1.
    Refused,
}

impl Quantity {
    /// The quantity's name in documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::MeanMs => "mean_ms",
            Self::P50Ms => "p50_ms",
            Self::P95Ms => "p95_ms",
            Self::P99Ms => "p99_ms",
            Self::Refused => "refused",
        }
    }

    /// Largest relative difference that counts as equal: a mean is steadier than a percentile.
    pub const fn tolerance(self) -> f64 {
        match self {
            Self::MeanMs | Self::P50Ms => 0.02,
            Self::P95Ms | Self::P99Ms | Self::Refused => 0.03,
        }
    }
}

/// What was measured of one quantity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Measured {
    /// The value.
    pub value: f64,
    /// Half the width of its 95 % interval, if the run was long enough for one.
    pub half_width: Option<f64>,
}

impl From<Interval> for Measured {
    fn from(interval: Interval) -> Self {
        Self { value: interval.mean, half_width: Some(interval.half_width) }
    }
}

/// Whether a run agrees with a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They are equal, as far as such a run can tell.
    Agrees,
    /// The interval holds the predicted value, but is so wide that it would hold many others.
    TooShort,
    /// They differ by more than chance and tolerance explain.
    Differs,
}

/// One quantity, predicted and measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// Which quantity.
    pub quantity: Quantity,
    /// What the formula says; the lower bound if `predicted_max` is there.
    pub predicted: f64,
    /// The upper bound, where the formula only bounds the value.
    pub predicted_max: Option<f64>,
    /// What the run says.
    pub measured: Measured,
    /// Whether they agree.
    pub verdict: Verdict,
}

/// Compares a prediction with what was measured; quantities that one side lacks are left out.
pub fn verdict(
    predicted: &Predicted,
    measured: impl Fn(Quantity) -> Option<Measured>,
) -> Vec<Comparison> {
    let values = [
        (Quantity::MeanMs, Some(predicted.mean_ms), predicted.mean_max_ms),
        (Quantity::P50Ms, predicted.p50_ms, None),
        (Quantity::P95Ms, predicted.p95_ms, None),
        (Quantity::P99Ms, predicted.p99_ms, None),
        (Quantity::Refused, Some(predicted.refused), None),
    ];
    let compare = |(quantity, value, most): (Quantity, Option<f64>, Option<f64>)| {
        let (value, measured) = (value?, measured(quantity)?);
        Some(Comparison {
            quantity,
            predicted: value,
            predicted_max: most,
            measured,
            verdict: judge(quantity, value, most.unwrap_or(value), measured),
        })
    };
    values.into_iter().filter_map(compare).collect()
}

/// Whether the measured value lies between two bounds, which are equal where the value is known.
fn judge(quantity: Quantity, least: f64, most: f64, measured: Measured) -> Verdict {
    /// Intervals wider than this many tolerances tell nothing.
    const WIDE: f64 = 5.0;
    /// Shares below it are equal to zero.
    const NEGLIGIBLE: f64 = 1e-6;
    let outside = (least - measured.value).max(measured.value - most).max(0.0);
    let allowed = quantity.tolerance() * least.abs().max(measured.value.abs()) + NEGLIGIBLE;
    let half_width = measured.half_width.unwrap_or(0.0);
    if measured.value.is_nan() || outside > allowed.max(half_width) {
        Verdict::Differs
    } else if outside <= allowed {
        Verdict::Agrees
    } else if half_width > WIDE * allowed {
        Verdict::TooShort
    } else {
        Verdict::Agrees
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        let at = |value, half_width| Measured { value, half_width };
        let cases = [
            // (measured, half width, verdict) for a predicted mean of 100.
            (101.0, None, Verdict::Agrees),
            (104.0, None, Verdict::Differs),
            (104.0, Some(5.0), Verdict::Agrees),
            (104.0, Some(3.0), Verdict::Differs),
            (130.0, Some(40.0), Verdict::TooShort),
            (f64::NAN, None, Verdict::Differs),
        ];
        for (value, half_width, expected) in cases {
            let got = judge(Quantity::MeanMs, 100.0, 100.0, at(value, half_width));
            assert_eq!(got, expected, "{value} {half_width:?}");
        }
        let bounded = |value| judge(Quantity::MeanMs, 10.0, 30.0, at(value, None));
        assert_eq!(bounded(20.0), Verdict::Agrees);
        assert_eq!(bounded(31.0), Verdict::Differs);
        assert_eq!(judge(Quantity::Refused, 0.0, 0.0, at(0.0, None)), Verdict::Agrees);
    }
}
