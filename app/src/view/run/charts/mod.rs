//! The charts: pictures on one axis of simulated time.
//!
//! They are drawn by uPlot on canvases, outside of Yew; Yew owns titles, legends, tables and files.
//! Data goes over at most ten times a second, to every other chart at a time so that no picture waits
//! for all of them, and not at all while the page is hidden. A drag over one chart zooms all of them; a
//! line of a legend hides its line.

mod export;
mod marks;
mod plot;
mod samples;
mod spec;
mod table;

use super::term::Defined;
use crate::i18n::{self, Locale, units, use_locale};
use crate::run::{RunState, Status};
use crate::shell::files;
use crate::view::colours::use_colours;
use marks::marks;
use plot::{Part, Plot, PlotConfig, Shown, Tell};
use samples::{Sample, samples};
use shared::time::Timestamp;
use spec::{Chart, Fixed, Line, Threshold};
use std::cell::Cell;
use std::rc::Rc;
use table::table;
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
    let colours = use_colours();
    let shown = use_mut_ref(<[Given; 2]>::default);
    let pointed = use_state_eq(|| None::<usize>);
    let zoom = use_state_eq(|| None::<(f64, f64)>);
    let state = &props.state;
    let samples = throttled(state, &mut shown.borrow_mut());
    let empty = samples.iter().all(|samples| samples.is_empty());
    let marks = use_memo(state.log.clone(), |log| log.read(marks));
    let fixed = state.design.as_deref().map(Fixed::of).unwrap_or_default();
    let on_point = {
        let pointed = pointed.setter();
        Callback::from(move |index| pointed.set(index))
    };
    let on_zoom = {
        let zoom = zoom.setter();
        Callback::from(move |part| zoom.set(part))
    };
    let charts = Chart::ALL.into_iter().zip(samples.iter().cycle()).map(|(chart, samples)| {
        let sample = pointed.and_then(|index| samples.get(index)).or(samples.last()).copied();
        let config = PlotConfig {
            chart,
            fixed: fixed.clone(),
            starts_at_s: state.starts_at_s,
            duration_s: state.duration.as_s_f64(),
            colours: colours.clone(),
        };
        html! {
            <ChartView key={chart.title()} {config} state={Rc::clone(state)}
                samples={Rc::clone(samples)} marks={Rc::clone(&marks)} zoom={*zoom}
                {sample} on_point={on_point.clone()} on_zoom={on_zoom.clone()} />
        }
    });
    let whole = on_zoom.reform(|_: MouseEvent| None);
    html! {
        <div class="charts" data-zoomed={zoom.is_some().to_string()}>
            { for charts }
            <button type="button" class="charts-whole" hidden={zoom.is_none()} onclick={whole}
                data-action="charts-whole">
                { i18n::text(locale, "charts-whole") }
            </button>
            <p class="charts-empty" hidden={!empty}>
                { i18n::text(locale, "chart-empty") }
            </p>
        </div>
    }
}

/// What charts were given last, and when.
struct Given {
    at_ms: f64,
    samples: Rc<Vec<Sample>>,
}

impl Default for Given {
    fn default() -> Self {
        Self { at_ms: f64::NEG_INFINITY, samples: Rc::default() }
    }
}

/// The newest samples, or those of a moment ago, for the one half of the charts and for the other.
fn throttled(state: &RunState, given: &mut [Given; 2]) -> [Rc<Vec<Sample>>; 2] {
    let now_ms = js_sys::Date::now();
    let hidden = web_sys::window().and_then(|window| window.document()).is_some_and(|d| d.hidden());
    let moving = state.status == Status::Running && !state.series.is_empty();
    let is_due = |half: &&mut Given| {
        let wait = hidden || (0.0..UPDATE_GAP_MS).contains(&(now_ms - half.at_ms));
        !(wait && moving)
    };
    // While the run goes on, the half that has waited longer; a run that stands is shown by all.
    let [first, second] = &mut *given;
    let (longer, shorter) =
        if first.at_ms <= second.at_ms { (first, second) } else { (second, first) };
    let both = if moving { None } else { Some(shorter) };
    let due: Vec<&mut Given> = std::iter::once(longer).chain(both).filter(is_due).collect();
    if !due.is_empty() {
        let duration_s = state.duration.as_s_f64();
        let samples = Rc::new(state.series.read(|series| samples(series, duration_s)));
        for half in due {
            *half = Given { at_ms: now_ms, samples: Rc::clone(&samples) };
        }
    }
    given.each_ref().map(|half| Rc::clone(&half.samples))
}

#[derive(Clone, PartialEq, Properties)]
struct ChartViewProps {
    config: PlotConfig,
    /// The run, whose series files are made of.
    state: Rc<RunState>,
    samples: Rc<Vec<Sample>>,
    marks: Rc<Vec<marks::Mark>>,
    /// The part of the run that is looked at.
    zoom: Part,
    /// The sample that the legend speaks of: the one pointed at, else the newest.
    sample: Option<Sample>,
    on_point: Callback<Option<usize>>,
    on_zoom: Callback<Part>,
}

