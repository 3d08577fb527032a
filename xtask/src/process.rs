//! Running other programs so that none outlives this one.
//!
//! Each program leads a process group of its own (a job object on Windows), because wrangler starts
//! workerd and npm starts Node: ending only the first would leave the others behind, with the port
//! taken.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use process_wrap::std::{ChildWrapper, CommandWrap};

use crate::console::Step;

const POLL: Duration = Duration::from_millis(20);
const GRACE: Duration = Duration::from_secs(3);
const HEARTBEAT: Duration = Duration::from_secs(20);

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The person pressed Ctrl-C, or the system asked this program to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// From now on Ctrl-C does not end this program: whoever waits sees it and cleans up.
pub(crate) fn stop_on_ctrl_c() -> Result<()> {
    ctrlc::set_handler(interrupt).context("listening for Ctrl-C")
}

/// Asks every thread of this program to stop.
pub(crate) fn interrupt() {
    INTERRUPTED.store(true, Ordering::Relaxed);
}

pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Waits, but not longer than until an interruption.
pub(crate) fn sleep(duration: Duration) -> Result<(), Interrupted> {
    let end = Instant::now() + duration;
    loop {
        if interrupted() {
            return Err(Interrupted);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        thread::sleep(left.min(POLL));
    }
}

/// A running program with everything that it started. Dropping it ends them all.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Box<dyn ChildWrapper>,
}

impl Process {
    pub(crate) fn start(mut command: Command, name: &str) -> Result<Self> {
        command.stdin(Stdio::null());
        let program = command.get_program().to_string_lossy().into_owned();
        let mut group = CommandWrap::from(command);
        #[cfg(unix)]
        group.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        group.wrap(process_wrap::std::JobObject);
        let child = group.spawn().with_context(|| format!("starting {name} (`{program}`)"))?;
        Ok(Self { name: name.to_owned(), child })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("waiting for {}", self.name))
    }

    /// Waits for the end, or ends it when this program is interrupted.
    pub(crate) fn wait(mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            sleep(POLL)?;
        }
    }

    /// Asks the group to end, then insists.
    fn stop(&mut self) {
        self.ask();
        let end = Instant::now() + GRACE;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < end {
            thread::sleep(POLL);
        }
        // Also after a clean end of the first program: what it started may still be there. When
        // nothing is left of the group this fails, which is what we want.
        let _ = self.child.start_kill();
        let _ = self.child.wait();
    }

    #[cfg(unix)]
    fn ask(&mut self) {
        const SIGTERM: i32 = 15;
        // Fails when the group has ended already.
        let _ = self.child.signal(SIGTERM);
    }

    #[cfg(windows)]
    fn ask(&mut self) {
        let _ = self.child.start_kill();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Runs a program to its end; its output goes where ours goes.
pub(crate) fn run(command: Command, name: &str) -> Result<()> {
    let status = Process::start(command, name)?.wait()?;
    if status.success() { Ok(()) } else { Err(anyhow!("{name} failed: {status}")) }
}

/// Runs a program with its output in a file, says now and then what it is doing, and shows what
/// went wrong when it fails.
pub(crate) fn run_logged(mut command: Command, step: &Step, log: &Path) -> Result<()> {
    let file = File::create(log).with_context(|| format!("creating `{}`", log.display()))?;
    command.stdout(file.try_clone()?).stderr(file);
    let program = command.get_program().to_string_lossy().into_owned();
    let mut process = Process::start(command, &program)?;
    let mut next_report = HEARTBEAT;
    let status = loop {
        if let Some(status) = process.ended()? {
            break status;
        }
        sleep(POLL)?;
        if step.elapsed() >= next_report {
            next_report += HEARTBEAT;
            step.report(&progress(&lines(log)));
        }
    };
    if status.success() {
        return Ok(());
    }
    let problem = problem(&lines(log));
    bail!("{program} failed: {status}\n{problem}\n(everything: {})", log.display())
}

/// The lines of a log that say something.
fn lines(log: &Path) -> Vec<String> {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().filter(|line| !line.trim().is_empty()).map(ToOwned::to_owned).collect()
}

/// The newest line that reports progress: cargo's begin with a verb, those of a warning do not.
fn progress(lines: &[String]) -> String {
    let newest = lines.iter().rev().find(|line| line.trim().starts_with(char::is_uppercase));
    newest.map_or("working", |line| line.trim()).to_owned()
}

/// What a person needs to see of a failed command: from its first error on, or else its last words.
fn problem(lines: &[String]) -> String {
    const SHOWN: usize = 60;
    const LAST_WORDS: usize = 15;
    let first_error = lines.iter().position(|line| line.trim_start().starts_with("error"));
    let start = first_error.unwrap_or(lines.len().saturating_sub(LAST_WORDS));
    let shown: Vec<&str> = lines.iter().skip(start).take(SHOWN).map(String::as_str).collect();
    shown.join("\n")
}

/// The standard output of a short program, or `None` when it is not there or fails.
pub(crate) fn output(mut command: Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(text: &str) -> Vec<String> {
        text.lines().map(ToOwned::to_owned).collect()
    }

    #[test]
    fn progress_is_the_newest_verb() {
        let cargo = log("   Compiling yew\n   Compiling app\nwarning: unused\n  = note: here");
        assert_eq!(progress(&cargo), "Compiling app");
        assert_eq!(progress(&log("added 40 packages")), "working");
    }

    #[test]
    fn a_failure_is_shown_from_its_first_error_on() {
        let log = |text: &str| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>();
        let cargo =
            log("   Compiling app\nwarning: unused\nerror[E0425]: cannot find\n  --> lib.rs:1:1");
        assert_eq!(problem(&cargo), "error[E0425]: cannot find\n  --> lib.rs:1:1");
        assert_eq!(problem(&log("one\ntwo")), "one\ntwo", "no line that begins with `error`");
        assert_eq!(problem(&[]), "");
    }
}
