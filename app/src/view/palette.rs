//! The palette: what can be added, by click or by drag.

use super::canvas::mark_kind_key;
use super::icons::Icon;
use crate::editor::notice::kind_key;
use crate::editor::{Message, Stencil};
use crate::i18n::{Locale, text};
use crate::view::when;
use shared::design::{MarkKind, NodeKind};
use yew::prelude::*;

/// The palette.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct PaletteProps {
    /// The page's language.
    pub(crate) locale: Locale,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
}

/// The palette.
#[component]
pub(crate) fn Palette(props: &PaletteProps) -> Html {
    html! {
        <nav class="palette" aria-label={text(props.locale, "palette-label")}>
            { for NodeKind::ALL.iter().map(|&kind| tile(props, kind)) }
            <span class="palette-line" role="presentation"/>
            { for MARKS.iter().map(|&kind| mark_tile(props, kind)) }
        </nav>
    }
}

/// The marks in the palette. A box becomes a zone or a VPC in the inspector.
const MARKS: [MarkKind; 2] = [MarkKind::Note, MarkKind::Region];

fn mark_tile(props: &PaletteProps, kind: MarkKind) -> Html {
    let onpointerdown = when(&props.on_message, move |event: PointerEvent| {
        (event.button() == 0).then_some(Message::PressPalette(Stencil::Mark(kind)))
    });
    let onclick = props.on_message.reform(move |_: MouseEvent| Message::AddMark(kind));
    let ondragstart = |event: DragEvent| event.prevent_default();
    let (word, note) = if kind.is_box() {
        ("palette-box", "palette-box-note")
    } else {
        (mark_kind_key(kind), "palette-note-note")
    };
    html! {
        <button key={kind.name()} type="button" class="tile mark-tile" data-mark={kind.name()}
            title={text(props.locale, note)} {onpointerdown} {onclick} {ondragstart}>
            <span class="plate">{ Icon::of_mark(kind).view() }</span>
            <span class="tile-word">{ text(props.locale, word) }</span>
        </button>
    }
}

fn tile(props: &PaletteProps, kind: NodeKind) -> Html {
    let onpointerdown = when(&props.on_message, move |event: PointerEvent| {
        (event.button() == 0).then_some(Message::PressPalette(Stencil::Node(kind)))
    });
    let onclick = props.on_message.reform(move |_: MouseEvent| Message::AddNode(kind));
    // The browser's own drag of a button would end the gesture.
    let ondragstart = |event: DragEvent| event.prevent_default();
    html! {
        <button key={kind.name()} type="button" class={classes!("tile", kind.name())}
            data-kind={kind.name()} title={text(props.locale, note_key(kind))}
            {onpointerdown} {onclick} {ondragstart}>
            <span class="plate">{ Icon::of(kind).view() }</span>
            <span class="tile-word">{ text(props.locale, word_key(kind)) }</span>
            <span class="visually-hidden">{ text(props.locale, kind_key(kind)) }</span>
        </button>
    }
}

/// A word that fits under the icon.
const fn word_key(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Source => "palette-source",
        NodeKind::Balancer => "palette-balancer",
        NodeKind::Group => "palette-group",
        NodeKind::Dependency => "palette-dependency",
    }
}

/// What it is, in a sentence.
const fn note_key(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Source => "palette-source-note",
        NodeKind::Balancer => "palette-balancer-note",
        NodeKind::Group => "palette-group-note",
        NodeKind::Dependency => "palette-dependency-note",
    }
}
