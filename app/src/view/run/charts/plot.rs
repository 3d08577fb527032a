//! One chart's life in the document: made, fed, resized, destroyed.

use super::super::uplot::{UPlot, column};
use super::marks::Mark;
use super::samples::Sample;
use super::spec::{Chart, Fixed, Line, Look};
use crate::i18n::units;
use crate::shell::object;
use crate::view::colours::Colours;
use gloo_timers::callback::Timeout;
use js_sys::{Array, Object};
use shared::time::Timestamp;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, ResizeObserver};

/// What a chart is made from; a change of it needs a new chart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlotConfig {
    pub(super) chart: Chart,
    pub(super) fixed: Fixed,
    pub(super) starts_at_s: u32,
    pub(super) duration_s: f64,
    pub(super) colours: Colours,
}

/// A part of a run, from and to in seconds; `None` is all of it.
pub(super) type Part = Option<(f64, f64)>;

/// What a chart shows; it changes all the time.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) samples: Rc<Vec<Sample>>,
    pub(super) marks: Rc<Vec<Mark>>,
    /// The part of the run that is looked at.
    pub(super) zoom: Part,
    /// Lines that the reader has hidden, one bit each.
    pub(super) hidden: u32,
}

/// What a chart tells.
pub(super) struct Tell {
    /// The sample that the reader points at.
    pub(super) point: Box<dyn Fn(Option<usize>)>,
    /// The part of the run that the reader wants to look at.
    pub(super) zoom: Box<dyn Fn(Part)>,
}

/// A chart in the document.
pub(super) struct Plot {
    uplot: UPlot,
    config: PlotConfig,
    shown: Rc<RefCell<Shown>>,
    observer: Option<ResizeObserver>,
    _on_resize: Closure<dyn Fn()>,
    callbacks: Rc<Callbacks>,
}

/// Functions that the library calls for as long as the chart lives.
struct Callbacks {
    clock: Closure<dyn Fn(JsValue, Array) -> Array>,
    number: Closure<dyn Fn(JsValue, Array) -> Array>,
    time_range: Closure<RangeOf>,
    range: Closure<RangeOf>,
    point: Closure<dyn Fn(UPlot)>,
    select: Closure<dyn Fn(UPlot)>,
    draw: Closure<dyn Fn(UPlot)>,
}

/// The range of an axis, of the chart and its lowest and highest value.
type RangeOf = dyn Fn(JsValue, Option<f64>, Option<f64>) -> Array;

impl Plot {
    /// A chart in `target`.
    ///
    /// # Errors
    ///
    /// The library is not there.
    pub(super) fn new(
        target: &HtmlElement,
        config: PlotConfig,
        shown: Shown,
        tell: Tell,
    ) -> Result<Self, JsValue> {
        let shown = Rc::new(RefCell::new(shown));
        let callbacks = Rc::new(Callbacks::new(&config, &shown, tell));
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
        Ok(Self { uplot, config, shown, observer, _on_resize: on_resize, callbacks })
    }

    /// Whether this chart is one of `config`.
    pub(super) fn is_of(&self, config: &PlotConfig) -> bool {
        self.config == *config
    }

