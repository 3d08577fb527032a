//! The core as a bare wasm module, for the test that compares it with the native build
//! (test.rs beside this file) and for the benchmark that times it (`benches/sim/wasm.mjs`): no
//! imports, no glue, bytes go in one by one.

use std::cell::{Cell, RefCell};

use shared::design;
use shared::sim::{Simulation, StepBudget};
use shared::time::Timestamp;

thread_local! {
    static LINK: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// How many requests the last [`run`] measured, and their mean latency in milliseconds.
    static MEASURED: Cell<(u64, f64)> = const { Cell::new((0, 0.0)) };
}

/// The simulation of the link, if there is one.
fn simulation() -> Option<Simulation> {
    let link = LINK.with_borrow(|link| String::from_utf8_lossy(link).into_owned());
    Simulation::new(&design::decode(&link).ok()?).ok()
}

/// Begins a new link.
#[expect(unsafe_code, reason = "the attribute exports the function's name; nothing here is unsafe")]
#[unsafe(no_mangle)]
pub extern "C" fn begin() {
    LINK.with_borrow_mut(Vec::clear);
}

/// Adds a byte to the link.
#[expect(unsafe_code, reason = "the attribute exports the function's name; nothing here is unsafe")]
#[unsafe(no_mangle)]
pub extern "C" fn push(byte: u8) {
    LINK.with_borrow_mut(|link| link.push(byte));
}

/// Runs the design of the link for `seconds` and returns the digest; zero if it does not run.
#[expect(unsafe_code, reason = "the attribute exports the function's name; nothing here is unsafe")]
#[unsafe(no_mangle)]
pub extern "C" fn digest(seconds: u32) -> u64 {
    let run = || {
        let mut sim = simulation()?;
        sim.run_until(Timestamp::from_s(u64::from(seconds)), StepBudget::UNLIMITED);
        u64::from_str_radix(&sim.result().digest, 16).ok()
    };
    run().unwrap_or(0)
}

/// Runs the design of the link to its end; zero if it does not run.
#[expect(unsafe_code, reason = "the attribute exports the function's name; nothing here is unsafe")]
#[unsafe(no_mangle)]
pub extern "C" fn run() -> u32 {
    let Some(mut sim) = simulation() else { return 0 };
    sim.run_until(Timestamp::MAX, StepBudget::UNLIMITED);
    let latency = sim.latency();
    MEASURED.set((latency.count, latency.mean_ms));
    1
}

/// Requests that the last run measured.
#[expect(unsafe_code, reason = "the attribute exports the function's name; nothing here is unsafe")]
#[unsafe(no_mangle)]
pub extern "C" fn completed() -> f64 {
    MEASURED.get().0 as f64
}

/// Their mean latency, milliseconds.
#[expect(unsafe_code, reason = "the attribute exports the function's name; nothing here is unsafe")]
#[unsafe(no_mangle)]
pub extern "C" fn mean_ms() -> f64 {
    MEASURED.get().1
}
