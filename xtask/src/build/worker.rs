//! The Worker: compiled, bound, optimised and bundled, in four steps of one program each.
//!
//! `worker-build` does the same for Workers in general. Its entry wraps every call of the runtime in
//! three proxies, and it keeps the names of all functions; `edge/src/main.js` is an entry for this
//! Worker alone, with the same recovery from traps.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::console::Step;
use crate::process;
use crate::project::Project;
use crate::tools::Programs;

/// What the runtime knows of WebAssembly. All that Binaryen knows would be more.
const FEATURES: [&str; 7] = [
    "mutable-globals",
    "sign-ext",
    "nontrapping-float-to-int",
    "bulk-memory",
    "multivalue",
    "reference-types",
    "exception-handling",
];

/// The files that make the Worker, side by side.
const SCRIPT: &str = "index.js";
const MODULE: &str = "index_bg.wasm";

pub(super) fn build(project: &Project, programs: &Programs, step: &Step, log: &Path) -> Result<()> {
    let folder = project.scratch()?.join("worker");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing `{}`", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating `{}`", folder.display()))?;

    let profile = ["--profile", "small", "--target", "wasm32-unknown-unknown"];
    let mut cargo = project.cargo(["build", "--package", "edge", "--lib"]);
    // What a request needs of `shared` is little, and most of the rest reads configurations.
    cargo.args(profile).env("CARGO_PROFILE_SMALL_OPT_LEVEL", "z");
    process::run_logged(cargo, step, log)?;

    let mut bind = project.command(&programs.wasm_bindgen);
    bind.arg(project.target.join("wasm32-unknown-unknown/small/edge.wasm"))
        .args(["--target", "module", "--out-name", "index", "--no-typescript"])
        // A trap is noticed, and the next request gets a new instance.
        .args(["--experimental-reset-state-function", "--force-enable-abort-handler"])
        .arg("--out-dir")
        .arg(&folder);
    process::run_logged(bind, step, log)?;

    let mut optimise = project.command(&programs.wasm_opt);
    let module = folder.join(MODULE);
    optimise.arg("-Oz").args(FEATURES.map(|feature| format!("--enable-{feature}")));
    optimise.arg(&module).arg("-o").arg(&module);
    process::run_logged(optimise, step, log)?;

    let bundled = folder.join("bundle.js");
    let alias = |name: &str, file: &Path| format!("--alias:{name}={}", file.display());
    let mut bundle = project.command(&programs.esbuild);
    bundle
        .current_dir(&folder)
        .arg(project.path("edge/src/main.js"))
        .args(["--bundle", "--format=esm", "--minify", "--log-level=error"])
        .args([format!("--external:./{MODULE}"), alias("rust", &folder.join(SCRIPT))])
        .arg(alias("door", &door(&folder)?))
        .arg(format!("--outfile={}", bundled.display()));
    process::run_logged(bundle, step, log)?;

    let script =
        fs::read_to_string(&bundled).with_context(|| format!("reading `{}`", bundled.display()))?;
    // The runtime knows the older way to import a module only.
    let script = script.replace("import source ", "import ");
    place(project, script.as_bytes(), &fs::read(&module).context("reading the module")?)
}

/// Where wasm-bindgen has put `door.js`: entry and program must share one.
fn door(folder: &Path) -> Result<PathBuf> {
    let snippets = folder.join("snippets");
    let list = fs::read_dir(&snippets).with_context(|| format!("`{}`", snippets.display()))?;
    let found = list.flatten().map(|entry| entry.path().join("src/door.js"));
    found.into_iter().find(|path| path.is_file()).context("wasm-bindgen has left no door.js")
}

/// Both files together, and nothing of an older build.
fn place(project: &Project, script: &[u8], module: &[u8]) -> Result<()> {
    let folder = project.path("edge/build");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("removing `{}`", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating `{}`", folder.display()))?;
    for (name, bytes) in [(MODULE, module), (SCRIPT, script)] {
        let path = folder.join(name);
        fs::write(&path, bytes).with_context(|| format!("writing `{}`", path.display()))?;
    }
    Ok(())
}
