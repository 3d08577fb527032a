//! One setting: label, control, unit, range, and what is wrong with it.
//!
//! While a field has the focus it shows what is typed, as typed; every text that reads as a value
//! goes to the editor at once, so the drawing follows the typing. When the focus leaves, it shows the
//! setting's value again.

use super::issues::mend_button;
use crate::editor::form::{Change, Control, Field, Number, Unit};
use crate::i18n::{Arg, Locale, format, text};
use crate::view::when;
use crate::view::words::{number_text, say_issue};
use shared::design::{Edit, Issue};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// One setting.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct FieldProps {
    /// What it is.
    pub(crate) field: Field,
    /// What is wrong with its value.
    pub(crate) issue: Option<Issue>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// It was changed.
    pub(crate) on_change: Callback<Change>,
    /// It lost the focus.
    pub(crate) on_done: Callback<()>,
    /// The issue's remedy is wanted.
    pub(crate) on_mend: Callback<Edit>,
}

/// One setting.
#[component]
pub(crate) fn FieldView(props: &FieldProps) -> Html {
    // What is typed at the moment; `None` while the field does not have the focus.
    let draft = use_state(|| None::<String>);
    let FieldProps { field, issue, locale, .. } = props;
    let refused = draft.as_ref().and_then(|typed| refusal(&field.control, typed, *locale));
    let id = format!("field-{}", field.path);
    let hint_id = format!("{id}-hint");
    let invalid = issue.is_some() || refused.is_some();
    let message = match (&refused, issue) {
        (Some(words), _) => html! { <p id={hint_id.clone()} class="field-error">{ words }</p> },
        (None, Some(issue)) => html! {
            <p id={hint_id.clone()} class="field-error">
                <span>{ say_issue(*locale, issue) }</span>
                { mend_button(*locale, issue, &props.on_mend) }
            </p>
        },
        (None, None) => {
            html! { <p id={hint_id.clone()} class="field-hint">{ range(&field.control) }</p> }
        }
    };
    html! {
        <div class={classes!("field", invalid.then_some("invalid"))}>
            <label class="field-label" for={id.clone()} title={field.path.clone()}>
                { text(*locale, field.label) }
            </label>
            { control(props, &draft, &id, &hint_id, invalid) }
            { message }
        </div>
    }
}

fn control(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    id: &str,
    hint_id: &str,
    invalid: bool,
) -> Html {
    match &props.field.control {
        Control::Choice { value, options } => choice(props, id, value, options),
        Control::TimeOfDay { value } => time_of_day(props, id, *value),
        control => {
            let (value, unit) = match control {
                Control::Number(number) => (number_text(number.value), number.unit),
                Control::OpenNumber { value, unit } => {
                    (value.map_or_else(String::new, number_text), *unit)
                }
                Control::Text { value, .. } => (value.clone(), Unit::None),
                Control::Choice { .. } | Control::TimeOfDay { .. } => return html! { <span/> },
            };
            let shown = draft.as_ref().map_or(value, String::clone);
            typed(props, draft, id, hint_id, invalid, &shown, unit)
        }
    }
}

fn typed(
    props: &FieldProps,
    draft: &UseStateHandle<Option<String>>,
    id: &str,
    hint_id: &str,
    invalid: bool,
    shown: &str,
    unit: Unit,
) -> Html {
    let control = props.field.control.clone();
    let is_text = matches!(control, Control::Text { .. });
    let open = matches!(control, Control::OpenNumber { .. });
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
    let onkeydown = {
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
    };
    let list = format!("{id}-list");
    let unit = unit.key().map(|key| text(props.locale, key)).unwrap_or_default();
    html! {
        <span class="field-control">
            <input id={id.to_owned()} type="text" value={shown.to_owned()} autocomplete="off" spellcheck="false"
                inputmode={if is_text { "text" } else { "decimal" }}
                class={if is_text { "text" } else { "number" }}
                list={is_text.then(|| list.clone())}
                placeholder={open.then(|| text(props.locale, "bound-open"))}
                aria-invalid={invalid.to_string()} aria-describedby={hint_id.to_owned()}
                {oninput} {onblur} {onkeydown}/>
            <span class="unit">{ unit }</span>
            { suggestions(&props.field.control, list) }
        </span>
    }
}

fn suggestions(control: &Control, id: String) -> Html {
    let Control::Text { suggestions, .. } = control else { return html! { <span/> } };
    html! {
        <datalist {id}>
            { for suggestions.iter().map(|word| html! { <option key={*word} value={*word}/> }) }
        </datalist>
    }
}

fn choice(props: &FieldProps, id: &str, value: &str, options: &[(&str, &str)]) -> Html {
    let onchange = props.on_change.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Change::Text(select.value())
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
            <select id={id.to_owned()} {onchange}>{ for options.iter().map(option) }</select>
        </span>
    }
}

