//! Scheduled actions and predictive scaling.

use super::Check;
use super::input::{Answer, Input, at, clock, clock_s, verdict, within};
use super::rig::{Rig, config};
use serde_json::{Value, json};
use shared::scale::{
    Cron, Forecast, GroupConfig, LoadHistory, MaxCapacityBreach, PredictiveMode, PredictivePolicy,
    Proposal, SCHEDULED_DELAY_MAX, ScalingPolicy, ScheduledPolicy, TimeZone, combine,
};
use shared::time::Timestamp;

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("predictive", |v| verdict(v, predictive)),
    ("schedule_capacity", |v| verdict(v, capacity)),
    ("schedule_cron", |v| verdict(v, cron)),
];

/// Seconds since the Unix epoch of a text such as `2026-09-27T09:00:00Z`.
fn unix_s(text: &str) -> Result<i64, String> {
    let (date, _) = text.split_once('T').ok_or(format!("{text} is no time"))?;
    let mut parts = date.split('-').map(str::parse::<i64>);
    let (Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return Err(format!("{text} has no date"));
    };
    let years: i64 = (1970..year).map(days_of_year).sum();
    let months: i64 = month_lengths(year).iter().take(month as usize - 1).sum();
    let seconds = clock_s(text)? as i64;
    Ok((years + months + day - 1) * 86_400 + seconds)
}

fn days_of_year(year: i64) -> i64 {
    month_lengths(year).iter().sum()
}

fn month_lengths(year: i64) -> [i64; 12] {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
}

/// The text of a time, as in the rows.
fn iso(unix_s: i64) -> String {
    let (mut days, mut year, mut month) = (unix_s.div_euclid(86_400), 1970, 1);
    while days >= days_of_year(year) {
        days -= days_of_year(year);
        year += 1;
    }
    for length in month_lengths(year) {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    let time = clock(unix_s.rem_euclid(86_400) as u64);
    format!("{year:04}-{month:02}-{:02}T{time}", days + 1)
}

fn cron(input: &Input<'_>) -> Answer {
    let parsed = Cron::parse(input.str("cron")?).and_then(|cron| {
        cron.check_fires()?;
        Ok((cron, TimeZone::named(input.get("time_zone").as_str().unwrap_or("UTC"))?))
    });
    let next = match &parsed {
        Ok((cron, zone)) if input.has("after") => {
            cron.next_after(unix_s(input.str("after")?)?, zone).map(iso)
        }
        _ => None,
    };
    input.answer([("valid", json!(parsed.is_ok())), ("next_utc", json!(next))])
}

/// A real group whose action is due within a minute.
fn capacity(input: &Input<'_>) -> Answer {
    if input.has("scheduled_at_s") {
        let due = input.f64("scheduled_at_s")?;
        let window = [due, due + SCHEDULED_DELAY_MAX.as_s_f64()];
        return input.answer([("executed_between_s", json!(window))]);
    }
    let action = within(input.get("action"));
    let size = |name: &str, alias: &str| action.opt_u32(name).or_else(|| action.opt_u32(alias));
    let policy = ScheduledPolicy {
        recurrence: "* * * * *".to_owned(),
        time_zone: None,
        min_size: size("min", "min_size"),
        max_size: size("max", "max_size"),
        desired_capacity: size("desired", "desired_capacity"),
    };
    let policies = vec![ScalingPolicy::Scheduled(policy)];
    let sizes = config(input.u32("min")?, input.u32("max")?);
    let mut rig = Rig::new(GroupConfig { policies, ..sizes }, input.u32("desired")?)?;
    rig.group.handle_timeout(at(60), &mut rig.out);
    let after = rig.group.capacity();
    input.answer([
        ("min", json!(after.min)),
        ("max", json!(after.max)),
        ("desired", json!(after.desired)),
    ])
}

fn predictive(input: &Input<'_>) -> Answer {
    let policy = PredictivePolicy {
        target_value: 1.0,
        mode: match input.get("mode").as_str() {
            Some("ForecastOnly") => PredictiveMode::ForecastOnly,
            _ => PredictiveMode::ForecastAndScale,
        },
        max_capacity_breach: match input.get("max_capacity_breach").as_str() {
            Some("IncreaseMaxCapacity") => MaxCapacityBreach::IncreaseMaxCapacity,
            _ => MaxCapacityBreach::HonorMaxCapacity,
        },
        max_capacity_buffer_percent: input.opt_u32("buffer_percent").unwrap_or(0),
        ..PredictivePolicy::default()
    };
    if input.has("history_hours") {
        let mut history = LoadHistory::default();
        (0..input.u32("history_hours")?).for_each(|hour| history.push(f64::from(hour)));
        let forecast = policy.forecast(&history, Timestamp::ZERO);
        let horizon = forecast.as_ref().map_or(0, |forecast| forecast.capacity.len());
        let hours = |span: shared::time::Span| span.as_s_f64() / 3_600.0;
        return input.answer([
            ("forecast", json!(forecast.is_some())),
            ("horizon_h", json!(horizon)),
            ("granularity_h", json!(hours(Forecast::GRANULARITY))),
            ("refresh_h", json!(hours(Forecast::REFRESH))),
            ("history_used_h", json!(history.hours())),
        ]);
    }
    if input.has("max") {
        let predicted = input.opt_u32("predicted").or(input.opt_u32("forecast"));
        let max = policy.effective_max(predicted.ok_or("no forecast")?, input.u32("max")?);
        return input.answer([("effective_max", json!(max))]);
    }
    let predicted = input.opt_u32("forecast").or(input.opt_u32("predicted")).unwrap_or(0);
    let current = input.u32("current")?;
    let forecast = policy.capacity(predicted, if input.has("dynamic") { 0 } else { current });
    let wanted = std::iter::once(forecast).chain(input.opt_u32("dynamic"));
    let proposals: Vec<_> =
        (0..).zip(wanted).map(|(policy, capacity)| Proposal { policy, capacity }).collect();
    let desired = combine(&proposals).map(|winner| winner.capacity);
    input.answer([("desired", desired.map_or(Value::Null, Value::from))])
}
