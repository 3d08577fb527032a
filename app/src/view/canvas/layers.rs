//! The drawing's links and cards, apart from what moves: a layer is painted again when its own things
//! change, not when the canvas is moved or zoomed, and of its things only those that changed.

use super::card::{Candidate, Card};
use super::links::LinkView;
use super::sight::{Detail, Sight};
use crate::editor::geometry::WorldRect;
use crate::editor::hit::curve_between;
use crate::editor::{Item, Message, Selection};
use crate::i18n::Locale;
use crate::view::same::Same;
use shared::design::{Design, Issue, Link, Node, NodeKind, Place, Severity, link_allowed};
use shared::id::{LinkId, NodeId};
use shared::sim::{Command, Frame, NodeFrame};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use yew::prelude::*;

/// All links.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct LinksProps {
    pub(super) design: Same<Design>,
    pub(super) issues: Same<Vec<Issue>>,
    pub(super) selection: Selection,
    pub(super) sight: Sight,
    pub(super) locale: Locale,
    pub(super) on_message: Callback<Message>,
}

/// All links.
#[component]
pub(super) fn Links(props: &LinksProps) -> Html {
    let worst = worst_issues(&props.issues);
    let link = |(&id, link): (&LinkId, &Link)| {
        let ends = props.design.nodes.get(&link.from).zip(props.design.nodes.get(&link.to));
        let Some((from, to)) = ends else { return html! { <g key={id.0}/> } };
        let curve = curve_between(from, to);
        let around = curve
            .and_then(|curve| WorldRect::around(curve.points.map(|at| WorldRect::between(at, at))));
        let detail = around.map_or(Detail::Full, |around| props.sight.detail(&around));
        html! {
            <LinkView key={id.0} {id} link={link.clone()} from={Arc::clone(from)} to={Arc::clone(to)}
                plain={detail != Detail::Full} selected={props.selection.contains(Item::Link(id))}
                wrong={worst.get(&Place::Link(id)) == Some(&Severity::Error)}
                locale={props.locale} on_message={props.on_message.clone()}/>
        }
    };
    html! { <g class="links">{ for props.design.links.iter().map(link) }</g> }
}

/// All cards.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct CardsProps {
    pub(super) design: Same<Design>,
    pub(super) issues: Same<Vec<Issue>>,
    pub(super) selection: Selection,
    /// The card where a wire begins, and the one under its end.
    pub(super) wire: Option<(NodeId, Option<NodeId>)>,
    pub(super) sight: Sight,
    pub(super) frame: Option<Same<Frame>>,
    pub(super) locale: Locale,
    pub(super) on_message: Callback<Message>,
    pub(super) on_command: Callback<Command>,
}

/// All cards.
#[component]
pub(super) fn Cards(props: &CardsProps) -> Html {
    let worst = worst_issues(&props.issues);
    let cards = props.design.nodes.iter().map(|(&id, node)| card(props, &worst, id, node));
    html! { <g class="cards">{ for cards }</g> }
}

fn card(
    props: &CardsProps,
    worst: &BTreeMap<Place, Severity>,
    id: NodeId,
    node: &Arc<Node>,
) -> Html {
    let detail = props.sight.detail(&WorldRect::of_node(node));
    // What shows no state needs no new paint for it.
    let frame = props.frame.as_deref().map(Rc::as_ref).filter(|_| detail == Detail::Full);
    let is_source = node.settings.kind() == NodeKind::Source;
    html! {
        <Card key={id.0} {id} node={Arc::clone(node)}
            frame={frame.and_then(|frame| node_frame(frame, id)).cloned()}
            now={frame.filter(|_| is_source).map(|frame| frame.now)}
            duration_s={props.design.run.duration_s}
            starts_at_s={props.design.run.starts_at_s}
            selected={props.selection.contains(Item::Node(id))}
            {detail} candidate={candidate(props, id, node.settings.kind())}
            severity={worst.get(&Place::Node(id)).copied()}
            locale={props.locale}
            on_message={props.on_message.clone()} on_command={props.on_command.clone()}/>
    }
}

/// A node's part of a frame, which has them in order of identity.
fn node_frame(frame: &Frame, id: NodeId) -> Option<&NodeFrame> {
    let index = frame.nodes.binary_search_by_key(&id, NodeFrame::id).ok()?;
    frame.nodes.get(index)
}

/// The worst issue of each place that has any.
fn worst_issues(issues: &[Issue]) -> BTreeMap<Place, Severity> {
    let mut worst = BTreeMap::new();
    for issue in issues {
        let at = worst.entry(issue.at).or_insert(issue.severity);
        *at = issue.severity.max(*at);
    }
    worst
}

fn candidate(props: &CardsProps, id: NodeId, kind: NodeKind) -> Candidate {
    let Some((from, over)) = props.wire else { return Candidate::None };
    if from == id {
        return Candidate::Begin;
    }
    let allowed =
        (props.design.node(from)).is_some_and(|from| link_allowed(from.settings.kind(), kind));
    match (allowed, over == Some(id)) {
        (true, true) => Candidate::Chosen,
        (true, false) => Candidate::Valid,
        (false, _) => Candidate::Invalid,
    }
}
