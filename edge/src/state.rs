//! What one isolate believes, and the decisions it takes. Pure: the time is an argument.
//!
//! An isolate has a balancer of its own, with its own counters; isolates do not know of each
//! other. Three sources say who is healthy, the later over the earlier: at birth every origin
//! is taken for healthy; the health document says what the cron saw; a failed request ejects its
//! origin for a while (see [`crate::passive`]). The platform drops an isolate at will, and nothing
//! is lost with it that the next one does not learn again.

mod session;

pub use session::Known;

use crate::in_flight::{InFlight, Ticket};
use crate::passive::Passive;
use crate::secret;
use shared::balance::request::budget::RetryBudget;
use shared::balance::{Balancer, ConfigError, Health, Outcome, Output, Request, Unavailable};
use shared::id::BackendId;
use shared::origins::{
    AffinityBy, DEFAULT_POOL, EdgeConfig, HealthDocument, MemberPhase, Origin, OriginState,
};
use shared::rng::Rng;
use shared::time::{Span, Timestamp};
use std::rc::Rc;

/// A pick is overdue when its timeout has passed by this much.
pub(crate) const GRACE: Span = Span::from_s(30);

/// What came of the last reading of the health document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Nothing was read yet.
    #[default]
    Never,
    /// A document.
    Ok,
    /// There is none: the cron has not written yet.
    Missing,
    /// There is something that is no health document.
    Garbage,
    /// The store did not answer.
    Failed,
}

/// One origin as this isolate sees it.
#[derive(Debug)]
pub struct Member {
    /// Its configuration.
    pub origin: Origin,
    /// The beginning of its requests' URLs, and the host to send them to if that is another.
    url: Rc<str>,
    resolves_to: Rc<str>,
    /// What requests taught, unless the balancer's outlier detection watches them.
    pub passive: Passive,
    /// When outlier detection ejected it, while it is ejected.
    pub ejected_at: Option<Timestamp>,
    /// How often it was picked.
    pub picks: u64,
    /// How often it failed before an answer.
    pub failures: u64,
    /// Its answers by the first digit of their status, 1xx to 5xx.
    pub answers: [u64; 5],
    /// What its answers took until their head was there, together.
    pub answering: Span,
    /// What the operator and the elastic loop want of it now.
    pub state: OriginState,
    /// Its part of the traffic now.
    pub weight: u32,
    /// What configuration and document last made of state and weight: applied when it changes.
    wished: (OriginState, u32),
    /// A health that no probe changes.
    forced: Option<Health>,
    /// What stands for it in cookies.
    tag: u32,
    /// Whether the way to it was told: see [`State::tell`].
    is_told: bool,
}

/// What one isolate believes.
#[derive(Debug)]
pub struct State {
    /// The name of the pool.
    pub(crate) pool: String,
    pub(crate) config: EdgeConfig,
    pub(crate) members: Vec<Member>,
    pub(crate) balancer: Balancer,
    pub(crate) document: Option<HealthDocument>,
    pub(crate) reading: Reading,
    /// When the health document was read last, well or not.
    pub(crate) read_at: Option<Timestamp>,
    /// Retries that were asked for and allowed, and those that the budget refused.
    pub(crate) retries: (u64, u64),
    budget: RetryBudget,
    in_flight: InFlight,
    /// When the next ejection may end; [`Timestamp::MAX`] without one.
    next_expiry: Timestamp,
    outputs: Vec<Output>,
}

/// A chosen origin.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Gives the pick back: see [`State::complete`].
    pub ticket: Ticket,
    /// Who serves.
    pub backend: BackendId,
    /// The beginning of its requests' URLs.
    pub url: Rc<str>,
    /// The host to send them to, if it is not that of the URL; or empty.
    pub resolves_to: Rc<str>,
    /// The session that the client has from now on and must be told of: the origin's tag and the
    /// session's time.
    pub session: Option<(u32, Timestamp)>,
}

