//! What queueing theory says of the drawn parts, beside what was measured.

use super::{line, part};
use crate::i18n::{self, Locale, units};
use shared::experiment::TheoryCheck;
use shared::theory::{Comparison, Quantity, Reason, Verdict};
use yew::prelude::*;

/// A formula's values with verdicts, or why no formula applies. A run in which a person stepped in
/// (`touched`) is no longer what the formula describes.
pub(super) fn theory(locale: Locale, checks: &[TheoryCheck], touched: bool) -> Html {
    let rows = if touched {
        html! { <p class="outcome-note">{ i18n::text(locale, "theory-touched") }</p> }
    } else if checks.is_empty() {
        html! { <p class="outcome-note">{ i18n::text(locale, "theory-nothing") }</p> }
    } else {
        html! { <div>{ for checks.iter().map(|check| part_of_design(locale, check)) }</div> }
    };
    part(locale, "theory-title", rows)
}

fn part_of_design(locale: Locale, check: &TheoryCheck) -> Html {
    let Some(predicted) = &check.predicted else {
        let reason = check.reason.as_ref().map(|reason| say_reason(locale, reason));
        let args =
            [("name", check.name.as_str().into()), ("reason", reason.unwrap_or_default().into())];
        let words = i18n::format(locale, "theory-none", &args);
        return html! { <p key={check.node.0} class="outcome-note">{ words }</p> };
    };
    let args = [
        ("name", check.name.as_str().into()),
        ("model", predicted.model.name.as_str().into()),
        ("busy", units::percent(predicted.utilisation).into()),
    ];
    html! {
        <div key={check.node.0}>
            <p class="outcome-note" title={predicted.model.source}>
                { i18n::format(locale, "theory-model", &args) }
            </p>
            <dl>{ for check.comparisons.iter().map(|it| comparison(locale, it)) }</dl>
        </div>
    }
}

fn comparison(locale: Locale, comparison: &Comparison) -> Html {
    let Comparison { quantity, predicted, predicted_max, measured, verdict } = *comparison;
    let number = |value| match quantity {
        Quantity::Refused => units::percent(value),
        _ => units::ms(value),
    };
    let predicted = match predicted_max {
        Some(most) => format!("{} – {}", number(predicted), number(most)),
        None => number(predicted),
    };
    let (key, good) = match verdict {
        Verdict::Agrees => ("theory-agrees", Some(true)),
        Verdict::TooShort => ("theory-too-short", None),
        Verdict::Differs => ("theory-differs", Some(false)),
    };
    let args = [
        ("predicted", predicted.into()),
        ("measured", number(measured.value).into()),
        ("verdict", i18n::text(locale, key).into()),
    ];
    let what = i18n::text(locale, quantity_key(quantity));
    let value = i18n::format(locale, "theory-comparison", &args);
    line(quantity.name().to_owned(), what, value, good)
}

const fn quantity_key(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::MeanMs => "theory-mean",
        Quantity::P50Ms => "theory-p50",
        Quantity::P95Ms => "theory-p95",
        Quantity::P99Ms => "theory-p99",
        Quantity::Refused => "theory-refused",
    }
}

fn say_reason(locale: Locale, reason: &Reason) -> String {
    let words = |key| i18n::text(locale, key);
    match reason {
        Reason::RateVaries => words("reason-rate-varies"),
        Reason::ClosedLoop => words("reason-closed-loop"),
        Reason::NoTraffic => words("reason-no-traffic"),
        Reason::SeveralTargets => words("reason-several-targets"),
        Reason::Mixed => words("reason-mixed"),
        Reason::SeveralStages => words("reason-several-stages"),
        Reason::ScalingPolicies => words("reason-scaling-policies"),
        Reason::NoServers => words("reason-no-servers"),
        Reason::Policy { .. } => words("reason-policy"),
        Reason::ServiceLaw => words("reason-service-law"),
        Reason::UnknownLaw => words("reason-unknown-law"),
        Reason::Arrivals => words("reason-arrivals"),
        Reason::ServerShape => words("reason-server-shape"),
        Reason::Setting { .. } => words("reason-setting"),
        Reason::Faults => words("reason-faults"),
        Reason::Unstable { utilisation } => {
            let load = [("load", units::percent(*utilisation).into())];
            i18n::format(locale, "reason-unstable", &load)
        }
        Reason::Value { .. } => words("reason-value"),
    }
}
