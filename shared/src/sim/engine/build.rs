//! From a design to nodes at work.

use super::{NodeRef, Simulation, StartError};
use crate::balance::{ConfigError, Health};
use crate::cost::CostMeter;
use crate::design::{self, Design, Issue, NodeKind, Place, Problem, Settings, Severity};
use crate::id::NodeId;
use crate::rng::Rng;
use crate::scale;
use crate::sim::event::{Event, EventQueue};
use crate::sim::log::Log;
use crate::sim::measure::Recorder;
use crate::sim::node::{
    BalancerNode, Calls, DependencyNode, Entry, Gone, GroupNode, Size, SourceNode, Station, Story,
    Target, Work,
};
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;

impl Simulation {
    /// A simulation of `design` at its first moment.
    ///
    /// # Errors
    ///
    /// The design has errors; warnings are no obstacle.
    pub fn new(design: &Design) -> Result<Self, StartError> {
        let mut issues = design::validate(design);
        issues.retain(|issue| issue.severity == Severity::Error);
        if !issues.is_empty() {
            return Err(StartError { issues });
        }
        let run = &design.run;
        let mut sim = Self {
            now: Timestamp::ZERO,
            end: Timestamp::from_s(u64::from(run.duration_s)),
            queue: EventQueue::default(),
            calls: Calls::default(),
            stations: Vec::new(),
            works: Vec::new(),
            sources: Vec::new(),
            balancers: Vec::new(),
            groups: Vec::new(),
            dependencies: Vec::new(),
            nodes: Vec::new(),
            recorder: Recorder::new(Timestamp::from_s(u64::from(run.warmup_s)), run.duration_s),
            log: Log::default(),
            design: design.clone(),
        };
        sim.build(design)?;
        Ok(sim)
    }

    /// Dependencies first, then balancers, then groups (which register with balancers), sources
    /// last. The order is one of construction only: every node's stream is its own.
    fn build(&mut self, design: &Design) -> Result<(), StartError> {
        let seed = Rng::new(design.run.seed);
        let mut places = BTreeMap::new();
        for kind in [NodeKind::Dependency, NodeKind::Balancer, NodeKind::Group, NodeKind::Source] {
            for (&id, node) in design.nodes.iter().filter(|(_, n)| n.settings.kind() == kind) {
                let fork = |label| seed.fork(label, u64::from(id.0));
                let place = match &node.settings {
                    Settings::Dependency(settings) => {
                        self.build_dependency(id, settings, fork("work"))
                    }
                    Settings::Balancer(settings) => {
                        self.build_balancer(design, id, settings, fork("pick"))?
                    }
                    Settings::Group(settings) => {
                        let streams = (fork("work"), fork("boot"));
                        self.build_group(design, id, settings, streams, &places)?
                    }
                    Settings::Source(settings) => {
                        let streams = (fork("arrivals"), fork("clients"));
                        let mut source = SourceNode::new(id, settings, streams);
                        source.targets = self.targets(design, id, &places);
                        self.sources.push(source);
                        NodeRef::Source(self.sources.len() as u32 - 1)
                    }
                };
                places.insert(id, place);
            }
        }
        self.connect_balancers(design, &places)?;
        self.nodes = places.into_values().collect();
        for source in 0..self.sources.len() {
            self.schedule_arrival(source);
        }
        for balancer in 0..self.balancers.len() {
            self.schedule_balancer(balancer as u32);
        }
        self.queue.schedule(Timestamp::from_s(1), Event::Tick);
        Ok(())
    }

    fn build_dependency(
        &mut self,
        id: NodeId,
        settings: &design::Dependency,
        work: Rng,
    ) -> NodeRef {
        self.works.push(Work::new(&settings.service, work));
        let work = self.works.len() as u32 - 1;
        let size = Size { work, cores: settings.workers, queue_max: settings.queue_max };
        let mut station = Station::new(id, None, size, Timestamp::ZERO);
        station.come_alive(Timestamp::ZERO);
        self.stations.push(station);
        let station = self.stations.len() as u32 - 1;
        self.dependencies.push(DependencyNode { id, station });
        NodeRef::Dependency(self.dependencies.len() as u32 - 1)
    }

