//! A balancer node: the balancing core, what the drawing says of each way to a backend, and the
//! words that servers say of their load.
//!
//! Everything that the engine wants of a balancer goes through the methods here, and they do no
//! more than translate: stations to backends, links to weights and levels, ends of requests to
//! outcomes. A test drives this type, the bare core and the Worker's state through one script and
//! wants the same picks of all three.

use super::exchange::Rules;
use super::load::RecentLatency;
use super::sessions::Sessions;
use super::{FailureCause, NONE, Way};
use crate::balance::explain::Explanation;
use crate::balance::{
    BackendConfig, Balancer, BalancerConfig, ConfigError, Health, LoadReport, Outcome, Output,
    Pick, PolicyConfig, Request, Unavailable,
};
use crate::cost::LcuMeter;
use crate::design;
use crate::id::{BackendId, NodeId};
use crate::rng::{Rng, mix_64};
use crate::time::{Span, Timestamp};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Status of a good answer, as the balancer is told.
const STATUS_OK: u16 = 200;
/// Status of an answer that failed.
const STATUS_ERROR: u16 = 500;
/// Status of an answer that refuses because a queue is full or nobody serves.
const STATUS_UNAVAILABLE: u16 = 503;

/// Weight and level of backends whose link says nothing of them.
const PLAIN_SHARE: (u32, u32) = (1, 0);

/// How a request ended, in the core's words.
#[inline(always)]
pub(in crate::sim) const fn outcome_of(ended: Result<(), FailureCause>) -> Outcome {
    match ended {
        Ok(()) => Outcome::Response(STATUS_OK),
        Err(cause) => outcome_of_failure(cause),
    }
}

#[inline(never)]
const fn outcome_of_failure(cause: FailureCause) -> Outcome {
    match cause {
        FailureCause::ConnectFailed => Outcome::ConnectFailed,
        FailureCause::Reset => Outcome::Reset,
        FailureCause::QueueFull | FailureCause::NoBackend | FailureCause::ConnectionTimeout => {
            Outcome::Response(STATUS_UNAVAILABLE)
        }
        FailureCause::ServerError => Outcome::Response(STATUS_ERROR),
        // Clients give up alone: the request goes on and ends in another way.
        FailureCause::Timeout => Outcome::Canceled,
    }
}

/// A balancer at work. A backend's identity is the number of its station.
#[derive(Debug)]
pub struct BalancerNode {
    pub(in crate::sim) id: NodeId,
    pub(in crate::sim) core: Balancer,
    /// The way to each backend node, where it takes time.
    ways: BTreeMap<NodeId, Way>,
    /// The link to each backend node, by its place among the engine's meters; in order of node.
    pub(in crate::sim) links: Vec<(NodeId, u32)>,
    /// How many instances the node has; the others follow this one in the engine's table. 0 for
    /// those others.
    pub(in crate::sim) instances: u32,
    /// How late it hears of the health of servers.
    pub(in crate::sim) health_lag: Span,
    /// Which instance a request reaches.
    spread: Rng,
    /// Requests that reached it.
    pub(in crate::sim) requests: u64,
    /// Capacity units that it is billed for.
    pub(in crate::sim) lcu: LcuMeter,
    /// When its timer event is scheduled; [`Timestamp::MAX`] while none is.
    pub(in crate::sim) timer: Timestamp,
    /// Whether it looks at the address of a request's client.
    pub(in crate::sim) wants_client: bool,
    /// Weight and level of each backend node, where they are not the default.
    shares: BTreeMap<NodeId, (u32, u32)>,
    /// Which server each client had, where that matters.
    sessions: Option<Sessions>,
    /// What it does around picks, where it must follow requests for it.
    pub(in crate::sim) rules: Option<Box<Rules>>,
    /// How many requests it lets a server have at once; 0 sets no limit.
    max_in_flight: u32,
    /// What servers say of their latency, where the policy asks for it.
    latencies: Option<BTreeMap<u32, RecentLatency>>,
}

