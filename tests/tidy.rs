//! What the house promises of its own files: size, words, directions, links.
//!
//! Rules with their reasons stand in ARCHITECTURE.md; these tests keep them.

#![expect(clippy::expect_used, reason = "in a test a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Longest source file, in lines. The aim is 200.
const LINES_MAX: usize = 500;
/// Longest test file.
const TEST_LINES_MAX: usize = 900;
/// Longest line of Rust, in characters; rustfmt does not break strings and comments.
const LINE_CHARS_MAX: usize = 110;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace")
}

/// Files that git knows or would add, relative to the root.
fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists files");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let names = String::from_utf8(output.stdout).expect("names are UTF-8");
    let existing = names.lines().map(PathBuf::from).filter(|name| root().join(name).is_file());
    let files: Vec<PathBuf> = existing.collect();
    assert!(files.len() > 50, "only {} files: is this a checkout?", files.len());
    files
}

fn with_extension(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let wanted = |file: &PathBuf| {
        file.extension().is_some_and(|e| extensions.iter().any(|wanted| e == *wanted))
    };
    let read = |file: PathBuf| {
        let text = fs::read_to_string(root().join(&file)).ok()?;
        Some((file, text))
    };
    files().into_iter().filter(wanted).filter_map(read).collect()
}

fn is_test(file: &Path) -> bool {
    let name = file.to_string_lossy();
    name.starts_with("tests/") || name.ends_with("tests.rs") || name.contains("/tests/")
}

fn none(what: &str, found: Vec<String>) {
    assert!(found.is_empty(), "{what}:\n  {}", found.join("\n  "));
}

#[test]
fn files_stay_small() {
    let long =
        with_extension(&["rs", "mjs", "js", "css"]).into_iter().filter_map(|(file, text)| {
            let max = if is_test(&file) { TEST_LINES_MAX } else { LINES_MAX };
            let lines = text.lines().count();
            (lines > max).then(|| format!("{}: {lines} lines, {max} allowed", file.display()))
        });
    none("split these by what they are about", long.collect());
}

#[test]
fn lines_stay_short() {
    let mut long = Vec::new();
    for (file, text) in with_extension(&["rs"]).iter().filter(|(file, _)| !is_test(file)) {
        let numbered = (1..).zip(text.lines());
        // A string, such as the path of an icon, has no place to break.
        let breakable = numbered.filter(|(_, line)| !line.contains('"'));
        let over = breakable.filter(|(_, line)| line.chars().count() > LINE_CHARS_MAX);
        long.extend(over.map(|(n, _)| format!("{}:{n}", file.display())));
    }
    none("break these lines", long);
}

#[test]
fn modules_say_what_they_are() {
    let mute = with_extension(&["rs"]).into_iter().filter(|(_, text)| !text.starts_with("//!"));
    none("begin these with //!", mute.map(|(file, _)| file.display().to_string()).collect());
}

/// Words that mean unfinished work, machines of ours, or hosts that may move. Written in pieces so
/// that this file does not contain them.
#[test]
fn banned_words() {
    let banned = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("db", "g!("),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("registry.", "npmjs"),
        concat!("static.", "crates"),
        concat!("index.", "crates"),
    ];
    let mut found = Vec::new();
    let extensions =
        ["rs", "mjs", "js", "css", "html", "md", "toml", "json", "ftl", "yml", "sh", "lock"];
    for (file, text) in with_extension(&extensions) {
        // Cargo itself writes where it found each package into its lock file, and vectors cite the
        // paths of others.
        let is_lock = file == Path::new("Cargo.lock") || file.ends_with("peers/Cargo.lock");
        if is_lock || file.starts_with("tests/vectors") {
            continue;
        }
        let hits = banned.iter().filter(|word| text.contains(**word));
        found.extend(hits.map(|word| format!("{}: {word}", file.display())));
    }
    none("remove these words", found);
}

