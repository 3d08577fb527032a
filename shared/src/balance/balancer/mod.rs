//! The balancer: membership, beliefs, picks.

mod beliefs;
mod explain;
mod groups;
mod levels;
mod ramp;

use super::backend::Backend;
use super::eligibility::{EligibilityConfig, OutlierDetector};
use super::policy::{Ask, Candidates};
use super::{
    AdminState, BackendConfig, BackendView, BalancerConfig, ConfigError, Health, LoadReport,
    Outcome, Output, Pick, Request, Unavailable,
};
use crate::id::BackendId;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};
use groups::{Group, Groups};
use ramp::Ramps;
use std::collections::{BTreeMap, BTreeSet};

/// Spreads requests over healthy backends. See the module documentation.
#[derive(Clone, Debug)]
pub struct Balancer {
    config: BalancerConfig,
    eligibility: EligibilityConfig,
    rng: Rng,
    /// Slots never move, so that a [`Pick`] can name one; freed slots are reused.
    backends: Vec<Backend>,
    free: Vec<u32>,
    slots: BTreeMap<BackendId, u32>,
    /// Who may be picked, with the policies that pick.
    groups: Groups,
    /// True when `groups` must be worked out again before the next pick. A thousand
    /// registrations in a row cost one pass, not a thousand.
    stale: bool,
    /// Some backend may have had a limit of requests at once.
    has_limits: bool,
    ramps: Ramps,
    outliers: Option<OutlierDetector>,
    /// What is due when: probes and ends of draining, earliest first.
    timers: BTreeSet<(Timestamp, u32)>,
    generation: u32,
}

impl Balancer {
    /// A balancer without backends, with the default rules of eligibility.
    ///
    /// # Errors
    ///
    /// The field that is out of range.
    pub fn new(config: BalancerConfig, rng: Rng) -> Result<Self, ConfigError> {
        Self::with_eligibility(config, EligibilityConfig::default(), rng)
    }

    /// A balancer without backends.
    ///
    /// # Errors
    ///
    /// The field that is out of range.
    pub fn with_eligibility(
        config: BalancerConfig,
        eligibility: EligibilityConfig,
        rng: Rng,
    ) -> Result<Self, ConfigError> {
        config.check()?;
        eligibility.check()?;
        Ok(Self {
            ramps: Ramps::new(eligibility.slow_start),
            outliers: eligibility.outlier_detection.clone().map(OutlierDetector::new),
            config,
            eligibility,
            rng,
            backends: Vec::new(),
            free: Vec::new(),
            slots: BTreeMap::new(),
            groups: Groups::default(),
            stale: false,
            has_limits: false,
            timers: BTreeSet::new(),
            generation: 0,
        })
    }

    /// Registers a backend of weight 1 whose health is `health`: [`Health::Initial`] if unknown.
    /// Its first probe is due at once. A backend that is registered already is brought back to
    /// ready and keeps its history and its settings.
    pub fn register(&mut self, now: Timestamp, id: BackendId, health: Health) {
        if let Some(&slot) = self.slots.get(&id) {
            self.make_ready(now, slot);
        } else {
            self.add(now, id, health, BackendConfig::default());
        }
    }

    /// Registers a backend with its settings. One that is registered already is brought back to
    /// ready, takes the settings and keeps its history.
    ///
    /// # Errors
    ///
    /// The field that is out of range; nothing is changed then.
    pub fn register_with(
        &mut self,
        now: Timestamp,
        id: BackendId,
        health: Health,
        config: BackendConfig,
    ) -> Result<(), ConfigError> {
        config.check()?;
        self.has_limits |= config.max_in_flight > 0;
        let Some(&slot) = self.slots.get(&id) else {
            self.add(now, id, health, config);
            return Ok(());
        };
        self.make_ready(now, slot);
        let fresh = Backend::new(id, health, config, 0);
        let backend = self.backend_mut(slot);
        backend.weight = fresh.weight;
        backend.effective_weight = fresh.effective_weight;
        backend.priority = fresh.priority;
        backend.locality = fresh.locality;
        backend.max_in_flight = fresh.max_in_flight;
        backend.key = fresh.key;
        Ok(())
    }

    fn add(&mut self, now: Timestamp, id: BackendId, health: Health, config: BackendConfig) {
        self.generation = self.generation.wrapping_add(1);
        let backend = Backend::new(id, health, config, self.generation);
        let slot = match self.free.pop() {
            Some(slot) => {
                *self.backend_mut(slot) = backend;
                slot
            }
            None => {
                self.backends.push(backend);
                self.backends.len() as u32 - 1
            }
        };
        self.slots.insert(id, slot);
        self.schedule_probe(slot, now);
        if let Some(detector) = &mut self.outliers
            && detector.interval_end == Timestamp::MAX
        {
            detector.interval_end = now + detector.config().interval();
        }
        if health == Health::Healthy {
            self.start_ramp(slot, now);
        }
        self.stale = true;
    }

