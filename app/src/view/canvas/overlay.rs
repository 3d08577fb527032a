//! What the tool in use shows above the drawing: the selection rectangle, the wire that is being
//! drawn, the ghost of a node that is being placed.

use super::links::path;
use crate::editor::Stencil;
use crate::editor::geometry::{Curve, WorldPoint, WorldRect, in_port, out_port};
use crate::editor::motion::Guide;
use crate::editor::tool::{ConnectState, SelectState, Tool, ToolState};
use crate::view::icons::Icon;
use shared::design::{Design, link_allowed};
use yew::prelude::*;

/// The layer above the drawing; empty while the tool rests.
pub(crate) fn overlay(design: &Design, tool: &Tool, zoom: f64) -> Html {
    let shown = match tool.state() {
        ToolState::Select(SelectState::Brushing { origin, corner, .. }) => {
            brush(&WorldRect::between(*origin, *corner), zoom)
        }
        ToolState::Connect(connect) => wire(design, connect),
        ToolState::Place(place) => match place.ghost {
            Some(at) => ghost(place.stencil, at),
            None => html! { <g/> },
        },
        ToolState::Select(SelectState::Translating { guides, .. }) => {
            let line = |(i, guide): (usize, &Guide)| {
                let [x1, y1, x2, y2] =
                    [guide.from.x, guide.from.y, guide.to.x, guide.to.y].map(|it| it.to_string());
                html! {
                    <line key={i} class="guide" {x1} {y1} {x2} {y2}
                        stroke-width={(1.0 / zoom).to_string()}/>
                }
            };
            html! { <g>{ for guides.iter().enumerate().map(line) }</g> }
        }
        ToolState::Select(_) | ToolState::Hand(_) => html! { <g/> },
    };
    html! { <g class="overlay" aria-hidden="true">{ shown }</g> }
}

fn brush(rect: &WorldRect, zoom: f64) -> Html {
    html! {
        <rect class="brush" x={rect.left.to_string()} y={rect.top.to_string()}
            width={rect.width().to_string()} height={rect.height().to_string()}
            stroke-width={(1.0 / zoom).to_string()}/>
    }
}

/// From the port to the pointer; over a card that may be linked, to its port.
fn wire(design: &Design, connect: &ConnectState) -> Html {
    let shown = connect.wire().and_then(|(from, end, over)| {
        let from = design.node(from)?;
        let target = over.and_then(|id| design.node(id));
        let target = target.filter(|to| link_allowed(from.settings.kind(), to.settings.kind()));
        let end = target.map(in_port).or(end)?;
        Some(path(&Curve::link(out_port(from)?, end)))
    });
    match shown {
        Some(d) => html! { <path class="wire" {d} marker-end="url(#arrow)"/> },
        None => html! { <g/> },
    }
}

fn ghost(stencil: Stencil, at: WorldPoint) -> Html {
    let (width, height) = stencil.size();
    let icon = match stencil {
        Stencil::Node(kind) => Icon::of(kind),
        Stencil::Mark(kind) => Icon::of_mark(kind),
    };
    let (x, y) = (at.x - width / 2.0, at.y - height / 2.0);
    html! {
        <g class="ghost" transform={format!("translate({x} {y})")}>
            <rect class="card-body" width={width.to_string()} height={height.to_string()} rx="10"/>
            { icon.draw(18.0, 18.0, 20.0) }
        </g>
    }
}
