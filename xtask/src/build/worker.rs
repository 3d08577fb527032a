//! The Worker: compiled, bound, optimised and bundled, in five steps of one program each.
//!
//! `worker-build` does the same for Workers in general. Its entry wraps every call of the runtime in
//! three proxies, and it keeps the names of all functions; `edge/src/main.js` is an entry for this
//! Worker alone, with the same recovery from traps.

use std::collections::BTreeSet;
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

    let module = folder.join(MODULE);
    let features = FEATURES.map(|feature| format!("--enable-{feature}"));
    let glue = fs::read_to_string(folder.join(SCRIPT)).context("reading what wasm-bindgen made")?;
    let graph = folder.join("exports.json");
    fs::write(&graph, graph_of(&used_exports(&glue))).context("writing the used exports")?;
    let mut shake = project.command(&programs.wasm_metadce);
    shake
        .args(&features)
        .arg(&module)
        .arg("--graph-file")
        .arg(&graph)
        .args(["--debuginfo", "-o"])
        .arg(&module);
    process::run_logged(shake, step, log)?;

    let mut optimise = project.command(&programs.wasm_opt);
    // Functions with similar names are similar: side by side they compress better.
    optimise.args(["-Oz", "--reorder-functions-by-name"]).args(&features);
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

/// The exports that the Worker calls, by what wasm-bindgen wrote. The classes of `worker` and its
/// dependencies (streams in Rust, containers, ranges of R2) are exported whether anybody makes one or
/// not, and here nobody does.
fn used_exports(glue: &str) -> BTreeSet<&str> {
    let names = glue.split("wasm.").skip(1).filter_map(|rest| {
        let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_')?;
        rest.get(..end)
    });
    let is_of_a_class = |name: &&str| {
        let methods = ["__wbg_get_", "__wbg_set_", "intounderlying"];
        methods.iter().any(|start| name.starts_with(start))
            || name.starts_with("__wbg_") && name.ends_with("_free")
    };
    names.filter(|name| !is_of_a_class(name)).collect()
}

/// The graph of what is needed, as `wasm-metadce` reads it: what it does not name goes.
fn graph_of(exports: &BTreeSet<&str>) -> String {
    let nodes = exports.iter().map(|name| format!(r#"{{"name":"{name}","export":"{name}"}}"#));
    let nodes: Vec<String> = nodes.collect();
    let names: Vec<String> = exports.iter().map(|name| format!(r#""{name}""#)).collect();
    let (names, nodes) = (names.join(","), nodes.join(","));
    format!(r#"[{{"name":"outside","root":true,"reaches":[{names}]}},{nodes}]"#)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_of_classes_that_nobody_makes_go() {
        let glue = "wasm.begin(1); wasm.__wbindgen_malloc(a, b); wasm.memory.buffer; \
                    wasm.__wbg_r2range_free(p); wasm.__wbg_get_minifyconfig_js(p); \
                    wasm.intounderlyingsink_write(p)";
        let used = used_exports(glue);
        assert_eq!(used, BTreeSet::from(["__wbindgen_malloc", "begin", "memory"]));
        assert_eq!(
            graph_of(&BTreeSet::from(["a", "b"])),
            r#"[{"name":"outside","root":true,"reaches":["a","b"]},{"name":"a","export":"a"},{"name":"b","export":"b"}]"#
        );
    }
}