/// Who may know whom within `shared`: HOUSE's one direction.
#[test]
fn the_core_looks_down_only() {
    const GROUND: &[&str] =
        &["time", "rng", "math", "dist", "hash", "http", "id", "json", "ordered", "stats"];
    let allowed = |module: &str| -> Vec<&str> {
        let above: &[&str] = match module {
            "balance" => &["balance"],
            "scale" => &["scale"],
            "cost" => &["cost"],
            "origins" => &["origins", "balance", "scale", "cost"],
            "design" => &["design", "balance", "scale", "cost"],
            "deploy" => &["deploy", "origins", "design", "balance", "scale"],
            "theory" => &["theory", "design", "balance"],
            "experiment" => &["experiment", "sim", "theory", "design", "balance", "scale", "cost"],
            "sim" => &["sim", "design", "balance", "scale", "cost", "ENGINE_VERSION"],
            _ => &[],
        };
        GROUND.iter().chain(above).copied().collect()
    };
    let mut found = Vec::new();
    for (file, text) in with_extension(&["rs"]) {
        let Ok(inner) = file.strip_prefix("shared/src") else { continue };
        let Some(first) = inner.components().next() else { continue };
        let module = first.as_os_str().to_string_lossy();
        let module = module.trim_end_matches(".rs");
        if module == "lib" {
            continue;
        }
        for mention in text.split("crate::").skip(1) {
            let name: String =
                mention.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() && !allowed(module).contains(&name.as_str()) {
                found.push(format!("{}: crate::{name}", file.display()));
            }
        }
    }
    none("these look up or sideways", found);
}

/// Folders that must not know the browser, the Worker, or each other.
#[test]
fn pure_folders_stay_pure() {
    let rules: &[(&str, &[&str])] = &[
        (
            "app/src/editor",
            &["yew", "web_sys", "js_sys", "gloo", "crate::view", "crate::shell", "crate::run"],
        ),
        ("edge/src", &["shared::sim", "shared::design"]),
        (
            "shared/src",
            &["web_sys", "js_sys", "wasm_bindgen", "std::fs", "std::net::Tcp", "std::env"],
        ),
    ];
    let mut found = Vec::new();
    for (file, text) in with_extension(&["rs"]) {
        for (folder, banned) in rules.iter().filter(|(folder, _)| file.starts_with(folder)) {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            let names = |word: &&&str| {
                code.split(**word).skip(1).any(|rest| rest.starts_with("::") || word.contains("::"))
            };
            let hits = banned.iter().filter(names);
            found.extend(hits.map(|word| format!("{} in {folder}: {word}", file.display())));
        }
    }
    none("these reach out of a pure folder", found);
}

#[test]
fn documents_link_to_what_exists() {
    let mut broken = Vec::new();
    for (file, text) in with_extension(&["md"]) {
        let folder = root().join(&file).parent().map(Path::to_path_buf).unwrap_or_default();
        for rest in text.split("](").skip(1) {
            let target = rest.split(')').next().unwrap_or_default();
            let path = target.split('#').next().unwrap_or_default();
            let outside = target.contains("://") || target.starts_with("mailto:");
            if !outside && !path.is_empty() && !folder.join(path).exists() {
                broken.push(format!("{}: {target}", file.display()));
            }
        }
    }
    none("these links lead nowhere", broken);
}

#[test]
fn the_changelog_has_a_place_for_news() {
    let changelog = fs::read_to_string(root().join("CHANGELOG.md")).expect("CHANGELOG.md exists");
    assert!(changelog.contains("## Unreleased"));
}

/// Every document and every package is named in the map.
#[test]
fn the_map_is_complete() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md exists");
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("Cargo.toml exists");
    let members = manifest.split("members = [").nth(1).and_then(|rest| rest.split(']').next());
    let members = members.expect("the workspace lists its members").split('"').skip(1).step_by(2);
    let missing = members.filter(|member| !map.contains(&format!("`{member}`")));
    none("ARCHITECTURE.md does not name", missing.map(str::to_owned).collect());
}