    /// Starts draining: no new requests; [`Output::Drained`] follows when the last one ended or
    /// the deregistration delay is over. Unknown or draining backends are left as they are.
    pub fn drain(&mut self, now: Timestamp, id: BackendId, out: &mut Vec<Output>) {
        let Some(&slot) = self.slots.get(&id) else { return };
        if matches!(self.backend(slot).admin, AdminState::Draining { .. }) {
            return;
        }
        let until = now + self.config.deregistration_delay;
        self.schedule_probe(slot, Timestamp::MAX);
        self.backend_mut(slot).admin = AdminState::Draining { until };
        self.timers.insert((until, slot));
        self.stale = true;
        self.finish_drain_if_idle(slot, out);
    }

    /// Takes a ready backend out of service without forgetting it: what it has it finishes, and
    /// [`Self::register`] brings it back. Its health checks pause.
    pub fn set_maintenance(&mut self, id: BackendId) {
        let Some(&slot) = self.slots.get(&id) else { return };
        if self.backend(slot).admin == AdminState::Ready {
            self.schedule_probe(slot, Timestamp::MAX);
            self.backend_mut(slot).admin = AdminState::Maintenance;
            self.stale = true;
        }
    }

    /// Forgets a backend at once: it is gone, and so are its requests.
    pub fn deregister(&mut self, id: BackendId) {
        let Some(slot) = self.slots.remove(&id) else { return };
        self.clear_timers(slot);
        self.ramps.forget(slot);
        self.generation = self.generation.wrapping_add(1);
        // A new generation, so that picks of the old tenant complete into nothing.
        let generation = self.generation;
        let backend = self.backend_mut(slot);
        backend.generation = generation;
        backend.ejected_until = None;
        self.free.push(slot);
        self.stale = true;
    }

    /// Chooses a backend for `request`.
    ///
    /// # Errors
    ///
    /// Nobody is registered and in service, all were tried, nobody is healthy and the balancer
    /// does not fail open, or all are full.
    #[inline(always)]
    pub fn pick(&mut self, now: Timestamp, request: &Request<'_>) -> Result<Pick, Unavailable> {
        self.bring_up_to_date(now);
        let Self { groups, backends, rng, .. } = self;
        let group = if request.tried.is_empty() { groups.choose(request, rng) } else { None };
        let chosen = match group.and_then(|index| groups.all.get_mut(index)) {
            Some(Group { slots, policy, .. }) => {
                policy.choose(Candidates { slots, backends }, &mut Ask { now, request, rng })
            }
            None => None,
        };
        let slot = match chosen {
            Some(slot) if !self.has_limits || self.backend(slot).has_room() => slot,
            _ => self.pick_another(now, request)?,
        };
        Ok(self.give(now, slot))
    }

    /// Picks `id` whatever the policy says, for a client whose session leads there: `None` if it is
    /// not registered, in maintenance or full. Who asks has seen to it that it should serve
    /// ([`request::affinity`]).
    ///
    /// [`request::affinity`]: super::request::affinity
    pub fn pick_backend(&mut self, now: Timestamp, id: BackendId) -> Option<Pick> {
        self.bring_up_to_date(now);
        let slot = *self.slots.get(&id)?;
        let backend = self.backend(slot);
        let serves = backend.admin != AdminState::Maintenance && backend.has_room();
        serves.then(|| self.give(now, slot))
    }

    /// The backend in `slot` has one more request.
    #[inline(always)]
    fn give(&mut self, now: Timestamp, slot: u32) -> Pick {
        let backend = &mut self.backends[slot as usize];
        backend.in_flight += 1;
        let pick = Pick { backend: backend.id, slot, generation: backend.generation, started: now };
        self.groups.picked(backend.group, slot, backend.in_flight);
        pick
    }

