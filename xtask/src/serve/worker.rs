//! `wrangler dev`: the Worker in workerd, with a local KV, quiet and without the internet.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use super::origins::{DemoOrigin, configuration};
use crate::process::{self, Process};
use crate::project::Project;

const START_LIMIT: Duration = Duration::from_secs(90);

/// No account, no telemetry, no update check, no questions.
const QUIET: [(&str, &str); 6] = [
    ("CI", "1"),
    ("CLOUDFLARE_CF_FETCH_ENABLED", "false"),
    ("WRANGLER_HIDE_BANNER", "true"),
    ("WRANGLER_LOG", "warn"),
    ("WRANGLER_SEND_ERROR_REPORTS", "false"),
    ("WRANGLER_SEND_METRICS", "false"),
];

pub(super) fn start(project: &Project, port: u16, origins: &[DemoOrigin]) -> Result<Process> {
    let mut wrangler = project.command(project.npm_program("wrangler"));
    wrangler
        .args(["dev", "--ip", "127.0.0.1", "--port", &port.to_string()])
        .args(["--var", &format!("GOMUJUL_CONFIG:{}", configuration(origins))])
        .args(["--test-scheduled", "--show-interactive-dev-session=false"])
        .envs(QUIET);
    if !std::io::stdout().is_terminal() {
        wrangler.env("NO_COLOR", "1");
    }
    Process::start(wrangler, "wrangler dev")
}

/// Waits until the port answers HTTP, whatever the answer is.
pub(super) fn wait_until_ready(worker: &mut Process, port: u16) -> Result<()> {
    let url = format!("http://127.0.0.1:{port}/_lb/");
    let started = Instant::now();
    while started.elapsed() < START_LIMIT {
        if let Some(status) = worker.ended()? {
            bail!("{} ended while starting: {status}", worker.name());
        }
        match get(&url, Duration::from_secs(2)) {
            Ok(_) => return Ok(()),
            Err(_) => process::sleep(Duration::from_millis(100))?,
        }
    }
    bail!("{} did not answer at {url} within {} s", worker.name(), START_LIMIT.as_secs())
}

/// The status of an answer; only a failed connection or a timeout is an error.
pub(super) fn get(url: &str, timeout: Duration) -> Result<u16, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(timeout))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build();
    let mut answer = ureq::Agent::new_with_config(config).get(url).call()?;
    // To the end: workerd complains about clients that leave before it.
    answer.body_mut().read_to_vec()?;
    Ok(answer.status().as_u16())
}
