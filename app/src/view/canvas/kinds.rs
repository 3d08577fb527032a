//! What the cards of the four kinds show: one line of state, and a picture under it.
//!
//! Without a run the line tells the design ("2 to 8 servers"), with one the present state ("3 in
//! service, CPU 86 %").

use super::card::CardProps;
use super::chips::{Area, chips, queue_share};
use super::label::cut;
use crate::editor::form::{metric_key, policy_key};
use crate::editor::geometry::card_size;
use crate::i18n::{Arg, Locale, format, text, units};
use crate::view::icons::Icon;
use crate::view::words::metric_value;
use shared::balance::Health;
use shared::design::{
    Balancer, Between, Dependency, Group, NodeKind, RatePoint, RunSettings, Settings, Source,
    Traffic, day_points, series_points, week_points,
};
use shared::id::InstanceId;
use shared::scale::{AdjustmentType, AlarmState, Metric, ScalingPolicy};
use shared::sim::{
    AlarmFrame, BackendFrame, BalancerFrame, Command, DependencyFrame, GroupFrame, NodeFrame,
    ServerState, SourceFrame,
};
use yew::prelude::*;

/// The part of a card that depends on its kind.
pub(crate) struct Content {
    /// One line of state in words and numbers.
    pub(crate) line: String,
    /// The picture.
    pub(crate) body: Html,
}

/// Alarms that fit side by side at a group's foot.
const ALARMS_SHOWN: usize = 2;
/// Left and right edge of a card's picture.
const INSET: f64 = 16.0;
/// Where the picture begins, from the top.
const BODY_TOP: f64 = 58.0;
/// Backends that fit into a balancer's list.
const BACKENDS_SHOWN: usize = 10;

/// Line and picture of a card.
pub(crate) fn content(props: &CardProps) -> Content {
    let locale = props.locale;
    match (&props.node.settings, &props.frame) {
        (Settings::Source(source), Some(NodeFrame::Source(frame))) => {
            source_content(source, Some(frame), props)
        }
        (Settings::Source(source), _) => source_content(source, None, props),
        (Settings::Balancer(balancer), Some(NodeFrame::Balancer(frame))) => {
            balancer_run(balancer, frame, locale)
        }
        (Settings::Balancer(balancer), _) => balancer_design(balancer, locale),
        (Settings::Group(group), Some(NodeFrame::Group(frame))) => group_run(group, frame, props),
        (Settings::Group(group), _) => group_design(group, locale),
        (Settings::Dependency(dependency), Some(NodeFrame::Dependency(frame))) => {
            dependency_run(dependency, frame, locale)
        }
        (Settings::Dependency(dependency), _) => dependency_design(dependency, locale),
    }
}

/// The line that tells a design's settings, without a run.
pub(crate) fn design_line(settings: &Settings, run: &RunSettings, locale: Locale) -> String {
    match settings {
        Settings::Source(source) => {
            let points = curve(&source.traffic, run.duration_s, run.starts_at_s);
            source_line(peak(&points), locale)
        }
        Settings::Balancer(balancer) => balancer_design(balancer, locale).line,
        Settings::Group(group) => group_design(group, locale).line,
        Settings::Dependency(dependency) => dependency_design(dependency, locale).line,
    }
}

fn source_line(peak: f64, locale: Locale) -> String {
    let peak = Arg::from(units::rate_per_s(locale, peak));
    format(locale, "card-source-design", &[("peak", peak)])
}

fn peak(points: &[RatePoint]) -> f64 {
    points.iter().map(|point| point.rate_per_s).fold(0.0, f64::max)
}

fn source_content(source: &Source, frame: Option<&SourceFrame>, props: &CardProps) -> Content {
    let locale = props.locale;
    let points = curve(&source.traffic, props.duration_s, props.starts_at_s);
    let peak = peak(&points);
    let line = match frame {
        Some(frame) => format(
            locale,
            "card-source-run",
            &[("rate", Arg::from(units::rate_per_s(locale, frame.rate_per_s)))],
        ),
        None => source_line(peak, locale),
    };
    Content { line, body: sparkline(&points, peak, props) }
}

/// The corners of a source's rate over a run, from its start to its end.
pub(crate) fn traffic_curve(source: &Source, run: &RunSettings) -> Vec<RatePoint> {
    curve(&source.traffic, run.duration_s, run.starts_at_s)
}

