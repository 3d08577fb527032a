//! The drawing of the Worker: who is healthy, who gets how much, how quick and how well.

use super::{PartProps, words};
use crate::i18n::{Arg, Locale, format, text, units};
use crate::live::{CARD_HEIGHT, CARD_WIDTH, Card, Figures, OriginStatus, Picture};
use yew::prelude::*;

/// The drawing. Its words are in the table beside it, so it is one picture to assistive technology.
#[component]
pub(super) fn LivePicture(props: &PartProps) -> Html {
    let PartProps { live, locale, .. } = props;
    let locale = *locale;
    let picture = Picture::of(live);
    let rate: f64 = live.figures.iter().map(|figures| figures.rate_per_s).sum();
    let wire = |wire: &crate::live::Wire| {
        let class = if wire.is_used { "live-wire used" } else { "live-wire" };
        html! { <path {class} d={wire.path.clone()} stroke-width={format!("{:.1}", wire.width)}/> }
    };
    let view_box = format!("0 0 {:.0} {:.0}", picture.width, picture.height);
    html! {
        <section class="live-picture">
            <svg viewBox={view_box} role="img" aria-label={text(locale, "live-picture")}
                style={format!("max-width: {:.0}px", picture.width)}>
                <g>{ for picture.wires.iter().map(wire) }</g>
                { hub(picture.clients, &text(locale, "live-clients"),
                    &units::rate_per_s(locale, rate)) }
                { hub(picture.balancer, &live.status.name, &text(locale, "kind-balancer")) }
                { for picture.origins.iter().zip(live.rows()).map(|(card, (origin, figures))| {
                    origin_card(locale, *card, words::standing(&live.status, origin), origin, figures)
                }) }
            </svg>
        </section>
    }
}

fn hub(at: Card, name: &str, note: &str) -> Html {
    let transform = format!("translate({:.0} {:.0})", at.x, at.y);
    html! {
        <g {transform} class="live-card">
            <rect width="150" height={CARD_HEIGHT.to_string()} rx="8"/>
            <text x="14" y="32" class="live-name">{ name }</text>
            <text x="14" y="54">{ note }</text>
        </g>
    }
}

fn origin_card(
    locale: Locale,
    at: Card,
    (class, sign, word): (&'static str, &'static str, &'static str),
    origin: &OriginStatus,
    figures: Figures,
) -> Html {
    let transform = format!("translate({:.0} {:.0})", at.x, at.y);
    let share = figures.share.map_or_else(|| "–".to_owned(), units::percent);
    let latency = figures.latency_ms.map_or_else(|| "–".to_owned(), units::ms);
    let errors = figures.errors.map_or_else(|| "–".to_owned(), units::percent);
    let line = format(
        locale,
        "live-card",
        &[("share", Arg::from(share)), ("latency", latency.into()), ("errors", errors.into())],
    );
    html! {
        <g {transform} class={classes!("live-card", class)} data-origin={origin.id.clone()}>
            <rect width={CARD_WIDTH.to_string()} height={CARD_HEIGHT.to_string()} rx="8"/>
            <rect class="live-band" width="6" height={CARD_HEIGHT.to_string()} rx="3"/>
            <text x="18" y="27" class="live-name">{ &origin.id }</text>
            <text x="226" y="27" text-anchor="end" class="live-standing">
                { format!("{sign} {}", text(locale, word)) }
            </text>
            <text x="18" y="56">{ line }</text>
        </g>
    }
}
