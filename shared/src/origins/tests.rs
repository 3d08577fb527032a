//! The configuration and health documents: what is refused, and how it is said.

use super::*;
use crate::balance::{Health, PolicyConfig};
use crate::time::{Span, Timestamp};

fn refused(json: &str) -> String {
    EdgeConfig::from_json(json).expect_err(json).to_string()
}

fn origin_url(text: &str) -> Result<String, String> {
    text.parse::<OriginUrl>().map(String::from).map_err(|error| error.to_string())
}

#[test]
fn an_empty_document_is_the_default() {
    let config = EdgeConfig::from_json("{}").unwrap();
    assert_eq!(config, EdgeConfig::default());
    assert_eq!(config.check(), Ok(()));
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(EdgeConfig::from_json(&text), Ok(config));
}

#[test]
fn a_whole_document_is_read() {
    let config = EdgeConfig::from_json(
        r#"{
            "name": "shop",
            "origins": [
                {"id": "a", "url": "https://A.example.com:443/"},
                {"id": "b", "url": "http://127.0.0.1:9001"}
            ],
            "policy": {"type": "power_of_choices", "choices": 2},
            "health_check": {"path": "/healthz?deep=1", "matcher": "200", "interval_s": 20},
            "retry": {"max_tries": 2},
            "timeouts": {"first_byte_ms": 500},
            "health_refresh_s": 5
        }"#,
    )
    .unwrap();
    assert_eq!(config.origins[0].url.as_str(), "https://a.example.com");
    assert_eq!(config.policy, PolicyConfig::PowerOfChoices { choices: 2 });
    assert_eq!(config.health_check.rounds_per_run(), 3);
    assert_eq!(config.timeouts.upload_ms, Timeouts::default().upload_ms);
}

#[test]
fn an_editor_may_name_the_schema() {
    let text = r#"{"$schema": "./origins.schema.json"}"#;
    let config = EdgeConfig::from_json(text).unwrap();
    assert_eq!(config.schema, "./origins.schema.json");
    let written = serde_json::to_string(&config).unwrap();
    assert_eq!(EdgeConfig::from_json(&written), Ok(config), "it stays");
}

