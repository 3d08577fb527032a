//! The command as people use it.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod program;

use program::gomujul;
use std::process::Output;

fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The command fails with a message that contains `message`.
fn refused(arguments: &[&str], input: &str, message: &str) {
    let output = gomujul(arguments, input);
    let said = stderr(&output);
    assert!(!output.status.success() && said.contains(message), "{arguments:?}: {said}");
    assert!(!said.contains("panicked"), "{said}");
}

const STORY: &str = "examples/seven-steps.json";

#[test]
fn one_seed_is_one_result_and_another_is_another() {
    let run = |seed| {
        stdout(&gomujul(&["simulate", STORY, "--json", "--duration", "10m", "--seed", seed], ""))
    };
    let first = run("7");
    assert_eq!(first, run("7"));
    assert_ne!(first, run("8"));
    let result: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(result["simulated_s"], 600.0);
    assert_eq!(result["seed"], 7);
    assert!(result["totals"]["completed"].as_u64() > Some(70_000));
}

/// Two servers of ten, and ten in the report.
#[test]
fn one_part_of_a_system_stands_for_it() {
    let farm = "examples/ten-two-choices.json";
    let run = |scale| {
        let arguments = ["simulate", farm, "--duration", "300s", "--json", "--scale", scale];
        let json = stdout(&gomujul(&arguments, ""));
        serde_json::from_str::<serde_json::Value>(&json).unwrap()
    };
    let (whole, part) = (run("1"), run("5"));
    assert_eq!((&whole["scaled_by"], &part["scaled_by"]), (&1.into(), &5.into()));
    let arrived = |result: &serde_json::Value| result["totals"]["arrived"].as_f64().unwrap();
    assert!((arrived(&part) / arrived(&whole) - 1.0).abs() < 0.03);
    assert_eq!(part["totals"]["arrived"].as_u64().unwrap() % 5, 0);
    let text = stdout(&gomujul(&["simulate", farm, "--duration", "300s", "--scale", "5"], ""));
    assert!(text.contains("one part of 5 was simulated"), "{text}");
    refused(&["simulate", farm, "--scale", "3"], "", "min_size is 10, which is no multiple of 3");
}

#[test]
fn links_go_there_and_back() {
    let link = stdout(&gomujul(&["link", STORY, "--page", "https://example.com/_lb/"], ""));
    let link = link.trim();
    assert!(link.starts_with("https://example.com/_lb/#v1."));
    let file = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/seven-steps.json"
    ));
    assert_eq!(stdout(&gomujul(&["open", link], "")), file.unwrap());
    let by_file = stdout(&gomujul(&["simulate", STORY, "--duration", "60s"], ""));
    assert_eq!(stdout(&gomujul(&["simulate", link, "--duration", "60s"], "")), by_file);
    assert_eq!(stdout(&gomujul(&["simulate", "-", "--duration", "60s"], link)), by_file);
}

#[test]
fn broken_links_are_refused_with_the_reason() {
    refused(&["open", "x8)s#"], "", "carries no design");
    refused(&["open", "x8)s"], "", "does not begin with \"v1.\"");
    refused(&["open", "#v7.abc"], "", "version 7");
    refused(&["open", "-"], &"A".repeat(5_000_000), "more than the 262144 allowed");
    refused(&["open", "-"], &format!("v1.{}", "A".repeat(200_000)), "link");
    let link = stdout(&gomujul(&["link", STORY], ""));
    refused(&["open", &link.trim()[..60]], "", "ends too early");
}

#[test]
fn broken_files_are_refused_with_the_place() {
    refused(&["simulate", "no-such-file.json"], "", "no-such-file.json");
    refused(&["simulate", "-"], "{\"format\":\"gomujul\",\"version\":1,\"nods\":[]}", "`nods`");
    refused(&["simulate", "-"], "{\"format\":\"gomujul\",\"version\":1}", "add a traffic source");
    refused(&["simulate", STORY, "--duration", "1y"], "", "use s, m, h or d");
}

