//! The menu of what lies under the pointer.

use crate::editor::actions::{ActionId, action};
use crate::editor::form::{fault_key, help_key};
use crate::editor::{EditorState, Message};
use crate::i18n::{Locale, text};
use crate::run::Offered;
use crate::view::menu::focus;
use shared::sim::Command;
use wasm_bindgen::JsCast as _;
use web_sys::Node;
use yew::prelude::*;

/// For a selection.
const SELECTED: &[ActionId] = &[
    ActionId::Edit,
    ActionId::Duplicate,
    ActionId::Copy,
    ActionId::Cut,
    ActionId::BoxSelection,
    ActionId::ToggleLock,
    ActionId::FitSelection,
    ActionId::Delete,
];
/// More for several nodes.
const SEVERAL: &[ActionId] = &[
    ActionId::AlignLeft,
    ActionId::AlignCenter,
    ActionId::AlignRight,
    ActionId::AlignTop,
    ActionId::AlignMiddle,
    ActionId::AlignBottom,
    ActionId::DistributeHorizontally,
    ActionId::DistributeVertically,
];
/// For the empty canvas.
const CANVAS: &[ActionId] = &[
    ActionId::QuickAdd,
    ActionId::SelectAll,
    ActionId::TidyUp,
    ActionId::FitAll,
    ActionId::CopyMermaid,
    ActionId::ExportPicture,
    ActionId::Commands,
];

/// What the menu offers now: only what does something.
pub(crate) fn offered(editor: &EditorState) -> Vec<ActionId> {
    let lists: &[&[ActionId]] =
        if editor.selection.is_empty() { &[CANVAS] } else { &[SELECTED, SEVERAL] };
    let enabled = |id: &&ActionId| action(**id).is_some_and(|action| (action.enabled)(editor));
    lists.iter().copied().flatten().filter(enabled).copied().collect()
}

/// The menu.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct ContextMenuProps {
    /// Its corner in the window, pixels.
    pub(crate) at: (i32, i32),
    /// What it offers.
    pub(crate) actions: Vec<ActionId>,
    /// What can be broken in the run that goes on.
    pub(crate) faults: Vec<Offered>,
    /// Whether shortcuts are written as on macOS.
    pub(crate) mac: bool,
    /// The page's language.
    pub(crate) locale: Locale,
    /// One was chosen.
    pub(crate) on_choose: Callback<Message>,
    /// A fault was chosen.
    pub(crate) on_fault: Callback<Command>,
    /// It shall close.
    pub(crate) on_close: Callback<()>,
}

/// The menu. Arrow keys go through it; Escape, Tab and a press elsewhere close it.
#[component]
pub(crate) fn ContextMenu(props: &ContextMenuProps) -> Html {
    let root = use_node_ref();
    use_effect_with((), {
        let root = root.clone();
        move |()| focus(&root, |_, _| 0)
    });
    let onkeydown = {
        let (root, on_close) = (root.clone(), props.on_close.clone());
        move |event: KeyboardEvent| {
            event.stop_propagation();
            match event.key().as_str() {
                "Escape" | "Tab" => on_close.emit(()),
                "ArrowDown" => focus(&root, |at, count| (at + 1) % count),
                "ArrowUp" => focus(&root, |at, count| (at + count - 1) % count),
                "Home" => focus(&root, |_, _| 0),
                "End" => focus(&root, |_, count| count - 1),
                _ => return,
            }
            event.prevent_default();
        }
    };
    let onfocusout = {
        let (root, on_close) = (root.clone(), props.on_close.clone());
        move |event: FocusEvent| {
            let to = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
            if !root.cast::<Node>().is_some_and(|root| root.contains(to.as_ref())) {
                on_close.emit(());
            }
        }
    };
    let item = |&id: &ActionId| {
        let Some(action) = action(id) else { return html! { <span key="none"/> } };
        let keys = action.shortcuts.first().map(|keys| keys.label(props.mac));
        let onclick = props.on_choose.reform(move |_: MouseEvent| Message::Act(id));
        html! {
            <button key={action.label} type="button" role="menuitem" class="menu-item context"
                data-item={action.label} {onclick}>
                <span>{ text(props.locale, action.label) }</span>
                <kbd>{ keys.unwrap_or_default() }</kbd>
            </button>
        }
    };
    let fault = |(name, command): &Offered| {
        let (key, command) = (fault_key(*name), command.clone());
        let onclick = props.on_fault.reform(move |_: MouseEvent| command.clone());
        html! {
            <button key={key} type="button" role="menuitem" class="menu-item context fault"
                data-fault={name.name()} title={text(props.locale, &help_key(key))} {onclick}>
                { text(props.locale, key) }
            </button>
        }
    };
    let heading = text(props.locale, "menu-faults");
    // Kept inside of the window by the style sheet, which knows the menu's size.
    let style = format!("--x:{}px;--y:{}px", props.at.0, props.at.1);
    html! {
        <div ref={root} class="menu-list context-menu" role="menu" {style}
            aria-label={text(props.locale, "context-menu")} {onkeydown} {onfocusout}>
            { for props.actions.iter().map(item) }
            <div role="group" class="menu-group" aria-label={heading.clone()}
                hidden={props.faults.is_empty()}>
                <p class="menu-heading" aria-hidden="true">{ heading }</p>
                { for props.faults.iter().map(fault) }
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::update;
    use shared::design::presets;

    #[test]
    fn only_what_does_something_is_offered() {
        let mut editor = EditorState::new(presets::seven_steps());
        assert!(offered(&editor).contains(&ActionId::TidyUp));
        update(&mut editor, Message::Act(ActionId::SelectAll));
        let all = offered(&editor);
        assert!(all.contains(&ActionId::AlignLeft) && all.contains(&ActionId::Delete));
        assert!(!all.contains(&ActionId::SelectAll));
    }
}
