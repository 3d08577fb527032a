//! Which dots move along which link: a pure model that turns counts into dots.
//!
//! A frame says how many requests have passed along each link so far. The difference to the frame
//! before is *owed* to the picture, and paid in dots that each stand for the same number of
//! requests, so that what moves is in proportion to what was sent: nothing is invented, and what is
//! too little for a dot waits for more. A failed request is paid as a hollow dot in the same way.
//!
//! A dot crosses its link in [`CROSSING_S`] of wall time, whatever the speed of the run and the
//! latency of the link: it shows how much flows and where to, not how long it takes.

use shared::id::LinkId;
use shared::sim::LinkFrame;
use std::collections::BTreeMap;

/// Wall seconds that a dot takes from one end of a link to the other.
const CROSSING_S: f64 = 0.9;
/// Debts are paid over about this long, so that twenty frames a second do not show as bunches.
const SMOOTHING_S: f64 = 0.15;
/// Dots on one link at most: more would be a line and not dots.
const DOTS_PER_LINK: f64 = 14.0;
/// A picture of more dots than this on all links together is not drawn smoothly everywhere.
pub(super) const DOTS_MAX: usize = 5_000;
/// The number of requests that a dot stands for falls only once this many times fewer dots would
/// be on the busiest link than there may be, so that the legend does not flicker.
const FEWER_FACTOR: f64 = 3.0;

/// One dot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Dot {
    /// The link that it moves along, as an index into [`Flow::lanes`].
    pub(super) lane: u32,
    /// How far it has come, 0 to 1.
    pub(super) along: f32,
    /// Its requests failed.
    pub(super) failed: bool,
}

/// What is known of one link.
#[derive(Clone, Debug)]
struct Lane {
    link: LinkId,
    counted: (u64, u64),
    /// Requests sent, and of these failed, that no dot has shown yet.
    owed: f64,
    owed_failed: f64,
    /// Requests a wall second, smoothed.
    rate: f64,
    /// Debt that is being paid and is less than a dot.
    part: f64,
}

/// All dots.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    lanes: Vec<Lane>,
    dots: Vec<Dot>,
    per_dot: u64,
}

impl Default for Flow {
    fn default() -> Self {
        Self { lanes: Vec::new(), dots: Vec::new(), per_dot: 1 }
    }
}

impl Flow {
    /// How many requests a dot stands for.
    pub(super) const fn per_dot(&self) -> u64 {
        self.per_dot
    }

    /// The dots to draw.
    pub(super) fn dots(&self) -> &[Dot] {
        &self.dots
    }

    /// The links that lanes stand for.
    pub(super) fn links(&self) -> impl Iterator<Item = LinkId> {
        self.lanes.iter().map(|lane| lane.link)
    }

    /// Whether anything moves or will.
    pub(super) fn is_still(&self) -> bool {
        self.dots.is_empty() && self.lanes.iter().all(|lane| lane.owed < self.per_dot as f64)
    }

    /// Takes in the counts of a frame that came `wall_s` after the one before. A run that began
    /// again, or one with other links, begins a new picture.
    pub(super) fn count(&mut self, links: &[LinkFrame], wall_s: f64) {
        let known = self.lanes.iter().map(|lane| lane.link).eq(links.iter().map(|link| link.id));
        let backwards = || {
            let mut pairs = self.lanes.iter().zip(links);
            pairs.any(|(lane, link)| link.sent < lane.counted.0)
        };
        if !known || backwards() {
            *self = Self { lanes: links.iter().map(Lane::new).collect(), ..Self::default() };
            return;
        }
        for (lane, link) in self.lanes.iter_mut().zip(links) {
            lane.count(link, wall_s);
        }
        self.choose_scale();
    }

