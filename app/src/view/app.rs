//! The root: preferences, the run, and the workspace in them.

use super::live::{LivePage, is_asked_for};
use super::workspace::Workspace;
use crate::i18n::{Locale, LocaleContext};
use crate::run::use_run;
use crate::shell::prefs::{self, Theme};
use crate::shell::words::with_words;
use yew::prelude::*;

/// The root component.
#[component]
pub(crate) fn App() -> Html {
    let locale = use_state(prefs::locale);
    let theme = use_state(prefs::theme);
    let run = use_run();
    use_effect_with(*locale, |locale| prefs::set_locale(*locale));
    use_effect_with(*theme, |theme| prefs::set_theme(*theme));
    let on_locale = {
        let locale = locale.setter();
        Callback::from(move |wanted: Locale| {
            let locale = locale.clone();
            with_words(wanted, move |is_known| {
                if is_known {
                    locale.set(wanted);
                }
            });
        })
    };
    let on_theme = {
        let theme = theme.setter();
        Callback::from(move |wanted: Theme| theme.set(wanted))
    };
    html! {
        <LocaleContext context={*locale}>
            if is_asked_for() {
                <LivePage locale={*locale} {on_locale}/>
            } else {
                <Workspace {run} locale={*locale} theme={*theme} {on_locale} {on_theme}/>
            }
        </LocaleContext>
    }
}
