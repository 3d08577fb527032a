//! Why this backend? See [`crate::balance::explain`].

use super::groups::Group;
use super::{Ask, Backend, Balancer, Candidates};
use crate::balance::explain::{Considered, Course, Explanation, Rule, Standing};
use crate::balance::policy::{Evidence, Policy};
use crate::balance::{AdminState, Health, Request};
use crate::time::Timestamp;

impl Balancer {
    /// Why the next [`Self::pick`] for `request` goes where it goes. Nothing changes.
    pub fn explain(&self, now: Timestamp, request: &Request<'_>) -> Explanation {
        let mut ahead = self.clone();
        let choice = ahead.pick(now, request).map(|pick| pick.backend());
        let mut copy = self.clone();
        copy.bring_up_to_date(now);
        let Self { groups, backends, rng, .. } = &mut copy;
        let usual = if request.tried.is_empty() { groups.choose(request, rng) } else { None };
        let (mut first, mut evidence) = (None, None);
        if let Some(Group { slots, policy, .. }) = usual.and_then(|index| groups.all.get_mut(index))
        {
            let candidates = Candidates { slots, backends };
            // Both draw, and both the same.
            let mut stream = rng.clone();
            let ask = &mut Ask { now, request, rng: &mut stream };
            evidence = Some(policy.clone().evidence(candidates, ask));
            first = policy.choose(candidates, &mut Ask { now, request, rng });
        }
        let is_full = first.is_some_and(|slot| !copy.backend(slot).has_room());
        let chosen = choice.ok().and_then(|id| copy.slots.get(&id)).map(|&slot| copy.backend(slot));
        let course = match (first, chosen) {
            (_, Some(chosen)) if !chosen.is_eligible() => Course::Unhealthy,
            (Some(_), _) if is_full => Course::FirstFull,
            (Some(_), _) => Course::Policy,
            (None, _) => Course::Again,
        };
        let rule = match &evidence {
            Some(evidence) => evidence.rule,
            None => copy.rule_without_group(now, request),
        };
        // Who is chosen after all is chosen among everybody.
        let group = usual.filter(|_| course == Course::Policy || course == Course::Unhealthy);
        let considered = copy.slots.values().map(|&slot| {
            let evidence = evidence.as_ref();
            copy.considered(slot, request, group, evidence)
        });
        let considered = considered.collect();
        Explanation { rule, course, choice, considered }
    }

    /// The rule of the policy where no group was chosen: a copy without anybody tells.
    fn rule_without_group(&self, now: Timestamp, request: &Request<'_>) -> Rule {
        let mut rng = self.rng.clone();
        let candidates = Candidates { slots: &[], backends: &[] };
        let mut policy = Policy::new(&self.config.policy);
        policy.evidence(candidates, &mut Ask { now, request, rng: &mut rng }).rule
    }

    fn considered(
        &self,
        slot: u32,
        request: &Request<'_>,
        group: Option<usize>,
        evidence: Option<&Evidence>,
    ) -> Considered {
        let backend = self.backend(slot);
        let is_over = evidence.is_some_and(|evidence| evidence.over_bound.contains(&slot));
        let standing = match standing(backend, request, group) {
            Standing::Candidate if is_over => Standing::OverBound,
            standing => standing,
        };
        Considered {
            backend: backend.id,
            standing,
            in_flight: backend.in_flight,
            weight: backend.effective_weight,
            value: evidence.and_then(|evidence| evidence.values.get(&slot)).copied(),
            drawn: evidence.is_some_and(|evidence| evidence.drawn.contains(&slot)),
        }
    }
}

/// Whether a backend could be chosen from `group`, or from any.
fn standing(backend: &Backend, request: &Request<'_>, group: Option<usize>) -> Standing {
    match backend.admin {
        AdminState::Draining { .. } => return Standing::Draining,
        AdminState::Maintenance => return Standing::Maintenance,
        AdminState::Ready => {}
    }
    if backend.weight == 0 {
        return Standing::NoWeight;
    }
    // A backend in a group may be picked, whatever its health: too few others are healthy.
    if backend.group == u32::MAX {
        return match backend.tracker.health() {
            Health::Unhealthy => Standing::Unhealthy,
            Health::Initial => Standing::Unchecked,
            Health::Healthy => Standing::Ejected,
        };
    }
    if request.tried.contains(&backend.id) {
        Standing::Tried
    } else if !backend.has_room() {
        Standing::Full
    } else if group.is_some_and(|group| group != backend.group as usize) {
        Standing::Elsewhere
    } else {
        Standing::Candidate
    }
}
