//! What people see.

use yew::prelude::*;

#[component]
fn App() -> Html {
    html! { <main/> }
}

/// Puts the page into the document.
pub fn mount() {
    yew::Renderer::<App>::new().render();
}
