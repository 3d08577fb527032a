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

/// Editors write several files for one save; a build begins when they have been quiet for this long.
const QUIET: Duration = Duration::from_millis(300);

/// Watches the sources, and builds on a thread of its own. The watch ends when the result is dropped.
pub(super) fn start<'scope>(
    scope: &'scope Scope<'scope, '_>,
    project: &'scope Project,
) -> Result<RecommendedWatcher> {
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_change(&event)) {
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

fn is_change(event: &Event) -> bool {
    let touches = |path: &Path| !path.ancestors().any(is_generated);
    !matches!(event.kind, EventKind::Access(_)) && event.paths.iter().any(|path| touches(path))
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
