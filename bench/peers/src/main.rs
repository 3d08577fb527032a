//! `peers balance`: nanoseconds of one pick with its completion, policy by policy, and of the same
//! work in Pingora's and tower's selection code.
//!
//! Every figure is the best of several rounds of one process, after a round to warm up: on a
//! machine that does other things, the best round is the one that was disturbed least. Compare
//! figures of one run only. Where nothing is quiet, count instructions instead, which nobody else's
//! work changes: `valgrind --tool=callgrind peers picks POLICY BACKENDS PICKS`, once with 0 picks and
//! once with many.

mod measure;
mod ours;
#[cfg(feature = "pingora")]
mod pingora;
#[cfg(feature = "tower")]
mod tower;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    match (args.next().as_deref(), args.next()) {
        (Some("balance"), None) => {}
        (Some("picks"), Some(policy)) => {
            let mut number = || args.next().and_then(|text| text.parse().ok()).unwrap_or(0_u32);
            let (backends, picks) = (number(), number());
            ours::run(&policy, backends, picks.into());
            return ExitCode::SUCCESS;
        }
        (Some("memory"), Some(policy)) => {
            ours::memory_of(&policy);
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("usage: peers balance | peers picks POLICY BACKENDS PICKS");
            return ExitCode::FAILURE;
        }
    }
    println!("nanoseconds of one pick and its completion, best of {} rounds", measure::ROUNDS);
    print!("{:<34}", "backends");
    for n in measure::SIZES {
        print!("{n:>10}");
    }
    println!();
    ours::picks();
    #[cfg(feature = "tower")]
    tower::picks();
    #[cfg(feature = "pingora")]
    pingora::picks();
    println!();
    ours::tables();
    ours::memory();
    ExitCode::SUCCESS
}
