//! `gomujul edge` and the schema of its document, as people use them.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod program;

use program::gomujul;
use std::fs;
use std::path::PathBuf;

/// What it printed, and what it noted.
fn done(arguments: &[&str], input: &str) -> (String, String) {
    let output = gomujul(arguments, input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    (String::from_utf8(output.stdout).unwrap(), said)
}

fn refused(arguments: &[&str], input: &str) -> String {
    let output = gomujul(arguments, input);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && !said.contains("panicked"), "{arguments:?}: {said}");
    said
}

/// A file for one test; `cargo` clears its folder.
fn file(name: &str, content: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

const TWO: &str = r#"{"origins": [
    {"id": "a", "url": "https://a.example"}, {"id": "b", "url": "https://b.example"}
]}"#;
const STORY: &str = "examples/seven-steps.json";

#[test]
fn a_right_configuration_is_weighed() {
    let (report, _) = done(&["edge", "check", "-"], TWO);
    for part in [
        "right, 2 origins in 1 pools",
        "probes a minute   4 of 45",
        "assumed           1 requests/s of 1 ms CPU, 20 busy isolates, 50 changes of health a day",
        "338 KV writes, free: 1000",
        "fits the free plan; paid: $5.00 ($5 plan, 0.00 requests, 0.00 CPU, 0.00 KV)",
    ] {
        assert!(report.contains(part), "{part}: {report}");
    }
    assert!(!report.contains("GOMUJUL_KEY"), "{report}");
    let busy = ["edge", "check", "-", "--requests-per-s", "100", "--isolates", "40"];
    let (report, _) = done(&busy, TWO);
    assert!(report.contains("100 requests/s") && report.contains("40 busy isolates"), "{report}");
    assert!(report.contains("needs the paid plan; paid: $"), "{report}");
    assert_eq!(done(&["edge", "check", "-", "--quiet"], TWO).0, "");
}

