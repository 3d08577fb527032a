//! From a drawing to the configuration of a Worker.
//!
//! [`from_design`] writes the document that [`EdgeConfig`](crate::origins::EdgeConfig) reads, as
//! far as a drawing goes: who serves, by which policy, how it is checked, retried, kept and scaled.
//! What a drawing does not know (addresses, the page that probes ask for, routes, limits, who may
//! read the status) stays as the running document has it, if there is one. What the Worker does not
//! know is told in [`Note`]s, never dropped in silence.
//!
//! The document is a tree rather than a value of that type: an origin that no running document
//! knows has an empty `url`, which only a person can fill in, and until then it is refused. It also
//! keeps the reading and writing of the whole type out of the page.
//!
//! The balancers that sources send to become pools, in the order of their numbers: the first is the
//! document's own, the pool `default`. Without any, the servers that sources use directly are its
//! origins.

mod note;
mod pool;
mod rules;
mod servers;

pub use note::{Note, NoteKind};

use crate::design::{Design, Node, NodeKind, Settings};
use crate::id::NodeId;
use crate::origins::DEFAULT_POOL;
use pool::Plan;
use serde_json::{Map, Value};

/// A document that a person completes, and what it leaves out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// What [`EdgeConfig::from_json`](crate::origins::EdgeConfig::from_json) reads once every `url`
    /// is written.
    pub document: Value,
    /// What to do, and what the Worker does otherwise than the drawing.
    pub notes: Vec<Note>,
}

/// The configuration that makes a Worker balance as `design` does. `running` is the document that
/// it has now: origins that it knows keep their addresses.
pub fn from_design(design: &Design, running: Option<&Value>) -> Draft {
    let none = Map::new();
    let running = running.and_then(Value::as_object).unwrap_or(&none);
    let mut writer = Writer { design, running, ids: Vec::new(), notes: Vec::new() };
    let mut plans = writer.plans();
    writer.slow_down(&mut plans);
    let mut document = running.clone();
    document.remove("pools");
    let mut pools = Vec::new();
    let mut names = vec![DEFAULT_POOL.to_owned()];
    for (nth, plan) in plans.into_iter().enumerate() {
        if nth == 0 {
            document = writer.pool(document, plan, true);
            continue;
        }
        let id = servers::unique(&servers::slug(&plan.name, "pool"), &names);
        let known = list(running, "pools").iter().filter_map(Value::as_object);
        let known = known.into_iter().find(|pool| text(pool, "id") == id);
        let mut pool = writer.pool(known.cloned().unwrap_or_default(), plan, false);
        put(&mut pool, "id", id.as_str().into());
        names.push(id);
        pools.push(Value::Object(pool));
    }
    if !pools.is_empty() {
        put(&mut document, "pools", pools.into());
    }
    writer.routes(&mut document, &names);
    writer.leftovers(&document);
    Draft { document: Value::Object(document), notes: writer.notes }
}

/// What is written, and by what.
struct Writer<'a> {
    design: &'a Design,
    running: &'a Map<String, Value>,
    /// The origins so far.
    ids: Vec<String>,
    notes: Vec<Note>,
}

impl<'a> Writer<'a> {
    fn note(&mut self, kind: NoteKind, about: &str, value: impl Into<String>) {
        self.notes.push(Note { kind, about: about.to_owned(), value: value.into() });
    }

    /// Nodes of a kind, and whether a source sends to them.
    fn nodes(&self, kind: NodeKind) -> Vec<(NodeId, &'a Node, bool)> {
        let design = self.design;
        let nodes = design.nodes.iter().filter(move |(_, node)| node.settings.kind() == kind);
        let is_source = |id| design.node(id).map(|node| node.settings.kind());
        nodes
            .map(|(&id, node)| {
                let sent = |from| is_source(from) == Some(NodeKind::Source);
                (id, node.as_ref(), design.links_to(id).any(|(_, link)| sent(link.from)))
            })
            .collect()
    }

