//! Pingora's `LoadBalancer::select`: it has no notion of a request that ends.

use crate::measure::{self, Subject, key};
use pingora_load_balancing::selection::{
    BackendIter, BackendSelection, Consistent, Random, RoundRobin,
};
use pingora_load_balancing::{Backend, LoadBalancer};

struct Pingora<S>(LoadBalancer<S>)
where
    S: BackendSelection;

impl<S> Subject for Pingora<S>
where
    S: BackendSelection + 'static,
    S::Iter: BackendIter,
{
    type Held = Backend;

    fn pick(&mut self, number: u64) -> Backend {
        self.0.select(&key(number), 16).expect("all backends are healthy")
    }

    fn complete(&mut self, _: Backend) {}
}

fn time<S>(n: u32) -> f64
where
    S: BackendSelection + 'static,
    S::Iter: BackendIter,
{
    let address = |id: u32| format!("10.{}.{}.{}:80", id >> 16, id >> 8 & 255, id & 255);
    let balancer = LoadBalancer::<S>::try_from_iter((0..n).map(address)).expect("addresses");
    measure::time(Pingora(balancer), n)
}

pub fn picks() {
    measure::line("pingora round robin", time::<RoundRobin>);
    measure::line("pingora random", time::<Random>);
    measure::line("pingora ketama", time::<Consistent>);
}