#[test]
fn check_lists_what_is_wrong() {
    assert_eq!(stdout(&gomujul(&["check", STORY], "")), "no issues\n");
    let design = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../examples/seven-steps.json"
    ));
    let broken = design.unwrap().replace("\"max_size\": 8", "\"max_size\": 1");
    refused(&["check", "-"], &broken, "1 to mend");
    let output = gomujul(&["check", "-", "--json"], &broken);
    let issues: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(issues[0]["code"], "sizes-out-of-order");
    assert_eq!(issues[0]["node"], 3);
}

/// The schemas describe what the command really reads and writes: every field of a written design
/// is in the schema.
#[test]
fn schemas_name_every_field() {
    let schema = stdout(&gomujul(&["schema", "design"], ""));
    for field in ["datapoints_to_alarm", "deregistration_delay_s", "rate_per_s", "seven", "links"] {
        assert_eq!(schema.contains(&format!("\"{field}\"")), field != "seven", "{field}");
    }
    let schema = stdout(&gomujul(&["schema", "result"], ""));
    assert!(["digest", "p99_ms", "failed_by_cause"].iter().all(|field| schema.contains(field)));
}

/// The story with other settings of its group.
fn story_with(group: &str, run: &str) -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/seven-steps.json");
    let mut design: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let merge = |place: &mut serde_json::Value, text: &str| {
        let change: serde_json::Value = serde_json::from_str(text).unwrap();
        for (name, value) in change.as_object().unwrap() {
            place[name] = value.clone();
        }
    };
    merge(&mut design["nodes"][2]["settings"], group);
    merge(&mut design["run"], run);
    design.to_string()
}

