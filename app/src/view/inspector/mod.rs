//! The settings of what is selected; of the run, if nothing is.

mod field;
mod help;
mod issues;
mod mark;
mod parts;

use crate::editor::actions::ActionId;
use crate::editor::form::{common, link_form, run_form, settings_form};
use crate::editor::notice::kind_key;
use crate::editor::{Item, Message, Selection};
use crate::i18n::{Arg, Locale, format, text};
use crate::shell::focus;
use crate::view::icons::Icon;
use crate::view::same::Same;
use issues::IssueList;
use parts::Form;
use shared::design::{Design, Issue, Place};
use shared::id::{LinkId, NodeId};
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The panel beside the canvas.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct InspectorProps {
    /// The design.
    pub(crate) design: Same<Design>,
    /// What is wrong with it.
    pub(crate) issues: Same<Vec<Issue>>,
    /// What is selected.
    pub(crate) selection: Selection,
    /// The page's language.
    pub(crate) locale: Locale,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
}

/// The panel beside the canvas.
#[component]
pub(crate) fn Inspector(props: &InspectorProps) -> Html {
    // Other settings begin at their beginning, however far one had scrolled in those before.
    use_effect_with(props.selection.clone(), |_| focus::scroll_to_top("inspector"));
    match (props.selection.single(), props.selection.is_empty()) {
        (Some(Item::Node(id)), _) => node_panel(props, id),
        (Some(Item::Link(id)), _) => link_panel(props, id),
        (Some(Item::Mark(id)), _) => match props.design.marks.get(&id) {
            Some(mark) => mark::mark_panel(props, id, mark),
            None => design_panel(props),
        },
        (None, true) => design_panel(props),
        (None, false) => several_panel(props),
    }
}

fn form(props: &InspectorProps, place: Place, parts: Vec<crate::editor::form::Part>) -> Html {
    let on_change =
        props.on_message.reform(move |(path, change)| Message::ChangeField { place, path, change });
    let on_done = props.on_message.reform(|()| Message::FieldDone);
    let issues: Vec<Issue> =
        props.issues.iter().filter(|issue| issue.at == place).cloned().collect();
    html! {
        <Form {parts} {issues} locale={props.locale} {on_change} {on_done}
            on_mend={props.on_message.reform(Message::Mend)}/>
    }
}

fn node_panel(props: &InspectorProps, id: NodeId) -> Html {
    let Some(node) = props.design.node(id) else { return design_panel(props) };
    let kind = node.settings.kind();
    let rename = props.on_message.reform(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        Message::RenameNode(id, input.value())
    });
    let onblur = props.on_message.reform(|_: FocusEvent| Message::FieldDone);
    html! {
        <div key={format!("node-{}", id.0)} class="panel">
            <header class="panel-head">
                <span class="plate">{ Icon::of(kind).view() }</span>
                <span class="panel-kind">{ text(props.locale, kind_key(kind)) }</span>
                { head_buttons(props, node.locked) }
            </header>
            <label class="field name-field">
                <span class="field-label">{ text(props.locale, "field-name") }</span>
                <input type="text" value={node.name.clone()} maxlength="80" oninput={rename}
                    {onblur} autocomplete="off" spellcheck="false"/>
            </label>
            { form(props, Place::Node(id), settings_form(&node.settings)) }
        </div>
    }
}

fn link_panel(props: &InspectorProps, id: LinkId) -> Html {
    let Some(link) = props.design.links.get(&id) else { return design_panel(props) };
    let name = |id| props.design.node(id).map(|node| node.name.clone()).unwrap_or_default();
    let from = props.design.node(link.from).map(|node| node.settings.kind());
    html! {
        <div key={format!("link-{}", id.0)} class="panel">
            <header class="panel-head">
                <span class="plate">{ Icon::Connect.view() }</span>
                <span class="panel-kind">{ text(props.locale, "panel-link") }</span>
                { delete_button(props) }
            </header>
            <p class="panel-note">{ format!("{} → {}", name(link.from), name(link.to)) }</p>
            { form(props, Place::Link(id), link_form(link, from)) }
        </div>
    }
}

