//! A Chromium for the browser tests: the one that is there, or one that we can get.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::console::Step;
use crate::process;
use crate::project::Project;

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PLACES: [&str; 2] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The person's choice, then what the system has, then what Playwright installed.
pub(crate) fn find(project: &Project) -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("CHROMIUM").filter(|chosen| !chosen.is_empty()) {
        return Some(PathBuf::from(chosen));
    }
    let folders: Vec<PathBuf> =
        env::split_paths(&env::var_os("PATH").unwrap_or_default()).collect();
    NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .chain(PLACES.iter().map(PathBuf::from))
        .find(|program| program.is_file())
        .or_else(|| of_playwright(project))
}

fn of_playwright(project: &Project) -> Option<PathBuf> {
    let mut node = project.command("node");
    node.args(["-p", "require('playwright-core').chromium.executablePath()"]);
    process::output(node).map(PathBuf::from).filter(|program| program.is_file())
}

pub(super) fn install(project: &Project, step: &Step) -> Result<()> {
    let log = project.scratch()?.join("install-chromium.log");
    for command in ways(project) {
        match process::run_logged(command, step, &log) {
            Ok(()) if find(project).is_some() => return Ok(()),
            Err(error) if error.is::<process::Interrupted>() => return Err(error),
            Ok(()) | Err(_) => step.report("that did not work, trying another way"),
        }
    }
    bail!(
        "no Chromium found, and it could not be installed: install chromium or Chrome with the \
         package manager of the system, or set CHROMIUM to the program (only the suite `browser` \
         needs it; log: {})",
        log.display()
    )
}

/// The system's package where we may install it, then Playwright's download.
fn ways(project: &Project) -> Vec<Command> {
    let mut ways = Vec::new();
    if let Some(administrator) = administrator(project) {
        let apt = |arguments: &[&str]| {
            let mut words = administrator.iter().chain(&["apt-get"]).copied();
            let mut command = project.command(words.next().unwrap_or("apt-get"));
            command.args(words).args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
            command
        };
        ways.push(apt(&["install", "-y", "--no-install-recommends", "chromium"]));
        ways.push(apt(&["update"]));
        ways.push(apt(&["install", "-y", "--no-install-recommends", "chromium"]));
    }
    let mut playwright = project.command(project.npm_program("playwright-core"));
    playwright.args(["install", "chromium"]);
    ways.push(playwright);
    ways
}

/// The words before `apt-get`: none for root, `sudo -n` where it asks for no password, `None` where
/// there is no apt.
fn administrator(project: &Project) -> Option<&'static [&'static str]> {
    let mut apt = project.command("apt-get");
    apt.arg("--version");
    process::output(apt)?;
    let mut id = project.command("id");
    id.arg("-u");
    if process::output(id).as_deref() == Some("0") {
        return Some(&[]);
    }
    let mut sudo = project.command("sudo");
    sudo.args(["-n", "true"]);
    process::output(sudo).map(|_| ["sudo", "-n"].as_slice())
}
