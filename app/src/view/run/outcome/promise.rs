//! What was promised and whether the run kept it; why requests failed; how long it took to recover.

use super::super::words;
use super::{line, name, part};
use crate::i18n::{self, Locale, units};
use crate::run::RunState;
use shared::sim::{FailureCause, Objective, Recovery, RunResult, SloVerdict};
use yew::prelude::*;

/// The key of a cause of failure.
pub(in crate::view::run) const fn cause_key(cause: FailureCause) -> &'static str {
    match cause {
        FailureCause::NoBackend => "cause-no-backend",
        FailureCause::QueueFull => "cause-queue-full",
        FailureCause::ConnectFailed => "cause-connect-failed",
        FailureCause::Reset => "cause-reset",
        FailureCause::Timeout => "cause-timeout",
        FailureCause::ConnectionTimeout => "cause-connection-timeout",
        FailureCause::ServerError => "cause-server-error",
    }
}

/// The objectives of the run, or how to set some.
pub(super) fn slo(locale: Locale, result: &RunResult) -> Html {
    let rows = match &result.slo {
        None => html! { <p class="outcome-note">{ i18n::text(locale, "slo-none") }</p> },
        Some(slo) => {
            let target = [("latency", units::ms(slo.latency_ms).into())];
            let goodput = units::rate_per_s(locale, slo.goodput_per_s);
            html! {
                <dl>
                    { objective(locale, i18n::text(locale, "slo-availability"), &slo.availability) }
                    { objective(locale, i18n::format(locale, "slo-latency", &target), &slo.latency) }
                    { line("goodput".to_owned(), name(locale, "slo-goodput"), goodput, None) }
                </dl>
            }
        }
    };
    part(locale, "slo-title", rows)
}

fn objective(locale: Locale, what: String, objective: &Objective) -> Html {
    let (key, good) = match objective.verdict {
        SloVerdict::Met => ("slo-met", Some(true)),
        SloVerdict::Missed => ("slo-missed", Some(false)),
        SloVerdict::TooClose => ("slo-too-close", None),
    };
    let share = |share: f64| units::availability(share);
    let measured = match objective.half_width {
        Some(half_width) if half_width > 0.0 => {
            format!("{} ± {}", share(objective.measured), units::percent(half_width))
        }
        _ => share(objective.measured),
    };
    let args = [
        ("measured", measured.into()),
        ("target", share(objective.target).into()),
        ("verdict", i18n::text(locale, key).into()),
    ];
    let mut value = i18n::format(locale, "slo-objective", &args);
    if let Some(used) = objective.budget_used {
        let used = [("used", units::percent(used).into())];
        value = format!("{value} · {}", i18n::format(locale, "slo-budget", &used));
    }
    line(what.clone(), what, value, good)
}

/// Failures by cause, and how long it took to recover from what went wrong; nothing if nothing did.
pub(super) fn troubles(locale: Locale, state: &RunState, result: &RunResult) -> Html {
    let causes = FailureCause::ALL.into_iter().zip(result.totals.failed_by_cause);
    let causes = causes.filter(|(_, count)| *count > 0).map(|(cause, count)| {
        let key = cause_key(cause);
        line(key.to_owned(), i18n::text(locale, key), units::grouped(count), None)
    });
    let causes: Vec<Html> = causes.collect();
    let recovered = result.recoveries.iter().take(SHOWN);
    let recovered: Vec<Html> = recovered.filter_map(|it| recovery(locale, state, it)).collect();
    if causes.is_empty() && recovered.is_empty() {
        return part(
            locale,
            "trouble-title",
            html! { <p class="outcome-note">{ i18n::text(locale, "trouble-none") }</p> },
        );
    }
    part(locale, "trouble-title", html! { <dl>{ for causes }{ for recovered }</dl> })
}

/// Recoveries shown; `gomujul simulate` tells of all.
const SHOWN: usize = 12;

fn recovery(locale: Locale, state: &RunState, recovery: &Recovery) -> Option<Html> {
    let design = state.design.as_deref()?;
    let what = state.log.read(|log| {
        let entry = log.get(recovery.entry as usize)?;
        let clock = units::clock(state.starts_at_s, entry.at);
        Some(format!("{clock} {}", words::entry(locale, design, entry)))
    })?;
    let args = |after: f64| {
        [
            ("after", units::duration_s(locale, after).into()),
            ("failed", units::grouped(recovery.failed).into()),
        ]
    };
    let (value, good) = match recovery.recovered_after_s {
        Some(after) if after <= 0.0 => (i18n::text(locale, "recovery-no-harm"), Some(true)),
        Some(after) => (i18n::format(locale, "recovery-after", &args(after)), None),
        None => (i18n::format(locale, "recovery-never", &args(0.0)), Some(false)),
    };
    Some(line(format!("recovery-{}", recovery.entry), what, value, good))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_words() {
        for locale in Locale::ALL {
            for cause in FailureCause::ALL {
                assert!(!i18n::text(locale, cause_key(cause)).starts_with('⟨'), "{cause:?}");
            }
        }
    }
}
