//! What a demo origin remembers of its visitors: counters and the last request of each kind.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::Request;
use serde::Serialize;

/// Counters since the start or the last clear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Connections accepted.
    pub connections: u64,
    /// Ordinary requests whose head has arrived.
    pub requests: u64,
    /// Requests to the health path.
    pub health_requests: u64,
    /// Ordinary requests not yet answered to the last byte.
    pub in_flight: u64,
    /// The most that were in flight at once.
    pub in_flight_max: u64,
}

/// The head of a request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Head {
    pub method: String,
    /// Path and query, or the absolute form if that was sent.
    pub target: String,
    /// Names in lower case, values as text with bytes outside UTF-8 replaced, in the order of
    /// arrival.
    pub headers: Vec<(String, String)>,
}

impl Head {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            method: request.method().to_string(),
            target: request.uri().to_string(),
            headers: request
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
        }
    }
}

/// The kind of a request: probes of a balancer must not disturb what a test counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Ordinary,
    Health,
}

#[derive(Debug, Default)]
pub(super) struct Record {
    connections: AtomicU64,
    requests: AtomicU64,
    health_requests: AtomicU64,
    in_flight: AtomicU64,
    in_flight_max: AtomicU64,
    last_request: Mutex<Option<Head>>,
    last_health_request: Mutex<Option<Head>>,
}

impl Record {
    pub(super) fn connection(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a request; the guard ends with the answer.
    pub(super) fn begin(self: &Arc<Self>, kind: Kind, head: Head) -> Option<InFlight> {
        let (counter, last) = match kind {
            Kind::Ordinary => (&self.requests, &self.last_request),
            Kind::Health => (&self.health_requests, &self.last_health_request),
        };
        counter.fetch_add(1, Ordering::Relaxed);
        *last.lock().unwrap_or_else(PoisonError::into_inner) = Some(head);
        (kind == Kind::Ordinary).then(|| {
            let now = self.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
            self.in_flight_max.fetch_max(now, Ordering::Relaxed);
            InFlight(Arc::clone(self))
        })
    }

    /// Back to zero, except for what is still in flight.
    pub(super) fn clear(&self) {
        for counter in [&self.connections, &self.requests, &self.health_requests] {
            counter.store(0, Ordering::Relaxed);
        }
        self.in_flight_max.store(self.in_flight.load(Ordering::Relaxed), Ordering::Relaxed);
        for last in [&self.last_request, &self.last_health_request] {
            *last.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    pub(super) fn counters(&self) -> Counters {
        Counters {
            connections: self.connections.load(Ordering::Relaxed),
            requests: self.requests.load(Ordering::Relaxed),
            health_requests: self.health_requests.load(Ordering::Relaxed),
            in_flight: self.in_flight.load(Ordering::Relaxed),
            in_flight_max: self.in_flight_max.load(Ordering::Relaxed),
        }
    }

    pub(super) fn last(&self, kind: Kind) -> Option<Head> {
        let last = match kind {
            Kind::Ordinary => &self.last_request,
            Kind::Health => &self.last_health_request,
        };
        last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Held while an ordinary request is handled; also released when its connection breaks.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Record>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