impl BalancerNode {
    /// The balancer `id` with the links that leave it. `fork` makes its streams, by their names.
    ///
    /// # Errors
    ///
    /// The setting that is out of range.
    pub fn new<'a>(
        id: NodeId,
        settings: &design::Balancer,
        links: impl Iterator<Item = &'a design::Link>,
        fork: impl Fn(&str) -> Rng,
    ) -> Result<Self, ConfigError> {
        let config = BalancerConfig {
            policy: settings.policy.clone(),
            health_check: settings.health_check.clone(),
            deregistration_delay: Span::from_s(u64::from(settings.deregistration_delay_s)),
        };
        let spread = fork("instance");
        let core = Balancer::with_eligibility(config, settings.eligibility.clone(), fork("pick"))?;
        let mut shares = BTreeMap::new();
        for link in links {
            if (link.weight, link.priority) != PLAIN_SHARE {
                shares.insert(link.to, (link.weight, link.priority));
            }
        }
        let requests = &settings.requests;
        let sessions = requests.affinity.map(|affinity| affinity.rule()).transpose()?;
        let probes_load = matches!(settings.policy, PolicyConfig::Prequal { .. });
        Ok(Self {
            id,
            core,
            instances: 1,
            health_lag: Span::ZERO,
            spread,
            ways: BTreeMap::new(),
            links: Vec::new(),
            requests: 0,
            lcu: LcuMeter::default(),
            timer: Timestamp::MAX,
            wants_client: settings.policy.is_hashing() || sessions.is_some(),
            shares,
            sessions: sessions.map(Sessions::new),
            rules: Rules::new(requests, fork("backoff"))?.map(Box::new),
            max_in_flight: requests.limits.as_ref().map_or(0, |it| it.max_requests_per_backend),
            latencies: probes_load.then(BTreeMap::new),
        })
    }

    /// All instances of the balancer `id`, each with counters, beliefs and draws of its own. The
    /// one at place k of n hears of health (k + 1) / n of the lag late: each reads at its own time
    /// what is written down somewhere.
    ///
    /// # Errors
    ///
    /// The setting that is out of range.
    pub(in crate::sim) fn instances<'a>(
        id: NodeId,
        settings: &design::Balancer,
        links: impl Iterator<Item = &'a design::Link> + Clone,
        fork: &impl Fn(&str) -> Rng,
    ) -> Result<Vec<Self>, ConfigError> {
        let count = settings.instances.max(1);
        let lag_s = f64::from(settings.health_lag_s);
        let instance = |place: u32| {
            // The first draws as if it were alone.
            let fork = |label: &str| match place {
                0 => fork(label),
                place => fork(label).fork("instance", u64::from(place)),
            };
            let mut node = Self::new(id, settings, links.clone(), fork)?;
            node.instances = if place == 0 { count } else { 0 };
            node.health_lag = Span::from_s_f64(lag_s * f64::from(place + 1) / f64::from(count));
            Ok(node)
        };
        (0..count).map(instance).collect()
    }

    /// The place of the instance that a client always reaches: its name was resolved once.
    pub(in crate::sim) fn instance_of(&self, client: IpAddr) -> u32 {
        let word = match client {
            IpAddr::V4(address) => u64::from(address.to_bits()),
            IpAddr::V6(address) => {
                let bits = address.to_bits();
                (bits >> 64) as u64 ^ bits as u64
            }
        };
        (mix_64(word) % u64::from(self.instances.max(1))) as u32
    }

    /// The place of the instance that the next request of a client reaches.
    pub(in crate::sim) fn next_instance(&self, client: Option<IpAddr>) -> u32 {
        match client {
            _ if self.instances <= 1 => 0,
            Some(client) => self.instance_of(client),
            None => self.spread.clone().below(u64::from(self.instances)) as u32,
        }
    }

    /// The place of any instance.
    pub(in crate::sim) fn any_instance(&mut self) -> u32 {
        self.spread.below(u64::from(self.instances.max(1))) as u32
    }

    /// The balancer learns of a station of `node` that stands in `zone`.
    ///
    /// # Errors
    ///
    /// The link's weight or priority is out of range.
    pub fn register(
        &mut self,
        now: Timestamp,
        (node, zone): (NodeId, u32),
        station: u32,
        health: Health,
    ) -> Result<(), ConfigError> {
        let (weight, priority) = self.shares.get(&node).copied().unwrap_or(PLAIN_SHARE);
        let max_in_flight = self.max_in_flight;
        let config = BackendConfig { weight, priority, locality: zone, max_in_flight, key: None };
        self.core.register_with(now, BackendId(station), health, config)
    }

    /// A station gets no more requests.
    pub fn drain(&mut self, now: Timestamp, station: u32, out: &mut Vec<Output>) {
        self.core.drain(now, BackendId(station), out);
    }

    /// A station is gone.
    pub fn deregister(&mut self, station: u32) {
        self.core.deregister(BackendId(station));
        if let Some(latencies) = &mut self.latencies {
            latencies.remove(&station);
        }
    }

    /// A request arrives: who serves it?
    ///
    /// # Errors
    ///
    /// Nobody may serve.
    pub fn pick(&mut self, now: Timestamp, request: &Request<'_>) -> Result<Pick, Unavailable> {
        self.requests += 1;
        self.choose(now, request)
    }

    /// Whether servers have sessions, to which requests return.
    #[inline]
    pub(in crate::sim) const fn has_sessions(&self) -> bool {
        self.sessions.is_some()
    }

    /// [`Self::pick`] on the spot, for a balancer without sessions.
    #[inline(always)]
    pub(in crate::sim) fn pick_at_once(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
    ) -> Result<Pick, Unavailable> {
        self.requests += 1;
        self.core.pick(now, request)
    }

    /// The same for a request that was counted already: it is sent again.
    #[inline(never)]
    pub(in crate::sim) fn choose(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
    ) -> Result<Pick, Unavailable> {
        match &mut self.sessions {
            None => self.core.pick(now, request),
            Some(sessions) => sessions.pick(&mut self.core, now, request),
        }
    }

    /// Why the next request goes where it goes; see [`Balancer::explain`].
    pub fn explain(&self, now: Timestamp, request: &Request<'_>) -> Explanation {
        match &self.sessions {
            None => self.core.explain(now, request),
            Some(sessions) => sessions.explain(&self.core, now, request),
        }
    }

    /// How requests get to the servers of `node`.
    #[inline]
    pub(in crate::sim) fn way_to(&self, node: NodeId) -> Way {
        self.ways.get(&node).copied().unwrap_or(Way::ZERO)
    }

    /// The way to the servers of `node` is this one from now on.
    pub(in crate::sim) fn rewire(&mut self, node: NodeId, way: Way) {
        if way == Way::ZERO {
            self.ways.remove(&node);
        } else {
            self.ways.insert(node, way);
        }
    }

    /// The link that requests to the servers of `node` take.
    #[inline]
    pub(in crate::sim) fn link_to(&self, node: NodeId) -> u32 {
        if let [(_, only)] = self.links.as_slice() {
            return *only;
        }
        let found = self.links.binary_search_by_key(&node, |&(node, _)| node);
        found.ok().and_then(|at| self.links.get(at)).map_or(NONE, |&(_, link)| link)
    }

    /// The answer to a picked request is back.
    #[inline(always)]
    pub fn complete(
        &mut self,
        now: Timestamp,
        pick: Pick,
        ended: Result<(), FailureCause>,
        out: &mut Vec<Output>,
    ) {
        self.complete_with(now, pick, outcome_of(ended), out);
    }

    /// The same by the core's own words: the answer is back, or is not waited for any longer.
    #[inline(always)]
    pub(in crate::sim) fn complete_with(
        &mut self,
        now: Timestamp,
        pick: Pick,
        outcome: Outcome,
        out: &mut Vec<Output>,
    ) {
        if outcome == Outcome::Response(STATUS_OK)
            && let Some(latencies) = &mut self.latencies
        {
            remember(latencies, pick.backend().0, now.since(pick.started()));
        }
        self.core.complete(now, pick, outcome, out);
    }

    /// A health check of a station passed, or failed.
    pub fn probed(&mut self, now: Timestamp, station: u32, passed: bool, out: &mut Vec<Output>) {
        self.core.record_probe(now, BackendId(station), passed, out);
    }

    /// When [`Self::timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.core.poll_timeout()
    }

    /// Does what is due.
    pub fn timeout(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        self.core.handle_timeout(now, out);
    }

    /// Whether the policy wants servers to be asked for their load after each pick.
    #[inline]
    pub(in crate::sim) const fn probes_load(&self) -> bool {
        self.latencies.is_some()
    }

    /// The next station whose own word on its load the policy wants.
    pub(in crate::sim) fn next_load_probe(&mut self, now: Timestamp) -> Option<u32> {
        self.core.next_load_probe(now).map(|BackendId(station)| station)
    }

    /// A station said that it had `in_flight` requests.
    pub(in crate::sim) fn load_reported(&mut self, now: Timestamp, station: u32, in_flight: u32) {
        let recent = self.latencies.as_ref().and_then(|latencies| latencies.get(&station));
        let latency = recent.map_or(Span::ZERO, RecentLatency::median);
        self.core.record_load(now, BackendId(station), LoadReport { in_flight, latency });
    }
}

/// A server answered after `latency`, which it may be asked for.
#[inline(never)]
fn remember(latencies: &mut BTreeMap<u32, RecentLatency>, station: u32, latency: Span) {
    latencies.entry(station).or_default().record(latency);
}
