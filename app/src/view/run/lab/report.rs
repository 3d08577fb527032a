//! What an experiment has found: a verdict in words, and a table.

use super::chart::SweepChart;
use crate::i18n::{self, Arg, Locale, units};
use crate::run::{LabState, Question};
use crate::shell::files;
use serde_json::json;
use shared::experiment::{Difference, DifferenceVerdict, Estimate, Metric, Summary};
use std::rc::Rc;
use yew::prelude::*;

/// The figures of the tables.
const SHOWN: [Metric; 6] = [
    Metric::MeanMs,
    Metric::P50Ms,
    Metric::P99Ms,
    Metric::ThroughputPerS,
    Metric::Failed,
    Metric::CostUsd,
];

/// The report, or what to do to get one.
pub(super) fn report(locale: Locale, state: &LabState) -> Html {
    let Some(question) = state.question.filter(|_| !state.summaries.is_empty()) else {
        return html! { <p class="lab-empty">{ i18n::text(locale, "lab-empty") }</p> };
    };
    let sound = state.summaries.iter().all(|summary| summary.sound);
    let scale = state.summaries.first().map_or(1, |summary| summary.scaled_by);
    let body = match question {
        Question::Compare => comparison(locale, state),
        Question::Repeat => repetition(locale, state),
        Question::Sweep => sweep(locale, state),
    };
    html! {
        <section class="lab-found" aria-label={i18n::text(locale, "lab-report")}>
            { body }
            if scale > 1 {
                <p class="lab-note" data-lab="scaled">
                    { i18n::format(locale, "lab-scaled", &[("scale", Arg::from(u64::from(scale)))]) }
                </p>
            }
            <p class="lab-note">
                { i18n::text(locale, if sound { "lab-sound" } else { "lab-unsound" }) }
                { " " }
                <button type="button" onclick={download(state)} data-action="lab-json">
                    { "JSON" }
                </button>
            </p>
        </section>
    }
}

/// Everything that was found, as a file.
fn download(state: &LabState) -> Callback<MouseEvent> {
    let (names, summaries) = (Rc::clone(&state.names), Rc::clone(&state.summaries));
    let differences = Rc::clone(&state.differences);
    Callback::from(move |_: MouseEvent| {
        let report = json!({
            "names": *names, "summaries": *summaries, "differences": *differences,
        });
        // A browser that offers no files says so by itself.
        let _offered =
            files::download("gomujul-experiment.json", "application/json", &report.to_string());
    })
}

fn repetition(locale: Locale, state: &LabState) -> Html {
    let Some(summary) = state.summaries.first() else { return html! { <div/> } };
    let rows = SHOWN.into_iter().map(|metric| {
        html! {
            <tr key={metric.name()} data-metric={metric.name()}>
                <th scope="row">{ i18n::text(locale, metric_key(metric)) }</th>
                <td>{ estimate_text(locale, summary, metric) }</td>
            </tr>
        }
    });
    html! {
        <table class="lab-table">
            <thead><tr>
                <th scope="col"></th>
                <th scope="col">{ i18n::text(locale, "lab-estimate") }</th>
            </tr></thead>
            <tbody>{ for rows }</tbody>
        </table>
    }
}

fn comparison(locale: Locale, state: &LabState) -> Html {
    let head = |number: usize| {
        let name = state.names.get(number).and_then(|name| name.first()).cloned();
        format!(
            "{}: {}",
            ["A", "B"].get(number).copied().unwrap_or_default(),
            name.unwrap_or_default()
        )
    };
    let cell = |number: usize, metric| {
        let summary = state.summaries.get(number);
        summary.map_or_else(String::new, |summary| estimate_text(locale, summary, metric))
    };
    let rows = SHOWN.into_iter().map(|metric| {
        let difference = state.differences.iter().find(|it| it.metric == metric);
        html! {
            <tr key={metric.name()} data-metric={metric.name()}
                data-verdict={difference.map(|it| verdict_key(it.verdict))}>
                <th scope="row">{ i18n::text(locale, metric_key(metric)) }</th>
                <td>{ cell(0, metric) }</td>
                <td>{ cell(1, metric) }</td>
                <td>{ difference.map(|it| difference_text(locale, it)) }</td>
                <td>{ difference.map(|it| i18n::text(locale, verdict_key(it.verdict))) }</td>
            </tr>
        }
    });
    let heads = [String::new(), head(0), head(1)].into_iter();
    let heads = heads.chain(["lab-difference", "lab-verdict"].map(|key| i18n::text(locale, key)));
    html! {
        <>
            <p class="lab-headline" data-lab="verdict">{ headline(locale, state) }</p>
            <table class="lab-table">
                <thead><tr>{ for heads.map(|head| html! { <th scope="col">{ head }</th> }) }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </>
    }
}

