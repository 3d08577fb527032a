//! The origins as a table, and what an operator may want of each.

use super::{PartProps, words};
use crate::i18n::{Arg, Locale, format, text, units};
use crate::live::{Deed, Figures, Message, OriginStatus};
use crate::view::when;
use shared::origins::{ForcedHealth, OriginState};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// Columns, by the keys of their heads.
const COLUMNS: [&str; 9] = [
    "live-origin",
    "live-standing",
    "live-share",
    "live-rate",
    "live-latency",
    "live-errors",
    "live-state",
    "live-weight",
    "live-force",
];

/// The table.
#[component]
pub(super) fn Origins(props: &PartProps) -> Html {
    let locale = props.locale;
    let may = props.live.has_token() && !props.live.busy;
    html! {
        <section class="live-origins">
            <h2>{ text(locale, "live-origins") }</h2>
            <p hidden={props.live.has_token()}>{ text(locale, "live-needs-token") }</p>
            <div class="live-scroll" tabindex="0" role="group"
                aria-label={text(locale, "live-origins")}>
                <table>
                    <thead><tr>
                        { for COLUMNS.iter().map(|key| {
                            html! { <th key={*key} scope="col">{ text(locale, key) }</th> }
                        }) }
                    </tr></thead>
                    <tbody>
                        { for props.live.rows().map(|(origin, figures)| {
                            row(props, origin, figures, may)
                        }) }
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn row(props: &PartProps, origin: &OriginStatus, figures: Figures, may: bool) -> Html {
    let locale = props.locale;
    let (class, sign, word) = words::standing(&props.live.status, origin);
    let none = || "–".to_owned();
    let errors = figures.errors.filter(|share| *share > 0.0).map(|_| "live-bad");
    html! {
        <tr key={origin.id.clone()} data-row={origin.id.clone()}>
            <th scope="row" title={origin.url.clone()}>{ &origin.id }</th>
            <td class={classes!("live-standing", class)}>
                { format!("{sign} {}", text(locale, word)) }
            </td>
            <td>{ figures.share.map_or_else(none, units::percent) }</td>
            <td>{ units::rate_per_s(locale, figures.rate_per_s) }</td>
            <td>{ figures.latency_ms.map_or_else(none, units::ms) }</td>
            <td class={classes!(errors)}>{ figures.errors.map_or_else(none, units::percent) }</td>
            <td>{ state(props, origin, may) }</td>
            <td>{ weight(props, origin, may) }</td>
            <td>{ force(props, origin, may) }</td>
        </tr>
    }
}

fn label(locale: Locale, key: &'static str, origin: &OriginStatus) -> String {
    format(locale, key, &[("origin", Arg::from(origin.id.clone()))])
}

/// A menu of what can be wanted; `chosen` is the value that holds.
fn select(
    props: &PartProps,
    origin: &OriginStatus,
    may: bool,
    name: (&'static str, &'static str),
    options: &[(&'static str, &'static str)],
    chosen: &'static str,
    deed: fn(&str) -> Deed,
) -> Html {
    let (id, key) = name;
    let origin_id = origin.id.clone();
    let onchange = when(&props.send, move |event: Event| {
        let select = event.target_dyn_into::<HtmlSelectElement>()?;
        Some(Message::Do(origin_id.clone(), deed(&select.value())))
    });
    html! {
        <select disabled={!may} {onchange} data-deed={id}
            aria-label={label(props.locale, key, origin)}>
            { for options.iter().map(|(value, word)| html! {
                <option key={*value} value={*value} selected={*value == chosen}>
                    { text(props.locale, word) }
                </option>
            }) }
        </select>
    }
}

fn state(props: &PartProps, origin: &OriginStatus, may: bool) -> Html {
    let options =
        [("ready", "live-ready"), ("drain", "live-draining"), ("maintenance", "live-maintenance")];
    let chosen = match origin.state {
        OriginState::Ready => "ready",
        OriginState::Drain => "drain",
        OriginState::Maintenance => "maintenance",
    };
    select(props, origin, may, ("state", "live-state-of"), &options, chosen, |value| {
        Deed::State(match value {
            "drain" => OriginState::Drain,
            "maintenance" => OriginState::Maintenance,
            _ => OriginState::Ready,
        })
    })
}

fn force(props: &PartProps, origin: &OriginStatus, may: bool) -> Html {
    let options = [
        ("", "live-as-probed"),
        ("healthy", "live-force-healthy"),
        ("unhealthy", "live-force-unhealthy"),
    ];
    let chosen = match origin.wanted.health {
        None => "",
        Some(ForcedHealth::Healthy) => "healthy",
        Some(ForcedHealth::Unhealthy) => "unhealthy",
    };
    select(props, origin, may, ("force", "live-force-of"), &options, chosen, |value| {
        Deed::Health(match value {
            "healthy" => Some(ForcedHealth::Healthy),
            "unhealthy" => Some(ForcedHealth::Unhealthy),
            _ => None,
        })
    })
}

fn weight(props: &PartProps, origin: &OriginStatus, may: bool) -> Html {
    let id = origin.id.clone();
    let on_weight = props.send.reform(move |weight| Message::Do(id.clone(), Deed::Weight(weight)));
    let label = label(props.locale, "live-weight-of-origin", origin);
    html! { <Weight weight={origin.weight} disabled={!may} {label} {on_weight}/> }
}

#[derive(Clone, PartialEq, Properties)]
struct WeightProps {
    weight: u32,
    disabled: bool,
    label: String,
    on_weight: Callback<u32>,
}

/// The field of a weight. What is being typed stays while news of the origin come in.
#[component]
fn Weight(props: &WeightProps) -> Html {
    let draft = use_state_eq(|| None::<String>);
    let value = draft.as_ref().map_or_else(|| props.weight.to_string(), String::clone);
    let oninput = {
        let draft = draft.setter();
        move |event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            draft.set(Some(field.value()));
        }
    };
    let onchange = when(&props.on_weight, |event: Event| {
        event.target_dyn_into::<HtmlInputElement>()?.value().parse().ok()
    });
    let onblur = {
        let draft = draft.setter();
        move |_: FocusEvent| draft.set(None)
    };
    html! {
        <input type="number" min="0" max="1000" step="1" disabled={props.disabled} {value}
            data-deed="weight" aria-label={props.label.clone()} {oninput} {onchange} {onblur}/>
    }
}
