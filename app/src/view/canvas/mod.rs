//! The drawing: dot grid, links, cards, and what the tool in use shows.

mod card;
mod chips;
mod dots;
mod kinds;
mod label;
mod layers;
mod links;
mod marks;
mod overlay;
mod sight;
mod small;
mod turns;

use crate::editor::geometry::{ScreenPoint, WorldPoint};
use crate::editor::tool::{Phase, PointerEvent as CanvasPointer, Tool, ToolState};
use crate::editor::{Message, Selection, Viewport};
use crate::i18n::{Locale, text};
use crate::shell::events;
use crate::view::same::Same;
use crate::view::when;
pub(crate) use dots::Dots;
pub(crate) use kinds::{design_line, traffic_curve};
use layers::{Cards, Links};
pub(crate) use marks::kind_key as mark_kind_key;
use shared::design::{Design, Issue};
use shared::sim::{Command, Frame};
use sight::Sight;
pub(crate) use small::small_picture;
use web_sys::Element;
use yew::prelude::*;

/// World units between the dots of the grid.
const DOTS: f64 = 24.0;
/// Below this zoom the dots are so near to each other that they are noise.
const DOTTED: f64 = 0.2;

/// The drawing.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CanvasProps {
    /// The element, so that the page can measure it.
    pub(crate) canvas: NodeRef,
    /// What is drawn.
    pub(crate) design: Same<Design>,
    /// What is wrong with it.
    pub(crate) issues: Same<Vec<Issue>>,
    /// What is selected.
    pub(crate) selection: Selection,
    /// Which part shows.
    pub(crate) viewport: Viewport,
    /// The tool in use.
    pub(crate) tool: Tool,
    /// Whether the grid shows.
    pub(crate) grid: bool,
    /// The run's newest picture.
    pub(crate) frame: Option<Same<Frame>>,
    /// Whether its simulated time passes.
    pub(crate) running: bool,
    /// The page's language.
    pub(crate) locale: Locale,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
    /// Tells the run.
    pub(crate) on_command: Callback<Command>,
    /// A menu is asked for, at a point of the window and of the canvas.
    pub(crate) on_menu: Callback<((i32, i32), ScreenPoint)>,
    /// A finger came down.
    pub(crate) on_finger: Callback<(i32, CanvasPointer)>,
}

/// The drawing.
#[component]
pub(crate) fn Canvas(props: &CanvasProps) -> Html {
    let CanvasProps { canvas, design, viewport, tool, locale, on_message, .. } = props;
    let onpointerdown = {
        let (canvas, on_finger) = (canvas.clone(), props.on_finger.clone());
        when(on_message, move |event: PointerEvent| {
            let element = canvas.cast::<Element>()?;
            let pointer = CanvasPointer {
                phase: Phase::Down(events::button(&event)?),
                at: events::point_in(&element, &event),
                modifiers: events::modifiers(&event),
            };
            if events::is_finger(&event) {
                on_finger.emit((event.pointer_id(), pointer));
                return None;
            }
            Some(Message::Pointer(pointer))
        })
    };
    let ondblclick = {
        let canvas = canvas.clone();
        when(on_message, move |event: MouseEvent| {
            let element = canvas.cast::<Element>()?;
            Some(Message::Activate(events::point_in(&element, &event)))
        })
    };
    // The middle button would begin the browser's own scrolling.
    let onmousedown = |event: MouseEvent| {
        if event.button() == 1 {
            event.prevent_default();
        }
    };
    let oncontextmenu = {
        let canvas = canvas.clone();
        when(&props.on_menu, move |event: MouseEvent| {
            event.prevent_default();
            let element = canvas.cast::<Element>()?;
            Some(((event.client_x(), event.client_y()), events::point_in(&element, &event)))
        })
    };
    let wire = match tool.state() {
        ToolState::Connect(connect) => connect.wire().map(|(from, _, over)| (from, over)),
        _ => None,
    };
    let sight = Sight::new(viewport, design.nodes.len());
    let zoom = viewport.zoom();
    let corner = viewport.screen(WorldPoint::default());
    let transform = format!("translate({:.2} {:.2}) scale({zoom:.4})", corner.x, corner.y);
    html! {
        <svg ref={canvas} id="canvas" class="canvas" style={format!("cursor:{}", tool.cursor())}
            tabindex="0" role="group" aria-label={text(*locale, "canvas-label")}
            aria-roledescription={text(*locale, "canvas-role")}
            {onpointerdown} {onmousedown} {oncontextmenu} {ondblclick}>
            { dot_grid(viewport, props.grid) }
            <g class={classes!("world", sight.is_far().then_some("far"))} {transform}>
                { marks::marks(props) }
                <Links design={design.clone()} issues={props.issues.clone()}
                    selection={props.selection.clone()} {sight} locale={*locale}
                    on_message={on_message.clone()}/>
                <Cards design={design.clone()} issues={props.issues.clone()}
                    selection={props.selection.clone()} {wire} {sight} frame={props.frame.clone()}
                    running={props.running} locale={*locale} on_message={on_message.clone()}
                    on_command={props.on_command.clone()}/>
                { overlay::overlay(design, tool, zoom) }
            </g>
        </svg>
    }
}

/// Dots at whole steps of the world; far out every fifth only, so that they never run together.
fn dot_grid(viewport: &Viewport, shown: bool) -> Html {
    let zoom = viewport.zoom();
    let step = if zoom < 0.5 { DOTS * 5.0 } else { DOTS } * zoom;
    let corner = viewport.screen(WorldPoint::default());
    let (x, y) = (corner.x.rem_euclid(step), corner.y.rem_euclid(step));
    let size = step.to_string();
    let fill = if shown && zoom >= DOTTED { "url(#dots)" } else { "none" };
    html! {
        <g class="grid" aria-hidden="true">
            <defs>
                <pattern id="dots" width={size.clone()} height={size} patternUnits="userSpaceOnUse"
                    patternTransform={format!("translate({x:.2} {y:.2})")}>
                    <circle class="dot" cx="1" cy="1" r="1"/>
                </pattern>
                <marker id="arrow" viewBox="0 0 8 8" refX="12" refY="4" markerWidth="10"
                    markerHeight="10" orient="auto-start-reverse" markerUnits="userSpaceOnUse">
                    <path class="arrow" d="M0.5 0.5 7.5 4 0.5 7.5Z"/>
                </marker>
            </defs>
            <rect class="paper" width="100%" height="100%" {fill}/>
        </g>
    }
}
