//! A design as a small picture: cards as blocks with the icon of their kind, links as lines.

use super::links::path;
use crate::editor::geometry::WorldRect;
use crate::editor::hit::curve_of;
use crate::view::icons::Icon;
use shared::design::{Design, Node};
use yew::prelude::*;

/// Space around the drawing, world units.
const MARGIN: f64 = 40.0;
/// An icon's size over its card's shorter side.
const ICON_SHARE: f64 = 0.6;

/// The picture.
pub(crate) fn small_picture(design: &Design) -> Html {
    let cards = || design.nodes.values().map(|node| (node, WorldRect::of_node(node)));
    let all = WorldRect::around(cards().map(|(_, rect)| rect)).map(|all| all.grown(MARGIN));
    let Some(all) = all else { return html! { <svg class="small-picture" viewBox="0 0 1 1"/> } };
    let view_box = format!("{} {} {} {}", all.left, all.top, all.width(), all.height());
    let links = design.links.values().filter_map(|link| curve_of(design, link));
    html! {
        <svg class="small-picture" viewBox={view_box} aria-hidden="true">
            { for links.map(|curve| html! { <path class="small-link" d={path(&curve)}/> }) }
            { for cards().map(|(node, rect)| card(node, rect)) }
        </svg>
    }
}

fn card(node: &Node, rect: WorldRect) -> Html {
    let size = rect.width().min(rect.height()) * ICON_SHARE;
    let (x, y) = ((rect.left + rect.right - size) / 2.0, (rect.top + rect.bottom - size) / 2.0);
    html! {
        <>
            <rect class="small-card" x={rect.left.to_string()} y={rect.top.to_string()} rx="16"
                width={rect.width().to_string()} height={rect.height().to_string()}/>
            <g class="small-icon">{ Icon::of(node.settings.kind()).draw(x, y, size) }</g>
        </>
    }
}
