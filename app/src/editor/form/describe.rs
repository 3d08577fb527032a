//! Which settings a thing has.

use super::{Control, Field, Layout, List, ListItem, Number, Part, Unit};
use crate::editor::notice::Text;
use shared::cost::INSTANCE_PRICES;
use shared::design::{
    Arrivals, Balancer, Dependency, Group, Link, RatePoint, RunSettings, Settings, Source, Traffic,
};
use shared::dist::{LAW_CV_MAX, LAW_MS_MAX, Law};
use shared::scale::{
    AdjustmentType, Comparison, ScalingPolicy, StepAdjustment, StepPolicy, TreatMissingData,
};

/// Most points of a traffic curve that the inspector adds.
const POINTS_MAX: usize = 100;
/// Most policies of a group that the inspector adds.
const POLICIES_MAX: usize = 20;
/// The greatest whole number that a number field holds exactly.
const SEED_MAX: f64 = 9_007_199_254_740_991.0;

const TRAFFIC: &[(&str, &str)] =
    &[("constant", "traffic-constant"), ("ramps", "traffic-ramps"), ("steps", "traffic-steps")];
const ARRIVALS: &[(&str, &str)] =
    &[("poisson", "arrivals-poisson"), ("constant", "arrivals-constant")];
const LAWS: &[(&str, &str)] = &[
    ("constant", "law-constant"),
    ("uniform", "law-uniform"),
    ("exponential", "law-exponential"),
    ("lognormal", "law-lognormal"),
];
const BALANCER_POLICIES: &[(&str, &str)] = &[
    ("round_robin", "policy-round-robin"),
    ("least_outstanding_requests", "policy-least-outstanding-requests"),
    ("power_of_choices", "policy-power-of-choices"),
    ("smooth_weighted_round_robin", "policy-smooth-weighted-round-robin"),
    ("least_request", "policy-least-request"),
    ("least_connections", "policy-least-connections"),
    ("random", "policy-random"),
    ("random_two", "policy-random-two"),
    ("automatic_target_weights", "policy-automatic-target-weights"),
    ("peak_ewma", "policy-peak-ewma"),
    ("least_response_time", "policy-least-response-time"),
    ("join_idle_queue", "policy-join-idle-queue"),
];
const COMPARISONS: &[(&str, &str)] = &[
    ("greater_than_threshold", "comparison-greater"),
    ("greater_than_or_equal_to_threshold", "comparison-greater-or-equal"),
    ("less_than_threshold", "comparison-less"),
    ("less_than_or_equal_to_threshold", "comparison-less-or-equal"),
];
const MISSING_DATA: &[(&str, &str)] = &[
    ("missing", "missing-data-missing"),
    ("ignore", "missing-data-ignore"),
    ("breaching", "missing-data-breaching"),
    ("not_breaching", "missing-data-not-breaching"),
];
const ADJUSTMENT_TYPES: &[(&str, &str)] = &[
    ("change_in_capacity", "adjustment-change"),
    ("percent_change_in_capacity", "adjustment-percent"),
    ("exact_capacity", "adjustment-exact"),
];
const REGIONS: &[(&str, &str)] =
    &[("us-east-1", "region-us-east-1"), ("ap-northeast-2", "region-ap-northeast-2")];

/// The form of a node.
pub fn settings_form(settings: &Settings) -> Vec<Part> {
    match settings {
        Settings::Source(source) => source_form(source),
        Settings::Balancer(balancer) => balancer_form(balancer),
        Settings::Group(group) => group_form(group),
        Settings::Dependency(dependency) => dependency_form(dependency),
    }
}

/// The form of a link.
pub fn link_form(link: &Link) -> Vec<Part> {
    let latency =
        real("latency_ms", "field-latency", link.latency_ms, 0.0, 60_000.0, Unit::Milliseconds);
    vec![latency]
}

