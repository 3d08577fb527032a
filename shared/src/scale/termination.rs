//! Who goes first when a group scales in.
//!
//! Zone balance precedes every policy: the zone with most instances gives one up, if any of its
//! instances is unprotected. Then a mixed group chooses between On-Demand and Spot, and then the
//! policy chooses within zone and kind. If zones are equally full, the policy chooses among all
//! of them. All removals of one decision are chosen together, in `O(n + k log k)`.

use super::{Instance, InstancesDistribution, LaunchSource, LifecycleState, Purchase};
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Which instance of a zone goes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TerminationPolicy {
    /// Launch configurations before templates, the oldest version, then whoever is closest to its
    /// next billing hour.
    #[default]
    Default,
    /// Keeps the division between On-Demand and Spot, and nothing else.
    AllocationStrategy,
    /// Templates that the group no longer uses, then the oldest version.
    OldestLaunchTemplate,
    /// The oldest launch configuration.
    OldestLaunchConfiguration,
    /// Whoever is closest to its next billing hour.
    ClosestToNextInstanceHour,
    /// Whoever was launched last.
    NewestInstance,
    /// Whoever was launched first.
    OldestInstance,
}

impl TerminationPolicy {
    /// Every policy, in the order of menus.
    pub const ALL: [Self; 7] = [
        Self::Default,
        Self::AllocationStrategy,
        Self::OldestLaunchTemplate,
        Self::OldestLaunchConfiguration,
        Self::ClosestToNextInstanceHour,
        Self::NewestInstance,
        Self::OldestInstance,
    ];
}

/// What the choice depends on.
#[derive(Clone, Copy, Debug)]
pub struct TerminationRules<'a> {
    /// In order of importance: a later one decides between those that are equal to the earlier.
    pub policies: &'a [TerminationPolicy],
    /// What the group launches from now.
    pub current_source: LaunchSource,
    /// The division of a mixed group.
    pub distribution: Option<InstancesDistribution>,
}

/// Instances are billed by the second, but their hour of launch still decides who leaves first.
const BILLING_HOUR: Span = Span::from_s(3_600);

/// A key per policy; smaller goes first.
type Keys = [u128; RANKED_POLICIES];
/// Policies that decide; a third one would have to break a tie of the first two.
const RANKED_POLICIES: usize = 2;
/// Set in the first key of those that serve: whoever does not goes before them.
const SERVES: u128 = 1 << 127;

/// Instances of a queue, one launched after the other, that are equal to every policy: of one wave
/// of launches. The oldest goes first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Run {
    keys: Keys,
    /// Position of the next to go in the queue's `ids`.
    start: u32,
    end: u32,
}

/// What the keys of an instance depend on.
type Looks = (LifecycleState, LaunchSource, Timestamp);

/// The instances of one zone and kind that may go.
#[derive(Default)]
struct Queue {
    /// In order of launch.
    ids: Vec<InstanceId>,
    /// Those that go first on top. A heap, because few of many go.
    runs: BinaryHeap<Reverse<Run>>,
    /// The last run and its looks, while it may become longer.
    open: Option<(Looks, Run)>,
}

impl Queue {
    fn push(&mut self, now: Timestamp, instance: &Instance, rules: &TerminationRules<'_>) {
        let position = self.ids.len() as u32;
        self.ids.push(instance.id);
        let looks = (instance.state, instance.source, instance.launched_at);
        match &mut self.open {
            Some((last, run)) if *last == looks => run.end += 1,
            open => {
                let keys = keys(now, instance, rules);
                let run = Run { keys, start: position, end: position + 1 };
                let closed = open.replace((looks, run));
                self.runs.extend(closed.map(|(_, run)| Reverse(run)));
            }
        }
    }

    /// All have come.
    fn close(&mut self) {
        self.runs.extend(self.open.take().map(|(_, run)| Reverse(run)));
    }

    /// Who goes first.
    fn head(&self) -> Option<(Keys, InstanceId)> {
        let Reverse(run) = self.runs.peek()?;
        Some((run.keys, *self.ids.get(run.start as usize)?))
    }

    fn pop(&mut self) {
        let Some(mut run) = self.runs.peek_mut() else { return };
        run.0.start += 1;
        if run.0.start == run.0.end {
            PeekMut::pop(run);
        }
    }
}

