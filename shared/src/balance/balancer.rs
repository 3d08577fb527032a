//! The balancer: membership, beliefs, picks.

use super::backend::Backend;
use super::policy::{Candidates, Policy};
use super::{AdminState, BackendView, BalancerConfig, ConfigError, Health, HealthTracker};
use crate::id::BackendId;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What the balancer may know of a request before choosing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Backends that already failed this request; none of them is picked again while another
    /// is left.
    pub tried: &'a [BackendId],
}

/// A backend was chosen. Give it back with [`Balancer::complete`]: that is the only way to lower
/// the backend's in-flight count, so a pick can neither be copied nor dropped unnoticed.
#[derive(Debug)]
#[must_use = "give the pick back with Balancer::complete, or the request stays in flight for ever"]
pub struct Pick {
    backend: BackendId,
    slot: u32,
    generation: u32,
    started: Timestamp,
}

impl Pick {
    /// Who shall serve.
    pub const fn backend(&self) -> BackendId {
        self.backend
    }

    /// When it was chosen.
    pub const fn started(&self) -> Timestamp {
        self.started
    }
}

/// How a picked request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer came, with this status code.
    Response(u16),
    /// No connection could be made; the request was not sent.
    ConnectFailed,
    /// The connection broke before an answer.
    Reset,
    /// No answer in time.
    Timeout,
    /// The client went away; says nothing about the backend.
    Canceled,
}

/// Why no backend could be picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unavailable {
    /// None is registered, or all are draining.
    NoBackends,
    /// All that may serve have failed this request already.
    AllTried,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBackends => "no backend is registered and in service",
            Self::AllTried => "every backend has failed this request",
        })
    }
}

impl std::error::Error for Unavailable {}

/// What the balancer wants done, or wants known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Check this backend now and report with [`Balancer::record_probe`].
    Probe(BackendId),
    /// The belief about this backend's health flipped.
    HealthChanged {
        /// Which backend.
        backend: BackendId,
        /// The new belief.
        health: Health,
    },
    /// A draining backend has no request left, or its time is up: it is deregistered now.
    Drained {
        /// Which backend.
        backend: BackendId,
        /// Requests that were cut off because the deregistration delay was over.
        cut_off: u32,
    },
}

/// Spreads requests over healthy backends. See the module documentation.
#[derive(Debug)]
pub struct Balancer {
    config: BalancerConfig,
    policy: Policy,
    rng: Rng,
    /// Slots never move, so that a [`Pick`] can name one; freed slots are reused.
    backends: Vec<Backend>,
    free: Vec<u32>,
    slots: BTreeMap<BackendId, u32>,
    /// Slots that may be picked, in order of identity.
    candidates: Vec<u32>,
    /// True when `candidates` must be worked out again before the next pick. A thousand
    /// registrations in a row cost one pass, not a thousand.
    stale: bool,
    /// What is due when: probes and ends of draining, earliest first.
    timers: BTreeSet<(Timestamp, u32)>,
    generation: u32,
}

impl Balancer {
    /// A balancer without backends.
    ///
    /// # Errors
    ///
    /// The field that is out of range.
    pub fn new(config: BalancerConfig, rng: Rng) -> Result<Self, ConfigError> {
        config.check()?;
        Ok(Self {
            policy: Policy::new(&config.policy),
            config,
            rng,
            backends: Vec::new(),
            free: Vec::new(),
            slots: BTreeMap::new(),
            candidates: Vec::new(),
            stale: false,
            timers: BTreeSet::new(),
            generation: 0,
        })
    }

