//! The question before a design replaces one that is kept nowhere.

use super::sheet::Sheet;
use super::words::say;
use crate::editor::called;
use crate::editor::notice::Text;
use crate::i18n::{Locale, text};
use shared::design::Design;
use std::rc::Rc;
use yew::prelude::*;

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replace {
    /// Save the present design as a file, then open the other one.
    Save,
    /// Open the other one.
    Open,
    /// Go on with the present one.
    Stay,
}

/// The question.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct ReplaceProps {
    /// The present design.
    pub(crate) before: Rc<Design>,
    /// The one that would replace it.
    pub(crate) design: Rc<Design>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// The answer; closing the dialog means to stay.
    pub(crate) on_answer: Callback<Replace>,
}

/// The question. Nothing is replaced before it is answered.
#[component]
pub(crate) fn ReplaceSheet(props: &ReplaceProps) -> Html {
    let locale = props.locale;
    let words = |key: &'static str| {
        let names = Text::new(key).with("name", called(&props.design));
        say(locale, &names.with("before", called(&props.before)))
    };
    let answer = |answer: Replace| props.on_answer.reform(move |_: MouseEvent| answer);
    html! {
        <Sheet id="replace" title={words("replace-title")} {locale}
            on_close={props.on_answer.reform(|()| Replace::Stay)}>
            <p>{ words("replace-note") }</p>
            <p class="replace-answers">
                <button type="button" class="bar-button primary" onclick={answer(Replace::Save)}>
                    { text(locale, "replace-save") }
                </button>
                <button type="button" class="copy-button" onclick={answer(Replace::Open)}>
                    { text(locale, "replace-open") }
                </button>
                <button type="button" class="copy-button" onclick={answer(Replace::Stay)}>
                    { text(locale, "replace-stay") }
                </button>
            </p>
        </Sheet>
    }
}
