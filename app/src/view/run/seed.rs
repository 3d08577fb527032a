//! The seed: which of all possible runs this is.

use super::icon::{Icon, icon};
use crate::i18n::{self, use_locale};
use crate::run::{RunAction, RunHandle};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// New seeds are below this, so that people can read them to each other.
const NEW_SEED_MAX: f64 = 1_000_000.0;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SeedFieldProps {
    pub(super) run: RunHandle,
    pub(super) on_seed: Callback<u64>,
}

/// Shows and changes the seed. The seed belongs to the design, so that a link carries it; a run
/// that has begun starts again once the design with the new seed has come back.
#[component]
pub(super) fn SeedField(props: &SeedFieldProps) -> Html {
    let locale = use_locale();
    let run = &props.run;
    let invalid = use_state_eq(|| false);
    let restart_with = use_mut_ref(|| false);
    use_effect_with(run.state.design_changed, {
        let (restart_with, send) = (restart_with.clone(), run.send.clone());
        move |changed| {
            if *changed && restart_with.replace(false) {
                send.emit(RunAction::Restart);
            }
        }
    });
    let change = {
        let (on_seed, present) = (props.on_seed.clone(), run.state.seed);
        move |seed: u64| {
            if seed != present {
                restart_with.replace(true);
                on_seed.emit(seed);
            }
        }
    };
    let onchange = {
        let (change, invalid) = (change.clone(), invalid.setter());
        Callback::from(move |event: Event| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let seed = input.and_then(|input| input.value().trim().parse().ok());
            invalid.set(seed.is_none());
            seed.into_iter().for_each(&change);
        })
    };
    let new_seed = {
        let invalid = invalid.setter();
        Callback::from(move |_: MouseEvent| {
            invalid.set(false);
            change((js_sys::Math::random() * NEW_SEED_MAX) as u64 + 1);
        })
    };
    let new_text = i18n::text(locale, "run-seed-new");
    html! {
        <div class="run-field run-seed" title={i18n::text(locale, "run-seed-hint")}>
            <label for="run-seed">{ i18n::text(locale, "run-seed") }</label>
            <input id="run-seed" type="text" inputmode="numeric" autocomplete="off" size="7"
                value={run.state.seed.to_string()} aria-invalid={invalid.to_string()} {onchange} />
            <button type="button" class="transport-icon" title={new_text.clone()}
                aria-label={new_text} data-action="run-seed-new" onclick={new_seed}>
                { icon(Icon::Dice) }
            </button>
            <span class="run-seed-error" role="alert">
                { (*invalid).then(|| i18n::text(locale, "run-seed-invalid")) }
            </span>
        </div>
    }
}
