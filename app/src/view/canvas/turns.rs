//! Which frame of the run each card shows.
//!
//! A run tells twenty frames a second. To paint a hundred cards anew for each of them takes longer
//! than a picture may (16 ms), so the cards of a large drawing take turns: each frame is shown by a
//! part of them, and the others by the next ones. A run that stands is shown by all.

use crate::view::same::Same;
use shared::id::NodeId;
use shared::sim::Frame;
use std::collections::VecDeque;
use std::rc::Rc;

/// So many cards are painted for one frame.
const AT_ONCE: usize = 24;
/// No card waits for more frames than this: 0.3 s.
const TURNS_MAX: usize = 6;

/// The newest frames, as many as there are turns, the newest last.
#[derive(Debug, Default)]
pub(super) struct Turns {
    recent: VecDeque<Same<Frame>>,
    turns: usize,
    /// Whose turn it is.
    turn: usize,
}

impl Turns {
    /// Takes in what the run shows now, of a drawing with so many nodes.
    pub(super) fn take(&mut self, frame: Option<&Same<Frame>>, nodes: usize, running: bool) {
        let turns = if running { nodes.div_ceil(AT_ONCE).clamp(1, TURNS_MAX) } else { 1 };
        let Some(frame) = frame else {
            self.recent.clear();
            return;
        };
        let last = self.recent.back();
        if last.is_some_and(|last| frame.now < last.now) || turns != self.turns {
            self.recent.clear();
            self.turns = turns;
        }
        if self.recent.back() != Some(frame) {
            self.recent.push_back(frame.clone());
            self.turn = (self.turn + 1) % turns;
        }
        while self.recent.len() > turns {
            self.recent.pop_front();
        }
    }

    /// The frame that a card shows: of its last turn, or the newest where it must not wait.
    pub(super) fn frame_of(&self, id: NodeId, at_once: bool) -> Option<&Rc<Frame>> {
        let own = id.0 as usize % self.turns.max(1);
        let age = if at_once { 0 } else { (self.turn + self.turns - own) % self.turns.max(1) };
        let index = self.recent.len().checked_sub(1)?.saturating_sub(age);
        self.recent.get(index).map(|frame| &**frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::Timestamp;

    fn frame(ms: u64) -> Same<Frame> {
        let now = Timestamp::from_ms(ms);
        let frame = Frame {
            now,
            nodes: Vec::new(),
            links: Vec::new(),
            cost_usd: 0.0,
            cost_usd_per_hour: 0.0,
        };
        Same::from(Rc::new(frame))
    }

    fn shown(turns: &Turns, nodes: u32) -> Vec<u64> {
        let of = |id| turns.frame_of(NodeId(id), false).map(|frame| frame.now.as_ms());
        (1..=nodes).filter_map(of).collect()
    }

    #[test]
    fn small_drawings_show_every_frame_everywhere() {
        let mut turns = Turns::default();
        for ms in [50, 100, 150] {
            turns.take(Some(&frame(ms)), 5, true);
            assert_eq!(shown(&turns, 5), [ms; 5]);
        }
        turns.take(None, 5, true);
        assert!(shown(&turns, 5).is_empty());
    }

    #[test]
    fn cards_of_large_drawings_take_turns_and_nobody_waits_long() {
        let mut turns = Turns::default();
        let nodes = 100;
        let mut before = Vec::new();
        for number in 1..=60 {
            turns.take(Some(&frame(number * 50)), nodes, true);
            let now = shown(&turns, 100);
            assert_eq!(now.len(), nodes);
            assert!(now.iter().all(|&ms| ms <= number * 50 && ms + 200 >= number * 50), "{now:?}");
            let changed = now.iter().zip(&before).filter(|(a, b)| a != b).count();
            assert!(number < 6 || (20..=24).contains(&changed), "{changed} cards changed");
            before = now;
        }
        // The same frame again is nobody's turn.
        let same = frame(9_000);
        turns.take(Some(&same), nodes, true);
        let once = shown(&turns, 100);
        turns.take(Some(&same), nodes, true);
        assert_eq!(shown(&turns, 100), once);
        assert_eq!(turns.frame_of(NodeId(1), true).unwrap().now.as_ms(), 9_000);
    }

    #[test]
    fn a_run_that_stands_or_begins_again_is_shown_by_all() {
        let mut turns = Turns::default();
        for ms in [50, 100, 150] {
            turns.take(Some(&frame(ms)), 200, true);
        }
        let last = frame(200);
        turns.take(Some(&last), 200, false);
        assert_eq!(shown(&turns, 200), [200; 200]);
        turns.take(Some(&frame(0)), 200, true);
        assert_eq!(shown(&turns, 200), [0; 200]);
    }
}
