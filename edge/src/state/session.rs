//! Sessions: the origin that a client had before, or that it belongs to.

use super::{Member, State};
use shared::balance::request::affinity::{Placement, Session};
use shared::balance::{AdminState, BackendView, Health, Pick, Request, Unavailable};
use shared::hash::xxh_64;
use shared::id::BackendId;
use shared::math::ln;
use shared::origins::{AffinityBy, OriginState};
use shared::time::Timestamp;

/// What sessions go by, besides what the balancer may know of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// What the client's cookie says: an origin's tag and the session's time.
    pub session: Option<(u32, Timestamp)>,
    /// The value of the header field that names the client.
    pub header: Option<&'a str>,
}

impl State {
    /// The client's own origin, if it has one that serves; otherwise whom the policy chooses. With
    /// it the session that the client is to be told of: the origin's tag and the session's time.
    pub(super) fn pick_for(
        &mut self,
        now: Timestamp,
        request: &Request<'_>,
        known: Known<'_>,
    ) -> Result<(Pick, Option<(u32, Timestamp)>), Unavailable> {
        let affinity = &self.config.affinity;
        let rule = affinity.rule();
        let by_cookie = affinity.by == AffinityBy::Cookie;
        let here = |backend| Session { backend, since: now };
        let session = match affinity.by {
            AffinityBy::None => return self.balancer.pick(now, request).map(|pick| (pick, None)),
            AffinityBy::Cookie => {
                let session = known.session.and_then(|(tag, since)| self.session_at(tag, since));
                session.filter(|session| rule.holds_while_draining || !self.drains(session.backend))
            }
            AffinityBy::Header => {
                let value = known.header.filter(|value| !value.is_empty());
                value.and_then(|value| self.home_of(value.as_bytes(), request.tried)).map(here)
            }
            AffinityBy::ClientIp => {
                let client = request.client.map(|client| client.to_string());
                client.and_then(|ip| self.home_of(ip.as_bytes(), request.tried)).map(here)
            }
        };
        let Placement { pick, session, tell } =
            rule.pick(&mut self.balancer, now, request, session)?;
        let told = (by_cookie && tell).then(|| self.members.get(session.backend.0 as usize));
        Ok((pick, told.flatten().map(|member| (member.tag, session.since))))
    }

    fn session_at(&self, tag: u32, since: Timestamp) -> Option<Session> {
        let place = self.members.iter().position(|member| member.tag == tag)?;
        Some(Session { backend: BackendId(u32::try_from(place).ok()?), since })
    }

    fn drains(&self, backend: BackendId) -> bool {
        let member = self.members.get(backend.0 as usize);
        member.is_some_and(|member| member.state == OriginState::Drain)
    }

    /// Where a client belongs: rendezvous hashing (highest random weight). Each origin scores for
    /// the client and the best one serves, so that only the clients of an origin that leaves move.
    fn home_of(&self, client: &[u8], tried: &[BackendId]) -> Option<BackendId> {
        let score = |member: &Member, view: BackendView| {
            let hash = xxh_64(client, u64::from(member.tag));
            // In (0, 1): the highest of w_i / -ln(u_i) falls to i in proportion to w_i.
            let uniform = ((hash >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
            view.effective_weight / -ln(uniform)
        };
        let scores = (0..).map(BackendId).zip(&self.members).filter_map(|(id, member)| {
            let view = self.balancer.view(id)?;
            let serves = view.admin == AdminState::Ready
                && view.weight > 0
                && view.health == Health::Healthy
                && view.ejected_until.is_none()
                && !tried.contains(&id);
            serves.then(|| (score(member, view), id))
        });
        scores.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, id)| id)
    }
}
