//! A waiting room with an end: M/M/c/K, with Erlang's loss system M/M/c/c as its edge.
//!
//! The number in the system is a birth and death process: `p(n)` grows by `a/n` up to `c` servers
//! and by `ρ` from there to `K` places (Kleinrock 1975, section 3.6). A request that finds `K` is
//! refused; the others see the state as it is (PASTA), which gives their wait.

use super::error::{TheoryError, positive, within};
use super::phase::{self, Phases};
use super::pool::{SERVERS_MAX, erlang_b};
use crate::math;

/// The longest waiting room that the computation holds.
pub const WAITING_MAX: u32 = 1_000_000;
/// The most servers whose response percentiles the computation holds.
const POOL_MAX: u32 = 100_000;

/// M/M/c/K: Poisson arrivals, `servers` exponential servers, room for so many more to wait; one
/// more is refused. Any load has a steady state.
#[derive(Clone, Debug, PartialEq)]
pub struct Mmck {
    arrival_rate: f64,
    service_rate: f64,
    servers: u32,
    refused: f64,
    mean_waiting: f64,
    response: Phases,
}

impl Mmck {
    /// Arrivals and services per unit of time (of one server), servers, and places to wait (`K`
    /// is both together).
    ///
    /// # Errors
    ///
    /// A rate that is not positive, no servers, or more places than can be computed.
    pub fn new(
        arrival_rate: f64,
        service_rate: f64,
        servers: u32,
        waiting: u32,
    ) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        positive("service rate", service_rate)?;
        within("servers", f64::from(servers), 1.0, f64::from(POOL_MAX))?;
        within("places to wait", f64::from(waiting), 0.0, f64::from(WAITING_MAX))?;
        let offered = arrival_rate / service_rate;
        let (idle, busy) = states(servers, offered, waiting);
        let refused = busy.get(waiting as usize).copied().unwrap_or(0.0);
        let mean_waiting = (0..).zip(&busy).map(|(j, p)| f64::from(j) * p).sum();
        let admitted = busy.get(..waiting as usize).unwrap_or(&busy);
        let response = Phases {
            rate: service_rate * f64::from(servers),
            tails: ticks(servers, idle, admitted),
        };
        Ok(Self { arrival_rate, service_rate, servers, refused, mean_waiting, response })
    }

    /// Share of the requests that are refused: the probability that all places are taken.
    pub const fn refused(&self) -> f64 {
        self.refused
    }

    /// Requests let in per unit of time.
    pub fn throughput(&self) -> f64 {
        self.arrival_rate * (1.0 - self.refused)
    }

    /// Share of the time that a server is busy.
    pub fn utilisation(&self) -> f64 {
        self.throughput() / self.service_rate / f64::from(self.servers)
    }

    /// Mean number of requests that wait.
    pub const fn mean_waiting(&self) -> f64 {
        self.mean_waiting
    }

    /// Mean number of requests in the system, waiting or in service.
    pub fn mean_in_system(&self) -> f64 {
        self.mean_waiting + self.throughput() / self.service_rate
    }

    /// Mean wait of the requests let in, by Little's law.
    pub fn mean_wait(&self) -> f64 {
        self.mean_waiting / self.throughput()
    }

    /// Mean time in the system of the requests let in.
    pub fn mean_response(&self) -> f64 {
        self.mean_wait() + 1.0 / self.service_rate
    }

    /// Probability that the time in the system of a request let in exceeds `t`.
    pub fn response_tail(&self, t: f64) -> f64 {
        self.response.tail(t)
    }

    /// The time in the system below which a share of `quantile` of the requests let in lies.
    pub fn response_quantile(&self, quantile: f64) -> f64 {
        phase::quantile(quantile, self.mean_response(), |t| self.response_tail(t))
    }
}

/// Probability that a server is idle, and the probabilities that all are busy and `0, 1, …` wait.
///
/// Erlang B gives the state "all busy, none waits" against those below it, so that no factorial
/// is formed. Powers of ρ are kept at most 1 by counting from the likelier end.
fn states(servers: u32, offered: f64, waiting: u32) -> (f64, Vec<f64>) {
    /// Powers below it are left out: with a room this long nobody is ever refused.
    const NEGLIGIBLE: f64 = 1e-40;
    let (b, load) = (erlang_b(servers, offered), offered / f64::from(servers));
    let mut powers = Vec::new();
    if load <= 1.0 {
        let all = std::iter::successors(Some(1.0), |power| Some(power * load));
        powers.extend(all.take(waiting as usize + 1).take_while(|power| *power > NEGLIGIBLE));
    } else {
        let all = std::iter::successors(Some(1.0), |power| Some(power / load));
        powers.extend(all.take(waiting as usize + 1));
        powers.reverse();
    }
    let first = powers.first().copied().unwrap_or(1.0);
    let total = (1.0 - b) * first + b * powers.iter().sum::<f64>();
    powers.iter_mut().for_each(|power| *power *= b / total);
    ((1.0 - b) * first / total, powers)
}