/// The corners of the rate over the run, from its start to its end.
fn curve(traffic: &Traffic, duration_s: u32, starts_at_s: u32) -> Vec<RatePoint> {
    let at = |at_s, rate_per_s| RatePoint { at_s, rate_per_s };
    let mut corners = Vec::new();
    match traffic {
        Traffic::Constant { rate_per_s } => corners.push(at(0.0, *rate_per_s)),
        Traffic::Ramps { points } => {
            corners.extend(points.first().map(|first| at(0.0, first.rate_per_s)));
            corners.extend_from_slice(points);
        }
        Traffic::Steps { points } => {
            let mut rate = 0.0;
            for point in points {
                corners.push(at(point.at_s, rate));
                corners.push(*point);
                rate = point.rate_per_s;
            }
        }
        &Traffic::Day { low_per_s, high_per_s, peak_at_s } => {
            let peak_at_s = f64::from(peak_at_s) - f64::from(starts_at_s);
            corners = day_points(low_per_s, high_per_s, peak_at_s, duration_s);
        }
        &Traffic::Week { low_per_s, high_per_s, peak_at_s, weekend_percent, starts_on } => {
            let (rates, times) = ((low_per_s, high_per_s), (peak_at_s, starts_at_s));
            let weekend = weekend_percent / 100.0;
            corners = week_points(rates, times, weekend, starts_on, duration_s);
        }
        Traffic::Recorded { points, between: Between::Lines } => {
            let points = series_points(points);
            return curve(&Traffic::Ramps { points }, duration_s, starts_at_s);
        }
        Traffic::Recorded { points, between: Between::Steps } => {
            let points = series_points(points);
            return curve(&Traffic::Steps { points }, duration_s, starts_at_s);
        }
        // The most that they could ask for, were every answer there at once.
        Traffic::Users { users, think_ms } => {
            corners.push(at(0.0, f64::from(*users) * 1_000.0 / think_ms.max(1.0)));
        }
    }
    corners.extend(
        corners.last().copied().map(|last| at(f64::from(duration_s.max(1)), last.rate_per_s)),
    );
    corners
}

fn sparkline(points: &[RatePoint], peak: f64, props: &CardProps) -> Html {
    let (width, height) = card_size(NodeKind::Source);
    let (left, right, bottom) = (INSET, width - INSET, height - 14.0);
    let duration_s = f64::from(props.duration_s.max(1));
    let x = |at_s: f64| left + (right - left) * (at_s / duration_s).clamp(0.0, 1.0);
    let y = |rate: f64| bottom - (bottom - BODY_TOP) * (rate / peak.max(1e-9)).clamp(0.0, 1.0);
    let corners = points.iter().map(|p| format!("{:.1} {:.1}", x(p.at_s), y(p.rate_per_s)));
    let line = corners.collect::<Vec<_>>().join(" L");
    let line = if line.is_empty() { format!("{left} {bottom}") } else { line };
    let now = x(props.now.map_or(0.0, |now| now.as_s_f64())).to_string();
    html! {
        <g class="sparkline">
            <path class="spark-area" d={format!("M{left} {bottom} L{line} L{right} {bottom} Z")}/>
            <path class="spark-line" d={format!("M{line}")}/>
            <line class="spark-now" x1={now.clone()} x2={now}
                y1={(BODY_TOP - 2.0).to_string()} y2={(bottom + 2.0).to_string()}/>
        </g>
    }
}

fn balancer_design(balancer: &Balancer, locale: Locale) -> Content {
    let check = &balancer.health_check;
    let interval = Arg::from(check.interval_s);
    let note = format(locale, "card-balancer-check", &[("interval", interval)]);
    Content {
        line: text(locale, policy_key(&balancer.policy)),
        body: html! { <text class="card-note" x={INSET.to_string()} y="78">{ note }</text> },
    }
}

fn balancer_run(balancer: &Balancer, frame: &BalancerFrame, locale: Locale) -> Content {
    let line = if frame.fail_open {
        text(locale, "card-balancer-fail-open")
    } else {
        let args =
            [("healthy", Arg::from(frame.eligible)), ("all", Arg::from(frame.backends.len()))];
        format(locale, "card-balancer-run", &args)
    };
    let more = frame.backends.len().saturating_sub(BACKENDS_SHOWN);
    let backends = frame.backends.iter().take(BACKENDS_SHOWN).enumerate();
    let pills = backends.map(|(i, backend)| backend_pill(i, backend, locale));
    let more = if more == 0 { String::new() } else { format!("+{more}") };
    let (width, height) = card_size(NodeKind::Balancer);
    let foot = (height - 14.0).to_string();
    let body = html! {
        <g class="backends">
            { for pills }
            <text class="card-note" x={INSET.to_string()} y={foot.clone()}>
                { text(locale, policy_key(&balancer.policy)) }
            </text>
            <text class="card-more" x={(width - INSET).to_string()} y={foot}>{ more }</text>
        </g>
    };
    Content { line, body }
}

