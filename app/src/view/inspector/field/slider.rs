//! A slider below a number: the same setting by hand. A drag, or keys while it has the focus, are one
//! step back.

use super::FieldProps;
use crate::editor::form::{Change, Control, Slider};
use crate::i18n::{Arg, format, text};
use crate::view::words::number_text;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The slider of a field; a placeholder for fields that have none.
pub(super) fn slider(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    label: String,
) -> Html {
    let Control::Number(number) = &props.field.control else {
        return html! { <span hidden=true/> };
    };
    let Some((slider, value)) = Slider::of(number).zip(number.value) else {
        return html! { <span hidden=true/> };
    };
    let oninput = {
        let (draft, on_change) = (draft.setter(), props.on_change.clone());
        move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            draft.set(None);
            on_change.emit(Change::Number(slider.value_at(input.value_as_number())));
        }
    };
    // Before a drag as well: what keys did is a step of its own.
    let ended = props.on_done.reform(|_: PointerEvent| ());
    let onblur = props.on_done.reform(|_: FocusEvent| ());
    // The page's arrow keys move what is selected; here they move the knob.
    let onkeydown = |event: KeyboardEvent| {
        let moves = [
            "ArrowLeft",
            "ArrowRight",
            "ArrowUp",
            "ArrowDown",
            "Home",
            "End",
            "PageUp",
            "PageDown",
        ];
        if moves.contains(&event.key().as_str()) {
            event.stop_propagation();
        }
    };
    let unit = number.unit.key().map(|key| text(props.locale, key)).unwrap_or_default();
    let spoken = [number_text(value), unit].join(" ");
    let label = format(props.locale, "field-slide", &[("label", Arg::from(label))]);
    html! {
        <input type="range" class="field-slider" min={slider.first.to_string()}
            max={slider.last.to_string()} step="1" value={slider.position_of(value).to_string()}
            aria-label={label} aria-valuetext={spoken} {oninput} onpointerdown={ended.clone()}
            onpointerup={ended} {onblur} {onkeydown}/>
    }
}