fn time_of_day(props: &FieldProps, id: &str, seconds: u32) -> Html {
    let onchange = when(&props.on_change, |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        parse_time(&input.value()).map(|seconds| Change::Number(f64::from(seconds)))
    });
    let value = format!("{:02}:{:02}", seconds / 3_600 % 24, seconds / 60 % 60);
    html! {
        <span class="field-control">
            <input id={id.to_owned()} type="time" {value} {onchange}/>
        </span>
    }
}

/// `14:05` or `14:05:09` as seconds after midnight.
fn parse_time(text: &str) -> Option<u32> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().flatten().unwrap_or(0);
    Some(hours * 3_600 + minutes * 60 + seconds)
}

/// What a typed text means; `None` if it is no value of the field.
fn parse(control: &Control, typed: &str) -> Option<Change> {
    let typed = typed.trim();
    let number = || typed.replace(',', "").parse::<f64>().ok().filter(|number| number.is_finite());
    match control {
        Control::Text { .. } => Some(Change::Text(typed.to_owned())),
        Control::OpenNumber { .. } if typed.is_empty() => Some(Change::Open),
        Control::OpenNumber { .. } => number().map(Change::Number),
        Control::Number(Number { integer, .. }) => {
            number().filter(|number| !integer || number.fract() == 0.0).map(Change::Number)
        }
        Control::Choice { .. } | Control::TimeOfDay { .. } => None,
    }
}

/// What is wrong with a typed text that cannot even be a value of the field. Values that can, and
/// are out of range, are issues of the design.
fn refusal(control: &Control, typed: &str, locale: Locale) -> Option<String> {
    let &Control::Number(Number { min, max, integer, .. }) = control else {
        return parse(control, typed).is_none().then(|| text(locale, "field-not-a-number"));
    };
    let args = [("min", Arg::from(number_text(min))), ("max", Arg::from(number_text(max)))];
    match parse(control, typed) {
        Some(Change::Number(number)) if integer && (number < 0.0 || number > max) && min >= 0.0 => {
            Some(format(locale, "field-out-of-range", &args))
        }
        Some(_) => None,
        None if integer => Some(format(locale, "field-not-whole", &args)),
        None => Some(text(locale, "field-not-a-number")),
    }
}

/// The field's range, short; empty where it would say nothing.
fn range(control: &Control) -> String {
    match control {
        Control::Number(Number { min, max, .. }) if *max < 1e12 => {
            format!("{}–{}", number_text(*min), crate::i18n::units::compact(*max))
        }
        _ => String::new(),
    }
}

/// The value one arrow key further: whole numbers by one, others by about a tenth of themselves.
fn stepped(number: &Number, up: bool) -> f64 {
    let step = if number.integer || number.value <= 0.0 {
        1.0
    } else {
        10_f64.powf(number.value.log10().floor() - 1.0).max(0.001)
    };
    let value = if up { number.value + step } else { number.value - step };
    // Rounded to the step, or sums of tenths would show their binary tails.
    ((value / step).round() * step * 1e9).round().clamp(number.min * 1e9, number.max * 1e9) / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64, integer: bool) -> Number {
        Number { value, min: 0.0, max: 1_000.0, integer, unit: Unit::None }
    }

    #[test]
    fn typed_text_becomes_a_change_or_a_reason() {
        let whole = Control::Number(number(1.0, true));
        let real = Control::Number(number(1.0, false));
        for (control, typed, change) in [
            (&whole, " 12 ", Some(Change::Number(12.0))),
            (&whole, "1,000", Some(Change::Number(1_000.0))),
            (&whole, "1.5", None),
            (&whole, "", None),
            (&real, "1.5", Some(Change::Number(1.5))),
            (&real, "inf", None),
            (&real, "1e3", Some(Change::Number(1_000.0))),
            (&real, "ㅁ", None),
        ] {
            assert_eq!(parse(control, typed), change, "{typed:?}");
            assert_eq!(
                refusal(control, typed, Locale::En).is_none(),
                change.is_some(),
                "{typed:?}"
            );
        }
        assert!(refusal(&whole, "-3", Locale::Ko).is_some());
        let open = Control::OpenNumber { value: Some(1.0), unit: Unit::None };
        assert_eq!(parse(&open, ""), Some(Change::Open));
    }

    #[test]
    fn arrow_keys_step_and_stay_in_range() {
        for (value, integer, up, expected) in [
            (5.0, true, true, 6.0),
            (0.0, true, false, 0.0),
            (1_000.0, true, true, 1_000.0),
            (0.3, false, true, 0.31),
            (20.0, false, false, 19.0),
        ] {
            let got = stepped(&number(value, integer), up);
            assert!((got - expected).abs() < 1e-9, "{value}: {got}");
        }
    }

    #[test]
    fn times_of_day_are_read() {
        assert_eq!(parse_time("14:05"), Some(50_700));
        assert_eq!(parse_time("00:00:09"), Some(9));
        assert_eq!(parse_time(""), None);
    }
}
