//! What a balancer knows of one backend.

use super::{ConfigError, Health, HealthTracker};
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
    /// It finishes what it has, gets nothing new, is not checked, and stays registered.
    Maintenance,
}

/// What a backend is registered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackendConfig {
    /// Its part of the traffic, 0 to 1,000. With 0 it gets none (HAProxy: drained).
    pub weight: u32,
    /// Its level: 0 is served first, the next ones as far as it does not suffice. 0 to 127.
    pub priority: u32,
    /// Its zone, 0 to 255.
    pub locality: u32,
    /// How many requests of this balancer it may have at once; 0 sets no limit.
    pub max_in_flight: u32,
    /// What hash policies know it by, such as `10.0.0.1:80`. Without one they take its identity.
    pub key: Option<Box<str>>,
}

impl Default for BackendConfig {
    fn default() -> Self {
        Self { weight: 1, priority: 0, locality: 0, max_in_flight: 0, key: None }
    }
}

impl BackendConfig {
    /// Checks every field.
    ///
    /// # Errors
    ///
    /// The first field that is out of range.
    pub fn check(&self) -> Result<(), ConfigError> {
        ConfigError::check("backend.weight", f64::from(self.weight), 0.0, 1000.0)?;
        ConfigError::check("backend.priority", f64::from(self.priority), 0.0, 127.0)?;
        ConfigError::check("backend.locality", f64::from(self.locality), 0.0, 255.0)
    }
}

/// One registered backend.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    pub(super) id: BackendId,
    pub(super) admin: AdminState,
    pub(super) tracker: HealthTracker,
    /// It says itself that it would rather not serve.
    pub(super) degraded: bool,
    /// Its answers stood out; not before this moment may it serve again.
    pub(super) ejected_until: Option<Timestamp>,
    pub(super) weight: u32,
    /// `weight` as it counts now; above zero.
    pub(super) effective_weight: f64,
    /// When it joined those who may serve, for the last time.
    pub(super) joined: Timestamp,
    /// When it began to warm up, while it does.
    pub(super) ramp_start: Option<Timestamp>,
    pub(super) priority: u32,
    pub(super) locality: u32,
    pub(super) max_in_flight: u32,
    pub(super) key: Option<Box<str>>,
    /// Requests picked and not yet completed.
    pub(super) in_flight: u32,
    /// Which group it is picked from, while it may be.
    pub(super) group: u32,
    /// When the next health check is due; [`Timestamp::MAX`] while none is.
    pub(super) probe_due: Timestamp,
    /// Distinguishes tenants of one slot, so that a late `complete` cannot hit the successor.
    pub(super) generation: u32,
}

impl Backend {
    pub(super) fn new(
        id: BackendId,
        health: Health,
        config: BackendConfig,
        generation: u32,
    ) -> Self {
        let BackendConfig { weight, priority, locality, max_in_flight, key } = config;
        Self {
            id,
            admin: AdminState::Ready,
            tracker: HealthTracker::new(health),
            degraded: false,
            ejected_until: None,
            weight,
            effective_weight: f64::from(weight),
            joined: Timestamp::ZERO,
            ramp_start: None,
            priority,
            locality,
            max_in_flight: if max_in_flight == 0 { u32::MAX } else { max_in_flight },
            key,
            in_flight: 0,
            group: u32::MAX,
            probe_due: Timestamp::MAX,
            generation,
        }
    }

    /// May serve by the operator's will, whatever its health.
    pub(super) fn is_ready(&self) -> bool {
        self.admin == AdminState::Ready && self.weight > 0
    }

    /// May serve: ready, believed healthy, and not ejected.
    pub(super) fn is_eligible(&self) -> bool {
        self.is_ready() && self.tracker.health() == Health::Healthy && self.ejected_until.is_none()
    }

    /// Has room for one more request.
    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.in_flight < self.max_in_flight
    }

    pub(super) fn view(&self) -> BackendView {
        BackendView {
            id: self.id,
            health: self.tracker.health(),
            admin: self.admin,
            in_flight: self.in_flight,
            weight: self.weight,
            effective_weight: self.effective_weight,
            degraded: self.degraded,
            ejected_until: self.ejected_until,
        }
    }
}

/// What a balancer believes of one backend, for display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BackendView {
    /// Which backend.
    pub id: BackendId,
    /// Believed health.
    pub health: Health,
    /// What the operator wants.
    pub admin: AdminState,
    /// Requests picked and not yet completed by this balancer.
    pub in_flight: u32,
    /// As registered.
    pub weight: u32,
    /// As it counts now, slow start included.
    pub effective_weight: f64,
    /// Whether it serves only when healthy ones do not suffice.
    pub degraded: bool,
    /// Until when outlier detection keeps it out.
    pub ejected_until: Option<Timestamp>,
}
