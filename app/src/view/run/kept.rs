//! What the reader did to the run, and the button that makes it part of the design.

use crate::i18n::{self, use_locale};
use crate::run::RunHandle;
use shared::design::Fault;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct KeptProps {
    pub(super) run: RunHandle,
    pub(super) on_keep: Callback<Vec<Fault>>,
}

/// A line that appears once the reader has stepped in. With what was done in it, the design runs
/// the same way by itself, and so does its link.
#[component]
pub(super) fn Kept(props: &KeptProps) -> Html {
    let locale = use_locale();
    let by_hand = &props.run.state.by_hand;
    // A design that changed meanwhile may not have what was broken.
    if by_hand.is_empty() || props.run.state.design_changed {
        return Html::default();
    }
    let onclick = {
        let by_hand = by_hand.clone();
        props.on_keep.reform(move |_: MouseEvent| by_hand.clone())
    };
    let count = [("count", by_hand.len().into())];
    html! {
        <div class="run-notice run-kept">
            <span>{ i18n::format(locale, "run-kept", &count) }</span>
            <button type="button" data-action="run-keep" title={i18n::text(locale, "run-keep-hint")}
                {onclick}>
                { i18n::text(locale, "run-keep") }
            </button>
        </div>
    }
}
