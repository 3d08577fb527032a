//! What one isolate believes, and the decisions it takes. Pure: the time is an argument.
//!
//! An isolate has a balancer of its own, with its own counters; isolates do not know of each
//! other. Three sources say who is healthy, the later over the earlier: at birth every origin
//! is taken for healthy; the health document says what the cron saw; a failed request ejects its
//! origin for a while (see [`crate::passive`]). The platform drops an isolate at will, and nothing
//! is lost with it that the next one does not learn again.

use crate::in_flight::{InFlight, Ticket};
use crate::passive::Passive;
use shared::balance::{Balancer, ConfigError, Health, Outcome, Output, Request, Unavailable};
use shared::id::BackendId;
use shared::origins::{EdgeConfig, HealthDocument, Origin, OriginState};
use shared::rng::Rng;
use shared::time::{Span, Timestamp};

/// A pick is overdue when its timeout has passed by this much.
const GRACE: Span = Span::from_s(30);

/// After this long an unfinished reading of the health document is given up: its request may have
/// been stopped with it.
const READING: Span = Span::from_s(10);

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
    /// What requests taught, unless the balancer's outlier detection watches them.
    pub passive: Passive,
    /// When outlier detection ejected it, while it is ejected.
    pub ejected_at: Option<Timestamp>,
    /// How often it was picked.
    pub picks: u64,
    /// How often it failed before an answer.
    pub failures: u64,
}

/// What one isolate believes.
#[derive(Debug)]
pub struct State {
    pub(crate) config: EdgeConfig,
    pub(crate) members: Vec<Member>,
    pub(crate) balancer: Balancer,
    pub(crate) document: Option<HealthDocument>,
    pub(crate) reading: Reading,
    /// When the health document was read last, well or not.
    pub(crate) read_at: Option<Timestamp>,
    in_flight: InFlight,
    /// Until when no other reading starts.
    reading_until: Timestamp,
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
    /// Its address.
    pub url: String,
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
        let mut rng = Rng::new(seed);
        let mut origins = config.origins.clone();
        if !config.policy.is_hashing() {
            origins.rotate_left(rng.index(config.origins.len()));
        }
        Self::with_order(config, origins, rng.fork("balancer", 0))
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
        let member = |origin: Origin| Member {
            origin,
            passive: Passive::default(),
            ejected_at: None,
            picks: 0,
            failures: 0,
        };
        let members: Vec<Member> = origins.into_iter().map(member).collect();
        for (id, Member { origin, .. }) in (0..).map(BackendId).zip(&members) {
            if origin.state == OriginState::Ready {
                balancer.register_with(Timestamp::ZERO, id, Health::Healthy, origin.backend())?;
            }
        }
        Ok(Self {
            config,
            members,
            balancer,
            document: None,
            reading: Reading::Never,
            read_at: None,
            in_flight: InFlight::default(),
            reading_until: Timestamp::ZERO,
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
        self.sweep(now);
        self.catch_up(now);
        let pick = self.balancer.pick(now, request)?;
        let backend = pick.backend();
        let ticket = self.in_flight.insert(now + timeout + GRACE, pick);
        let member = self.members.get_mut(backend.0 as usize).ok_or(Unavailable::NoBackends)?;
        member.picks = member.picks.saturating_add(1);
        Ok(Choice { ticket, backend, url: member.origin.url.as_str().to_owned() })
    }

    /// A try ended. A failure ejects its origin, here or, if it is configured, by the balancer's
    /// outlier detection.
    pub fn complete(&mut self, now: Timestamp, ticket: Ticket, outcome: Outcome) {
        let Some(pick) = self.in_flight.take(ticket) else { return };
        self.catch_up(now);
        let backend = pick.backend();
        self.balancer.complete(now, pick, outcome, &mut self.outputs);
        self.take_outputs(now);
        let detects = self.config.eligibility.outlier_detection.is_some();
        let Some(member) = self.members.get_mut(backend.0 as usize) else { return };
        match outcome {
            Outcome::Response(_) => member.passive.answered(),
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
        let members = (0..).map(BackendId).zip(&mut self.members);
        let found = members.into_iter().find(|(_, member)| member.origin.id == id);
        let Some((backend, member)) = found else { return };
        member.origin.state = state;
        match state {
            OriginState::Ready => {
                let config = member.origin.backend();
                // Checked with the configuration: it was registered with the same before.
                let _ = self.balancer.register_with(now, backend, Health::Healthy, config);
                self.apply_health(now);
            }
            OriginState::Drain => self.balancer.drain(now, backend, &mut self.outputs),
        }
        self.take_outputs(now);
    }

    /// Whether to read the health document now. True once per refresh time: whoever gets it reads.
    pub fn wants_document(&mut self, now: Timestamp) -> bool {
        let refresh = Span::from_s(u64::from(self.config.health_refresh_s));
        let fresh = self.read_at.is_some_and(|read_at| now < read_at + refresh);
        if fresh || now < self.reading_until {
            return false;
        }
        self.reading_until = now + READING;
        true
    }

    /// A reading ended. Without a document, what was known stays known.
    pub fn learn(&mut self, now: Timestamp, reading: Reading, document: Option<HealthDocument>) {
        self.reading = reading;
        self.read_at = Some(now);
        self.reading_until = Timestamp::ZERO;
        let newer = |new: &HealthDocument| {
            self.document.as_ref().is_none_or(|old| new.checked_at_ms >= old.checked_at_ms)
        };
        // The store may answer from a cache that is older than what this isolate has seen.
        if let Some(document) = document.filter(newer) {
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
            self.document = Some(document);
            self.apply_health(now);
        }
    }

    /// The health that the balancer shall believe: an ejection over the document over trust.
    fn apply_health(&mut self, now: Timestamp) {
        self.next_expiry = Timestamp::MAX;
        for (id, member) in (0..).map(BackendId).zip(&self.members) {
            let health = if let Some(until) = member.passive.ejected_until() {
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