#[derive(Default)]
struct Zone {
    /// Live instances, protected ones as well.
    count: u32,
    on_demand: Queue,
    spot: Queue,
}

/// Up to `count` of the live `instances` that should go, the first to go first. They come in order
/// of launch.
pub fn choose<'a>(
    now: Timestamp,
    instances: impl IntoIterator<Item = &'a Instance>,
    rules: &TerminationRules<'_>,
    count: usize,
) -> Vec<InstanceId> {
    // By number: there are few zones, and their numbers begin at 0.
    let mut zones: Vec<Zone> = Vec::new();
    let (mut live, mut on_demand) = (0_u32, 0_u32);
    for instance in instances.into_iter().filter(|instance| instance.state.is_live()) {
        live += 1;
        on_demand += u32::from(instance.purchase == Purchase::OnDemand);
        let number = usize::from(instance.zone.0);
        if zones.len() <= number {
            zones.resize_with(number + 1, Zone::default);
        }
        let Some(zone) = zones.get_mut(number) else { continue };
        zone.count += 1;
        if !instance.is_protected {
            zone.queue(instance.purchase).push(now, instance, rules);
        }
    }
    for zone in &mut zones {
        zone.on_demand.close();
        zone.spot.close();
    }
    let mut chosen = Vec::with_capacity(count.min(live as usize));
    while chosen.len() < count {
        let left = live.saturating_sub(1);
        let preferred = rules.distribution.map(|split| split.next_termination(left, on_demand));
        let Some((id, purchase)) = next(&mut zones, preferred) else { break };
        live = left;
        on_demand -= u32::from(purchase == Purchase::OnDemand);
        chosen.push(id);
    }
    chosen
}

/// Takes the next instance out of the fullest zone that may lose one; of several, from where it
/// goes first.
fn next(zones: &mut [Zone], preferred: Option<Purchase>) -> Option<(InstanceId, Purchase)> {
    let mut best: Option<(&mut Zone, Head)> = None;
    for zone in zones {
        let fuller = best.as_ref().map(|(other, _)| zone.count.cmp(&other.count));
        if fuller == Some(Ordering::Less) {
            continue;
        }
        let Some(head) = zone.head(preferred) else { continue };
        let goes_before = |(_, other): &(&mut Zone, Head)| head < *other;
        if fuller != Some(Ordering::Equal) || best.as_ref().is_some_and(goes_before) {
            best = Some((zone, head));
        }
    }
    let (zone, (_, _, id, purchase)) = best?;
    zone.queue(purchase).pop();
    zone.count -= 1;
    Some((id, purchase))
}

/// Who of a zone would go first: of the preferred kind (`false`) if there is one, else by keys.
type Head = (bool, Keys, InstanceId, Purchase);

impl Zone {
    const fn queue(&mut self, purchase: Purchase) -> &mut Queue {
        match purchase {
            Purchase::OnDemand => &mut self.on_demand,
            Purchase::Spot => &mut self.spot,
        }
    }

    fn head(&self, preferred: Option<Purchase>) -> Option<Head> {
        let head = |queue: &Queue, purchase| {
            let (keys, id) = queue.head()?;
            let is_other = preferred.is_some_and(|preferred| preferred != purchase);
            Some((is_other, keys, id, purchase))
        };
        let on_demand = head(&self.on_demand, Purchase::OnDemand);
        let spot = head(&self.spot, Purchase::Spot);
        match (on_demand, spot) {
            (Some(on_demand), Some(spot)) => Some(on_demand.min(spot)),
            (one, other) => one.or(other),
        }
    }
}

/// Whoever does not serve yet goes before all others: nothing has to be drained.
fn keys(now: Timestamp, instance: &Instance, rules: &TerminationRules<'_>) -> Keys {
    let mut keys = [0; RANKED_POLICIES];
    for (key, policy) in keys.iter_mut().zip(rules.policies) {
        *key = policy.key(now, instance, rules);
    }
    if instance.state == LifecycleState::InService {
        keys[0] |= SERVES;
    }
    keys
}

