//! `gomujul edge`: is the Worker's configuration right, and what does it cost?

use crate::output;
use shared::origins::{EdgeConfig, MAX_PROBES_PER_RUN};
use std::fs;
use std::io::Read as _;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The configuration as JSON, a wrangler.toml that holds it, or - for standard input.
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
}

pub(crate) fn run(args: &Args) -> Result<(), String> {
    let name = &args.config;
    let text = if name == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(name)
    };
    let text = text.map_err(|error| format!("{name}: {error}"))?;
    let text = if name.ends_with(".toml") { variable_of(&text) } else { Ok(text) };
    let text = text.map_err(|error| format!("{name}: {error}"))?;
    let config = EdgeConfig::from_json(&text).map_err(|error| format!("{name}: {error}"))?;
    let (pools, origins) = (config.pool_ids().count(), config.all_origins().count());
    let month = config.month(args.requests_per_s, args.cpu_ms, args.isolates, args.changes);
    let cost = month.cost();
    let probes = config.probes_per_run();
    output::line(&format!("right: {origins} origins in {pools} pools"))?;
    output::line(&format!("probes a minute   {probes} of {MAX_PROBES_PER_RUN}"))?;
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

/// The variable GOMUJUL_CONFIG of a wrangler.toml: a table or a text.
fn variable_of(wrangler: &str) -> Result<String, String> {
    let wrangler: toml::Table = wrangler.parse().map_err(|error| format!("{error}"))?;
    let variable = wrangler.get("vars").and_then(|vars| vars.get("GOMUJUL_CONFIG"));
    match variable {
        None => Err("there is no [vars.GOMUJUL_CONFIG]: docs/EDGE.md tells how to write it".into()),
        Some(toml::Value::String(text)) => Ok(text.clone()),
        Some(table) => serde_json::to_string(table).map_err(|error| error.to_string()),
    }
}
