//! Circuit breaker limits (Envoy): how much may be open at once, per priority. What exceeds a
//! limit is refused at once; waiting would only make the overload last.

use super::budget::ConcurrentBudget;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Open connections to backends.
    Connection,
    /// Requests that wait for a connection.
    Pending,
    /// Requests in flight.
    Request,
    /// Retries in flight.
    Retry,
}

/// The limits, with Envoy's defaults.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Open connections.
    pub max_connections: u32,
    /// Requests that wait for a connection.
    pub max_pending_requests: u32,
    /// Requests in flight.
    pub max_requests: u32,
    /// Retries in flight, unless there is a budget.
    pub max_retries: u32,
    /// Limits retries by what is in flight instead.
    pub retry_budget: Option<ConcurrentBudget>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 1024,
            max_pending_requests: 1024,
            max_requests: 1024,
            max_retries: 3,
            retry_budget: None,
        }
    }
}

/// Limits and what is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Breaker {
    limits: Limits,
    connections: u32,
    pending: u32,
    requests: u32,
    retries: u32,
}

impl Breaker {
    /// Nothing open yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Takes one of `resource` if the limit allows it. Give it back with [`Self::release`].
    pub fn acquire(&mut self, resource: Resource) -> bool {
        let limit = self.limit(resource);
        let open = self.open_mut(resource);
        let free = u64::from(*open) < limit;
        *open += u32::from(free);
        free
    }

    /// One of `resource` is closed.
    pub fn release(&mut self, resource: Resource) {
        let open = self.open_mut(resource);
        *open = open.saturating_sub(1);
    }

    /// How many of `resource` may be open now.
    pub fn limit(&self, resource: Resource) -> u64 {
        let Limits { max_connections, max_pending_requests, max_requests, max_retries, .. } =
            self.limits;
        match (resource, self.limits.retry_budget) {
            (Resource::Connection, _) => max_connections.into(),
            (Resource::Pending, _) => max_pending_requests.into(),
            (Resource::Request, _) => max_requests.into(),
            (Resource::Retry, None) => max_retries.into(),
            (Resource::Retry, Some(budget)) => {
                budget.max_active_retries(self.requests.into(), self.pending.into())
            }
        }
    }

    fn open_mut(&mut self, resource: Resource) -> &mut u32 {
        match resource {
            Resource::Connection => &mut self.connections,
            Resource::Pending => &mut self.pending,
            Resource::Request => &mut self.requests,
            Resource::Retry => &mut self.retries,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_breaker_refuses_until_something_is_released() {
        let mut breaker = Breaker::new(Limits { max_requests: 2, ..Limits::default() });
        assert!(breaker.acquire(Resource::Request) && breaker.acquire(Resource::Request));
        assert!(!breaker.acquire(Resource::Request));
        breaker.release(Resource::Request);
        assert!(breaker.acquire(Resource::Request));
        breaker.release(Resource::Pending);
        assert!(breaker.acquire(Resource::Pending));
    }

    #[test]
    fn a_retry_budget_follows_the_traffic() {
        let retry_budget = Some(ConcurrentBudget::default());
        let mut breaker = Breaker::new(Limits { retry_budget, ..Limits::default() });
        assert_eq!(breaker.limit(Resource::Retry), 3);
        for _ in 0..100 {
            breaker.acquire(Resource::Request);
        }
        assert_eq!(breaker.limit(Resource::Retry), 20);
    }
}
