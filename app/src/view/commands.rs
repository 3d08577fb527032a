//! Everything by name: actions, nodes and templates in one list that narrows as one types.

use super::canvas::mark_kind_key;
use super::icons::Icon;
use crate::editor::actions::{ACTIONS, ActionId};
use crate::editor::geometry::WorldPoint;
use crate::editor::notice::kind_key;
use crate::editor::{EditorState, Item, Message, Origin, Stencil};
use crate::i18n::{Arg, Locale, format, text};
use crate::shell::lowercase;
use shared::design::{Design, MarkKind, NodeKind, presets};
use std::rc::Rc;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

/// Entries shown at most; more are not read but typed further.
const SHOWN: usize = 50;

/// An entry of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Command {
    label: String,
    /// Keys or kind, at the entry's end.
    note: String,
    icon: Icon,
    message: Message,
}

/// Everything that can be asked for now, in the page's language.
pub(crate) fn commands(editor: &EditorState, locale: Locale, mac: bool) -> Vec<Command> {
    let actions = ACTIONS
        .iter()
        .filter(|action| action.id != ActionId::Commands && (action.enabled)(editor))
        .map(|action| Command {
            label: text(locale, action.label),
            note: action.shortcuts.first().map(|keys| keys.label(mac)).unwrap_or_default(),
            icon: Icon::Command,
            message: Message::Act(action.id),
        });
    let nodes = editor.design.nodes.iter().map(|(&id, node)| Command {
        label: format(locale, "command-go-to", &[("name", Arg::from(node.name.as_str()))]),
        note: text(locale, &format!("palette-{}", node.settings.kind())),
        icon: Icon::of(node.settings.kind()),
        message: Message::FocusItem(Item::Node(id)),
    });
    let templates = presets::all().into_iter().map(|(id, design)| {
        let name = text(locale, &format!("template-{id}"));
        Command {
            label: format(locale, "command-open", &[("name", Arg::from(name))]),
            note: text(locale, "templates"),
            icon: Icon::Templates,
            message: open(design),
        }
    });
    actions.chain(nodes).chain(templates).collect()
}

/// The nodes and marks, to go to one.
pub(crate) fn places(editor: &EditorState, locale: Locale) -> Vec<Command> {
    let nodes = editor.design.nodes.iter().map(|(&id, node)| Command {
        label: node.name.clone(),
        note: text(locale, kind_key(node.settings.kind())),
        icon: Icon::of(node.settings.kind()),
        message: Message::FocusItem(Item::Node(id)),
    });
    let marks = editor.design.marks.iter().filter(|(_, mark)| !mark.text.is_empty());
    let marks = marks.map(|(&id, mark)| Command {
        label: mark.text.clone(),
        note: text(locale, mark_kind_key(mark.kind)),
        icon: Icon::of_mark(mark.kind),
        message: Message::FocusItem(Item::Mark(id)),
    });
    nodes.chain(marks).collect()
}

/// What can be added at a point of the drawing.
pub(crate) fn additions(at: WorldPoint, locale: Locale) -> Vec<Command> {
    let nodes = NodeKind::ALL.into_iter().map(|kind| Command {
        label: text(locale, kind_key(kind)),
        note: String::new(),
        icon: Icon::of(kind),
        message: Message::AddAt(Stencil::Node(kind), at),
    });
    let marks = MarkKind::ALL.into_iter().map(|kind| Command {
        label: text(locale, mark_kind_key(kind)),
        note: String::new(),
        icon: Icon::of_mark(kind),
        message: Message::AddAt(Stencil::Mark(kind), at),
    });
    nodes.chain(marks).collect()
}

fn open(design: Design) -> Message {
    Message::Open(Rc::new(design), Origin::Template)
}

/// The entries that have every word of `query`, those that begin with it first.
fn matching<'a>(commands: &'a [Command], query: &str) -> Vec<&'a Command> {
    let query = lowercase(query.trim());
    let words: Vec<&str> = query.split_whitespace().collect();
    let label = |command: &Command| lowercase(&command.label);
    let has_all = |command: &&Command| words.iter().all(|word| label(command).contains(word));
    let found = commands.iter().filter(has_all);
    let (mut found, others): (Vec<&Command>, Vec<&Command>) =
        found.partition(|command| label(command).starts_with(&query));
    found.extend(others);
    found.truncate(SHOWN);
    found
}