#[test]
fn what_is_signed_needs_a_key() {
    let origins = r#"[{"id": "a", "url": "https://a.example"}]"#;
    for document in [
        format!(r#"{{"origins": {origins}, "affinity": {{"by": "cookie"}}}}"#),
        format!(
            r#"{{"pools": [{{"id": "p", "origins": {origins}, "affinity": {{"by": "cookie"}}}}]}}"#
        ),
        format!(
            r#"{{"origins": {origins}, "scaling": {{"webhook": {{"url": "https://w.example"}}}}}}"#
        ),
    ] {
        let (report, _) = done(&["edge", "check", "-"], &document);
        assert!(report.contains("npx wrangler secret put GOMUJUL_KEY"), "{document}: {report}");
    }
}

#[test]
fn a_variable_is_a_table_or_a_text_of_the_file_or_of_an_environment() {
    let table = "[vars.GOMUJUL_CONFIG]\norigins = [{ id = \"a\", url = \"https://a.example\" }]\n";
    let text = format!("[vars]\nGOMUJUL_CONFIG = '''{TWO}'''\n");
    let both = format!("{table}[env.staging.vars]\nGOMUJUL_CONFIG = '''{TWO}'''\n");
    for (name, content, expected) in [
        ("table.toml", table.to_owned(), vec!["right, 1 origins"]),
        ("text.toml", text, vec!["right, 2 origins"]),
        ("both.toml", both, vec!["right, 1 origins", "env.staging.vars.GOMUJUL_CONFIG: right, 2"]),
    ] {
        let (report, _) = done(&["edge", "check", &file(name, &content)], "");
        for part in expected {
            assert!(report.contains(part), "{name}: {report}");
        }
    }
    let wrong = file("wrong.toml", &table.replace("https", "ftp"));
    let said = refused(&["edge", "check", "--quiet", &wrong], "");
    assert!(said.contains("vars.GOMUJUL_CONFIG: origins[0].url: \"ftp://a.example\""), "{said}");
    // The project's own file has none, and is what is looked at if no file is named.
    let said = refused(&["edge", "check", "--requests-per-s", "100"], "");
    assert!(said.contains("wrangler.toml: there is no [vars.GOMUJUL_CONFIG]"), "{said}");
    assert!(refused(&["edge", "check", "no-such-file.json"], "").contains("no-such-file.json: "));
    assert!(refused(&["edge", "check", "-"], "{").contains("-: "));
}

#[test]
fn a_design_becomes_a_configuration_that_lacks_addresses_only() {
    let (document, notes) = done(&["edge", "export", STORY], "");
    for part in ["note: write the address of each into its `url`: web-servers-1, ", "10 → 12"] {
        assert!(notes.contains(part), "{notes}");
    }
    let said = refused(&["edge", "check", "-"], &document);
    assert!(said.contains("origins[0].url: write the address of web-servers-1"), "{said}");
    let filled = document.replace("\"url\": \"\"", "\"url\": \"https://web.example\"");
    let (report, _) = done(&["edge", "check", "-"], &filled);
    assert!(report.contains("right, 8 origins"), "{report}");
    // Once it runs, the next drawing keeps the addresses.
    let running = file("running.json", &filled.replacen("web.example", "first.example", 1));
    let (again, notes) = done(&["edge", "export", STORY, "--running", &running], "");
    assert!(again.contains("https://first.example") && !again.contains("\"url\": \"\""), "{again}");
    assert!(!notes.contains("`url`"), "{notes}");
    assert!(refused(&["edge", "export", "-"], "{\"nodes\": 1}").contains("nodes"));
    let wrong = file("wrong.json", "{\"orgins\": []}");
    let said = refused(&["edge", "export", STORY, "--running", &wrong], "");
    assert!(said.contains("unknown field `orgins`"), "{said}");
}

/// Every name in a document is one that the schema has in the same place.
fn named(
    schema: &serde_json::Value,
    at: &serde_json::Value,
    value: &serde_json::Value,
    path: &str,
) {
    let at = match at["$ref"].as_str() {
        Some(name) => schema.pointer(name.trim_start_matches('#')).unwrap(),
        None => at,
    };
    let ways: Vec<&serde_json::Value> = ["anyOf", "oneOf", "allOf"]
        .iter()
        .filter_map(|field| at[*field].as_array())
        .flatten()
        .collect();
    match value {
        serde_json::Value::Object(fields) => {
            // One of several kinds: which one, the names of its fields cannot say here.
            if !ways.is_empty() && at["properties"].is_null() {
                let object = ways.iter().find(|way| !way["$ref"].is_null());
                return object.into_iter().for_each(|way| named(schema, way, value, path));
            }
            for (field, value) in fields {
                let inner = &at["properties"][field];
                assert!(!inner.is_null(), "{path}.{field} is not in the schema");
                named(schema, inner, value, &format!("{path}.{field}"));
            }
        }
        serde_json::Value::Array(items) => {
            items.iter().for_each(|item| named(schema, &at["items"], item, path));
        }
        _ => {}
    }
}

#[test]
fn the_schema_knows_every_field_of_the_documents_that_people_write() {
    let schema: serde_json::Value =
        serde_json::from_str(&done(&["schema", "origins"], "").0).unwrap();
    assert_eq!(schema["additionalProperties"], false);
    let (exported, _) = done(&["edge", "export", STORY], "");
    let exported: serde_json::Value = serde_json::from_str(&exported).unwrap();
    named(&schema, &schema, &exported, "");
    // The document in the comments of the project's wrangler.toml, with a line for editors.
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../wrangler.toml");
    let wrangler = fs::read_to_string(root).unwrap();
    let (_, commented) = wrangler.split_once("# [vars.GOMUJUL_CONFIG]\n").unwrap();
    let example: Vec<&str> = commented.lines().map(|line| line.trim_start_matches("# ")).collect();
    let example = format!("\"$schema\" = \"origins.schema.json\"\n{}", example.join("\n"));
    let example: toml::Table = example.parse().unwrap();
    let example = serde_json::to_value(example).unwrap();
    named(&schema, &schema, &example, "");
    let (report, _) = done(&["edge", "check", "-"], &example.to_string());
    assert!(report.contains("right, 2 origins"), "{report}");
}
