//! Replacing instances: the unhealthy, the too old, those in the wrong zone, those of a refresh.
//!
//! Most are terminated first and then replaced, a tenth of the group at a time. Where capacity must
//! not sink (zones, Spot at risk, a maintenance policy that allows more), the new one is launched
//! first and *displaces* the old one when it serves.

use super::{Cause, Group, Output, Timer};
use crate::id::InstanceId;
use crate::scale::{
    LaunchSource, LifecycleState, Process, Refresh, RefreshConfig, RefreshStep, ZoneId,
    choose_for_termination, is_far_under, rebalancing_max, rebalancing_move, unhealthy_at_a_time,
};
use crate::time::{Span, Timestamp};

/// What goes when the instance that displaces it serves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Displaced {
    /// This instance.
    Instance(InstanceId, Cause),
    /// Whoever goes first in this zone.
    Zone(ZoneId),
}

impl Group {
    /// Puts an instance that is unhealthy on the list, unless its grace period is not over.
    pub(super) fn judge_health(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        let Some(instance) = self.instances.get(id) else { return };
        if instance.is_healthy || instance.state != LifecycleState::InService {
            return;
        }
        let grace_ends =
            instance.in_service_at.unwrap_or(now) + self.config.health_check_grace_period;
        if now < grace_ends {
            self.set_timer(grace_ends, Timer::Grace(id));
            return;
        }
        self.to_replace.insert(id, Cause::Unhealthy { instance: id });
        self.replace_in_turn(now, out);
    }

    pub(super) fn grow_old(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        self.to_replace.entry(id).or_insert(Cause::MaxLifetime { instance: id });
        self.replace_in_turn(now, out);
    }

    /// Replaces what is on the list, as many at a time as may be.
    pub(super) fn replace_in_turn(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        let is_off = |process| self.suspended.has(process);
        if is_off(Process::ReplaceUnhealthy) || is_off(Process::Terminate) {
            return;
        }
        while let Some((&id, &cause)) = self.to_replace.first() {
            if self.state_of(id) != Some(LifecycleState::InService) {
                self.to_replace.remove(&id);
                continue;
            }
            let under_way = self.replacing.len() + self.displacing.len();
            if under_way >= self.replaced_at_a_time() {
                return;
            }
            if self.config.maintenance.is_some_and(|policy| policy.launches_first()) {
                let displaced = Displaced::Instance(id, cause);
                if self.displace(now, displaced, None, cause, out).is_none() {
                    return;
                }
                self.to_replace.remove(&id);
                continue;
            }
            let far_under = is_far_under(self.capacity.desired, self.tally.in_service);
            if far_under && self.activities.is_busy(now) {
                return;
            }
            self.replace(now, id, cause, out);
        }
    }

    fn replaced_at_a_time(&self) -> usize {
        let desired = self.capacity.desired;
        let count = match self.config.maintenance {
            Some(policy) if policy.launches_first() => policy.range(desired).1 - desired,
            Some(policy) => desired - policy.range(desired).0,
            // Health checks that fail everywhere say more about the checks.
            None if self.to_replace.len() >= self.tally.in_service as usize => 1,
            None => unhealthy_at_a_time(desired),
        };
        count.max(1) as usize
    }

    /// Terminates an instance, then launches another.
    pub(super) fn replace(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        cause: Cause,
        out: &mut Vec<Output>,
    ) {
        self.terminate(now, id, cause, out);
        self.reconcile(now, cause, out);
    }

    /// An instance does not run any more: it is replaced at once, whatever else goes on.
    pub fn instance_stopped(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        self.stopped(now, id, Cause::Unhealthy { instance: id }, out);
    }

    pub(super) fn stopped(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        cause: Cause,
        out: &mut Vec<Output>,
    ) {
        let is_here = self.state_of(id).is_some_and(|state| state != LifecycleState::Warmed);
        if !is_here || self.suspended.has(Process::Terminate) {
            return;
        }
        self.pool.remove(&id);
        self.terminate(now, id, cause, out);
        // Nothing is left that could finish its requests, also if it was draining already.
        self.drained(now, id, out);
        self.reconcile(now, cause, out);
    }

    /// Launches an instance on top of the desired capacity that displaces another when it serves.
    fn displace(
        &mut self,
        now: Timestamp,
        displaced: Displaced,
        zone: Option<ZoneId>,
        cause: Cause,
        out: &mut Vec<Output>,
    ) -> Option<InstanceId> {
        let old = match displaced {
            Displaced::Instance(old, _) => Some(old),
            Displaced::Zone(_) => None,
        };
        if let Some(&already) = old.and_then(|old| self.displaced_by.get(&old)) {
            return Some(already);
        }
        let id = self.launch(now, cause, zone, out)?;
        self.displacing.insert(id, displaced);
        if let Some(old) = old {
            self.displaced_by.insert(old, id);
        }
        Some(id)
    }

    /// An instance displaces nobody any more; returns whom it did.
    fn stop_displacing(&mut self, id: InstanceId) -> Option<Displaced> {
        let displaced = self.displacing.remove(&id)?;
        if let Displaced::Instance(old, _) = displaced {
            self.displaced_by.remove(&old);
        }
        Some(displaced)
    }

    /// The new one serves: the old one goes.
    pub(super) fn finish_displacing(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        out: &mut Vec<Output>,
    ) {
        if self.suspended.has(Process::Terminate) {
            return;
        }
        let Some(displaced) = self.stop_displacing(id) else { return };
        match displaced {
            Displaced::Instance(old, cause) => self.terminate(now, old, cause, out),
            Displaced::Zone(zone) => {
                let inside = self.instances.iter().filter(|instance| instance.zone == zone);
                let rules = self.termination_rules();
                for old in choose_for_termination(now, inside, &rules, 1) {
                    self.terminate(now, old, Cause::ZoneRebalance, out);
                }
            }
        }
    }

