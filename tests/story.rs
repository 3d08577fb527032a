//! The story in seven steps, then the night, told by the simulation itself.

#![expect(clippy::expect_used, reason = "in a test a panic is the report")]

use shared::design::{Design, NodeKind, presets};
use shared::id::{InstanceId, NodeId};
use shared::scale::{AlarmState, LifecycleState};
use shared::sim::{
    Command, Frame, GroupFrame, LogEntry, LogEvent, NodeFrame, RunResult, ServerState, Simulation,
    StepBudget,
};
use shared::time::Timestamp;

fn node_of(design: &Design, kind: NodeKind) -> NodeId {
    let found = design.nodes.iter().find(|(_, node)| node.settings.kind() == kind);
    *found.expect("the story has one of each").0
}

fn run_to(sim: &mut Simulation, seconds: u64) -> Frame {
    sim.run_until(Timestamp::from_s(seconds), StepBudget::UNLIMITED);
    sim.frame()
}

fn group(frame: &Frame) -> &GroupFrame {
    let group = frame.nodes.iter().find_map(|node| match node {
        NodeFrame::Group(group) => Some(group),
        NodeFrame::Source(_) | NodeFrame::Balancer(_) | NodeFrame::Dependency(_) => None,
    });
    group.expect("the story has a group")
}

fn eligible(frame: &Frame) -> u32 {
    let balancer = frame.nodes.iter().find_map(|node| match node {
        NodeFrame::Balancer(balancer) => Some(balancer.eligible),
        NodeFrame::Source(_) | NodeFrame::Group(_) | NodeFrame::Dependency(_) => None,
    });
    balancer.expect("the story has a balancer")
}

/// The first entry after position `after` for which `wanted` holds, with its position.
fn find(log: &[LogEntry], after: usize, wanted: impl Fn(&LogEvent) -> bool) -> (usize, &LogEntry) {
    let found = log.iter().enumerate().skip(after).find(|(_, entry)| wanted(&entry.event));
    found.expect("the story goes on")
}

fn seconds(entry: &LogEntry) -> f64 {
    entry.at.as_s_f64()
}