    /// Shows this.
    pub(super) fn show(&self, shown: Shown) {
        let before = self.shown.replace(shown);
        let now = self.shown.borrow();
        for number in 0..self.config.chart.lines(&self.config.fixed).len() as u32 {
            let is_hidden = |mask: u32| mask & (1 << number) != 0;
            if is_hidden(before.hidden) != is_hidden(now.hidden) {
                let show = object([("show", (!is_hidden(now.hidden)).into())]);
                self.uplot.set_series(number + 1, &show);
            }
        }
        let samples = Rc::clone(&now.samples);
        // The library asks for the range while it takes the data.
        drop(now);
        self.uplot.set_data(&data(&self.config, &samples));
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
    fn new(config: &PlotConfig, shown: &Rc<RefCell<Shown>>, tell: Tell) -> Self {
        let (chart, starts_at_s) = (config.chart, config.starts_at_s);
        let label = move |split: JsValue| -> JsValue {
            let second = Timestamp::from_s(split.as_f64().unwrap_or_default() as u64);
            // Without seconds: ticks are whole minutes.
            let clock = units::clock(starts_at_s, second);
            clock.get(..5).unwrap_or_default().into()
        };
        let number = move |split: JsValue| -> JsValue {
            axis_text(chart, split.as_f64().unwrap_or_default()).into()
        };
        let time_range = {
            let (shown, whole) = (Rc::clone(shown), (0.0, config.duration_s));
            move |_, _, _| {
                let (from, to) = shown.borrow().zoom.unwrap_or(whole);
                Array::of2(&from.into(), &to.into())
            }
        };
        let draw = {
            let (shown, colours) = (Rc::clone(shown), config.colours.clone());
            move |uplot: UPlot| draw_marks(&uplot, &shown.borrow().marks, &colours)
        };
        let Tell { point, zoom } = tell;
        let select = move |uplot: UPlot| {
            let marked = uplot.select();
            if marked.width() < ZOOM_MIN_PX {
                return;
            }
            let from = uplot.pos_to_val(marked.left(), "x");
            let to = uplot.pos_to_val(marked.left() + marked.width(), "x");
            let nothing = object([("width", 0.into()), ("height", 0.into())]);
            uplot.set_select(&nothing, false);
            // Whole seconds: the charts of one row mark the same to within a pixel.
            zoom(Some((from.floor().max(0.0), to.ceil().max(from.floor() + 10.0))));
        };
        Self {
            clock: Closure::new(move |_, splits: Array| splits.iter().map(label).collect()),
            number: Closure::new(move |_, splits: Array| splits.iter().map(number).collect()),
            time_range: Closure::new(time_range),
            range: Closure::new(move |_, _, highest: Option<f64>| {
                let top = value_axis_top(chart, highest.unwrap_or_default());
                Array::of2(&0.0.into(), &top.into())
            }),
            point: Closure::new(move |uplot: UPlot| {
                point(uplot.cursor().idx().map(|index| index as usize));
            }),
            select: Closure::new(select),
            draw: Closure::new(draw),
        }
    }
}

/// A drag narrower than this is a click.
const ZOOM_MIN_PX: f64 = 6.0;

/// A value at the value axis.
fn axis_text(chart: Chart, value: f64) -> String {
    match chart {
        Chart::Cpu => units::percent(value / 100.0),
        Chart::Latency => units::ms(value),
        Chart::Cost => units::usd(value),
        Chart::Requests | Chart::Servers | Chart::Errors | Chart::Queue => units::compact(value),
    }
}

/// Thin lines at the moments that every chart shows, each with its sign.
fn draw_marks(uplot: &UPlot, marks: &[Mark], colours: &Colours) {
    let (context, area) = (uplot.ctx(), uplot.bbox());
    let (top, bottom) = (area.top(), area.top() + area.height());
    context.save();
    context.set_line_width(1.0);
    context.set_font("600 10px system-ui, sans-serif");
    context.set_text_align("center");
    // The last sign drawn: signs that would lie on each other are left out.
    let mut last = f64::NEG_INFINITY;
    for mark in marks {
        let x = uplot.val_to_pos(mark.at_s, "x", true).round() + 0.5;
        if x < area.left() || x > area.left() + area.width() {
            continue;
        }
        let colour = colours.text(mark.colour());
        context.set_stroke_style_str(colour);
        context.set_global_alpha(0.55);
        context.begin_path();
        context.move_to(x, top + 10.0);
        context.line_to(x, bottom);
        context.stroke();
        if x - last >= 8.0 {
            last = x;
            context.set_global_alpha(1.0);
            context.set_fill_style_str(colour);
            // Fails only without a canvas.
            let _drawn = context.fill_text(mark.sign(), x, top + 8.0);
        }
    }
    context.restore();
}

/// Where the value axis ends: with some air above the highest value, and never so low that noise
/// looks like a mountain.
fn value_axis_top(chart: Chart, highest: f64) -> f64 {
    match chart {
        Chart::Cpu => 100.0,
        Chart::Servers => (highest + 1.0).max(4.0),
        Chart::Requests | Chart::Latency => (highest * 1.1).max(10.0),
        Chart::Errors | Chart::Queue => (highest * 1.1).max(4.0),
        Chart::Cost => (highest * 1.1).max(0.01),
    }
}

fn data(config: &PlotConfig, samples: &[Sample]) -> Array {
    let values: Vec<Vec<Option<f64>>> =
        samples.iter().map(|sample| config.chart.values(sample, &config.fixed)).collect();
    let lines = config.chart.lines(&config.fixed).len();
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
    for line in config.chart.lines(&config.fixed) {
        series.push(&line_options(&line, &config.colours));
    }
    let time_range = callbacks.time_range.as_ref().clone();
    let scales = object([
        ("x", object([("time", false.into()), ("range", time_range)]).into()),
        ("y", object([("range", callbacks.range.as_ref().clone())]).into()),
    ]);
    let axes = Array::of2(
        &axis_options(&config.colours, callbacks.clock.as_ref(), 24.0, Some(TIME_STEPS_S)),
        &axis_options(&config.colours, callbacks.number.as_ref(), 52.0, None),
    );
    let sync = object([("key", "run".into())]);
    let drag = object([("x", true.into()), ("y", false.into()), ("setScale", false.into())]);
    let cursor = object([("sync", sync.into()), ("drag", drag.into()), ("y", false.into())]);
    let hooks = object([
        ("setCursor", Array::of1(callbacks.point.as_ref()).into()),
        ("setSelect", Array::of1(callbacks.select.as_ref()).into()),
        ("draw", Array::of1(callbacks.draw.as_ref()).into()),
    ]);
    let no_legend = object([("show", false.into())]);
    let padding = Array::of4(&6.into(), &18.into(), &0.into(), &0.into());
    let options = object([
        ("series", series.into()),
        ("scales", scales.into()),
        ("axes", axes.into()),
        ("cursor", cursor.into()),
        ("hooks", hooks.into()),
        ("bands", bands(config).into()),
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

/// The bands between two edges, in the hue of the line that they are about.
fn bands(config: &PlotConfig) -> Array {
    let lines = config.chart.lines(&config.fixed);
    let tops = lines.iter().enumerate().filter(|(_, line)| line.look == Look::BandTop);
    let band = |(top, line): (usize, &Line)| -> JsValue {
        let number = top as u32 + 1;
        let fill = format!("{}40", config.colours.text(line.colour));
        let series = Array::of2(&number.into(), &(number + 1).into());
        object([("series", series.into()), ("fill", fill.into())]).into()
    };
    tops.map(band).collect()
}

fn axis_options(colours: &Colours, values: &JsValue, size: f64, steps: Option<&[f64]>) -> Object {
    let grid = object([("stroke", colours.colour("--chart-grid")), ("width", 1.into())]);
    let ticks = object([("show", false.into())]);
    let options = object([
        ("stroke", colours.colour("--chart-axis")),
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

fn line_options(line: &Line, colours: &Colours) -> Object {
    let dash: Array = line.dash.iter().copied().map(JsValue::from_f64).collect();
    let options = object([
        ("stroke", colours.colour(line.colour)),
        ("width", 1.5.into()),
        ("dash", dash.into()),
        ("points", object([("show", false.into())]).into()),
    ]);
    if line.is_edge() {
        Object::assign(&options, &object([("width", 0.into()), ("stroke", "#0000".into())]));
    }
    if line.look == Look::Stepped {
        let paths = UPlot::paths().stepped(&object([("align", 1.into())]));
        Object::assign(&options, &object([("paths", paths)]));
    }
    options
}
