//! The document that people draw: nodes, links, run settings.
//!
//! A design is plain data and may be broken at any moment while somebody edits it: half-wired,
//! out of range, empty. Nothing here panics on that; [`validate`] lists what is wrong and how to
//! mend it, and only the simulation refuses to start on errors.
//!
//! Every change goes through [`Edit`], whose application returns the edit that undoes it.

mod codec;
mod document;
mod edit;
mod fault;
mod group;
mod issue;
mod mark;
mod node;
pub mod path;
pub mod presets;
mod series;
mod server;
mod slo;
mod traffic;
mod validate;

pub use crate::cost::Region;
pub use codec::{CODEC_VERSION, DECODED_BYTES_MAX, LINK_CHARS_MAX, LinkError, decode, encode};
#[cfg(feature = "schema")]
pub use document::Document;
pub use document::{DocumentError, FORMAT, FORMAT_VERSION, from_json, to_json};
pub use edit::{Edit, EditError};
pub use fault::{Fault, FaultKind, FaultName, FaultTime, Servers, Target};
pub use group::{
    CapacityShortage, CreditSpecification, Group, HookTransition, InstanceRefresh, LifecycleHook,
    Monitoring,
};
pub use issue::{Field, Issue, PROBLEM_CODES, Place, Problem, Severity};
pub use mark::{MARK_CHARS_MAX, MARK_SIZE_MAX, MARK_SIZE_MIN, MARKS_MAX, Mark, MarkKind};
pub use node::{Balancer, Dependency, Link, Node, NodeKind, RunSettings, Settings, Source};
pub use series::{SeriesError, SeriesProblem, series_from_csv, series_to_csv};
pub use server::{Asking, Cache, ColdStart, ConnectionPool, Discipline, RequestClass};
pub use slo::Slo;
pub use traffic::{
    Arrivals, Between, Bursts, RatePoint, SERIES_POINTS_MAX, Traffic, Weekday, day_points,
    series_points, week_points,
};
pub use validate::{check_fault, link_allowed, validate};

#[cfg(test)]
mod tests;

use crate::id::{LinkId, MarkId, NodeId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// More nodes than this are refused by the decoders and by [`Design::apply`].
pub const NODES_MAX: usize = 5_000;
/// More links than this are refused.
pub const LINKS_MAX: usize = 20_000;
/// Longest name of a design or node, in characters.
pub const NAME_CHARS_MAX: usize = 80;
/// Furthest a node may lie from the origin, in world units on each axis.
pub const POSITION_MAX: i32 = 100_000;

/// An architecture: what people draw, simulate and share.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Design {
    /// What people call it.
    pub name: String,
    /// Nodes by identity. `Arc`, so that a copy of a design is cheap and an unchanged node is
    /// recognised by its address.
    pub nodes: BTreeMap<NodeId, Arc<Node>>,
    /// Links by identity.
    pub links: BTreeMap<LinkId, Link>,
    /// Notes and boxes by identity. A run knows nothing of them.
    pub marks: BTreeMap<MarkId, Mark>,
    /// Seed, length and place of the run.
    pub run: RunSettings,
}

impl Design {
    /// An identity that no node of this document has.
    pub fn next_node_id(&self) -> NodeId {
        NodeId(self.nodes.keys().next_back().map_or(1, |id| id.0.saturating_add(1)))
    }

    /// An identity that no link of this document has.
    pub fn next_link_id(&self) -> LinkId {
        LinkId(self.links.keys().next_back().map_or(1, |id| id.0.saturating_add(1)))
    }

    /// The node called `id`, if it exists.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(&id).map(AsRef::as_ref)
    }

    /// Links that leave `id`, in order of identity.
    pub fn links_from(&self, id: NodeId) -> impl Iterator<Item = (LinkId, &Link)> {
        self.links.iter().filter(move |(_, link)| link.from == id).map(|(id, link)| (*id, link))
    }

    /// Links that arrive at `id`, in order of identity.
    pub fn links_to(&self, id: NodeId) -> impl Iterator<Item = (LinkId, &Link)> {
        self.links.iter().filter(move |(_, link)| link.to == id).map(|(id, link)| (*id, link))
    }

    /// Adds a node under a fresh identity and returns it. For building designs in code; an editor
    /// uses [`Edit`] so that the step can be undone.
    pub fn add_node(&mut self, name: &str, x: i32, y: i32, settings: Settings) -> NodeId {
        let id = self.next_node_id();
        self.nodes
            .insert(id, Arc::new(Node { name: name.to_owned(), x, y, settings, locked: false }));
        id
    }

    /// Links `from` to `to` without latency under a fresh identity and returns it.
    pub fn add_link(&mut self, from: NodeId, to: NodeId) -> LinkId {
        let id = self.next_link_id();
        self.links.insert(id, Link::new(from, to));
        id
    }
}
