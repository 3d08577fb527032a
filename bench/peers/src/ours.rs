//! The balancing core.

use crate::measure::{self, Subject, key};
use shared::balance::policy::{HashRing, MAX_RING_SIZE, Maglev};
use shared::balance::{
    BackendConfig, Balancer, BalancerConfig, Health, HealthCheckConfig, Outcome, Pick,
    PolicyConfig, Request,
};
use shared::id::BackendId;
use shared::rng::Rng;
use shared::time::{Span, Timestamp};
use std::collections::VecDeque;
use std::process::Command;
use std::time::Instant;

struct Ours {
    balancer: Balancer,
    now: Timestamp,
    out: Vec<shared::balance::Output>,
}

impl Ours {
    fn new(policy: &PolicyConfig, backends: u32, weighted: bool) -> Self {
        let config = BalancerConfig {
            policy: policy.clone(),
            health_check: HealthCheckConfig::default(),
            deregistration_delay: Span::from_s(300),
        };
        let mut balancer = Balancer::new(config, Rng::new(1)).expect("the policy is in range");
        for id in 0..backends {
            let weight = if weighted { 1 + id % 5 } else { 1 };
            let key = Some(address(id).into());
            let config = BackendConfig { weight, key, ..BackendConfig::default() };
            balancer
                .register_with(Timestamp::ZERO, BackendId(id), Health::Healthy, config)
                .expect("the backend is in range");
        }
        Self { balancer, now: Timestamp::from_s(1), out: Vec::new() }
    }
}

impl Subject for Ours {
    type Held = Pick;

    fn pick(&mut self, number: u64) -> Pick {
        self.now += Span::from_us(10);
        let key = key(number);
        let client = Some(std::net::IpAddr::from((number as u32).to_be_bytes()));
        let request = Request { key: Some(&key), client, ..Request::default() };
        self.balancer.pick(self.now, &request).expect("all backends are healthy")
    }

    fn complete(&mut self, pick: Pick) {
        self.balancer.complete(self.now, pick, Outcome::Response(200), &mut self.out);
    }
}

fn address(id: u32) -> String {
    format!("10.{}.{}.{}:80", id >> 16, id >> 8 & 255, id & 255)
}

pub fn picks() {
    for policy in PolicyConfig::ALL {
        measure::line(policy.name(), |n| measure::time(Ours::new(&policy, n, false), n));
    }
    let bias = PolicyConfig::LeastRequest { choices: 2, active_request_bias: 1.0 };
    for policy in [PolicyConfig::RoundRobin, PolicyConfig::Random, bias] {
        let name = format!("{}, weights 1 to 5", policy.name());
        measure::line(&name, |n| measure::time(Ours::new(&policy, n, true), n));
    }
}

/// So many picks with their completions under the policy called `name`, with half as many requests
/// in flight as backends: for whoever counts instructions.
pub fn run(name: &str, backends: u32, picks: u64) {
    let Some(policy) = PolicyConfig::ALL.into_iter().find(|policy| policy.name() == name) else {
        return;
    };
    let mut ours = Ours::new(&policy, backends, false);
    let mut held: VecDeque<Pick> = (0..u64::from(backends / 2)).map(|i| ours.pick(i)).collect();
    for number in 0..picks {
        held.push_back(ours.pick(1_000_000 + number));
        if let Some(oldest) = held.pop_front() {
            ours.complete(oldest);
        }
    }
    held.into_iter().for_each(|pick| ours.complete(pick));
}

/// How long tables take to build.
pub fn tables() {
    let keys: Vec<String> = (0..1000).map(address).collect();
    let members: Vec<(&str, f64)> = keys.iter().map(|key| (key.as_str(), 1.0)).collect();
    let whole: Vec<(&str, u32)> = keys.iter().map(|key| (key.as_str(), 1)).collect();
    let ms = |build: &dyn Fn() -> usize| {
        let once = || {
            let start = Instant::now();
            std::hint::black_box(build());
            start.elapsed().as_secs_f64() * 1000.0
        };
        (0..5).map(|_| once()).fold(f64::INFINITY, f64::min)
    };
    println!("milliseconds to build a table of 1,000 backends, best of 5");
    let maglev = ms(&|| Maglev::new(&members, 65_537).map_or(0, |table| table.table().len()));
    println!("{:<34}{maglev:>10.2}", "maglev, 65,537 entries");
    let ring = ms(&|| {
        HashRing::envoy(&members, 256_000, MAX_RING_SIZE).map_or(0, |ring| ring.points().len())
    });
    println!("{:<34}{ring:>10.2}", "ring hash, 256,000 points");
    let ketama = ms(&|| HashRing::ketama(&whole).points().len());
    println!("{:<34}{ketama:>10.2}", "ketama, 160,000 points");
}

/// Backends of a balancer whose memory is measured.
const MANY: u32 = 10_000;

/// Resident bytes of a backend, policy by policy, tables included. Each is measured in a process of
/// its own: what an allocator keeps of the one before would make the next look small.
pub fn memory() {
    println!("\nbytes of a backend with {MANY} of them, after as many requests");
    let Ok(own) = std::env::current_exe() else { return };
    for policy in PolicyConfig::ALL {
        let output = Command::new(&own).args(["memory", policy.name()]).output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        println!("{:<34}{:>10}", policy.name(), text.unwrap_or_default().trim());
    }
}

/// Prints the bytes of a backend under the policy called `name`.
pub fn memory_of(name: &str) {
    let resident = || -> Option<u64> {
        let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
        statm.split_whitespace().nth(1)?.parse().ok()
    };
    let policy = PolicyConfig::ALL.into_iter().find(|policy| policy.name() == name);
    let (Some(before), Some(policy)) = (resident(), policy) else { return };
    let mut ours = Ours::new(&policy, MANY, false);
    let held: Vec<Pick> = (0..u64::from(MANY)).map(|number| ours.pick(number)).collect();
    let pages = resident().unwrap_or(before) - before;
    println!("{}", pages * 4096 / u64::from(MANY));
    held.into_iter().for_each(|pick| ours.complete(pick));
}
