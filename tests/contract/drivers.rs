//! The three drivers of the core, behind one trait.

use crate::script::{BACKENDS, Scene};
use edge::in_flight::Ticket;
use edge::state::{Known, Reading, State};
use shared::balance::request::affinity::{Affinity, Session};
use shared::balance::{
    BackendConfig, Balancer, BalancerConfig, Health, HealthCheckConfig, Outcome, Output, Pick,
    PolicyConfig, Request,
};
use shared::design::{self, Link};
use shared::id::{BackendId, NodeId};
use shared::origins::{
    self, AffinityBy, EdgeConfig, HealthCheck, HealthDocument, Origin, OriginState,
};
use shared::rng::Rng;
use shared::sim::{BalancerNode, FailureCause};
use shared::time::{Span, Timestamp};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Somebody who lets the core balance.
pub(crate) trait Driver {
    /// A pick that waits for its end.
    type Held;
    fn pick(&mut self, now: Timestamp, request: &Request<'_>) -> Option<(u32, Self::Held)>;
    fn complete(&mut self, now: Timestamp, held: Self::Held, ended: Result<(), FailureCause>);
    /// A round of checks ended; one result for each backend.
    fn round(&mut self, now: Timestamp, passed: &[bool]);
    fn drain(&mut self, now: Timestamp, id: u32);
    fn give_back(&mut self, now: Timestamp, id: u32);
    /// When it wants to be woken.
    fn due(&self) -> Option<Timestamp>;
    fn wake(&mut self, now: Timestamp);
}

/// Thresholds that a Worker may have as well.
fn health_check() -> HealthCheckConfig {
    HealthCheck { interval_s: 10, ..HealthCheck::default() }.thresholds()
}

fn rng() -> Rng {
    Rng::new(2_026)
}

fn place<T: Copy + Default>(list: &[T], id: u32) -> T {
    list.get(id as usize).copied().unwrap_or_default()
}

const fn zone(id: u32) -> u32 {
    id % 2
}

/// How often the balancer said what.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outputs {
    pub(crate) unhealthy: u32,
    pub(crate) healthy: u32,
    pub(crate) ejected: u32,
    pub(crate) returned: u32,
    pub(crate) drained: u32,
}

/// The core by itself.
pub(crate) struct Bare {
    core: Balancer,
    settings: Vec<BackendConfig>,
    /// The sessions of clients, if it keeps any.
    affinity: Option<Affinity>,
    sessions: BTreeMap<IpAddr, Session>,
    out: Vec<Output>,
}

impl Bare {
    pub(crate) fn new(scene: &Scene, policy: &PolicyConfig) -> Self {
        let config = BalancerConfig {
            policy: policy.clone(),
            health_check: health_check(),
            deregistration_delay: Span::ZERO,
        };
        let core = Balancer::with_eligibility(config, scene.eligibility.clone(), rng());
        let settings = |id| BackendConfig {
            weight: place(&scene.weights, id),
            priority: place(&scene.priorities, id),
            locality: zone(id),
            ..BackendConfig::default()
        };
        let settings = (0..BACKENDS).map(settings).collect();
        let affinity = scene.requests.affinity.map(|affinity| affinity.rule());
        let mut bare = Self {
            core: core.expect("settings are in range"),
            settings,
            affinity: affinity.map(|rule| rule.expect("the time is in range")),
            sessions: BTreeMap::new(),
            out: vec![],
        };
        (0..BACKENDS).for_each(|id| bare.give_back(Timestamp::ZERO, id));
        bare
    }

    pub(crate) fn seen(&self) -> Outputs {
        let mut seen = Outputs::default();
        for output in &self.out {
            match output {
                Output::HealthChanged { health: Health::Unhealthy, .. } => seen.unhealthy += 1,
                Output::HealthChanged { .. } => seen.healthy += 1,
                Output::Ejected { .. } => seen.ejected += 1,
                Output::Returned(_) => seen.returned += 1,
                Output::Drained { .. } => seen.drained += 1,
                Output::Probe(_) => {}
            }
        }
        seen
    }
}

