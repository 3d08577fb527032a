//! What is wrong with a station: troubles that faults bring and take away again. They add up, and
//! each knows its fault.

use super::station::Station;
use crate::rng::{KeyedBits, RandomBits, mix_64};
use crate::time::Timestamp;

/// A trouble, and the fault that brought it, by its place in the list.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) struct Trouble {
    pub(in crate::sim) fault: u32,
    pub(in crate::sim) kind: TroubleKind,
}

/// How a station is not well.
#[derive(Clone, Copy, Debug)]
pub(in crate::sim) enum TroubleKind {
    /// It takes everything and answers nothing.
    Hangs,
    /// Work takes this many times as long.
    Slow {
        /// At least 1.
        factor: f64,
    },
    /// It answers a share of its requests with 500 at once.
    Errors {
        /// 0 to 1.
        share: f64,
        /// Decides which, with the request's number and the attempt.
        key: u64,
    },
    /// It fails its health checks.
    ChecksFail,
}

impl TroubleKind {
    /// Whether a request that comes in must be looked at.
    pub(in crate::sim) const fn holds_or_fails(self) -> bool {
        matches!(self, Self::Hangs | Self::Errors { .. })
    }
}

impl Station {
    /// A fault begins to trouble it.
    pub(in crate::sim) fn add_trouble(&mut self, now: Timestamp, trouble: Trouble) {
        self.settle(now);
        if matches!(trouble.kind, TroubleKind::Hangs) && !self.hangs() {
            self.freeze(now);
        }
        self.troubles.push(trouble);
        self.feel();
    }

    /// A fault is over. True if it hung because of it and does not any more: then its processes
    /// have to be started again.
    pub(in crate::sim) fn end_trouble(&mut self, now: Timestamp, fault: u32) -> bool {
        self.settle(now);
        let hung = self.hangs();
        self.troubles.retain(|trouble| trouble.fault != fault);
        self.feel();
        hung && !self.hangs() && self.alive
    }

    /// Whether it takes everything and answers nothing.
    pub(in crate::sim) fn hangs(&self) -> bool {
        self.troubles.iter().any(|trouble| matches!(trouble.kind, TroubleKind::Hangs))
    }

    /// Whether its health checks fail although it lives.
    pub(in crate::sim) fn fails_checks(&self) -> bool {
        self.troubles.iter().any(|trouble| matches!(trouble.kind, TroubleKind::ChecksFail))
    }

    /// Whether it answers this attempt at a request with 500. Each fault decides by itself.
    pub(in crate::sim) fn answers_500(&self, request: u64, attempt: u16) -> bool {
        self.troubles.iter().any(|trouble| match trouble.kind {
            TroubleKind::Errors { share, key } => {
                let mut bits = KeyedBits::new(key, mix_64(request) ^ u64::from(attempt));
                bits.unit() < share
            }
            _ => false,
        })
    }

    /// How many times as long work takes because of faults.
    pub(in crate::sim) fn slowness(&self) -> f64 {
        let factors = self.troubles.iter().map(|trouble| match trouble.kind {
            TroubleKind::Slow { factor } => factor,
            _ => 1.0,
        });
        factors.product()
    }
}
