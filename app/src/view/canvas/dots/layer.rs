//! Paints the dots.

use super::flow::{Flow, lane_of};
use super::pixels::{Look, Pixels, Stamp, colour_of};
use crate::editor::Viewport;
use crate::editor::geometry::{Curve, ScreenPoint};
use crate::editor::hit::curve_of;
use crate::shell;
use crate::view::colours::Colours;
use shared::design::Design;
use shared::id::LinkId;
use shared::ordered;
use shared::sim::LinkFrame;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::f64::consts::TAU;
use wasm_bindgen::{Clamped, JsCast as _};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A curve becomes this many straight pieces: at most three pixels long on a usual link.
const PIECES: usize = 64;
/// Radius of a dot at a zoom of 100 %, pixels.
const RADIUS: f64 = 3.2;
/// Width of a hollow dot's ring, of the radius.
const RING: f64 = 0.55;
/// More dots than this are painted pixel by pixel.
const PATHS_MAX: usize = 400;
/// A picture later than this after the one before does not move dots further: the page was hidden.
const STEP_MAX_S: f64 = 0.1;
/// Seconds between two frames of the run count no longer than this, see [`STEP_MAX_S`].
const FRAME_GAP_MAX_S: f64 = 1.0;

/// Where links are on the screen, and in which colours.
#[derive(Debug, Default)]
pub(super) struct Scene {
    tracks: BTreeMap<LinkId, Vec<ScreenPoint>>,
    width: f64,
    height: f64,
    radius: f64,
    colours: Colours,
    /// Pixels of the canvas for each of the window.
    ratio: f64,
    /// Dots of requests that went well, and of those that failed; `None` in colours that are not
    /// plain. Made when there are many dots: a scene is new with every step of a pan.
    stamps: OnceCell<Option<[Stamp; 2]>>,
}

impl Scene {
    /// The ways along the links of a design; none while there is nothing to go along them.
    pub(super) fn new(design: Option<&Design>, viewport: &Viewport, colours: &Colours) -> Self {
        let links = design.into_iter().flat_map(|design| {
            design.links.iter().filter_map(move |(&id, link)| Some((id, curve_of(design, link)?)))
        });
        let track = |(id, curve): (LinkId, Curve)| {
            let at = |piece| viewport.screen(curve.at(piece as f64 / PIECES as f64));
            (id, (0..=PIECES).map(at).collect())
        };
        let (width, height) = viewport.size();
        let ratio = shell::window().map_or(1.0, |window| window.device_pixel_ratio());
        let radius = RADIUS * viewport.zoom().clamp(0.5, 1.5);
        Self {
            tracks: ordered::map(links.map(track)),
            width,
            height,
            radius,
            colours: colours.clone(),
            ratio,
            stamps: OnceCell::new(),
        }
    }
}

impl Scene {
    /// Width and height of the canvas, pixels.
    fn pixels(&self) -> (u32, u32) {
        let pixels = |size: f64| (size * self.ratio).round().max(1.0) as u32;
        (pixels(self.width), pixels(self.height))
    }

    /// See the field.
    fn stamps(&self) -> Option<&[Stamp; 2]> {
        self.stamps.get_or_init(|| stamps(self.radius * self.ratio, &self.colours)).as_ref()
    }

    /// Few dots, as the browser's own shapes.
    fn paint_paths(
        &self,
        context: &CanvasRenderingContext2d,
        places: impl Iterator<Item = ScreenPoint>,
        failed: bool,
    ) {
        context.begin_path();
        for at in places {
            context.move_to(at.x + self.radius, at.y);
            // Fails for negative radii only.
            let _drawn = context.arc(at.x, at.y, self.radius, 0.0, TAU);
        }
        if failed {
            context.set_fill_style_str(self.colours.text("--paper"));
            context.set_stroke_style_str(self.colours.text("--failed"));
            context.set_line_width(self.radius * RING);
            context.fill();
            context.stroke();
        } else {
            context.set_fill_style_str(self.colours.text("--in-service"));
            context.fill();
        }
    }
}

/// The dots of requests that went well, and of those that failed, with this radius in pixels.
fn stamps(radius: f64, colours: &Colours) -> Option<[Stamp; 2]> {
    let colour = |property| colour_of(colours.text(property));
    let half = radius * RING / 2.0;
    let inside = Some((radius - half, colour("--paper")?));
    let good = Look { radius, colour: colour("--in-service")?, inside: None };
    let failed = Look { radius: radius + half, colour: colour("--failed")?, inside };
    Some([Stamp::new(good), Stamp::new(failed)])
}

