//! Requests on their way, as dots on one canvas above the links.
//!
//! Thousands of SVG elements would be laid out one by one; a canvas takes them as one picture. The
//! layer has its own animation: Yew hands over each frame of the run, and between two frames the
//! dots move by themselves. See [`flow`] for what they stand for.

mod flow;
mod layer;
mod pixels;

use crate::editor::Viewport;
use crate::i18n::{Arg, Locale, format, text, units};
use crate::run::{RunState, Status};
use crate::shell::Animation;
use crate::view::colours::use_colours;
use crate::view::same::Same;
use layer::{Layer, Scene};
use shared::design::Design;
use std::cell::RefCell;
use std::rc::Rc;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

/// What the dots need.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct DotsProps {
    /// What is drawn.
    pub(crate) design: Same<Design>,
    /// Which part shows.
    pub(crate) viewport: Viewport,
    /// The run.
    pub(crate) run: Same<RunState>,
    /// The page's language.
    pub(crate) locale: Locale,
}

/// The layer and its legend.
#[component]
pub(crate) fn Dots(props: &DotsProps) -> Html {
    let canvas = use_node_ref();
    let colours = use_colours();
    let layer = use_mut_ref(Layer::default);
    let animation = use_memo((), {
        let layer = layer.clone();
        move |()| Animation::new(move |now_ms| layer.borrow_mut().paint(now_ms))
    });
    let running = props.run.status == Status::Running;
    // Before there are dots, the ways along which they go are worth no work at each move.
    let design = props.run.status.has_begun().then(|| props.design.clone());
    use_effect_with((design, props.viewport, colours), {
        let (canvas, layer, animation) = (canvas.clone(), layer.clone(), Rc::clone(&animation));
        move |(design, viewport, colours)| {
            let scene = Scene::new(design.as_deref().map(Rc::as_ref), viewport, colours);
            layer.borrow_mut().show(canvas.cast::<HtmlCanvasElement>(), scene);
            animation.wake();
        }
    });
    let frame = props.run.frame.clone().filter(|_| props.run.status.has_begun());
    use_effect_with((frame, running), {
        let (layer, animation) = (layer.clone(), Rc::clone(&animation));
        move |(frame, running)| {
            let links = frame.as_ref().map_or(&[][..], |frame| &frame.links);
            layer.borrow_mut().count(links, *running);
            animation.wake();
        }
    });
    html! {
        <>
            <canvas ref={canvas} class="dots" aria-hidden="true"/>
            { legend(&layer, props.run.status, props.locale) }
        </>
    }
}

/// How many requests a dot stands for; hidden until there are dots.
fn legend(layer: &Rc<RefCell<Layer>>, status: Status, locale: Locale) -> Html {
    let per_dot = layer.borrow().per_dot();
    let args = [("count", Arg::from(units::compact(per_dot as f64)))];
    let words =
        if per_dot == 1 { text(locale, "dots-one") } else { format(locale, "dots-many", &args) };
    html! {
        <p class="float dots-legend" hidden={!status.has_begun()}
            title={text(locale, "dots-hint")}>
            <span class="dots-sample" aria-hidden="true"></span>{ words }
            <span class="dots-sample failed" aria-hidden="true"></span>
            { text(locale, "dots-failed") }
        </p>
    }
}
