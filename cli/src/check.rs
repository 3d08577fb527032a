//! `gomujul check`: what is wrong with a design.

use crate::{input, output};
use serde_json::json;
use shared::design::{self, Issue, Place, Severity};

pub(crate) fn run(name: &str, as_json: bool) -> Result<(), String> {
    let design = input::read(name)?;
    let issues = design::validate(&design);
    if as_json {
        let issues: Vec<_> = issues.iter().map(to_json).collect();
        output::line(&format!("{:#}", json!(issues)))?;
    } else if issues.is_empty() {
        output::line("no issues")?;
    } else {
        issues.iter().try_for_each(|issue| output::line(&issue.to_string()))?;
    }
    let errors = issues.iter().filter(|issue| issue.severity == Severity::Error).count();
    if errors == 0 { Ok(()) } else { Err(format!("{name}: {errors} to mend before it can run")) }
}

fn to_json(issue: &Issue) -> serde_json::Value {
    let (node, link) = match issue.at {
        Place::Design => (None, None),
        Place::Node(id) => (Some(id.0), None),
        Place::Link(id) => (None, Some(id.0)),
    };
    let severity = match issue.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    json!({
        "severity": severity,
        "code": issue.problem.code(),
        "node": node,
        "link": link,
        "field": issue.problem.field(),
        "message": issue.problem.to_string(),
    })
}