/// One chart with its title, legend, table and files.
#[component]
fn ChartView(props: &ChartViewProps) -> Html {
    let locale = use_locale();
    let target = use_node_ref();
    let plot = use_mut_ref(|| None::<Plot>);
    let missing = use_state_eq(|| false);
    let hidden = use_state_eq(|| 0_u32);
    let as_table = use_state_eq(|| false);
    let shown = Shown {
        samples: Rc::clone(&props.samples),
        marks: Rc::clone(&props.marks),
        zoom: props.zoom,
        hidden: *hidden,
    };
    use_effect_with((props.config.clone(), shown), {
        let (target, missing) = (target.clone(), missing.setter());
        let (on_point, on_zoom) = (props.on_point.clone(), props.on_zoom.clone());
        move |(config, shown)| {
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
                let zoom = move |part| on_zoom.emit(part);
                let tell = Tell { point: Box::new(point), zoom: Box::new(zoom) };
                let begin = Shown { hidden: 0, ..shown.clone() };
                let made = target
                    .cast::<web_sys::HtmlElement>()
                    .map(|target| Plot::new(&target, config.clone(), begin, tell));
                missing.set(matches!(made, Some(Err(_))));
                *plot = made.and_then(Result::ok);
            }
            if let Some(plot) = plot.as_ref() {
                plot.show(shown.clone());
            }
        }
    });
    let config = &props.config;
    let lines = config.chart.lines(&config.fixed);
    let values = match &props.sample {
        Some(sample) => config.chart.values(sample, &config.fixed),
        None => vec![None; lines.len()],
    };
    let toggle = {
        let hidden = hidden.clone();
        Callback::from(move |number: u32| hidden.set(*hidden ^ (1 << number)))
    };
    let entries = (0_u32..).zip(lines.iter().zip(&values)).filter(|(_, (line, _))| !line.is_edge());
    let entries = entries.map(|(number, (line, value))| {
        let shown = *hidden & (1 << number) == 0;
        let onclick = toggle.reform(move |_: MouseEvent| number);
        legend_entry(locale, config.chart, line, *value, shown, onclick)
    });
    let label = summary(locale, config, props.sample.as_ref(), &lines, &values);
    html! {
        <figure class="chart" data-chart={config.chart.title()}>
            <figcaption>
                <h2>
                    <Defined term={config.chart.term()} place="chart"
                        word={i18n::text(locale, config.chart.title())} />
                </h2>
                { tools(locale, props, &as_table) }
                <ul class="chart-legend">{ for entries }</ul>
            </figcaption>
            <div class="chart-plot" role="img" ref={target} hidden={*as_table} aria-label={label} />
            if *as_table {
                { table(locale, config.chart, &config.fixed, config.starts_at_s, &props.samples) }
            }
            <p class="chart-missing" hidden={!*missing}>{ i18n::text(locale, "chart-missing") }</p>
        </figure>
    }
}

/// Table and files of a chart.
fn tools(locale: Locale, props: &ChartViewProps, as_table: &UseStateHandle<bool>) -> Html {
    let (chart, fixed) = (props.config.chart, props.config.fixed.clone());
    let starts_at_s = props.config.starts_at_s;
    let file = |extension: &'static str| {
        let (state, fixed) = (Rc::clone(&props.state), fixed.clone());
        Callback::from(move |_: MouseEvent| {
            let (media_type, text) = state.series.read(|series| match extension {
                "csv" => ("text/csv", export::csv(chart, &fixed, starts_at_s, series)),
                _ => ("application/json", export::json(chart, &fixed, series)),
            });
            let name = format!("gomujul-{}.{extension}", chart.file_name());
            // A browser that offers no files says so by itself.
            let _offered = files::download(&name, media_type, &text);
        })
    };
    let flip = {
        let as_table = as_table.clone();
        Callback::from(move |_: MouseEvent| as_table.set(!*as_table))
    };
    let title = i18n::text(locale, chart.title());
    let label = |key| i18n::format(locale, key, &[("title", title.clone().into())]);
    html! {
        <div class="chart-tools">
            <button type="button" aria-pressed={as_table.to_string()} onclick={flip}
                aria-label={label("chart-as-table")} title={label("chart-as-table")}
                data-action="chart-table">{ "☰" }</button>
            <button type="button" onclick={file("csv")} aria-label={label("chart-as-csv")}
                title={label("chart-as-csv")} data-action="chart-csv">{ "CSV" }</button>
            <button type="button" onclick={file("json")} aria-label={label("chart-as-json")}
                title={label("chart-as-json")} data-action="chart-json">{ "JSON" }</button>
        </div>
    }
}

/// A line's name and newest value; a press hides the line.
fn legend_entry(
    locale: Locale,
    chart: Chart,
    line: &Line,
    value: Option<f64>,
    shown: bool,
    onclick: Callback<MouseEvent>,
) -> Html {
    let dash: Vec<String> = line.dash.iter().map(f64::to_string).collect();
    let name = line_name(locale, line);
    // A threshold's name already says its value.
    let value = line.threshold().is_none().then(|| value_text(chart, value));
    html! {
        <li key={name.clone()}>
            <button type="button" aria-pressed={shown.to_string()} {onclick}
                title={i18n::text(locale, "chart-toggle")}>
                <svg width="18" height="8" aria-hidden="true">
                    <line x1="0" y1="4" x2="18" y2="4" stroke-width="2"
                        style={format!("stroke: var({})", line.colour)}
                        stroke-dasharray={dash.join(" ")} />
                </svg>
                <span>{ name }</span>
                <b>{ value }</b>
            </button>
        </li>
    }
}

fn line_name(locale: Locale, line: &Line) -> String {
    match line.threshold() {
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
        Chart::Cost => units::usd(value),
        Chart::Requests | Chart::Servers | Chart::Errors | Chart::Queue => units::compact(value),
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
            if line.threshold().is_some() {
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
