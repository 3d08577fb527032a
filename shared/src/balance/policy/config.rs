//! Which policies there are: the registry that menus, documents, simulation and edge share.

use super::hash_ring::MAX_RING_SIZE;
use super::maglev::{DEFAULT_TABLE_SIZE, Maglev};
use crate::balance::ConfigError;
use crate::json::tagged;
use serde::Serialize;

tagged! {
    by "type" derive(Default), deny_unknown_fields;
    /// Which policy a balancer follows, with its parameters.
    #[derive(Clone, Debug, Default, PartialEq, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    pub enum PolicyConfig {
        /// One after the other, in order of registration; by earliest deadline first while weights
        /// differ (Envoy).
        #[default]
        RoundRobin,
        /// The backend with the fewest requests in flight from this balancer; among equals, the one
        /// that has waited longest for a request (AWS `least_outstanding_requests`). Takes no weights.
        LeastOutstandingRequests,
        /// Draws some distinct backends at random and takes the one with the fewest requests in
        /// flight (Mitzenmacher's power of two choices).
        PowerOfChoices {
            /// Distinct backends drawn, 1 to 32. Two is the classic.
            #[serde(default = "two")]
            choices: u32,
        },
        /// In turn by weight, evenly spread over the cycle (NGINX).
        SmoothWeightedRoundRobin,
        /// The fewest requests in flight of a few draws, or by weight over them (Envoy).
        LeastRequest {
            /// Distinct backends drawn while weights are equal, 1 to 32.
            #[serde(default = "two")]
            choices: u32,
            /// How hard requests in flight press on the weight, 0 to 10.
            #[serde(default = "one")]
            active_request_bias: f64,
        },
        /// The fewest requests in flight per unit of weight, of all (NGINX `least_conn`).
        LeastConnections,
        /// Any, with a chance in proportion to its weight.
        Random,
        /// Two weighted draws, the one with less in flight per unit of weight (NGINX `random two`).
        RandomTwo,
        /// Weighted random that takes weight from backends with unusual errors (AWS automatic target
        /// weights; the step sizes are this project's model).
        AutomaticTargetWeights,
        /// Two draws, the one with the shorter expected wait (linkerd, Finagle).
        PeakEwma {
            /// What is assumed of a new backend, milliseconds.
            #[serde(default = "default_rtt_ms")]
            default_rtt_ms: f64,
            /// How long an observation counts, milliseconds.
            #[serde(default = "decay_ms")]
            decay_ms: f64,
        },
        /// The shortest expected wait of all, by peak EWMA's estimate.
        LeastResponseTime {
            /// What is assumed of a new backend, milliseconds.
            #[serde(default = "default_rtt_ms")]
            default_rtt_ms: f64,
            /// How long an observation counts, milliseconds.
            #[serde(default = "decay_ms")]
            decay_ms: f64,
        },
        /// The backend that has been idle longest; any while none is idle.
        JoinIdleQueue,
        /// By the client's network (NGINX `ip_hash`).
        IpHash,
        /// By key, on Envoy's ring.
        RingHash {
            /// Points at least, 1 to 8,388,608.
            #[serde(default = "minimum_ring_size")]
            minimum_ring_size: u32,
            /// Points at most, 1 to 8,388,608.
            #[serde(default = "maximum_ring_size")]
            maximum_ring_size: u32,
            /// Percent of its share that a backend may have in flight; 0 sets no bound, else 100 to
            /// 10,000 (Envoy).
            #[serde(default)]
            hash_balance_factor: u32,
        },
        /// By key, on NGINX's ketama ring (`hash … consistent`).
        Ketama,
        /// By key, in Maglev's table (Envoy).
        Maglev {
            /// Entries, a prime from 2 to 5,000,011.
            #[serde(default = "table_size")]
            table_size: u32,
            /// As in `ring_hash`.
            #[serde(default)]
            hash_balance_factor: u32,
        },
        /// By key on a ring, further along it where a backend has its share (HAProxy
        /// `hash-balance-factor`).
        BoundedLoad {
            /// Percent of its share that a backend may have in flight, 101 to 10,000; sensible are
            /// 125 to 200.
            #[serde(default = "hash_balance_factor")]
            hash_balance_factor: u32,
        },
        /// By what probes say of load and latency: the hot-cold rule (Prequal).
        Prequal {
            /// Quantile of in-flight counts above which a backend is hot, 0 to 1.
            #[serde(default = "hot_quantile")]
            hot_quantile: f64,
        },
    }
}

const fn two() -> u32 {
    2
}
const fn one() -> f64 {
    1.0
}
const fn default_rtt_ms() -> f64 {
    30.0
}
const fn decay_ms() -> f64 {
    10_000.0
}
const fn minimum_ring_size() -> u32 {
    1024
}
const fn maximum_ring_size() -> u32 {
    MAX_RING_SIZE
}
const fn table_size() -> u32 {
    DEFAULT_TABLE_SIZE
}
const fn hash_balance_factor() -> u32 {
    125
}
const fn hot_quantile() -> f64 {
    0.75
}