impl State {
    /// The state of an isolate that was just born. `seed` differs between isolates: each starts
    /// its round at another origin, or the first origin would get the first request of them all.
    /// Hash policies keep the order of the configuration, so that isolates agree.
    ///
    /// # Errors
    ///
    /// A setting of the balancer that is out of range.
    pub fn new(config: EdgeConfig, seed: u64) -> Result<Self, ConfigError> {
        Self::of_pool(DEFAULT_POOL, config, seed)
    }

    /// The same for a pool of this name.
    ///
    /// # Errors
    ///
    /// A setting of the balancer that is out of range.
    pub fn of_pool(pool: &str, config: EdgeConfig, seed: u64) -> Result<Self, ConfigError> {
        let mut rng = Rng::new(seed);
        let mut origins = config.origins.clone();
        if !config.policy.is_hashing() {
            origins.rotate_left(rng.index(config.origins.len()));
        }
        let mut state = Self::with_order(config, origins, rng.fork("balancer", 0))?;
        pool.clone_into(&mut state.pool);
        Ok(state)
    }

    /// The state of an isolate whose balancer knows `origins` in this order and draws from `rng`.
    ///
    /// # Errors
    ///
    /// A setting of the balancer or of an origin that is out of range.
    pub fn with_order(
        config: EdgeConfig,
        origins: Vec<Origin>,
        rng: Rng,
    ) -> Result<Self, ConfigError> {
        let eligibility = config.eligibility.clone();
        let mut balancer = Balancer::with_eligibility(config.balancer(), eligibility, rng)?;
        let scales = config.scaling.is_some();
        let member = |origin: Origin| {
            let rests = scales && origin.standby;
            let state = if rests { OriginState::Maintenance } else { origin.state };
            let weight = origin.weight;
            Member {
                state,
                weight,
                wished: (state, weight),
                tag: secret::tag(&origin.id),
                url: origin.request_url().into(),
                resolves_to: origin.resolves_to().unwrap_or_default().into(),
                origin,
                passive: Passive::default(),
                ejected_at: None,
                picks: 0,
                failures: 0,
                answers: [0; 5],
                answering: Span::ZERO,
                forced: None,
                is_told: false,
            }
        };
        let members: Vec<Member> = origins.into_iter().map(member).collect();
        for (id, Member { origin, state, .. }) in (0..).map(BackendId).zip(&members) {
            if *state == OriginState::Ready {
                balancer.register_with(Timestamp::ZERO, id, Health::Healthy, origin.backend())?;
            }
        }
        let budget = config.retry.budget(Timestamp::ZERO)?;
        Ok(Self {
            pool: DEFAULT_POOL.to_owned(),
            retries: (0, 0),
            budget,
            config,
            members,
            balancer,
            document: None,
            reading: Reading::Never,
            read_at: None,
            in_flight: InFlight::default(),
            next_expiry: Timestamp::MAX,
            outputs: Vec::new(),
        })
    }

    /// Chooses an origin for a try of `request` that lasts no longer than `timeout`.
    ///
    /// # Errors
    ///
    /// No origin is configured, or all have failed this request.
    pub fn pick(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
        timeout: Span,
    ) -> Result<Choice, Unavailable> {
        self.pick_known(now, request, Known::default(), timeout)
    }

    /// The same for a client that may have a session.
    ///
    /// # Errors
    ///
    /// No origin is configured, or all have failed this request.
    pub fn pick_known(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
        known: Known<'_>,
        timeout: Span,
    ) -> Result<Choice, Unavailable> {
        self.sweep(now);
        self.catch_up(now);
        if request.tried.is_empty() {
            self.budget.deposit(now);
        }
        let (pick, session) = self.pick_for(now, request, known)?;
        let backend = pick.backend();
        let ticket = self.in_flight.insert(now + timeout + GRACE, pick);
        let member = self.members.get_mut(backend.0 as usize).ok_or(Unavailable::NoBackends)?;
        member.picks = member.picks.saturating_add(1);
        let (url, resolves_to) = (Rc::clone(&member.url), Rc::clone(&member.resolves_to));
        Ok(Choice { ticket, backend, url, resolves_to, session })
    }

