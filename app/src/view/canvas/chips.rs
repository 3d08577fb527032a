//! The servers of a group as chips: the fill's height is the CPU, the ring is the state, the small
//! number counts requests in flight. Shape tells the states apart as well as colour does.

use crate::i18n::{Arg, Locale, format, text, units};
use shared::id::InstanceId;
use shared::sim::{InstanceFrame, ServerState};
use yew::prelude::*;

/// More servers than this become a heat strip: chips would be too small to read.
const CHIPS_MAX: usize = 60;

/// The place that chips have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    /// Left edge.
    pub(crate) x: f64,
    /// Top edge.
    pub(crate) y: f64,
    /// Width.
    pub(crate) width: f64,
    /// Height.
    pub(crate) height: f64,
}

/// How chips are laid out in their area.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Grid {
    columns: usize,
    width: f64,
    height: f64,
    gap: f64,
}

impl Grid {
    /// The fewest columns whose chips, a little higher than wide, hold `count` in `area`.
    fn for_count(count: usize, area: Area) -> Self {
        let grid = |columns: usize| {
            let gap = if columns > 8 { 3.0 } else { 6.0 };
            let width = (area.width + gap) / columns as f64 - gap;
            Self { columns, width, height: (width * 1.15).min(40.0), gap }
        };
        let fits = |grid: &Self| {
            let rows = count.div_ceil(grid.columns) as f64;
            rows * (grid.height + grid.gap) - grid.gap <= area.height
        };
        (6..=20).map(grid).find(fits).unwrap_or_else(|| grid(20))
    }
}

/// The servers of a group. `capacity` reserves room, so that chips do not change their size while
/// the group grows within its bounds.
pub(crate) fn chips(
    instances: &[InstanceFrame],
    capacity: u32,
    area: Area,
    locale: Locale,
    on_crash: &Callback<InstanceId>,
) -> Html {
    let count = instances.len().max(capacity as usize);
    if count > CHIPS_MAX {
        return heat_strip(instances, area, locale);
    }
    let grid = Grid::for_count(count, area);
    let chips = instances.iter().enumerate().map(|(i, instance)| {
        let x = area.x + (i % grid.columns) as f64 * (grid.width + grid.gap);
        let y = area.y + (i / grid.columns) as f64 * (grid.height + grid.gap);
        chip(instance, (x, y), grid, locale, on_crash)
    });
    html! { <g class="chips">{ for chips }</g> }
}

fn chip(
    instance: &InstanceFrame,
    (x, y): (f64, f64),
    Grid { width, height, .. }: Grid,
    locale: Locale,
    on_crash: &Callback<InstanceId>,
) -> Html {
    let id = instance.id;
    let class = classes!("chip", state_name(instance.state));
    let fill = f64::from(instance.cpu.clamp(0.0, 1.0)) * (height - 4.0);
    let onclick = on_crash.reform(move |_: MouseEvent| id);
    // A press on a chip is for the server and does not drag the card.
    let onpointerdown = |event: PointerEvent| event.stop_propagation();
    let number = width >= 20.0 && instance.state != ServerState::Booting;
    html! {
        <g key={id.0.to_string()} {class} transform={format!("translate({x} {y})")}
            data-instance={id.0.to_string()} {onclick} {onpointerdown}>
            <title>{ describe(instance, locale) }</title>
            <rect class="chip-body" width={width.to_string()} height={height.to_string()} rx="4"/>
            <rect class="chip-cpu" x="2" y={(height - 2.0 - fill).to_string()}
                width={(width - 4.0).max(0.0).to_string()} height={fill.to_string()} rx="2"/>
            <rect class="chip-ring" width={width.to_string()} height={height.to_string()} rx="4"/>
            <rect class="chip-queue" y={(height + 1.5).to_string()} height="3" rx="1.5"
                width={(queue_share(instance.queued) * width).to_string()}/>
            <path class="chip-mark" d={mark(instance.state, width, height)}/>
            <text class="chip-number" x={(width / 2.0).to_string()} y={(height / 2.0 + 4.0).to_string()}>
                { if number { units::compact(f64::from(instance.in_flight)) } else { String::new() } }
            </text>
        </g>
    }
}

