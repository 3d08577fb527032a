//! The theme's colours for canvases, which cannot use custom properties by themselves.

use gloo_events::EventListener;
use wasm_bindgen::prelude::*;
use web_sys::{MutationObserver, MutationObserverInit};
use yew::prelude::*;

/// Custom properties that canvases use; `www/styles/charts.css` and `tokens.css` define them.
const PROPERTIES: [&str; 14] = [
    "--paper",
    "--chart-axis",
    "--chart-grid",
    "--chart-neutral",
    "--chart-threshold",
    "--chart-p50",
    "--chart-p95",
    "--chart-p99",
    "--chart-cpu",
    "--checking",
    "--in-service",
    "--booting",
    "--draining",
    "--failed",
];

/// The values of [`PROPERTIES`] in the present theme.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Colours(Vec<(&'static str, String)>);

impl Colours {
    /// The colour of a custom property; black if it is none of [`PROPERTIES`].
    pub(crate) fn colour(&self, property: &str) -> JsValue {
        self.text(property).into()
    }

    /// The same as text.
    pub(crate) fn text(&self, property: &str) -> &str {
        let found = self.0.iter().find(|(name, _)| *name == property);
        found.map_or("#000", |(_, value)| value)
    }

    fn read() -> Self {
        let style = web_sys::window().and_then(|window| {
            let root = window.document()?.document_element()?;
            window.get_computed_style(&root).ok()?
        });
        let value = |name| {
            let value = style.as_ref().and_then(|style| style.get_property_value(name).ok());
            (name, value.map(|value| value.trim().to_owned()).unwrap_or_default())
        };
        Self(PROPERTIES.map(value).to_vec())
    }
}

/// The present theme's colours; renders again when the theme changes.
#[hook]
pub(crate) fn use_colours() -> Colours {
    let palette = use_state_eq(Colours::read);
    let setter = palette.setter();
    use_effect_with((), move |()| {
        // By the reader's choice: an attribute of the root element.
        let read = Closure::<dyn Fn()>::new({
            let setter = setter.clone();
            move || setter.set(Colours::read())
        });
        let observer = MutationObserver::new(read.as_ref().unchecked_ref()).ok();
        let root = root_element();
        if let (Some(observer), Some(root)) = (&observer, &root) {
            let attributes = MutationObserverInit::new();
            attributes.set_attributes(true);
            // Fails only without anything to observe.
            let _observing = observer.observe_with_options(root, &attributes);
        }
        // By the system's.
        let media = web_sys::window()
            .and_then(|window| window.match_media("(prefers-color-scheme: dark)").ok()?);
        let listener = media.map(|media| {
            EventListener::new(&media, "change", move |_| setter.set(Colours::read()))
        });
        move || {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            drop((read, listener));
        }
    });
    (*palette).clone()
}

fn root_element() -> Option<web_sys::Element> {
    web_sys::window()?.document()?.document_element()
}
