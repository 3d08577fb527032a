//! Building again what was changed.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::Scope;
use std::time::Duration;

use anyhow::{Context as _, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::build::{self, PAGE_SOURCES, WORKER_SOURCES};
use crate::fingerprint::is_generated;
use crate::process;
use crate::project::Project;

/// Editors write several files for one save; a build begins when they have been quiet for this
/// long.
const QUIET: Duration = Duration::from_millis(300);

/// Watches the sources, and builds on a thread of its own. The watch ends when the result is
/// dropped.
pub(super) fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    project: &'scope Project,
) -> Result<RecommendedWatcher> {
    let (sender, changes) = channel();
    let root = project.root.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_change(&root, &event)) {
            // The receiver is gone only when everything stops.
            let _ = sender.send(());
        }
    })
    .context("watching the sources")?;
    let mut folders: Vec<&str> = PAGE_SOURCES.into_iter().chain(WORKER_SOURCES).collect();
    folders.sort_unstable();
    folders.dedup();
    for folder in folders {
        let path = project.path(folder);
        watcher
            .watch(&path, RecursiveMode::Recursive)
            .with_context(|| format!("watching `{}`", path.display()))?;
    }
    scope.spawn(move || rebuild(project, &changes));
    Ok(watcher)
}

fn is_change(root: &Path, event: &Event) -> bool {
    !matches!(event.kind, EventKind::Access(_))
        && event.paths.iter().any(|path| is_source(root, path))
}

/// Whether no folder between the root and the file, nor the file itself, is one that builds or
/// editors write.
fn is_source(root: &Path, path: &Path) -> bool {
    let below = path.ancestors().take_while(|part| *part != root);
    !below.into_iter().any(is_generated)
}

/// Builds after each burst of changes. A build that fails leaves the last good one running.
fn rebuild(project: &Project, changes: &Receiver<()>) {
    while changes.recv().is_ok() {
        loop {
            match changes.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        for build in [build::page, build::worker] {
            match build(project) {
                Ok(()) => {}
                Err(_) if process::interrupted() => return,
                Err(error) => println!("{error:#}; the last good build stays"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builds_and_editors_write_is_no_change() {
        let root = Path::new("/.hidden/clone");
        for (path, expected) in [
            ("edge/src/lib.rs", true),
            ("www/index.html", true),
            ("edge/src/.lib.rs.swp", false),
            ("app/.idea/workspace.xml", false),
            ("app/src/lib.rs~", false),
        ] {
            assert_eq!(is_source(root, &root.join(path)), expected, "{path}");
        }
    }
}
