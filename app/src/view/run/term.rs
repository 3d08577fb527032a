//! Terms of the trade with what they mean, shown while the pointer is over them or the focus is in
//! them.

use crate::i18n::{self, use_locale};
use web_sys::HtmlElement;
use yew::prelude::*;

/// What is explained. One list, so that a term means the same wherever it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// The 99th percentile.
    P99,
    /// Completed over all that ended.
    Availability,
    /// What the run costs.
    Cost,
    /// Events handled a second.
    Pace,
    /// Requests that came and those that were answered well.
    Goodput,
    /// Percentiles of latency.
    Latency,
    /// Share of the cores that is busy.
    Utilisation,
    /// The number that a group wants.
    DesiredCapacity,
    /// Why requests fail.
    Errors,
    /// Requests that wait.
    Queue,
    /// How much may go wrong.
    ErrorBudget,
    /// Number, rate and time.
    LittlesLaw,
    /// Nothing is lost.
    Conservation,
    /// Where the true value is likely to be.
    Interval,
    /// The fingerprint of a run.
    Digest,
    /// Back to normal after a disturbance.
    Recovery,
    /// What a formula predicts.
    Theory,
    /// Requests that are not answered yet.
    InFlight,
    /// A backend's part of the traffic.
    Weight,
    /// Kept out because of its answers.
    Ejection,
}

impl Term {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 20] = [
        Self::P99,
        Self::Availability,
        Self::Cost,
        Self::Pace,
        Self::Goodput,
        Self::Latency,
        Self::Utilisation,
        Self::DesiredCapacity,
        Self::Errors,
        Self::Queue,
        Self::ErrorBudget,
        Self::LittlesLaw,
        Self::Conservation,
        Self::Interval,
        Self::Digest,
        Self::Recovery,
        Self::Theory,
        Self::InFlight,
        Self::Weight,
        Self::Ejection,
    ];

    /// The key of its definition.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::P99 => "term-p99",
            Self::Availability => "term-availability",
            Self::Cost => "term-cost",
            Self::Pace => "term-pace",
            Self::Goodput => "term-goodput",
            Self::Latency => "term-latency",
            Self::Utilisation => "term-utilisation",
            Self::DesiredCapacity => "term-desired-capacity",
            Self::Errors => "term-errors",
            Self::Queue => "term-queue",
            Self::ErrorBudget => "term-error-budget",
            Self::LittlesLaw => "term-littles-law",
            Self::Conservation => "term-conservation",
            Self::Interval => "term-interval",
            Self::Digest => "term-digest",
            Self::Recovery => "term-recovery",
            Self::Theory => "term-theory",
            Self::InFlight => "term-in-flight",
            Self::Weight => "term-weight",
            Self::Ejection => "term-ejection",
        }
    }
}

/// Width of a definition, pixels; the style sheet has the same.
const WIDTH: f64 = 300.0;
/// From the term to its definition, pixels.
const GAP: f64 = 6.0;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct DefinedProps {
    pub(super) term: Term,
    /// The word as it stands there.
    pub(super) word: AttrValue,
    /// Where it stands: with it, the definition has an identity of its own.
    pub(super) place: AttrValue,
}

/// A word with its definition. The definition lies above everything and takes no room; Escape hides
/// it, and the pointer may move onto it.
#[component]
pub(super) fn Defined(props: &DefinedProps) -> Html {
    let locale = use_locale();
    let word = use_node_ref();
    let style = use_state_eq(|| None::<String>);
    let show = {
        let (word, style) = (word.clone(), style.setter());
        move || style.set(word.cast::<HtmlElement>().map(|word| beside(&word)))
    };
    let hide = {
        let style = style.setter();
        move || style.set(None)
    };
    let onmouseenter = {
        let show = show.clone();
        move |_: MouseEvent| show()
    };
    let onfocusin = move |_: FocusEvent| show();
    let onmouseleave = {
        let hide = hide.clone();
        move |_: MouseEvent| hide()
    };
    let onfocusout = {
        let hide = hide.clone();
        move |_: FocusEvent| hide()
    };
    let onkeydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            hide();
        }
    };
    let id = format!("{}-{}", props.term.key(), props.place);
    let hidden = style.is_none();
    html! {
        <span class="term" {onmouseenter} {onmouseleave} {onfocusin} {onfocusout} {onkeydown}>
            <span ref={word} class="term-word" tabindex="0" aria-describedby={id.clone()}>
                { props.word.clone() }
            </span>
            <span {id} class="term-text" role="tooltip" {hidden} style={(*style).clone()}>
                { i18n::text(locale, props.term.key()) }
            </span>
        </span>
    }
}

/// Under a word, or above it where there is more room.
fn beside(word: &HtmlElement) -> String {
    let rect = word.get_bounding_client_rect();
    let window = web_sys::window();
    let size =
        |of: fn(&web_sys::Window) -> Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| {
            let size = window.as_ref().and_then(|window| of(window).ok());
            size.and_then(|size| size.as_f64()).unwrap_or_default()
        };
    let (width, height) = (size(web_sys::Window::inner_width), size(web_sys::Window::inner_height));
    let left = rect.left().min(width - WIDTH - GAP).max(GAP);
    if rect.bottom() > height / 2.0 {
        format!("left: {left:.0}px; bottom: {:.0}px", height - rect.top() + GAP)
    } else {
        format!("left: {left:.0}px; top: {:.0}px", rect.bottom() + GAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Locale;

    #[test]
    fn every_term_is_defined_in_both_languages() {
        for locale in Locale::ALL {
            for term in Term::ALL {
                let text = i18n::text(locale, term.key());
                assert!(
                    !text.contains(term.key()) && text.chars().count() > 20,
                    "{term:?}: {text}"
                );
            }
        }
    }
}
