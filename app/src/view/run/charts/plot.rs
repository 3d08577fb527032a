//! One chart's life in the document: made, fed, resized, destroyed.

use super::palette::Palette;
use super::spec::{Chart, Line, Sample, Threshold};
use super::uplot::{UPlot, column, object};
use crate::i18n::units;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Object};
use shared::time::Timestamp;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};

/// What a chart is made from; a change of it needs a new chart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlotConfig {
    pub(super) chart: Chart,
    pub(super) thresholds: Vec<Threshold>,
    pub(super) starts_at_s: u32,
    pub(super) duration_s: f64,
    pub(super) palette: Palette,
}

/// A chart in the document.
pub(super) struct Plot {
    uplot: UPlot,
    config: PlotConfig,
    observer: Option<ResizeObserver>,
    _on_resize: Closure<dyn Fn()>,
    callbacks: Rc<Callbacks>,
}

/// Functions that the library calls for as long as the chart lives.
struct Callbacks {
    clock: Closure<dyn Fn(JsValue, Array) -> Array>,
    number: Closure<dyn Fn(JsValue, Array) -> Array>,
    range: Closure<RangeOf>,
    point: Closure<dyn Fn(UPlot)>,
}

/// The range of an axis, of the chart and its lowest and highest value.
type RangeOf = dyn Fn(JsValue, Option<f64>, Option<f64>) -> Array;

impl Plot {
    /// A chart in `target`. `on_point` is told the sample that the reader points at.
    ///
    /// # Errors
    ///
    /// The library is not there.
    pub(super) fn new(
        target: &HtmlElement,
        config: PlotConfig,
        on_point: impl Fn(Option<usize>) + 'static,
    ) -> Result<Self, JsValue> {
        let callbacks = Rc::new(Callbacks::new(&config, on_point));
        let options = options(target, &config, &callbacks);
        let uplot = UPlot::new(&options, &data(&config, &[]), target)?;
        let on_resize = {
            let (uplot, target) = (JsValue::from(&uplot), target.clone());
            Closure::<dyn Fn()>::new(move || {
                uplot.unchecked_ref::<UPlot>().set_size(&size(&target));
            })
        };
        let observer = ResizeObserver::new(on_resize.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(target);
        }
        Ok(Self { uplot, config, observer, _on_resize: on_resize, callbacks })
    }

    /// Whether this chart is one of `config`.
    pub(super) fn is_of(&self, config: &PlotConfig) -> bool {
        self.config == *config
    }

    /// Shows these samples.
    pub(super) fn show(&self, samples: &[Sample]) {
        self.uplot.set_data(&data(&self.config, samples));
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
        self.uplot.destroy();
        // The library draws in a microtask, and one may be waiting: its callbacks outlive it.
        let callbacks = Rc::clone(&self.callbacks);
        Timeout::new(0, move || drop(callbacks)).forget();
    }
}

impl Callbacks {
    fn new(config: &PlotConfig, on_point: impl Fn(Option<usize>) + 'static) -> Self {
        let (chart, starts_at_s) = (config.chart, config.starts_at_s);
        let label = move |split: JsValue| -> JsValue {
            let second = Timestamp::from_s(split.as_f64().unwrap_or_default() as u64);
            // Without seconds: ticks are whole minutes.
            let clock = units::clock(starts_at_s, second);
            clock.get(..5).unwrap_or_default().into()
        };
        let number = move |split: JsValue| -> JsValue {
            let value = split.as_f64().unwrap_or_default();
            match chart {
                Chart::Cpu => units::percent(value / 100.0),
                Chart::Latency => units::ms(value),
                Chart::Requests | Chart::Servers => units::compact(value),
            }
            .into()
        };
        Self {
            clock: Closure::new(move |_, splits: Array| splits.iter().map(label).collect()),
            number: Closure::new(move |_, splits: Array| splits.iter().map(number).collect()),
            range: Closure::new(move |_, _, highest: Option<f64>| {
                let top = value_axis_top(chart, highest.unwrap_or_default());
                Array::of2(&0.0.into(), &top.into())
            }),
            point: Closure::new(move |uplot: UPlot| {
                on_point(uplot.cursor().idx().map(|index| index as usize));
            }),
        }
    }
}

