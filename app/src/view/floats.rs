//! What floats above the canvas: tools, zoom, the count of issues, the hint of an empty canvas.

use super::icons::Icon;
use super::same::Same;
use crate::editor::Message;
use crate::editor::actions::{ActionId, action};
use crate::editor::tool::ToolKind;
use crate::i18n::{Arg, Locale, format, text};
use shared::design::{Issue, Place, Severity};
use std::rc::Rc;
use yew::prelude::*;

/// What floats above the canvas.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct FloatsProps {
    /// The tool chosen.
    pub(crate) tool: ToolKind,
    /// Whether things rest on the grid.
    pub(crate) grid: bool,
    /// Pixels for one world unit, percent.
    pub(crate) zoom_percent: u32,
    /// What is wrong with the design.
    pub(crate) issues: Same<Vec<Issue>>,
    /// Whether there is nothing on the canvas.
    pub(crate) empty: bool,
    /// Whether shortcuts are written as on macOS.
    pub(crate) mac: bool,
    /// The page's language.
    pub(crate) locale: Locale,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
}

/// What floats above the canvas.
#[component]
pub(crate) fn Floats(props: &FloatsProps) -> Html {
    let zoom = format!("{}\u{202f}%", props.zoom_percent);
    html! {
        <div class="floats">
            <div class="float tools" role="toolbar" aria-label={text(props.locale, "tools-label")}>
                { tool(props, ToolKind::Select, ActionId::ToolSelect, Icon::Select) }
                { tool(props, ToolKind::Connect, ActionId::ToolConnect, Icon::Connect) }
                { tool(props, ToolKind::Hand, ActionId::ToolHand, Icon::Hand) }
                <span class="tools-line"/>
                { button(props, ActionId::ToggleGrid, Icon::Grid.view(), "icon-button toggle",
                    Some(props.grid)) }
                { button(props, ActionId::Find, Icon::Find.view(), "icon-button", None) }
            </div>
            <div class="float zoom" role="toolbar" aria-label={text(props.locale, "zoom-label")}>
                { button(props, ActionId::ZoomOut, Icon::Minus.view(), "icon-button", None) }
                { button(props, ActionId::ZoomReset, html! { <>{ zoom }</> }, "zoom-value", None) }
                { button(props, ActionId::ZoomIn, Icon::Plus.view(), "icon-button", None) }
                { button(props, ActionId::FitAll, Icon::Fit.view(), "icon-button", None) }
            </div>
            { issue_count(props) }
            <p class="canvas-empty" hidden={!props.empty}>{ text(props.locale, "canvas-empty") }</p>
        </div>
    }
}

fn tool(props: &FloatsProps, kind: ToolKind, id: ActionId, icon: Icon) -> Html {
    let pressed = props.tool == kind;
    button(props, id, icon.view(), "icon-button", Some(pressed))
}

fn button(
    props: &FloatsProps,
    id: ActionId,
    content: Html,
    class: &'static str,
    pressed: Option<bool>,
) -> Html {
    let Some(action) = action(id) else { return html! { <span/> } };
    let label = text(props.locale, action.label);
    let keys = action.shortcuts.first().map(|keys| keys.label(props.mac)).unwrap_or_default();
    let onclick = props.on_message.reform(move |_: MouseEvent| Message::Act(id));
    html! {
        <button type="button" {class} title={format!("{label} ({keys})")} aria-label={label}
            aria-pressed={pressed.map(|pressed| pressed.to_string())} {onclick}>
            { content }
        </button>
    }
}

/// How many issues there are; a press goes to the worst.
fn issue_count(props: &FloatsProps) -> Html {
    let place = props.issues.first().map_or(Place::Design, |issue| issue.at);
    let onclick = props.on_message.reform(move |_: MouseEvent| Message::JumpTo(place));
    html! {
        <button type="button" class="float issue-count" hidden={props.issues.is_empty()} {onclick}>
            <IssueBadge issues={Rc::clone(&props.issues)} locale={props.locale}/>
        </button>
    }
}

/// How many errors and warnings a design has.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct IssueBadgeProps {
    /// What is wrong with the design.
    pub(crate) issues: Same<Vec<Issue>>,
    /// The page's language.
    pub(crate) locale: Locale,
}

/// How many errors and warnings a design has, in words beside the worse one's icon; nothing if none.
#[component]
pub(crate) fn IssueBadge(props: &IssueBadgeProps) -> Html {
    let count = |severity| props.issues.iter().filter(|issue| issue.severity == severity).count();
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let (class, icon) = if errors > 0 {
        ("issue-badge error", Icon::Error)
    } else {
        ("issue-badge warning", Icon::Warning)
    };
    let args = [("errors", Arg::from(errors)), ("warnings", Arg::from(warnings))];
    html! {
        <span {class} hidden={props.issues.is_empty()}>
            { icon.view() }
            { format(props.locale, "issues-count", &args) }
        </span>
    }
}
