//! Notes and boxes: under everything else, so that cards and links stay readable.

use super::CanvasProps;
use super::label::{cut, wrapped};
use crate::editor::geometry::WorldRect;
use crate::editor::hit::Corner;
use crate::editor::{Item, Message};
use crate::i18n::{Arg, Locale, format, text};
use crate::view::icons::Icon;
use crate::view::when;
use shared::design::{Mark, MarkKind};
use shared::id::MarkId;
use wasm_bindgen::JsCast as _;
use web_sys::Element;
use yew::prelude::*;

/// Font size of a note, pixels at 100 %.
const NOTE_SIZE: f64 = 13.0;
/// Height of a note's line.
const NOTE_LINE: f64 = 18.0;
/// Space between a note's edge and its words.
const NOTE_INSET: f64 = 12.0;

/// One mark.
#[derive(Clone, Debug, PartialEq, Properties)]
struct MarkProps {
    id: MarkId,
    mark: Mark,
    selected: bool,
    /// Whether its corners can be taken.
    alone: bool,
    locale: Locale,
    on_message: Callback<Message>,
}

/// All marks: boxes first, larger ones below smaller ones, then notes.
pub(super) fn marks(props: &CanvasProps) -> Html {
    let mut marks: Vec<(MarkId, &Mark)> =
        props.design.marks.iter().map(|(&id, mark)| (id, mark)).collect();
    let area = |mark: &Mark| i64::from(mark.width) * i64::from(mark.height);
    let place = |mark: &Mark| (!mark.kind.is_box(), std::cmp::Reverse(area(mark)));
    shared::ordered::sort_by(&mut marks, |(_, a), (_, b)| place(a).cmp(&place(b)));
    let single = props.selection.single();
    let view = |(id, mark): (MarkId, &Mark)| {
        let item = Item::Mark(id);
        html! {
            <MarkView key={id.0} {id} mark={mark.clone()} selected={props.selection.contains(item)}
                alone={single == Some(item) && !mark.locked} locale={props.locale}
                on_message={props.on_message.clone()}/>
        }
    };
    html! { <g class="marks">{ for marks.into_iter().map(view) }</g> }
}

#[component]
fn MarkView(props: &MarkProps) -> Html {
    let MarkProps { id, mark, selected, alone, locale, .. } = props;
    let id = *id;
    let rect = WorldRect::of_mark(mark);
    let onfocus = when(&props.on_message, move |event: FocusEvent| {
        let element = event.target()?.dyn_into::<Element>().ok()?;
        element.matches(":focus-visible").ok()?.then_some(Message::FocusItem(Item::Mark(id)))
    });
    let kind = text(*locale, kind_key(mark.kind));
    let args = [("kind", Arg::from(kind.clone())), ("text", Arg::from(mark.text.clone()))];
    let label = format(*locale, "mark-label", &args);
    let class = classes!(
        "annotation",
        mark.kind.name(),
        selected.then_some("selected"),
        mark.locked.then_some("locked")
    );
    let words = if mark.kind.is_box() {
        let name = if mark.text.is_empty() { &kind } else { &mark.text };
        html! {
            <text class="mark-name" x="12" y="19">{ cut(name, rect.width() - 48.0, 12.0) }</text>
        }
    } else {
        note_words(mark, &rect, &text(*locale, "mark-empty"))
    };
    let corner = |corner: &Corner| {
        let at = corner.of(&rect);
        let [x, y] = [at.x - rect.left - 5.0, at.y - rect.top - 5.0].map(|it| it.to_string());
        html! { <rect key={format!("{corner:?}")} class="mark-corner" {x} {y} width="10" height="10" rx="2"/> }
    };
    let lock = if mark.locked {
        Icon::Lock.draw(rect.width() - 26.0, 7.0, 14.0)
    } else {
        html! { <g/> }
    };
    html! {
        <g id={format!("mark-{}", id.0)} {class} tabindex="0" role="note" aria-label={label} {onfocus}
            transform={format!("translate({} {})", rect.left, rect.top)}>
            <rect class="mark-body" width={rect.width().to_string()}
                height={rect.height().to_string()} rx="10"/>
            { words }
            <g class="mark-lock">{ lock }</g>
            <g class="mark-corners">
                if *alone { { for Corner::ALL.iter().map(corner) } }
            </g>
        </g>
    }
}

fn note_words(mark: &Mark, rect: &WorldRect, empty: &str) -> Html {
    let rows = ((rect.height() - NOTE_INSET) / NOTE_LINE).floor().max(1.0) as usize;
    let shown = if mark.text.is_empty() { empty } else { &mark.text };
    let lines = wrapped(shown, rect.width() - 2.0 * NOTE_INSET, NOTE_SIZE, rows);
    let class = if mark.text.is_empty() { "note-text faint" } else { "note-text" };
    let line = |(i, line): (usize, String)| {
        let y = NOTE_INSET + NOTE_SIZE + i as f64 * NOTE_LINE - 2.0;
        html! { <tspan key={i} x={NOTE_INSET.to_string()} y={y.to_string()}>{ line }</tspan> }
    };
    html! { <text {class}>{ for lines.into_iter().enumerate().map(line) }</text> }
}

/// The key of the name of a kind of mark.
pub(crate) const fn kind_key(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Note => "mark-note",
        MarkKind::Region => "mark-region",
        MarkKind::Zone => "mark-zone",
        MarkKind::Vpc => "mark-vpc",
    }
}
