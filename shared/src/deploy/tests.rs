//! What of a drawing arrives at the Worker, and what is told instead.

use super::*;
use crate::balance::request::affinity::AffinityConfig;
use crate::balance::request::config::{
    HedgingConfig, LimitsConfig, RequestConfig, RetryConfig, RetryOn,
};
use crate::balance::{HealthCheckConfig, PolicyConfig};
use crate::design::{Balancer, Dependency, Group, Link, Source, presets};
use crate::origins::{AffinityBy, EdgeConfig};
use crate::scale::{AlarmConfig, HpaPolicy, ScalingPolicy, SimplePolicy, WarmPoolConfig};
use serde_json::json;

/// Clients, a balancer, and what is behind it.
fn drawn(balancer: Balancer, behind: &[(&str, Settings)]) -> Design {
    let mut design = Design::default();
    let clients = design.add_node("Clients", 0, 0, Settings::Source(Source::default()));
    let front = design.add_node("Front", 0, 0, Settings::Balancer(balancer));
    design.add_link(clients, front);
    for (name, settings) in behind {
        let node = design.add_node(name, 0, 0, settings.clone());
        design.add_link(front, node);
    }
    design
}

fn group(min_size: u32, desired_capacity: u32, max_size: u32) -> Group {
    Group { min_size, desired_capacity, max_size, ..Group::default() }
}

fn servers(name: &str, size: u32) -> (&str, Settings) {
    (name, Settings::Group(Group { policies: vec![], ..group(size, size, size) }))
}

fn server(name: &str) -> (&str, Settings) {
    (name, Settings::Dependency(Dependency::default()))
}

/// The document as the Worker reads it once the addresses are written.
fn read(draft: &Draft) -> EdgeConfig {
    let mut document = draft.document.clone();
    let mut pools = vec![&mut document];
    while let Some(pool) = pools.pop() {
        let Value::Object(pool) = pool else { panic!("no object") };
        for (field, value) in pool.iter_mut() {
            match (field.as_str(), value.as_array_mut()) {
                ("pools", Some(inner)) => pools.extend(inner),
                ("origins", Some(origins)) => {
                    for origin in origins.iter_mut().filter(|origin| origin["url"] == "") {
                        origin["url"] =
                            format!("https://{}.example", origin["id"].as_str().unwrap()).into();
                    }
                }
                _ => {}
            }
        }
    }
    EdgeConfig::from_json(&document.to_string()).unwrap_or_else(|e| panic!("{e}: {document:#}"))
}

fn ids(config: &EdgeConfig) -> Vec<&str> {
    config.all_origins().map(|origin| origin.id.as_str()).collect()
}

/// What notes of a kind say.
fn told(draft: &Draft, kind: NoteKind) -> Vec<&str> {
    let notes = draft.notes.iter().filter(|note| note.kind == kind);
    notes.map(|note| note.value.as_str()).collect()
}

#[test]
fn the_story_is_a_pool_that_breathes() {
    let draft = from_design(&presets::seven_steps(), None);
    let config = read(&draft);
    assert_eq!(config.policy, PolicyConfig::LeastOutstandingRequests);
    assert_eq!(config.health_check.interval_s, 12, "eight origins: 48 probes a minute at 10 s");
    assert_eq!(told(&draft, NoteKind::Changed), ["health_check.interval_s: 10 → 12"]);
    assert_eq!(ids(&config).len(), 8);
    assert_eq!(config.origins[0].id, "web-servers-1");
    let standby: Vec<bool> = config.origins.iter().map(|origin| origin.standby).collect();
    assert_eq!(standby, [false, false, true, true, true, true, true, true]);
    let scaling = config.scaling.clone().unwrap();
    assert_eq!((scaling.min_size, scaling.max_size), (2, 8));
    assert_eq!((scaling.default_instance_warmup_s, scaling.deregistration_delay_s), (60, 60));
    assert_eq!(scaling.policies, Group::default().policies);
    assert_eq!(config.retry.max_tries, 1, "the drawing does not repeat");
    assert_eq!(draft, from_design(&presets::seven_steps(), None), "the same again");
}

#[test]
fn what_has_no_address_is_refused_by_name() {
    let draft = from_design(&presets::seven_steps(), None);
    let error = EdgeConfig::from_json(&draft.document.to_string()).unwrap_err().to_string();
    assert!(error.starts_with("origins[0].url: write the address of web-servers-1, "), "{error}");
    assert!(told(&draft, NoteKind::Addresses)[0].starts_with("web-servers-1, web-servers-2"));
}

#[test]
fn names_become_ids() {
    let behind = [
        server("Web A"),
        server("web_a"),
        server("결제"),
        server("Ünï"),
        servers("서버", 2),
        servers("Web A", 1),
        server("x-very-long-name-that-nobody-should-ever-give-to-a-server-but-may"),
    ];
    let config = read(&from_design(&drawn(Balancer::default(), &behind), None));
    assert_eq!(
        ids(&config),
        [
            "web-a",
            "web-a-2",
            "server-1",
            "n",
            "server-2",
            "server-3",
            "web-a-1",
            "x-very-long-name-that-nobody-should-ever-give-to",
        ]
    );
}

