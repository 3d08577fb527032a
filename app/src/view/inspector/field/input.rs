//! The input elements of fields, one for each kind of control.

use super::FieldProps;
use super::read::{parse, parse_time, stepped};
use crate::editor::form::{Change, Control, Syntax, Unit};
use crate::i18n::text;
use crate::shell::files;
use crate::view::when;
use crate::view::words::number_text;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// What ties an input to its label and to the texts that describe it.
pub(super) struct Ids {
    /// Of the input.
    pub(super) id: String,
    /// Of the texts: the hint or error, then the help.
    pub(super) described_by: String,
}

/// The input of a field.
pub(super) fn input(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    ids: &Ids,
    invalid: bool,
) -> Html {
    let typed = |value: String, unit| {
        let shown = draft.as_ref().map_or(value, String::clone);
        typed(props, draft, ids, invalid, &shown, unit)
    };
    match &props.field.control {
        Control::Choice { value, options } => choice(props, ids, value, options),
        Control::Pick { value, options } => pick(props, ids, *value, options),
        Control::Toggle { value } => toggle(props, ids, *value),
        Control::TimeOfDay { value } => time_of_day(props, ids, *value),
        Control::Number(number) => {
            typed(number.value.map_or_else(String::new, number_text), number.unit)
        }
        Control::Text(text) if text.syntax == Syntax::Series => {
            lines(props, draft, ids, invalid, &text.value)
        }
        Control::Text(text) => typed(text.value.clone(), Unit::None),
    }
}

fn typed(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    ids: &Ids,
    invalid: bool,
    shown: &str,
    unit: Unit,
) -> Html {
    let control = props.field.control.clone();
    let (is_text, absent) = match &control {
        Control::Text(text) => (true, text.absent),
        Control::Number(number) => (false, number.absent),
        Control::Choice { .. }
        | Control::Pick { .. }
        | Control::Toggle { .. }
        | Control::TimeOfDay { .. } => (false, None),
    };
    let oninput = {
        let (draft, on_change, control) =
            (draft.setter(), props.on_change.clone(), control.clone());
        move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let typed = input.value();
            if let Some(change) = parse(&control, &typed) {
                on_change.emit(change);
            }
            draft.set(Some(typed));
        }
    };
    let onblur = {
        let (draft, on_done) = (draft.setter(), props.on_done.clone());
        move |_: FocusEvent| {
            draft.set(None);
            on_done.emit(());
        }
    };
    let onkeydown = arrow_keys(props, draft, control);
    let list = format!("{}-list", ids.id);
    let unit = unit.key().map(|key| text(props.locale, key)).unwrap_or_default();
    html! {
        <span class="field-control">
            <input id={ids.id.clone()} type="text" value={shown.to_owned()} autocomplete="off"
                spellcheck="false" inputmode={if is_text { "text" } else { "decimal" }}
                class={if is_text { "text" } else { "number" }}
                list={is_text.then(|| list.clone())}
                placeholder={absent.map(|key| text(props.locale, key))}
                aria-invalid={invalid.to_string()} aria-describedby={ids.described_by.clone()}
                {oninput} {onblur} {onkeydown}/>
            <span class="unit">{ unit }</span>
            { suggestions(&props.field.control, list) }
        </span>
    }
}

/// Arrow keys step a number.
fn arrow_keys(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    control: Control,
) -> impl Fn(KeyboardEvent) + use<> {
    let (draft, on_change) = (draft.setter(), props.on_change.clone());
    move |event: KeyboardEvent| {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        if let Control::Number(number) = control {
            event.prevent_default();
            draft.set(None);
            on_change.emit(Change::Number(stepped(&number, up)));
        }
    }
}

fn suggestions(control: &Control, id: String) -> Html {
    let Control::Text(text) = control else { return html! { <span/> } };
    html! {
        <datalist {id}>
            { for text.suggestions.iter().map(|word| html! { <option key={*word} value={*word}/> }) }
        </datalist>
    }
}