impl PolicyConfig {
    /// One of each policy with its usual parameters, in the order in which menus show them.
    pub const ALL: [Self; 18] = [
        Self::RoundRobin,
        Self::LeastOutstandingRequests,
        Self::PowerOfChoices { choices: 2 },
        Self::SmoothWeightedRoundRobin,
        Self::LeastRequest { choices: 2, active_request_bias: 1.0 },
        Self::LeastConnections,
        Self::Random,
        Self::RandomTwo,
        Self::AutomaticTargetWeights,
        Self::PeakEwma { default_rtt_ms: default_rtt_ms(), decay_ms: decay_ms() },
        Self::LeastResponseTime { default_rtt_ms: default_rtt_ms(), decay_ms: decay_ms() },
        Self::JoinIdleQueue,
        Self::IpHash,
        Self::RingHash {
            minimum_ring_size: minimum_ring_size(),
            maximum_ring_size: maximum_ring_size(),
            hash_balance_factor: 0,
        },
        Self::Ketama,
        Self::Maglev { table_size: table_size(), hash_balance_factor: 0 },
        Self::BoundedLoad { hash_balance_factor: hash_balance_factor() },
        Self::Prequal { hot_quantile: hot_quantile() },
    ];

    /// The policy's name in documents.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RoundRobin => "round_robin",
            Self::LeastOutstandingRequests => "least_outstanding_requests",
            Self::PowerOfChoices { .. } => "power_of_choices",
            Self::SmoothWeightedRoundRobin => "smooth_weighted_round_robin",
            Self::LeastRequest { .. } => "least_request",
            Self::LeastConnections => "least_connections",
            Self::Random => "random",
            Self::RandomTwo => "random_two",
            Self::AutomaticTargetWeights => "automatic_target_weights",
            Self::PeakEwma { .. } => "peak_ewma",
            Self::LeastResponseTime { .. } => "least_response_time",
            Self::JoinIdleQueue => "join_idle_queue",
            Self::IpHash => "ip_hash",
            Self::RingHash { .. } => "ring_hash",
            Self::Ketama => "ketama",
            Self::Maglev { .. } => "maglev",
            Self::BoundedLoad { .. } => "bounded_load",
            Self::Prequal { .. } => "prequal",
        }
    }

    /// Whether the choice depends on a key or an address of the request.
    pub const fn is_hashing(&self) -> bool {
        matches!(
            self,
            Self::IpHash
                | Self::RingHash { .. }
                | Self::Ketama
                | Self::Maglev { .. }
                | Self::BoundedLoad { .. }
        )
    }

    /// Whether the weights of backends make a difference, other than 0, which takes all traffic.
    pub const fn takes_weights(&self) -> bool {
        !matches!(
            self,
            Self::LeastOutstandingRequests
                | Self::PowerOfChoices { .. }
                | Self::JoinIdleQueue
                | Self::Prequal { .. }
        )
    }

    /// Checks the parameters.
    ///
    /// # Errors
    ///
    /// The first parameter that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        let check = ConfigError::check;
        match *self {
            Self::RoundRobin
            | Self::LeastOutstandingRequests
            | Self::SmoothWeightedRoundRobin
            | Self::LeastConnections
            | Self::Random
            | Self::RandomTwo
            | Self::AutomaticTargetWeights
            | Self::JoinIdleQueue
            | Self::IpHash
            | Self::Ketama => Ok(()),
            Self::PowerOfChoices { choices } => {
                check("policy.choices", f64::from(choices), 1.0, 32.0)
            }
            Self::LeastRequest { choices, active_request_bias } => {
                check("policy.choices", f64::from(choices), 1.0, 32.0)?;
                check("policy.active_request_bias", active_request_bias, 0.0, 10.0)
            }
            Self::PeakEwma { default_rtt_ms, decay_ms }
            | Self::LeastResponseTime { default_rtt_ms, decay_ms } => {
                check("policy.default_rtt_ms", default_rtt_ms, 0.0, 60_000.0)?;
                check("policy.decay_ms", decay_ms, 1.0, 3_600_000.0)
            }
            Self::RingHash { minimum_ring_size, maximum_ring_size, hash_balance_factor } => {
                let (min, max) = (f64::from(minimum_ring_size), f64::from(maximum_ring_size));
                check("policy.maximum_ring_size", max, 1.0, f64::from(MAX_RING_SIZE))?;
                check("policy.minimum_ring_size", min, 1.0, max)?;
                check_balance_factor(hash_balance_factor)
            }
            Self::Maglev { table_size, hash_balance_factor } => {
                Maglev::check_size(table_size)?;
                check_balance_factor(hash_balance_factor)
            }
            Self::BoundedLoad { hash_balance_factor: factor } => {
                check("policy.hash_balance_factor", f64::from(factor), 101.0, 10_000.0)
            }
            Self::Prequal { hot_quantile } => check("policy.hot_quantile", hot_quantile, 0.0, 1.0),
        }
    }
}

/// 0 sets no bound.
fn check_balance_factor(factor: u32) -> Result<(), ConfigError> {
    if factor == 0 {
        return Ok(());
    }
    ConfigError::check("policy.hash_balance_factor", f64::from(factor), 100.0, 10_000.0)
}
