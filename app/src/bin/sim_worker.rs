//! Starts the simulation's web worker.

fn main() {
    app::run_worker();
}
