//! The small question mark beside a label, and what it says.

use crate::i18n::{Arg, Locale, format};
use yew::prelude::*;

/// A question mark with an explanation.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct HelpProps {
    /// Identity of the explanation, which inputs name as their description.
    pub(crate) id: String,
    /// What is explained.
    pub(crate) label: String,
    /// The explanation.
    pub(crate) help: String,
    /// The page's language.
    pub(crate) locale: Locale,
}

/// A question mark with an explanation, which shows while the mark has the pointer or the focus.
/// The style sheet shows and hides it; it takes no room, so that nothing jumps.
#[component]
pub(crate) fn Help(props: &HelpProps) -> Html {
    let name = format(props.locale, "help-button", &[("label", Arg::from(props.label.clone()))]);
    html! {
        <span class="explain">
            <button type="button" class="explain-button" aria-label={name}
                aria-describedby={props.id.clone()}>{ "?" }</button>
            <span id={props.id.clone()} class="explain-text" role="tooltip">{ &props.help }</span>
        </span>
    }
}
