//! The result in words and numbers, for a terminal.

use crate::summary::{self, number};
use shared::cost::PriceUsed;
use shared::experiment::RunReport;
use shared::scale::{AlarmState, LifecycleState, Metric, PoolState};
use shared::sim::{FailureCause, Hop, LogEntry, LogEvent, RequestTally, RunResult, SloVerdict};
use std::fmt::Write as _;

/// The report that `simulate` prints without `--json`.
pub(crate) fn text(report: &RunReport) -> String {
    let mut out = String::new();
    let result = &report.run;
    // Writing to a string cannot fail.
    let _ = write_summary(&mut out, result);
    let _ = write_trust(&mut out, result);
    let _ = write_slo(&mut out, result);
    let _ = write_recoveries(&mut out, result);
    let _ = summary::write_theory(&mut out, &report.theory);
    let _ = write_nodes(&mut out, result);
    let _ = write_log(&mut out, result);
    out
}

fn write_summary(out: &mut String, result: &RunResult) -> std::fmt::Result {
    let RunResult { totals, latency, .. } = result;
    writeln!(
        out,
        "{}: {:.0} s simulated, seed {}",
        result.design, result.simulated_s, result.seed
    )?;
    if result.scaled_by > 1 {
        writeln!(
            out,
            "scaled        one part of {0} was simulated; counts and costs are taken {0} times, \
             latencies are those of the part",
            result.scaled_by
        )?;
    }
    writeln!(
        out,
        "requests      {} arrived, {} completed, {} failed, {} in flight",
        totals.arrived, totals.completed, totals.failed, totals.in_flight
    )?;
    if totals.failed > 0 {
        let causes = FailureCause::ALL.into_iter().zip(totals.failed_by_cause);
        let causes: Vec<String> =
            causes.map(|(cause, count)| format!("{count} {}", cause.name())).collect();
        writeln!(out, "failed        {}", causes.join(", "))?;
    }
    if totals.retries > 0 {
        writeln!(out, "retries       {}", totals.retries)?;
    }
    writeln!(out, "availability  {:.4} %", result.availability * 100.0)?;
    writeln!(
        out,
        "latency       mean {:.3} ms, p50 {:.3}, p95 {:.3}, p99 {:.3}, p99.9 {:.3}, max {:.3} \
         ({} requests)",
        latency.mean_ms,
        latency.p50_ms,
        latency.p95_ms,
        latency.p99_ms,
        latency.p999_ms,
        latency.max_ms,
        latency.count
    )?;
    write_parts(out, result)?;
    write_cost(out, result)?;
    writeln!(out, "digest        {} (engine {})", result.digest, result.engine_version)
}

/// Latency by class and by hop, where they are measured.
fn write_parts(out: &mut String, result: &RunResult) -> std::fmt::Result {
    let name = |id| result.nodes.iter().find(|node| node.id == id).map_or("", |node| &node.name);
    for class in &result.classes {
        let (latency, source) = (class.latency, name(class.source));
        writeln!(
            out,
            "class         {} of {source}: mean {:.3} ms, p50 {:.3}, p99 {:.3} ({} requests, {} failed)",
            class.name,
            latency.mean_ms,
            latency.p50_ms,
            latency.p99_ms,
            latency.count,
            class.failed
        )?;
    }
    for hop in &result.hops {
        let (latency, node) = (hop.latency, name(hop.node));
        let part = match hop.hop {
            Hop::Links => format!("links of {node}"),
            Hop::Queue => format!("queue of {node}"),
            Hop::Service => format!("work at {node}"),
            Hop::Connection { to } => format!("{node}: connection to {}", name(to)),
            Hop::Dependency { to } => format!("{node}: asking {}", name(to)),
        };
        writeln!(
            out,
            "hop           {part}: mean {:.3} ms, p50 {:.3}, p99 {:.3} ({} times)",
            latency.mean_ms, latency.p50_ms, latency.p99_ms, latency.count
        )?;
    }
    Ok(())
}

