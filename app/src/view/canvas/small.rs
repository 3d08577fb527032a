//! A design as a small picture: cards as blocks, links as lines.

use super::links::path;
use crate::editor::geometry::WorldRect;
use crate::editor::hit::curve_of;
use shared::design::Design;
use yew::prelude::*;

/// Space around the drawing, world units.
const MARGIN: f64 = 40.0;

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
            { for cards().map(|(node, rect)| html! {
                <rect class={classes!("small-card", node.settings.kind().name())}
                    x={rect.left.to_string()} y={rect.top.to_string()} rx="16"
                    width={rect.width().to_string()} height={rect.height().to_string()}/>
            }) }
        </svg>
    }
}
