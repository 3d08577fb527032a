//! The frame that all cards share: icon, name, a line of state, ports, issue mark.

use super::kinds;
use super::label::cut;
use super::sight::Detail;
use crate::editor::Item;
use crate::editor::Message;
use crate::editor::geometry::card_size;
use crate::editor::notice::kind_key;
use crate::i18n::{Arg, Locale, format, text};
use crate::view::icons::Icon;
use crate::view::when;
use shared::design::{Node, NodeKind, Severity, link_allowed};
use shared::id::NodeId;
use shared::sim::{Command, NodeFrame};
use shared::time::Timestamp;
use std::sync::Arc;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, FocusEvent};
use yew::prelude::*;

/// What a wire that is being drawn makes of a card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Candidate {
    /// There is no wire.
    #[default]
    None,
    /// The wire begins here.
    Begin,
    /// The wire may end here.
    Valid,
    /// The wire may end here, and its end is over the card.
    Chosen,
    /// The wire may not end here.
    Invalid,
}

/// Font size of names that are seen from afar, world units.
const FAR_SIZE: f64 = 30.0;

/// One card.
#[derive(Clone, Debug, Properties)]
pub(crate) struct CardProps {
    /// Whose.
    pub(crate) id: NodeId,
    /// The node.
    pub(crate) node: Arc<Node>,
    /// Its picture of the run, if there is one.
    pub(crate) frame: Option<NodeFrame>,
    /// Time of the run, for cards that show it.
    pub(crate) now: Option<Timestamp>,
    /// Length of the run, seconds.
    pub(crate) duration_s: u32,
    /// Time of day at its start, seconds after midnight.
    pub(crate) starts_at_s: u32,
    /// How much of it shows.
    pub(crate) detail: Detail,
    /// Whether it is selected.
    pub(crate) selected: bool,
    /// What the wire makes of it.
    pub(crate) candidate: Candidate,
    /// The worst of its issues.
    pub(crate) severity: Option<Severity>,
    /// The page's language.
    pub(crate) locale: Locale,
    /// Tells the editor.
    pub(crate) on_message: Callback<Message>,
    /// Tells the run.
    pub(crate) on_command: Callback<Command>,
}

/// Nodes count as the same while they are the same object: see [`crate::view::same`].
impl PartialEq for CardProps {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.node, &other.node)
            && (self.id, self.selected, self.candidate, self.severity, self.locale)
                == (other.id, other.selected, other.candidate, other.severity, other.locale)
            && (self.now, self.duration_s, self.starts_at_s, self.detail)
                == (other.now, other.duration_s, other.starts_at_s, other.detail)
            && self.frame == other.frame
            && self.on_message == other.on_message
            && self.on_command == other.on_command
    }
}

/// One card.
#[component]
pub(crate) fn Card(props: &CardProps) -> Html {
    let CardProps { id, node, selected, candidate, severity, locale, .. } = props;
    let (id, locale) = (*id, *locale);
    let kind = node.settings.kind();
    let (width, height) = card_size(kind);
    let (left, top) = (f64::from(node.x) - width / 2.0, f64::from(node.y) - height / 2.0);
    let kinds::Content { line, body } = kinds::content(props);
    let onfocus = when(&props.on_message, move |event: FocusEvent| {
        // A pointer selects by itself; only keys need this.
        let element = event.target()?.dyn_into::<Element>().ok()?;
        element.matches(":focus-visible").ok()?.then_some(Message::FocusItem(Item::Node(id)))
    });
    let label = format(
        locale,
        "card-label",
        &[
            ("kind", Arg::from(text(locale, kind_key(kind)))),
            ("name", Arg::from(node.name.clone())),
            ("state", Arg::from(line.clone())),
        ],
    );
    let class = classes!(
        "card",
        kind.name(),
        selected.then_some("selected"),
        candidate_class(*candidate),
        severity.map(severity_class),
    );

    let inside = match props.detail {
        Detail::Full => full(props, kind, &line, body),
        Detail::Name => {
            let (x, y) =
                (f64::from(node.x).to_string(), (f64::from(node.y) + FAR_SIZE / 3.0).to_string());
            let name = cut(&node.name, width - 16.0, FAR_SIZE);
            html! { <text class="card-far" {x} {y} font-size={FAR_SIZE.to_string()}>{ name }</text> }
        }
        Detail::Block => html! { <g/> },
    };
    // Each transform is a group of its own to the browser, which sorts them all at each move of the
    // canvas. What has no parts stands where it is instead.
    let is_whole = props.detail == Detail::Full;
    let transform = is_whole.then(|| format!("translate({left} {top})"));
    let (x, y) = if is_whole { (0.0, 0.0) } else { (left, top) };
    html! {
        <g id={format!("node-{}", id.0)} {class} {transform} tabindex="0" role="group"
            aria-label={label} {onfocus}>
            <rect class="card-body" x={x.to_string()} y={y.to_string()} width={width.to_string()}
                height={height.to_string()} rx="10"/>
            { inside }
        </g>
    }
}

/// All that a card says.
fn full(props: &CardProps, kind: NodeKind, line: &str, body: Html) -> Html {
    let (node, (width, height)) = (&props.node, card_size(kind));
    html! {
        <g>
            <rect class="card-icon-plate" x="12" y="12" width="32" height="32" rx="8"/>
            { Icon::of(kind).draw(18.0, 18.0, 20.0) }
            <text class="card-name" x="54" y="26">{ cut(&node.name, width - 92.0, 13.0) }</text>
            <text class="card-line" x="54" y="42">{ cut(line, width - 66.0, 11.5) }</text>
            <g class="card-content">{ body }</g>
            <g class="card-lock">
                if node.locked { { Icon::Lock.draw(width - 46.0, 12.0, 14.0) } }
            </g>
            { issue_mark(props.severity, width) }
            { ports(kind, width, height) }
        </g>
    }
}

fn issue_mark(severity: Option<Severity>, width: f64) -> Html {
    let icon = match severity {
        Some(Severity::Error) => Icon::Error,
        Some(Severity::Warning) => Icon::Warning,
        None => return html! { <g class="card-issue"/> },
    };
    html! { <g class="card-issue">{ icon.draw(width - 28.0, 12.0, 16.0) }</g> }
}

fn ports(kind: NodeKind, width: f64, height: f64) -> Html {
    let middle = (height / 2.0).to_string();
    let arrives = NodeKind::ALL.iter().any(|&from| link_allowed(from, kind));
    let leaves = NodeKind::ALL.iter().any(|&to| link_allowed(kind, to));
    html! {
        <g class="ports">
            if arrives { <circle key="in" class="port in" cx="0" cy={middle.clone()} r="4"/> }
            if leaves {
                <circle key="out" class="port out" cx={width.to_string()} cy={middle} r="6"/>
            }
        </g>
    }
}

const fn candidate_class(candidate: Candidate) -> Option<&'static str> {
    match candidate {
        Candidate::None => None,
        Candidate::Begin => Some("wire-begin"),
        Candidate::Valid => Some("wire-valid"),
        Candidate::Chosen => Some("wire-chosen"),
        Candidate::Invalid => Some("wire-invalid"),
    }
}

const fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "has-error",
        Severity::Warning => "has-warning",
    }
}
