//! Adjustments, bounds, weights, attaching.

use super::Check;
use super::input::{Answer, Input, at, verdict, verdict_within};
use super::rig::{Rig, config};
use serde_json::json;
use shared::scale::{
    AdjustmentType, Capacity, instances_for_units, price_per_unit, round_change,
    units_after_launch, weighted_desired,
};

pub(super) const TOPICS: &[(&str, Check)] = &[
    ("adjustment_apply", |v| verdict(v, apply)),
    ("adjustment_rounding", |v| verdict(v, rounding)),
    ("capacity_attach", |v| verdict(v, attach)),
    ("capacity_clamp", |v| verdict(v, clamp)),
    // A price per unit is published with three decimals.
    ("capacity_weights", |v| verdict_within(v, 5e-4, weights)),
    ("min_adjustment_magnitude", |v| verdict(v, apply)),
];

pub(super) fn adjustment_type(text: &str) -> Result<AdjustmentType, String> {
    match text {
        "ChangeInCapacity" => Ok(AdjustmentType::ChangeInCapacity),
        "ExactCapacity" => Ok(AdjustmentType::ExactCapacity),
        "PercentChangeInCapacity" => Ok(AdjustmentType::PercentChangeInCapacity),
        other => Err(format!("adjustment type {other}")),
    }
}

/// The bounds of a row, open where it gives none.
pub(super) fn bounds(input: &Input<'_>, desired: u32) -> Capacity {
    let (min, max) = (input.opt_u32("min").unwrap_or(0), input.opt_u32("max").unwrap_or(u32::MAX));
    Capacity { min, desired, max }
}

fn apply(input: &Input<'_>) -> Answer {
    let current = input.u32("current")?;
    let magnitude = input.opt_u32("min_adjustment_magnitude").unwrap_or(0);
    let adjustment_type = adjustment_type(input.str("adjustment_type")?)?;
    let wanted = adjustment_type.apply(current, input.i32("adjustment")?, magnitude);
    let desired = bounds(input, current).clamp(wanted);
    let change = i64::from(desired) - i64::from(current);
    input.answer([("desired", json!(desired)), ("change", json!(change))])
}

fn rounding(input: &Input<'_>) -> Answer {
    input.answer([("rounded", json!(round_change(input.f64("percent_result")?)))])
}

fn clamp(input: &Input<'_>) -> Answer {
    if !input.has("adjustment_units") {
        return apply(input);
    }
    let current = input.u32("current")?;
    let capacity = bounds(input, input.opt_u32("desired").unwrap_or(current));
    let desired = weighted_desired(capacity, current, input.i32("adjustment_units")?.into());
    let weight = input.opt_u32("weight_of_next_instance").unwrap_or(1);
    let after = units_after_launch(current, desired, weight);
    input.answer([("desired", json!(desired)), ("current_after", json!(after))])
}

fn attach(input: &Input<'_>) -> Answer {
    let (desired, max) = (input.u32("desired")?, input.u32("max")?);
    let mut rig = Rig::new(config(input.opt_u32("min").unwrap_or(0), max), desired)?;
    let attached = (0..input.opt_u32("attach").unwrap_or(0))
        .try_for_each(|_| rig.group.attach(at(0), &mut rig.out).map(|_| ()));
    let result = if attached.is_ok() { "ok" } else { "error" };
    input.answer([("result", json!(result)), ("desired", json!(rig.group.desired()))])
}

fn weights(input: &Input<'_>) -> Answer {
    if input.has("hourly_price") {
        let usd = price_per_unit(input.f64("hourly_price")?, input.u32("weight")?);
        return input.answer([("price_per_unit_hour", json!(usd))]);
    }
    if input.has("units_left_to_fill") {
        let (left, weight) = (input.u32("units_left_to_fill")?, input.u32("weight_launched")?);
        let overage = units_after_launch(0, left, weight) - left;
        return input.answer([("overage_units", json!(overage))]);
    }
    if input.has("desired_units") {
        let (desired, weight) = (input.u32("desired_units")?, input.u32("weight")?);
        let current = input.opt_u32("current_units").unwrap_or(0);
        return input.answer([
            ("instances", json!(instances_for_units(desired.saturating_sub(current), weight))),
            ("current_units", json!(units_after_launch(current, desired, weight))),
        ]);
    }
    let (before, current) = (input.u32("desired")?, input.u32("current")?);
    let desired = weighted_desired(bounds(input, before), current, input.i32("adjustment")?.into());
    let action = match desired.cmp(&before) {
        std::cmp::Ordering::Less => "scale_in",
        std::cmp::Ordering::Equal => "none",
        std::cmp::Ordering::Greater => "scale_out",
    };
    input.answer([("action", json!(action)), ("desired", json!(desired))])
}
