//! A button that opens a list of things to choose from.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;

/// One thing to choose.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MenuItem {
    /// Identity, unique in the menu.
    pub(crate) id: &'static str,
    /// What it is called.
    pub(crate) label: String,
    /// What it is, in a sentence; may be empty.
    pub(crate) note: String,
}

/// A menu.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct MenuProps {
    /// The button's words.
    pub(crate) label: String,
    /// The button's picture.
    pub(crate) icon: crate::view::icons::Icon,
    /// The button's style.
    #[prop_or("bar-button")]
    pub(crate) button_class: &'static str,
    /// Whether the words are for screen readers and the pointer only.
    #[prop_or_default]
    pub(crate) icon_only: bool,
    /// Whether the list grows from the button's right edge to the left.
    #[prop_or_default]
    pub(crate) end: bool,
    /// Whether the list opens upwards.
    #[prop_or_default]
    pub(crate) up: bool,
    /// Whether nothing can be chosen now.
    #[prop_or_default]
    pub(crate) disabled: bool,
    /// Items that have a place of their own in wide windows, and are in the menu of narrow ones only.
    #[prop_or_default]
    pub(crate) narrow_only: Vec<&'static str>,
    /// What there is to choose.
    pub(crate) items: Vec<MenuItem>,
    /// One was chosen.
    pub(crate) on_choose: Callback<&'static str>,
}

/// A menu. Arrow keys go through it, Escape and a press elsewhere close it.
#[component]
pub(crate) fn Menu(props: &MenuProps) -> Html {
    let open = use_state(|| false);
    let root = use_node_ref();
    let toggle = {
        let open = open.clone();
        move |_: MouseEvent| open.set(!*open)
    };
    let onfocusout = {
        let (open, root) = (open.setter(), root.clone());
        move |event: FocusEvent| {
            let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
            let inside = root.cast::<Node>().is_some_and(|root| root.contains(to.as_ref()));
            if !inside {
                open.set(false);
            }
        }
    };
    let onkeydown = {
        let (open, root) = (open.setter(), root.clone());
        move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => {
                event.stop_propagation();
                open.set(false);
                focus(&root, |_, _| 0);
            }
            "ArrowDown" => {
                event.prevent_default();
                focus(&root, |at, count| (at + 1) % count);
            }
            "ArrowUp" => {
                event.prevent_default();
                focus(&root, |at, count| (at + count - 1) % count);
            }
            _ => {}
        }
    };
    let item = |item: &MenuItem| {
        let (id, open, on_choose) = (item.id, open.setter(), props.on_choose.clone());
        let onclick = move |_: MouseEvent| {
            open.set(false);
            on_choose.emit(id);
        };
        html! {
            <button key={id} type="button" role="menuitem" data-item={id} {onclick}
                class={classes!("menu-item", props.narrow_only.contains(&id).then_some("narrow-only"))}>
                <span class="menu-item-label">{ &item.label }</span>
                <span class="menu-item-note">{ &item.note }</span>
            </button>
        }
    };
    let words = if props.icon_only { "" } else { props.label.as_str() };
    html! {
        <div class="menu" ref={root} {onfocusout} {onkeydown}>
            <button type="button" class={props.button_class} aria-haspopup="menu"
                disabled={props.disabled} title={props.icon_only.then(|| props.label.clone())}
                aria-label={props.label.clone()}
                aria-expanded={open.to_string()} onclick={toggle}>
                { props.icon.view() }
                <span class="bar-label">{ words }</span>
            </button>
            <div role="menu" hidden={!*open} aria-label={props.label.clone()}
                class={classes!("menu-list", props.end.then_some("end"), props.up.then_some("up"))}>
                { for props.items.iter().map(item) }
            </div>
        </div>
    }
}

/// Moves the focus to another of the menu's buttons.
pub(crate) fn focus(root: &NodeRef, next: impl Fn(usize, usize) -> usize) {
    let Some(root) = root.cast::<HtmlElement>() else { return };
    let Ok(buttons) = root.query_selector_all("button") else { return };
    let count = buttons.length() as usize;
    let active = root.owner_document().and_then(|document| document.active_element());
    let buttons: Vec<HtmlElement> = (0..buttons.length())
        .filter_map(|i| buttons.get(i)?.dyn_into::<HtmlElement>().ok())
        .collect();
    let is_active =
        |button: &HtmlElement| active.as_ref().is_some_and(|it| it.is_same_node(Some(button)));
    let at = buttons.iter().position(is_active).unwrap_or(0);
    if let Some(button) = buttons.get(next(at, count.max(1))) {
        // A hidden button keeps the focus where it is.
        let _ = button.focus();
    }
}
