//! Who goes first when a group scales in.
//!
//! Zone balance precedes every policy: the zone with most instances gives one up, if any of its
//! instances is unprotected. Then a mixed group chooses between On-Demand and Spot, and then the
//! policy chooses within zone and kind. If zones are equally full, the policy chooses among all
//! of them. All removals of one decision are chosen together, in `O(n + k log k)`.

use super::{Instance, InstancesDistribution, LaunchSource, LifecycleState, Purchase, ZoneId};
use crate::id::InstanceId;
use crate::time::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// Smaller goes first: one part per policy, then the identity for those that are equal.
type Rank = (bool, [Parts; RANKED_POLICIES], InstanceId);
type Parts = [u64; 3];
/// Policies that decide; a third one would have to break a tie of the first two.
const RANKED_POLICIES: usize = 2;

/// The instances of one zone and kind that may go, those that go first at the end.
type Queue = Vec<Rank>;

#[derive(Default)]
struct Zone {
    /// Live instances, protected ones as well.
    count: u32,
    on_demand: Queue,
    spot: Queue,
}

/// Up to `count` of the live `instances` that should go, the first to go first.
pub fn choose<'a>(
    now: Timestamp,
    instances: impl IntoIterator<Item = &'a Instance>,
    rules: &TerminationRules<'_>,
    count: usize,
) -> Vec<InstanceId> {
    let mut zones: BTreeMap<ZoneId, Zone> = BTreeMap::new();
    let (mut live, mut on_demand) = (0_u32, 0_u32);
    for instance in instances.into_iter().filter(|instance| instance.state.is_live()) {
        live += 1;
        on_demand += u32::from(instance.purchase == Purchase::OnDemand);
        let zone = zones.entry(instance.zone).or_default();
        zone.count += 1;
        if !instance.is_protected {
            zone.queue(instance.purchase).push(rank(now, instance, rules));
        }
    }
    for zone in zones.values_mut() {
        keep_first(&mut zone.on_demand, count);
        keep_first(&mut zone.spot, count);
    }
    let mut chosen = Vec::new();
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

/// Keeps the `count` that go first, in order: linear in the queue, whatever its length.
fn keep_first(queue: &mut Queue, count: usize) {
    if queue.len() > count {
        queue.select_nth_unstable(count);
        queue.truncate(count);
    }
    queue.sort_unstable_by(|a, b| b.cmp(a));
}

/// Takes the next instance out of the fullest zone that may lose one.
fn next(
    zones: &mut BTreeMap<ZoneId, Zone>,
    preferred: Option<Purchase>,
) -> Option<(InstanceId, Purchase)> {
    let may_lose = |zone: &&mut Zone| !(zone.on_demand.is_empty() && zone.spot.is_empty());
    let fullest = zones.values_mut().filter(may_lose).map(|zone| zone.count).max()?;
    let candidates = zones.values_mut().filter(may_lose).filter(|zone| zone.count == fullest);
    let zone = candidates.min_by(|a, b| a.first(preferred).cmp(&b.first(preferred)))?;
    let purchase = zone.first(preferred)?.2;
    let (_, _, id) = zone.queue(purchase).pop()?;
    zone.count -= 1;
    Some((id, purchase))
}

impl Zone {
    const fn queue(&mut self, purchase: Purchase) -> &mut Queue {
        match purchase {
            Purchase::OnDemand => &mut self.on_demand,
            Purchase::Spot => &mut self.spot,
        }
    }

    /// Who would go first: of the preferred kind (`false`) if there is one, else by rank.
    fn first(&self, preferred: Option<Purchase>) -> Option<(bool, &Rank, Purchase)> {
        let is_other = |purchase| preferred.is_some_and(|preferred| preferred != purchase);
        let on_demand = self.on_demand.last().map(|rank| (rank, Purchase::OnDemand));
        let spot = self.spot.last().map(|rank| (rank, Purchase::Spot));
        let heads = on_demand.into_iter().chain(spot);
        heads.map(|(rank, purchase)| (is_other(purchase), rank, purchase)).min()
    }
}

/// Whoever does not serve yet goes before all others: nothing has to be drained.
fn rank(now: Timestamp, instance: &Instance, rules: &TerminationRules<'_>) -> Rank {
    let mut parts = [Parts::default(); RANKED_POLICIES];
    for (part, policy) in parts.iter_mut().zip(rules.policies) {
        *part = policy.parts(now, instance, rules);
    }
    (instance.state == LifecycleState::InService, parts, instance.id)
}

impl TerminationPolicy {
    /// Numbers to compare by; smaller goes first.
    fn parts(self, now: Timestamp, instance: &Instance, rules: &TerminationRules<'_>) -> Parts {
        let to_next_hour = || {
            let age = now.since(instance.launched_at).as_ns();
            BILLING_HOUR.as_ns() - age % BILLING_HOUR.as_ns()
        };
        let launched = instance.launched_at.as_ns();
        let (is_template, is_current, version) = match (instance.source, rules.current_source) {
            (LaunchSource::Configuration { number }, current) => {
                (0, u64::from(current == instance.source), number)
            }
            (
                LaunchSource::Template { template, version },
                LaunchSource::Template { template: current, .. },
            ) => (1, u64::from(template == current), version),
            (LaunchSource::Template { version, .. }, LaunchSource::Configuration { .. }) => {
                (1, 0, version)
            }
        };
        let version = u64::from(version);
        match self {
            Self::Default => [is_template, version, to_next_hour()],
            Self::AllocationStrategy => Parts::default(),
            Self::OldestLaunchTemplate => [1 - is_template, is_current, version],
            Self::OldestLaunchConfiguration => [is_template, version, 0],
            Self::ClosestToNextInstanceHour => [to_next_hour(), 0, 0],
            Self::NewestInstance => [u64::MAX - launched, 0, 0],
            Self::OldestInstance => [launched, 0, 0],
        }
    }
}
