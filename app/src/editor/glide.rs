//! A drawing on its way from one arrangement to another. Pure: time in, a drawing out.

use shared::design::Design;
use std::rc::Rc;
use std::sync::Arc;

/// How long nodes are on their way, milliseconds: long enough to see where each one goes.
const GLIDE_MS: f64 = 240.0;
/// Larger drawings jump: to paint all of one anew at each step takes longer than the way.
const NODES_MAX: usize = 300;

/// Nodes on their way.
#[derive(Clone, Debug)]
pub struct Glide {
    from: Rc<Design>,
    to: Rc<Design>,
    began_ms: Option<f64>,
    shown: Rc<Design>,
}

impl Glide {
    /// From the one to the other; `None` where there is nothing to see.
    pub fn new(from: Rc<Design>, to: Rc<Design>) -> Option<Self> {
        let worthwhile = !Rc::ptr_eq(&from, &to) && to.nodes.len() <= NODES_MAX;
        worthwhile.then(|| Self { shown: Rc::clone(&from), from, to, began_ms: None })
    }

    /// What shows now.
    pub const fn shown(&self) -> &Rc<Design> {
        &self.shown
    }

    /// It is `now_ms`; the first call begins. False when everything is in its place.
    pub fn pass(&mut self, now_ms: f64) -> bool {
        let began_ms = *self.began_ms.get_or_insert(now_ms);
        // A clock that steps back, or is none, ends it.
        let share = (now_ms - began_ms) / GLIDE_MS;
        if !(0.0..1.0).contains(&share) {
            return false;
        }
        // Fast at first, slow at the end.
        let left = (1.0 - share) * (1.0 - share) * (1.0 - share);
        let between = |from: i32, to: i32| to + (f64::from(from - to) * left).round() as i32;
        let mut shown = (*self.to).clone();
        for (id, node) in &mut shown.nodes {
            if let Some(before) = self.from.nodes.get(id)
                && (before.x, before.y) != (node.x, node.y)
            {
                let node = Arc::make_mut(node);
                node.x = between(before.x, node.x);
                node.y = between(before.y, node.y);
            }
        }
        self.shown = Rc::new(shown);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    fn moved() -> (Rc<Design>, Rc<Design>) {
        let from = presets::seven_steps();
        let mut to = from.clone();
        let last = to.nodes.values_mut().next_back().unwrap();
        Arc::make_mut(last).x += 1_000;
        (Rc::new(from), Rc::new(to))
    }

    fn x_of_last(design: &Design) -> i32 {
        design.nodes.values().next_back().unwrap().x
    }

    #[test]
    fn nodes_go_from_place_to_place_and_never_back() {
        let (from, to) = moved();
        let mut glide = Glide::new(Rc::clone(&from), Rc::clone(&to)).unwrap();
        assert_eq!(glide.shown(), &from);
        let mut last = x_of_last(&from);
        let mut steps = 0;
        for step in 0..100 {
            if !glide.pass(5_000.0 + f64::from(step) * 16.0) {
                break;
            }
            let x = x_of_last(glide.shown());
            assert!((last..=x_of_last(&to)).contains(&x), "{x} after {last}");
            last = x;
            steps += 1;
        }
        assert_eq!(steps, 15);
        assert!(x_of_last(&to) - last < 20, "{last}");
        // Whoever did not move is the same object, and not painted again.
        let first = |design: &Design| Arc::clone(design.nodes.values().next().unwrap());
        assert!(Arc::ptr_eq(&first(glide.shown()), &first(&to)));
    }

    #[test]
    fn a_broken_clock_ends_it_and_nothing_to_see_is_none() {
        let (from, to) = moved();
        for now_ms in [f64::NAN, -1.0, 4_000.0] {
            let mut glide = Glide::new(Rc::clone(&from), Rc::clone(&to)).unwrap();
            assert!(glide.pass(0.0));
            assert!(!glide.pass(now_ms), "{now_ms}");
        }
        assert!(Glide::new(Rc::clone(&from), from).is_none());
    }
}