    /// Lets `wall_s` pass.
    pub(super) fn advance(&mut self, wall_s: f64) {
        let step = (wall_s / CROSSING_S) as f32;
        self.dots.retain_mut(|dot| {
            dot.along += step;
            dot.along < 1.0
        });
        let per_dot = self.per_dot as f64;
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            let paid = lane.owed * (wall_s / SMOOTHING_S).min(1.0);
            lane.owed -= paid;
            lane.part += paid;
            let count = (lane.part / per_dot).floor();
            lane.part -= count * per_dot;
            // Spread over the step, the first has come furthest.
            for place in 0..count as usize {
                let failed = lane.owed_failed >= per_dot;
                if failed {
                    lane.owed_failed -= per_dot;
                }
                if self.dots.len() < DOTS_MAX {
                    let along = step * (1.0 - (place as f32 + 0.5) / count as f32);
                    self.dots.push(Dot { lane: number as u32, along, failed });
                }
            }
        }
    }

    /// Dots that stand still, for readers who want no motion: as many as would be on each link,
    /// spread evenly.
    pub(super) fn stand_still(&mut self) {
        self.dots.clear();
        let per_dot = self.per_dot as f64;
        for (number, lane) in self.lanes.iter_mut().enumerate() {
            let count = (lane.rate * CROSSING_S / per_dot).round().min(DOTS_PER_LINK) as u32;
            let bad = if lane.owed > 0.0 { lane.owed_failed / lane.owed } else { 0.0 };
            (lane.owed, lane.owed_failed, lane.part) = (0.0, 0.0, 0.0);
            let bad = (bad.clamp(0.0, 1.0) * f64::from(count)).round() as u32;
            self.dots.extend((0..count).map(|place| Dot {
                lane: number as u32,
                along: (place as f32 + 0.5) / count as f32,
                failed: place < bad,
            }));
        }
        self.dots.truncate(DOTS_MAX);
    }

    /// The least of 1, 2, 5, 10, … at which neither a link nor the picture has too many dots.
    fn choose_scale(&mut self) {
        let busiest = self.lanes.iter().map(|lane| lane.rate).fold(0.0, f64::max);
        let all: f64 = self.lanes.iter().map(|lane| lane.rate).sum();
        let least = (busiest * CROSSING_S / DOTS_PER_LINK).max(all * CROSSING_S / DOTS_MAX as f64);
        let present = self.per_dot as f64;
        if least > present || least * FEWER_FACTOR < present {
            self.per_dot = round_up(least);
        }
    }
}

impl Lane {
    const fn new(link: &LinkFrame) -> Self {
        Self {
            link: link.id,
            counted: (link.sent, link.failed),
            owed: 0.0,
            owed_failed: 0.0,
            rate: 0.0,
            part: 0.0,
        }
    }

    fn count(&mut self, link: &LinkFrame, wall_s: f64) {
        let (sent, failed) =
            (link.sent - self.counted.0, link.failed.saturating_sub(self.counted.1));
        self.counted = (link.sent, link.failed);
        self.owed += sent as f64;
        self.owed_failed += failed as f64;
        if wall_s > 0.0 {
            let weight = (wall_s / 0.5).min(1.0);
            self.rate += weight * (sent as f64 / wall_s - self.rate);
        }
    }
}

/// The least of 1, 2, 5, 10, 20, 50, … that is not below `least`.
fn round_up(least: f64) -> u64 {
    let mut decade: u64 = 1;
    while decade < u64::MAX / 100 {
        for digit in [1, 2, 5] {
            if (decade * digit) as f64 >= least {
                return decade * digit;
            }
        }
        decade *= 10;
    }
    decade
}

