//! What a balancer knows of one backend.

use super::{Health, HealthTracker};
use crate::id::BackendId;
use crate::time::Timestamp;

/// What the operator wants of a backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AdminState {
    /// It may serve.
    #[default]
    Ready,
    /// It finishes what it has and gets nothing new.
    Draining {
        /// When the balancer stops waiting for it.
        until: Timestamp,
    },
}

/// One registered backend.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    pub(super) id: BackendId,
    pub(super) admin: AdminState,
    pub(super) tracker: HealthTracker,
    /// Requests picked and not yet completed.
    pub(super) in_flight: u32,
    /// When the next health check is due; [`Timestamp::MAX`] while none is.
    pub(super) probe_due: Timestamp,
    /// Distinguishes tenants of one slot, so that a late `complete` cannot hit the successor.
    pub(super) generation: u32,
}

impl Backend {
    /// May serve by the operator's will, whatever its health.
    pub(super) fn is_ready(&self) -> bool {
        self.admin == AdminState::Ready
    }

    /// May serve: ready and believed healthy.
    pub(super) fn is_eligible(&self) -> bool {
        self.is_ready() && self.tracker.health() == Health::Healthy
    }

    pub(super) fn view(&self) -> BackendView {
        BackendView {
            id: self.id,
            health: self.tracker.health(),
            admin: self.admin,
            in_flight: self.in_flight,
        }
    }
}

/// What a balancer believes of one backend, for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackendView {
    /// Which backend.
    pub id: BackendId,
    /// Believed health.
    pub health: Health,
    /// What the operator wants.
    pub admin: AdminState,
    /// Requests picked and not yet completed by this balancer.
    pub in_flight: u32,
}