/// A backend as the balancer sees it: a dot for what it believes, its name, its load.
fn backend_pill(i: usize, backend: &BackendFrame, locale: Locale) -> Html {
    const COLUMNS: usize = 5;
    const STEP: f64 = 44.0;
    let x = INSET + (i % COLUMNS) as f64 * STEP;
    let y = BODY_TOP + (i / COLUMNS) as f64 * 26.0;
    let (class, key) = match (backend.draining, backend.health) {
        (true, _) => ("draining", "server-draining"),
        (false, Health::Initial) => ("checking", "server-checking"),
        (false, Health::Healthy) => ("in-service", "backend-healthy"),
        (false, Health::Unhealthy) => ("failed", "backend-unhealthy"),
    };
    let name = match backend.instance {
        Some(instance) => instance.0.to_string(),
        None => format!("n{}", backend.node.0),
    };
    let title = format!("{name}: {}, {}", text(locale, key), backend.in_flight);
    html! {
        <g key={backend.id.0.to_string()} class={classes!("backend", class)}
            transform={format!("translate({x} {y})")}>
            <title>{ title }</title>
            <rect class="backend-body" width="36" height="20" rx="10"/>
            <circle class="backend-dot" cx="10" cy="10" r="4"/>
            <text class="backend-name" x="18" y="14">{ name }</text>
        </g>
    }
}

fn group_design(group: &Group, locale: Locale) -> Content {
    let line = format(
        locale,
        "card-group-design",
        &[
            ("min", Arg::from(group.min_size)),
            ("max", Arg::from(group.max_size)),
            ("type", Arg::from(group.instance_type.clone())),
        ],
    );
    // The servers with which a run begins, as hollow places.
    let (width, _) = card_size(NodeKind::Group);
    let places = (0..group.max_size.min(12)).map(|i| {
        let wanted = i < group.desired_capacity;
        let (x, y) = (INSET + f64::from(i % 6) * 39.0, BODY_TOP + f64::from(i / 6) * 46.0);
        let class = classes!("place", wanted.then_some("wanted"));
        html! {
            <rect key={i.to_string()} {class} x={x.to_string()} y={y.to_string()}
                width="33.6" height="38.7" rx="4"/>
        }
    });
    let more = group.max_size.saturating_sub(12);
    let more = if more == 0 { String::new() } else { format!("+{more}") };
    let body = html! {
        <g class="places">
            { for places }
            <text class="card-more" x={(width - 14.0).to_string()} y="154">{ more }</text>
            { policies(group, locale) }
        </g>
    };
    Content { line, body }
}

/// The thresholds that a group watches, before anything runs.
fn policies(group: &Group, locale: Locale) -> Html {
    let (_, height) = card_size(NodeKind::Group);
    let steps = group.policies.iter().filter_map(|policy| match policy {
        ScalingPolicy::Step(policy) => Some(policy),
        _ => None,
    });
    let bells = steps.take(ALARMS_SHOWN).enumerate().map(|(i, policy)| {
        let alarm = &policy.alarm;
        let sign = alarm.comparison.sign();
        let change = policy.steps.first().map_or(0, |step| step.adjustment);
        let unit = match policy.adjustment_type {
            AdjustmentType::PercentChangeInCapacity => "\u{202f}%",
            AdjustmentType::ChangeInCapacity | AdjustmentType::ExactCapacity => "",
        };
        let threshold = metric_value(locale, alarm.metric, alarm.threshold);
        let change = match policy.adjustment_type {
            AdjustmentType::ExactCapacity => format!("= {change}"),
            _ if change < 0 => format!("−{}", change.unsigned_abs()),
            _ => format!("+{change}"),
        };
        let words = format!("{sign} {threshold} → {change}{unit}");
        bell(i, "alarm-idle", String::new(), &words)
    });
    html! {
        <g class="alarms" transform={format!("translate({INSET} {})", height - 30.0)}>
            { for bells }
        </g>
    }
}

