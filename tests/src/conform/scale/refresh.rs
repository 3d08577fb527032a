//! Instance refresh.

use super::Check;
use super::input::{Answer, Input, at, verdict};
use serde_json::{Map, Value, json};
use shared::id::InstanceId;
use shared::scale::{Refresh, RefreshConfig, RefreshStep, replaced_at_a_time};
use shared::time::{Span, Timestamp};

pub(super) const TOPICS: &[(&str, Check)] = &[("instance_refresh", |v| verdict(v, refresh))];

fn refresh(input: &Input<'_>) -> Answer {
    let count = input.opt_u32("instances").unwrap_or(10);
    if !input.has("checkpoints") {
        let at_a_time = replaced_at_a_time(count, input.u32("min_healthy")?);
        return input.answer([("replaced_at_a_time", json!(at_a_time))]);
    }
    let minutes = |key| input.opt_f64(key).map(|minutes| Span::from_s_f64(minutes * 60.0));
    let warmup = minutes("warmup_min").unwrap_or(Span::ZERO);
    let config = RefreshConfig {
        min_healthy_percent: input.opt_u32("min_healthy").unwrap_or(90),
        checkpoints: input.numbers("checkpoints")?.into_iter().map(|at| at as u32).collect(),
        checkpoint_delay: minutes("delay_min").unwrap_or(Span::from_s(3_600)),
        ..RefreshConfig::default()
    };
    let mut refresh = Refresh::new(config, (1..=count).map(InstanceId));
    let (events, reached) = run(&mut refresh, warmup, input.opt_u32("replaced"));
    input.answer([
        ("events", json!(events)),
        ("percent", json!(reached.percent)),
        ("skipped", json!(reached.skipped)),
        ("notified", json!(reached.announced)),
    ])
}

/// The first checkpoint that was announced.
#[derive(Default)]
struct Reached {
    percent: u32,
    announced: u32,
    skipped: Vec<u32>,
}

/// Replacements run at once and are warm after `warmup`. Stops when `limit` are warm. Returns what
/// happened at each minute, and the first checkpoint.
fn run(refresh: &mut Refresh, warmup: Span, limit: Option<u32>) -> (Vec<Value>, Reached) {
    let (mut events, mut reached): (Vec<Value>, Option<Reached>) = (Vec::new(), None);
    let (mut warming, mut warm_total): (Vec<(Timestamp, usize)>, usize) = (Vec::new(), 0);
    'minutes: for minute in 0..10_000_u64 {
        let now = at(minute * 60);
        let mut event = Map::new();
        let due: usize = warming.iter().filter(|(at, _)| *at <= now).map(|(_, n)| n).sum();
        warming.retain(|(at, _)| *at > now);
        (0..due).for_each(|_| refresh.warmed());
        warm_total += due;
        if due > 0 {
            event.insert("warm".to_owned(), json!(due));
        }
        let mut done = false;
        while let Some(step) = refresh.next(now) {
            match step {
                RefreshStep::Replace(ids) => {
                    event.insert("replace".to_owned(), json!(ids.len()));
                    warming.push((now + warmup, ids.len()));
                }
                RefreshStep::Checkpoint { percent, announced, skipped } => {
                    event.insert("percent".to_owned(), json!(percent));
                    reached.get_or_insert(Reached { percent, announced, skipped });
                }
                RefreshStep::Done { percent } => {
                    event.insert("percent".to_owned(), json!(percent));
                    done = true;
                }
            }
        }
        if !event.is_empty() {
            event.insert("t_min".to_owned(), json!(minute));
            events.push(Value::Object(event));
        }
        if done || limit.is_some_and(|limit| warm_total >= limit as usize) {
            break 'minutes;
        }
    }
    (events, reached.unwrap_or_default())
}
