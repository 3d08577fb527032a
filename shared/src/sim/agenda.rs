//! When faults begin and end.
//!
//! A fault happens at the end of its moment: when everything else of that nanosecond has happened,
//! ends before beginnings, and several of a kind in the order of the list. So one that a person
//! made between two slices of a run replays exactly when it stands in the design instead.

use crate::design::{Fault, FaultTime};
use crate::dist::standard_exponential;
use crate::rng::Rng;
use crate::time::{Span, Timestamp};
use std::collections::BTreeSet;

/// What is to happen to a fault, by its place in the list. The order is that of one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// It ends.
    Ends(u32),
    /// It begins.
    Begins(u32),
}

/// The faults of a run and what is still to come of them.
#[derive(Debug)]
pub(super) struct Agenda {
    faults: Vec<Planned>,
    /// How many of them the design brought; a person made the others.
    drawn: usize,
    steps: BTreeSet<(Timestamp, Step)>,
    seed: Rng,
}

/// A fault and its random numbers.
#[derive(Debug)]
struct Planned {
    fault: Fault,
    rng: Rng,
}

impl Agenda {
    /// The agenda of a design's faults. `seed` is the run's.
    pub(super) fn new(faults: &[Fault], seed: &Rng) -> Self {
        let mut agenda = Self {
            faults: Vec::new(),
            drawn: faults.len(),
            steps: BTreeSet::new(),
            seed: seed.clone(),
        };
        for fault in faults {
            let index = agenda.add(fault.clone());
            let at = match fault.when {
                FaultTime::At { at_s, .. } => Timestamp::ZERO + Span::from_s_f64(at_s),
                FaultTime::Random { mtbf_s, .. } => Timestamp::ZERO + agenda.draw(index, mtbf_s),
            };
            agenda.steps.insert((at, Step::Begins(index)));
        }
        agenda
    }

    /// Adds a fault at the end of the list and returns its place there.
    fn add(&mut self, fault: Fault) -> u32 {
        let index = self.faults.len() as u32;
        let rng = self.seed.fork("fault", u64::from(index));
        self.faults.push(Planned { fault, rng });
        index
    }

    /// A person does this now, for so long. Returns its place in the list.
    pub(super) fn by_hand(&mut self, mut fault: Fault, now: Timestamp, for_s: f64) -> u32 {
        fault.when = FaultTime::At { at_s: seconds(now), for_s };
        self.add(fault)
    }

    /// Faults that a person made, as data of a design.
    pub(super) fn made_by_hand(&self) -> impl Iterator<Item = &Fault> {
        self.faults.iter().skip(self.drawn).map(|planned| &planned.fault)
    }

    /// When something happens next; never, if nothing does.
    #[inline]
    pub(super) fn next_at(&self) -> Timestamp {
        self.steps.first().map_or(Timestamp::MAX, |(at, _)| *at)
    }

    /// Takes what happens next.
    pub(super) fn pop(&mut self) -> Option<(Timestamp, Step)> {
        self.steps.pop_first()
    }

    /// Every fault of the list.
    pub(super) fn fault(&self, index: u32) -> Option<&Fault> {
        self.faults.get(index as usize).map(|planned| &planned.fault)
    }

    /// The random numbers of a fault.
    pub(super) fn rng(&mut self, index: u32) -> Option<&mut Rng> {
        self.faults.get_mut(index as usize).map(|planned| &mut planned.rng)
    }

    /// A fault begins now: how long it lasts. Its end is planned, and so is its next beginning if it
    /// comes again.
    pub(super) fn begins(&mut self, now: Timestamp, index: u32) -> Span {
        let Some(fault) = self.fault(index) else { return Span::ZERO };
        let lasts = fault.what.name().lasts();
        let when = fault.when;
        let span = match when {
            FaultTime::At { for_s, .. } => Span::from_s_f64(for_s),
            FaultTime::Random { mttr_s, .. } => self.draw(index, mttr_s),
        };
        if lasts {
            self.steps.insert((now + span, Step::Ends(index)));
        }
        if let FaultTime::Random { mtbf_s, .. } = when {
            // A moment later at least: a run must not stand still.
            let next = now + span + self.draw(index, mtbf_s) + Span::from_ns(1);
            self.steps.insert((next, Step::Begins(index)));
        }
        span
    }

    fn draw(&mut self, index: u32, mean_s: f64) -> Span {
        let rng = self.rng(index);
        rng.map_or(Span::MAX, |rng| Span::from_s_f64(mean_s * standard_exponential(rng)))
    }
}

/// A time as seconds that read back as the same nanosecond.
fn seconds(at: Timestamp) -> f64 {
    let near = at.as_s_f64();
    let same = |s: &f64| Timestamp::ZERO + Span::from_s_f64(*s) == at;
    [near, near.next_up(), near.next_down()].into_iter().find(same).unwrap_or(near)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::FaultKind;

    /// Every nanosecond of a month has a number of seconds that leads back to it.
    #[test]
    fn times_read_back() {
        let mut rng = Rng::new(5);
        for _ in 0..200_000 {
            let at = Timestamp::from_ns(rng.below(31 * 86_400 * 1_000_000_000));
            let text = serde_json::to_string(&seconds(at)).unwrap();
            let read: f64 = serde_json::from_str(&text).unwrap();
            assert_eq!(Timestamp::ZERO + Span::from_s_f64(read), at, "{at:?} as {text}");
        }
    }

    /// Random faults alternate between beginning and end, with the means asked for, and another
    /// fault in the list does not shift their draws.
    #[test]
    fn random_faults_keep_their_means() {
        let random = Fault {
            what: FaultKind::ZoneOutage { zone: 0 },
            when: FaultTime::Random { mtbf_s: 1_000.0, mttr_s: 100.0 },
        };
        let run = |faults: &[Fault], index: u32| {
            let mut agenda = Agenda::new(faults, &Rng::new(7));
            let (mut steps, mut down, mut since) = (Vec::new(), Span::ZERO, Timestamp::ZERO);
            while steps.len() < 10_000 {
                let (at, step) = agenda.pop().unwrap();
                match step {
                    Step::Begins(i) => {
                        agenda.begins(at, i);
                        since = at;
                    }
                    Step::Ends(_) => down += at.since(since),
                }
                if matches!(step, Step::Begins(i) | Step::Ends(i) if i == index) {
                    steps.push((at, step));
                }
            }
            (steps, down)
        };
        let (alone, down) = run(std::slice::from_ref(&random), 0);
        let kinds = alone.iter().map(|(_, step)| *step);
        assert!(kinds.eq([Step::Begins(0), Step::Ends(0)].into_iter().cycle().take(10_000)));
        let end = alone.last().unwrap().0.as_s_f64();
        assert!((down.as_s_f64() / 5_000.0 - 100.0).abs() < 5.0, "{down:?}");
        assert!((end / 5_000.0 - 1_100.0).abs() < 50.0, "{end}");
        let once = Fault { when: FaultTime::At { at_s: 5.0, for_s: 1.0 }, ..random.clone() };
        let (with_another, _) = run(&[random, once], 0);
        assert_eq!(alone, with_another);
    }
}
