//! The same farm elsewhere: NeXosim, SimPy, and this engine as wasm under Node and in Chromium.
//!
//! Each is built or installed under `target/` when the benchmark asks for it, and left out with
//! the reason when it cannot be.

use shared::design::{self, Design};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a peer is asked to simulate with SimPy: it is slow.
const SIMPY_REQUESTS: u64 = 100_000;

/// Requests a second and mean latency in milliseconds, or why there is none.
pub(crate) type Figures = Result<(f64, f64), String>;

fn root() -> Result<&'static Path, String> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace".to_owned())
}

/// Runs a command; its standard output, or why it failed.
fn output(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{program}: {}: {}", output.status, errors.lines().last().unwrap_or_default()))
}

/// The two numbers that a peer prints.
fn figures(text: &str) -> Figures {
    let mut numbers = text.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(rate)), Some(Ok(mean_ms))) => Ok((rate, mean_ms)),
        _ => Err(format!("no figures in `{}`", text.trim())),
    }
}

/// NeXosim, built from the package `bench/simulators`: with a model for each node, as this engine has
/// nodes (`nodes`), or all in one model (`one`).
pub(crate) fn nexosim(layout: &str, servers: usize, requests: u64) -> Figures {
    let target = root()?.join("target/peers");
    let manifest = root()?.join("bench/simulators/Cargo.toml");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--locked", "--manifest-path"]).arg(manifest);
    output(build.arg("--target-dir").arg(&target))?;
    let mut run = Command::new(target.join("release/simulators"));
    figures(&output(run.arg(layout).arg(servers.to_string()).arg(requests.to_string()))?)
}

/// A Python with SimPy: an environment under `target/`, made at first use.
fn python() -> Result<PathBuf, String> {
    let home = root()?.join("target/simpy");
    let python = home.join("bin/python");
    if output(Command::new(&python).args(["-c", "import simpy"])).is_err() {
        output(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
        output(Command::new(&python).args(["-m", "pip", "install", "--quiet", "simpy==4.1.2"]))?;
    }
    Ok(python)
}

/// SimPy in Python.
pub(crate) fn simpy(servers: usize) -> Figures {
    let mut run = Command::new(python()?);
    run.arg(root()?.join("bench/simulators/farm.py"));
    figures(&output(run.arg(servers.to_string()).arg(SIMPY_REQUESTS.to_string()))?)
}

/// This engine as wasm: the module of the replay test.
fn module() -> Result<PathBuf, String> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--package", "replay", "--target", "wasm32-unknown-unknown"]);
    output(build.current_dir(root()?))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.map_or(root()?.join("target"), |target| target);
    Ok(target.join("wasm32-unknown-unknown/release/replay.wasm"))
}

/// Wasm under Node, timed there.
pub(crate) fn node(design: &Design) -> Figures {
    let mut run = Command::new("node");
    run.arg(root()?.join("tests/benches/sim/wasm.mjs"));
    figures(&output(run.arg(module()?).arg(design::encode(design)))?)
}

/// Wasm in a web worker of Chromium, as the page runs it, timed there.
pub(crate) fn chromium(design: &Design, rounds: u32) -> Figures {
    let mut run = Command::new("node");
    run.arg(root()?.join("tests/benches/sim/browser.mjs"));
    run.arg(module()?).arg(design::encode(design)).arg(rounds.to_string());
    figures(&output(run.current_dir(root()?))?)
}