/// The lanes of links, for those who ask by link.
pub(super) fn lane_of(flow: &Flow) -> BTreeMap<LinkId, usize> {
    shared::ordered::map(flow.links().enumerate().map(|(lane, link)| (link, lane)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends along one link for `seconds` at 20 frames and 60 pictures a second; gives what was
    /// shown: dots and hollow dots times what they stand for.
    fn shown(flow: &mut Flow, per_s: f64, failed_share: f64, seconds: u32) -> (f64, f64) {
        let start = flow.lanes.first().map_or((0, 0), |lane| lane.counted);
        let (mut dots, mut hollow) = (0.0, 0.0);
        for picture in 1..=seconds * 60 {
            if picture % 3 == 0 {
                let sent = (per_s * f64::from(picture) / 60.0) as u64;
                let failed = (sent as f64 * failed_share) as u64;
                let link =
                    LinkFrame { id: LinkId(1), sent: start.0 + sent, failed: start.1 + failed };
                flow.count(&[link], 0.05);
            }
            let per_dot = flow.per_dot() as f64;
            flow.advance(1.0 / 60.0);
            for dot in
                flow.dots().iter().filter(|dot| f64::from(dot.along) < 1.0 / 60.0 / CROSSING_S)
            {
                dots += per_dot;
                hollow += if dot.failed { per_dot } else { 0.0 };
            }
        }
        (dots, hollow)
    }

    fn begun() -> Flow {
        let mut flow = Flow::default();
        flow.count(&[LinkFrame { id: LinkId(1), sent: 0, failed: 0 }], 0.05);
        flow
    }

    #[test]
    fn dots_are_in_proportion_to_requests() {
        for per_s in [3.0, 20.0, 800.0, 50_000.0, 3e6] {
            let mut flow = begun();
            let (dots, hollow) = shown(&mut flow, per_s, 0.25, 20);
            let sent = per_s * 20.0;
            let slack = 3.0 * flow.per_dot() as f64 / sent + 0.02;
            assert!((dots / sent - 1.0).abs() < slack, "{dots} of {sent}");
            assert!((hollow / sent - 0.25).abs() < slack, "{hollow} of {sent}");
            let on_link = flow.dots().len();
            assert!(on_link as f64 <= DOTS_PER_LINK * 1.3 + 1.0, "{on_link} dots at {per_s}/s");
            assert!(on_link as f64 >= (per_s * 0.5).min(6.0), "{on_link} dots at {per_s}/s");
        }
    }

    #[test]
    fn the_legend_does_not_flicker() {
        let mut flow = begun();
        shown(&mut flow, 1_000.0, 0.0, 5);
        let before = flow.per_dot();
        shown(&mut flow, 700.0, 0.0, 5);
        assert_eq!(flow.per_dot(), before);
        shown(&mut flow, 10.0, 0.0, 10);
        assert_eq!(flow.per_dot(), 1);
    }

    #[test]
    fn a_run_that_begins_again_begins_a_new_picture() {
        let mut flow = begun();
        shown(&mut flow, 500.0, 0.0, 2);
        assert!(!flow.is_still());
        flow.count(&[LinkFrame { id: LinkId(1), sent: 0, failed: 0 }], 0.05);
        assert!(flow.is_still());
        flow.count(&[], 0.05);
        assert_eq!(flow.links().count(), 0);
    }

    #[test]
    fn without_motion_dots_stand_evenly() {
        let mut flow = begun();
        shown(&mut flow, 900.0, 0.0, 4);
        flow.stand_still();
        let places: Vec<f32> = flow.dots().iter().map(|dot| dot.along).collect();
        assert!(places.len() > 5);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] > 0.02), "{places:?}");
    }

    #[test]
    fn many_links_share_the_dots() {
        let links = |sent: u64| -> Vec<LinkFrame> {
            (0..1_000).map(|id| LinkFrame { id: LinkId(id), sent, failed: 0 }).collect()
        };
        let mut flow = Flow::default();
        flow.count(&links(0), 0.05);
        for picture in 1..=600_u64 {
            flow.count(&links(picture * 20), 1.0 / 60.0);
            flow.advance(1.0 / 60.0);
            assert!(flow.dots().len() <= DOTS_MAX);
        }
        assert!(flow.dots().len() > DOTS_MAX / 3, "{}", flow.dots().len());
        assert_eq!(round_up(0.0), 1);
        assert_eq!(round_up(1_001.0), 2_000);
    }
}