    /// Registers a backend whose health is `health`: [`Health::Initial`] if unknown. Its first
    /// probe is due at once. A backend that is registered already is brought back to ready and
    /// keeps its history.
    pub fn register(&mut self, now: Timestamp, id: BackendId, health: Health) {
        if let Some(&slot) = self.slots.get(&id) {
            self.backend_mut(slot).admin = AdminState::Ready;
        } else {
            self.generation = self.generation.wrapping_add(1);
            let backend = Backend {
                id,
                admin: AdminState::Ready,
                tracker: HealthTracker::new(health),
                in_flight: 0,
                probe_due: Timestamp::MAX,
                generation: self.generation,
            };
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
        }
        self.stale = true;
    }

    /// Starts draining: no new requests; [`Output::Drained`] follows when the last one ended or
    /// the deregistration delay is over. Unknown or draining backends are left as they are.
    pub fn drain(&mut self, now: Timestamp, id: BackendId, out: &mut Vec<Output>) {
        let Some(&slot) = self.slots.get(&id) else { return };
        if !self.backend(slot).is_ready() {
            return;
        }
        let until = now + self.config.deregistration_delay;
        self.schedule_probe(slot, Timestamp::MAX);
        self.backend_mut(slot).admin = AdminState::Draining { until };
        self.timers.insert((until, slot));
        self.stale = true;
        self.finish_drain_if_idle(slot, out);
    }

    /// Forgets a backend at once: it is gone, and so are its requests.
    pub fn deregister(&mut self, id: BackendId) {
        let Some(slot) = self.slots.remove(&id) else { return };
        self.clear_timers(slot);
        self.generation = self.generation.wrapping_add(1);
        // A new generation, so that picks of the old tenant complete into nothing.
        let generation = self.generation;
        self.backend_mut(slot).generation = generation;
        self.free.push(slot);
        self.stale = true;
    }

    /// Chooses a backend for `request`.
    ///
    /// # Errors
    ///
    /// Nobody is registered and in service, or all were tried.
    #[inline]
    pub fn pick(&mut self, now: Timestamp, request: &Request<'_>) -> Result<Pick, Unavailable> {
        if self.stale {
            self.refresh_candidates();
        }
        let slot = if request.tried.is_empty() {
            let candidates = Candidates { slots: &self.candidates, backends: &self.backends };
            self.policy.choose(candidates, &mut self.rng).ok_or(Unavailable::NoBackends)?
        } else {
            self.pick_untried(request.tried)?
        };
        let backend = &mut self.backends[slot as usize];
        backend.in_flight += 1;
        let pick = Pick { backend: backend.id, slot, generation: backend.generation, started: now };
        self.policy.load_changed(slot, backend.in_flight);
        Ok(pick)
    }

    /// The rare way: somebody failed already. Chooses among the rest, by load where the policy
    /// looks at load, in turn otherwise; the policy's own order is not disturbed.
    fn pick_untried(&mut self, tried: &[BackendId]) -> Result<u32, Unavailable> {
        let untried = |&slot: &u32| !tried.contains(&self.backend(slot).id);
        let mut rest: Vec<u32> = self.candidates.iter().copied().filter(untried).collect();
        if rest.is_empty() {
            // Every healthy one failed: one that is believed unhealthy is better than none.
            let ready = |&slot: &u32| self.backend(slot).is_ready();
            rest = self.slots.values().copied().filter(ready).filter(untried).collect();
        }
        if rest.is_empty() && self.candidates.is_empty() {
            return Err(Unavailable::NoBackends);
        }
        let candidates = Candidates { slots: &rest, backends: &self.backends };
        self.policy.choose_among(candidates, &mut self.rng).ok_or(Unavailable::AllTried)
    }

    /// The request of `pick` ended. Backends that were deregistered meanwhile are ignored.
    #[inline]
    pub fn complete(
        &mut self,
        _now: Timestamp,
        pick: Pick,
        _outcome: Outcome,
        out: &mut Vec<Output>,
    ) {
        let backend = &mut self.backends[pick.slot as usize];
        if backend.generation != pick.generation {
            return;
        }
        backend.in_flight -= 1;
        let (in_flight, ready) = (backend.in_flight, backend.is_ready());
        self.policy.load_changed(pick.slot, in_flight);
        if !ready {
            self.finish_drain_if_idle(pick.slot, out);
        }
    }

