//! Runs conformance vectors: published inputs against what this project answers.
//!
//! A folder holds one JSON file a topic, each a list of
//! `{id, topic, source, input, expected, note}`. A topic's check re-enacts the input with the real
//! cores and compares with `expected`. Vectors are data of others; the rules live in `shared`, and
//! a check only translates between the two. It must never look a row's answer up.

mod balance;
mod scale;

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// One published case.
#[derive(Debug, Deserialize)]
pub struct Vector {
    /// Unique within its topic.
    pub id: String,
    /// Which rule it shows.
    pub topic: String,
    /// Where it was published; some rows name a condition only here.
    #[serde(default)]
    pub source: String,
    /// What goes in; its shape depends on the topic and sometimes on the row.
    pub input: Value,
    /// What must come out.
    pub expected: Value,
}

/// What a check has to say.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// The answer is the expected one.
    Passed,
    /// It is not: what came instead.
    Failed(String),
    /// The row states a fact and no behaviour: why it cannot be run.
    Skipped(&'static str),
}

/// A topic and how to run one of its rows. A row that the check does not understand is a failure.
pub struct Topic {
    /// As in the vectors' `topic` field.
    pub name: &'static str,
    /// Runs one row.
    pub check: fn(&Vector) -> Verdict,
}

/// Counts of one topic or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows whose answer is the expected one.
    pub passed: u32,
    /// Rows whose answer is another.
    pub failed: u32,
    /// Rows that were not run.
    pub skipped: u32,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Passes if `got` equals `expected`, both as JSON. Numbers are equal within `tolerance`.
pub fn compare(got: &Value, expected: &Value, tolerance: f64) -> Verdict {
    if same(got, expected, tolerance) {
        Verdict::Passed
    } else {
        Verdict::Failed(format!("got {got}"))
    }
}

fn same(got: &Value, expected: &Value, tolerance: f64) -> bool {
    match (got, expected) {
        (Value::Number(got), Value::Number(expected)) => {
            let (got, expected) = (got.as_f64(), expected.as_f64());
            matches!((got, expected), (Some(a), Some(b)) if (a - b).abs() <= tolerance)
        }
        (Value::Array(got), Value::Array(expected)) => {
            got.len() == expected.len()
                && got.iter().zip(expected).all(|(got, expected)| same(got, expected, tolerance))
        }
        (Value::Object(got), Value::Object(expected)) => {
            got.len() == expected.len()
                && expected.iter().all(|(key, expected)| {
                    got.get(key).is_some_and(|got| same(got, expected, tolerance))
                })
        }
        (got, expected) => got == expected,
    }
}

/// Every topic that can be run, in alphabetical order.
pub fn topics() -> BTreeMap<&'static str, Topic> {
    let topics = balance::topics().into_iter().chain(scale::topics());
    topics.map(|topic| (topic.name, topic)).collect()
}

/// Runs every `*.json` of `folder` (and of its folders), in order of name.
///
/// Returns the report, one line a topic after its failures, and the total.
///
/// # Errors
///
/// The file that cannot be read or is not a list of vectors.
pub fn run(folder: &Path) -> Result<(String, Tally), String> {
    let topics = topics();
    let mut by_topic: BTreeMap<String, Vec<Vector>> = BTreeMap::new();
    for file in json_files(folder)? {
        let text =
            std::fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let vectors: Vec<Vector> =
            serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))?;
        for vector in vectors {
            by_topic.entry(vector.topic.clone()).or_default().push(vector);
        }
    }
    if by_topic.is_empty() {
        return Err(format!(
            "{}: no vectors here; name a folder of *.json files",
            folder.display()
        ));
    }
    let (mut report, mut total) = (String::new(), Tally::default());
    for (name, vectors) in &by_topic {
        let tally = run_topic(topics.get(name.as_str()), vectors, &mut report);
        let _ = writeln!(report, "{name}: {tally}");
        total.passed += tally.passed;
        total.failed += tally.failed;
        total.skipped += tally.skipped;
    }
    let _ = writeln!(report, "total: {total}");
    Ok((report, total))
}

fn run_topic(topic: Option<&Topic>, vectors: &[Vector], report: &mut String) -> Tally {
    let mut tally = Tally::default();
    let Some(topic) = topic else {
        let _ = writeln!(report, "  skipped: this program has no such topic");
        return Tally { skipped: vectors.len() as u32, ..tally };
    };
    for vector in vectors {
        match (topic.check)(vector) {
            Verdict::Passed => tally.passed += 1,
            Verdict::Failed(got) => {
                tally.failed += 1;
                let Vector { id, input, expected, .. } = vector;
                let _ = writeln!(report, "  FAILED {id}\n    input    {input}");
                let _ = writeln!(report, "    expected {expected}\n    {got}");
            }
            Verdict::Skipped(reason) => {
                tally.skipped += 1;
                let _ = writeln!(report, "  skipped {}: {reason}", vector.id);
            }
        }
    }
    tally
}

fn json_files(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            files.extend(json_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
