//! Everything that is wrong with the design, each with the way to its place and its remedy.

use crate::editor::Message;
use crate::editor::form::label_of;
use crate::i18n::{Locale, text};
use crate::view::icons::Icon;
use crate::view::words::say_issue;
use shared::design::{Design, Issue, Place, Severity};
use std::rc::Rc;
use yew::prelude::*;

/// The list of issues.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct IssueListProps {
    /// The design, for names.
    pub(crate) design: Rc<Design>,
    /// What is wrong with it.
    pub(crate) issues: Rc<Vec<Issue>>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
}

/// The list of issues.
#[component]
pub(crate) fn IssueList(props: &IssueListProps) -> Html {
    if props.issues.is_empty() {
        return html! {
            <p class="issues-none">{ Icon::Done.view() }{ text(props.locale, "issues-none") }</p>
        };
    }
    html! {
        <ul class="issues" aria-label={text(props.locale, "issues-label")}>
            { for props.issues.iter().enumerate().map(|(i, issue)| row(props, i, issue)) }
        </ul>
    }
}

fn row(props: &IssueListProps, i: usize, issue: &Issue) -> Html {
    let place = issue.at;
    let onclick = props.on_message.reform(move |_: MouseEvent| Message::JumpTo(place));
    let name = |id| props.design.node(id).map(|node| node.name.clone()).unwrap_or_default();
    let where_it_is = match place {
        Place::Design => text(props.locale, "panel-design"),
        Place::Node(id) => name(id),
        Place::Link(id) => match props.design.links.get(&id) {
            Some(link) => format!("{} → {}", name(link.from), name(link.to)),
            None => String::new(),
        },
    };
    let (class, icon) = match issue.severity {
        Severity::Error => ("issue error", Icon::Error),
        Severity::Warning => ("issue warning", Icon::Warning),
    };
    html! {
        <li key={i} {class}>
            <button type="button" class="issue-jump" {onclick}>
                { icon.view() }
                <span>
                    <strong>{ where_it_is }</strong>
                    <span>{ say_issue(props.locale, issue, label_of(&props.design, issue)) }</span>
                </span>
            </button>
            { mend_button(props.locale, issue, &props.on_message.reform(Message::Mend)) }
        </li>
    }
}

/// The button that mends an issue; a placeholder where no remedy is obvious.
pub(crate) fn mend_button(
    locale: Locale,
    issue: &Issue,
    on_mend: &Callback<shared::design::Edit>,
) -> Html {
    let Some(edit) = issue.mend.clone() else { return html! { <span class="no-mend"/> } };
    let onclick = on_mend.reform(move |_: MouseEvent| edit.clone());
    html! {
        <button type="button" class="mend" {onclick}>{ text(locale, "issue-mend") }</button>
    }
}
