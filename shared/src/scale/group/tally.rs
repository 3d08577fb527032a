//! Counts over a group's instances, kept up to date so that no decision has to count.

use crate::scale::{Instance, LifecycleState, Purchase};

/// How many instances there are, by what matters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Counting towards the desired capacity.
    pub(super) live: u32,
    pub(super) in_service: u32,
    pub(super) terminating: u32,
    /// In the warm pool or on the way into it.
    pub(super) pool: u32,
    /// Live ones that are On-Demand.
    pub(super) on_demand: u32,
    /// Live ones by zone.
    pub(super) by_zone: Vec<u32>,
}

impl Tally {
    pub(super) fn new(zones: u16) -> Self {
        Self { by_zone: vec![0; usize::from(zones.max(1))], ..Self::default() }
    }

    pub(super) fn add(&mut self, instance: &Instance) {
        self.change(instance, |count| *count += 1);
    }

    pub(super) fn remove(&mut self, instance: &Instance) {
        self.change(instance, |count| *count -= 1);
    }

    fn change(&mut self, instance: &Instance, by_one: fn(&mut u32)) {
        let state = instance.state;
        if state.is_live() {
            by_one(&mut self.live);
            if instance.purchase == Purchase::OnDemand {
                by_one(&mut self.on_demand);
            }
            if let Some(zone) = self.by_zone.get_mut(usize::from(instance.zone.0)) {
                by_one(zone);
            }
        }
        match state {
            LifecycleState::InService => by_one(&mut self.in_service),
            LifecycleState::Warmed | LifecycleState::WarmedPending => by_one(&mut self.pool),
            state if state.is_terminating() => by_one(&mut self.terminating),
            _ => {}
        }
    }
}
