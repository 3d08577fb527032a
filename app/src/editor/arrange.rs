//! Nodes put in order: aligned, distributed, laid out by layers. Pure: a design in, moves out.

use super::geometry::{WorldPoint, WorldRect, card_size};
use super::selection::Selection;
use super::tool::GRID;
use rust_sugiyama::configure::Config;
use rust_sugiyama::from_vertices_and_edges;
use shared::design::{Design, Link};
use shared::id::NodeId;
use shared::ordered;
use std::collections::BTreeMap;

/// Where nodes go: identity and new centre, as [`Edit::MoveNodes`](shared::design::Edit) has it.
pub(super) type Moves = Vec<(NodeId, i32, i32)>;

/// Room between two cards of one layer, world units.
const GAP: f64 = 48.0;
/// More room between layers, for the links, world units.
const LAYER_GAP: f64 = 72.0;

/// Which lines of the cards come to lie on one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alignment {
    /// Left edges, on the leftmost.
    Left,
    /// Centres, on the vertical line through the middle.
    Center,
    /// Right edges, on the rightmost.
    Right,
    /// Top edges, on the highest.
    Top,
    /// Centres, on the horizontal line through the middle.
    Middle,
    /// Bottom edges, on the lowest.
    Bottom,
}

/// A direction of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// From left to right.
    Horizontal,
    /// From top to bottom.
    Vertical,
}

/// The selected cards, in order of identity.
fn cards(design: &Design, selection: &Selection) -> Vec<(NodeId, WorldRect)> {
    let card = |&id: &NodeId| design.node(id).map(|node| (id, WorldRect::of_node(node)));
    selection.nodes.iter().filter_map(card).collect()
}

/// A centre at whole units. Out of range saturates.
fn move_to(id: NodeId, center: WorldPoint) -> (NodeId, i32, i32) {
    (id, center.x.round() as i32, center.y.round() as i32)
}

/// Moves the selected nodes onto one line.
pub(super) fn align(design: &Design, selection: &Selection, alignment: Alignment) -> Moves {
    let cards = cards(design, selection);
    let Some(all) = WorldRect::around(cards.iter().map(|&(_, rect)| rect)) else {
        return Vec::new();
    };
    let place = |(id, card): &(NodeId, WorldRect)| {
        let (x, y) = (card.center().x, card.center().y);
        let (half_width, half_height) = (card.width() / 2.0, card.height() / 2.0);
        let (x, y) = match alignment {
            Alignment::Left => (all.left + half_width, y),
            Alignment::Center => (all.center().x, y),
            Alignment::Right => (all.right - half_width, y),
            Alignment::Top => (x, all.top + half_height),
            Alignment::Middle => (x, all.center().y),
            Alignment::Bottom => (x, all.bottom - half_height),
        };
        move_to(*id, WorldPoint::new(x, y))
    };
    cards.iter().map(place).collect()
}

/// Moves the selected nodes so that the room between neighbours is equal. The outermost stay.
pub(super) fn distribute(design: &Design, selection: &Selection, axis: Axis) -> Moves {
    let mut cards = cards(design, selection);
    let begin = |card: &WorldRect| match axis {
        Axis::Horizontal => card.left,
        Axis::Vertical => card.top,
    };
    let length = |card: &WorldRect| match axis {
        Axis::Horizontal => card.width(),
        Axis::Vertical => card.height(),
    };
    let middle = |card: &WorldRect| begin(card) + length(card) / 2.0;
    ordered::sort_by(&mut cards, |(_, a), (_, b)| middle(a).total_cmp(&middle(b)));
    let (Some((_, first)), Some((_, last))) = (cards.first(), cards.last()) else {
        return Vec::new();
    };
    let span = begin(last) + length(last) - begin(first);
    let filled: f64 = cards.iter().map(|(_, card)| length(card)).sum();
    let gap = (span - filled) / (cards.len().max(2) - 1) as f64;
    let mut at = begin(first);
    let mut moves = Vec::with_capacity(cards.len());
    for (id, card) in &cards {
        let center = at + length(card) / 2.0;
        moves.push(match axis {
            Axis::Horizontal => move_to(*id, WorldPoint::new(center, card.center().y)),
            Axis::Vertical => move_to(*id, WorldPoint::new(card.center().x, center)),
        });
        at += length(card) + gap;
    }
    moves
}

/// Lays the whole design out in layers from left to right, along the way of the requests; parts
/// that are not connected come below each other. The middle of the drawing stays where it is.
pub(super) fn tidy_up(design: &Design) -> Moves {
    let cards = design.nodes.values().map(|node| WorldRect::of_node(node));
    let Some(before) = WorldRect::around(cards) else { return Vec::new() };
    let rect = |id: NodeId, center: WorldPoint| {
        design.node(id).map(|node| WorldRect::of_card(node.settings.kind(), center))
    };
    let mut centers: BTreeMap<NodeId, WorldPoint> = BTreeMap::new();
    let mut top = 0.0;
    for part in layers(design) {
        let rects = part.iter().filter_map(|&(id, center)| rect(id, center));
        let Some(bounds) = WorldRect::around(rects) else { continue };
        let (dx, dy) = (-bounds.left, top - bounds.top);
        let moved = part.iter().map(|&(id, at)| (id, WorldPoint::new(at.x + dx, at.y + dy)));
        centers.extend(moved);
        top += bounds.height() + 2.0 * GAP;
    }
    let rects = centers.iter().filter_map(|(&id, &center)| rect(id, center));
    let Some(after) = WorldRect::around(rects) else { return Vec::new() };
    let (dx, dy) = (before.center().x - after.center().x, before.center().y - after.center().y);
    let snap = |value: f64| (value / f64::from(GRID)).round() * f64::from(GRID);
    let snapped = |at: &WorldPoint| WorldPoint::new(snap(at.x + dx), snap(at.y + dy));
    centers.iter().map(|(&id, at)| move_to(id, snapped(at))).collect()
}

/// The centres of the cards of each connected part, layer by layer from left to right.
fn layers(design: &Design) -> Vec<Vec<(NodeId, WorldPoint)>> {
    // The library counts vertices from zero, and its layers go from top to bottom: the axes are
    // swapped on the way in and out.
    let ids: Vec<NodeId> = design.nodes.keys().copied().collect();
    let index = |id: NodeId| ids.binary_search(&id).ok().and_then(|at| u32::try_from(at).ok());
    let vertices: Vec<_> = (0..)
        .zip(design.nodes.values())
        .map(|(index, node)| {
            let (width, height) = card_size(node.settings.kind());
            (index, (height, width + LAYER_GAP))
        })
        .collect();
    let edge = |link: &Link| Some((index(link.from)?, index(link.to)?));
    let edges: Vec<_> = design.links.values().filter_map(edge).collect();
    let config = Config { vertex_spacing: GAP, ..Config::default() };
    let place = |(index, (y, x)): (usize, (f64, f64))| {
        ids.get(index).map(|&id| (id, WorldPoint::new(x, y)))
    };
    let mut parts: Vec<Vec<_>> = from_vertices_and_edges(&vertices, &edges, &config)
        .into_iter()
        .map(|(part, ..)| part.into_iter().filter_map(place).collect())
        .collect();
    // Which part comes first must not depend on the library.
    let first = |part: &[(NodeId, WorldPoint)]| part.iter().map(|&(id, _)| id).min();
    ordered::sort_by(&mut parts, |a, b| first(a).cmp(&first(b)));
    parts
}
