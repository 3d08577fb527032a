//! What the other commands run: the page, the Worker and the native programs.
//!
//! Page and Worker are skipped when nothing that they are made of has changed since the last build
//! that succeeded; then neither cargo nor trunk is started.

pub(crate) mod variable;
mod worker;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::console::Step;
use crate::fingerprint::Fingerprint;
use crate::lock::FileLock;
use crate::offline;
use crate::process;
use crate::project::Project;
use crate::tools::{self, Need, Programs};
use crate::words;

/// Sources of the page, from the root.
pub(crate) const PAGE_SOURCES: [&str; 4] = ["shared", "app", "www", "Trunk.toml"];
/// Sources of the Worker, from the root.
pub(crate) const WORKER_SOURCES: [&str; 2] = ["shared", "edge"];
/// What decides over every build.
const COMMON: [&str; 5] =
    ["Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "package-lock.json", "xtask/src/build"];

const PAGE_NEEDS: [Need; 4] = [Need::WasmTarget, Need::Npm, Need::WasmBindgen, Need::Trunk];
const WORKER_NEEDS: [Need; 3] = [Need::WasmTarget, Need::Npm, Need::WasmBindgen];

/// Builds the page, then the Worker, which needs no tool that the page does without.
pub(crate) fn page_and_worker(project: &Project) -> Result<()> {
    variable::refuse_wrong(project)?;
    page(project)?;
    build_worker(project)
}

/// Builds the page into `dist/`.
pub(crate) fn page(project: &Project) -> Result<()> {
    tools::install(project, &PAGE_NEEDS)?;
    build_page(project)
}

fn build_page(project: &Project) -> Result<()> {
    let output = project.dist().join("index.html");
    let is_new = build(project, "page", &PAGE_SOURCES, &output, |programs, step, log| {
        let mut trunk = project.command(&programs.trunk);
        trunk
            .args(["build", "--release"])
            // It looks for wasm-bindgen and wasm-opt on the path, and would download them
            // otherwise.
            .env("PATH", &programs.search_path)
            .env("TRUNK_SKIP_VERSION_CHECK", "true")
            // A broken build is the compiler's story; where trunk was at that moment helps nobody.
            .env_remove("RUST_BACKTRACE")
            .env("CARGO_TARGET_DIR", &project.target);
        process::run_logged(trunk, step, log)
    })?;
    words::write(project)?;
    offline::write_service_worker(project)?;
    if is_new { sizes(project) } else { Ok(()) }
}

/// Says what a visitor downloads.
fn sizes(project: &Project) -> Result<()> {
    let mut node = project.command("node");
    node.arg(project.path("bench/app/sizes.mjs")).arg(project.dist());
    process::run(node, "measuring the page")
}

/// Builds the Worker into `edge/build/`.
pub(crate) fn worker(project: &Project) -> Result<()> {
    variable::refuse_wrong(project)?;
    tools::install(project, &WORKER_NEEDS)?;
    build_worker(project)
}

fn build_worker(project: &Project) -> Result<()> {
    build(project, "worker", &WORKER_SOURCES, &project.worker(), |programs, step, log| {
        worker::build(project, programs, step, log)
    })?;
    Ok(())
}

/// Builds a native program of a package and returns its path.
///
/// In the profile of the tests, which have built most of it already; that profile is optimised
/// enough for demos.
pub(crate) fn program(project: &Project, package: &str, name: &str) -> Result<PathBuf> {
    program_of(project, package, name, "dev", "debug")
}

/// The same in the profile of releases: what stands beside a measured program takes its time from it.
pub(crate) fn fast_program(project: &Project, package: &str, name: &str) -> Result<PathBuf> {
    program_of(project, package, name, "release", "release")
}

fn program_of(
    project: &Project,
    package: &str,
    name: &str,
    profile: &str,
    folder: &str,
) -> Result<PathBuf> {
    let mut cargo = project.cargo(["build", "--quiet", "--profile", profile]);
    cargo.args(["-p", package, "--bin", name]);
    process::run(cargo, &format!("building the program {name}"))?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(project.target.join(folder).join(file))
}

/// Whether anything had to be built.
fn build(
    project: &Project,
    name: &str,
    sources: &[&str],
    output: &Path,
    run: impl FnOnce(&Programs, &Step, &Path) -> Result<()>,
) -> Result<bool> {
    // Two builds at once, as of `serve` and of a test in the next terminal, would write over each
    // other: the second waits, then finds its work done.
    let lock = project.scratch()?.join(format!("{name}.lock"));
    let _held = FileLock::take(&lock, &format!("another build of the {name}"))?;
    // Before the build: a file that changes during it makes the next build run again.
    let inputs = inputs(project, sources)?;
    let stamp = project.scratch()?.join(format!("{name}.stamp"));
    if inputs.matches(&stamp) && output.is_file() {
        return Ok(false);
    }
    let step = Step::begin(format!("building the {name}"));
    let log = project.scratch()?.join(format!("{name}.log"));
    run(&Programs::of(project)?, &step, &log).with_context(|| format!("building the {name}"))?;
    if !output.is_file() {
        bail!("the build of the {name} left no `{}` (log: {})", output.display(), log.display());
    }
    inputs.write(&stamp)?;
    step.end("built");
    Ok(true)
}

fn inputs(project: &Project, sources: &[&str]) -> Result<Fingerprint> {
    let versions = tools::versions(project)?;
    sources
        .iter()
        .chain(&COMMON)
        .try_fold(Fingerprint::default().text(&versions), |inputs, path| {
            inputs.path(&project.root, path)
        })
}
