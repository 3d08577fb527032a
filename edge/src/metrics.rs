//! `/_lb/metrics`: what this isolate counted, as text for Prometheus. Pure.
//!
//! Each isolate has its own counters, which begin at zero with it; a scrape meets one of them. Rates
//! of one isolate are right, sums over all are not to be had this way.

use crate::fleet::Fleet;
use crate::state::State;
use shared::balance::Health;
use shared::id::BackendId;
use shared::time::Timestamp;
use std::fmt::Write as _;

/// The whole answer.
pub fn text(fleet: &Fleet, now: Timestamp) -> String {
    let mut page = Page::default();
    let pools = &fleet.pools;
    page.family("gomujul_upstream_requests_total", "counter", "Tries sent, by origin and status.");
    for (pool, id, member) in members(pools) {
        for (class, count) in (1..).zip(member.answers) {
            let code = format!("{class}xx");
            page.line(&[("pool", pool), ("origin", id), ("code", &code)], count as f64);
        }
        let failed = [("pool", pool), ("origin", id), ("code", "none")];
        page.line(&failed, member.failures as f64);
    }
    page.family(
        "gomujul_upstream_response_seconds_total",
        "counter",
        "Seconds until the heads of answers were there, together.",
    );
    for (pool, id, member) in members(pools) {
        page.line(&[("pool", pool), ("origin", id)], member.answering.as_s_f64());
    }
    page.family("gomujul_upstream_requests_active", "gauge", "Requests that wait for an answer.");
    for (pool, id, view) in views(pools) {
        page.line(&[("pool", pool), ("origin", id)], f64::from(view.map_or(0, |v| v.in_flight)));
    }
    page.family("gomujul_upstream_healthy", "gauge", "1 if this isolate sends it requests.");
    for (pool, id, view) in views(pools) {
        let serves = view.is_some_and(|view| {
            view.health == Health::Healthy && view.ejected_until.is_none() && view.weight > 0
        });
        page.line(&[("pool", pool), ("origin", id)], f64::from(u8::from(serves)));
    }
    page.family("gomujul_upstream_weight", "gauge", "Its part of the traffic.");
    for (pool, id, member) in members(pools) {
        page.line(&[("pool", pool), ("origin", id)], f64::from(member.weight));
    }
    page.family("gomujul_pool_retries_total", "counter", "Retries that the budget allowed.");
    for pool in pools {
        page.line(&[("pool", &pool.pool)], pool.retries.0 as f64);
    }
    page.family("gomujul_pool_retry_overflow_total", "counter", "Retries that it refused.");
    for pool in pools {
        page.line(&[("pool", &pool.pool)], pool.retries.1 as f64);
    }
    page.family("gomujul_errors_total", "counter", "Answers of the balancer's own, by reason.");
    for (reason, count) in &fleet.failures {
        page.line(&[("reason", reason)], *count as f64);
    }
    let groups = fleet.document().into_iter().flat_map(|document| &document.groups);
    page.family("gomujul_group_desired_capacity", "gauge", "Origins wanted in service.");
    for group in groups {
        page.line(&[("pool", &group.pool)], f64::from(group.desired));
    }
    page.family("gomujul_config_version", "gauge", "The configuration that runs; 0: variable.");
    page.line(&[], fleet.version as f64);
    page.family("gomujul_health_document_age_seconds", "gauge", "Since the cron wrote it.");
    if let Some(document) = fleet.document() {
        page.line(&[], now.since(document.checked_at()).as_s_f64());
    }
    page.text
}

fn members(pools: &[State]) -> impl Iterator<Item = (&str, &str, &crate::state::Member)> {
    pools.iter().flat_map(|pool| {
        pool.members.iter().map(|member| (pool.pool.as_str(), member.origin.id.as_str(), member))
    })
}

fn views(
    pools: &[State],
) -> impl Iterator<Item = (&str, &str, Option<shared::balance::BackendView>)> {
    pools.iter().flat_map(|pool| {
        (0..).map(BackendId).zip(&pool.members).map(|(id, member)| {
            (pool.pool.as_str(), member.origin.id.as_str(), pool.balancer.view(id))
        })
    })
}

/// The text exposition format. Names of pools and origins need no escapes: they are tokens.
#[derive(Default)]
struct Page {
    text: String,
    family: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.family = name;
        // Writing into a text cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, labels: &[(&str, &str)], value: f64) {
        self.text.push_str(self.family);
        let labels: Vec<String> =
            labels.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let _ = if labels.is_empty() {
            writeln!(self.text, " {value}")
        } else {
            writeln!(self.text, "{{{}}} {value}", labels.join(","))
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::balance::{Outcome, Request};
    use shared::origins::EdgeConfig;
    use shared::time::Span;

    #[test]
    fn what_was_counted_is_told() {
        let text_of = r#"{"origins": [{"id": "a", "url": "http://a"}]}"#;
        let config = EdgeConfig::from_json(text_of).unwrap();
        let mut fleet = Fleet::new(config, 3, 1).unwrap();
        let now = Timestamp::from_s(100);
        for outcome in [Outcome::Response(204), Outcome::Response(503), Outcome::Reset] {
            let known = |_: &State| crate::state::Known::default();
            let request = Request::default();
            let place = fleet.pick(now, &[0], &[], &request, known, Span::from_s(1)).unwrap();
            fleet.complete(now + Span::from_ms(250), &place, outcome);
        }
        fleet.count_failure("bad_gateway");
        let page = text(&fleet, now);
        for line in [
            "gomujul_upstream_requests_total{pool=\"default\",origin=\"a\",code=\"2xx\"} 1",
            "gomujul_upstream_requests_total{pool=\"default\",origin=\"a\",code=\"5xx\"} 1",
            "gomujul_upstream_requests_total{pool=\"default\",origin=\"a\",code=\"none\"} 1",
            "gomujul_upstream_response_seconds_total{pool=\"default\",origin=\"a\"} 0.5",
            "gomujul_upstream_requests_active{pool=\"default\",origin=\"a\"} 0",
            "gomujul_upstream_healthy{pool=\"default\",origin=\"a\"} 0",
            "gomujul_errors_total{reason=\"bad_gateway\"} 1",
            "gomujul_config_version 3",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
    }
}