impl TerminationPolicy {
    /// A number to compare by, of 98 bits at most; smaller goes first.
    fn key(self, now: Timestamp, instance: &Instance, rules: &TerminationRules<'_>) -> u128 {
        let to_next_hour = || {
            let age = now.since(instance.launched_at).as_ns();
            u128::from(BILLING_HOUR.as_ns() - age % BILLING_HOUR.as_ns())
        };
        let launched = instance.launched_at.as_ns();
        let (is_template, is_current, version) = match (instance.source, rules.current_source) {
            (LaunchSource::Configuration { number }, current) => {
                (false, current == instance.source, number)
            }
            (
                LaunchSource::Template { template, version },
                LaunchSource::Template { template: current, .. },
            ) => (true, template == current, version),
            (LaunchSource::Template { version, .. }, LaunchSource::Configuration { .. }) => {
                (true, false, version)
            }
        };
        let (first, second, version) = (1 << 97, 1 << 96, u128::from(version) << 64);
        let bit = |is_set: bool, bit: u128| if is_set { bit } else { 0 };
        match self {
            Self::Default => bit(is_template, first) | version | to_next_hour(),
            Self::AllocationStrategy => 0,
            Self::OldestLaunchTemplate => {
                bit(!is_template, first) | bit(is_current, second) | version
            }
            Self::OldestLaunchConfiguration => bit(is_template, first) | version,
            Self::ClosestToNextInstanceHour => to_next_hour(),
            Self::NewestInstance => u128::from(u64::MAX - launched),
            Self::OldestInstance => u128::from(launched),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;
    use crate::scale::ZoneId;

    /// One after the other, looking at everybody each time: what the module's first lines say,
    /// without any order kept from one choice to the next.
    fn one_by_one(
        now: Timestamp,
        mut instances: Vec<Instance>,
        rules: &TerminationRules<'_>,
        count: usize,
    ) -> Vec<InstanceId> {
        let mut chosen = Vec::new();
        while chosen.len() < count {
            let of_zone = |zone| instances.iter().filter(|i| i.zone == zone).count();
            let free = || instances.iter().filter(|i| !i.is_protected);
            let Some(most) = free().map(|i| of_zone(i.zone)).max() else { break };
            let on_demand = instances.iter().filter(|i| i.purchase == Purchase::OnDemand).count();
            let left = instances.len() as u32 - 1;
            let preferred =
                rules.distribution.map(|split| split.next_termination(left, on_demand as u32));
            let is_other = |i: &Instance| preferred.is_some_and(|kind| kind != i.purchase);
            let candidates = free().filter(|i| of_zone(i.zone) == most);
            let first = candidates.min_by_key(|i| (is_other(i), keys(now, i, rules), i.id));
            let Some(id) = first.map(|i| i.id) else { break };
            chosen.push(id);
            instances.retain(|i| i.id != id);
        }
        chosen
    }

    /// All removals of one decision are those that single ones would choose.
    #[test]
    fn many_at_once_are_those_chosen_one_by_one() {
        let mut rng = Rng::new(11);
        let now = Timestamp::from_s(100_000);
        for case in 0..300 {
            let zones = 1 + rng.below(4);
            let instances: Vec<Instance> = (1..=1 + rng.below(60) as u32)
                .map(|number| {
                    let launched = Timestamp::from_s(rng.below(20) * 700);
                    let states = [LifecycleState::InService, LifecycleState::Booting];
                    Instance {
                        state: states[(rng.below(5) == 0) as usize],
                        zone: ZoneId(rng.below(zones) as u16),
                        is_protected: rng.below(6) == 0,
                        purchase: [Purchase::OnDemand, Purchase::Spot][rng.below(2) as usize],
                        source: LaunchSource::Template {
                            template: rng.below(2) as u32,
                            version: rng.below(3) as u32,
                        },
                        ..Instance::launched(InstanceId(number), launched)
                    }
                })
                .collect();
            let policy = |rng: &mut Rng| TerminationPolicy::ALL[rng.below(7) as usize];
            let policies = [policy(&mut rng), policy(&mut rng)];
            let distribution = InstancesDistribution {
                on_demand_base_capacity: rng.below(5) as u32,
                on_demand_percentage_above_base_capacity: rng.below(101) as u32,
            };
            let rules = TerminationRules {
                policies: &policies,
                current_source: LaunchSource::default(),
                distribution: (rng.below(2) == 0).then_some(distribution),
            };
            let count = rng.below(instances.len() as u64 + 3) as usize;
            let chosen = choose(now, &instances, &rules, count);
            let expected = one_by_one(now, instances, &rules, count);
            assert_eq!(chosen, expected, "case {case} of seed 11: {rules:?}");
        }
    }
}
