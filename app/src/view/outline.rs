//! The drawing in words, for those who hear the page: every node, what it sends where, and what is
//! wrong with it; then the notes.

use super::canvas::{design_line, mark_kind_key};
use super::words::say_issue;
use crate::editor::form::label_of;
use crate::editor::motion::contents;
use crate::editor::notice::kind_key;
use crate::i18n::{Arg, Locale, format, text};
use crate::view::same::Same;
use shared::design::{Design, Issue, Place};
use shared::id::NodeId;
use yew::prelude::*;

/// The outline.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct OutlineProps {
    /// What is drawn.
    pub(crate) design: Same<Design>,
    /// What is wrong with it.
    pub(crate) issues: Same<Vec<Issue>>,
    /// The page's language.
    pub(crate) locale: Locale,
}

/// The outline. Nobody sees it.
#[component]
pub(crate) fn Outline(props: &OutlineProps) -> Html {
    let locale = props.locale;
    let nodes =
        props.design.nodes.keys().map(|&id| html! { <li key={id.0}>{ node(props, id) }</li> });
    let marks = props.design.marks.iter().map(|(id, mark)| {
        let inside = contents(&props.design, mark).0;
        let names: Vec<&str> = inside.iter().map(|&id| name(&props.design, id)).collect();
        let words = format(
            locale,
            if mark.kind.is_box() { "outline-box" } else { "outline-note" },
            &[
                ("kind", Arg::from(text(locale, mark_kind_key(mark.kind)))),
                ("text", Arg::from(mark.text.clone())),
                ("inside", Arg::from(names.join(", "))),
            ],
        );
        html! { <li key={id.0}>{ words }</li> }
    });
    html! {
        <section id="outline" class="visually-hidden" aria-label={text(locale, "outline-label")}>
            <ol>{ for nodes }</ol>
            <ul>{ for marks }</ul>
        </section>
    }
}

fn name(design: &Design, id: NodeId) -> &str {
    design.node(id).map_or("", |node| node.name.as_str())
}

fn node(props: &OutlineProps, id: NodeId) -> String {
    let OutlineProps { design, issues, locale } = props;
    let Some(node) = design.node(id) else { return String::new() };
    let mut words = format(
        *locale,
        "card-label",
        &[
            ("kind", Arg::from(text(*locale, kind_key(node.settings.kind())))),
            ("name", Arg::from(node.name.clone())),
            ("state", Arg::from(design_line(&node.settings, &design.run, *locale))),
        ],
    );
    let targets: Vec<&str> = design.links_from(id).map(|(_, link)| name(design, link.to)).collect();
    if !targets.is_empty() {
        words.push(' ');
        let targets = [("targets", Arg::from(targets.join(", ")))];
        words.push_str(&format(*locale, "outline-sends", &targets));
    }
    for issue in issues.iter().filter(|issue| issue.at == Place::Node(id)) {
        words.push(' ');
        words.push_str(&say_issue(*locale, issue, label_of(design, issue)));
    }
    words
}
