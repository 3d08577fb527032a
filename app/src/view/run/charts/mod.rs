//! The charts: four pictures on one axis of simulated time.
//!
//! They are drawn by uPlot on canvases, outside of Yew; Yew owns titles, legends and the words for
//! those who do not see the pictures. Data goes over at most ten times a second, and not at all
//! while the page is hidden.

mod palette;
mod plot;
mod spec;
mod uplot;

use crate::i18n::{self, Locale, units, use_locale};
use crate::run::{RunState, Status};
use palette::use_palette;
use plot::{Plot, PlotConfig};
use shared::time::Timestamp;
use spec::{Chart, Line, Sample, Threshold, samples, thresholds};
use std::cell::Cell;
use std::rc::Rc;
use yew::prelude::*;

/// Charts are given new data this often at most.
const UPDATE_GAP_MS: f64 = 100.0;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ChartsProps {
    pub(super) state: Rc<RunState>,
}

/// All charts of a run.
#[component]
pub(super) fn Charts(props: &ChartsProps) -> Html {
    let locale = use_locale();
    let palette = use_palette();
    let shown = use_mut_ref(|| (f64::NEG_INFINITY, Rc::new(Vec::new())));
    let pointed = use_state_eq(|| None::<usize>);
    let state = &props.state;
    let samples = throttled(state, &mut shown.borrow_mut());
    let thresholds = state.design.as_deref().map(thresholds).unwrap_or_default();
    let pointed_sample = pointed.and_then(|index| samples.get(index)).or(samples.last()).copied();
    let on_point = {
        let pointed = pointed.setter();
        Callback::from(move |index| pointed.set(index))
    };
    let charts = Chart::ALL.into_iter().map(|chart| {
        let config = PlotConfig {
            chart,
            thresholds: thresholds.clone(),
            starts_at_s: state.starts_at_s,
            duration_s: state.duration.as_s_f64(),
            palette: palette.clone(),
        };
        html! {
            <ChartView key={chart.title()} {config} samples={Rc::clone(&samples)}
                sample={pointed_sample} on_point={on_point.clone()} />
        }
    });
    html! {
        <div class="charts">
            { for charts }
            <p class="charts-empty" hidden={!samples.is_empty()}>
                { i18n::text(locale, "chart-empty") }
            </p>
        </div>
    }
}

/// The newest samples, or those of a moment ago.
fn throttled(state: &RunState, shown: &mut (f64, Rc<Vec<Sample>>)) -> Rc<Vec<Sample>> {
    let now_ms = js_sys::Date::now();
    let since_ms = now_ms - shown.0;
    let hidden = web_sys::window().and_then(|window| window.document()).is_some_and(|d| d.hidden());
    let wait = hidden || (0.0..UPDATE_GAP_MS).contains(&since_ms);
    let moving = state.status == Status::Running && !state.series.is_empty();
    let duration_s = state.duration.as_s_f64();
    if !(wait && moving) {
        *shown = (now_ms, Rc::new(state.series.read(|series| samples(series, duration_s))));
    }
    Rc::clone(&shown.1)
}

#[derive(Clone, PartialEq, Properties)]
struct ChartViewProps {
    config: PlotConfig,
    samples: Rc<Vec<Sample>>,
    /// The sample that the legend speaks of: the one pointed at, else the newest.
    sample: Option<Sample>,
    on_point: Callback<Option<usize>>,
}

/// One chart with its title and legend.
#[component]
fn ChartView(props: &ChartViewProps) -> Html {
    let locale = use_locale();
    let target = use_node_ref();
    let plot = use_mut_ref(|| None::<Plot>);
    let missing = use_state_eq(|| false);
    use_effect_with((props.config.clone(), Rc::clone(&props.samples)), {
        let (target, on_point, missing) =
            (target.clone(), props.on_point.clone(), missing.setter());
        move |(config, samples)| {
            let mut plot = plot.borrow_mut();
            if !plot.as_ref().is_some_and(|plot| plot.is_of(config)) {
                // The old one leaves the document before the new one enters it.
                *plot = None;
                let last = Cell::new(None);
                let point = move |index| {
                    if last.replace(index) != index {
                        on_point.emit(index);
                    }
                };
                let made = target
                    .cast::<web_sys::HtmlElement>()
                    .map(|target| Plot::new(&target, config.clone(), point));
                missing.set(matches!(made, Some(Err(_))));
                *plot = made.and_then(Result::ok);
            }
            if let Some(plot) = plot.as_ref() {
                plot.show(samples);
            }
        }
    });
    let config = &props.config;
    let lines = config.chart.lines(&config.thresholds);
    let values = match &props.sample {
        Some(sample) => config.chart.values(sample, &config.thresholds),
        None => vec![None; lines.len()],
    };
    let entries = lines
        .iter()
        .zip(&values)
        .map(|(line, value)| legend_entry(locale, config.chart, line, *value));
    html! {
        <figure class="chart" data-chart={config.chart.title()}>
            <figcaption>
                <h3>{ i18n::text(locale, config.chart.title()) }</h3>
                <ul class="chart-legend" aria-hidden="true">{ for entries }</ul>
            </figcaption>
            <div class="chart-plot" role="img" ref={target}
                aria-label={summary(locale, config, props.sample.as_ref(), &lines, &values)} />
            <p class="chart-missing" hidden={!*missing}>{ i18n::text(locale, "chart-missing") }</p>
        </figure>
    }
}

fn legend_entry(locale: Locale, chart: Chart, line: &Line, value: Option<f64>) -> Html {
    let dash: Vec<String> = line.dash.iter().map(f64::to_string).collect();
    let name = line_name(locale, line);
    // A threshold's name already says its value.
    let value = line.threshold.is_none().then(|| value_text(chart, value));
    html! {
        <li key={name.clone()}>
            <svg width="18" height="8" aria-hidden="true">
                <line x1="0" y1="4" x2="18" y2="4" stroke-width="2"
                    style={format!("stroke: var({})", line.colour)}
                    stroke-dasharray={dash.join(" ")} />
            </svg>
            <span>{ name }</span>
            <b>{ value }</b>
        </li>
    }
}

fn line_name(locale: Locale, line: &Line) -> String {
    match line.threshold {
        None => i18n::text(locale, line.key),
        Some(Threshold { sign, percent }) => {
            let threshold = units::percent(percent / 100.0);
            i18n::format(
                locale,
                line.key,
                &[("sign", sign.into()), ("threshold", threshold.into())],
            )
        }
    }
}

fn value_text(chart: Chart, value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match chart {
        Chart::Latency => units::ms(value),
        Chart::Cpu => units::percent(value / 100.0),
        Chart::Requests | Chart::Servers => units::compact(value),
    }
}

/// The chart in a sentence, for those who do not see it.
fn summary(
    locale: Locale,
    config: &PlotConfig,
    sample: Option<&Sample>,
    lines: &[Line],
    values: &[Option<f64>],
) -> String {
    let title = i18n::text(locale, config.chart.title());
    let now = Timestamp::from_s(sample.map_or(0, |sample| sample.at_s as u64));
    let parts: Vec<String> = lines
        .iter()
        .zip(values)
        .map(|(line, value)| {
            let name = line_name(locale, line);
            if line.threshold.is_some() {
                return name;
            }
            format!("{name} {}", value_text(config.chart, *value))
        })
        .collect();
    let args = [
        ("title", title.into()),
        ("clock", units::clock(config.starts_at_s, now).into()),
        ("values", parts.join(", ").into()),
    ];
    i18n::format(locale, "chart-summary", &args)
}