    /// Notes that the way to `backend` is told now. Whether it was before, so that it need not be.
    pub fn tell(&mut self, backend: BackendId) -> bool {
        let member = self.members.get_mut(backend.0 as usize);
        member.is_some_and(|member| std::mem::replace(&mut member.is_told, true))
    }

    /// Whether any origin is believed healthy.
    pub fn is_available(&mut self, now: Timestamp) -> bool {
        self.catch_up(now);
        self.balancer.eligible() > 0
    }

    /// Whether the budget allows one more retry; if so, it is paid for.
    pub fn may_retry(&mut self, now: Timestamp) -> bool {
        let granted = self.budget.withdraw(now);
        let counter = if granted { &mut self.retries.0 } else { &mut self.retries.1 };
        *counter = counter.saturating_add(1);
        granted
    }

    /// A try ended. A failure ejects its origin, here or, if it is configured, by the balancer's
    /// outlier detection.
    pub fn complete(&mut self, now: Timestamp, ticket: Ticket, outcome: Outcome) {
        let Some(pick) = self.in_flight.take(ticket) else { return };
        self.catch_up(now);
        let backend = pick.backend();
        let took = now.since(pick.started());
        self.balancer.complete(now, pick, outcome, &mut self.outputs);
        self.take_outputs(now);
        let detects = self.config.eligibility.outlier_detection.is_some();
        let Some(member) = self.members.get_mut(backend.0 as usize) else { return };
        match outcome {
            Outcome::Response(status) => {
                member.passive.answered();
                member.answering += took;
                let class = usize::from(status / 100).saturating_sub(1);
                if let Some(count) = member.answers.get_mut(class) {
                    *count = count.saturating_add(1);
                }
            }
            Outcome::Canceled => {}
            Outcome::ConnectFailed | Outcome::Reset | Outcome::Timeout => {
                member.failures = member.failures.saturating_add(1);
                if !detects && member.passive.failed(now) {
                    self.apply_health(now);
                }
            }
        }
    }

    /// The operator takes an origin out of service or brings it back.
    pub fn set_origin_state(&mut self, now: Timestamp, id: &str, state: OriginState) {
        let Some(member) = self.members.iter().find(|member| member.origin.id == id) else {
            return;
        };
        let weight = member.weight;
        self.set_member(now, id, state, weight);
    }

    fn set_member(&mut self, now: Timestamp, id: &str, state: OriginState, weight: u32) {
        let members = (0..).map(BackendId).zip(&mut self.members);
        let found = members.into_iter().find(|(_, member)| member.origin.id == id);
        let Some((backend, member)) = found else { return };
        if (member.state, member.weight) == (state, weight) {
            return;
        }
        (member.state, member.weight) = (state, weight);
        let affinity = &self.config.affinity;
        let keeps_sessions = affinity.by == AffinityBy::Cookie && affinity.holds_while_draining;
        let weight = match state {
            OriginState::Ready => weight,
            // Without weight it gets nothing new, and who has a session still finds it.
            OriginState::Drain if keeps_sessions => 0,
            OriginState::Drain | OriginState::Maintenance => {
                self.balancer.drain(now, backend, &mut self.outputs);
                return self.take_outputs(now);
            }
        };
        let config = shared::balance::BackendConfig { weight, ..member.origin.backend() };
        // Checked with the configuration, or by the console before it was stored.
        let _ = self.balancer.register_with(now, backend, Health::Healthy, config);
        self.apply_health(now);
    }

