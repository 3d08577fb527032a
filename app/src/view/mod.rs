//! What people see: small components whose input is plain data.
//!
//! [`workspace`] owns the editor's state, carries its effects out and hands it down. Nothing below
//! has a state that matters: all of it can be thrown away and painted again.

mod app;
mod bar;
mod canvas;
mod code;
mod colours;
mod commands;
mod context_menu;
mod designs;
mod floats;
mod gallery;
mod help;
mod icons;
mod inspector;
mod live;
mod menu;
mod minimap;
mod outline;
mod palette;
mod replace;
mod run;
mod same;
mod share;
mod sheet;
mod toasts;
mod words;
mod workspace;

use crate::shell::words::with_words;
use crate::shell::{crash, prefs};
use yew::Callback;

/// Puts the page into the document.
pub fn mount() {
    crash::install();
    with_words(prefs::locale(), |_| {
        // Without its words the page still works: it shows their keys.
        yew::Renderer::<app::App>::new().render();
    });
}

/// A callback that passes on what `map` makes of its input, and nothing where that is nothing.
fn when<In: 'static, Out: 'static>(
    callback: &Callback<Out>,
    map: impl Fn(In) -> Option<Out> + 'static,
) -> Callback<In> {
    let callback = callback.clone();
    Callback::from(move |input| {
        if let Some(output) = map(input) {
            callback.emit(output);
        }
    })
}