#[test]
fn links_and_zones_say_who_gets_how_much() {
    let three = Group { zones: 2, ..group(3, 3, 3) };
    let group = Group { policies: vec![], ..three };
    let limits = LimitsConfig { max_requests_per_backend: 7, ..LimitsConfig::default() };
    let requests = RequestConfig { limits: Some(limits), ..RequestConfig::default() };
    let balancer = Balancer { requests, ..Balancer::default() };
    let mut design = drawn(balancer, &[("Web", Settings::Group(group)), server("Spare")]);
    let last = *design.links.keys().next_back().unwrap();
    let link = Link { weight: 0, priority: 2, ..design.links[&last].clone() };
    design.links.insert(last, link);
    let draft = from_design(&design, None);
    let config = read(&draft);
    let zones: Vec<u32> = config.origins.iter().map(|origin| origin.zone).collect();
    assert_eq!(zones, [0, 1, 0, 0]);
    let [.., web, spare] = &config.origins[..] else { panic!("{config:?}") };
    assert_eq!((web.weight, web.priority, web.max_outstanding), (1, 0, 7));
    assert_eq!((spare.weight, spare.priority, spare.standby), (0, 2, false));
    assert_eq!(config.scaling, None, "nothing changes its size");
    assert!(told(&draft, NoteKind::Ignored)[0].contains("max_pending_requests"));
}

#[test]
fn requests_are_treated_alike_as_far_as_the_worker_can() {
    let retry = RetryConfig {
        on: RetryOn::GatewayError,
        max_retries: 10,
        per_try_timeout_ms: 4.0,
        budget_percent: 2_000.0,
        backoff_ms: 30.0,
        ..RetryConfig::default()
    };
    let requests = RequestConfig {
        timeout_ms: 2_500.0,
        affinity: Some(AffinityConfig::DurationCookie { duration_s: 600.0 }),
        retry: Some(retry),
        hedging: Some(HedgingConfig::default()),
        limits: None,
    };
    let draft =
        from_design(&drawn(Balancer { requests, ..Balancer::default() }, &[server("a")]), None);
    let config = read(&draft);
    assert_eq!((config.timeouts.first_byte_ms, config.timeouts.overall_ms), (10, 2_500));
    let retry = &config.retry;
    assert_eq!((retry.max_tries, retry.budget_percent, retry.backoff_ms), (10, 1_000, 30));
    assert_eq!(retry.statuses, "502-504");
    let affinity = &config.affinity;
    assert_eq!((affinity.by, affinity.ttl_s), (AffinityBy::Cookie, 600));
    assert!(affinity.sliding && !affinity.holds_while_draining, "as AWS does");
    assert_eq!(
        told(&draft, NoteKind::Changed),
        [
            "retry.max_tries: 11 → 10",
            "retry.budget_percent: 2000 → 1000",
            "timeouts.first_byte_ms: 4 → 10",
        ]
    );
    assert_eq!(told(&draft, NoteKind::Ignored), ["requests.hedging"]);
}

#[test]
fn health_checks_are_the_same_within_what_the_cron_can_do() {
    let check = |interval_s, timeout_s| HealthCheckConfig {
        interval_s,
        timeout_s,
        healthy_threshold: 7,
        unhealthy_threshold: 3,
    };
    for (given, origins, interval_s, timeout_s) in [
        (check(20, 9), 3, 20, 9),
        (check(1, 1), 3, 5, 1),
        (check(300, 120), 3, 60, 60),
        (check(5, 4), 40, 60, 4),
        (check(10, 5), 22, 30, 5),
    ] {
        let balancer = Balancer { health_check: given.clone(), ..Balancer::default() };
        let config = read(&from_design(&drawn(balancer, &[servers("web", origins)]), None));
        let found = &config.health_check;
        assert_eq!((found.interval_s, found.timeout_s), (interval_s, timeout_s), "{given:?}");
        assert_eq!((found.healthy_threshold, found.unhealthy_threshold), (7, 3));
    }
}

#[test]
fn policies_that_the_worker_lacks_are_told() {
    let often = AlarmConfig { period_s: 10, ..AlarmConfig::default() };
    let simple = SimplePolicy { alarm: often, ..SimplePolicy::default() };
    let group = Group {
        policies: vec![ScalingPolicy::Hpa(HpaPolicy::default()), ScalingPolicy::Simple(simple)],
        default_cooldown_s: 7_200,
        warm_pool: Some(WarmPoolConfig::default()),
        ..group(0, 0, 60)
    };
    let draft = from_design(&drawn(Balancer::default(), &[("Web", Settings::Group(group))]), None);
    let config = read(&draft);
    let scaling = config.scaling.clone().unwrap();
    assert_eq!(scaling.policies.len(), 1);
    assert_eq!(scaling.policies[0].alarms()[0].period_s, 60);
    assert_eq!((scaling.min_size, scaling.max_size, scaling.default_cooldown_s), (1, 40, 3_600));
    assert_eq!(config.origins.iter().filter(|origin| !origin.standby).count(), 1);
    assert_eq!(told(&draft, NoteKind::Policies), ["policies[0] (hpa)"]);
    assert_eq!(told(&draft, NoteKind::TooMany), ["60 → 40"]);
    assert_eq!(told(&draft, NoteKind::Ignored), ["warm_pool"]);
    assert_eq!(
        told(&draft, NoteKind::Changed),
        [
            "min_size: 0 → 1",
            "health_check.interval_s: 30 → 60",
            "policies[1]: period_s → 60",
            "default_cooldown_s: 7200 → 3600",
        ]
    );
}