    /// Removes every trace of an instance that leaves.
    pub(super) fn forget(&mut self, now: Timestamp, id: InstanceId) {
        self.to_replace.remove(&id);
        self.replacing.remove(&id);
        self.open_hooks.remove(&id);
        self.finish_cooldown(now, id);
        self.stop_displacing(id);
        if let Some(displacing) = self.displaced_by.remove(&id) {
            self.displacing.remove(&displacing);
        }
        if self.refreshing.remove(&id) {
            // Whatever replaces it has what the refresh wanted.
            if let Some(refresh) = &mut self.refresh {
                refresh.warmed();
            }
            self.set_timer(now, Timer::Refresh);
        }
    }

    /// Evens zones out: launches in the emptiest, then terminates in the fullest.
    pub(super) fn rebalance_zones(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.config.zones < 2 || self.suspended.has(Process::AzRebalance) {
            return;
        }
        let mut counts = self.tally.by_zone.clone();
        for displaced in self.displacing.values() {
            if let Displaced::Zone(zone) = displaced
                && let Some(count) = counts.get_mut(usize::from(zone.0))
            {
                *count = count.saturating_sub(1);
            }
        }
        while self.tally.live < rebalancing_max(self.capacity.max) {
            let open = |zone| self.zone_is_open(now, zone);
            let Some((from, to)) = rebalancing_move(&counts, open) else { return };
            let displaced = Displaced::Zone(from);
            if self.displace(now, displaced, Some(to), Cause::ZoneRebalance, out).is_none() {
                return;
            }
            for (zone, change) in [(from, -1), (to, 1)] {
                if let Some(count) = counts.get_mut(usize::from(zone.0)) {
                    *count = count.saturating_add_signed(change);
                }
            }
        }
    }

    /// A Spot instance is at elevated risk. With capacity rebalancing, another is launched, and
    /// when it serves the endangered one goes.
    pub fn rebalance_recommendation(
        &mut self,
        now: Timestamp,
        id: InstanceId,
        out: &mut Vec<Output>,
    ) {
        let is_displaced = self.displaced_by.contains_key(&id);
        let serves = self.state_of(id) == Some(LifecycleState::InService);
        if self.config.capacity_rebalancing && serves && !is_displaced {
            let cause = Cause::SpotInterruption { instance: id };
            self.displace(now, Displaced::Instance(id, cause), None, cause, out);
        }
    }

    /// A Spot instance will be taken back in two minutes.
    pub fn spot_interruption(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        self.rebalance_recommendation(now, id, out);
        self.set_timer(now + crate::scale::SPOT_INTERRUPTION_NOTICE, Timer::SpotReclaim(id));
    }

    /// Begins to replace every instance by one of `source`, a few at a time.
    pub fn start_refresh(
        &mut self,
        now: Timestamp,
        config: RefreshConfig,
        source: LaunchSource,
        out: &mut Vec<Output>,
    ) {
        self.config.source = source;
        let skip = config.skip_matching;
        let old = self.instances.iter().filter(|instance| {
            instance.state == LifecycleState::InService && !(skip && instance.source == source)
        });
        let old: Vec<_> = old.map(|instance| instance.id).collect();
        self.refresh = Some(Refresh::new(config, old));
        self.drive_refresh(now, out);
    }

    /// The refresh that runs, if one does.
    pub const fn refresh(&self) -> Option<&Refresh> {
        self.refresh.as_ref()
    }

    pub(super) fn refresh_warmup(&self) -> Span {
        let own = self.refresh.as_ref().and_then(|refresh| refresh.config().instance_warmup);
        let group = Some(self.config.default_instance_warmup);
        super::GroupConfig::refresh_warmup(own, group, self.config.health_check_grace_period)
    }

    pub(super) fn refresh_warmed(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if let Some(refresh) = &mut self.refresh {
            refresh.warmed();
        }
        self.drive_refresh(now, out);
    }

    pub(super) fn drive_refresh(&mut self, now: Timestamp, out: &mut Vec<Output>) {
        if self.suspended.has(Process::InstanceRefresh) {
            return;
        }
        while let Some(step) = self.refresh.as_mut().and_then(|refresh| refresh.next(now)) {
            match step {
                RefreshStep::Replace(ids) => {
                    for id in ids {
                        self.refresh_one(now, id, out);
                    }
                }
                RefreshStep::Checkpoint { percent, announced: checkpoint, .. } => {
                    out.push(Output::RefreshProgress { percent, checkpoint });
                }
                RefreshStep::Done { percent } => {
                    out.push(Output::RefreshProgress { percent, checkpoint: 100 });
                    self.refresh = None;
                }
            }
        }
        let at = self.refresh.as_ref().and_then(Refresh::poll_timeout).filter(|&at| at > now);
        if let Some(at) = at {
            self.set_timer(at, Timer::Refresh);
        }
    }

    fn refresh_one(&mut self, now: Timestamp, id: InstanceId, out: &mut Vec<Output>) {
        let cause = Cause::Refresh { instance: id };
        let launched = if self.state_of(id) != Some(LifecycleState::InService) {
            None
        } else if self.config.maintenance.is_some_and(|policy| policy.launches_first()) {
            self.displace(now, Displaced::Instance(id, cause), None, cause, out)
        } else {
            self.terminate(now, id, cause, out);
            self.launch(now, cause, None, out)
        };
        match (launched, &mut self.refresh) {
            (Some(new), _) => {
                self.refreshing.insert(new);
            }
            // It left by itself, or its successor comes when launches are possible again: from
            // the new source either way.
            (None, Some(refresh)) => refresh.warmed(),
            (None, None) => {}
        }
    }
}