/// The canvas, what is on it and what moves there.
#[derive(Debug, Default)]
pub(super) struct Layer {
    context: Option<CanvasRenderingContext2d>,
    scene: Scene,
    /// The track of each lane of the flow.
    lanes: Vec<Option<LinkId>>,
    flow: Flow,
    pixels: Pixels,
    running: bool,
    still: bool,
    painted_ms: Option<f64>,
    counted_ms: Option<f64>,
}

impl Layer {
    /// How many requests a dot stands for.
    pub(super) const fn per_dot(&self) -> u64 {
        self.flow.per_dot()
    }

    /// Another drawing, part of it, size or theme.
    pub(super) fn show(&mut self, canvas: Option<HtmlCanvasElement>, scene: Scene) {
        let Some(canvas) = canvas else { return };
        let (width, height) = scene.pixels();
        let ratio = scene.ratio;
        // Setting a size clears the canvas, so only another one is set.
        if (canvas.width(), canvas.height()) != (width, height) {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        self.still = shell::prefers_no_motion();
        let context = canvas.get_context("2d").ok().flatten();
        self.context = context.and_then(|context| context.dyn_into().ok());
        if let Some(context) = &self.context {
            // Fails for no numbers that a window has.
            let _set = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
        }
        self.scene = scene;
        self.find_lanes();
    }

    /// A frame of the run.
    pub(super) fn count(&mut self, links: &[LinkFrame], running: bool) {
        let now_ms = js_sys::Date::now();
        let since_s = self.counted_ms.map_or(0.0, |then| (now_ms - then) / 1e3);
        self.counted_ms = Some(now_ms);
        self.running = running;
        self.flow.count(links, since_s.clamp(0.0, FRAME_GAP_MAX_S));
        self.find_lanes();
        if self.still {
            self.flow.stand_still();
        }
    }

    fn find_lanes(&mut self) {
        let lanes = lane_of(&self.flow);
        self.lanes.clear();
        self.lanes.resize(lanes.len(), None);
        for (link, lane) in lanes {
            if let Some(place) = self.lanes.get_mut(lane) {
                *place = self.scene.tracks.contains_key(&link).then_some(link);
            }
        }
    }

    /// Paints one picture; `false` if the next would be the same.
    pub(super) fn paint(&mut self, now_ms: f64) -> bool {
        let since_s = self.painted_ms.map_or(0.0, |then| (now_ms - then) / 1e3);
        let moves = self.running && !self.still;
        if moves {
            self.flow.advance(since_s.clamp(0.0, STEP_MAX_S));
        }
        let Self { context: Some(context), scene, lanes, flow, pixels, .. } = self else {
            return false;
        };
        let tracks: Vec<Option<&Vec<ScreenPoint>>> = lanes
            .iter()
            .map(|link| link.as_ref().and_then(|link| scene.tracks.get(link)))
            .collect();
        let places = |failed: bool| {
            let dots = flow.dots().iter().filter(move |dot| dot.failed == failed);
            dots.filter_map(|dot| {
                let track = tracks.get(dot.lane as usize).copied().flatten()?;
                place_on(track, f64::from(dot.along))
            })
        };
        let are_many = flow.dots().len() > PATHS_MAX;
        match are_many.then(|| scene.stamps()).flatten() {
            Some([good, failed]) => {
                let (width, height) = scene.pixels();
                pixels.clear(width, height);
                let ratio = scene.ratio;
                places(false).for_each(|at| pixels.put(good, at.x * ratio, at.y * ratio));
                places(true).for_each(|at| pixels.put(failed, at.x * ratio, at.y * ratio));
                let bytes = Clamped(pixels.bytes());
                let image = ImageData::new_with_u8_clamped_array_and_sh(bytes, width, height);
                // Fails for no size that a canvas has.
                let _put = image.and_then(|image| context.put_image_data(&image, 0.0, 0.0));
            }
            None => {
                context.clear_rect(0.0, 0.0, scene.width, scene.height);
                scene.paint_paths(context, places(false), false);
                scene.paint_paths(context, places(true), true);
            }
        }
        let goes_on = moves && !self.flow.is_still();
        self.painted_ms = goes_on.then_some(now_ms);
        goes_on
    }
}

/// The point of a track at `along`, 0 to 1.
fn place_on(track: &[ScreenPoint], along: f64) -> Option<ScreenPoint> {
    let place = along * PIECES as f64;
    let piece = (place as usize).min(PIECES - 1);
    let (a, b) = (track.get(piece)?, track.get(piece + 1)?);
    let t = place - piece as f64;
    Some(ScreenPoint { x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t })
}