/// The bill by part, and where its prices come from.
fn write_cost(out: &mut String, result: &RunResult) -> std::fmt::Result {
    write!(out, "cost          ${:.4}", result.cost.total_usd())?;
    let parts = result.cost.parts().into_iter().filter(|(_, usd)| *usd > 0.0);
    for (i, (name, usd)) in parts.enumerate() {
        write!(out, "{} {name} ${usd:.4}", if i == 0 { ":" } else { "," })?;
    }
    writeln!(out)?;
    for price in &result.prices {
        let PriceUsed { item, per, source, date, .. } = price;
        match price.usd {
            Some(usd) => {
                let doubt = if price.verified { "" } else { "; unverified" };
                writeln!(out, "price         {item} ${usd} per {per} ({source}, {date}{doubt})")?;
            }
            None => writeln!(out, "price         {item}: not known, counted as nothing")?,
        }
    }
    Ok(())
}

/// How far the figures can be trusted.
fn write_trust(out: &mut String, result: &RunResult) -> std::fmt::Result {
    let RunResult { intervals, checks, .. } = result;
    let width =
        |width: Option<f64>| width.map_or("unknown".to_owned(), |w| format!("± {}", number(w)));
    if let Some(mean) = intervals.mean_ms {
        writeln!(
            out,
            "95 % sure     mean ± {} ms, p50 {}, p95 {}, p99 {}, p99.9 {} ({} batches)",
            number(mean),
            width(intervals.p50_ms),
            width(intervals.p95_ms),
            width(intervals.p99_ms),
            width(intervals.p999_ms),
            intervals.batches
        )?;
    }
    let holds = |holds| if holds { "" } else { ", NOT conserved: please report this design" };
    writeln!(
        out,
        "Little's law  {} in flight for {}/s times {} ms, {:.2} % apart{}",
        number(checks.mean_in_flight),
        number(checks.arrival_rate_per_s),
        number(checks.mean_time_ms),
        checks.little_error * 100.0,
        holds(checks.conserved && checks.little_holds)
    )
}

/// What was promised, and whether it was kept.
fn write_slo(out: &mut String, result: &RunResult) -> std::fmt::Result {
    let Some(slo) = &result.slo else { return Ok(()) };
    let latency = format!("within {} ms", number(slo.latency_ms));
    for (what, it) in [("available", &slo.availability), (latency.as_str(), &slo.latency)] {
        let width = it.half_width.map_or(String::new(), |half| format!(" ± {:.4}", half * 100.0));
        let budget = it.budget_used.map_or(String::new(), |used| {
            format!(", {:.1} % of the error budget used", used * 100.0)
        });
        let verdict = match it.verdict {
            SloVerdict::Met => "met",
            SloVerdict::Missed => "MISSED",
            SloVerdict::TooClose => "too close to tell",
        };
        writeln!(
            out,
            "objective     {what}: {:.4}{width} % of {} for {} %: {verdict}{budget}",
            it.measured * 100.0,
            it.count,
            it.target * 100.0
        )?;
    }
    writeln!(out, "goodput       {} requests/s in time", number(slo.goodput_per_s))
}

/// How long it took to recover from what went wrong.
fn write_recoveries(out: &mut String, result: &RunResult) -> std::fmt::Result {
    for it in &result.recoveries {
        let what = result.log.get(it.entry as usize).map(event_text).unwrap_or_default();
        let after = match it.recovered_after_s {
            Some(after) if after <= 0.0 => "did no harm".to_owned(),
            Some(after) => format!("recovered after {after:.1} s, {} failed", it.failed),
            None => format!("NOT recovered, {} failed", it.failed),
        };
        writeln!(out, "recovery      {:.1} s  {what}: {after}", it.at_s)?;
    }
    Ok(())
}

