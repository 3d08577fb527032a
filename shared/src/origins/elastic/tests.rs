//! The story of the seven steps over origins, and what of it the store must hear.

use super::*;
use crate::origins::EdgeConfig;

const START_S: u64 = 1_800_000_000;

/// Two origins in service, two on standby; the two policies of the story.
fn config() -> EdgeConfig {
    let text = r#"{
        "origins": [
            {"id": "a", "url": "http://a"}, {"id": "b", "url": "http://b"},
            {"id": "c", "url": "http://c", "standby": true},
            {"id": "d", "url": "http://d", "standby": true}
        ],
        "scaling": {"min_size": 2, "deregistration_delay_s": 120, "default_instance_warmup_s": 60, "policies": [
            {"type": "step", "alarm": {"threshold": 80}, "steps": [{"lower": 0, "adjustment": 1}]},
            {"type": "step",
             "alarm": {"comparison": "less_than_threshold", "threshold": 20,
                       "evaluation_periods": 5, "datapoints_to_alarm": 5},
             "steps": [{"upper": 0, "adjustment": -1}]}
        ]}
    }"#;
    EdgeConfig::from_json(text).unwrap()
}

/// The pool under a day of minutes: `restart` says when the next run has only what was written.
struct World {
    config: EdgeConfig,
    minute: u64,
    memory: Option<GroupMemory>,
    stored: Option<GroupMemory>,
    writes: usize,
    log: Vec<String>,
}

impl World {
    fn new() -> Self {
        let config = config();
        Self { config, minute: 0, memory: None, stored: None, writes: 0, log: Vec::new() }
    }

    fn elastic(&self, memory: Option<&GroupMemory>, now: Timestamp) -> Elastic {
        let scaling = self.config.scaling.as_ref().unwrap();
        Elastic::restore("default", scaling, &self.config.origins, memory, now).unwrap()
    }

    /// One run of the cron: `cpu` in percent of each that is active; `dead` fail their probes.
    fn run(&mut self, cpu: f64, dead: &[&str]) -> Vec<(String, MemberPhase)> {
        self.minute += 1;
        let now = Timestamp::from_s(START_S + self.minute * 60 + 2);
        let mut elastic = self.elastic(self.memory.as_ref(), now);
        let load = LoadMetrics { cpu_percent: Some(cpu), custom: None };
        let active: Vec<String> = elastic.players.values().map(|p| p.origin.clone()).collect();
        let found = active.into_iter().map(|id| {
            let dead = dead.contains(&id.as_str());
            let load = if dead { LoadMetrics::default() } else { load };
            (id, Finding { healthy: Some(!dead), load })
        });
        let tick = elastic.tick(now, &found.collect());
        for event in &tick.events {
            let word = match event {
                EventKind::Alarm { policy, state, .. } => format!("alarm {policy} {state}"),
                EventKind::Capacity { from, to, .. } => format!("{from} to {to}"),
                EventKind::Activated { origin, .. } => format!("{origin} activated"),
                EventKind::InService { origin, .. } => format!("{origin} in service"),
                EventKind::Draining { origin, .. } => format!("{origin} draining"),
                EventKind::Deactivated { origin, .. } => format!("{origin} on standby"),
                other => format!("{other:?}"),
            };
            self.log.push(format!("{}: {word}", self.minute));
        }
        self.memory = Some(elastic.memory().clone());
        let heartbeat = self.minute.is_multiple_of(5);
        if tick.must_write || heartbeat || self.stored.is_none() {
            self.writes += usize::from(!heartbeat);
            self.stored.clone_from(&self.memory);
        }
        let members = &elastic.memory().members;
        members.iter().map(|member| (member.origin.clone(), member.phase)).collect()
    }

    fn serving(&mut self, cpu: f64, minutes: u64, dead: &[&str]) -> String {
        let mut last = Vec::new();
        for _ in 0..minutes {
            last = self.run(cpu, dead);
        }
        last.retain(|(_, phase)| *phase == MemberPhase::InService);
        let mut serving: Vec<String> = last.into_iter().map(|(origin, _)| origin).collect();
        serving.sort();
        serving.join(" ")
    }
}

#[test]
fn the_story_in_seven_steps_and_the_night() {
    let mut world = World::new();
    assert_eq!(world.serving(40.0, 3, &[]), "a b");
    assert_eq!(world.serving(90.0, 3, &[]), "a b c", "{:?}", world.log);
    assert_eq!(world.serving(60.0, 10, &[]), "a b c");
    assert_eq!(world.serving(10.0, 5, &[]), "a b", "{:?}", world.log);
    let expected = [
        "2: alarm 1 OK",
        "2: alarm 2 OK",
        "5: alarm 1 ALARM",
        "5: 2 to 3",
        "5: c activated",
        "6: c in service",
        "7: alarm 1 OK",
        "21: alarm 2 ALARM",
        "21: 3 to 2",
        "21: c draining",
    ];
    assert_eq!(world.log, expected);
    world.serving(40.0, 3, &[]);
    assert_eq!(world.log.last().map(String::as_str), Some("23: c on standby"));
    // The night goes on: nothing to remove any more, and nothing to write.
    let before = world.writes;
    assert_eq!(world.serving(10.0, 600, &[]), "a b");
    assert!(world.writes - before <= 3, "{} writes", world.writes - before);
}