/// The dialog.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct CommandsProps {
    /// Key of the dialog's name.
    pub(crate) title: &'static str,
    /// What there is to choose.
    pub(crate) commands: Vec<Command>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// One was chosen.
    pub(crate) on_choose: Callback<Message>,
    /// It shall close.
    pub(crate) on_close: Callback<()>,
}

/// The dialog. Arrow keys go through the list, Enter chooses, Escape closes.
#[component]
pub(crate) fn Commands(props: &CommandsProps) -> Html {
    let query = use_state(String::new);
    let at = use_state(|| 0_usize);
    let (input, list) = (use_node_ref(), use_node_ref());
    use_effect_with((), {
        let input = input.clone();
        move |()| {
            if let Some(input) = input.cast::<HtmlElement>() {
                // Keys go elsewhere if the field cannot take them.
                let _ = input.focus();
            }
        }
    });
    use_effect_with(*at, {
        let list = list.clone();
        move |at| {
            let chosen = list.cast::<Element>().and_then(|it| it.children().item(*at as u32));
            if let Some(chosen) = chosen {
                chosen.scroll_into_view_with_bool(false);
            }
        }
    });
    let found = matching(&props.commands, &query);
    let chosen = (*at).min(found.len().saturating_sub(1));
    let oninput = {
        let (query, at) = (query.setter(), at.setter());
        move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            query.set(input.value());
            at.set(0);
        }
    };
    let onkeydown = {
        let (on_choose, on_close, at) =
            (props.on_choose.clone(), props.on_close.clone(), at.setter());
        let message = found.get(chosen).map(|command| command.message.clone());
        let last = found.len().saturating_sub(1);
        move |event: KeyboardEvent| {
            event.stop_propagation();
            // Enter ends a syllable of an input method first.
            if event.is_composing() {
                return;
            }
            match event.key().as_str() {
                "Escape" => on_close.emit(()),
                "ArrowDown" => at.set(if chosen >= last { 0 } else { chosen + 1 }),
                "ArrowUp" => at.set(if chosen == 0 { last } else { chosen - 1 }),
                "Enter" => message.iter().for_each(|message| on_choose.emit(message.clone())),
                _ => return,
            }
            event.prevent_default();
        }
    };
    let entry = |(index, command): (usize, &&Command)| {
        let message = command.message.clone();
        let onclick = props.on_choose.reform(move |_: MouseEvent| message.clone());
        html! {
            <li key={index} id={format!("command-{index}")} role="option" class="command"
                aria-selected={(index == chosen).to_string()} {onclick}>
                { command.icon.view() }
                <span class="command-label">{ &command.label }</span>
                <span class="command-note">{ &command.note }</span>
            </li>
        }
    };
    let close = props.on_close.reform(|_: MouseEvent| ());
    let inside = |event: MouseEvent| event.stop_propagation();
    let label = text(props.locale, props.title);
    html! {
        <div class="scrim" onclick={close}>
            <div class="commands" role="dialog" aria-modal="true" aria-label={label.clone()}
                onclick={inside} {onkeydown}>
                <input ref={input} id="command-input" type="text" role="combobox"
                    aria-expanded="true" aria-controls="command-list"
                    aria-activedescendant={format!("command-{chosen}")} aria-label={label.clone()}
                    placeholder={label.clone()} autocomplete="off"
                    spellcheck="false" value={(*query).clone()} {oninput}/>
                <ul ref={list} id="command-list" role="listbox" class="command-list">
                    { for found.iter().enumerate().map(entry) }
                </ul>
                <p class="command-none" hidden={!found.is_empty()}>
                    { text(props.locale, "command-none") }
                </p>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_narrow_the_list_and_beginnings_come_first() {
        let editor = EditorState::new(presets::seven_steps());
        let all = commands(&editor, Locale::En, false);
        assert!(all.len() > presets::all().len() + editor.design.nodes.len());
        let found = matching(&all, "  zoom IN ");
        assert_eq!(found.first().map(|command| command.label.as_str()), Some("Zoom in"));
        assert!(matching(&all, "no such thing").is_empty());
        let disabled = |command: &Command| command.message == Message::Act(ActionId::Undo);
        assert!(!all.iter().any(disabled), "what does nothing is not offered");
        let korean = commands(&editor, Locale::Ko, false);
        assert!(!matching(&korean, "확대").is_empty());
    }
}