fn write_nodes(out: &mut String, result: &RunResult) -> std::fmt::Result {
    for node in &result.nodes {
        write!(out, "node {:<8} {}: {} requests", node.id.0, node.name, node.requests)?;
        if let Some(rules) = node.rules {
            let RequestTally { retries, copies, copies_won, refused, timeouts } = rules;
            write!(out, ", {retries} retries, {copies} second copies ({copies_won} won)")?;
            write!(out, ", {refused} refused, {timeouts} took too long")?;
        }
        if let Some(utilisation) = node.utilisation {
            write!(out, ", {:.1} % busy", utilisation * 100.0)?;
        }
        if let Some((fewest, most)) = node.servers {
            write!(out, ", {fewest} to {most} servers")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_log(out: &mut String, result: &RunResult) -> std::fmt::Result {
    for entry in &result.log {
        writeln!(out, "{:>9.1} s  {}", entry.at.as_s_f64(), event_text(entry))?;
    }
    if result.log_dropped > 0 {
        writeln!(out, "and {} events more", result.log_dropped)?;
    }
    Ok(())
}

fn event_text(entry: &LogEntry) -> String {
    match &entry.event {
        LogEvent::RateFactor { factor } => format!("rate set to {factor} times the design's"),
        LogEvent::SpikeBegan { factor, for_s } => {
            format!("spike: {factor} times the rate for {for_s} s")
        }
        LogEvent::SpikeEnded => "spike over".to_owned(),
        LogEvent::FaultBegan { .. } => fault_text(entry),
        LogEvent::FaultEnded { fault, .. } => format!("fault over: {}", fault.name()),
        LogEvent::FaultMissed { fault } => {
            format!("fault: {} found nothing to happen to", fault.name())
        }
        LogEvent::Stalled { events } => {
            format!("time stands still after {events} events at one moment: the run ends here")
        }
        LogEvent::Alarm { .. } => alarm_text(&entry.event),
        LogEvent::DesiredCapacity { from, to } => format!("desired capacity {from} to {to}"),
        LogEvent::Launched { instance } => format!("{instance} launched"),
        LogEvent::LaunchFailed { instance } => {
            format!("{instance} could not be launched: no capacity")
        }
        LogEvent::SpotInterruption { instance } => {
            format!("{instance} received a Spot interruption notice: two minutes left")
        }
        LogEvent::RefreshStarted => "instance refresh started".to_owned(),
        LogEvent::RefreshProgress { percent, checkpoint } => {
            format!("instance refresh: {percent} % replaced, checkpoint {checkpoint} %")
        }
        LogEvent::Instance { instance, state, age_s } => {
            let state = match state {
                LifecycleState::Booting => "boots",
                LifecycleState::Checking => "runs and waits for its health check",
                LifecycleState::InService => "in service",
                LifecycleState::Draining => "draining",
                LifecycleState::Terminated => "terminated",
                other => other.aws_name(PoolState::Stopped),
            };
            format!("{instance} {state}, {age_s:.0} s after launch")
        }
        LogEvent::Crashed { instance, lost } => {
            format!("{instance} crashed, {lost} requests lost")
        }
        LogEvent::Health { instance, backend, healthy } => {
            let who = instance.map_or(format!("node {}", backend.0), |i| i.to_string());
            format!("{who} {}", if *healthy { "healthy" } else { "unhealthy" })
        }
    }
}

fn fault_text(entry: &LogEntry) -> String {
    let LogEvent::FaultBegan { fault, instance, to, amount, for_s } = &entry.event else {
        return String::new();
    };
    let node = entry.node.0;
    let place = match (instance, to) {
        (Some(instance), _) => format!(" of {instance} of node {node}"),
        (None, Some(to)) => format!(" between nodes {node} and {}", to.0),
        (None, None) if node > 0 => format!(" at node {node}"),
        (None, None) => String::new(),
    };
    let amount = amount.map_or(String::new(), |amount| format!(" ({amount})"));
    format!("fault: {}{place}{amount} for {for_s:.1} s", fault.name())
}

fn alarm_text(event: &LogEvent) -> String {
    let LogEvent::Alarm {
        to, metric, value, threshold, high, breaching, evaluation_periods, ..
    } = event
    else {
        return String::new();
    };
    let to = match to {
        AlarmState::Ok => "OK",
        AlarmState::Alarm => "ALARM",
        AlarmState::InsufficientData => "INSUFFICIENT_DATA",
    };
    let (name, unit) = match metric {
        Metric::AverageCpuUtilization => ("average CPU", " %"),
        other => (other.name(), ""),
    };
    let value = value.map_or("no data".to_owned(), |value| format!("{value:.1}{unit}"));
    let sign = if *high { ">" } else { "<" };
    format!(
        "{name} {value}, {breaching} of {evaluation_periods} periods {sign} {threshold}{unit}: {to}"
    )
}
