//! The words of a note; name and kind of a box.

use super::{InspectorProps, head_buttons};
use crate::editor::Message;
use crate::i18n::text;
use crate::view::canvas::mark_kind_key;
use crate::view::icons::Icon;
use crate::view::when;
use shared::design::{Mark, MarkKind};
use shared::id::MarkId;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The panel of a mark.
pub(super) fn mark_panel(props: &InspectorProps, id: MarkId, mark: &Mark) -> Html {
    let locale = props.locale;
    let icon = if mark.kind.is_box() { Icon::Box } else { Icon::Note };
    let words =
        if mark.kind.is_box() { box_fields(props, id, mark) } else { note(props, id, mark) };
    html! {
        <div key={format!("mark-{}", id.0)} class="panel">
            <header class="panel-head">
                <span class="plate">{ icon.view() }</span>
                <span class="panel-kind">{ text(locale, mark_kind_key(mark.kind)) }</span>
                { head_buttons(props, mark.locked) }
            </header>
            { words }
            <p class="panel-note">{ text(locale, "panel-mark-hint") }</p>
        </div>
    }
}

fn note(props: &InspectorProps, id: MarkId, mark: &Mark) -> Html {
    let oninput = props.on_message.reform(move |event: InputEvent| {
        let input: HtmlTextAreaElement = event.target_unchecked_into();
        Message::SetMarkText(id, input.value())
    });
    let onblur = props.on_message.reform(|_: FocusEvent| Message::FieldDone);
    html! {
        <label class="field name-field">
            <span class="field-label">{ text(props.locale, "field-note") }</span>
            <textarea id="mark-text" rows="6" maxlength="500" value={mark.text.clone()} {oninput}
                {onblur}/>
        </label>
    }
}

fn box_fields(props: &InspectorProps, id: MarkId, mark: &Mark) -> Html {
    let oninput = props.on_message.reform(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::SetMarkText(id, input.value())
    });
    let onblur = props.on_message.reform(|_: FocusEvent| Message::FieldDone);
    let onchange = when(&props.on_message, move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let kind = MarkKind::ALL.into_iter().find(|kind| kind.name() == select.value())?;
        Some(Message::SetMarkKind(id, kind))
    });
    let option = |kind: MarkKind| {
        html! {
            <option key={kind.name()} value={kind.name()} selected={kind == mark.kind}>
                { text(props.locale, mark_kind_key(kind)) }
            </option>
        }
    };
    let boxes = MarkKind::ALL.into_iter().filter(|kind| kind.is_box());
    html! {
        <>
            <label class="field name-field">
                <span class="field-label">{ text(props.locale, "field-name") }</span>
                <input id="mark-text" type="text" value={mark.text.clone()} maxlength="80" {oninput}
                    {onblur} autocomplete="off" spellcheck="false"/>
            </label>
            <label class="field">
                <span class="field-label">{ text(props.locale, "field-box-kind") }</span>
                <span class="field-control">
                    <select id="mark-kind" {onchange}>{ for boxes.map(option) }</select>
                </span>
            </label>
        </>
    }
}
