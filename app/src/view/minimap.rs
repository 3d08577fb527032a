//! The whole drawing small, with the part that shows; a press or a drag looks elsewhere.

use crate::editor::geometry::{WorldPoint, WorldRect};
use crate::editor::{Message, Viewport};
use crate::i18n::{Locale, text};
use crate::view::same::Same;
use shared::design::Design;
use std::fmt::Write as _;
use web_sys::Element;
use yew::prelude::*;

/// Its size, pixels.
const WIDTH: f64 = 168.0;
/// Its size, pixels.
const HEIGHT: f64 = 108.0;
/// Space around the drawing, world units.
const MARGIN: f64 = 40.0;

/// The map.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct MinimapProps {
    /// What is drawn.
    pub(crate) design: Same<Design>,
    /// Which part shows.
    pub(crate) viewport: Viewport,
    /// The page's language.
    pub(crate) locale: Locale,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
}

/// The rectangle around all cards, and all cards as one path: five hundred elements would cost each
/// move of the canvas.
fn cards_of(design: &Design) -> (Option<WorldRect>, AttrValue) {
    let cards = design.nodes.values().map(|node| WorldRect::of_node(node));
    let mut path = String::new();
    for card in cards.clone() {
        let (width, height) = (card.width(), card.height());
        // Writing to a string cannot fail.
        let _ = write!(path, "M{} {}h{width}v{height}h-{width}z", card.left, card.top);
    }
    (WorldRect::around(cards), path.into())
}

/// The map. It shows only while some card is out of sight: else it would tell nothing.
#[component]
pub(crate) fn Minimap(props: &MinimapProps) -> Html {
    let map = use_node_ref();
    let visible = props.viewport.visible();
    let cards = use_memo(props.design.clone(), |design| cards_of(design));
    let all = cards.0;
    let hidden = all.is_none_or(|all| {
        visible.contains(WorldPoint::new(all.left, all.top))
            && visible.contains(WorldPoint::new(all.right, all.bottom))
    });
    let Some(world) = all.and_then(|all| WorldRect::around([all, visible])) else {
        return html! { <div class="float minimap" hidden=true/> };
    };
    let (left, top) = (world.left - MARGIN, world.top - MARGIN);
    let (width, height) = (world.width() + 2.0 * MARGIN, world.height() + 2.0 * MARGIN);
    let scale = (WIDTH / width).min(HEIGHT / height);
    // The drawing lies in the middle of the map.
    let origin = WorldPoint::new(
        left - (WIDTH / scale - width) / 2.0,
        top - (HEIGHT / scale - height) / 2.0,
    );
    let look = {
        let (map, on_message) = (map.clone(), props.on_message.clone());
        Callback::from(move |event: PointerEvent| {
            // Bit 0: the primary button is down.
            if event.buttons() & 1 == 0 {
                return;
            }
            let Some(element) = map.cast::<Element>() else { return };
            let rect = element.get_bounding_client_rect();
            let x = (f64::from(event.client_x()) - rect.left()) / scale + origin.x;
            let y = (f64::from(event.client_y()) - rect.top()) / scale + origin.y;
            on_message.emit(Message::LookAt(WorldPoint::new(x, y)));
        })
    };
    let rect = |class: &'static str, rect: &WorldRect| {
        html! {
            <rect {class} x={rect.left.to_string()} y={rect.top.to_string()} rx="6"
                width={rect.width().to_string()} height={rect.height().to_string()}/>
        }
    };
    let view_box = format!("{} {} {} {}", origin.x, origin.y, WIDTH / scale, HEIGHT / scale);
    html! {
        <div class="float minimap" {hidden}>
            <svg ref={map} width={WIDTH.to_string()} height={HEIGHT.to_string()} viewBox={view_box}
                role="img" aria-label={text(props.locale, "minimap-label")}
                onpointerdown={look.clone()} onpointermove={look}>
                <path class="minimap-card" d={cards.1.clone()}/>
                { rect("minimap-view", &visible) }
            </svg>
        </div>
    }
}
