//! Programs that `cargo install` builds.
//!
//! They are built once and then only start other programs, so they are built for a short build, not
//! for speed: without optimisation, without link-time optimisation, all in one build folder that is
//! removed afterwards.

use std::env;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::version;
use crate::console::Step;
use crate::lock::FileLock;
use crate::process;
use crate::project::Project;

/// A program on crates.io in one version.
#[derive(Debug)]
pub(super) struct CargoTool {
    package: &'static str,
    program: &'static str,
    version: String,
    /// Left out where a program can work without: half of the build would be for downloads that
    /// never happen here.
    features: &'static [&'static str],
}

const DEFAULT_FEATURES: &[&str] = &[];
const NO_FEATURES: &[&str] = &["--no-default-features"];

impl fmt::Display for CargoTool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.program, self.version)
    }
}

impl CargoTool {
    /// It refuses to work on what another version of the library produced, so the lock file
    /// decides.
    pub(super) fn wasm_bindgen(project: &Project) -> Result<Self> {
        let version = version::locked(&project.read("Cargo.lock")?, "wasm-bindgen")?;
        let (package, program) = ("wasm-bindgen-cli", "wasm-bindgen");
        Ok(Self { package, program, version, features: DEFAULT_FEATURES })
    }

    /// The last release before 0.22, which asks for a newer Rust than `rust-version`.
    pub(super) fn trunk() -> Self {
        Self {
            package: "trunk",
            program: "trunk",
            version: "0.21.14".to_owned(),
            features: NO_FEATURES,
        }
    }

    fn folder(&self) -> Result<PathBuf> {
        Ok(cache()?.join(format!("{}-{}", self.program, self.version)))
    }

    pub(super) fn program(&self) -> Result<PathBuf> {
        let file = format!("{}{}", self.program, env::consts::EXE_SUFFIX);
        Ok(self.folder()?.join("bin").join(file))
    }

    pub(super) fn present(&self) -> Result<bool> {
        Ok(self.program()?.is_file())
    }

    /// Builds beside its place and moves it there when it is whole, so that a cut installation
    /// leaves nothing half.
    pub(super) fn install(&self, project: &Project, step: &Step) -> Result<()> {
        let folder = self.folder()?;
        let staging = cache()?.join(format!(".staging-{}", self.program));
        // The versions that the tool was released with; without them when a mirror does not have
        // all of those yet.
        let locked = self.cargo_install(project, step, &staging, &["--locked"]);
        if let Err(error) = locked {
            if error.is::<process::Interrupted>() {
                return Err(error);
            }
            step.report(
                "its own lock file cannot be used here, trying the newest compatible versions",
            );
            self.cargo_install(project, step, &staging, &[])?;
        }
        remove_folder(&folder)?;
        fs::rename(&staging, &folder)
            .with_context(|| format!("moving the program to `{}`", folder.display()))
    }

    fn cargo_install(
        &self,
        project: &Project,
        step: &Step,
        staging: &PathBuf,
        flags: &[&str],
    ) -> Result<()> {
        remove_folder(staging)?;
        let mut cargo = project.cargo(["install", self.package, "--version", &self.version]);
        cargo.args(self.features).args(flags).arg("--root").arg(staging);
        // Outside of the project, whose profiles and settings are not meant for it.
        cargo.current_dir(cache()?);
        cargo.env("CARGO_TARGET_DIR", build_folder()?);
        for (setting, value) in [
            ("OPT_LEVEL", "0"),
            ("LTO", "off"),
            ("CODEGEN_UNITS", "16"),
            ("DEBUG", "0"),
            ("STRIP", "none"),
        ] {
            cargo.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
        }
        let log = project.scratch()?.join(format!("install-{}.log", self.program));
        process::run_logged(cargo, step, &log)
    }
}

/// Held while tools are installed.
pub(super) fn lock() -> Result<FileLock> {
    FileLock::take(&cache()?.join(".lock"), "another installation")
}

/// Several hundred megabytes that nobody needs once the programs are built.
pub(super) fn remove_build_folder() -> Result<()> {
    remove_folder(&build_folder()?)
}

fn build_folder() -> Result<PathBuf> {
    Ok(cache()?.join("build"))
}

fn remove_folder(folder: &PathBuf) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing `{}`", folder.display()))
        }
        _ => Ok(()),
    }
}

/// The folder of the tools: the user's own choice, or a place in the cache of the user's system.
fn cache() -> Result<PathBuf> {
    let folder = match env::var_os("GOMUJUL_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => user_cache()?.join("gomujul").join("tools"),
    };
    fs::create_dir_all(&folder).with_context(|| format!("creating `{}`", folder.display()))?;
    Ok(folder)
}

fn user_cache() -> Result<PathBuf> {
    let of = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        return of("LOCALAPPDATA")
            .context("LOCALAPPDATA is not set: set GOMUJUL_TOOLS to a folder");
    }
    if let Some(folder) = of("XDG_CACHE_HOME") {
        return Ok(folder);
    }
    let home = of("HOME").context("HOME is not set: set GOMUJUL_TOOLS to a folder")?;
    Ok(home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }))
}
