//! Sessions: which server a client had, as far as its balancer can know.
//!
//! With cookies, the client carries this; with addresses and headers, the balancer has a table.
//! The simulation keeps both in one place, by the client's address. Who has no address has no
//! session and is picked for by the policy.

use crate::balance::explain::Explanation;
use crate::balance::request::affinity::{Affinity, Placement, Session};
use crate::balance::{Balancer, Pick, Request, Unavailable};
use crate::time::Timestamp;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// So many sessions are kept without looking for those that are over.
const SWEEP_FIRST: usize = 1_024;

/// The sessions of a balancer's clients.
#[derive(Debug)]
pub(in crate::sim) struct Sessions {
    rule: Affinity,
    by_client: BTreeMap<IpAddr, Session>,
    /// At this size, those that are over are forgotten.
    sweep_at: usize,
}

impl Sessions {
    pub(in crate::sim) const fn new(rule: Affinity) -> Self {
        Self { rule, by_client: BTreeMap::new(), sweep_at: SWEEP_FIRST }
    }

    /// Why `request` would go where it goes.
    pub(in crate::sim) fn explain(
        &self,
        core: &Balancer,
        now: Timestamp,
        request: &Request<'_>,
    ) -> Explanation {
        let Some(client) = request.client else { return core.explain(now, request) };
        self.rule.explain(core, now, request, self.by_client.get(&client).copied())
    }

    /// Picks for `request`, for its client's session if it has one.
    #[inline(never)]
    pub(in crate::sim) fn pick(
        &mut self,
        core: &mut Balancer,
        now: Timestamp,
        request: &Request<'_>,
    ) -> Result<Pick, Unavailable> {
        let Some(client) = request.client else { return core.pick(now, request) };
        let known = self.by_client.get(&client).copied();
        let Placement { pick, session, tell } = self.rule.pick(core, now, request, known)?;
        if tell {
            self.by_client.insert(client, session);
            if self.by_client.len() >= self.sweep_at {
                let rule = self.rule;
                self.by_client.retain(|_, session| session.is_fresh(&rule, now));
                self.sweep_at = (2 * self.by_client.len()).max(SWEEP_FIRST);
            }
        }
        Ok(pick)
    }
}