#[test]
fn an_origin_that_dies_is_replaced_and_comes_back_as_a_standby() {
    let mut world = World::new();
    world.serving(40.0, 3, &[]);
    assert_eq!(world.serving(40.0, 2, &["a"]), "b c", "{:?}", world.log);
    // d dies as well when it is its turn: nobody is left, so b stays where it is seen.
    let with_many_dead = world.serving(40.0, 4, &["a", "b", "d"]);
    assert!(with_many_dead.contains('c'), "{with_many_dead} {:?}", world.log);
    assert_eq!(world.serving(40.0, 6, &[]).split(' ').count(), 2, "{:?}", world.log);
}

/// A run that knows only what was written decides as one that remembers everything.
#[test]
fn what_is_written_suffices() {
    let mut rng = crate::rng::Rng::new(7);
    for round in 0..40 {
        let (mut whole, mut forgetful) = (World::new(), World::new());
        let mut cpu: f64 = 40.0;
        for _ in 0..120 {
            if rng.index(6) == 0 {
                cpu = [5.0, 15.0, 40.0, 75.0, 85.0, 95.0][rng.index(6)];
            }
            let dead: &[&str] = if rng.index(20) == 0 { &["b"] } else { &[] };
            let expected = whole.run(cpu, dead);
            // Often another isolate takes over.
            if rng.index(3) == 0 {
                forgetful.memory.clone_from(&forgetful.stored);
            }
            let found = forgetful.run(cpu, dead);
            assert_eq!(found, expected, "round {round}, minute {}", whole.minute);
        }
        assert_eq!(forgetful.log, whole.log, "round {round}");
    }
}

#[test]
fn memories_survive_the_store_and_new_settings() {
    let mut world = World::new();
    world.serving(40.0, 3, &[]);
    world.serving(90.0, 3, &[]);
    let text = serde_json::to_string(world.memory.as_ref().unwrap()).unwrap();
    assert!(text.len() < 3_000, "{} bytes", text.len());
    assert_eq!(serde_json::from_str::<GroupMemory>(&text).ok(), world.memory);
    // New settings keep who serves; fewer origins keep those that are left.
    world.config.scaling.as_mut().unwrap().default_cooldown_s = 7;
    assert_eq!(world.serving(60.0, 1, &[]), "a b c");
    world.config.origins.remove(0);
    assert_eq!(world.serving(60.0, 1, &[]), "b c");
}

#[test]
fn people_set_the_capacity() {
    let world = World::new();
    let now = Timestamp::from_s(START_S + 90);
    let mut elastic = world.elastic(None, now);
    let tick = elastic.set_desired(now, WantedCapacity { desired: 4, at_ms: now.as_ms() });
    assert_eq!(tick.desired, Some(4));
    assert!(tick.must_write);
    let phases: Vec<_> = elastic.memory().members.iter().map(|member| member.phase).collect();
    assert_eq!(phases.iter().filter(|phase| **phase == MemberPhase::Checking).count(), 2);
    // The wish stays in the store; it is told once, by whatever isolate.
    let memory = elastic.memory().clone();
    let wanted = |desired, at_ms| WantedCapacity { desired, at_ms };
    let later = Timestamp::from_s(START_S + 150);
    let mut elastic = world.elastic(Some(&memory), later);
    assert_eq!(elastic.set_desired(later, wanted(4, now.as_ms())), Tick::default());
    assert_eq!(elastic.set_desired(later, wanted(3, now.as_ms() + 1)).desired, Some(3));
    let tick = elastic.set_desired(later, wanted(3, now.as_ms() + 2));
    assert!(tick.must_write && tick.desired.is_none(), "heard, though it changes nothing");
}

#[test]
fn a_cron_that_stood_still_leaves_a_gap() {
    let mut world = World::new();
    world.serving(90.0, 1, &[]);
    world.minute += 60;
    world.serving(90.0, 1, &[]);
    // Two breaching minutes an hour apart are no two of two.
    assert!(!world.log.iter().any(|line| line.contains("ALARM")), "{:?}", world.log);
    assert_eq!(world.serving(90.0, 2, &[]), "a b c", "{:?}", world.log);
}

/// A store may hold anything: what would take the cron minutes to tell again is begun anew, and who
/// was in service stays.
#[test]
fn a_memory_beyond_reason_is_begun_anew() {
    let mut world = World::new();
    world.serving(50.0, 5, &[]);
    let whole = serde_json::to_value(world.memory.as_ref().unwrap()).unwrap();
    let now = Timestamp::from_s(START_S + 600);
    let never: [(&str, serde_json::Value); 6] = [
        ("base_s", 0.into()),
        ("base_s", u64::MAX.into()),
        ("base_s", (START_S + 86_400).into()),
        ("sizes", serde_json::json!([2, 4_000_000_000_u32])),
        ("sizes", serde_json::json!([3, 1])),
        ("journal", serde_json::json!([[u64::MAX, {"desired": 3}], [0, {"desired": 3}]])),
    ];
    for (field, value) in never {
        let mut damaged = whole.clone();
        damaged[field] = value.clone();
        let memory: GroupMemory = serde_json::from_value(damaged).unwrap();
        let elastic = world.elastic(Some(&memory), now);
        assert_eq!(elastic.memory().base(), Timestamp::from_s(START_S + 600), "{field}: {value}");
        assert_eq!(elastic.group().desired(), 2, "{field}: {value}");
    }
}