    fn build_balancer(
        &mut self,
        design: &Design,
        id: NodeId,
        settings: &design::Balancer,
        rng: Rng,
    ) -> Result<NodeRef, StartError> {
        let links = design.links_from(id).map(|(_, link)| link);
        let node = BalancerNode::new(id, settings, links, rng).map_err(|error| refused(id, &error));
        self.balancers.push(node?);
        Ok(NodeRef::Balancer(self.balancers.len() as u32 - 1))
    }

    fn build_group(
        &mut self,
        design: &Design,
        id: NodeId,
        settings: &design::Group,
        (work, boot_rng): (Rng, Rng),
        places: &BTreeMap<NodeId, NodeRef>,
    ) -> Result<NodeRef, StartError> {
        let seconds = |s: u32| Span::from_s(u64::from(s));
        let balancers: Vec<u32> = design
            .links_to(id)
            .filter_map(|(_, link)| match places.get(&link.from) {
                Some(&NodeRef::Balancer(index)) => Some(index),
                _ => None,
            })
            .collect();
        let config = scale::GroupConfig {
            min_size: settings.min_size,
            max_size: settings.max_size,
            policies: settings.policies.clone(),
            health_check_grace_period: seconds(settings.health_check_grace_period_s),
            default_instance_warmup: seconds(settings.default_instance_warmup_s),
            has_balancer: !balancers.is_empty(),
            // Scheduled actions go by the time of day at which the run starts.
            unix_at_zero: i64::from(design.run.starts_at_s),
            ..scale::GroupConfig::default()
        };
        let mut out = Vec::new();
        let desired = settings.desired_capacity;
        let core =
            scale::Group::new(config, desired, Timestamp::ZERO, &mut out).map_err(|error| {
                StartError {
                    issues: vec![Issue {
                        severity: Severity::Error,
                        at: Place::Node(id),
                        problem: Problem::Policy { field: "policies".to_owned(), error },
                        mend: None,
                    }],
                }
            })?;
        self.works.push(Work::new(&settings.service, work));
        let work = self.works.len() as u32 - 1;
        self.groups.push(GroupNode {
            id,
            core,
            stations: BTreeMap::new(),
            balancers,
            dependencies: self.targets(design, id, places),
            boot: settings.boot.sampler(),
            boot_rng,
            size: Size { work, cores: settings.cores, queue_max: settings.queue_max },
            meter: CostMeter::new(&settings.instance_type, design.run.region),
            gone: Gone::default(),
            in_service: (desired, desired),
            cpu: None,
            story: Story::default(),
        });
        let index = self.groups.len() as u32 - 1;
        self.carry_out_group(index, out);
        Ok(NodeRef::Group(index))
    }

    /// Where the links of a source or group lead: balancers and dependencies.
    fn targets(
        &self,
        design: &Design,
        id: NodeId,
        places: &BTreeMap<NodeId, NodeRef>,
    ) -> Vec<Target> {
        let target = |(_, link): (_, &design::Link)| {
            let entry = match *places.get(&link.to)? {
                NodeRef::Balancer(index) => Entry::Balancer(index),
                NodeRef::Dependency(i) => {
                    Entry::Station(self.dependencies.get(i as usize)?.station)
                }
                NodeRef::Source(_) | NodeRef::Group(_) => return None,
            };
            Some(Target { entry, latency: Span::from_ms_f64(link.latency_ms) })
        };
        design.links_from(id).filter_map(target).collect()
    }

    /// Dependencies behind a balancer are backends that are there from the start.
    fn connect_balancers(
        &mut self,
        design: &Design,
        places: &BTreeMap<NodeId, NodeRef>,
    ) -> Result<(), StartError> {
        for balancer in &mut self.balancers {
            for (_, link) in design.links_from(balancer.id) {
                if let Some(&NodeRef::Dependency(index)) = places.get(&link.to) {
                    let station = self.dependencies[index as usize].station;
                    balancer
                        .register(self.now, (link.to, 0), station, Health::Healthy)
                        .map_err(|error| refused(balancer.id, &error))?;
                }
            }
        }
        Ok(())
    }
}

/// A balancer's setting that is out of range, as an issue of its node.
fn refused(id: NodeId, error: &ConfigError) -> StartError {
    let ConfigError { field, value, min, max, .. } = *error;
    let problem = Problem::OutOfRange { field: field.to_owned(), value, min, max };
    let at = Place::Node(id);
    StartError { issues: vec![Issue { severity: Severity::Error, at, problem, mend: None }] }
}
