//! The core as a bare wasm module, for the test that compares it with the native build
//! (test.rs beside this file): no imports, no glue, bytes go in one by one.

use std::cell::RefCell;

use shared::design;
use shared::sim::{Simulation, StepBudget};
use shared::time::Timestamp;

thread_local! {
    static LINK: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
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
        let link = LINK.with_borrow(|link| String::from_utf8_lossy(link).into_owned());
        let mut sim = Simulation::new(&design::decode(&link).ok()?).ok()?;
        sim.run_until(Timestamp::from_s(u64::from(seconds)), StepBudget::UNLIMITED);
        u64::from_str_radix(&sim.result().digest, 16).ok()
    };
    run().unwrap_or(0)
}