#[test]
fn several_balancers_are_pools_and_what_is_behind_servers_stays_out() {
    let mut design = drawn(Balancer::default(), &[servers("Shop", 2)]);
    let clients = NodeId(1);
    let policy = PolicyConfig::Maglev { table_size: 65_537, hash_balance_factor: 0 };
    let api = Balancer { policy: policy.clone(), ..Balancer::default() };
    let api = design.add_node("API", 0, 0, Settings::Balancer(api));
    let (_, workers) = servers("Workers", 1);
    let workers = design.add_node("Workers", 0, 0, workers);
    let (_, database) = server("");
    let database = design.add_node("Database", 0, 0, database);
    for (from, to) in [(clients, api), (api, workers), (workers, database)] {
        design.add_link(from, to);
    }
    let draft = from_design(&design, None);
    let config = read(&draft);
    assert_eq!(ids(&config), ["shop-1", "shop-2", "workers-1"]);
    assert_eq!((config.pools[0].id.as_str(), &config.pools[0].policy), ("api", &Some(policy)));
    assert_eq!(told(&draft, NoteKind::Left), ["Database"]);
    assert_eq!(told(&draft, NoteKind::Order), ["default, api"]);
}

#[test]
fn a_running_document_keeps_what_no_drawing_knows() {
    let running = json!({
        "name": "shop", "health_refresh_s": 10, "limits": {"url_bytes": 500},
        "origins": [
            {"id": "web-1", "url": "https://a.example", "host_header": "a.example", "weight": 9, "state": "drain"},
            {"id": "old", "url": "https://old.example"}
        ],
        "health_check": {"path": "/healthz", "matcher": "200", "interval_s": 20},
        "timeouts": {"first_byte_ms": 700, "upload_ms": 9000},
        "affinity": {"by": "cookie"},
        "scaling": {"min_size": 1, "load": {"body_pointer": "/cpu"}, "webhook": {"url": "https://hook.example"}},
        "pools": [{"id": "gone", "origins": [{"id": "g", "url": "https://g.example"}]}],
        "routes": [{"path": "/x", "pools": ["gone"]}, {"path": "/", "pools": ["default"]}]
    });
    let design = drawn(Balancer::default(), &[("web", Settings::Group(group(1, 1, 2)))]);
    let draft = from_design(&design, Some(&running));
    let config = read(&draft);
    let [first, second] = &config.origins[..] else { panic!("{config:?}") };
    assert_eq!(
        (first.url.as_str(), first.host_header.as_str()),
        ("https://a.example", "a.example")
    );
    assert_eq!((first.weight, draft.document["origins"][0]["state"].as_str()), (1, Some("drain")));
    assert_eq!(draft.document["origins"][1]["url"], "");
    assert!(second.standby);
    assert_eq!((config.name.as_str(), config.health_refresh_s), ("shop", 10));
    assert_eq!((config.limits.url_bytes, config.health_check.path.as_str()), (500, "/healthz"));
    assert_eq!((config.timeouts.first_byte_ms, config.timeouts.upload_ms), (700, 9_000));
    assert_eq!(config.affinity.by, AffinityBy::None, "the drawing has no sessions");
    let scaling = config.scaling.unwrap();
    assert_eq!(scaling.load.body_pointer, "/cpu");
    assert!(scaling.webhook.is_some());
    assert_eq!((config.pools.len(), config.routes.len()), (0, 1));
    assert_eq!(told(&draft, NoteKind::Gone), ["old, g"]);
    assert_eq!(told(&draft, NoteKind::Routes), ["1"]);
    // What came of it, put and drawn again, is the same.
    let mut again = draft.document.clone();
    again["origins"][1]["url"] = "https://b.example".into();
    assert_eq!(from_design(&design, Some(&again)).document, again);
}

#[test]
fn half_a_drawing_is_half_a_document() {
    let draft = from_design(&Design::default(), None);
    assert_eq!(read(&draft), EdgeConfig::default());
    assert_eq!(draft.notes.len(), 1, "{:?}", draft.notes);
    let single = from_design(&presets::single_server(), None);
    assert_eq!(ids(&read(&single)), ["server"]);
    assert_eq!(told(&single, NoteKind::NoBalancer), [""]);
    // Nonsense that runs is as good as nothing.
    for running in [json!(null), json!([]), json!({"origins": 7, "pools": {}, "routes": "x"})] {
        let draft = from_design(&presets::seven_steps(), Some(&running));
        assert_eq!(draft.document["origins"].as_array().map(Vec::len), Some(8), "{running}");
    }
}
