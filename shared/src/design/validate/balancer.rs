//! Settings of load balancers that do nothing, because of others or of who sends.

use super::{Check, set};
use crate::design::{Balancer, Edit, Link, Place, Problem, Settings, Severity, Source};
use crate::id::NodeId;

/// How many clients the mend for none gives a source.
const SOME_CLIENTS: u32 = 1_000;

impl Check<'_> {
    /// Warns of weights that the policy does not look at, and of rules by client without clients.
    pub(super) fn balancer_effects(&mut self, at: Place, id: NodeId, balancer: &Balancer) {
        if !balancer.policy.takes_weights() {
            self.ignored_weights(id);
        }
        let field = if balancer.requests.affinity.is_some() {
            "requests.affinity"
        } else if balancer.policy.is_hashing() {
            "policy"
        } else {
            return;
        };
        let nameless = self.design.links_to(id).find_map(|(_, link)| {
            let node = self.design.nodes.get(&link.from)?;
            match &node.settings {
                Settings::Source(source) if source.clients == 0 => Some((link.from, node, source)),
                _ => None,
            }
        });
        if let Some((source_id, node, source)) = nameless {
            let mended = Source { clients: SOME_CLIENTS, ..source.clone() };
            let mend = Some(set(source_id, node, Settings::Source(mended)));
            let problem = Problem::NoClients { field: field.to_owned(), source: node.name.clone() };
            self.report(Severity::Warning, at, problem, mend);
        }
    }

    /// A weight of 0 takes traffic away under any policy; weights that are all the same say nothing.
    fn ignored_weights(&mut self, id: NodeId) {
        let weights = || self.design.links_from(id).filter(|(_, link)| link.weight > 0);
        let first = weights().next().map(|(_, link)| link.weight);
        if weights().all(|(_, link)| Some(link.weight) == first) {
            return;
        }
        let other: Vec<_> = weights().filter(|(_, link)| link.weight != 1).collect();
        for (link_id, link) in other {
            let mend = Some(Edit::SetLink(link_id, Link { weight: 1, ..link.clone() }));
            let problem = Problem::WeightIgnored { weight: link.weight };
            self.report(Severity::Warning, Place::Link(link_id), problem, mend);
        }
    }
}