#[test]
fn seven_steps_and_the_night() {
    let design = presets::seven_steps();
    let mut sim = Simulation::new(&design).unwrap();

    // 1 and 2: requests arrive at the balancer, which spreads them over the healthy servers.
    let noon = run_to(&mut sim, 299);
    let result = sim.result();
    let requests: Vec<u64> = result.nodes.iter().map(|node| node.requests).collect();
    assert!(requests[0] > 35_000, "{requests:?}");
    assert_eq!(requests[0], requests[1], "every request reaches the balancer");
    assert_eq!(requests[1], requests[2], "and is sent on to the group");
    assert_eq!((eligible(&noon), group(&noon).instances.len()), (2, 2));
    let cpu = f64::from(group(&noon).cpu.unwrap());
    assert!((cpu - 0.6).abs() < 0.08, "two servers are 60 % busy: {cpu}");

    // 3: a crowd arrives, the average CPU goes over 80 %.
    let crowd = run_to(&mut sim, 400);
    assert!(group(&crowd).cpu.unwrap() > 0.8);
    assert_eq!(group(&crowd).desired_capacity, 2, "the alarm needs two periods");

    // 4: the alarm goes to ALARM and signals the group.
    let booting = run_to(&mut sim, 421);
    let log = sim.log().to_vec();
    let to_alarm = |event: &LogEvent| {
        matches!(event, LogEvent::Alarm { to: AlarmState::Alarm, high: true, .. })
    };
    let (alarm, entry) = find(&log, 0, to_alarm);
    assert!(matches!(entry.event, LogEvent::Alarm { value: Some(value), .. } if value > 80.0));

    // 5: the group launches a server by itself, because of the alarm.
    let (wanted, entry) =
        find(&log, alarm, |event| *event == LogEvent::DesiredCapacity { from: 2, to: 3 });
    assert_eq!(entry.cause, Some(alarm as u32));
    let third = InstanceId(3);
    let (_, launched) =
        find(&log, wanted, |event| *event == LogEvent::Launched { instance: third });
    assert_eq!(launched.cause, Some(wanted as u32));
    let state = |frame: &Frame| {
        let third = group(frame).instances.iter().find(|instance| instance.id == third);
        third.map(|instance| (instance.state, instance.in_flight))
    };
    assert_eq!(state(&booting), Some((ServerState::Booting, 0)));
    assert_eq!(eligible(&booting), 2, "it gets nothing yet");

    // 6: it runs, passes its health check, joins the healthy list and gets traffic.
    let stable = run_to(&mut sim, 800);
    let log = sim.log().to_vec();
    let (healthy, _) = find(
        &log,
        wanted,
        |event| matches!(event, LogEvent::Health { instance: Some(id), healthy: true, .. } if *id == third),
    );
    let (_, joined) = find(&log, healthy, |event| {
        let LogEvent::Instance { instance, state, .. } = event else { return false };
        (*instance, *state) == (third, LifecycleState::InService)
    });
    let boot_s = seconds(joined) - seconds(launched);
    assert!((60.0..=90.0).contains(&boot_s), "it boots for 60 to 90 s: {boot_s}");
    assert_eq!(eligible(&stable), 3);
    assert_eq!(state(&stable).map(|(state, _)| state), Some(ServerState::InService));

    // 7: the load spreads and the system is stable again.
    let cpu = f64::from(group(&stable).cpu.unwrap());
    assert!((cpu - 0.63).abs() < 0.08, "three servers are 63 % busy: {cpu}");
    assert!(stable.cost_usd_per_hour > noon.cost_usd_per_hour);

    // The night: under 20 % servers leave, draining first, and cost falls.
    let night = run_to(&mut sim, 3_600);
    let log = sim.log();
    let (alarm, _) = find(log, 0, |event| {
        matches!(event, LogEvent::Alarm { to: AlarmState::Alarm, high: false, .. })
    });
    let (gone, left) = find(log, alarm, |event| {
        matches!(event, LogEvent::Instance { state: LifecycleState::Terminated, .. })
    });
    let drains = |entry: &LogEntry| {
        matches!(entry.event, LogEvent::Instance { state: LifecycleState::Draining, .. })
    };
    let before = log[..gone].iter().rev().find(|entry| drains(entry));
    assert!(before.is_some_and(|entry| entry.at <= left.at), "it drained first");
    assert_eq!(group(&night).instances.len(), 2);
    assert!(night.cost_usd_per_hour < stable.cost_usd_per_hour);

    // And nobody was ever turned away.
    let result = sim.result();
    assert_eq!(result.totals.failed, 0);
    check_totals(&result);
}

/// One server dies at any moment: the health check takes it out, nobody is sent to it any more,
/// and the group replaces it.
#[test]
fn a_server_that_does_not_die() {
    for crash_at in [30, 299, 555, 1_500] {
        let design = presets::seven_steps();
        let mut sim = Simulation::new(&design).unwrap();
        let before = run_to(&mut sim, crash_at);
        let servers = group(&before).desired_capacity;
        let group_id = node_of(&design, NodeKind::Group);
        sim.apply(Command::crash(group_id, None)).unwrap();
        let noticed = run_to(&mut sim, crash_at + 31);
        let alive = group(&noticed).instances.iter();
        assert_eq!(alive.filter(|i| i.state == ServerState::Failed).count(), 0, "{crash_at}");
        // 30 s to notice at most, 90 s to boot, 10 s to the next check.
        let healed = run_to(&mut sim, crash_at + 135);
        assert!(eligible(&healed) >= servers, "crash at {crash_at}: {:?}", group(&healed));
        check_totals(&sim.result());
    }
}

fn check_totals(result: &RunResult) {
    let totals = result.totals;
    assert_eq!(totals.arrived, totals.completed + totals.failed + totals.in_flight);
}
