//! Whether a link kept its word, and a link that gives one.

use crate::i18n::{self, use_locale};
use crate::run::{Claim, Verdict};
use crate::shell::{address, clipboard};
use shared::design::{self, Design};
use shared::sim::RunResult;
use std::rc::Rc;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ReproducedProps {
    pub(super) design: Rc<Design>,
    pub(super) result: Rc<RunResult>,
    /// Somebody stepped in, so that the design alone does not give this run.
    pub(super) touched: bool,
}

/// Says whether the run came out as the page's link claims, and copies a link that claims this run.
#[component]
pub(super) fn Reproduced(props: &ReproducedProps) -> Html {
    let locale = use_locale();
    let copied = use_state_eq(|| None::<bool>);
    let claim = use_memo((), |()| Claim::from_query(&address::query()));
    let ReproducedProps { design, result, touched } = props;
    let verdict = claim.as_ref().as_ref().map(|claim| {
        let (key, class) = match claim.check(design, result, *touched) {
            Verdict::Reproduced => ("claim-reproduced", "good"),
            Verdict::Differs => ("claim-differs", "bad"),
            Verdict::OtherEngine => ("claim-other-engine", ""),
            Verdict::OtherRun => ("claim-other-run", ""),
        };
        let sign = match class {
            "good" => "✓ ",
            "bad" => "✗ ",
            _ => "",
        };
        let args = [
            ("claimed", claim.digest.as_str().into()),
            ("engine", claim.engine_version.into()),
            ("own", result.engine_version.into()),
        ];
        let words = i18n::format(locale, key, &args);
        html! { <p class={classes!("claim", class)} data-claim={key}>{ sign }{ words }</p> }
    });
    let onclick = {
        let (copied, design, result) = (copied.setter(), Rc::clone(design), Rc::clone(result));
        Callback::from(move |_: MouseEvent| {
            let query = Claim::of(&design, &result).query();
            let link = format!("{}{query}#{}", address::page(), design::encode(&design));
            let copied = copied.clone();
            clipboard::copy(&link, move |done| copied.set(Some(done)));
        })
    };
    let label = match *copied {
        None => "claim-copy",
        Some(true) => "claim-copied",
        Some(false) => "notice-copy-failed",
    };
    html! {
        <div class="outcome-claim">
            { verdict }
            if *touched {
                <p class="outcome-note">{ i18n::text(locale, "claim-touched") }</p>
            } else {
                <button type="button" data-action="claim-copy" aria-live="polite" {onclick}
                    title={i18n::text(locale, "claim-copy-hint")}>
                    { i18n::text(locale, label) }
                </button>
            }
        </div>
    }
}
