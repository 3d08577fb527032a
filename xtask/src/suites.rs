//! The test suites: what each needs and which commands it runs.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use toml::Table;

use crate::build;
use crate::process;
use crate::project::Project;
use crate::tools::{self, Need};

/// In the order in which they run: what fails fast comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Suite {
    /// rustfmt
    Fmt,
    /// Sizes, words and directions that the house promises
    Tidy,
    /// clippy: native packages, then page and Worker for wasm
    Clippy,
    /// cargo test of everything that runs natively
    Unit,
    /// rustdoc without warnings
    Doc,
    /// The same digests natively, under Node and in Chromium
    Replay,
    /// The Worker in workerd before real origins
    Edge,
    /// The page in Chromium
    Browser,
}

/// Targets of the package `tests` that are suites of their own.
const SEPARATE: [&str; 2] = ["tidy", "replay"];

impl Suite {
    pub(crate) fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    pub(crate) fn run(self, project: &Project) -> Result<()> {
        match self {
            Self::Fmt => cargo(project, ["fmt", "--all", "--check"]),
            Self::Tidy => cargo(project, ["test", "--quiet", "-p", "tests", "--test", "tidy"]),
            Self::Clippy => clippy(project),
            Self::Unit => unit(project),
            Self::Doc => doc(project),
            Self::Replay => replay(project),
            Self::Edge => edge(project),
            Self::Browser => browser(project),
        }
    }
}

fn cargo<const N: usize>(project: &Project, arguments: [&str; N]) -> Result<()> {
    let name = format!("cargo {}", arguments.join(" "));
    process::run(project.cargo(arguments), &name)
}

fn clippy(project: &Project) -> Result<()> {
    tools::install(project, &[Need::WasmTarget])?;
    cargo(project, ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    let mut command = project.cargo(["clippy", "-p", "app", "-p", "edge", "-p", "replay"]);
    command.args(["--target", "wasm32-unknown-unknown", "--", "-D", "warnings"]);
    process::run(command, "cargo clippy for wasm")
}

fn unit(project: &Project) -> Result<()> {
    cargo(project, ["test", "--quiet", "--workspace", "--exclude", "tests"])?;
    let mut command = project.cargo(["test", "--quiet", "-p", "tests", "--lib", "--bins"]);
    for target in test_targets(&project.read("tests/Cargo.toml")?)? {
        if !SEPARATE.contains(&target.as_str()) {
            command.args(["--test", &target]);
        }
    }
    process::run(command, "cargo test -p tests")
}

/// The names of the test targets in a manifest.
fn test_targets(manifest: &str) -> Result<Vec<String>> {
    let manifest: Table = manifest.parse().context("the manifest is not TOML")?;
    let targets = manifest.get("test").and_then(toml::Value::as_array).into_iter().flatten();
    Ok(targets.filter_map(|target| Some(target.get("name")?.as_str()?.to_owned())).collect())
}

fn doc(project: &Project) -> Result<()> {
    let mut command = project.cargo(["doc", "--quiet", "--workspace", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    process::run(command, "cargo doc")
}

fn replay(project: &Project) -> Result<()> {
    tools::install(project, &[Need::WasmTarget, Need::Npm, Need::Chromium])?;
    let chromium = tools::chromium(project).context("Chromium is gone again")?;
    let mut command = project.cargo(["test", "--quiet", "-p", "tests", "--test", "replay"]);
    command.env("CHROMIUM", chromium);
    process::run(command, "cargo test replay")
}

fn edge(project: &Project) -> Result<()> {
    build::page_and_worker(project)?;
    let origin = build::program(project, "origin", "origin")?;
    let mut command = node_tests(project, "tests/edge")?;
    command
        .env("GOMUJUL_ORIGIN_BIN", origin)
        .env("GOMUJUL_CLI_BIN", build::program(project, "cli", "gomujul")?);
    process::run(command, "node --test tests/edge")
}

fn browser(project: &Project) -> Result<()> {
    tools::install(project, &[Need::Npm, Need::Chromium])?;
    build::page_and_worker(project)?;
    let chromium = tools::chromium(project).context("Chromium is gone again")?;
    let mut command = node_tests(project, "tests/browser")?;
    command
        .env("CHROMIUM", chromium)
        .env("GOMUJUL_ORIGIN_BIN", build::program(project, "origin", "origin")?)
        .env("GOMUJUL_CLI_BIN", build::program(project, "cli", "gomujul")?);
    process::run(command, "node --test tests/browser")
}

/// `node --test` with the files named one by one: patterns came only with Node 21.
fn node_tests(project: &Project, folder: &str) -> Result<Command> {
    let path = project.path(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(&path)
        .with_context(|| format!("reading the folder `{}`", path.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    if files.is_empty() {
        bail!("there is no *.test.mjs in `{}`", path.display());
    }
    let mut command = project.command("node");
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=1"]);
    command.args(files.into_iter().map(OsString::from));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_test_targets() {
        let manifest =
            "[package]\nname = \"tests\"\n[[test]]\nname = \"a\"\n[[test]]\nname = \"b\"";
        assert_eq!(test_targets(manifest).unwrap(), ["a", "b"]);
        assert!(test_targets("[package]\nname = \"tests\"").unwrap().is_empty());
    }
}