/// The form of the run.
pub fn run_form(run: &RunSettings) -> Vec<Part> {
    let starts_at = Control::TimeOfDay { value: run.starts_at_s };
    vec![
        whole("duration_s", "field-duration", run.duration_s, 1, 31 * 86_400, Unit::Seconds),
        field("starts_at_s", "field-starts-at", starts_at),
        whole(
            "warmup_s",
            "field-warmup",
            run.warmup_s,
            0,
            run.duration_s.saturating_sub(1),
            Unit::Seconds,
        ),
        field(
            "seed",
            "field-seed",
            Control::Number(Number {
                // Larger seeds come from files only; they lose their last digits in the field.
                value: run.seed as f64,
                min: 0.0,
                max: SEED_MAX,
                integer: true,
                unit: Unit::None,
            }),
        ),
        choice("region", "field-region", run.region.name(), REGIONS),
    ]
}

fn source_form(source: &Source) -> Vec<Part> {
    let mut parts =
        vec![choice("traffic.type", "field-traffic", traffic_name(&source.traffic), TRAFFIC)];
    match &source.traffic {
        Traffic::Constant { rate_per_s } => {
            parts.push(rate("traffic.rate_per_s", *rate_per_s));
        }
        Traffic::Steps { points } | Traffic::Ramps { points } => parts.push(points_list(points)),
    }
    let arrivals = match source.arrivals {
        Arrivals::Poisson => "poisson",
        Arrivals::Constant => "constant",
    };
    parts.push(choice("arrivals", "field-arrivals", arrivals, ARRIVALS));
    parts
}

fn points_list(points: &[RatePoint]) -> Part {
    let item = |(i, point): (usize, &RatePoint)| ListItem {
        title: Text::new("point-title").with("number", i + 1),
        parts: vec![
            real(
                &format!("traffic.points[{i}].at_s"),
                "field-at",
                point.at_s,
                0.0,
                31.0 * 86_400.0,
                Unit::Seconds,
            ),
            rate(&format!("traffic.points[{i}].rate_per_s"), point.rate_per_s),
        ],
    };
    Part::List(List {
        path: "traffic.points".to_owned(),
        title: "list-points",
        add: "list-points-add",
        max: POINTS_MAX,
        layout: Layout::Rows,
        items: points.iter().enumerate().map(item).collect(),
    })
}

fn balancer_form(balancer: &Balancer) -> Vec<Part> {
    let mut parts =
        vec![choice("policy.type", "field-policy", balancer.policy.name(), BALANCER_POLICIES)];
    if let shared::balance::PolicyConfig::PowerOfChoices { choices } = balancer.policy {
        parts.push(whole("policy.choices", "field-choices", choices, 1, 32, Unit::Servers));
    }
    let check = &balancer.health_check;
    let path = |name: &str| format!("health_check.{name}");
    parts.push(Part::Section {
        title: "section-health-check",
        parts: vec![
            whole(&path("interval_s"), "field-interval", check.interval_s, 1, 300, Unit::Seconds),
            whole(&path("timeout_s"), "field-timeout", check.timeout_s, 1, 120, Unit::Seconds),
            whole(
                &path("healthy_threshold"),
                "field-healthy-threshold",
                check.healthy_threshold,
                1,
                10,
                Unit::Checks,
            ),
            whole(
                &path("unhealthy_threshold"),
                "field-unhealthy-threshold",
                check.unhealthy_threshold,
                1,
                10,
                Unit::Checks,
            ),
        ],
    });
    let delay = balancer.deregistration_delay_s;
    parts.push(whole(
        "deregistration_delay_s",
        "field-deregistration-delay",
        delay,
        0,
        3_600,
        Unit::Seconds,
    ));
    parts
}

