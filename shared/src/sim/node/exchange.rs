//! Exchanges: requests that a balancer follows to their end, because it may send them again.
//!
//! The balancer keeps the call of whoever asks and sends tries of its own. What it decides are the
//! pure rules of [`crate::balance::request`]; here is what these have to remember.

use crate::balance::request::backoff::Backoff;
use crate::balance::request::breaker::{Breaker, Resource};
use crate::balance::request::budget::RetryBudget;
use crate::balance::request::config::{RequestConfig, RetryConfig};
use crate::balance::request::hedge::Hedge;
use crate::balance::request::timeouts::Timeouts;
use crate::balance::{ConfigError, Outcome, Pick};
use crate::id::BackendId;
use crate::rng::Rng;
use crate::sim::result::RequestTally;
use crate::time::{Span, Timestamp};
use std::collections::VecDeque;
use std::net::IpAddr;

/// A request that a balancer follows.
#[derive(Debug)]
pub(in crate::sim) struct Exchange {
    /// Unlike that of any other exchange.
    pub(in crate::sim) serial: u32,
    pub(in crate::sim) balancer: u32,
    /// The call that waits for the outcome.
    pub(in crate::sim) call: u32,
    /// What was asked, of whom it is and when it came, for the tries.
    pub(in crate::sim) request: u64,
    pub(in crate::sim) arrived: Timestamp,
    pub(in crate::sim) client: Option<IpAddr>,
    pub(in crate::sim) method: &'static str,
    /// When it reached the balancer.
    pub(in crate::sim) started: Timestamp,
    pub(in crate::sim) stage: Stage,
    /// Tries that were not answered yet.
    pub(in crate::sim) tries: Vec<Try>,
    /// Who failed it.
    pub(in crate::sim) tried: Vec<BackendId>,
    /// Retries so far.
    pub(in crate::sim) retries: u32,
    /// A second copy was sent, or could not be.
    pub(in crate::sim) hedged: bool,
}

/// What an exchange waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Stage {
    /// For the answers to its tries.
    Open,
    /// For the end of a back-off.
    BackingOff,
    /// For a backend with room, for a try of this kind.
    Pending(Kind),
}

/// Why a try is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sim) enum Kind {
    /// It is the first.
    First,
    /// The one before failed.
    Retry,
    /// The one before takes long.
    Copy,
}

/// A try on its way.
#[derive(Debug)]
pub(in crate::sim) struct Try {
    /// Unlike that of any other try.
    pub(in crate::sim) number: u32,
    pub(in crate::sim) pick: Pick,
    pub(in crate::sim) kind: Kind,
}

impl Exchange {
    /// Takes try `number` out, if it is still waited for.
    pub(in crate::sim) fn take_try(&mut self, number: u32) -> Option<Try> {
        let at = self.tries.iter().position(|sent| sent.number == number)?;
        Some(self.tries.swap_remove(at))
    }
}

/// The rules of one balancer for requests, with what they remember.
#[derive(Debug)]
pub(in crate::sim) struct Rules {
    retry: Option<RetryConfig>,
    backoff: Option<Backoff>,
    budget: Option<RetryBudget>,
    hedge: Option<Hedge>,
    breaker: Option<Breaker>,
    pub(in crate::sim) timeouts: Timeouts,
    /// Draws back-offs and nothing else.
    rng: Rng,
    /// Exchanges that wait for a backend with room, by number and serial, in order.
    pending: VecDeque<(u32, u32)>,
    pub(in crate::sim) tally: RequestTally,
}

impl Rules {
    /// The rules of `config`, if it has any that follow requests.
    pub(in crate::sim) fn new(
        config: &RequestConfig,
        rng: Rng,
    ) -> Result<Option<Self>, ConfigError> {
        if !config.follows() {
            return Ok(None);
        }
        let retry = config.retry.clone();
        Ok(Some(Self {
            backoff: retry.as_ref().and_then(RetryConfig::backoff),
            budget: retry.as_ref().map(|retry| retry.budget(Timestamp::ZERO)).transpose()?,
            retry,
            hedge: config.hedging.as_ref().map(|hedging| hedging.start(Timestamp::ZERO)),
            breaker: config.limits.as_ref().map(|limits| Breaker::new(limits.breaker())),
            timeouts: config.timeouts(),
            rng,
            pending: VecDeque::new(),
            tally: RequestTally::default(),
        }))
    }

