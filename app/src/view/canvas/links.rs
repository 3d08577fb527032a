//! Links: curves with an arrow.

use crate::editor::geometry::Curve;
use crate::editor::hit::curve_between;
use crate::editor::{Item, Message};
use crate::i18n::{Arg, Locale, format, units};
use crate::view::when;
use shared::design::{Link, Node};
use shared::id::LinkId;
use std::sync::Arc;
use wasm_bindgen::JsCast as _;
use web_sys::Element;
use yew::prelude::*;

/// The lines of those links that show as lines among others, as the path data of SVG.
pub(super) fn grouped_path(links: &[LinkProps]) -> String {
    let grouped = links.iter().filter(|link| link.look == LinkLook::Grouped);
    grouped.filter_map(|link| curve_between(&link.from, &link.to)).map(|it| path(&it)).collect()
}

/// A curve as the path data of SVG.
pub(crate) fn path(curve: &Curve) -> String {
    let [a, b, c, d] = curve.points;
    format!("M{} {} C{} {} {} {} {} {}", a.x, a.y, b.x, b.y, c.x, c.y, d.x, d.y)
}

/// How a link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkLook {
    /// With its arrow and its latency.
    Full,
    /// A line and nothing else.
    Line,
    /// A line among others: their group paints them as one. A browser paints one path of a hundred
    /// curves in half the time of a hundred paths.
    Grouped,
}

/// One link.
#[derive(Clone, Properties)]
pub(super) struct LinkProps {
    /// Its identity.
    pub(super) id: LinkId,
    /// What it is.
    pub(super) link: Link,
    /// Where it begins.
    pub(super) from: Arc<Node>,
    /// Where it ends.
    pub(super) to: Arc<Node>,
    /// How it shows.
    pub(super) look: LinkLook,
    /// Whether it is selected.
    pub(super) selected: bool,
    /// Whether something is wrong with it.
    pub(super) wrong: bool,
    /// The page's language.
    pub(super) locale: Locale,
    /// Tells the editor.
    pub(super) on_message: Callback<Message>,
}

/// Nodes count as the same while they are the same object: see [`crate::view::same`].
impl PartialEq for LinkProps {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.from, &other.from)
            && Arc::ptr_eq(&self.to, &other.to)
            && (self.id, self.look, self.selected, self.wrong, self.locale)
                == (other.id, other.look, other.selected, other.wrong, other.locale)
            && self.link == other.link
            && self.on_message == other.on_message
    }
}

/// One link.
#[component]
pub(super) fn LinkView(props: &LinkProps) -> Html {
    let LinkProps { id, link, from, to, selected, wrong, .. } = props;
    let id = *id;
    let Some(curve) = curve_between(from, to) else {
        return html! { <g/> };
    };
    let ends = [("from", Arg::from(from.name.clone())), ("to", Arg::from(to.name.clone()))];
    let label = format(props.locale, "link-label", &ends);
    let onfocus = when(&props.on_message, move |event: FocusEvent| {
        let element = event.target()?.dyn_into::<Element>().ok()?;
        element.matches(":focus-visible").ok()?.then_some(Message::FocusItem(Item::Link(id)))
    });
    let class = classes!("link", selected.then_some("selected"), wrong.then_some("has-error"));
    let inside = match props.look {
        LinkLook::Full => whole(&curve, link),
        LinkLook::Line => html! { <path class="link-line" d={path(&curve)}/> },
        LinkLook::Grouped => Html::default(),
    };
    html! {
        <g id={format!("link-{}", id.0)} {class} tabindex="0" role="img" aria-label={label} {onfocus}>
            { inside }
        </g>
    }
}

/// The line with what it can be pressed at, its arrow and its latency.
fn whole(curve: &Curve, link: &Link) -> Html {
    let d = path(curve);
    let middle = curve.at(0.5);
    let mean_ms = link.latency_law().mean_ms();
    let latency = if mean_ms > 0.0 { units::ms(mean_ms) } else { String::new() };
    html! {
        <>
            <path class="link-reach" d={d.clone()}/>
            <path class="link-line" {d} marker-end="url(#arrow)"/>
            <text class="link-latency" x={middle.x.to_string()} y={(middle.y - 8.0).to_string()}>
                { latency }
            </text>
        </>
    }
}
