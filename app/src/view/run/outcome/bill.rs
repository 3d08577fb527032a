//! What the run cost, by part, and what a day and a month of it would.

use super::{line, part};
use crate::i18n::{self, Locale, units};
use shared::sim::RunResult;
use yew::prelude::*;

/// Hours of a month as vendors bill it.
const MONTH_HOURS: f64 = 730.0;

/// The bill by part; prices that nobody has verified are told.
pub(super) fn bill(locale: Locale, result: &RunResult) -> Html {
    let cost = &result.cost;
    let parts = [
        ("bill-servers", cost.instances_usd),
        ("bill-credits", cost.surplus_credits_usd),
        ("bill-balancers", cost.balancers_usd),
        ("bill-lcu", cost.lcu_usd),
        ("bill-data-out", cost.data_out_usd),
        ("bill-cloudwatch", cost.cloudwatch_usd),
    ];
    let rows = parts
        .into_iter()
        .filter(|&(_, usd)| usd > 0.0)
        .map(|(key, usd)| line(key.to_owned(), i18n::text(locale, key), units::usd(usd), None));
    let hours = result.simulated_s / 3_600.0;
    let hourly = if hours > 0.0 { cost.total_usd() / hours } else { 0.0 };
    let pace = [
        ("day", units::usd(hourly * 24.0).into()),
        ("month", units::usd(hourly * MONTH_HOURS).into()),
    ];
    let price = |price: &shared::cost::PriceUsed| {
        let amount = price.usd.map_or_else(
            || i18n::text(locale, "bill-price-unknown"),
            |usd| format!("{} / {}", units::usd(usd), price.per),
        );
        let doubt = if price.verified || price.usd.is_none() {
            String::new()
        } else {
            format!(" ({})", i18n::text(locale, "bill-unverified"))
        };
        html! {
            <li key={price.item.to_string()}>
                { format!("{}: {amount}{doubt}. {}, {}", price.item, price.source, price.date) }
            </li>
        }
    };
    let rows = html! {
        <>
            <dl>
                { for rows }
                { line("pace".to_owned(), i18n::text(locale, "bill-pace"),
                    i18n::format(locale, "bill-pace-value", &pace), None) }
            </dl>
            <details class="outcome-prices">
                <summary>{ i18n::text(locale, "bill-prices") }</summary>
                <ul>{ for result.prices.iter().map(price) }</ul>
            </details>
        </>
    };
    part(locale, "bill-title", rows)
}