fn group_run(group: &Group, frame: &GroupFrame, props: &CardProps) -> Content {
    let locale = props.locale;
    let serving = frame.instances.iter().filter(|i| i.state == ServerState::InService).count();
    let cpu = frame.cpu.map_or_else(|| "–".to_owned(), |cpu| units::percent(f64::from(cpu)));
    let line = format(
        locale,
        "card-group-run",
        &[
            ("serving", Arg::from(serving)),
            ("desired", Arg::from(frame.desired_capacity)),
            ("cpu", Arg::from(cpu)),
        ],
    );
    let (width, height) = card_size(NodeKind::Group);
    let area = Area {
        x: INSET,
        y: BODY_TOP,
        width: width - 2.0 * INSET,
        height: height - BODY_TOP - 40.0,
    };
    let node = props.id;
    let crash =
        props.on_command.reform(move |instance: InstanceId| Command::crash(node, Some(instance)));
    let metrics: Vec<Metric> =
        group.policies.iter().flat_map(ScalingPolicy::alarms).map(|alarm| alarm.metric).collect();
    let alarms = frame.alarms.iter().take(ALARMS_SHOWN).enumerate().map(|(i, alarm)| {
        alarm_bell(i, alarm, metrics.get(i).copied().unwrap_or_default(), locale)
    });
    let body = html! {
        <g>
            { chips(&frame.instances, group.max_size, area, locale, &crash) }
            <g class="alarms" transform={format!("translate({INSET} {})", height - 30.0)}>
                { for alarms }
            </g>
        </g>
    };
    Content { line, body }
}

/// A bell with the threshold that it watches; its shape and words tell the state.
fn alarm_bell(i: usize, alarm: &AlarmFrame, metric: Metric, locale: Locale) -> Html {
    let (class, key) = match alarm.state {
        AlarmState::Ok => ("alarm-ok", "alarm-ok"),
        AlarmState::Alarm => ("alarm-alarm", "alarm-alarm"),
        AlarmState::InsufficientData => ("alarm-unknown", "alarm-insufficient-data"),
    };
    let sign = if alarm.high { '>' } else { '<' };
    let say = |value| metric_value(locale, metric, value);
    let words = format!("{sign} {} · {}", say(alarm.threshold), text(locale, key));
    let args = [
        ("metric", Arg::from(text(locale, metric_key(metric)))),
        ("value", Arg::from(alarm.value.map_or_else(|| "–".to_owned(), say))),
    ];
    bell(i, class, format(locale, "alarm-title", &args), &words)
}

fn bell(i: usize, class: &'static str, title: String, words: &str) -> Html {
    html! {
        <g key={i.to_string()} class={classes!("alarm", class)}
            transform={format!("translate({} 0)", i as f64 * 118.0)}>
            <title>{ title }</title>
            { Icon::Bell.draw(0.0, 0.0, 15.0) }
            <text class="alarm-words" x="20" y="12">{ cut(words, 94.0, 11.0) }</text>
        </g>
    }
}

fn dependency_design(dependency: &Dependency, locale: Locale) -> Content {
    let workers = Arg::from(dependency.workers);
    let mean = Arg::from(units::ms(dependency.service.mean_ms()));
    Content {
        line: format(locale, "card-dependency-design", &[("workers", workers), ("mean", mean)]),
        body: load_bar(0.0, 0),
    }
}

fn dependency_run(dependency: &Dependency, frame: &DependencyFrame, locale: Locale) -> Content {
    let line = format(
        locale,
        "card-dependency-run",
        &[
            ("busy", Arg::from(units::percent(f64::from(frame.utilisation)))),
            ("workers", Arg::from(dependency.workers)),
            ("queued", Arg::from(units::compact(f64::from(frame.queued)))),
        ],
    );
    Content { line, body: load_bar(f64::from(frame.utilisation), frame.queued) }
}

/// How busy a dependency's workers are, and under it how many requests wait.
fn load_bar(share: f64, queued: u32) -> Html {
    let (width, _) = card_size(NodeKind::Dependency);
    let full = width - 2.0 * INSET;
    let class = classes!("load-fill", (share > 0.9).then_some("hot"));
    html! {
        <g class="load">
            <rect class="load-track" x={INSET.to_string()} y="68" width={full.to_string()} height="12" rx="6"/>
            <rect {class} x={INSET.to_string()} y="68"
                width={(full * share.clamp(0.0, 1.0)).to_string()} height="12" rx="6"/>
            <rect class="chip-queue" x={INSET.to_string()} y="84" height="4" rx="2"
                width={(full * queue_share(queued)).to_string()}/>
        </g>
    }
}
