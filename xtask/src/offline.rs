//! The page's service worker: which files it keeps, and under which version.
//!
//! `www/sw.js` has two places for them. The version is a fingerprint of the names and contents of all
//! files, so a page that is built again the same way is not fetched again.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;

/// What is served with the page and is no part of it.
const NOT_KEPT: [&str; 2] = ["_headers", "sw.js"];

/// Writes `sw.js` beside the page.
pub(crate) fn write_service_worker(project: &Project) -> Result<()> {
    let dist = project.dist();
    let names = files(&dist)?;
    let mut hasher = DefaultHasher::new();
    for name in &names {
        hasher.write(name.as_bytes());
        let path = dist.join(name);
        hasher.write(&fs::read(&path).with_context(|| format!("reading `{}`", path.display()))?);
    }
    let source = filled(&project.read("www/sw.js")?, &names, hasher.finish())?;
    fs::write(dist.join("sw.js"), source).context("writing the service worker")
}

/// The names of the page's files, in order.
fn files(dist: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(dist).with_context(|| format!("reading `{}`", dist.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() && !NOT_KEPT.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The service worker's source with version and files. The page itself is kept as `./`, under which
/// it is opened.
fn filled(source: &str, names: &[String], version: u64) -> Result<String> {
    const PLACES: [&str; 2] = ["\"__VERSION__\"", "\"__FILES__\""];
    if let Some(place) = PLACES.iter().find(|place| !source.contains(*place)) {
        bail!("www/sw.js has no place for {place}");
    }
    let quoted = |name: &String| match name.as_str() {
        "index.html" => "\"./\"".to_owned(),
        name => format!("{name:?}"),
    };
    let list = names.iter().map(quoted).collect::<Vec<_>>().join(", ");
    let [version_place, files_place] = PLACES;
    Ok(source.replace(version_place, &format!("\"{version:016x}\"")).replace(files_place, &list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_and_files_come_into_their_places() {
        let source = "const VERSION = \"__VERSION__\"; const FILES = [\"__FILES__\"];";
        let names = ["app-1a.js".to_owned(), "index.html".to_owned()];
        let filled_in = filled(source, &names, 0x2a).unwrap();
        let expected =
            "const VERSION = \"000000000000002a\"; const FILES = [\"app-1a.js\", \"./\"];";
        assert_eq!(filled_in, expected);
        assert!(filled("const VERSION = 1;", &names, 1).is_err());
    }
}
