//! What happened, for people: a short history in the store.

use super::Override;
use crate::balance::Health;
use crate::json::tagged;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How many events are kept.
pub const EVENTS_KEPT: usize = 60;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When, in milliseconds of the Unix epoch.
    pub at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

tagged! {
    by "event";
    /// What can happen.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    pub enum EventKind {
        /// Probes changed their mind about an origin.
        Health {
            /// Which origin.
            origin: String,
            /// What is believed from now on.
            health: Health,
            /// What the last probe saw.
            reason: String,
        },
        /// A version of the configuration became current.
        ConfigVersion {
            /// Its number; 0 for the variable.
            number: u64,
        },
        /// Somebody wants something of an origin, or nothing any more.
        Override {
            /// Which origin.
            origin: String,
            /// What.
            wanted: Override,
        },
        /// An alarm of a pool changed state.
        Alarm {
            /// Which pool.
            pool: String,
            /// Which of its policies, counted from 1.
            policy: u32,
            /// The new state, in CloudWatch's words.
            state: String,
            /// The newest datapoint.
            value: Option<f64>,
        },
        /// The desired capacity of a pool changed.
        Capacity {
            /// Which pool.
            pool: String,
            /// Before.
            from: u32,
            /// After.
            to: u32,
            /// Why, in the words of EC2 Auto Scaling's activity history.
            cause: String,
        },
        /// An origin was called into service.
        Activated {
            /// Which pool.
            pool: String,
            /// Which origin.
            origin: String,
        },
        /// An origin passed its health check and serves.
        InService {
            /// Which pool.
            pool: String,
            /// Which origin.
            origin: String,
        },
        /// An origin gets nothing new and finishes what it has.
        Draining {
            /// Which pool.
            pool: String,
            /// Which origin.
            origin: String,
        },
        /// An origin is on standby again.
        Deactivated {
            /// Which pool.
            pool: String,
            /// Which origin.
            origin: String,
        },
        /// The webhook of a pool was told, or could not be.
        Webhook {
            /// Which pool.
            pool: String,
            /// The desired capacity that it was told.
            desired: u32,
            /// The status of its answer; none if it gave none.
            status: Option<u16>,
        },
    }
}

/// The newest events, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Events(VecDeque<Event>);

impl Events {
    /// Adds one; the oldest is forgotten when there are too many.
    pub fn push(&mut self, event: Event) {
        while self.0.len() >= EVENTS_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(event);
    }

    /// Oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.0.iter()
    }

    /// Whether nothing has happened.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of both, newest first.
    pub fn merged<'a>(&'a self, other: &'a Self) -> Vec<&'a Event> {
        let mut all: Vec<&Event> = self.iter().rev().chain(other.iter().rev()).collect();
        // Stable: of events of one moment the later one comes first, too.
        crate::ordered::sort_by(&mut all, |a, b| b.at_ms.cmp(&a.at_ms));
        all
    }
}
