//! tower's `Balance`: power of two choices over pending requests or peak EWMA. Its services are
//! always ready and answer at once when asked, so that only the choice is timed.

use crate::measure::{self, Subject};
use std::convert::Infallible;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tower::Service;
use tower::balance::p2c::Balance;
use tower::discover::ServiceList;
use tower::load::{CompleteOnResponse, Load, PeakEwma, PendingRequests};

struct Echo;

impl Service<()> for Echo {
    type Response = ();
    type Error = Infallible;
    type Future = Ready<Result<(), Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        ready(Ok(()))
    }
}

struct Tower<S>(Balance<ServiceList<std::vec::IntoIter<S>>, ()>)
where
    S: Service<()>;

impl<S> Subject for Tower<S>
where
    S: Service<(), Response = ()> + Load,
    S::Metric: std::fmt::Debug,
    S::Error: Into<tower::BoxError>,
    S::Future: 'static,
    Balance<ServiceList<std::vec::IntoIter<S>>, ()>: Service<(), Response = ()>,
    <Balance<ServiceList<std::vec::IntoIter<S>>, ()> as Service<()>>::Future: Unpin,
{
    type Held = <Balance<ServiceList<std::vec::IntoIter<S>>, ()> as Service<()>>::Future;

    fn pick(&mut self, _: u64) -> Self::Held {
        let ready = self.0.poll_ready(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(ready, Poll::Ready(Ok(()))), "all services are ready");
        self.0.call(())
    }

    fn complete(&mut self, mut held: Self::Held) {
        let answer = Pin::new(&mut held).poll(&mut Context::from_waker(Waker::noop()));
        assert!(answer.is_ready(), "services answer at once");
    }
}

pub fn picks() {
    let pending = |n| {
        let services = (0..n).map(|_| PendingRequests::new(Echo, CompleteOnResponse::default()));
        let services: Vec<_> = services.collect();
        measure::time(Tower(Balance::new(ServiceList::new(services.into_iter()))), n)
    };
    measure::line("tower p2c, pending requests", pending);
    let ewma = |n| {
        let rtt = Duration::from_millis(30);
        let decay = Duration::from_secs(10).as_nanos() as f64;
        let service = |_| PeakEwma::new(Echo, rtt, decay, CompleteOnResponse::default());
        let services: Vec<_> = (0..n).map(service).collect();
        measure::time(Tower(Balance::new(ServiceList::new(services.into_iter()))), n)
    };
    measure::line("tower p2c, peak EWMA", ewma);
}
