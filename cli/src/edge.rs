//! `gomujul edge`: the Worker's configuration: is it right, what does it cost, and how does a drawing
//! become one?

use crate::{input, output};
use shared::deploy;
use shared::json;
use shared::origins::{EdgeConfig, MAX_PROBES_PER_RUN};
use std::fs;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Says whether a configuration is right, what it does to the store, and what it costs a month.
    Check(Check),
    /// Prints the configuration that makes a Worker balance as a design does; on standard error, what
    /// to complete and what the Worker does otherwise.
    Export {
        /// A design file, a link, or - for standard input.
        design: String,
        /// The configuration that runs, as JSON or in a wrangler.toml: its origins keep their
        /// addresses, and what no drawing knows stays.
        #[arg(long)]
        running: Option<String>,
    },
}

#[derive(clap::Args)]
pub(crate) struct Check {
    /// The configuration as JSON, a wrangler.toml that holds it, or - for standard input.
    #[arg(default_value = "wrangler.toml")]
    config: String,
    /// Requests of clients a second, on average over the month.
    #[arg(long, default_value_t = 1.0)]
    requests_per_s: f64,
    /// CPU time of one request, milliseconds.
    #[arg(long, default_value_t = 1.0)]
    cpu_ms: f64,
    /// Isolates that are never idle. The platform decides; one serves some hundred requests a second.
    #[arg(long, default_value_t = 20)]
    isolates: u64,
    /// How often a day something changes in what is known of the origins.
    #[arg(long, default_value_t = 50)]
    changes: u64,
    /// Say nothing when it is right.
    #[arg(long)]
    quiet: bool,
}

pub(crate) fn run(command: &Command) -> Result<(), String> {
    match command {
        Command::Check(args) => check(args),
        Command::Export { design, running } => export(design, running.as_deref()),
    }
}

fn check(args: &Check) -> Result<(), String> {
    for (name, config) in read(&args.config)? {
        if !args.quiet {
            report(args, &name, &config)?;
        }
    }
    Ok(())
}

/// What a right configuration does.
fn report(args: &Check, name: &str, config: &EdgeConfig) -> Result<(), String> {
    let (pools, origins) = (config.pool_ids().count(), config.all_origins().count());
    let Check { requests_per_s, cpu_ms, isolates, changes, .. } = *args;
    let month = config.month(requests_per_s, cpu_ms, isolates, changes);
    let cost = month.cost();
    let probes = config.probes_per_run();
    output::line(&format!("{name}: right, {origins} origins in {pools} pools"))?;
    output::line(&format!("probes a minute   {probes} of {MAX_PROBES_PER_RUN}"))?;
    if config.needs_key() {
        output::line(
            "secret            GOMUJUL_KEY signs cookies and the webhook: set it with\n                  \
             npx wrangler secret put GOMUJUL_KEY (without it, GOMUJUL_TOKEN signs)",
        )?;
    }
    output::line(&format!(
        "assumed           {requests_per_s} requests/s of {cpu_ms} ms CPU, {isolates} busy isolates, \
         {changes} changes of health a day"
    ))?;
    output::line(&format!("a day             {} requests", month.requests / 30))?;
    output::line(&format!("                  {} KV reads, free: 100000", month.kv_reads / 30))?;
    output::line(&format!("                  {} KV writes, free: 1000", month.kv_writes / 30))?;
    let plan = if month.fits_free_plan() { "fits the free plan" } else { "needs the paid plan" };
    output::line(&format!(
        "a month           {plan}; paid: ${:.2} ($5 plan, {:.2} requests, {:.2} CPU, {:.2} KV)",
        cost.total_usd(),
        cost.requests_usd,
        cost.cpu_usd,
        cost.kv_usd,
    ))
}

fn export(design: &str, running: Option<&str>) -> Result<(), String> {
    let design = input::read(design)?;
    let running = match running {
        // The first: environments of a wrangler.toml come after its own variable.
        Some(name) => read(name)?.into_iter().next().map(|(_, config)| json::to_value(&config)),
        None => None,
    };
    let running = running.transpose().map_err(|error| error.to_string())?;
    let draft = deploy::from_design(&design, running.as_ref());
    for note in &draft.notes {
        eprintln!("note: {note}");
    }
    let text = json::write_indented(&draft.document).map_err(|error| error.to_string())?;
    output::line(&text)
}

/// The configurations in a file with what they are called: one, but for a wrangler.toml with
/// environments.
fn read(name: &str) -> Result<Vec<(String, EdgeConfig)>, String> {
    let text = if name == "-" {
        input::text(name)?
    } else {
        fs::read_to_string(name).map_err(|error| format!("{name}: {error}"))?
    };
    let texts = if name.ends_with(".toml") {
        variables(name, &text).map_err(|error| format!("{name}: {error}"))?
    } else {
        vec![(name.to_owned(), text)]
    };
    let read = |(name, text): (String, String)| match EdgeConfig::from_json(&text) {
        Ok(config) => Ok((name, config)),
        Err(error) => Err(format!("{name}: {error}")),
    };
    texts.into_iter().map(read).collect()
}

/// The variables GOMUJUL_CONFIG of a wrangler.toml, each a table or a text: its own, then those of
/// its environments.
fn variables(name: &str, wrangler: &str) -> Result<Vec<(String, String)>, String> {
    let wrangler: toml::Table = wrangler.parse().map_err(|error| format!("{error}"))?;
    let environments = wrangler.get("env").and_then(toml::Value::as_table);
    let environments = environments
        .into_iter()
        .flatten()
        .map(|(env, table)| (format!("{name}: env.{env}.vars.GOMUJUL_CONFIG"), table.get("vars")));
    let own = (format!("{name}: vars.GOMUJUL_CONFIG"), wrangler.get("vars"));
    let mut found = Vec::new();
    for (name, vars) in std::iter::once(own).chain(environments) {
        match vars.and_then(|vars| vars.get("GOMUJUL_CONFIG")) {
            None => {}
            Some(toml::Value::String(text)) => found.push((name, text.clone())),
            Some(table) => {
                found.push((name, json::write(table).map_err(|error| error.to_string())?));
            }
        }
    }
    if found.is_empty() {
        return Err("there is no [vars.GOMUJUL_CONFIG]: docs/EDGE.md tells how to write it".into());
    }
    Ok(found)
}
