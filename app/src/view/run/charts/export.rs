//! A chart's numbers as a file: every point of the run, whatever the picture shows.

use super::samples::every_point;
use super::spec::{Chart, Fixed};
use crate::i18n::units;
use serde_json::{Map, Value, json};
use shared::sim::SeriesPoint;
use shared::time::Timestamp;

/// Name of a line in files: that of its message, without the prefix.
fn column(key: &str) -> String {
    key.trim_start_matches("chart-").replace('-', "_")
}

/// The names of a chart's columns after the time; lines of one name are numbered.
fn columns(chart: Chart, fixed: &Fixed) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for line in chart.lines(fixed) {
        let name = column(line.key);
        let before = names.iter().filter(|other| other.starts_with(&name)).count();
        names.push(if before == 0 { name } else { format!("{name}_{}", before + 1) });
    }
    names
}

/// The chart as comma-separated values with a head, as RFC 4180 has them.
pub(super) fn csv(chart: Chart, fixed: &Fixed, starts_at_s: u32, series: &[SeriesPoint]) -> String {
    let mut text = format!("time_s,clock,{}\r\n", columns(chart, fixed).join(","));
    for sample in every_point(series) {
        let clock = units::clock(starts_at_s, Timestamp::from_s(u64::from(sample.last.at_s)));
        let values = chart.values(&sample, fixed);
        let values = values.iter().map(|value| value.map_or_else(String::new, |v| v.to_string()));
        let row: Vec<String> =
            [sample.last.at_s.to_string(), clock.replace(units::NARROW_SPACE, " ")]
                .into_iter()
                .chain(values)
                .collect();
        text.push_str(&row.join(","));
        text.push_str("\r\n");
    }
    text
}

/// The chart as JSON: a list of points.
pub(super) fn json(chart: Chart, fixed: &Fixed, series: &[SeriesPoint]) -> String {
    let columns = columns(chart, fixed);
    let point = |sample: super::samples::Sample| {
        let values = chart.values(&sample, fixed).into_iter().map(Value::from);
        let mut point = Map::new();
        point.insert("time_s".to_owned(), json!(sample.last.at_s));
        point.extend(columns.iter().cloned().zip(values));
        Value::Object(point)
    };
    let points: Vec<Value> = every_point(series).into_iter().map(point).collect();
    json!({ "chart": chart.file_name(), "points": points }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    fn series() -> Vec<SeriesPoint> {
        let point = |at_s| SeriesPoint {
            at_s,
            arrived: 10 * at_s,
            completed: 5,
            p50_ms: (at_s > 1).then_some(12.5),
            cpu: Some(0.5),
            ..SeriesPoint::default()
        };
        (1..=600).map(point).collect()
    }

    #[test]
    fn files_have_every_point_and_every_line() {
        let fixed = Fixed::of(&presets::seven_steps());
        let text = csv(Chart::Cpu, &fixed, 43_200, &series());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 601);
        assert_eq!(lines[0], "time_s,clock,average_cpu,threshold,threshold_2");
        assert_eq!(lines[1], "1,12:00:01,50,80,20");
        let latency = csv(Chart::Latency, &fixed, 0, &series());
        assert!(latency.contains("\r\n1,00:00:01,,,,,\r\n2,00:00:02,12.5,,,,\r\n"), "{latency}");
        let parsed: Value =
            serde_json::from_str(&json(Chart::Requests, &fixed, &series())).unwrap();
        assert_eq!(parsed["points"][2]["arrived"], 30.0);
        assert_eq!(parsed["points"].as_array().unwrap().len(), 600);
    }

    #[test]
    fn columns_have_names_of_their_own() {
        let fixed = Fixed::of(&presets::seven_steps());
        for chart in Chart::ALL {
            let names = columns(chart, &fixed);
            let distinct: std::collections::BTreeSet<_> = names.iter().collect();
            assert_eq!(distinct.len(), names.len(), "{names:?}");
        }
    }
}