fn choice(props: &FieldProps, ids: &Ids, value: &str, options: &[(&str, &str)]) -> Html {
    let onchange = props.on_change.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Change::Word(select.value())
    });
    let option = |(word, key): &(&str, &str)| {
        html! {
            <option key={word.to_string()} value={word.to_string()} selected={*word == value}>
                { text(props.locale, key) }
            </option>
        }
    };
    html! {
        <span class="field-control">
            <select id={ids.id.clone()} aria-describedby={ids.described_by.clone()} {onchange}>
                { for options.iter().map(option) }
            </select>
        </span>
    }
}

/// A text of many lines, typed, pasted or read from a file.
fn lines(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    ids: &Ids,
    invalid: bool,
    value: &str,
) -> Html {
    let take = {
        let (draft, on_change) = (draft.setter(), props.on_change.clone());
        let control = props.field.control.clone();
        Callback::from(move |typed: String| {
            if let Some(change) = parse(&control, &typed) {
                on_change.emit(change);
            }
            draft.set(Some(typed));
        })
    };
    let oninput = take.reform(|event: InputEvent| {
        let input: HtmlTextAreaElement = event.target_unchecked_into();
        input.value()
    });
    let onblur = {
        let (draft, on_done, control) =
            (draft.clone(), props.on_done.clone(), props.field.control.clone());
        move |_: FocusEvent| {
            // What cannot be read stays there to be mended, with the words that say why.
            if draft.as_ref().is_none_or(|typed| parse(&control, typed).is_some()) {
                draft.set(None);
            }
            on_done.emit(());
        }
    };
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            let take = take.clone();
            files::read(&file, move |bytes| {
                // What is no text is a line with a mistake, and is told as one.
                let text = bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                text.into_iter().for_each(|text| take.emit(text));
            });
        }
        // So that the same file can be chosen again.
        input.set_value("");
    });
    let shown = draft.as_ref().map_or(value, String::as_str).to_owned();
    let choose = text(props.locale, "field-choose-file");
    html! {
        <span class="field-control field-lines">
            <textarea id={ids.id.clone()} rows="6" value={shown} autocomplete="off"
                spellcheck="false" placeholder={"0,80\n60,120"} aria-invalid={invalid.to_string()}
                aria-describedby={ids.described_by.clone()} {oninput} {onblur}/>
            <label class="field-file">
                { &choose }
                <input type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" aria-label={choose.clone()}
                    {onchange}/>
            </label>
        </span>
    }
}

/// A thing of the design. One that is not there (any more) shows as nothing chosen.
fn pick(props: &FieldProps, ids: &Ids, value: u32, options: &[(u32, String)]) -> Html {
    let onchange = when(&props.on_change, |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        select.value().parse::<u32>().ok().map(|id| Change::Number(id.into()))
    });
    let is_known = options.iter().any(|(option, _)| *option == value);
    let option = |(number, name): &(u32, String)| {
        html! {
            <option key={*number} value={number.to_string()} selected={*number == value}>
                { name }
            </option>
        }
    };
    html! {
        <span class="field-control">
            <select id={ids.id.clone()} aria-describedby={ids.described_by.clone()} {onchange}>
                <option key="none" value="" hidden={true} selected={!is_known}></option>
                { for options.iter().map(option) }
            </select>
        </span>
    }
}

fn toggle(props: &FieldProps, ids: &Ids, value: bool) -> Html {
    let onchange = props.on_change.reform(|event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Change::Toggle(input.checked())
    });
    html! {
        <span class="field-control">
            <input id={ids.id.clone()} type="checkbox" role="switch" class="switch" checked={value}
                aria-describedby={ids.described_by.clone()} {onchange}/>
        </span>
    }
}

fn time_of_day(props: &FieldProps, ids: &Ids, seconds: u32) -> Html {
    let onchange = when(&props.on_change, |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        parse_time(&input.value()).map(|seconds| Change::Number(f64::from(seconds)))
    });
    let value = format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    html! {
        <span class="field-control">
            <input id={ids.id.clone()} type="text" class="number" inputmode="numeric" {value}
                placeholder="12:00:00" autocomplete="off"
                aria-describedby={ids.described_by.clone()} {onchange}/>
        </span>
    }
}