/// Where the value axis ends: with some air above the highest value, and never so low that noise
/// looks like a mountain.
fn value_axis_top(chart: Chart, highest: f64) -> f64 {
    match chart {
        Chart::Cpu => 100.0,
        Chart::Servers => (highest + 1.0).max(4.0),
        Chart::Requests | Chart::Latency => (highest * 1.1).max(10.0),
    }
}

fn data(config: &PlotConfig, samples: &[Sample]) -> Array {
    let values: Vec<Vec<Option<f64>>> =
        samples.iter().map(|sample| config.chart.values(sample, &config.thresholds)).collect();
    let lines = config.chart.lines(&config.thresholds).len();
    let columns = Array::of1(&column(samples.iter().map(|sample| Some(sample.at_s))));
    for line in 0..lines {
        columns.push(&column(values.iter().map(|row| row.get(line).copied().flatten())));
    }
    columns
}

fn size(target: &HtmlElement) -> Object {
    let width = f64::from(target.client_width()).max(40.0);
    let height = f64::from(target.client_height()).max(40.0);
    object([("width", width.into()), ("height", height.into())])
}

fn options(target: &HtmlElement, config: &PlotConfig, callbacks: &Callbacks) -> Object {
    let size = size(target);
    let series = Array::of1(&Object::new());
    for line in config.chart.lines(&config.thresholds) {
        series.push(&line_options(&line, &config.palette));
    }
    let time_range = Array::of2(&0.0.into(), &config.duration_s.into());
    let scales = object([
        ("x", object([("time", false.into()), ("range", time_range.into())]).into()),
        ("y", object([("range", callbacks.range.as_ref().clone())]).into()),
    ]);
    let axes = Array::of2(
        &axis_options(&config.palette, callbacks.clock.as_ref(), 24.0, Some(TIME_STEPS_S)),
        &axis_options(&config.palette, callbacks.number.as_ref(), 52.0, None),
    );
    let sync = object([("key", "run".into())]);
    let no_drag = object([("x", false.into()), ("y", false.into())]);
    let cursor = object([("sync", sync.into()), ("drag", no_drag.into()), ("y", false.into())]);
    let hooks = object([("setCursor", Array::of1(callbacks.point.as_ref()).into())]);
    let no_legend = object([("show", false.into())]);
    let padding = Array::of4(&6.into(), &18.into(), &0.into(), &0.into());
    let options = object([
        ("series", series.into()),
        ("scales", scales.into()),
        ("axes", axes.into()),
        ("cursor", cursor.into()),
        ("hooks", hooks.into()),
        ("legend", no_legend.into()),
        ("padding", padding.into()),
    ]);
    Object::assign(&options, &size)
}

/// Distances between ticks of the time axis: whole minutes, hours and days.
const TIME_STEPS_S: &[f64] = &[
    60.0, 120.0, 300.0, 600.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0,
    86_400.0, 172_800.0, 432_000.0, 864_000.0,
];

fn axis_options(palette: &Palette, values: &JsValue, size: f64, steps: Option<&[f64]>) -> Object {
    let grid = object([("stroke", palette.colour("--chart-grid")), ("width", 1.into())]);
    let ticks = object([("show", false.into())]);
    let options = object([
        ("stroke", palette.colour("--chart-axis")),
        ("grid", grid.into()),
        ("ticks", ticks.into()),
        ("values", values.clone()),
        ("size", size.into()),
        ("gap", 4.into()),
        ("font", "11px system-ui, sans-serif".into()),
    ]);
    if let Some(steps) = steps {
        let steps: Array = steps.iter().copied().map(JsValue::from_f64).collect();
        Object::assign(&options, &object([("incrs", steps.into()), ("space", 56.into())]));
    } else {
        Object::assign(&options, &object([("space", 26.into())]));
    }
    options
}

fn line_options(line: &Line, palette: &Palette) -> Object {
    let dash: Array = line.dash.iter().copied().map(JsValue::from_f64).collect();
    let options = object([
        ("stroke", palette.colour(line.colour)),
        ("width", 1.5.into()),
        ("dash", dash.into()),
        ("points", object([("show", false.into())]).into()),
    ]);
    if line.stepped {
        let paths = UPlot::paths().stepped(&object([("align", 1.into())]));
        Object::assign(&options, &object([("paths", paths)]));
    }
    options
}