/// The verdict in a sentence: that on the 99th percentile, where most designs are judged.
fn headline(locale: Locale, state: &LabState) -> String {
    let found = state.differences.iter().find(|it| it.metric == Metric::P99Ms);
    let Some(found) = found else { return i18n::text(locale, "lab-more-pairs") };
    let key = match found.verdict {
        DifferenceVerdict::Better => "lab-b-better",
        DifferenceVerdict::Worse => "lab-b-worse",
        DifferenceVerdict::NoDifference => "lab-b-same",
    };
    let pairs = state.summaries.iter().map(|summary| summary.replications).min().unwrap_or(0);
    let args = [
        ("metric", Arg::from(i18n::text(locale, metric_key(found.metric)))),
        ("difference", Arg::from(difference_text(locale, found))),
        ("pairs", Arg::from(pairs)),
    ];
    i18n::format(locale, key, &args)
}

fn sweep(locale: Locale, state: &LabState) -> Html {
    let heads = SHOWN.into_iter().map(|metric| i18n::text(locale, metric_key(metric)));
    let row = |(number, summary): (usize, &Summary)| {
        let name = state.names.get(number).map(|values| values.join(" · ")).unwrap_or_default();
        html! {
            <tr key={number} data-point={name.clone()}>
                <th scope="row">{ name }</th>
                { for SHOWN.into_iter().map(|metric| html! {
                    <td>{ estimate_text(locale, summary, metric) }</td>
                }) }
            </tr>
        }
    };
    html! {
        <>
            <SweepChart names={Rc::clone(&state.names)} summaries={Rc::clone(&state.summaries)} />
            <table class="lab-table">
                <thead><tr>
                    <th scope="col"></th>
                    { for heads.map(|head| html! { <th scope="col">{ head }</th> }) }
                </tr></thead>
                <tbody>{ for state.summaries.iter().enumerate().map(row) }</tbody>
            </table>
        </>
    }
}

/// A figure of a summary.
pub(super) fn estimate(summary: &Summary, metric: Metric) -> Option<&Estimate> {
    summary.estimates.iter().find(|estimate| estimate.metric == metric)
}

/// `120 ms ± 4 ms`.
fn estimate_text(locale: Locale, summary: &Summary, metric: Metric) -> String {
    let Some(found) = estimate(summary, metric) else { return "–".to_owned() };
    let mean = value_text(locale, metric, found.mean);
    match found.half_width {
        Some(half_width) => format!("{mean} ± {}", value_text(locale, metric, half_width)),
        None => mean,
    }
}

/// `−15.7 ms ± 0.9 ms (−54 %)`.
fn difference_text(locale: Locale, difference: &Difference) -> String {
    let Difference { metric, mean, half_width, relative, .. } = *difference;
    let sign = |value: f64| if value < 0.0 { "−" } else { "+" };
    let (size, width) =
        (value_text(locale, metric, mean.abs()), value_text(locale, metric, half_width));
    let relative =
        relative.map(|share| format!(" ({}{})", sign(share), units::percent(share.abs())));
    format!("{}{size} ± {width}{}", sign(mean), relative.unwrap_or_default())
}

/// A value in the unit of its figure.
pub(super) fn value_text(locale: Locale, metric: Metric, value: f64) -> String {
    match metric {
        Metric::MeanMs | Metric::P50Ms | Metric::P95Ms | Metric::P99Ms | Metric::P999Ms => {
            units::ms(value)
        }
        Metric::ThroughputPerS => units::rate_per_s(locale, value),
        Metric::Failed => units::percent(value),
        Metric::CostUsd => units::usd(value),
    }
}

/// Key of a figure's name.
pub(super) const fn metric_key(metric: Metric) -> &'static str {
    match metric {
        Metric::MeanMs => "metric-mean",
        Metric::P50Ms => "metric-p50",
        Metric::P95Ms => "metric-p95",
        Metric::P99Ms => "metric-p99",
        Metric::P999Ms => "metric-p999",
        Metric::ThroughputPerS => "metric-throughput",
        Metric::Failed => "metric-failed",
        Metric::CostUsd => "metric-cost",
    }
}

const fn verdict_key(verdict: DifferenceVerdict) -> &'static str {
    match verdict {
        DifferenceVerdict::Better => "lab-better",
        DifferenceVerdict::Worse => "lab-worse",
        DifferenceVerdict::NoDifference => "lab-no-difference",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_sign_interval_and_share() {
        let difference = Difference {
            metric: Metric::MeanMs,
            mean: -15.7,
            half_width: 0.9,
            relative: Some(-0.54),
            verdict: DifferenceVerdict::Better,
        };
        let plain = difference_text(Locale::En, &difference).replace(units::NARROW_SPACE, " ");
        assert_eq!(plain, "−15.7 ms ± 0.9 ms (−54 %)");
        let cost = Difference { metric: Metric::CostUsd, mean: 0.5, relative: None, ..difference };
        assert_eq!(difference_text(Locale::En, &cost), "+$0.500 ± $0.900");
    }
}
