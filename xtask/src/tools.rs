//! The tools of the build: which ones, in which version, and where they are kept.
//!
//! Programs from crates.io go into a folder of the user's cache, `<tool>-<version>/bin`, where the
//! next clone on the machine finds them. Packages from npm go into `node_modules`. Each command
//! installs only what it needs.

mod cargo_tool;
mod chromium;
mod npm;
mod version;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::console::Step;
use crate::process;
use crate::project::Project;
use cargo_tool::CargoTool;
pub(crate) use chromium::find as chromium;

const WASM: &str = "wasm32-unknown-unknown";

/// Something that a command may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// The standard library for wasm.
    WasmTarget,
    /// Packages of package-lock.json, and Node to run them.
    Npm,
    WasmBindgen,
    Trunk,
    Chromium,
}

impl Need {
    pub(crate) const ALL: [Self; 5] =
        [Self::WasmTarget, Self::Npm, Self::WasmBindgen, Self::Trunk, Self::Chromium];

    fn label(self, project: &Project) -> Result<String> {
        Ok(match self {
            Self::WasmTarget => format!("Rust target {WASM}"),
            Self::Npm => "npm packages".to_owned(),
            Self::Chromium => "Chromium".to_owned(),
            Self::WasmBindgen => CargoTool::wasm_bindgen(project)?.to_string(),
            Self::Trunk => CargoTool::trunk().to_string(),
        })
    }

    fn present(self, project: &Project) -> Result<bool> {
        Ok(match self {
            Self::WasmTarget => wasm_target_present(project),
            Self::Npm => npm::present(project)?,
            Self::Chromium => chromium::find(project).is_some(),
            Self::WasmBindgen => CargoTool::wasm_bindgen(project)?.present()?,
            Self::Trunk => CargoTool::trunk().present()?,
        })
    }

    fn install(self, project: &Project, step: &Step) -> Result<()> {
        match self {
            Self::WasmTarget => add_wasm_target(project, step),
            Self::Npm => npm::install(project, step),
            Self::Chromium => chromium::install(project, step),
            Self::WasmBindgen => CargoTool::wasm_bindgen(project)?.install(project, step),
            Self::Trunk => CargoTool::trunk().install(project, step),
        }
    }
}

/// Installs what is missing of `needs`; says nothing when all is there.
pub(crate) fn install(project: &Project, needs: &[Need]) -> Result<()> {
    // Cheap, and a sentence about Node is clearer than what npm says without it.
    if needs.contains(&Need::Npm) {
        npm::check_node(project)?;
    }
    let mut missing = Vec::new();
    for need in needs {
        if !need.present(project)? {
            missing.push(*need);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    // Two clones may be set up at once: the second waits, then finds the work done.
    let lock = cargo_tool::lock()?;
    for (position, need) in missing.iter().enumerate() {
        let label = need.label(project)?;
        if need.present(project)? {
            continue;
        }
        let step = Step::begin(format!("[{}/{}] {label}", position + 1, missing.len()));
        need.install(project, &step).with_context(|| format!("installing {label}"))?;
        step.end("installed");
    }
    cargo_tool::remove_build_folder()?;
    drop(lock);
    Ok(())
}

/// The programs that build page and Worker, and a search path on which trunk finds them.
#[derive(Debug)]
pub(crate) struct Programs {
    pub(crate) trunk: PathBuf,
    pub(crate) wasm_bindgen: PathBuf,
    pub(crate) wasm_metadce: PathBuf,
    pub(crate) wasm_opt: PathBuf,
    pub(crate) esbuild: PathBuf,
    pub(crate) search_path: OsString,
}

impl Programs {
    pub(crate) fn of(project: &Project) -> Result<Self> {
        let wasm_bindgen = CargoTool::wasm_bindgen(project)?.program()?;
        let wasm_opt = project.npm_program("wasm-opt");
        let first = [&wasm_bindgen, &wasm_opt].into_iter().filter_map(|program| program.parent());
        let rest = env::var_os("PATH").unwrap_or_default();
        let search_path = env::join_paths(first.map(PathBuf::from).chain(env::split_paths(&rest)))
            .context("the folders of PATH")?;
        Ok(Self {
            trunk: CargoTool::trunk().program()?,
            wasm_bindgen,
            wasm_metadce: project.npm_program("wasm-metadce"),
            wasm_opt,
            esbuild: npm::esbuild(project)?,
            search_path,
        })
    }
}

/// Versions of the tools, for fingerprints of what they build.
pub(crate) fn versions(project: &Project) -> Result<String> {
    let tools = [CargoTool::wasm_bindgen(project)?, CargoTool::trunk()];
    Ok(tools.map(|tool| tool.to_string()).join(" "))
}

fn wasm_target_present(project: &Project) -> bool {
    let mut rustc = project.command("rustc");
    rustc.args(["--print", "target-libdir", "--target", WASM]);
    process::output(rustc).is_some_and(|folder| PathBuf::from(folder).is_dir())
}

fn add_wasm_target(project: &Project, step: &Step) -> Result<()> {
    let mut rustup = project.command("rustup");
    rustup.args(["target", "add", WASM]);
    let log = project.scratch()?.join("rustup.log");
    if process::run_logged(rustup, step, &log).is_err() {
        bail!(
            "Rust has no target {WASM} here: install Rust with rustup, or add the target by hand"
        );
    }
    Ok(())
}