    /// A check of `id` passed or failed.
    pub fn record_probe(
        &mut self,
        _now: Timestamp,
        id: BackendId,
        passed: bool,
        out: &mut Vec<Output>,
    ) {
        let Some(&slot) = self.slots.get(&id) else { return };
        let backend = &mut self.backends[slot as usize];
        if let Some(health) = backend.tracker.record(passed, &self.config.health_check) {
            out.push(Output::HealthChanged { backend: id, health });
            self.stale = true;
        }
    }

    /// Somebody else (a store, another balancer, the operator) says what the health of `id` is.
    pub fn set_health(&mut self, id: BackendId, health: Health, out: &mut Vec<Output>) {
        let Some(&slot) = self.slots.get(&id) else { return };
        let tracker = &mut self.backend_mut(slot).tracker;
        if tracker.health() != health {
            *tracker = HealthTracker::new(health);
            out.push(Output::HealthChanged { backend: id, health });
            self.stale = true;
        }
    }

    /// When [`Self::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        self.timers.first().map(|&(due, _)| due)
    }

    /// Does what is due: asks for probes, ends drains whose time is up.
    pub fn handle_timeout(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        while let Some(&(due, slot)) = self.timers.first() {
            if due > now {
                return;
            }
            self.timers.pop_first();
            let backend = self.backend(slot);
            match backend.admin {
                AdminState::Ready => {
                    out.push(Output::Probe(backend.id));
                    self.schedule_probe(slot, due + self.config.health_check.interval());
                }
                AdminState::Draining { .. } => self.finish_drain(slot, out),
            }
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
        ready && self.eligible() == 0
    }

    /// How long a check may take before it has failed.
    pub fn probe_timeout(&self) -> Span {
        self.config.health_check.timeout()
    }

    fn backend(&self, slot: u32) -> &Backend {
        &self.backends[slot as usize]
    }

    fn backend_mut(&mut self, slot: u32) -> &mut Backend {
        &mut self.backends[slot as usize]
    }

    fn schedule_probe(&mut self, slot: u32, due: Timestamp) {
        let backend = &mut self.backends[slot as usize];
        self.timers.remove(&(backend.probe_due, slot));
        backend.probe_due = due;
        if due != Timestamp::MAX {
            self.timers.insert((due, slot));
        }
    }

    fn clear_timers(&mut self, slot: u32) {
        let backend = self.backend(slot);
        let (probe, drain) = (backend.probe_due, backend.admin);
        self.timers.remove(&(probe, slot));
        if let AdminState::Draining { until } = drain {
            self.timers.remove(&(until, slot));
        }
    }

    fn finish_drain_if_idle(&mut self, slot: u32, out: &mut Vec<Output>) {
        if self.backend(slot).in_flight == 0 {
            self.finish_drain(slot, out);
        }
    }

    fn finish_drain(&mut self, slot: u32, out: &mut Vec<Output>) {
        let backend = self.backend(slot);
        let (id, cut_off) = (backend.id, backend.in_flight);
        self.deregister(id);
        out.push(Output::Drained { backend: id, cut_off });
    }

    /// Works out who may be picked: the eligible, or all that are ready when there are none.
    fn refresh_candidates(&mut self) {
        self.stale = false;
        let (slots, backends) = (&self.slots, &self.backends);
        let select = |wanted: fn(&Backend) -> bool| {
            slots.values().copied().filter(move |&slot| wanted(&backends[slot as usize]))
        };
        self.candidates.clear();
        self.candidates.extend(select(Backend::is_eligible));
        if self.candidates.is_empty() {
            self.candidates.extend(select(Backend::is_ready));
        }
        let candidates = Candidates { slots: &self.candidates, backends: &self.backends };
        self.policy.membership_changed(candidates);
    }
}
