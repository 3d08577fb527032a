//! `wrangler dev`: the Worker in workerd, with a local KV, quiet and without the internet.

use std::fs;
use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use toml::{Table, Value};

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

/// Starts it; who brings `token` may change things in its console.
pub(super) fn start(
    project: &Project,
    port: u16,
    origins: &[DemoOrigin],
    token: &str,
) -> Result<Process> {
    let config = project.scratch()?.join("wrangler.toml");
    let original = project.read("wrangler.toml")?;
    let text = local_config(&original, project, &configuration(origins), token)?;
    fs::write(&config, text).with_context(|| format!("writing `{}`", config.display()))?;
    let mut wrangler = project.command(project.npm_program("wrangler"));
    wrangler
        .args(["dev", "--ip", "127.0.0.1", "--port", &port.to_string()])
        .args(["--test-scheduled", "--show-interactive-dev-session=false"])
        .arg("--config")
        .arg(config)
        // Beside the state of a wrangler that somebody starts by hand.
        .arg("--persist-to")
        .arg(project.path(".wrangler/state"))
        .envs(QUIET);
    if !std::io::stdout().is_terminal() {
        wrangler.env("NO_COLOR", "1");
    }
    Process::start(wrangler, "wrangler dev")
}

/// The project's wrangler.toml for this machine: without its build command, because `serve` builds
/// by itself and must not wait for a second cargo; with the demo origins and what is a secret
/// elsewhere; with absolute paths, because wrangler counts relative ones from the file.
fn local_config(text: &str, project: &Project, origins: &str, token: &str) -> Result<String> {
    let mut config: Table = text.parse().context("wrangler.toml is not TOML")?;
    config.remove("build");
    let absolute = |path: &str| Value::from(project.path(path).to_string_lossy().into_owned());
    let main = config.get("main").and_then(Value::as_str).context("wrangler.toml has no `main`")?;
    config.insert("main".to_owned(), absolute(main));
    let assets = config.get_mut("assets").and_then(Value::as_table_mut);
    if let Some(directory) = assets.and_then(|assets| assets.get_mut("directory")) {
        *directory = absolute(directory.as_str().unwrap_or_default());
    }
    let vars = config.entry("vars").or_insert_with(|| Value::Table(Table::new()));
    let vars = vars.as_table_mut().context("`vars` in wrangler.toml is not a table")?;
    vars.insert("GOMUJUL_CONFIG".to_owned(), Value::from(origins));
    vars.insert("GOMUJUL_TOKEN".to_owned(), Value::from(token));
    Ok(config.to_string())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_configuration_neither_builds_nor_depends_on_its_place() {
        let project = Project { root: "/clone".into(), target: "/clone/target".into() };
        let text = r#"
            name = "gomujul"
            main = "edge/build/index.js"
            [assets]
            directory = "dist"
            binding = "ASSETS"
            [build]
            command = "cargo xtask build worker"
        "#;
        let local: Table = local_config(text, &project, "{}", "t").unwrap().parse().unwrap();
        let expected: Table = r#"
            name = "gomujul"
            main = "/clone/edge/build/index.js"
            assets = { directory = "/clone/dist", binding = "ASSETS" }
            vars = { GOMUJUL_CONFIG = "{}", GOMUJUL_TOKEN = "t" }
        "#
        .parse()
        .unwrap();
        assert_eq!(local, expected);
    }
}
