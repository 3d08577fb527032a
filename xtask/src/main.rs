//! `cargo xtask`: the project's only scripts.
//!
//! Every command first installs what it needs and does not find (see [`tools`]), then builds what
//! is out of date (see [`mod@build`]), so that a fresh clone needs nothing but Rust and Node.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

mod build;
mod console;
mod fingerprint;
mod lock;
mod offline;
mod process;
mod project;
mod serve;
mod suites;
mod test;
mod tools;
mod words;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand, ValueEnum};

use project::Project;
use suites::Suite;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Set up, build, serve, test and measure Gomujul")]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Build everything and run it on this machine: page, Worker and three demo origins.
    Serve(serve::Options),
    /// Run test suites; all of them when none is named.
    Test { suites: Vec<Suite> },
    /// Run benchmarks; all of them when none is named.
    Bench { name: Option<String> },
    /// Run the conformance vectors of a folder.
    Conform { folder: PathBuf },
    /// What continuous integration runs: every suite.
    Ci,
    /// Build the page and the Worker, or one of them, when out of date.
    Build { part: Option<Part> },
    /// Install every tool that any command needs.
    Setup,
    /// The Worker of your own account.
    #[command(subcommand)]
    Edge(EdgeAction),
}

#[derive(Debug, Subcommand)]
enum EdgeAction {
    /// Is the configuration right, what does it do to KV, and what does it cost a month?
    Check {
        /// A wrangler.toml (the project's own when none is named) or a JSON file, and options:
        /// `--requests-per-s 100`, `--help`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Part {
    Page,
    Worker,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match process::stop_on_ctrl_c().and_then(|()| run(arguments.command)) {
        Ok(code) => code,
        Err(error) if error.is::<process::Interrupted>() => {
            println!("stopped");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(action: Action) -> Result<ExitCode> {
    let project = Project::here()?;
    match action {
        Action::Serve(options) => serve::run(&project, &options)?,
        Action::Test { suites } => return test::run(&project, &suites),
        Action::Ci => return test::run(&project, &[]),
        Action::Bench { name } => bench(&project, name)?,
        Action::Conform { folder } => conform(&project, folder)?,
        Action::Build { part } => build(&project, part)?,
        Action::Edge(EdgeAction::Check { arguments }) => {
            build::variable::check(&project, &arguments)?;
        }
        Action::Setup => tools::install(&project, &tools::Need::ALL)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn build(project: &Project, part: Option<Part>) -> Result<()> {
    match part {
        Some(Part::Page) => build::page(project),
        Some(Part::Worker) => build::worker(project),
        None => build::page_and_worker(project),
    }
}

/// What `GOMUJUL_BENCH_OPTIONS` hands on to a benchmark in JavaScript, such as `--rounds=3`.
fn bench_options() -> Vec<String> {
    let options = std::env::var_os("GOMUJUL_BENCH_OPTIONS").unwrap_or_default();
    options.to_string_lossy().split_whitespace().map(str::to_owned).collect()
}

/// The built Worker beside a bare pass-through and a balancer that reads the store on every request:
/// in raw workerd, with small answers and large bodies, then in Miniflare with its store.
fn bench_edge(project: &Project) -> Result<()> {
    build::worker(project)?;
    let origin = build::fast_program(project, "origin", "origin")?;
    for script in ["run.mjs", "body.mjs", "miniflare.mjs"] {
        let script = format!("bench/edge/{script}");
        let mut command = project.command("node");
        command.arg(&script).args(bench_options()).env("GOMUJUL_ORIGIN_BIN", &origin);
        process::run(command, &format!("node {script}"))?;
    }
    Ok(())
}

/// The built page in Chromium: sizes, start, frames of large drawings, keys while a run goes on.
fn bench_app(project: &Project) -> Result<()> {
    tools::install(project, &[tools::Need::Npm, tools::Need::Chromium])?;
    build::page(project)?;
    let mut command = project.command("node");
    command.arg("bench/app/run.mjs").args(bench_options());
    command.env("CHROMIUM", tools::chromium(project).context("Chromium is gone again")?);
    process::run(command, "node bench/app/run.mjs")
}

/// The core's selection code beside that of others: a package of its own, because theirs is heavy
/// to build. `GOMUJUL_BENCH_FEATURES=pingora` adds Pingora, which needs cmake.
const PEERS: &str = "bench/peers/Cargo.toml";

fn bench(project: &Project, name: Option<String>) -> Result<()> {
    match name.as_deref() {
        Some("edge") => return bench_edge(project),
        Some("app") => return bench_app(project),
        _ => {}
    }
    if name.as_deref() == Some("balance") {
        let mut command = project.cargo(["run", "--release", "--manifest-path", PEERS]);
        command.args(["--target-dir", "target/peers"]);
        if let Some(features) = std::env::var_os("GOMUJUL_BENCH_FEATURES") {
            command.arg("--features").arg(features);
        }
        command.args(["--", "balance"]);
        return process::run(command, "cargo run peers");
    }
    let mut command =
        project.cargo(["bench", "--workspace", "--exclude", "app", "--exclude", "edge"]);
    if let Some(name) = name {
        command.args(["--bench", &name]);
    }
    process::run(command, "cargo bench")
}

fn conform(project: &Project, folder: PathBuf) -> Result<()> {
    // A relative path is meant from where the person stands, not from the project's root.
    let folder: OsString = std::path::absolute(&folder)
        .with_context(|| format!("the folder `{}`", folder.display()))?
        .into();
    let mut command: Command =
        project.cargo(["run", "--quiet", "--release", "-p", "tests", "--bin", "conform", "--"]);
    command.arg(folder);
    process::run(command, "conform")
}