fn several_panel(props: &InspectorProps) -> Html {
    let Selection { nodes, links, marks } = &props.selection;
    let counts = [
        ("nodes", Arg::from(nodes.len())),
        ("links", Arg::from(links.len())),
        ("marks", Arg::from(marks.len())),
    ];
    let selected = || nodes.iter().filter_map(|&id| props.design.node(id));
    let locked = selected().all(|node| node.locked)
        && marks.iter().all(|id| props.design.marks.get(id).is_some_and(|mark| mark.locked));
    html! {
        <div key="several" class="panel">
            <header class="panel-head">
                <span class="plate">{ Icon::Select.view() }</span>
                <span class="panel-kind">{ format(props.locale, "panel-several", &counts) }</span>
                { head_buttons(props, locked) }
            </header>
            <p class="panel-note">{ text(props.locale, "panel-several-hint") }</p>
            { common_form(props) }
        </div>
    }
}

/// The settings that the selected nodes share, if they are of one kind: a change changes all.
fn common_form(props: &InspectorProps) -> Html {
    let nodes = props.selection.nodes.iter().filter_map(|&id| props.design.node(id));
    let mut settings = nodes.map(|node| &node.settings);
    let Some(first) = settings.clone().next() else { return html! { <div/> } };
    if settings.clone().count() < 2 || settings.any(|it| it.kind() != first.kind()) {
        return html! { <div/> };
    }
    let nodes = props.selection.nodes.iter().filter_map(|&id| props.design.node(id));
    let (parts, mixed) = common(nodes.map(|node| settings_form(&node.settings)).collect());
    let on_change =
        props.on_message.reform(|(path, change)| Message::ChangeSelected { path, change });
    let on_done = props.on_message.reform(|()| Message::FieldDone);
    html! {
        <Form {parts} mixed={Rc::new(mixed)} issues={Vec::new()} locale={props.locale} {on_change}
            {on_done} on_mend={props.on_message.reform(Message::Mend)}/>
    }
}

fn design_panel(props: &InspectorProps) -> Html {
    let hint = if props.design.nodes.is_empty() { "panel-empty-hint" } else { "panel-design-hint" };
    html! {
        <div key="design" class="panel">
            <header class="panel-head">
                <span class="plate">{ Icon::Settings.view() }</span>
                <span class="panel-kind">{ text(props.locale, "panel-design") }</span>
            </header>
            <p class="panel-note">{ text(props.locale, hint) }</p>
            <IssueList design={Rc::clone(&props.design)} issues={Rc::clone(&props.issues)}
                locale={props.locale} on_message={props.on_message.clone()}/>
            { form(props, Place::Design, run_form(&props.design)) }
        </div>
    }
}

/// What can be done with nodes and marks, at the panel's head.
fn head_buttons(props: &InspectorProps, locked: bool) -> Html {
    let (icon, key) = if locked { (Icon::Lock, "unlock") } else { (Icon::Unlock, "lock") };
    let label = text(props.locale, key);
    let onclick = props.on_message.reform(|_: MouseEvent| Message::Act(ActionId::ToggleLock));
    html! {
        <>
            <button type="button" class="icon-button" title={label.clone()} aria-label={label}
                aria-pressed={locked.to_string()} {onclick}>
                { icon.view() }
            </button>
            { delete_button(props) }
        </>
    }
}

fn delete_button(props: &InspectorProps) -> Html {
    let label = text(props.locale, "action-delete");
    let onclick = props.on_message.reform(|_: MouseEvent| Message::Act(ActionId::Delete));
    html! {
        <button type="button" class="icon-button" title={label.clone()} aria-label={label} {onclick}>
            { Icon::Delete.view() }
        </button>
    }
}
