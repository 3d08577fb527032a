//! Node, and the packages of package-lock.json.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use super::version;
use crate::console::Step;
use crate::fingerprint::Fingerprint;
use crate::process;
use crate::project::Project;

/// What wrangler asks for.
const OLDEST_NODE: [u32; 3] = [20, 3, 0];
const STAMP: &str = "node_modules/.xtask-stamp";

/// Says what to do when Node is missing or too old.
pub(super) fn check_node(project: &Project) -> Result<()> {
    let [major, minor, patch] = OLDEST_NODE;
    let oldest = format!("Node {major}.{minor}.{patch} or newer");
    let mut node = project.command("node");
    node.arg("--version");
    let Some(found) = process::output(node) else {
        bail!("Node is not on PATH: install {oldest}, with npm");
    };
    let parsed =
        version::parse(&found).with_context(|| format!("Node says its version is `{found}`"))?;
    if parsed < OLDEST_NODE {
        bail!("Node {found} is too old: install {oldest}");
    }
    Ok(())
}

/// The lock file decides what is installed; package.json cannot disagree with it, `npm ci` checks
/// that.
fn inputs(project: &Project) -> Result<Fingerprint> {
    Fingerprint::default()
        .path(&project.root, "package.json")?
        .path(&project.root, "package-lock.json")
}

pub(super) fn present(project: &Project) -> Result<bool> {
    Ok(inputs(project)?.matches(&project.path(STAMP)))
}

pub(super) fn install(project: &Project, step: &Step) -> Result<()> {
    let mut npm = project.command(if cfg!(windows) { "npm.cmd" } else { "npm" });
    npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    let log = project.scratch()?.join("npm.log");
    process::run_logged(npm, step, &log)?;
    inputs(project)?.write(&project.path(STAMP))
}

/// The native program: the one in `.bin` starts it through Node, for nothing.
pub(super) fn esbuild(project: &Project) -> Result<PathBuf> {
    let arch = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!("esbuild has no program for the processor `{other}` that we know of"),
    };
    let (system, file) = match env::consts::OS {
        "windows" => ("win32", "esbuild.exe"),
        "macos" => ("darwin", "bin/esbuild"),
        other => (other, "bin/esbuild"),
    };
    Ok(project.path("node_modules/@esbuild").join(format!("{system}-{arch}")).join(file))
}
