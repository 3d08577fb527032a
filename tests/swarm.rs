//! Swarm test: thousands of random designs, each with random commands at random times.
//!
//! Whatever the design and whatever breaks, a run does not panic, time never goes back (the engine
//! itself asserts that no event lies in the past), requests are conserved at every stop, and once
//! the traffic stops everything ends: nothing is left in memory. A run does not depend on how it is
//! sliced, and the design with the commands in it runs the same way by itself.
//!
//! `GOMUJUL_SWARM_SEED=n` replays one seed, `GOMUJUL_SWARM_SEEDS=n` runs that many.

#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the report")]

use shared::design::{Design, NodeKind, validate};
use shared::rng::Rng;
use shared::sim::{Command, CommandError, Holdings, LogEvent, RunResult, Simulation, StepBudget};
use shared::time::Timestamp;
use tests::random_design::{broken, design, faults, pick};

/// Seeds of an ordinary run.
const SEEDS: u64 = 10_000;
/// Seconds with traffic.
const ACTIVE_S: u32 = 10;
/// Seconds after which nothing may be in flight any more: the longest queue times the longest work,
/// at every hop, fits in. Most runs are over long before and end there.
const QUIET_S: u32 = 3_000;
/// Every so many seeds once more: in tiny slices, as a recording, and to the end.
const AGAIN: u64 = 20;

/// Says which seed failed, when it did.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self(seed) = self;
            eprintln!("replay with: GOMUJUL_SWARM_SEED={seed} cargo test -p tests --test swarm");
        }
    }
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

/// Something that a person might do, and some things that make no sense.
fn command(rng: &mut Rng, design: &Design) -> Command {
    if rng.below(20) == 0 {
        let node = pick(rng, &design.nodes.keys().copied().collect::<Vec<_>>());
        return Command::rate_factor(node, f64::NAN);
    }
    Command::new(broken(rng, design), pick(rng, &[0.0, 2.0, 30.0]))
}

fn conserved(sim: &Simulation) {
    let totals = sim.totals();
    assert_eq!(totals.arrived, totals.completed + totals.failed + totals.in_flight, "{totals:?}");
    assert_eq!(totals.failed, totals.failed_by_cause.iter().sum::<u64>(), "{totals:?}");
}

/// The run's own checks hold, which count requests where they are.
fn sound(sim: &Simulation) {
    conserved(sim);
    let checks = sim.result().checks;
    assert!(checks.conserved && checks.little_holds, "{checks:?} {:?}", sim.totals());
}

/// Runs a design with the commands of `rng`, in slices of `events`.
fn run(design: &Design, mut rng: Rng, events: u64) -> (RunResult, Design) {
    let mut sim = Simulation::new(design).unwrap();
    let mut stops: Vec<u64> = (0..6).map(|_| rng.below(u64::from(ACTIVE_S) * 1_000)).collect();
    stops.sort_unstable();
    let run_to = |sim: &mut Simulation, ms| {
        let deadline = Timestamp::from_ms(ms);
        loop {
            let before = sim.now();
            let report = sim.run_until(deadline, StepBudget { events });
            assert!(report.now >= before && report.now == sim.now() && report.now <= deadline);
            conserved(sim);
            if report.events < events {
                assert_eq!(report.now, deadline);
                break;
            }
        }
    };
    for stop in stops {
        run_to(&mut sim, stop);
        match sim.apply(command(&mut rng, design)) {
            Ok(())
            | Err(
                CommandError::NoSuchNode { .. }
                | CommandError::NoSuchInstance { .. }
                | CommandError::EmptyZone { .. }
                | CommandError::RefreshInProgress { .. },
            ) => {}
            Err(CommandError::Value { value, .. }) => assert!(value.is_nan()),
            Err(error @ CommandError::NoSuchLink { .. }) => panic!("{error}"),
        }
        sound(&sim);
    }
    run_to(&mut sim, u64::from(ACTIVE_S) * 1_000);
    for (&id, node) in &design.nodes {
        if node.settings.kind() == NodeKind::Source {
            sim.apply(Command::rate_factor(id, 0.0)).unwrap();
        }
    }
    let recording = sim.recording();
    // Time-outs of clients who have their answer take a second to fall due.
    let mut until_s = ACTIVE_S;
    run_to(&mut sim, u64::from(until_s) * 1_000);
    while sim.holdings().calls + sim.holdings().clients > 0 && until_s < ACTIVE_S + QUIET_S {
        until_s += 10;
        run_to(&mut sim, u64::from(until_s) * 1_000);
    }
    sound(&sim);
    let Holdings { calls, clients, exchanges, events } = sim.holdings();
    assert_eq!(
        (calls + clients + exchanges, sim.totals().in_flight),
        (0, 0),
        "requests that never end"
    );
    // Timers of balancers, users who think, servers that boot or wait for a hook: some for each; and
    // time-outs at balancers, which stay until they fall due: one for each request.
    let launched = sim.log().iter().filter(|it| matches!(it.event, LogEvent::Launched { .. }));
    let most = 100 + 8 * launched.count() + sim.totals().arrived as usize;
    assert!(events <= most, "{events} events are to come, {most} may be");
    (sim.result(), recording)
}

fn check(seed: u64) -> u64 {
    let _guard = Seed(seed);
    let mut rng = Rng::new(seed).fork("swarm", 0);
    let mut design = design(&mut rng);
    design.run.duration_s = ACTIVE_S + QUIET_S;
    design.run.faults = faults(&mut rng, &design);
    assert!(
        validate(&design).iter().all(|issue| issue.severity != shared::design::Severity::Error),
        "{:?}",
        validate(&design)
    );
    let (result, recording) = run(&design, rng.clone(), 5_000);
    if seed.is_multiple_of(AGAIN) {
        let (sliced, _) = run(&design, rng, 7);
        assert_eq!(sliced, result);
        replays(&recording, &result);
    }
    result.totals.arrived
}

/// The design with the commands in it runs the same way by itself, also after it has been a link.
fn replays(recording: &Design, result: &RunResult) {
    let design = shared::design::decode(&shared::design::encode(recording)).unwrap();
    assert_eq!(&design, recording);
    let mut sim = Simulation::new(&design).unwrap();
    let end = Timestamp::from_ms((result.simulated_s * 1_000.0).round() as u64);
    sim.run_until(end, StepBudget::UNLIMITED);
    assert_eq!(sim.result(), *result);
    assert!(sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED).finished);
    sound(&sim);
}

#[test]
fn random_designs_keep_their_promises() {
    if let Some(seed) = variable("GOMUJUL_SWARM_SEED") {
        check(seed);
        return;
    }
    let seeds = variable("GOMUJUL_SWARM_SEEDS").unwrap_or(SEEDS);
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let requests: u64 = std::thread::scope(|scope| {
        let part = |first| move || (first..seeds).step_by(threads as usize).map(check).sum::<u64>();
        let parts: Vec<_> = (0..threads).map(|first| scope.spawn(part(first))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).sum()
    });
    assert!(requests > 200 * seeds, "too little happened: {requests} requests");
}
