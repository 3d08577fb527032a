//! Memory of the simulation: each run in a process of its own, which says at its end how much it
//! ever held.

use super::designs::{farm, flood};
use shared::design::Design;
use shared::sim::{Simulation, StepBudget};
use shared::time::Timestamp;
use std::process::Command;

/// Names the run of a child: what, and how much of it.
const CHILD: &str = "GOMUJUL_BENCH_MEMORY";
/// Servers of the small and the large farm.
const SERVERS: [u64; 2] = [10, 5_010];
/// Requests of the short and the long run.
const REQUESTS: [u64; 2] = [2_000_000, 20_000_000];
/// Seconds of the flood, of 100,000 more requests in flight each.
const SECONDS: [u64; 2] = [1, 11];

pub(crate) fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs what the parent asks for and prints the most bytes held, and the requests in flight.
pub(crate) fn run_child() {
    let task = std::env::var(CHILD).unwrap_or_default();
    let Some((what, amount)) = task.split_once(' ') else { return };
    let amount: u64 = amount.parse().unwrap_or_default();
    let design: Design = match what {
        "servers" => farm(amount as u32, 80 * amount),
        "requests" => farm(10, amount),
        _ => flood(amount as u32),
    };
    let Ok(mut sim) = Simulation::new(&design) else { return };
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    println!("{} {}", most_bytes().unwrap_or_default(), sim.totals().in_flight);
}

/// The most that this process ever held, where the system says so.
fn most_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1_024)
}

/// The most bytes that a run held, and its requests in flight at the end.
type Held = (u64, u64);

fn child(what: &str, amount: u64) -> Result<Held, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).env(CHILD, format!("{what} {amount}")).output();
    let output = output.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut numbers = text.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(bytes)), Some(Ok(in_flight))) if bytes > 0 => Ok((bytes, in_flight)),
        _ => Err(format!("no figures of {what} {amount}")),
    }
}

/// The same for a small and a large amount.
fn pair(what: &str, [small, large]: [u64; 2]) -> Result<(Held, Held), String> {
    Ok((child(what, small)?, child(what, large)?))
}

/// What runs hold, by servers, by requests in flight, by requests that have passed.
pub(crate) fn report() -> Result<Vec<String>, String> {
    let ((few, _), (many, _)) = pair("servers", SERVERS)?;
    let servers = SERVERS[1] - SERVERS[0];
    let ((short, _), (long, _)) = pair("requests", REQUESTS)?;
    let ((before, waiting), (after, more)) = pair("flood", SECONDS)?;
    let each = |bytes: u64, count: u64| bytes / count.max(1);
    Ok(vec![
        format!("memory, 10 servers: {:.1} MiB", few as f64 / 1_048_576.0),
        format!("  a server more: {} bytes, its balancer's part in it", each(many - few, servers)),
        format!("  a request more in flight: {} bytes", each(after - before, more - waiting)),
        format!(
            "  {} M requests instead of {} M: {:+.1} % (series and log are all that grows)",
            REQUESTS[1] / 1_000_000,
            REQUESTS[0] / 1_000_000,
            (long as f64 / short as f64 - 1.0) * 100.0,
        ),
    ])
}