/// Settings of the group and of the run, and what `check` says: the severity, the value found and
/// how to mend it.
const BAD_SETTINGS: &[(&str, &str, &str)] = &[
    (
        r#"{"instance_type":"m9.huge"}"#,
        "{}",
        "warning: node 3: no price is known for instance type \"m9.huge\"",
    ),
    (
        "{}",
        r#"{"pricing":{"prices":{"m5.large":-0.1}}}"#,
        "error: pricing.prices.m5.large is -0.1: set it to 0 to",
    ),
    (
        "{}",
        r#"{"pricing":{"prices":{"alb":1}}}"#,
        "warning: nothing of this design goes by a price of \"alb\"",
    ),
    (
        r#"{"min_size":9}"#,
        "{}",
        "error: node 3: min_size 9, desired_capacity 2 and max_size 8 must not decrease",
    ),
    (
        r#"{"policies":[{"type":"scheduled","recurrence":"0 0 30 2 *"}]}"#,
        "{}",
        "error: node 3: policies[0].recurrence: ",
    ),
    (
        r#"{"policies":[{"type":"step","steps":[{"lower":0,"upper":10,"adjustment":1},
            {"lower":20,"adjustment":2}]}]}"#,
        "{}",
        "error: node 3: policies[0].steps: one step ends at 10 and the next begins at 20",
    ),
    (
        r#"{"policies":[{"type":"step","alarm":{"period_s":45}}]}"#,
        "{}",
        "error: node 3: policies[0].alarm.period_s: alarm.period_s is 45: set it to 10, 30 or",
    ),
    (
        r#"{"policies":[{"type":"hpa","metrics":[{"target":0}]}]}"#,
        "{}",
        "error: node 3: policies[0].metrics[0].target: metrics[0].target is 0: set it to 0.001",
    ),
    (r#"{"metric_delay_s":301}"#, "{}", "error: node 3: metric_delay_s is 301: set it to 0 to 300"),
    (r#"{"zones":0}"#, "{}", "error: node 3: zones is 0: set it to 1 to 16"),
    (
        r#"{"lifecycle_hooks":[{"heartbeat_timeout_s":10}]}"#,
        "{}",
        "error: node 3: lifecycle_hooks[0].heartbeat_timeout_s is 10: set it to 30 to 7200",
    ),
    (
        r#"{"max_instance_lifetime_s":3600}"#,
        "{}",
        "max_instance_lifetime_s is 3600: set it to 86400 to 31536000",
    ),
    (
        r#"{"maintenance_policy":{"min_healthy_percent":50,"max_healthy_percent":180}}"#,
        "{}",
        "maintenance_policy.max_healthy_percent is 180: set it to 100 to 150",
    ),
    (
        r#"{"instance_refreshes":[{"checkpoints":[50,20]}]}"#,
        "{}",
        "instance_refreshes[0].checkpoints do not rise",
    ),
    (
        r#"{"capacity_shortages":[{"from_s":60,"to_s":60}]}"#,
        "{}",
        "capacity_shortages[0].to_s is 60: set it to 61 to",
    ),
    (
        r#"{"discounts":{"spot_percent":95}}"#,
        "{}",
        "discounts.spot_percent is 95: set it to 0 to 90",
    ),
    (
        r#"{"credit_specification":{"cpu_credits":"standard"}}"#,
        "{}",
        "warning: node 3: credit_specification has no effect with this instance_type",
    ),
    (
        r#"{"capacity_rebalancing":true}"#,
        "{}",
        "warning: node 3: capacity_rebalancing has no effect with this instances_distribution",
    ),
];

#[test]
fn check_names_bad_settings_of_a_group_and_its_prices() {
    for (group, run, message) in BAD_SETTINGS {
        let output = gomujul(&["check", "-"], &story_with(group, run));
        let said = String::from_utf8(output.stdout.clone()).unwrap();
        assert!(said.contains(message), "{group} {run}: {said}{}", stderr(&output));
        assert_eq!(output.status.success(), message.starts_with("warning"), "{said}");
    }
    let unknown = story_with(r#"{"suspended_processes":["Sleep"]}"#, "{}");
    refused(&["check", "-"], &unknown, "unknown variant `Sleep`, expected one of `Launch`");
}

const QUEUE: &str = "examples/single-server.json";

/// A run shows theory beside it, how sure it is, and that nothing was lost.
#[test]
fn a_run_stands_beside_theory() {
    let text = stdout(&gomujul(&["simulate", QUEUE, "--duration", "20m"], ""));
    for part in
        ["M/M/1 (Erlang 1917), 80.0 % busy", "mean_ms", "agrees", "95 % sure", "Little's law"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("DIFFERS") && !text.contains("NOT conserved"), "{text}");
    let json = stdout(&gomujul(&["simulate", QUEUE, "--duration", "20m", "--json"], ""));
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["checks"]["conserved"], true);
    assert_eq!(report["intervals"]["batches"], 30);
    assert_eq!(report["theory"][0]["predicted"]["model"]["name"], "M/M/1");
    assert_eq!(report["theory"][0]["comparisons"][0]["quantity"], "mean_ms");
    let story = stdout(&gomujul(&["simulate", STORY, "--duration", "60s"], ""));
    assert!(story.contains("none, because the rate of requests changes over time"), "{story}");
}

/// The report of replications does not depend on how many run at the same time.
#[test]
fn replications_run_in_threads() {
    let run = |jobs| {
        let options = ["simulate", QUEUE, "--duration", "5m", "--replications", "6", "--json"];
        stdout(&gomujul(&[&options[..], &["--jobs", jobs]].concat(), ""))
    };
    let alone = run("1");
    assert_eq!(alone, run("3"));
    let report: serde_json::Value = serde_json::from_str(&alone).unwrap();
    assert_eq!(report["replications"], 6);
    assert_eq!(report["seeds"][0], 1);
    assert!(report["estimates"][0]["half_width"].as_f64() > Some(0.0));
    refused(&["simulate", QUEUE, "--replications", "0"], "", "0 runs: use 1 to 100000");
    refused(&["simulate", QUEUE, "--replications", "2", "--jobs", "0"], "", "use 1 to 1024");
}

#[test]
fn designs_are_compared_on_common_random_numbers() {
    let (turns, shortest) =
        ("examples/ten-round-robin.json", "examples/ten-least-outstanding.json");
    let options = ["--replications", "4", "--duration", "2m"];
    let text = stdout(&gomujul(&[&["compare", turns, shortest], &options[..]].concat(), ""));
    let mean = text.lines().find(|line| line.starts_with("mean_ms")).unwrap();
    assert!(mean.ends_with("  better"), "{text}");
    let same = stdout(&gomujul(&[&["compare", turns, turns, "--json"], &options[..]].concat(), ""));
    let same: serde_json::Value = serde_json::from_str(&same).unwrap();
    for difference in same["differences"].as_array().unwrap() {
        assert_eq!(difference["verdict"], "no_difference", "{difference}");
    }
    refused(&["compare", turns, turns, "--replications", "1", "--duration", "2m"], "", "two pairs");
}

#[test]
fn fields_are_swept() {
    let sweep = |arguments: &[&str]| {
        let options = ["--duration", "2m", "--replications", "2"];
        gomujul(&[&["sweep"], arguments, &options[..]].concat(), "")
    };
    let farm = "examples/ten-round-robin.json";
    let two = ["--field", "service.mean_ms", "--values", "9,10", "--field", "policy.type"];
    let two = [&[farm], &two[..], &["--values", "round_robin,random", "--json"]].concat();
    let report: serde_json::Value = serde_json::from_str(&stdout(&sweep(&two))).unwrap();
    assert_eq!(
        report["fields"],
        serde_json::json!(["nodes[3].service.mean_ms", "nodes[2].policy.type"])
    );
    let points = report["points"].as_array().unwrap();
    assert_eq!(points.len(), 4);
    assert_eq!(points[1]["values"], serde_json::json!(["9", "random"]));
    let text = stdout(&sweep(&[QUEUE, "--field", "traffic.rate_per_s", "--values", "50,80"]));
    assert!(
        text.contains("nodes[1].traffic.rate_per_s") && text.contains("M/M/1: mean 20.00"),
        "{text}"
    );
    let fails = |arguments: &[&str], message: &str| {
        let output = sweep(arguments);
        assert!(!output.status.success() && stderr(&output).contains(message), "{message}");
    };
    fails(&[QUEUE, "--field", "speed", "--values", "1"], "there is no setting \"speed\"");
    fails(&[QUEUE, "--field", "workers", "--values", "1,x"], "workers does not take \"x\"");
    fails(&[QUEUE, "--field", "workers", "--values", "1,0"], "design 2: the design has errors");
    fails(
        &[QUEUE, "--field", "workers", "--values", "1", "--values", "2"],
        "give each of at most 2",
    );
}

/// Recorded traffic goes from a file into a design, which runs with it; a bad line is named.
#[test]
fn recorded_traffic_is_read() {
    let csv = "time,requests\n00:00:00,50\n00:01:00,10\n";
    let alone = stdout(&gomujul(&["traffic", "-"], csv));
    let expected = r#"{"type":"recorded","points":[[0.0,50.0],[60.0,10.0]],"between":"steps"}"#;
    assert_eq!(alone.trim(), expected);
    let design = stdout(&gomujul(&["traffic", "-", "--design", QUEUE, "--lines"], csv));
    let run = gomujul(&["simulate", "-", "--duration", "2m", "--json"], &design);
    let result: serde_json::Value = serde_json::from_str(&stdout(&run)).unwrap();
    let arrived = result["totals"]["arrived"].as_u64().unwrap();
    // A minute from 50 down to 10 and one of 10 a second: 2,400, give or take four deviations.
    assert!(arrived.abs_diff(2_400) < 200, "{arrived}");
    refused(&["traffic", "-"], "0,80\nsixty,90\n", "line 2: \"sixty\" is no time");
    refused(&["traffic", "-", "--design", QUEUE, "--source", "Nobody"], csv, "\"Nobody\"");
}

/// What breaks in a design is told, and so is whether its objective was kept.
#[test]
fn faults_and_objectives_are_reported() {
    let design = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../",
        "examples/single-server.json"
    ));
    let mut design: serde_json::Value = serde_json::from_str(&design.unwrap()).unwrap();
    design["run"]["slo"] = serde_json::json!({ "latency_ms": 300 });
    design["run"]["faults"] = serde_json::json!([{
        "what": { "type": "crash", "target": { "node": 2 } },
        "when": { "type": "at", "at_s": 60, "for_s": 10 }
    }]);
    let text = stdout(&gomujul(&["simulate", "-", "--duration", "5m"], &design.to_string()));
    for part in [
        "fault: crash at node 2 for 10.0 s",
        "fault over: crash",
        "connect failed",
        "objective     available:",
        "too close to tell",
        "for 99 %: met",
        "of the error budget used",
        "recovery      60.0 s  fault: crash",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    design["run"]["faults"][0]["what"]["target"]["node"] = serde_json::json!(77);
    refused(&["simulate", "-"], &design.to_string(), "faults[0].what.target.node names no group");
}