    /// A request came.
    pub(in crate::sim) fn opened(&mut self, now: Timestamp) {
        if let Some(budget) = &mut self.budget {
            budget.deposit(now);
        }
    }

    /// Takes one of `resource`, if the limits allow it.
    pub(in crate::sim) fn acquire(&mut self, resource: Resource) -> bool {
        self.breaker.as_mut().is_none_or(|breaker| breaker.acquire(resource))
    }

    /// Gives one of `resource` back.
    pub(in crate::sim) fn release(&mut self, resource: Resource) {
        if let Some(breaker) = &mut self.breaker {
            breaker.release(resource);
        }
    }

    /// Whether requests may wait for a backend with room; without limits nobody is ever full.
    pub(in crate::sim) fn may_wait(&mut self) -> bool {
        self.breaker.as_mut().is_some_and(|breaker| breaker.acquire(Resource::Pending))
    }

    /// An exchange waits for a backend with room; one that waited before goes first.
    pub(in crate::sim) fn wait(&mut self, exchange: (u32, u32), again: bool) {
        if again {
            self.pending.push_front(exchange);
        } else {
            self.pending.push_back(exchange);
        }
    }

    /// The next exchange that waits, or waited: it may have ended meanwhile.
    pub(in crate::sim) fn next_waiting(&mut self) -> Option<(u32, u32)> {
        self.pending.pop_front()
    }

    /// How long to wait before `exchange`, of which a try ended with `outcome`, is sent again; `None`
    /// if it is not. What is granted is paid for: give [`Resource::Retry`] back when it is over.
    pub(in crate::sim) fn grants_retry(
        &mut self,
        now: Timestamp,
        exchange: &Exchange,
        outcome: Outcome,
    ) -> Option<Span> {
        let retry = self.retry.as_ref()?;
        if exchange.retries >= retry.max_retries || !retry.retries(exchange.method, outcome) {
            return None;
        }
        let number = exchange.retries + 1;
        let wait = self.backoff.map_or(Span::ZERO, |rule| rule.wait(number, &mut self.rng));
        if !self.timeouts.allows_retry(exchange.started, now, wait)
            || !self.acquire(Resource::Retry)
        {
            return None;
        }
        if !self.may_spend(now) {
            self.release(Resource::Retry);
            return None;
        }
        Some(wait)
    }

    /// Whether the retry budget, where there is one, has something left; it is spent then.
    pub(in crate::sim) fn may_spend(&mut self, now: Timestamp) -> bool {
        self.budget.as_mut().is_none_or(|budget| budget.withdraw(now))
    }

    /// How long after the first try a request by `method` gets a second copy, if ever.
    pub(in crate::sim) fn copy_after(&self, method: &str) -> Option<Span> {
        self.hedge.as_ref()?.delay(method, false)
    }

    /// A try is on its way.
    pub(in crate::sim) const fn sent(&mut self, kind: Kind) {
        match kind {
            Kind::First => {}
            Kind::Retry => self.tally.retries += 1,
            Kind::Copy => self.tally.copies += 1,
        }
    }

    /// A try was answered, or is not waited for any longer.
    pub(in crate::sim) fn ended(&mut self, kind: Kind) {
        self.release(Resource::Request);
        if kind == Kind::Retry {
            self.release(Resource::Retry);
        }
    }

    /// A try of this kind was answered well, `latency` after the request came. The time of the
    /// whole request counts for hedging, not that of the copy: else each copy that wins would make
    /// the others look slower.
    pub(in crate::sim) fn answered(&mut self, now: Timestamp, kind: Kind, latency: Span) {
        if kind == Kind::Copy {
            self.tally.copies_won += 1;
        }
        if let Some(hedge) = &mut self.hedge {
            hedge.record(now, latency);
        }
    }
}
