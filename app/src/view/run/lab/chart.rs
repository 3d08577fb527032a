//! A sweep as a chart: one figure over the values of a setting, with its intervals as bands.

use super::super::uplot::{UPlot, column};
use super::report::{estimate, metric_key, value_text};
use crate::i18n::{self, Locale, use_locale};
use crate::shell::object;
use crate::view::colours::{Colours, use_colours};
use js_sys::{Array, Object};
use shared::experiment::{Metric, Summary};
use shared::json;
use std::collections::BTreeMap;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Height of the chart, pixels.
const HEIGHT: f64 = 170.0;
/// Hues of the lines; more lines than hues begin again.
const HUES: [&str; 4] = ["--chart-cpu", "--chart-p99", "--in-service", "--chart-p95"];
/// Dashes of the lines, so that hue alone tells nothing.
const DASHES: [&[f64]; 4] = [&[], &[6.0, 3.0], &[1.5, 3.0], &[8.0, 3.0, 1.5, 3.0]];

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SweepChartProps {
    pub(super) names: Rc<Vec<Vec<String>>>,
    pub(super) summaries: Rc<Vec<Summary>>,
}

/// Mean and half width of its interval; `None` while nothing is known.
type Point = Option<(f64, f64)>;

/// One line: a value of the second setting, over those of the first.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    name: String,
    /// At each place.
    points: Vec<Point>,
}

/// The places on the axis and the lines over them; `None` if the values are no numbers, for which
/// the table is the better picture.
fn lines(
    names: &[Vec<String>],
    summaries: &[Summary],
    metric: Metric,
) -> Option<(Vec<f64>, Vec<Line>)> {
    let mut places: Vec<f64> = Vec::new();
    let mut by_name: BTreeMap<String, Vec<(f64, Point)>> = BTreeMap::new();
    for (values, summary) in names.iter().zip(summaries) {
        let place = json::number(values.first()?)?;
        places.push(place);
        let found = estimate(summary, metric);
        let point = found.map(|found| (found.mean, found.half_width.unwrap_or_default()));
        let line = by_name.entry(values.get(1).cloned().unwrap_or_default()).or_default();
        line.push((place, point));
    }
    shared::ordered::sort_by(&mut places, f64::total_cmp);
    places.dedup();
    let line = |(name, found): (String, Vec<(f64, Point)>)| {
        let at = |place: &f64| {
            let there = found.iter().find(|(other, _)| other.total_cmp(place).is_eq());
            there.and_then(|(_, point)| *point)
        };
        Line { name, points: places.iter().map(at).collect() }
    };
    let lines = by_name.into_iter().map(line).collect();
    (places.len() > 1).then_some((places, lines))
}

/// The chart with a choice of figures.
#[component]
pub(super) fn SweepChart(props: &SweepChartProps) -> Html {
    let locale = use_locale();
    let colours = use_colours();
    let metric = use_state_eq(|| Metric::P99Ms);
    let target = use_node_ref();
    let found = lines(&props.names, &props.summaries, *metric);
    use_effect_with((found.clone(), colours, *metric, locale), {
        let target = target.clone();
        move |(found, colours, metric, locale)| {
            let target = target.cast::<HtmlElement>();
            let drawn = found.as_ref().zip(target).and_then(|((places, lines), target)| {
                draw(&target, places, lines, colours, (*metric, *locale)).ok()
            });
            move || {
                if let Some((uplot, number)) = drawn {
                    uplot.destroy();
                    drop(number);
                }
            }
        }
    });
    let button = |choice: Metric| {
        let (chosen, metric) = (*metric == choice, metric.setter());
        html! {
            <button key={choice.name()} type="button" aria-pressed={chosen.to_string()}
                onclick={move |_: MouseEvent| metric.set(choice)}>
                { i18n::text(locale, metric_key(choice)) }
            </button>
        }
    };
    let legend = found.iter().flat_map(|(_, lines)| lines).enumerate().map(|(number, line)| {
        let hue = HUES.get(number % HUES.len()).copied().unwrap_or_default();
        html! { <li key={number} style={format!("--hue: var({hue})")}>{ &line.name }</li> }
    });
    html! {
        <div class="lab-chart" hidden={found.is_none()}>
            <div class="lab-metrics">
                { for [Metric::P99Ms, Metric::MeanMs, Metric::Failed, Metric::CostUsd].map(button) }
                <ul>{ for legend }</ul>
            </div>
            <div ref={target} class="lab-plot" role="img"
                aria-label={i18n::text(locale, metric_key(*metric))} />
        </div>
    }
}

