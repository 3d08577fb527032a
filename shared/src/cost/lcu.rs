//! Load balancer capacity units: four dimensions are measured, the largest is billed.

use serde::{Deserialize, Serialize};

/// What a load balancer does, on average over an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LcuUsage {
    /// New connections a second.
    pub new_connections_per_s: f64,
    /// Connections open at a time, sampled each minute.
    pub active_connections: f64,
    /// Gigabytes an hour to and from instances.
    pub gb_per_hour: f64,
    /// Gigabytes an hour to and from functions, which count two and a half times.
    pub function_gb_per_hour: f64,
    /// Requests a second.
    pub requests_per_s: f64,
    /// Routing rules that a request passes.
    pub rules: u32,
    /// Whether clients show certificates, which halves the connections per unit.
    pub mutual_tls: bool,
}

/// Capacity units by dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lcu {
    /// By new connections: 25 a second.
    pub new_connections: f64,
    /// By active connections: 3,000 a minute, 1,500 with certificates.
    pub active_connections: f64,
    /// By bytes: 1 GB an hour, 0.4 GB to functions.
    pub bytes: f64,
    /// By rule evaluations: 1,000 a second, ten rules free.
    pub rules: f64,
}

/// Rules whose evaluation is free.
const FREE_RULES: u32 = 10;

impl LcuUsage {
    /// The units of each dimension.
    pub fn units(&self) -> Lcu {
        let active_per_unit = if self.mutual_tls { 1_500.0 } else { 3_000.0 };
        let evaluations = self.requests_per_s * f64::from(self.rules.saturating_sub(FREE_RULES));
        Lcu {
            new_connections: self.new_connections_per_s / 25.0,
            active_connections: self.active_connections / active_per_unit,
            bytes: self.gb_per_hour + self.function_gb_per_hour / 0.4,
            rules: evaluations / 1_000.0,
        }
    }
}

impl Lcu {
    /// What is billed: the largest dimension, never the sum.
    pub const fn billed(&self) -> f64 {
        self.new_connections.max(self.active_connections).max(self.bytes).max(self.rules)
    }
}
