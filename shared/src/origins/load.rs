//! What an origin says of its own load.
//!
//! The Open Request Cost Aggregation standard (ORCA), which Envoy and gRPC read: the response
//! header `endpoint-load-metrics` carries `JSON {"cpu_utilization": 0.3, "named_metrics": {"q": 7}}`
//! or `TEXT cpu_utilization=0.3, named_metrics.q=7`. (The third format, `BIN`, is a protocol buffer
//! in base64 and is not read here.) Origins that speak no ORCA can put a number into the body of
//! their health page instead.

use super::LoadSource;
use crate::json;
use serde_json::Value;

/// The header field, in lower case.
pub const ORCA_HEADER: &str = "endpoint-load-metrics";

/// The most characters of the header that are read.
const HEADER_MAX: usize = 4_096;

/// The load of one origin, as far as it told.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LoadMetrics {
    /// CPU utilisation in percent. More than 100 means more work than cores (ORCA allows it).
    pub cpu_percent: Option<f64>,
    /// The metric that the configuration names, in its own unit.
    pub custom: Option<f64>,
}

impl LoadMetrics {
    /// What the answer to a probe tells: its header field and the beginning of its body.
    pub fn of(source: &LoadSource, header: Option<&str>, body: &str) -> Self {
        let header = header.filter(|header| header.len() <= HEADER_MAX);
        let orca = |name: &str| header.and_then(|header| metric(header, name));
        let cpu = if source.body_pointer.is_empty() {
            orca(&source.cpu)
        } else {
            let body: Option<Value> = serde_json::from_str(body).ok();
            body.and_then(|body| body.pointer(&source.body_pointer).and_then(Value::as_f64))
        };
        Self {
            cpu_percent: sound(cpu).map(|share| share * 100.0),
            custom: sound(
                Some(source.custom.as_str()).filter(|name| !name.is_empty()).and_then(orca),
            ),
        }
    }
}

/// Loads are numbers that can be added up.
fn sound(value: Option<f64>) -> Option<f64> {
    value.filter(|value| (0.0..=1e12).contains(value))
}

/// One metric of the header: a field of its own, or `map.key` for an entry of a map.
fn metric(header: &str, name: &str) -> Option<f64> {
    let (format, rest) = header.trim().split_once(char::is_whitespace)?;
    match format.to_ascii_uppercase().as_str() {
        "JSON" => {
            let fields: Value = serde_json::from_str(rest).ok()?;
            let found = match name.split_once('.') {
                Some((map, key)) => fields.get(map).and_then(|map| map.get(key)),
                None => fields.get(name),
            };
            found.and_then(Value::as_f64)
        }
        "TEXT" => rest.split(',').find_map(|pair| {
            let (key, value) = pair.split_once(['=', ':'])?;
            (key.trim() == name).then(|| json::number(value.trim()))?
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> LoadSource {
        LoadSource { custom: "named_metrics.queue".to_owned(), ..LoadSource::default() }
    }

    #[test]
    fn both_formats_are_read() {
        let both = LoadMetrics { cpu_percent: Some(30.0), custom: Some(7.0) };
        let cpu = LoadMetrics { cpu_percent: Some(250.0), custom: None };
        let nothing = LoadMetrics::default();
        let cases = [
            (r#"JSON {"cpu_utilization": 0.3, "named_metrics": {"queue": 7}}"#, both),
            ("TEXT cpu_utilization=0.3, named_metrics.queue=7", both),
            ("text named_metrics.queue:7,cpu_utilization:0.3", both),
            ("JSON {\"cpu_utilization\": 2.5}", cpu),
            ("TEXT cpu_utilization=-1", nothing),
            ("TEXT cpu_utilization=NaN,named_metrics.queue=inf", nothing),
            ("JSON {\"cpu_utilization\": \"0.3\"}", nothing),
            ("JSON [", nothing),
            ("BIN AAAA", nothing),
            ("JSON", nothing),
            ("", nothing),
        ];
        for (header, expected) in cases {
            assert_eq!(LoadMetrics::of(&source(), Some(header), ""), expected, "{header}");
        }
        let long = format!("TEXT {}cpu_utilization=0.3", "x=1,".repeat(2_000));
        assert_eq!(LoadMetrics::of(&source(), Some(&long), ""), nothing);
    }

    #[test]
    fn the_body_is_read_where_it_is_asked_for() {
        let source = LoadSource { body_pointer: "/load/cpu".to_owned(), ..LoadSource::default() };
        let of =
            |body| LoadMetrics::of(&source, Some("TEXT cpu_utilization=0.9"), body).cpu_percent;
        assert_eq!(of(r#"{"load": {"cpu": 0.25}}"#), Some(25.0));
        for body in ["", "{", r#"{"load": 1}"#, r#"{"load": {"cpu": "high"}}"#] {
            assert_eq!(of(body), None, "{body}");
        }
    }
}