/// Tails of the number of ticks, at the rate of all servers together, that an admitted request is
/// in the system. It waits until all ahead have left, one tick each; from then on every tick is its
/// own departure with chance `1 / servers`.
fn ticks(servers: u32, idle: f64, admitted: &[f64]) -> Vec<f64> {
    /// Tails below it move no percentile.
    const NEGLIGIBLE: f64 = 1e-13;
    let admission = idle + admitted.iter().sum::<f64>();
    // Sums from the far end, so that small tails keep their digits.
    let mut waiting: Vec<f64> = admitted
        .iter()
        .rev()
        .scan(0.0, |sum, p| {
            *sum += p / admission;
            Some(*sum)
        })
        .collect();
    waiting.reverse();
    let stays = 1.0 - 1.0 / f64::from(servers);
    let (mut tails, mut in_service) = (Vec::new(), idle / admission);
    for n in 0.. {
        let still = waiting.get(n).copied().unwrap_or(0.0);
        let tail = still + in_service;
        if tail < NEGLIGIBLE {
            break;
        }
        tails.push(tail);
        let begins = admitted.get(n).map_or(0.0, |p| p / admission);
        in_service = in_service * stays + begins;
    }
    tails
}

/// M/G/c/c: no room to wait at all. The share refused is Erlang B whatever the law of service
/// (insensitivity, Sevast'yanov 1957); those let in are served at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    refused: f64,
    utilisation: f64,
}

impl Loss {
    /// Arrivals per unit of time, mean service time, servers.
    ///
    /// # Errors
    ///
    /// A rate or time that is not positive, or no servers.
    pub fn new(arrival_rate: f64, mean_service: f64, servers: u32) -> Result<Self, TheoryError> {
        positive("arrival rate", arrival_rate)?;
        positive("mean service time", mean_service)?;
        within("servers", f64::from(servers), 1.0, f64::from(SERVERS_MAX))?;
        let offered = arrival_rate * mean_service;
        let refused = erlang_b(servers, offered);
        Ok(Self { refused, utilisation: offered * (1.0 - refused) / f64::from(servers) })
    }

    /// Share of the requests that are refused.
    pub const fn refused(&self) -> f64 {
        self.refused
    }

    /// Share of the time that a server is busy.
    pub const fn utilisation(&self) -> f64 {
        self.utilisation
    }
}

/// The closed loop: `users` think for a while, ask, wait for the answer, and think again; `servers`
/// exponential servers. Known as the machine-repair model, M/M/c//N. The law of the thinking does
/// not matter, only its mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosedLoop {
    throughput: f64,
    mean_in_system: f64,
    mean_waiting: f64,
    utilisation: f64,
}

/// The most users that the computation holds.
pub const USERS_MAX: u32 = 10_000_000;

impl ClosedLoop {
    /// Users, mean time of thinking, services per unit of time of one server, servers.
    ///
    /// # Errors
    ///
    /// No users or servers, or a rate or time that is not positive.
    pub fn new(
        users: u32,
        mean_think: f64,
        service_rate: f64,
        servers: u32,
    ) -> Result<Self, TheoryError> {
        within("users", f64::from(users), 1.0, f64::from(USERS_MAX))?;
        within("servers", f64::from(servers), 1.0, f64::from(SERVERS_MAX))?;
        positive("mean think time", mean_think)?;
        positive("service rate", service_rate)?;
        let ratio = |n: u32| {
            let thinking = f64::from(users - n + 1) / mean_think;
            thinking / (service_rate * f64::from(n.min(servers)))
        };
        // Logarithms, because weights span thousands of orders of magnitude; then relative to the
        // greatest.
        let logs = (1..=users).scan(0.0, |log, n| {
            *log += math::ln(ratio(n));
            Some(*log)
        });
        let greatest = logs.clone().fold(0.0, f64::max);
        let (mut total, mut in_system, mut busy) = (math::exp(-greatest), 0.0, 0.0);
        for (n, log) in (1..).zip(logs) {
            let weight = math::exp(log - greatest);
            total += weight;
            in_system += f64::from(n) * weight;
            busy += f64::from(servers.min(n)) * weight;
        }
        let (in_system, busy) = (in_system / total, busy / total);
        Ok(Self {
            throughput: busy * service_rate,
            mean_in_system: in_system,
            mean_waiting: in_system - busy,
            utilisation: busy / f64::from(servers),
        })
    }

    /// Requests answered per unit of time.
    pub const fn throughput(&self) -> f64 {
        self.throughput
    }

    /// Mean time in the system, by Little's law.
    pub fn mean_response(&self) -> f64 {
        self.mean_in_system / self.throughput
    }

    /// Mean number of requests that wait.
    pub const fn mean_waiting(&self) -> f64 {
        self.mean_waiting
    }

    /// Share of the time that a server is busy.
    pub const fn utilisation(&self) -> f64 {
        self.utilisation
    }
}
