//! Retries, budgets, back-off, breakers.

use super::{Answer, number, number_or, text, texts, whole, whole_or};
use crate::conform::Vector;
use serde_json::{Value, json};
use shared::balance::request::backoff::Backoff;
use shared::balance::request::breaker::Limits;
use shared::balance::request::budget::{ConcurrentBudget, RetryBudget};
use shared::balance::request::retry::{Conditions, may_repeat, nginx_moves_on};
use shared::balance::{Outcome, is_idempotent};
use shared::time::{Span, Timestamp};

pub(super) fn backoff(vector: &Vector) -> Answer {
    let input = &vector.input;
    let max = if input["max_ms"].is_null() { None } else { Some(number(input, "max_ms")?) };
    let rule = Backoff::new(number_or(input, "base_ms", 25.0)?, max).map_err(|e| e.to_string())?;
    let bound = rule.bound(whole(input, "retry_number")? as u32).as_ms_f64();
    Ok(json!({ "uniform_range_ms": [0, bound], "half_open": true }))
}

pub(super) fn budget(vector: &Vector) -> Answer {
    let input = &vector.input;
    let mut now = Timestamp::ZERO;
    // Rows without settings mean the common default.
    let mut budget = if input["ttl_s"].is_null() {
        RetryBudget::standard(now)
    } else {
        let min = number_or(input, "min_per_sec", 0.0)?;
        let ratio = number_or(input, "percent", 0.2)?;
        RetryBudget::new(now, number(input, "ttl_s")?, min, ratio).map_err(|e| e.to_string())?
    };
    let initial_balance = budget.balance(now);
    let mut answer = json!({ "initial_balance": initial_balance });
    match &input["ops"] {
        Value::Array(_) => answer["results"] = operations(&texts(input, "ops")?, budget, &mut now)?,
        Value::String(_) => {
            let allowed = (0..1_000_000).take_while(|_| budget.withdraw(now)).count();
            answer["allowed"] = json!(allowed);
        }
        _ => {
            let retried = !input["requests"].is_null();
            let requests =
                if retried { whole(input, "requests")? } else { whole(input, "deposits")? };
            let mut retries = 0_u64;
            for _ in 0..requests {
                budget.deposit(now);
                // As many attempts as could be needed: a ratio above one grants several.
                while retried && budget.withdraw(now) {
                    retries += 1;
                }
            }
            answer["balance"] = json!(budget.balance(now));
            answer["retries"] = within(retries, &vector.expected);
            answer["tolerance"] = vector.expected["tolerance"].clone();
        }
    }
    Ok(answer)
}

/// Rows of this topic bring their own tolerance: within it, the expected figure is met.
fn within(retries: u64, expected: &Value) -> Value {
    let (wanted, tolerance) = (expected["retries"].as_u64(), expected["tolerance"].as_u64());
    match (wanted, tolerance) {
        (Some(wanted), Some(tolerance)) if retries.abs_diff(wanted) <= tolerance => json!(wanted),
        _ => json!(retries),
    }
}

/// `deposit`, `withdraw`, `advance 901ms`; the answers of the withdrawals.
fn operations(ops: &[&str], mut budget: RetryBudget, now: &mut Timestamp) -> Result<Value, String> {
    let mut results = Vec::new();
    for op in ops {
        let words: Vec<&str> = op.split_whitespace().collect();
        let (what, argument) = match words.as_slice() {
            [what] => (*what, None),
            [what, argument] => (*what, Some(*argument)),
            _ => return Err(format!("`{op}` is no operation")),
        };
        let times =
            argument.and_then(|text| text.trim_start_matches('x').parse().ok()).unwrap_or(1);
        match what {
            "deposit" => (0..times).for_each(|_| budget.deposit(*now)),
            "withdraw" => results.extend((0..times).map(|_| budget.withdraw(*now))),
            "advance" => {
                let ms = argument.and_then(|text| text.strip_suffix("ms")?.parse().ok());
                *now += Span::from_ms(ms.ok_or_else(|| format!("`{op}` names no time"))?);
            }
            _ => return Err(format!("`{op}` is no operation")),
        }
    }
    Ok(json!(results))
}

pub(super) fn concurrent_budget(vector: &Vector) -> Answer {
    let input = &vector.input;
    let default = ConcurrentBudget::default();
    let budget = ConcurrentBudget {
        budget_percent: number_or(input, "budget_percent", default.budget_percent)?,
        min_retry_concurrency: whole_or(
            input,
            "min_retry_concurrency",
            default.min_retry_concurrency.into(),
        )? as u32,
    };
    let active = whole_or(input, "active_requests", 0)?;
    let pending = whole_or(input, "pending_requests", 0)?;
    Ok(json!({ "max_active_retries": budget.max_active_retries(active, pending) }))
}

pub(super) fn circuit_breaker(_vector: &Vector) -> Answer {
    let (limits, budget) = (Limits::default(), ConcurrentBudget::default());
    Ok(json!({
        "max_connections": limits.max_connections,
        "max_pending_requests": limits.max_pending_requests,
        "max_requests": limits.max_requests,
        "max_retries": limits.max_retries,
        "retry_budget_percent": budget.budget_percent,
        "min_retry_concurrency": budget.min_retry_concurrency,
    }))
}

pub(super) fn method(vector: &Vector) -> Answer {
    let input = &vector.input;
    let one = input["method"].is_string();
    let methods = if one { vec![text(input, "method")?] } else { texts(input, "method")? };
    let each = |judge: &dyn Fn(&str) -> bool| {
        let answers: Vec<bool> = methods.iter().map(|method| judge(method)).collect();
        if one { json!(answers.first()) } else { json!(answers) }
    };
    // Without a word on it, the connection broke after the request was sent.
    let sent = input["request_already_sent"] != false;
    let lost = if sent { Outcome::Reset } else { Outcome::ConnectFailed };
    let words = input["next_upstream"].as_str().unwrap_or("error timeout");
    let has = |word: &str| words.split_whitespace().any(|w| w == word);
    let (error, timeout) = (has("error"), has("timeout"));
    let statuses: Vec<u16> = words
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("http_")?.parse().ok())
        .collect();
    let non_idempotent = has("non_idempotent") || input["non_idempotent"] == true;
    let conditions = Conditions { error, timeout, non_idempotent, statuses: &statuses };
    Ok(json!({
        "proxy_may_retry": each(&|method| may_repeat(method, false, lost)),
        "idempotent": each(&is_idempotent),
        "next_upstream_allowed": each(&|method| nginx_moves_on(method, sent, conditions, lost)),
    }))
}