    /// One plan for each pool, and what stays out.
    fn plans(&mut self) -> Vec<Plan<'a>> {
        let mut balancers = self.nodes(NodeKind::Balancer);
        // While nobody has drawn the clients yet, whatever nobody asks is the front.
        if balancers.iter().any(|(.., is_front)| *is_front) {
            balancers.retain(|(.., is_front)| *is_front);
        } else {
            balancers.retain(|(id, ..)| self.design.links_to(*id).next().is_none());
        }
        let mut served: Vec<NodeId> = Vec::new();
        let mut plans = Vec::new();
        for (id, node, _) in balancers {
            let Settings::Balancer(balancer) = &node.settings else { continue };
            let links: Vec<_> = self.design.links_from(id).map(|(_, link)| link.clone()).collect();
            served.push(id);
            served.extend(links.iter().map(|link| link.to));
            plans.push(self.plan(&node.name, Some(balancer), &links));
        }
        if plans.is_empty() {
            let direct = self.nodes(NodeKind::Dependency).into_iter();
            let direct = direct.filter(|(.., is_front)| *is_front).map(|(id, ..)| id);
            let links: Vec<_> = direct.map(|id| crate::design::Link::new(NodeId(0), id)).collect();
            served.extend(links.iter().map(|link| link.to));
            self.note(NoteKind::NoBalancer, "", "");
            plans.push(self.plan("", None, &links));
        }
        let others =
            self.design.nodes.iter().filter(|(id, node)| {
                node.settings.kind() != NodeKind::Source && !served.contains(id)
            });
        let others: Vec<&str> = others.map(|(_, node)| node.name.as_str()).collect();
        if !others.is_empty() {
            let others = others.join(", ");
            self.note(NoteKind::Left, "", others);
        }
        plans
    }

    /// Routes stay, but for those to pools that are gone.
    fn routes(&mut self, document: &mut Map<String, Value>, pools: &[String]) {
        let is_pool = |name: &Value| pools.iter().any(|pool| Some(pool.as_str()) == name.as_str());
        let Some(Value::Array(routes)) = document.get_mut("routes") else {
            if pools.len() > 1 {
                self.note(NoteKind::Order, "", pools.join(", "));
            }
            return;
        };
        let before = routes.len();
        routes.retain(|route| {
            let named = route.as_object().map_or(&[][..], |route| list(route, "pools"));
            named.iter().all(is_pool)
        });
        let (after, gone) = (routes.len(), before - routes.len());
        if after == 0 {
            document.remove("routes");
        }
        if gone > 0 {
            self.note(NoteKind::Routes, "", gone.to_string());
        }
    }

    /// Origins without an address, and those that run but are not drawn.
    fn leftovers(&mut self, document: &Map<String, Value>) {
        let nameless = origins(document).filter(|origin| text(origin, "url").is_empty());
        let nameless: Vec<&str> = nameless.map(|origin| text(origin, "id")).collect();
        if !nameless.is_empty() {
            self.note(NoteKind::Addresses, "", nameless.join(", "));
        }
        let running = self.running;
        let gone = origins(running).map(|origin| text(origin, "id"));
        let gone: Vec<&str> = gone.filter(|id| !self.ids.iter().any(|kept| kept == id)).collect();
        if !gone.is_empty() {
            self.note(NoteKind::Gone, "", gone.join(", "));
        }
    }
}

/// Sets a field.
fn put(object: &mut Map<String, Value>, field: &str, value: Value) {
    object.insert(field.to_owned(), value);
}

/// The list in a field; an empty one if there is none.
fn list<'a>(object: &'a Map<String, Value>, field: &str) -> &'a [Value] {
    object.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The text in a field; an empty one if there is none.
fn text<'a>(object: &'a Map<String, Value>, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Every origin of a document, in order.
fn origins(document: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let pools = list(document, "pools").iter().filter_map(Value::as_object);
    let all = std::iter::once(document).chain(pools);
    all.flat_map(|pool| list(pool, "origins")).filter_map(Value::as_object)
}

#[cfg(test)]
mod tests;
