//! What goes into a balancer and what comes out.

use super::Health;
use crate::id::BackendId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// What the balancer may know of a request before choosing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// Backends that already failed this request; none of them is picked again while another
    /// is left.
    pub tried: &'a [BackendId],
    /// What hash policies go by: a header, a path, a user. Without it they take `client`.
    pub key: Option<&'a [u8]>,
    /// Whose request it is, as far as it can be trusted.
    pub client: Option<IpAddr>,
}

/// A backend was chosen. Give it back with [`Balancer::complete`]: that is the only way to lower
/// the backend's in-flight count, so a pick can neither be copied nor dropped unnoticed.
///
/// [`Balancer::complete`]: super::Balancer::complete
#[derive(Debug)]
#[must_use = "give the pick back with Balancer::complete, or the request stays in flight for ever"]
pub struct Pick {
    pub(super) backend: BackendId,
    pub(super) slot: u32,
    pub(super) generation: u32,
    pub(super) started: Timestamp,
}

impl Pick {
    /// Who shall serve.
    pub const fn backend(&self) -> BackendId {
        self.backend
    }

    /// When it was chosen.
    pub const fn started(&self) -> Timestamp {
        self.started
    }
}

/// How a picked request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer came, with this status code.
    Response(u16),
    /// No connection could be made; the request was not sent.
    ConnectFailed,
    /// The connection broke before an answer.
    Reset,
    /// No answer in time.
    Timeout,
    /// The client went away; says nothing about the backend.
    Canceled,
}

impl Outcome {
    /// True for no answer or one of 500 to 599.
    pub const fn is_failure(self) -> bool {
        match self {
            Self::Response(status) => status >= 500,
            Self::ConnectFailed | Self::Reset | Self::Timeout => true,
            Self::Canceled => false,
        }
    }

    /// True if the failure arose on this side of the wire and is no answer of the backend's.
    pub const fn is_local(self) -> bool {
        matches!(self, Self::ConnectFailed | Self::Reset | Self::Timeout)
    }
}

/// Why no backend could be picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unavailable {
    /// None is registered, or none is in service.
    NoBackends,
    /// All that may serve have failed this request already.
    AllTried,
    /// Nobody is healthy, and the balancer was told not to fail open.
    NoHealthy,
    /// All that may serve have as many requests as they may.
    AllFull,
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBackends => "no backend is registered and in service",
            Self::AllTried => "every backend has failed this request",
            Self::NoHealthy => "no healthy upstream",
            Self::AllFull => "every backend has as many requests as it may",
        })
    }
}

impl std::error::Error for Unavailable {}

/// What the balancer wants done, or wants known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// Check this backend now and report with [`Balancer::record_probe`].
    ///
    /// [`Balancer::record_probe`]: super::Balancer::record_probe
    Probe(BackendId),
    /// The belief about this backend's health flipped.
    HealthChanged {
        /// Which backend.
        backend: BackendId,
        /// The new belief.
        health: Health,
    },
    /// A draining backend has no request left, or its time is up: it is deregistered now.
    Drained {
        /// Which backend.
        backend: BackendId,
        /// Requests that were cut off because the deregistration delay was over.
        cut_off: u32,
    },
    /// Its answers stood out: it gets no requests for a while.
    Ejected {
        /// Which backend.
        backend: BackendId,
        /// When it may serve again at the earliest.
        until: Timestamp,
    },
    /// An ejected backend may serve again.
    Returned(BackendId),
}
