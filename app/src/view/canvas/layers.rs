//! The drawing's links and cards, apart from what moves: a layer is painted again when its own things
//! change, not when the canvas is moved or zoomed, and of its things only those that changed.
//!
//! Things are kept in groups of [`GROUP`] by identity. While one of thousands is dragged, Yew looks
//! into the groups that changed and passes the others by; to look at each thing took longer than to
//! paint a frame.

use super::card::{Candidate, Card, CardProps};
use super::links::{LinkLook, LinkProps, LinkView, grouped_path};
use super::sight::{Detail, Sight};
use super::turns::Turns;
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

/// Identities that are painted as one group.
const GROUP: u32 = 64;

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
    let mut groups: BTreeMap<u32, Vec<LinkProps>> = BTreeMap::new();
    for (&id, link) in &props.design.links {
        if let Some(link) = link_props(props, &worst, id, link) {
            groups.entry(id.0 / GROUP).or_default().push(link);
        }
    }
    let groups = groups.into_iter().map(|(key, links)| html! { <LinkGroup {key} {links}/> });
    html! { <g class="links">{ for groups }</g> }
}

fn link_props(
    props: &LinksProps,
    worst: &BTreeMap<Place, Severity>,
    id: LinkId,
    link: &Link,
) -> Option<LinkProps> {
    let from = props.design.nodes.get(&link.from)?;
    let to = props.design.nodes.get(&link.to)?;
    let around = || {
        let corners = curve_between(from, to).map(|curve| curve.points);
        let corners = corners.map(|points| points.map(|at| WorldRect::between(at, at)));
        corners.and_then(WorldRect::around).unwrap_or_else(|| WorldRect::of_node(from))
    };
    let selected = props.selection.contains(Item::Link(id));
    let wrong = worst.get(&Place::Link(id)) == Some(&Severity::Error);
    // What moves must not make its neighbours be painted again.
    let moves = |end| props.selection.contains(Item::Node(end));
    let look = if props.sight.detail(around) == Detail::Full {
        LinkLook::Full
    } else if selected || wrong || moves(link.from) || moves(link.to) {
        LinkLook::Line
    } else {
        LinkLook::Grouped
    };
    Some(LinkProps {
        id,
        link: link.clone(),
        from: Arc::clone(from),
        to: Arc::clone(to),
        look,
        selected,
        wrong,
        locale: props.locale,
        on_message: props.on_message.clone(),
    })
}

/// Links with neighbouring identities.
#[derive(Clone, PartialEq, Properties)]
struct LinkGroupProps {
    links: Vec<LinkProps>,
}

#[component]
fn LinkGroup(props: &LinkGroupProps) -> Html {
    let link = |link: &LinkProps| html! { <LinkView key={link.id.0} ..link.clone()/> };
    html! {
        <g>
            <path class="link-line" d={grouped_path(&props.links)}/>
            <g>{ for props.links.iter().map(link) }</g>
        </g>
    }
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
    /// Whether simulated time passes.
    pub(super) running: bool,
    pub(super) locale: Locale,
    pub(super) on_message: Callback<Message>,
    pub(super) on_command: Callback<Command>,
}

/// All cards.
#[component]
pub(super) fn Cards(props: &CardsProps) -> Html {
    let worst = worst_issues(&props.issues);
    let turns = use_mut_ref(Turns::default);
    let mut turns = turns.borrow_mut();
    turns.take(props.frame.as_ref(), props.design.nodes.len(), props.running);
    let mut groups: BTreeMap<u32, Vec<CardProps>> = BTreeMap::new();
    for (&id, node) in &props.design.nodes {
        let frame = turns.frame_of(id, props.selection.contains(Item::Node(id)));
        groups.entry(id.0 / GROUP).or_default().push(card_props(props, &worst, (id, node), frame));
    }
    let groups = groups.into_iter().map(|(key, cards)| html! { <CardGroup {key} {cards}/> });
    html! { <g class="cards">{ for groups }</g> }
}

/// Cards with neighbouring identities.
#[derive(Clone, PartialEq, Properties)]
struct CardGroupProps {
    cards: Vec<CardProps>,
}

#[component]
fn CardGroup(props: &CardGroupProps) -> Html {
    let card = |card: &CardProps| html! { <Card key={card.id.0} ..card.clone()/> };
    html! { <g>{ for props.cards.iter().map(card) }</g> }
}

fn card_props(
    props: &CardsProps,
    worst: &BTreeMap<Place, Severity>,
    (id, node): (NodeId, &Arc<Node>),
    frame: Option<&Rc<Frame>>,
) -> CardProps {
    let detail = props.sight.detail(|| WorldRect::of_node(node));
    // What shows no state needs no new paint for it.
    let frame = frame.filter(|_| detail == Detail::Full);
    let is_source = node.settings.kind() == NodeKind::Source;
    CardProps {
        id,
        node: Arc::clone(node),
        frame: frame.and_then(|frame| node_frame(frame, id)).cloned(),
        now: frame.filter(|_| is_source).map(|frame| frame.now),
        duration_s: props.design.run.duration_s,
        starts_at_s: props.design.run.starts_at_s,
        selected: props.selection.contains(Item::Node(id)),
        detail,
        candidate: candidate(props, id, node.settings.kind()),
        severity: worst.get(&Place::Node(id)).copied(),
        locale: props.locale,
        on_message: props.on_message.clone(),
        on_command: props.on_command.clone(),
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