#[test]
fn refusals_name_the_place_the_value_and_the_mend() {
    let cases = [
        (r#"{"orgins": []}"#, "unknown field `orgins`"),
        (r#"{"retry": {"max_tries": "many"}}"#, "retry.max_tries: invalid type: string \"many\""),
        (r#"{"retry": {"max_tries": 0}}"#, "retry.max_tries is 0: set it to 1 to 10"),
        (r#"{"origins": [{"id": "a"}]}"#, "origins[0]: missing field `url`"),
        (r#"{"origins": [{"id": "a", "url": "ftp://x"}]}"#, "origins[0].url: \"ftp://x\""),
        (
            r#"{"origins": [{"id": "b", "url": "http://x"}, {"id": "web-1", "url": ""}]}"#,
            "origins[1].url: write the address of web-1, such as https://web-1.example.com",
        ),
        (
            r#"{"pools": [{"id": "p", "origins": [{"id": "a", "url": ""}]}]}"#,
            "pools[0].origins[0].url: write the address of a,",
        ),
        (r#"{"$schema": 7}"#, "$schema: invalid type"),
        (r#"{"$comment": ""}"#, "unknown field `$comment`"),
        (r#"{"origins": [{"id": "a b", "url": "http://x"}]}"#, "origins[0].id is \"a b\""),
        (
            r#"{"origins": [{"id": "a", "url": "http://x", "host_header": "x:80"}]}"#,
            "origins[0].host_header \"x:80\": write a host name",
        ),
        (
            r#"{"origins": [{"id": "a", "url": "http://x", "host_header": "*.x"}]}"#,
            "origins[0].host_header \"*.x\": write one host name",
        ),
        (r#"{"policy": {"type": "power_of_choices", "choices": 0}}"#, "policy.choices is 0"),
        (r#"{"policy": {"type": "fastest"}}"#, "policy"),
        (r#"{"health_check": {"path": "healthz"}}"#, "health_check.path is \"healthz\""),
        (r#"{"health_check": {"path": "//evil"}}"#, "health_check.path is \"//evil\""),
        (r#"{"health_check": {"matcher": "2yy"}}"#, "health_check.matcher: \"2yy\""),
        (
            r#"{"health_check": {"interval_s": 300}}"#,
            "health_check.interval_s is 300: set it to 5 to 60",
        ),
        (
            r#"{"health_check": {"interval_s": 10, "timeout_s": 11}}"#,
            "health_check.timeout_s is 11: set it to 1 to 10",
        ),
        (r#"{"timeouts": {"first_byte_ms": 0}}"#, "timeouts.first_byte_ms is 0"),
        (r#"{"health_refresh_s": 0}"#, "health_refresh_s is 0: set it to 1 to 300"),
        (r#"{"name": ""}"#, "name is \"\""),
        (r#"{} {}"#, "trailing characters"),
        ("", "EOF"),
    ];
    for (json, expected) in cases {
        let message = refused(json);
        assert!(message.contains(expected), "{json}: {message}");
    }
}

#[test]
fn ids_are_unique_and_probes_fit_into_a_run() {
    let many = |count: usize, interval_s: u32| {
        let origins: Vec<String> = (0..count)
            .map(|index| format!(r#"{{"id": "o{index}", "url": "http://x{index}.example"}}"#))
            .collect();
        format!(
            r#"{{"origins": [{}], "health_check": {{"interval_s": {interval_s}}}}}"#,
            origins.join(",")
        )
    };
    assert!(EdgeConfig::from_json(&many(MAX_ORIGINS, 60)).is_ok());
    assert!(refused(&many(MAX_ORIGINS + 1, 60)).contains("40 are the most"));
    assert!(refused(&many(23, 30)).contains("46 probes"));
    let twice = r#"{"origins": [{"id": "a", "url": "http://x"}, {"id": "a", "url": "http://y"}]}"#;
    assert!(refused(twice).contains("the id \"a\""));
}

#[test]
fn addresses_of_origins_are_strict() {
    let good = [
        ("https://app.example.com", "https://app.example.com"),
        ("HTTPS://App.Example.COM:443/", "https://app.example.com"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("http://app.example.com:443", "http://app.example.com:443"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://127.0.0.1:9001", "http://127.0.0.1:9001"),
        ("http://[::1]:9001", "http://[::1]:9001"),
        ("http://[::1]", "http://[::1]"),
        ("https://xn--v52b.example", "https://xn--v52b.example"),
    ];
    for (text, expected) in good {
        assert_eq!(origin_url(text), Ok(expected.to_owned()), "{text}");
    }
    let bad = [
        ("app.example.com", "does not start with https"),
        ("ftp://app.example.com", "does not start with https"),
        ("https://app.example.com/base", "\"/base\" follows"),
        ("https://app.example.com?x=1", "\"?x=1\" follows"),
        ("https://app.example.com/#top", "\"/#top\" follows"),
        ("https://app.example.com\\evil", "follows"),
        ("https://app.example.com:0", "\"0\" is no port"),
        ("https://app.example.com:65536", "\"65536\" is no port"),
        ("https://app.example.com:+80", "\"+80\" is no port"),
        ("https://app.example.com:", "\"\" is no port"),
        ("https://", "\"\" is no host name"),
        ("https://a..b", "no host name"),
        ("https://고무줄.example", "xn--"),
        ("https://a b", "no host name"),
        ("https://10.0.0.7", "error 1003"),
        ("https://[2001:db8::1]", "error 1003"),
        ("https://127.1", "no host name"),
        ("https://0x7f.1", "no host name"),
        ("https://[::1", "no"),
    ];
    for (text, expected) in bad {
        let message = origin_url(text).expect_err(text);
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn passwords_are_not_repeated() {
    for text in ["https://user:secret@x.example", "user:secret@x", "https://x/@secret"] {
        let message = origin_url(text).expect_err(text);
        assert!(!message.contains("secret"), "{message}");
    }
}

fn round(previous: Option<&HealthDocument>, at_s: u64, results: &[(&str, bool)]) -> HealthDocument {
    HealthDocument::after_round(previous, Timestamp::from_s(at_s), results, &HealthCheck::default())
}

#[test]
fn rounds_count_up_to_the_thresholds() {
    let first = round(None, 0, &[("a", true), ("b", false)]);
    assert_eq!(first.health("a"), Health::Healthy);
    assert_eq!(first.health("b"), Health::Initial);
    assert_eq!(first.health("unheard of"), Health::Initial);

    let second = round(Some(&first), 60, &[("a", false), ("b", false)]);
    assert_eq!(second.health("a"), Health::Healthy);
    assert!(first.vouches_for("a") && !second.vouches_for("a"), "a failed its last probe");
    assert!(!first.vouches_for("b") && !first.vouches_for("unheard of"));
    assert_eq!(second.health("b"), Health::Unhealthy);

    let third = round(Some(&second), 120, &[("a", false), ("b", true)]);
    assert_eq!(third.health("a"), Health::Unhealthy);
    assert_eq!(third.entries[0].since_ms, 120_000);
    let fourth = round(Some(&third), 180, &[("b", true)]);
    assert_eq!(fourth.health("b"), Health::Healthy);
    assert_eq!(fourth.entries.len(), 1, "an origin that is configured no more is forgotten");
}

#[test]
fn quiet_rounds_are_written_as_heartbeats_only() {
    let stored = round(None, 0, &[("a", true)]);
    assert!(stored.should_replace(None));
    let mut writes = 0;
    let mut last = stored.clone();
    for minute in 1..=60 {
        let next = round(Some(&last), minute * 60, &[("a", true)]);
        if next.should_replace(Some(&last)) {
            writes += 1;
            last = next;
        }
    }
    assert_eq!(writes, 12, "one in {:?}", HEARTBEAT);

    let failed = round(Some(&stored), 1, &[("a", false)]);
    assert!(failed.should_replace(Some(&stored)), "the next run must know of the first failure");
    let past = round(Some(&stored), 0, &[("a", true)]);
    let ahead = round(None, 9_000, &[("a", true)]);
    assert!(past.should_replace(Some(&ahead)), "a clock that jumped back");
    assert_eq!(HEARTBEAT, Span::from_s(300));
}

#[test]
fn a_list_is_no_configuration() {
    for text in ["[]", " []", "[\"name\"]"] {
        let message = EdgeConfig::from_json(text).unwrap_err().to_string();
        assert!(message.contains("is a list"), "{text}: {message}");
    }
}

#[test]
fn requests_are_for_the_host_header_and_go_to_the_url() {
    let cases = [
        ("https://a.example", "", "https://a.example", None),
        ("https://a.example", "shop.example", "https://shop.example", Some("a.example")),
        ("http://a.example:8080", "shop.example", "http://shop.example:8080", Some("a.example")),
        ("http://[::1]:80", "shop.example", "http://shop.example", Some("[::1]")),
    ];
    for (url, host_header, request_url, resolves_to) in cases {
        let text = format!(r#"{{"id": "a", "url": "{url}", "host_header": "{host_header}"}}"#);
        let origin: Origin = serde_json::from_str(&text).unwrap();
        assert_eq!(origin.request_url(), request_url);
        assert_eq!(origin.resolves_to(), resolves_to, "{url}");
    }
}

#[test]
fn garbage_is_nothing_known() {
    let document = round(None, 7, &[("a", true)]);
    assert_eq!(HealthDocument::from_json(&document.to_json()), Some(document.clone()));
    let other_version = document.to_json().replace("\"version\":1", "\"version\":2");
    for text in ["", "null", "[]", "{", "\u{0}", r#"{"version":1}"#, &other_version] {
        assert_eq!(HealthDocument::from_json(text), None, "{text}");
    }
}

const POOLS: &str = r#"{
    "origins": [{"id": "a", "url": "http://a.example"}],
    "health_check": {"path": "/healthz"},
    "pools": [
        {"id": "api", "origins": [{"id": "b", "url": "http://b.example"}],
         "timeouts": {"first_byte_ms": 500}, "policy": {"type": "random"}},
        {"id": "seoul", "origins": [{"id": "c", "url": "http://c.example"}],
         "countries": ["KR"], "continents": ["as"], "place": {"latitude": 37.6, "longitude": 127}},
        {"id": "paris", "origins": [{"id": "d", "url": "http://d.example"}],
         "continents": ["EU"], "place": {"latitude": 48.9, "longitude": 2.35}}
    ],
    "routes": [
        {"path": "/", "pools": ["default"]},
        {"path": "/api/", "pools": ["api", "default"]},
        {"host": "*.example.com", "pools": ["seoul"]},
        {"host": "*.shop.example.com", "pools": ["paris"]},
        {"host": "shop.example.com", "path": "/near", "pools": ["default", "seoul", "paris"],
         "steering": "proximity"},
        {"host": "shop.example.com", "path": "/geo", "pools": ["paris", "default", "seoul"],
         "steering": "geo"}
    ]
}"#;

#[test]
fn pools_inherit_what_they_do_not_set() {
    let config = EdgeConfig::from_json(POOLS).unwrap();
    let pools = config.by_pool();
    let ids: Vec<&str> = pools.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, ["default", "api", "seoul", "paris"]);
    assert_eq!(config.pool_ids().collect::<Vec<_>>(), ids);
    let (_, api) = &pools[1];
    assert_eq!((api.timeouts.first_byte_ms, &api.policy), (500, &PolicyConfig::Random));
    assert_eq!(api.health_check.path, "/healthz");
    assert_eq!(pools[0].1.timeouts, Timeouts::default());
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(EdgeConfig::from_json(&text), Ok(config));
    // A document with pools only has no default pool.
    let named = r#"{"pools": [{"id": "x", "origins": [{"id": "a", "url": "http://a"}]}]}"#;
    assert_eq!(EdgeConfig::from_json(named).unwrap().pool_ids().collect::<Vec<_>>(), ["x"]);
}

#[test]
fn the_most_exact_route_wins() {
    let config = EdgeConfig::from_json(POOLS).unwrap();
    let table = RouteTable::new(&config);
    let nowhere = ClientPlace::default();
    let ids: Vec<&str> = config.pool_ids().collect();
    let cases = [
        ("other.example", "/", "default"),
        ("other.example:8443", "/apis", "default"),
        ("other.example", "/api", "api default"),
        ("other.example", "/api/users", "api default"),
        ("other.example", "//api", "default"),
        ("www.example.com", "/api", "seoul"),
        ("WWW.Example.COM:80", "/", "seoul"),
        ("a.shop.example.com", "/", "paris"),
        ("example.com", "/api", "api default"),
        ("shop.example.com", "/near/x", "default seoul paris"),
        ("shop.example.com", "/", "seoul"),
        ("[::1]:8787", "/", "default"),
        ("", "/", "default"),
    ];
    for (host, path, expected) in cases {
        let found = table.find(host, path).unwrap().pools(&nowhere);
        let found: Vec<&str> = found.into_iter().map(|pool| ids[pool]).collect();
        assert_eq!(found.join(" "), expected, "{host}{path}");
    }
    let narrow = POOLS.replace(r#"{"path": "/", "pools": ["default"]},"#, "");
    let table = RouteTable::new(&EdgeConfig::from_json(&narrow).unwrap());
    assert!(table.find("other.example", "/").is_none());
}

#[test]
fn steering_orders_pools_by_place() {
    let config = EdgeConfig::from_json(POOLS).unwrap();
    let table = RouteTable::new(&config);
    let ids: Vec<&str> = config.pool_ids().collect();
    let order = |path: &str, country: &str, continent: &str, place: Option<(f64, f64)>| {
        let client = ClientPlace {
            country: Some(country.to_owned()),
            continent: Some(continent.to_owned()),
            place: place.map(|(latitude, longitude)| Place { latitude, longitude }),
        };
        let pools = table.find("shop.example.com", path).unwrap().pools(&client);
        pools.into_iter().map(|pool| ids[pool]).collect::<Vec<_>>().join(" ")
    };
    let tokyo = Some((35.7, 139.7));
    assert_eq!(order("/near", "JP", "AS", tokyo), "seoul paris default");
    assert_eq!(order("/near", "GB", "EU", Some((51.5, -0.1))), "paris seoul default");
    // Over the date line it is not far from Asia to Alaska.
    assert_eq!(order("/near", "US", "NA", Some((61.2, -149.9))), "seoul paris default");
    assert_eq!(order("/near", "JP", "AS", None), "default seoul paris");
    assert_eq!(order("/geo", "KR", "AS", None), "seoul default paris");
    assert_eq!(order("/geo", "JP", "AS", None), "seoul default paris");
    assert_eq!(order("/geo", "FR", "EU", None), "paris default seoul");
    assert_eq!(order("/geo", "US", "NA", None), "default paris seoul");
    let none = table.find("shop.example.com", "/geo").unwrap().pools(&ClientPlace::default());
    assert_eq!(ids[none[0]], "default", "pools for others come last");
}

#[test]
fn refusals_of_pools_routes_and_scaling() {
    let with = |rest: &str| format!(r#"{{"origins": [{{"id": "a", "url": "http://a"}}], {rest}}}"#);
    let cases = [
        (
            with(r#""pools": [{"id": "default", "origins": []}]"#),
            "two pools have the id \"default\"",
        ),
        (
            with(r#""pools": [{"id": "x", "origins": [{"id": "a", "url": "http://b"}]}]"#),
            "the id \"a\"",
        ),
        (
            with(r#""pools": [{"id": "x", "origins": [], "retry": {"max_tries": 0}}]"#),
            "pools[0].retry.max_tries is 0: set it to 1 to 10",
        ),
        (
            with(r#""pools": [{"id": "x", "origins": [], "countries": ["KOR"]}]"#),
            "\"KOR\" is not two",
        ),
        (with(r#""pools": [{"id": "x", "origins": [], "continents": ["XX"]}]"#), "none of AF"),
        (
            with(
                r#""pools": [{"id": "x", "origins": [], "place": {"latitude": 91, "longitude": 0}}]"#,
            ),
            "latitude is 91",
        ),
        (with(r#""routes": [{"pools": ["nobody"]}]"#), "routes[0].pools \"nobody\" is no pool"),
        (with(r#""routes": [{"pools": []}]"#), "routes[0].pools is empty"),
        (with(r#""routes": [{"pools": ["default"], "path": "api"}]"#), "routes[0].path \"api\""),
        (with(r#""routes": [{"pools": ["default"], "host": "http://x"}]"#), "routes[0].host"),
        (with(r#""routes": [{"pools": ["default"], "host": "a.*.example"}]"#), "routes[0].host"),
        (with(r#""affinity": {"by": "cookie", "name": "a b"}"#), "affinity.name is \"a b\""),
        (with(r#""affinity": {"ttl_s": 0}"#), "affinity.ttl_s is 0: set it to 1 to 604800"),
        (with(r#""retry": {"statuses": "5xx,"}"#), "retry.statuses"),
        (with(r#""retry": {"replay_body_bytes": 131073}"#), "retry.replay_body_bytes is 131073"),
        (with(r#""limits": {"header_bytes": 10}"#), "limits.header_bytes is 10"),
        (with(r#""scaling": {"min_size": 2}"#), "scaling.min_size is 2"),
        (with(r#""scaling": {"max_size": 2}"#), "scaling.max_size is 2: the pool has 1 origins"),
        (with(r#""scaling": {"policies": [{"type": "hpa"}]}"#), "scaling.policies[0] hpa policies"),
        (
            with(r#""scaling": {"policies": [{"type": "step", "alarm": {"period_s": 10}}]}"#),
            "period_s is 10: the cron looks once a minute",
        ),
        (
            with(r#""scaling": {"policies": [{"type": "step", "alarm": {"statistic": "p99"}}]}"#),
            "percentiles need every sample",
        ),
        (
            with(
                r#""scaling": {"policies": [{"type": "step", "alarm": {"metric": "queue_length"}}]}"#,
            ),
            "does not know the metric",
        ),
        (
            r#"{"origins": [{"id": "a", "url": "http://a", "standby": true}], "scaling": {}}"#
                .to_owned(),
            "0 origins begin in service",
        ),
    ];
    for (json, expected) in cases {
        let message = refused(&json);
        assert!(message.contains(expected), "{json}: {message}");
    }
}

#[test]
fn each_pool_has_a_cookie_of_its_own() {
    let long = "p".repeat(64);
    let text = format!(
        r#"{{"origins": [{{"id": "a", "url": "http://a"}}], "affinity": {{"by": "cookie"}},
            "pools": [{{"id": "shop", "origins": []}}, {{"id": "{long}", "origins": []}},
            {{"id": "own", "origins": [], "affinity": {{"by": "cookie", "name": "sid"}}}},
            {{"id": "long", "origins": [], "affinity": {{"by": "cookie", "ttl_s": 7}}}}]}}"#
    );
    let pools = EdgeConfig::from_json(&text).unwrap().by_pool();
    let names: Vec<&str> = pools.iter().map(|(_, pool)| pool.affinity.name.as_str()).collect();
    assert_eq!(names, ["_lb", "_lb.shop", &format!("_lb.{long}"), "sid", "_lb.long"]);

    let with = |rest: &str| format!(r#"{{"origins": [{{"id": "a", "url": "http://a"}}], {rest}}}"#);
    let cases = [
        (
            with(
                r#""pools": [{"id": "x", "origins": [], "affinity": {"by": "cookie", "name": "sid"}},
                {"id": "y", "origins": [], "affinity": {"by": "cookie", "name": "sid"}}]"#,
            ),
            "\"sid\" of x and \"sid\" of y: a cookie leads into one pool",
        ),
        (
            with(
                r#""affinity": {"by": "header", "name": "x-user"}, "pools": [{"id": "x", "origins": [],
                "affinity": {"by": "header", "name": "x-account"}}]"#,
            ),
            "\"x-user\" of default and \"x-account\" of x: all pools know clients by one",
        ),
        (
            with(r#""pools": [{"id": "x", "origins": [], "affinity": {"name": ""}}]"#),
            "affinity.name",
        ),
    ];
    for (json, expected) in cases {
        let message = refused(&json);
        assert!(message.contains(expected), "{json}: {message}");
    }
}

#[test]
fn the_expected_body_is_looked_for_without_case() {
    let check = HealthCheck { expected_body: "All OK".to_owned(), ..HealthCheck::default() };
    assert!(check.expects("{\"status\": \"all ok\"}") && !check.expects("all is lost"));
    assert!(HealthCheck::default().expects(""));
}