    /// What people want of the origins and what the elastic loop decided, over the configuration.
    fn apply_wishes(&mut self, now: Timestamp, document: &HealthDocument) {
        let scales = self.config.scaling.is_some()
            && document.groups.iter().any(|group| group.pool == self.pool);
        let wanted: Vec<(String, OriginState, u32)> = self
            .members
            .iter_mut()
            .filter_map(|member| {
                let origin = &member.origin;
                let wish = document.wishes.of(&origin.id);
                member.forced = wish.health.map(Health::from);
                let configured = wish.state.unwrap_or(origin.state);
                let phase = document.phase(&self.pool, &origin.id);
                let state = match (scales, phase) {
                    (false, _) | (true, Some(MemberPhase::InService)) => configured,
                    (true, Some(MemberPhase::Draining)) if configured == OriginState::Ready => {
                        OriginState::Drain
                    }
                    (true, Some(MemberPhase::Draining)) => configured,
                    (true, Some(MemberPhase::Checking) | None) => OriginState::Maintenance,
                };
                let wished = (state, wish.weight.unwrap_or(origin.weight));
                let is_news = member.wished != wished;
                member.wished = wished;
                is_news.then(|| (origin.id.clone(), wished.0, wished.1))
            })
            .collect();
        for (id, state, weight) in wanted {
            self.set_member(now, &id, state, weight);
        }
    }

    /// A reading ended. Without a document, what was known stays known.
    pub fn learn(&mut self, now: Timestamp, reading: Reading, document: Option<HealthDocument>) {
        self.reading = reading;
        self.read_at = Some(now);
        // The store may answer from a cache that is older than what this isolate has seen.
        if let Some(document) =
            document.and_then(|new| HealthDocument::merged(self.document.as_ref(), new))
        {
            self.catch_up(now);
            let checked_at = document.checked_at();
            for (id, member) in (0..).map(BackendId).zip(&mut self.members) {
                if document.vouches_for(&member.origin.id) {
                    member.passive.vouched_for(checked_at);
                    if member.ejected_at.is_some_and(|ejected_at| checked_at > ejected_at) {
                        self.balancer.end_ejection(now, id, &mut self.outputs);
                    }
                }
            }
            self.apply_wishes(now, &document);
            self.document = Some(document);
            self.apply_health(now);
        }
    }

    /// The health that the balancer shall believe: an ejection over the document over trust.
    fn apply_health(&mut self, now: Timestamp) {
        self.next_expiry = Timestamp::MAX;
        for (id, member) in (0..).map(BackendId).zip(&self.members) {
            let health = if let Some(forced) = member.forced {
                forced
            } else if let Some(until) = member.passive.ejected_until() {
                self.next_expiry = self.next_expiry.min(until);
                Health::Unhealthy
            } else {
                self.document
                    .as_ref()
                    .map_or(Health::Healthy, |document| document.health(&member.origin.id))
            };
            self.balancer.set_health(now, id, health, &mut self.outputs);
        }
        self.take_outputs(now);
    }

    /// Does what became due since anybody was here: an isolate wakes for requests only.
    fn catch_up(&mut self, now: Timestamp) {
        if self.balancer.poll_timeout().is_some_and(|due| due <= now) {
            self.balancer.handle_timeout(now, &mut self.outputs);
            self.take_outputs(now);
        }
        if self.next_expiry <= now {
            for member in &mut self.members {
                member.passive.expire(now);
            }
            self.apply_health(now);
        }
    }

    /// Remembers ejections. What else the balancer says is no news here: the cron probes, and a
    /// drained origin needs no goodbye.
    fn take_outputs(&mut self, now: Timestamp) {
        for output in self.outputs.drain(..) {
            let (backend, ejected_at) = match output {
                Output::Ejected { backend, .. } => (backend, Some(now)),
                Output::Returned(backend) => (backend, None),
                Output::Probe(_) | Output::HealthChanged { .. } | Output::Drained { .. } => {
                    continue;
                }
            };
            if let Some(member) = self.members.get_mut(backend.0 as usize) {
                member.ejected_at = ejected_at;
            }
        }
    }

    /// Gives back the picks of requests that were stopped.
    fn sweep(&mut self, now: Timestamp) {
        while let Some(pick) = self.in_flight.take_overdue(now) {
            self.balancer.complete(now, pick, Outcome::Canceled, &mut self.outputs);
            self.take_outputs(now);
        }
    }
}

#[cfg(test)]
mod tests;
