//! Links: curves with an arrow.

use super::{CanvasProps, severity};
use crate::editor::geometry::Curve;
use crate::editor::hit::curve_of;
use crate::editor::{Item, Message};
use crate::i18n::{Arg, format, units};
use crate::view::when;
use shared::design::{Link, Place, Severity};
use shared::id::LinkId;
use wasm_bindgen::JsCast as _;
use web_sys::Element;
use yew::prelude::*;

/// A curve as the path data of SVG.
pub(crate) fn path(curve: &Curve) -> String {
    let [a, b, c, d] = curve.points;
    format!("M{} {} C{} {} {} {} {} {}", a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y)
}

/// One link.
pub(crate) fn link(props: &CanvasProps, id: LinkId, link: &Link) -> Html {
    let Some(curve) = curve_of(&props.design, link) else {
        return html! { <g key={id.0}/> };
    };
    let name = |id| props.design.node(id).map(|node| node.name.clone()).unwrap_or_default();
    let ends = [("from", Arg::from(name(link.from))), ("to", Arg::from(name(link.to)))];
    let label = format(props.locale, "link-label", &ends);
    let onfocus = when(&props.on_message, move |event: FocusEvent| {
        let element = event.target()?.dyn_into::<Element>().ok()?;
        element.matches(":focus-visible").ok()?.then_some(Message::FocusItem(Item::Link(id)))
    });
    let class = classes!(
        "link",
        props.selection.contains(Item::Link(id)).then_some("selected"),
        (severity(&props.issues, Place::Link(id)) == Some(Severity::Error)).then_some("has-error"),
    );
    let d = path(&curve);
    let middle = curve.at(0.5);
    let mean_ms = link.latency_law().mean_ms();
    let latency = if mean_ms > 0.0 { units::ms(mean_ms) } else { String::new() };
    html! {
        <g key={id.0} id={format!("link-{}", id.0)} {class} tabindex="0" role="img"
            aria-label={label} {onfocus}>
            <path class="link-reach" d={d.clone()}/>
            <path class="link-line" {d} marker-end="url(#arrow)"/>
            <text class="link-latency" x={middle.x.to_string()} y={(middle.y - 8.0).to_string()}>
                { latency }
            </text>
        </g>
    }
}
