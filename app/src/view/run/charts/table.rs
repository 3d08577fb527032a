//! A chart as a table, for those who do not see it or want the numbers.

use super::samples::Sample;
use super::spec::{Chart, Fixed};
use super::{line_name, value_text};
use crate::i18n::{self, Locale, units};
use shared::time::Timestamp;
use yew::prelude::*;

/// The samples that the chart draws, newest first.
pub(super) fn table(
    locale: Locale,
    chart: Chart,
    fixed: &Fixed,
    starts_at_s: u32,
    samples: &[Sample],
) -> Html {
    let heads = chart.lines(fixed).into_iter().map(|line| {
        html! { <th scope="col">{ line_name(locale, &line) }</th> }
    });
    let row = |sample: &Sample| {
        let at_s = sample.last.at_s;
        let values = chart.values(sample, fixed).into_iter();
        html! {
            <tr key={at_s}>
                <th scope="row">
                    { units::clock(starts_at_s, Timestamp::from_s(u64::from(at_s))) }
                </th>
                { for values.map(|value| html! { <td>{ value_text(chart, value) }</td> }) }
            </tr>
        }
    };
    html! {
        <div class="chart-table" tabindex="0">
            <table>
                <caption class="visually-hidden">{ i18n::text(locale, chart.title()) }</caption>
                <thead>
                    <tr><th scope="col">{ i18n::text(locale, "chart-time") }</th>{ for heads }</tr>
                </thead>
                <tbody>{ for samples.iter().rev().map(row) }</tbody>
            </table>
        </div>
    }
}
