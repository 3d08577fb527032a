//! The script, and the stage that plays it with one driver.

use crate::drivers::Driver;
use shared::balance::request::config::RequestConfig;
use shared::balance::{EligibilityConfig, Request};
use shared::id::BackendId;
use shared::rng::{Rng, mix_64};
use shared::sim::FailureCause;
use shared::time::{Span, Timestamp};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

/// Backends b0, b1, ….
pub(crate) const BACKENDS: u32 = 6;
/// Requests, without second tries.
const REQUESTS: u64 = 4_000;
/// From one request to the next.
const GAP: Span = Span::from_ms(20);
/// From one round of checks to the next.
const ROUND: Span = Span::from_s(10);

/// How the backends are set up.
pub(crate) struct Scene {
    pub(crate) eligibility: EligibilityConfig,
    /// Of these, affinity takes part in picks.
    pub(crate) requests: RequestConfig,
    pub(crate) weights: [u32; BACKENDS as usize],
    pub(crate) priorities: [u32; BACKENDS as usize],
    /// Whether connections break. Without outlier detection the Worker ejects for it in a way of
    /// its own.
    pub(crate) resets: bool,
    /// Whether backends are taken out and given back.
    pub(crate) drains: bool,
}

impl Default for Scene {
    fn default() -> Self {
        Self {
            eligibility: EligibilityConfig::default(),
            requests: RequestConfig::default(),
            weights: [1; BACKENDS as usize],
            priorities: [0; BACKENDS as usize],
            resets: false,
            drains: true,
        }
    }
}

/// What happens next.
enum Step {
    /// A request arrives.
    Request(u64),
    /// A picked request ends. Places of held picks count from zero.
    End {
        number: u64,
        backend: u32,
        held: usize,
        second: bool,
    },
    /// A round of checks ends.
    Round,
    Drain(u32),
    Return(u32),
}

/// When backends are ill: b1 fails checks and requests from 15 s to 40 s, b2 fails requests only,
/// from 30 s to 36 s and from 50 s to 55 s, b4 checks only, from 44 s to 65 s.
fn is_ill(backend: u32, now: Timestamp, check: bool) -> bool {
    let s = now.as_ms() / 1_000;
    match backend {
        1 => (15..40).contains(&s),
        2 => !check && ((30..36).contains(&s) || (50..55).contains(&s)),
        4 => check && (44..65).contains(&s),
        _ => false,
    }
}

/// How long a backend works on a request: even milliseconds, so that nothing ends in the moment of
/// a round.
fn takes(backend: u32, number: u64) -> Span {
    let jitter = mix_64(number) % 40;
    Span::from_ms(2 * (10 + 8 * u64::from(backend) + jitter))
}

fn ended(scene: &Scene, backend: u32, number: u64, now: Timestamp) -> Result<(), FailureCause> {
    let word = mix_64(number ^ 0x5eed) % 100;
    let cause = match word {
        _ if !scene.resets => FailureCause::QueueFull,
        0..50 => FailureCause::Reset,
        50..70 => FailureCause::ConnectFailed,
        _ => FailureCause::QueueFull,
    };
    // The sound fail as well, now and then.
    if is_ill(backend, now, false) || word == 99 { Err(cause) } else { Ok(()) }
}

/// The client of a request: 40 networks, some busier than others.
fn client(number: u64) -> IpAddr {
    let mut rng = Rng::new(number);
    let (a, b) = (rng.below(40), rng.below(40));
    IpAddr::V4(Ipv4Addr::new(10, 0, a.min(b) as u8, 7))
}

fn timeline(drains: bool) -> BTreeMap<(Timestamp, u64), Step> {
    let mut steps = BTreeMap::new();
    let mut add = |at: Timestamp, step| {
        let place = steps.len() as u64;
        steps.insert((at, place), step);
    };
    for number in 0..REQUESTS {
        add(Timestamp::from_ms(2) + GAP.times(number), Step::Request(number));
    }
    for round in 0..8 {
        add(Timestamp::from_ms(1_001) + ROUND.times(round), Step::Round);
    }
    let outages = [(3, 21_005, 33_005), (0, 42_005, 47_005), (5, 60_005, 72_005)];
    for (id, from_ms, to_ms) in outages.into_iter().filter(|_| drains) {
        add(Timestamp::from_ms(from_ms), Step::Drain(id));
        add(Timestamp::from_ms(to_ms), Step::Return(id));
    }
    steps
}

/// Plays the script with one driver and returns who was picked, second tries included.
pub(crate) fn play<D: Driver>(scene: &Scene, driver: &mut D) -> Vec<Option<u32>> {
    let mut steps = timeline(scene.drains);
    let (mut picks, mut held) = (Vec::new(), Vec::new());
    while let Some(((now, _), step)) = steps.pop_first() {
        while let Some(due) = driver.due().filter(|&due| due <= now) {
            driver.wake(due);
        }
        let (number, tried) = match step {
            Step::Request(number) => (number, Vec::new()),
            Step::Round => {
                let passed: Vec<bool> = (0..BACKENDS).map(|id| !is_ill(id, now, true)).collect();
                driver.round(now, &passed);
                continue;
            }
            Step::Drain(id) => {
                driver.drain(now, id);
                continue;
            }
            Step::Return(id) => {
                driver.give_back(now, id);
                continue;
            }
            Step::End { number, backend, held: place, second } => {
                let end = ended(scene, backend, number, now);
                if let Some(pick) = held.get_mut(place).and_then(Option::take) {
                    driver.complete(now, pick, end);
                }
                if end.is_ok() || second {
                    continue;
                }
                (number, vec![BackendId(backend)])
            }
        };
        let second = !tried.is_empty();
        let request = Request { tried: &tried, key: None, client: Some(client(number)) };
        let pick = driver.pick(now, &request);
        picks.push(pick.as_ref().map(|(backend, _)| *backend));
        if let Some((backend, pick)) = pick {
            let end = Step::End { number, backend, held: held.len(), second };
            // Behind everything that the script has at that time.
            let place = REQUESTS * 2 + held.len() as u64;
            steps.insert((now + takes(backend, number), place), end);
            held.push(Some(pick));
        }
    }
    picks
}
