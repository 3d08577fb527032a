//! What the presets are there to show.

use super::*;

/// Share of the requests between two seconds that failed.
fn failed_between(result: &RunResult, from_s: u32, to_s: u32) -> f64 {
    let points = result.series.iter().filter(|point| (from_s..to_s).contains(&point.at_s));
    let (failed, ended) = points.fold((0, 0), |(failed, ended), point| {
        (failed + point.failed, ended + point.failed + point.completed)
    });
    f64::from(failed) / f64::from(ended.max(1))
}

/// Requests a second that are answered well between two seconds.
fn goodput(result: &RunResult, from_s: u32, to_s: u32) -> f64 {
    let points = result.series.iter().filter(|point| (from_s..to_s).contains(&point.at_s));
    points.map(|point| f64::from(point.completed)).sum::<f64>() / f64::from(to_s - from_s)
}

/// However many web servers there may be, the database does 200 queries a second; and the servers
/// that scaling adds have less to do than before.
#[test]
fn scaling_does_not_help_a_database() {
    let with_at_most = |max_size| {
        let mut design = presets::database_bottleneck();
        for node in design.nodes.values_mut() {
            if let Settings::Group(group) = &mut Arc::make_mut(node).settings {
                group.max_size = max_size;
            }
        }
        run(&design, 2_100)
    };
    let (few, many) = (with_at_most(2), with_at_most(8));
    let servers = |result: &RunResult| result.series.last().unwrap().in_service;
    assert_eq!(servers(&few), 2);
    assert!(servers(&many) > 4, "it scales out: {}", servers(&many));
    let cpu = |result: &RunResult, at_s| {
        result.series.iter().find(|point| point.at_s == at_s).unwrap().cpu.unwrap()
    };
    assert!(cpu(&many, 2_000) < 0.6 * cpu(&few, 2_000));
    for result in [&few, &many] {
        let good = goodput(result, 1_500, 2_100);
        assert!((good - 200.0).abs() < 6.0, "{good} requests/s of 280");
    }
}

/// The cache comes back only as fast as the database answers.
#[test]
fn a_flushed_cache_overwhelms_the_database() {
    let result = run(&presets::cache_stampede(), 1_800);
    assert!(failed_between(&result, 60, 600) < 1e-3);
    let stampede = failed_between(&result, 610, 640);
    assert!(stampede > 0.6, "{stampede}");
    // 100 answers a second bring back 95 entries: after a minute a quarter of them are there.
    let later = failed_between(&result, 660, 670);
    assert!(later > 0.3, "{later}");
    assert!(failed_between(&result, 1_200, 1_800) < 1e-3, "it recovers");
}

/// Half an hour after a minute of overload nearly nothing is answered in time; without retries it
/// is over after seconds.
#[test]
fn retries_keep_a_storm_alive() {
    let mut design = presets::retry_storm();
    let storm = run(&design, 1_800);
    assert!(failed_between(&storm, 60, 300) < 1e-3);
    let late = failed_between(&storm, 1_500, 1_800);
    assert!(late > 0.5, "{late}");
    change_source(&mut design, |source| source.retries = 0);
    let calm = failed_between(&run(&design, 1_800), 500, 1_800);
    assert!(calm < 1e-3, "{calm}");
}

/// Requests fail until the health checks notice that a zone is gone; then the four servers of two
/// zones carry everything, and the group replaces the other two there.
#[test]
fn two_zones_carry_what_three_did() {
    let result = run(&presets::zone_outage(), 2_400);
    assert!(failed_between(&result, 60, 600) < 1e-3);
    let unnoticed = failed_between(&result, 600, 620);
    assert!(unnoticed > 0.1, "{unnoticed}");
    assert!(failed_between(&result, 640, 2_400) < 1e-3, "two zones hold");
    let cpu = |from_s: u32, to_s: u32| {
        let points = result.series.iter().filter(|point| (from_s..to_s).contains(&point.at_s));
        let seconds: Vec<f64> = points.filter_map(|point| point.cpu.map(f64::from)).collect();
        seconds.iter().sum::<f64>() / seconds.len() as f64
    };
    assert!(cpu(632, 642) > 0.7, "four servers at {}", cpu(632, 642));
    assert!(cpu(900, 1_500) < 0.62, "six again at {}", cpu(900, 1_500));
}