fn group_form(group: &Group) -> Vec<Part> {
    let size = |path, label, value| whole(path, label, value, 0, 10_000, Unit::Servers);
    let suggestions = INSTANCE_PRICES.iter().map(|price| price.instance_type).collect();
    let instance_type = Control::Text { value: group.instance_type.clone(), suggestions };
    let policy = |(i, policy): (usize, &ScalingPolicy)| match policy {
        ScalingPolicy::Step(policy) => step_policy_item(i, policy),
        // Shown, kept and simulated; its settings are those of the document.
        other => ListItem {
            title: Text::new("policy-title-other").with("kind", other.name()),
            parts: Vec::new(),
        },
    };
    vec![
        Part::Section {
            title: "section-capacity",
            parts: vec![
                size("min_size", "field-min-size", group.min_size),
                size("desired_capacity", "field-desired-capacity", group.desired_capacity),
                size("max_size", "field-max-size", group.max_size),
            ],
        },
        Part::List(List {
            path: "policies".to_owned(),
            title: "list-policies",
            add: "list-policies-add",
            max: POLICIES_MAX,
            layout: Layout::Cards,
            items: group.policies.iter().enumerate().map(policy).collect(),
        }),
        Part::Section {
            title: "section-server",
            parts: vec![
                field("instance_type", "field-instance-type", instance_type),
                whole("cores", "field-cores", group.cores, 1, 256, Unit::None),
                whole(
                    "queue_max",
                    "field-queue-max",
                    group.queue_max,
                    0,
                    1_000_000,
                    Unit::Requests,
                ),
            ],
        },
        law_section("service", "section-service", &group.service),
        law_section("boot", "section-boot", &group.boot),
        Part::Section {
            title: "section-timing",
            parts: vec![
                whole(
                    "default_instance_warmup_s",
                    "field-instance-warmup",
                    group.default_instance_warmup_s,
                    0,
                    3_600,
                    Unit::Seconds,
                ),
                whole(
                    "health_check_grace_period_s",
                    "field-grace-period",
                    group.health_check_grace_period_s,
                    0,
                    7_200,
                    Unit::Seconds,
                ),
            ],
        },
    ]
}

fn step_policy_item(i: usize, policy: &StepPolicy) -> ListItem {
    let alarm = &policy.alarm;
    let path = |name: &str| format!("policies[{i}].{name}");
    let periods = |name: &str, label, value, max| {
        whole(&path(&format!("alarm.{name}")), label, value, 1, max, Unit::Periods)
    };
    let mut parts = vec![
        choice(
            &path("alarm.comparison"),
            "field-comparison",
            comparison_name(alarm.comparison),
            COMPARISONS,
        ),
        real(
            &path("alarm.threshold"),
            "field-threshold",
            alarm.threshold,
            0.0,
            100.0,
            Unit::Percent,
        ),
        whole(&path("alarm.period_s"), "field-period", alarm.period_s, 10, 86_400, Unit::Seconds),
        periods("evaluation_periods", "field-evaluation-periods", alarm.evaluation_periods, 100),
        periods(
            "datapoints_to_alarm",
            "field-datapoints-to-alarm",
            alarm.datapoints_to_alarm,
            alarm.evaluation_periods,
        ),
        choice(
            &path("alarm.treat_missing_data"),
            "field-treat-missing-data",
            missing_data_name(alarm.treat_missing_data),
            MISSING_DATA,
        ),
        choice(
            &path("adjustment_type"),
            "field-adjustment-type",
            adjustment_name(policy.adjustment_type),
            ADJUSTMENT_TYPES,
        ),
    ];
    if policy.adjustment_type == AdjustmentType::PercentChangeInCapacity {
        let (path, value) = (path("min_adjustment_magnitude"), policy.min_adjustment_magnitude);
        parts.push(whole(&path, "field-min-adjustment", value, 0, 10_000, Unit::Servers));
    }
    let unit = match policy.adjustment_type {
        AdjustmentType::ChangeInCapacity | AdjustmentType::ExactCapacity => Unit::Servers,
        AdjustmentType::PercentChangeInCapacity => Unit::Percent,
    };
    let step = |(j, step): (usize, &StepAdjustment)| {
        step_item(&path(&format!("steps[{j}]")), j, step, unit)
    };
    parts.push(Part::List(List {
        path: path("steps"),
        title: "list-steps",
        add: "list-steps-add",
        max: StepPolicy::STEPS_MAX,
        layout: Layout::Rows,
        items: policy.steps.iter().enumerate().map(step).collect(),
    }));
    let title = Text::new("policy-title")
        .with("sign", alarm.comparison.sign())
        .with("threshold", alarm.threshold)
        .with("points", alarm.datapoints_to_alarm)
        .with("periods", alarm.evaluation_periods);
    ListItem { title, parts }
}

fn step_item(path: &str, j: usize, step: &StepAdjustment, unit: Unit) -> ListItem {
    let bound = |name: &str, label, value| {
        let control = Control::OpenNumber { value, unit: Unit::PercentagePoints };
        field(&format!("{path}.{name}"), label, control)
    };
    let adjustment = Number {
        value: f64::from(step.adjustment),
        min: -10_000.0,
        max: 10_000.0,
        integer: true,
        unit,
    };
    ListItem {
        title: Text::new("step-title").with("number", j + 1),
        parts: vec![
            bound("lower", "field-lower", step.lower),
            bound("upper", "field-upper", step.upper),
            field(&format!("{path}.adjustment"), "field-adjustment", Control::Number(adjustment)),
        ],
    }
}