/// How much of a bar shows requests that wait: a logarithm, full at a thousand, so that the first few
/// are seen as well as a flood.
pub(crate) fn queue_share(queued: u32) -> f64 {
    ((f64::from(queued) + 1.0).log2() / 10.0).min(1.0)
}

/// What a state draws over the chip: a cross for failed, half a ring for draining.
fn mark(state: ServerState, width: f64, height: f64) -> String {
    match state {
        ServerState::Failed => {
            format!("M4 4 L{} {} M{} 4 L4 {}", width - 4.0, height - 4.0, width - 4.0, height - 4.0)
        }
        ServerState::Draining => format!("M0 {height} V4 Q0 0 4 0 H{}", width / 2.0),
        ServerState::Booting | ServerState::Checking | ServerState::InService => "M0 0".to_owned(),
    }
}

/// One thin bar a server, its height the CPU.
fn heat_strip(instances: &[InstanceFrame], area: Area, locale: Locale) -> Html {
    let width = area.width / instances.len().max(1) as f64;
    let bars = instances.iter().enumerate().map(|(i, instance)| {
        let height = (f64::from(instance.cpu.clamp(0.0, 1.0)) * area.height).max(2.0);
        html! {
            <rect key={instance.id.0.to_string()} class={classes!("heat", state_name(instance.state))}
                x={(area.x + i as f64 * width).to_string()}
                y={(area.y + area.height - height).to_string()}
                width={(width * 0.85).to_string()} height={height.to_string()}/>
        }
    });
    let count = Arg::from(instances.len());
    html! {
        <g class="heat-strip" role="img" aria-label={format(locale, "card-servers", &[("count", count)])}>
            { for bars }
        </g>
    }
}

/// `i-3: in service, CPU 86 %, 12 in flight. Click to crash it.`
fn describe(instance: &InstanceFrame, locale: Locale) -> String {
    format(
        locale,
        "chip-title",
        &[
            ("id", Arg::from(instance.id.to_string())),
            ("state", Arg::from(text(locale, state_key(instance.state)))),
            ("cpu", Arg::from(units::percent(f64::from(instance.cpu)))),
            ("flight", Arg::from(instance.in_flight)),
            ("queued", Arg::from(instance.queued)),
        ],
    )
}

/// The state's class in the style sheets.
pub(crate) const fn state_name(state: ServerState) -> &'static str {
    match state {
        ServerState::Booting => "booting",
        ServerState::Checking => "checking",
        ServerState::InService => "in-service",
        ServerState::Draining => "draining",
        ServerState::Failed => "failed",
    }
}

const fn state_key(state: ServerState) -> &'static str {
    match state {
        ServerState::Booting => "server-booting",
        ServerState::Checking => "server-checking",
        ServerState::InService => "server-in-service",
        ServerState::Draining => "server-draining",
        ServerState::Failed => "server-failed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_show_from_one_to_a_thousand() {
        assert!(queue_share(0).abs() < 1e-12);
        assert!((0.09..0.11).contains(&queue_share(1)));
        assert!((0.99..=1.0).contains(&queue_share(1_023)));
        assert!((queue_share(u32::MAX) - 1.0).abs() < 1e-12);
    }

    /// Whatever the number of servers, their chips stay inside of the card.
    #[test]
    fn chips_fit_their_area() {
        let area = Area { x: 0.0, y: 0.0, width: 232.0, height: 92.0 };
        for count in 1..=CHIPS_MAX {
            let grid = Grid::for_count(count, area);
            let rows = count.div_ceil(grid.columns) as f64;
            assert!(rows * (grid.height + grid.gap) - grid.gap <= area.height, "{count}: {grid:?}");
            assert!(grid.width >= 7.0, "{count}: {grid:?}");
        }
        assert_eq!(Grid::for_count(8, area).columns, 6);
    }
}