impl Driver for Bare {
    type Held = Pick;

    fn pick(&mut self, now: Timestamp, request: &Request<'_>) -> Option<(u32, Pick)> {
        let (Some(rule), Some(client)) = (self.affinity, request.client) else {
            let pick = self.core.pick(now, request).ok()?;
            return Some((pick.backend().0, pick));
        };
        let known = self.sessions.get(&client).copied();
        let placed = rule.pick(&mut self.core, now, request, known).ok()?;
        self.sessions.insert(client, placed.session);
        Some((placed.pick.backend().0, placed.pick))
    }

    fn complete(&mut self, now: Timestamp, pick: Pick, ended: Result<(), FailureCause>) {
        self.core.complete(now, pick, outcome(ended), &mut self.out);
    }

    fn round(&mut self, now: Timestamp, passed: &[bool]) {
        for (id, &passed) in (0..).zip(passed) {
            self.core.record_probe(now, BackendId(id), passed, &mut self.out);
        }
    }

    fn drain(&mut self, now: Timestamp, id: u32) {
        self.core.drain(now, BackendId(id), &mut self.out);
    }

    fn give_back(&mut self, now: Timestamp, id: u32) {
        let settings = self.settings.get(id as usize).cloned().expect("the script knows b0 to b5");
        let registered = self.core.register_with(now, BackendId(id), Health::Healthy, settings);
        registered.expect("settings are in range");
    }

    fn due(&self) -> Option<Timestamp> {
        self.core.poll_timeout()
    }

    fn wake(&mut self, now: Timestamp) {
        self.core.handle_timeout(now, &mut self.out);
    }
}

/// What the Worker makes of such an end; the simulation's node has its own translation.
fn outcome(ended: Result<(), FailureCause>) -> Outcome {
    match ended {
        Ok(()) => Outcome::Response(200),
        Err(FailureCause::ConnectFailed) => Outcome::ConnectFailed,
        Err(FailureCause::Reset) => Outcome::Reset,
        Err(
            FailureCause::QueueFull | FailureCause::NoBackend | FailureCause::ConnectionTimeout,
        ) => Outcome::Response(503),
        Err(FailureCause::ServerError) => Outcome::Response(500),
        Err(FailureCause::Timeout) => Outcome::Canceled,
    }
}

/// The simulation's balancer, as the engine calls it.
pub(crate) struct Node {
    node: BalancerNode,
    out: Vec<Output>,
}

/// The drawing has a node for each backend.
const fn drawn(id: u32) -> NodeId {
    NodeId(10 + id)
}

impl Node {
    pub(crate) fn new(scene: &Scene, policy: &PolicyConfig) -> Self {
        let settings = design::Balancer {
            policy: policy.clone(),
            health_check: health_check(),
            deregistration_delay_s: 0,
            eligibility: scene.eligibility.clone(),
            requests: scene.requests.clone(),
            ..design::Balancer::default()
        };
        let own = NodeId(1);
        let link = |id| Link {
            weight: place(&scene.weights, id),
            priority: place(&scene.priorities, id),
            ..Link::new(own, drawn(id))
        };
        let links: Vec<Link> = (0..BACKENDS).map(link).collect();
        let node = BalancerNode::new(own, &settings, links.iter(), |_| rng());
        let mut driver = Self { node: node.expect("settings are in range"), out: vec![] };
        (0..BACKENDS).for_each(|id| driver.give_back(Timestamp::ZERO, id));
        driver
    }
}

impl Driver for Node {
    type Held = Pick;

    fn pick(&mut self, now: Timestamp, request: &Request<'_>) -> Option<(u32, Pick)> {
        let pick = self.node.pick(now, request).ok()?;
        Some((pick.backend().0, pick))
    }

    fn complete(&mut self, now: Timestamp, pick: Pick, ended: Result<(), FailureCause>) {
        self.node.complete(now, pick, ended, &mut self.out);
    }

    fn round(&mut self, now: Timestamp, passed: &[bool]) {
        for (station, &passed) in (0..).zip(passed) {
            self.node.probed(now, station, passed, &mut self.out);
        }
    }

