//! Words for what a Worker tells.

use crate::i18n::{Arg, Locale, format, text};
use crate::live::{EventKind, OriginStatus, Status};
use shared::balance::Health;
use shared::origins::{ForcedHealth, OriginState, Override};

/// The state of the whole Worker.
pub(super) fn state_key(state: &str) -> &'static str {
    match state {
        "serving" => "live-serving",
        "unconfigured" => "live-unconfigured",
        _ => "live-misconfigured",
    }
}

/// How an origin is: class of its colour, sign, and key of its word. The sign tells it without
/// colour.
pub(super) fn standing(
    status: &Status,
    origin: &OriginStatus,
) -> (&'static str, &'static str, &'static str) {
    match (origin.state, origin.health.as_str()) {
        _ if status.is_standby(origin) => ("is-standby", "○", "live-standby"),
        (OriginState::Maintenance, _) => ("is-standby", "–", "live-maintenance"),
        (OriginState::Drain, _) => ("is-draining", "↓", "live-draining"),
        _ if origin.ejected_for_s.is_some() => ("is-failed", "×", "live-ejected"),
        (_, "healthy") => ("is-healthy", "✓", "live-healthy"),
        (_, "unhealthy") => ("is-failed", "×", "live-unhealthy"),
        _ => ("is-checking", "…", "live-initial"),
    }
}

fn health(locale: Locale, health: Health) -> String {
    match health {
        Health::Healthy => text(locale, "live-healthy"),
        Health::Unhealthy => text(locale, "live-unhealthy"),
        Health::Initial => text(locale, "live-initial"),
    }
}

fn wanted(locale: Locale, wanted: &Override) -> String {
    let state = wanted.state.map(|state| match state {
        OriginState::Ready => text(locale, "live-ready"),
        OriginState::Drain => text(locale, "live-draining"),
        OriginState::Maintenance => text(locale, "live-maintenance"),
    });
    let weight = wanted.weight.map(|it| format(locale, "live-weight-of", &[("weight", it.into())]));
    let forced = wanted.health.map(|forced| match forced {
        ForcedHealth::Healthy => text(locale, "live-force-healthy"),
        ForcedHealth::Unhealthy => text(locale, "live-force-unhealthy"),
    });
    let parts: Vec<String> = [state, weight, forced].into_iter().flatten().collect();
    if parts.is_empty() { text(locale, "live-wants-nothing") } else { parts.join(", ") }
}

/// What happened, as a sentence.
pub(super) fn event(locale: Locale, kind: &EventKind) -> String {
    let origin_of = |key: &str, origin: &str, pool: &str| {
        let args = [("origin", Arg::from(origin.to_owned())), ("pool", pool.to_owned().into())];
        format(locale, key, &args)
    };
    match kind {
        EventKind::Health { origin, health: found, reason } => {
            let args = [
                ("origin", Arg::from(origin.clone())),
                ("health", health(locale, *found).into()),
                ("reason", reason.clone().into()),
            ];
            format(locale, "live-event-health", &args)
        }
        EventKind::ConfigVersion { number: 0 } => text(locale, "live-event-variable"),
        EventKind::ConfigVersion { number } => {
            format(locale, "live-event-version", &[("number", (*number).into())])
        }
        EventKind::Override { origin, wanted: what } => {
            let args =
                [("origin", Arg::from(origin.clone())), ("wanted", wanted(locale, what).into())];
            format(locale, "live-event-override", &args)
        }
        EventKind::Alarm { pool, policy, state, value } => {
            let args = [
                ("pool", Arg::from(pool.clone())),
                ("policy", (*policy).into()),
                ("state", state.clone().into()),
                ("value", value.map_or_else(|| "–".to_owned(), |it| format!("{it:.1}")).into()),
            ];
            format(locale, "live-event-alarm", &args)
        }
        EventKind::Capacity { pool, from, to, cause } => {
            let args = [
                ("pool", Arg::from(pool.clone())),
                ("from", (*from).into()),
                ("to", (*to).into()),
                ("cause", cause.clone().into()),
            ];
            format(locale, "live-event-capacity", &args)
        }
        EventKind::Activated { pool, origin } => origin_of("live-event-activated", origin, pool),
        EventKind::InService { pool, origin } => origin_of("live-event-in-service", origin, pool),
        EventKind::Draining { pool, origin } => origin_of("live-event-draining", origin, pool),
        EventKind::Deactivated { pool, origin } => {
            origin_of("live-event-deactivated", origin, pool)
        }
        EventKind::Webhook { pool, desired, status } => {
            let answer = status.map_or_else(|| "–".to_owned(), |status| status.to_string());
            let args = [
                ("pool", Arg::from(pool.clone())),
                ("desired", (*desired).into()),
                ("answer", answer.into()),
            ];
            format(locale, "live-event-webhook", &args)
        }
    }
}
