//! Billing, load balancer units, burst credits, prices.

use super::Check;
use super::input::{Answer, Input, verdict, verdict_within};
use crate::conform::Vector;
use serde_json::{Value, json};
use shared::cost::{
    CreditRate, DataOutTier, Ec2State, LcuUsage, PriceBook, Region, billed, data_out_usd,
    hours_begun,
};
use shared::time::Span;

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("billing", |v| verdict(v, billing)),
    ("cost", |v| verdict_within(v, cost_tolerance(v), cost)),
    ("cpu_credits", |v| verdict(v, credits)),
    ("lcu", |v| verdict(v, lcu)),
];

/// An invoice is rounded to cents; everything else is computed.
fn cost_tolerance(vector: &Vector) -> f64 {
    if vector.input.get("data_out_gb").is_some() { 5e-3 } else { 1e-9 }
}

fn billing(input: &Input<'_>) -> Answer {
    if input.has("instance_state") {
        let name = input.str("instance_state")?;
        let state = Ec2State::ALL.into_iter().find(|state| state.name() == name);
        let state = state.ok_or(format!("instance state {name}"))?;
        return input.answer([("billed", json!(state.is_billed()))]);
    }
    let runs = if input.has("runs_s") {
        input.numbers("runs_s")?
    } else {
        // Several starts share the running time equally.
        let starts = input.opt_u32("starts").unwrap_or(1).max(1);
        vec![input.f64("running_s")? / f64::from(starts); starts as usize]
    };
    let seconds: f64 = runs.into_iter().map(|run| billed(Span::from_s_f64(run)).as_s_f64()).sum();
    input.answer([("billed_s", json!(seconds))])
}

fn cost(input: &Input<'_>) -> Answer {
    let span = if input.has("hours") {
        Span::from_s_f64(input.f64("hours")? * 3_600.0)
    } else if input.has("partial_hour_minutes") {
        Span::from_s_f64(input.f64("partial_hour_minutes")? * 60.0)
    } else {
        Span::from_s_f64(input.opt_f64("seconds").unwrap_or(0.0))
    };
    if input.has("alb_hour_usd") {
        let hours = hours_begun(span) as f64;
        let base = hours * input.f64("alb_hour_usd")?;
        let units = input.opt_f64("lcu").unwrap_or(0.0);
        let units = hours * units * input.opt_f64("lcu_hour_usd").unwrap_or(0.0);
        return input.answer([
            ("base_usd", json!(base)),
            ("alb_usd", json!(base)),
            ("lcu_usd", json!(units)),
            ("total_usd", json!(base + units)),
        ]);
    }
    if input.has("data_out_gb") {
        let tier = DataOutTier { up_to_gb: f64::INFINITY, usd_per_gb: input.f64("usd_per_gb")? };
        let usd = data_out_usd(input.f64("data_out_gb")?, &[tier]);
        return input.answer([("usd", json!(usd))]);
    }
    let count = input.opt_f64("count").unwrap_or(1.0);
    let usd_per_hour = match input.opt_f64("usd_per_hour") {
        Some(usd) => usd,
        None => table_price(input)?,
    };
    let left = 1.0 - input.opt_f64("discount_percent").unwrap_or(0.0) / 100.0;
    let usd = count * billed(span).as_s_f64() / 3_600.0 * usd_per_hour * left;
    input.answer([("usd", json!(usd)), ("usd_per_hour", json!(usd_per_hour))])
}

/// The price of the row's instance type in its region.
fn table_price(input: &Input<'_>) -> Result<f64, String> {
    let region = match input.get("region") {
        Value::Null => Region::UsEast1,
        name => serde_json::from_value(name.clone()).map_err(|error| error.to_string())?,
    };
    let price = PriceBook::new(region).instance(input.str("type")?).map(|price| price.usd);
    price.map_err(|error| error.to_string())
}

fn credits(input: &Input<'_>) -> Answer {
    let name = input.str("type")?;
    let rate = *CreditRate::of(name).ok_or(format!("{name} has no credits"))?;
    // Numbers that a row gives must be those of the table.
    for (key, value) in [("credits_per_hour", rate.per_hour), ("vcpu", f64::from(rate.vcpus))] {
        if input.opt_f64(key).is_some_and(|given| (given - value).abs() > 1e-9) {
            return Err(format!("{key} of {name} is {value} here"));
        }
    }
    let span = Span::from_s_f64(input.opt_f64("hours").unwrap_or(0.0) * 3_600.0);
    let (earned, spent) =
        (rate.earned(span), rate.spent(input.opt_f64("avg_cpu_percent").unwrap_or(0.0), span));
    input.answer([
        ("baseline_percent", json!(rate.baseline_percent())),
        ("max_accrued", json!(rate.max_accrued())),
        ("earned", json!(earned)),
        ("spent", json!(spent)),
        ("net", json!(earned - spent)),
    ])
}

fn lcu(input: &Input<'_>) -> Answer {
    let number = |key| input.opt_f64(key).unwrap_or(0.0);
    let usage = LcuUsage {
        new_connections_per_s: number("new_conn_per_s"),
        active_connections: number("active_conn_per_min"),
        gb_per_hour: number("gb_per_hour"),
        function_gb_per_hour: number("lambda_target_gb_per_hour"),
        requests_per_s: number("requests_per_s"),
        rules: input.opt_u32("rules").unwrap_or(0),
        mutual_tls: input.flag("mtls") || input.flag("mutual_tls"),
    };
    let units = usage.units();
    let by_dimension: Value = json!({
        "new": units.new_connections,
        "active": units.active_connections,
        "bytes": units.bytes,
        "rules": units.rules,
    });
    input.answer([("lcu_per_hour", json!(units.billed())), ("by_dimension", by_dimension)])
}
