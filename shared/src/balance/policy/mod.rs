//! Policies: how to choose among eligible backends. One file each; this is the registry.

mod least_outstanding;
mod power_of_choices;
mod round_robin;

use super::ConfigError;
use super::backend::Backend;
use crate::rng::Rng;
use least_outstanding::LeastOutstanding;
use power_of_choices::PowerOfChoices;
use round_robin::RoundRobin;
use serde::{Deserialize, Serialize};

/// Which policy a balancer follows, with its parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum PolicyConfig {
    /// One after the other, in order of registration.
    #[default]
    RoundRobin,
    /// The backend with the fewest requests in flight from this balancer; among equals, the one
    /// that has waited longest for a request (AWS `least_outstanding_requests`).
    LeastOutstandingRequests,
    /// Draws some distinct backends at random and takes the one with the fewest requests in
    /// flight (Mitzenmacher's power of two choices).
    PowerOfChoices {
        /// Distinct backends drawn, 1 to 32. Two is the classic.
        #[serde(default = "two")]
        choices: u32,
    },
}

const fn two() -> u32 {
    2
}

impl PolicyConfig {
    /// One of each policy with its usual parameters, in the order in which menus show them.
    pub const ALL: [Self; 3] =
        [Self::RoundRobin, Self::LeastOutstandingRequests, Self::PowerOfChoices { choices: 2 }];

    /// The policy's name in documents.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastOutstandingRequests => "least_outstanding_requests",
            Self::PowerOfChoices { .. } => "power_of_choices",
        }
    }

    /// Checks the parameters.
    ///
    /// # Errors
    ///
    /// The first parameter that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        match *self {
            Self::RoundRobin | Self::LeastOutstandingRequests => Ok(()),
            Self::PowerOfChoices { choices } => {
                ConfigError::check("policy.choices", f64::from(choices), 1.0, 32.0)
            }
        }
    }
}

/// The backends that a policy may choose from. A policy sees nobody else.
#[derive(Clone, Copy)]
pub(super) struct Candidates<'a> {
    pub(super) slots: &'a [u32],
    pub(super) backends: &'a [Backend],
}

impl Candidates<'_> {
    fn in_flight(&self, slot: u32) -> u32 {
        self.backends[slot as usize].in_flight
    }
}

/// A policy at work: an enum, not a boxed trait, so that a pick is a jump and not a call through
/// memory.
#[derive(Debug)]
pub(super) enum Policy {
    RoundRobin(RoundRobin),
    LeastOutstanding(LeastOutstanding),
    PowerOfChoices(PowerOfChoices),
}

impl Policy {
    pub(super) fn new(config: &PolicyConfig) -> Self {
        match *config {
            PolicyConfig::RoundRobin => Self::RoundRobin(RoundRobin::default()),
            PolicyConfig::LeastOutstandingRequests => {
                Self::LeastOutstanding(LeastOutstanding::default())
            }
            PolicyConfig::PowerOfChoices { choices } => {
                Self::PowerOfChoices(PowerOfChoices::new(choices))
            }
        }
    }

    /// Chooses among the candidates of the last [`Self::membership_changed`].
    #[inline]
    pub(super) fn choose(&mut self, candidates: Candidates<'_>, rng: &mut Rng) -> Option<u32> {
        match self {
            Self::RoundRobin(policy) => policy.choose(candidates),
            Self::LeastOutstanding(policy) => policy.choose(),
            Self::PowerOfChoices(policy) => policy.choose(candidates, rng),
        }
    }

    /// Chooses among other candidates, once: a retry that avoids those who failed.
    pub(super) fn choose_among(
        &mut self,
        candidates: Candidates<'_>,
        rng: &mut Rng,
    ) -> Option<u32> {
        match self {
            Self::RoundRobin(policy) => policy.choose(candidates),
            Self::LeastOutstanding(_) => {
                let slots = candidates.slots.iter().copied();
                slots.min_by_key(|&slot| candidates.in_flight(slot))
            }
            Self::PowerOfChoices(policy) => policy.choose(candidates, rng),
        }
    }

    /// A backend's in-flight count changed.
    #[inline]
    pub(super) fn load_changed(&mut self, slot: u32, in_flight: u32) {
        match self {
            Self::LeastOutstanding(policy) => policy.load_changed(slot, in_flight),
            Self::RoundRobin(_) | Self::PowerOfChoices(_) => {}
        }
    }

    /// Other backends may be chosen from now on.
    pub(super) fn membership_changed(&mut self, candidates: Candidates<'_>) {
        match self {
            Self::LeastOutstanding(policy) => policy.membership_changed(candidates),
            Self::RoundRobin(_) | Self::PowerOfChoices(_) => {}
        }
    }
}
