//! Why would the next request go where it goes? Asked by readers, never by the simulation: nothing
//! changes by it.

use super::Simulation;
use super::flow::address_of;
use crate::balance::Request;
use crate::id::{BackendId, NodeId};
use crate::sim::node::{Entry, SourceNode, Station};
use crate::sim::{Decision, Server};

impl Simulation {
    /// What a balancer would decide now, were the next request of a source that sends to it (or of
    /// the first source) to reach it at this moment. `None` if the run has no such balancer.
    pub fn explain(&self, balancer: NodeId) -> Option<Decision> {
        let first = self.balancers.iter().position(|it| it.id == balancer)? as u32;
        let sends_here = |source: &&SourceNode| {
            source.targets.iter().any(|target| target.entry == Entry::Balancer(first))
        };
        let source = self.sources.iter().find(sends_here).or(self.sources.first())?;
        self.decision(first, source.next_request())
    }

    /// What the balancer whose first instance is at `first` decides for a request.
    pub(super) fn decision(&self, first: u32, request: u64) -> Option<Decision> {
        let node = self.balancers.get(first as usize)?;
        let address = address_of(&self.sources, request);
        let instance = node.next_instance(address);
        self.decision_of(first + instance, request)
    }

    /// What an instance of a balancer decides for a request.
    pub(super) fn decision_of(&self, index: u32, request: u64) -> Option<Decision> {
        let node = self.balancers.get(index as usize)?;
        let first = self.balancers.iter().position(|it| it.id == node.id)? as u32;
        let client = if node.wants_client { address_of(&self.sources, request) } else { None };
        let asked = Request { client, ..Request::default() };
        let explanation = node.explain(self.now, &asked);
        let backends = explanation.considered.iter().map(|it| it.backend);
        let servers = backends.map(|BackendId(station)| self.server(station)).collect();
        Some(Decision {
            at: self.now,
            balancer: node.id,
            instance: index - first,
            source: SourceNode::maker_of(request),
            number: SourceNode::place_of(request),
            client,
            explanation,
            servers,
        })
    }

    /// The server that a station is.
    pub(super) fn server(&self, station: u32) -> Server {
        let station = self.stations.get(station as usize);
        Server {
            node: station.map_or(NodeId(0), |station| station.node),
            instance: station.and_then(Station::instance),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balance::PolicyConfig;
    use crate::design::{Settings, presets};
    use crate::sim::StepBudget;
    use crate::time::Timestamp;
    use std::sync::Arc;

    /// What a balancer says it would decide now is what it decides when the next request comes.
    #[test]
    fn what_is_explained_is_what_follows() {
        for policy in PolicyConfig::ALL {
            let mut design = presets::seven_steps();
            design.links.values_mut().for_each(|link| link.latency_ms = 0.0);
            for node in design.nodes.values_mut() {
                if let Settings::Balancer(balancer) = &mut Arc::make_mut(node).settings {
                    balancer.policy = policy.clone();
                }
            }
            let mut sim = Simulation::new(&design).unwrap();
            sim.run_until(Timestamp::from_s(20), StepBudget::UNLIMITED);
            let (balancer, mut picks) = (sim.balancers[0].id, 0);
            for _ in 0..300 {
                let told = sim.explain(balancer).unwrap();
                let before = sim.balancers[0].requests;
                sim.run_until(Timestamp::MAX, StepBudget { events: 1 });
                if sim.balancers[0].requests > before {
                    let request = sim.sources[0].request();
                    let call = sim.calls.iter().find(|call| call.request == request).unwrap();
                    let station = call.pick.as_ref().unwrap().backend().0;
                    assert_eq!(told.chosen(), Some(sim.server(station)), "{policy:?}: {told:?}");
                    picks += 1;
                }
            }
            assert!(picks > 50, "{policy:?}: {picks} picks");
        }
    }
}