fn dependency_form(dependency: &Dependency) -> Vec<Part> {
    vec![
        whole("workers", "field-workers", dependency.workers, 1, 10_000, Unit::Requests),
        whole("queue_max", "field-queue-max", dependency.queue_max, 0, 1_000_000, Unit::Requests),
        law_section("service", "section-service", &dependency.service),
    ]
}

fn law_section(path: &str, title: &'static str, law: &Law) -> Part {
    let at = |name: &str| format!("{path}.{name}");
    let ms = |name: &str, label, value, min| {
        real(&at(name), label, value, min, LAW_MS_MAX, Unit::Milliseconds)
    };
    let mut parts = vec![choice(&at("type"), "field-law", law_name(law), LAWS)];
    match *law {
        Law::Constant { mean_ms } => parts.push(ms("mean_ms", "field-value", mean_ms, 0.0)),
        Law::Exponential { mean_ms } => parts.push(ms("mean_ms", "field-mean", mean_ms, 0.0)),
        Law::Uniform { min_ms, max_ms } => {
            parts.push(ms("min_ms", "field-min", min_ms, 0.0));
            parts.push(ms("max_ms", "field-max", max_ms, min_ms));
        }
        Law::Lognormal { mean_ms, cv } => {
            parts.push(ms("mean_ms", "field-mean", mean_ms, 0.0));
            parts.push(real(&at("cv"), "field-cv", cv, 0.0, LAW_CV_MAX, Unit::None));
        }
    }
    Part::Section { title, parts }
}

fn field(path: &str, label: &'static str, control: Control) -> Part {
    Part::Field(Field { path: path.to_owned(), label, control })
}

fn whole(path: &str, label: &'static str, value: u32, min: u32, max: u32, unit: Unit) -> Part {
    let [value, min, max] = [value, min, max].map(f64::from);
    field(path, label, Control::Number(Number { value, min, max, integer: true, unit }))
}

fn real(path: &str, label: &'static str, value: f64, min: f64, max: f64, unit: Unit) -> Part {
    field(path, label, Control::Number(Number { value, min, max, integer: false, unit }))
}

fn rate(path: &str, value: f64) -> Part {
    real(path, "field-rate", value, 0.0, 1_000_000.0, Unit::RequestsPerSecond)
}

fn choice(
    path: &str,
    label: &'static str,
    value: &'static str,
    options: &'static [(&'static str, &'static str)],
) -> Part {
    field(path, label, Control::Choice { value, options })
}

const fn traffic_name(traffic: &Traffic) -> &'static str {
    match traffic {
        Traffic::Constant { .. } => "constant",
        Traffic::Steps { .. } => "steps",
        Traffic::Ramps { .. } => "ramps",
    }
}

const fn law_name(law: &Law) -> &'static str {
    match law {
        Law::Constant { .. } => "constant",
        Law::Uniform { .. } => "uniform",
        Law::Exponential { .. } => "exponential",
        Law::Lognormal { .. } => "lognormal",
    }
}

const fn comparison_name(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::GreaterThanThreshold => "greater_than_threshold",
        Comparison::GreaterThanOrEqualToThreshold => "greater_than_or_equal_to_threshold",
        Comparison::LessThanThreshold => "less_than_threshold",
        Comparison::LessThanOrEqualToThreshold => "less_than_or_equal_to_threshold",
    }
}

const fn missing_data_name(treatment: TreatMissingData) -> &'static str {
    match treatment {
        TreatMissingData::Missing => "missing",
        TreatMissingData::Ignore => "ignore",
        TreatMissingData::Breaching => "breaching",
        TreatMissingData::NotBreaching => "not_breaching",
    }
}

const fn adjustment_name(kind: AdjustmentType) -> &'static str {
    match kind {
        AdjustmentType::ChangeInCapacity => "change_in_capacity",
        AdjustmentType::PercentChangeInCapacity => "percent_change_in_capacity",
        AdjustmentType::ExactCapacity => "exact_capacity",
    }
}