    fn drain(&mut self, now: Timestamp, id: u32) {
        self.node.drain(now, id, &mut self.out);
    }

    fn give_back(&mut self, now: Timestamp, id: u32) {
        let registered = self.node.register(now, (drawn(id), zone(id)), id, Health::Healthy);
        registered.expect("settings are in range");
    }

    fn due(&self) -> Option<Timestamp> {
        self.node.poll_timeout()
    }

    fn wake(&mut self, now: Timestamp) {
        self.node.timeout(now, &mut self.out);
    }
}

/// One isolate of the Worker.
pub(crate) struct Isolate {
    state: State,
    check: HealthCheck,
    document: Option<HealthDocument>,
    /// What the cookies of clients say: an origin's tag and the session's time.
    cookies: BTreeMap<IpAddr, (u32, Timestamp)>,
}

fn name(id: u32) -> String {
    BackendId(id).to_string()
}

impl Isolate {
    pub(crate) fn new(scene: &Scene, policy: &PolicyConfig) -> Self {
        let origin = |id| Origin {
            id: name(id),
            url: format!("http://{}.example", name(id)).parse().expect("the URL is one"),
            host_header: String::new(),
            weight: place(&scene.weights, id),
            priority: place(&scene.priorities, id),
            zone: zone(id),
            max_outstanding: 0,
            standby: false,
            state: OriginState::Ready,
        };
        let origins: Vec<Origin> = (0..BACKENDS).map(origin).collect();
        let rule = scene.requests.affinity.map(|affinity| affinity.rule());
        let affinity = rule.map(|rule| {
            let Affinity { ttl, sliding, holds_while_draining } = rule.expect("it is in range");
            let ttl_s = (ttl.as_ns() / 1_000_000_000) as u32;
            let by = AffinityBy::Cookie;
            origins::Affinity { by, ttl_s, sliding, holds_while_draining, ..Default::default() }
        });
        let config = EdgeConfig {
            affinity: affinity.unwrap_or_default(),
            origins: origins.clone(),
            policy: policy.clone(),
            eligibility: scene.eligibility.clone(),
            health_check: HealthCheck { interval_s: 10, ..HealthCheck::default() },
            ..EdgeConfig::default()
        };
        config.check().expect("settings are in range");
        let check = config.health_check.clone();
        let state = State::with_order(config, origins, rng()).expect("settings are in range");
        Self { state, check, document: None, cookies: BTreeMap::new() }
    }
}

impl Driver for Isolate {
    type Held = Ticket;

    fn pick(&mut self, now: Timestamp, request: &Request<'_>) -> Option<(u32, Ticket)> {
        let session = request.client.and_then(|client| self.cookies.get(&client).copied());
        let known = Known { session, header: None };
        let choice = self.state.pick_known(now, request, known, Span::from_s(15)).ok()?;
        if let (Some(client), Some(told)) = (request.client, choice.session) {
            self.cookies.insert(client, told);
        }
        Some((choice.backend.0, choice.ticket))
    }

    fn complete(&mut self, now: Timestamp, ticket: Ticket, ended: Result<(), FailureCause>) {
        self.state.complete(now, ticket, outcome(ended));
    }

    fn round(&mut self, now: Timestamp, passed: &[bool]) {
        let names: Vec<String> = (0..BACKENDS).map(name).collect();
        let results: Vec<(&str, bool)> =
            names.iter().map(String::as_str).zip(passed.iter().copied()).collect();
        let document =
            HealthDocument::after_round(self.document.as_ref(), now, &results, &self.check);
        self.document = Some(document.clone());
        self.state.learn(now, Reading::Ok, Some(document));
    }

    fn drain(&mut self, now: Timestamp, id: u32) {
        self.state.set_origin_state(now, &name(id), OriginState::Drain);
    }

    fn give_back(&mut self, now: Timestamp, id: u32) {
        self.state.set_origin_state(now, &name(id), OriginState::Ready);
    }

    /// It wakes for requests only.
    fn due(&self) -> Option<Timestamp> {
        None
    }

    fn wake(&mut self, _now: Timestamp) {}
}