type Labels = Closure<dyn Fn(JsValue, Array) -> Array>;

fn draw(
    target: &HtmlElement,
    places: &[f64],
    lines: &[Line],
    colours: &Colours,
    (metric, locale): (Metric, Locale),
) -> Result<(UPlot, Labels), JsValue> {
    let labels: Labels = Closure::new(move |_, splits: Array| {
        let say = |split: JsValue| -> JsValue {
            value_text(locale, metric, split.as_f64().unwrap_or_default()).into()
        };
        splits.iter().map(say).collect()
    });
    let (series, bands) = (Array::of1(&Object::new()), Array::new());
    let data = Array::of1(&column(places.iter().copied().map(Some)));
    for (number, line) in lines.iter().enumerate() {
        let hue = colours.text(HUES.get(number % HUES.len()).copied().unwrap_or_default());
        let dash = DASHES.get(number % DASHES.len()).copied().unwrap_or_default();
        let dash: Array = dash.iter().copied().map(JsValue::from_f64).collect();
        let mean = [("stroke", hue.into()), ("width", 1.5.into()), ("dash", dash.into())];
        series.push(&object(mean));
        let first = series.length();
        for edge in [1.0, -1.0] {
            let points = object([("show", false.into())]);
            series.push(&object([("stroke", "#0000".into()), ("points", points.into())]));
            let ends =
                line.points.iter().map(|point| point.map(|(mean, width)| mean + edge * width));
            if edge > 0.0 {
                data.push(&column(line.points.iter().map(|point| point.map(|(mean, _)| mean))));
            }
            data.push(&column(ends));
        }
        let edges = Array::of2(&first.into(), &(first + 1).into());
        let fill = format!("{hue}30");
        bands.push(&object([("series", edges.into()), ("fill", fill.into())]));
    }
    let axis = |size: f64| {
        let grid = object([("stroke", colours.colour("--chart-grid")), ("width", 1.into())]);
        object([
            ("stroke", colours.colour("--chart-axis")),
            ("grid", grid.into()),
            ("size", size.into()),
            ("font", "11px system-ui, sans-serif".into()),
        ])
    };
    let values = object([("values", labels.as_ref().clone())]);
    let axes = Array::of2(&axis(26.0), &Object::assign(&axis(64.0), &values));
    let time = object([("time", false.into())]);
    let options = object([
        ("width", f64::from(target.client_width()).max(120.0).into()),
        ("height", HEIGHT.into()),
        ("series", series.into()),
        ("bands", bands.into()),
        ("axes", axes.into()),
        ("scales", object([("x", time.into())]).into()),
        ("legend", object([("show", false.into())]).into()),
    ]);
    Ok((UPlot::new(&options, &data, target)?, labels))
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::experiment::Estimate;

    fn summary(mean: f64) -> Summary {
        Summary {
            scaled_by: 1,
            design: String::new(),
            replications: 2,
            seeds: Vec::new(),
            digests: Vec::new(),
            sound: true,
            estimates: vec![Estimate { metric: Metric::P99Ms, mean, half_width: Some(1.0) }],
            theory: Vec::new(),
        }
    }

    #[test]
    fn two_settings_make_a_line_for_each_value_of_the_second() {
        let names = [["8", "a"], ["2", "a"], ["8", "b"], ["2", "b"]];
        let names = names.map(|values| values.map(str::to_owned).to_vec());
        let summaries = [80.0, 20.0, 81.0, 21.0].map(summary);
        let (places, found) = lines(&names, &summaries, Metric::P99Ms).unwrap();
        assert_eq!(places, [2.0, 8.0]);
        assert_eq!(found[1].name, "b");
        assert_eq!(found[1].points, [Some((21.0, 1.0)), Some((81.0, 1.0))]);
        let words = ["random", "maglev"].map(|value| vec![value.to_owned()]);
        assert!(lines(&words, &summaries, Metric::P99Ms).is_none(), "words have no axis");
    }
}