    /// The rare way: somebody failed already, or is full. Chooses among the rest, group by group,
    /// by load where the policy looks at load, in turn otherwise.
    #[cold]
    fn pick_another(&mut self, now: Timestamp, request: &Request<'_>) -> Result<u32, Unavailable> {
        let Self { groups, backends, slots, rng, .. } = self;
        let backends: &[Backend] = backends;
        let untried = |&slot: &u32| !request.tried.contains(&backends[slot as usize].id);
        let roomy = |&slot: &u32| backends[slot as usize].has_room();
        let mut full = false;
        for group in &mut groups.all {
            let rest: Vec<u32> = group.slots.iter().copied().filter(untried).collect();
            let open: Vec<u32> = rest.iter().copied().filter(roomy).collect();
            full |= open.len() < rest.len();
            let candidates = Candidates { slots: &open, backends };
            let mut ask = Ask { now, request, rng };
            if let Some(slot) = group.policy.choose_among(candidates, &mut ask) {
                return Ok(slot);
            }
        }
        if full {
            return Err(Unavailable::AllFull);
        }
        let ready = || slots.values().copied().filter(|&slot| backends[slot as usize].is_ready());
        if ready().next().is_none() {
            return Err(Unavailable::NoBackends);
        }
        if !self.eligibility.fail_open {
            let nobody = groups.all.is_empty();
            return Err(if nobody { Unavailable::NoHealthy } else { Unavailable::AllTried });
        }
        // Every healthy one failed: one that is believed unhealthy is better than none.
        let rest: Vec<u32> = ready().filter(untried).filter(roomy).collect();
        let candidates = Candidates { slots: &rest, backends };
        let policy = groups.all.first_mut().map(|group| &mut group.policy);
        policy
            .and_then(|policy| policy.choose_among(candidates, &mut Ask { now, request, rng }))
            .ok_or(Unavailable::AllTried)
    }

    /// The request of `pick` ended. Backends that were deregistered meanwhile are ignored.
    #[inline(always)]
    pub fn complete(
        &mut self,
        now: Timestamp,
        pick: Pick,
        outcome: Outcome,
        out: &mut Vec<Output>,
    ) {
        let backend = &mut self.backends[pick.slot as usize];
        if backend.generation != pick.generation {
            return;
        }
        backend.in_flight -= 1;
        let (in_flight, admin, group) = (backend.in_flight, backend.admin, backend.group);
        let took = now.since(pick.started);
        self.groups.completed(group, (pick.slot, in_flight), (now, took), outcome);
        if self.outliers.is_some() {
            self.watch(now, pick.slot, outcome, out);
        }
        if matches!(admin, AdminState::Draining { .. }) {
            self.finish_drain_if_idle(pick.slot, out);
        }
    }

    /// The next backend whose own word on its load the policy wants, if it wants any: ask after
    /// each pick until there is none, send the probes, report with [`Self::record_load`].
    pub fn next_load_probe(&mut self, now: Timestamp) -> Option<BackendId> {
        let Self { groups, backends, rng, .. } = self;
        let request = &Request::default();
        let slot = groups.all.iter_mut().find_map(|group| {
            let candidates = Candidates { slots: &group.slots, backends };
            group.policy.next_load_probe(candidates, &mut Ask { now, request, rng })
        })?;
        Some(self.backend(slot).id)
    }

    /// A backend's own word on its load came back.
    pub fn record_load(&mut self, now: Timestamp, id: BackendId, report: LoadReport) {
        let Some(&slot) = self.slots.get(&id) else { return };
        let Backend { group, generation, .. } = *self.backend(slot);
        if let Some(group) = self.groups.all.get_mut(group as usize) {
            group.policy.loaded(slot, generation, report, now);
        }
    }

    /// Everything believed, in order of identity.
    pub fn backends(&self) -> impl Iterator<Item = BackendView> {
        self.slots.values().map(|&slot| self.backend(slot).view())
    }

    /// What is believed of `id`.
    pub fn view(&self, id: BackendId) -> Option<BackendView> {
        self.slots.get(&id).map(|&slot| self.backend(slot).view())
    }

    /// How many backends are ready and believed healthy.
    pub fn eligible(&self) -> usize {
        self.slots.values().filter(|&&slot| self.backend(slot).is_eligible()).count()
    }

    /// True while nobody is believed healthy, so that requests go to all that are ready.
    pub fn is_fail_open(&self) -> bool {
        let ready = self.slots.values().any(|&slot| self.backend(slot).is_ready());
        self.eligibility.fail_open && ready && self.eligible() == 0
    }

    /// How long a check may take before it has failed.
    pub fn probe_timeout(&self) -> Span {
        self.config.health_check.timeout()
    }

    /// Works out groups and weights again where something changed since the last pick.
    #[inline(always)]
    fn bring_up_to_date(&mut self, now: Timestamp) {
        if self.ramps.any() {
            self.advance_ramps(now);
        }
        if self.stale {
            self.refresh(now);
        }
    }

    #[cold]
    fn refresh(&mut self, now: Timestamp) {
        self.stale = false;
        let Self { groups, slots, backends, eligibility, config, .. } = self;
        groups.refresh(slots, backends, eligibility, &config.policy, now);
    }

    fn backend(&self, slot: u32) -> &Backend {
        &self.backends[slot as usize]
    }

    fn backend_mut(&mut self, slot: u32) -> &mut Backend {
        &mut self.backends[slot as usize]
    }
}
