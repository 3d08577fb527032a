//! Two fingers move and zoom the canvas; one is a pointer.
//!
//! A second finger takes the gesture of the first back. Until all fingers are up they only move the
//! canvas, so that the last one to leave draws and drags nothing.

use super::Phase;
use crate::editor::geometry::ScreenPoint;

/// The fingers on the canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Touches {
    fingers: Vec<(i32, ScreenPoint)>,
    pinching: bool,
}

/// What a finger did means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Touch {
    /// It is a pointer.
    Pointer,
    /// A second finger came: the gesture of the first is taken back.
    PinchBegins,
    /// The canvas moves and zooms.
    Pinch {
        /// Middle between the two fingers before.
        from: ScreenPoint,
        /// Middle between them now.
        to: ScreenPoint,
        /// Their distance now over their distance before.
        factor: f64,
    },
    /// Nothing.
    Nothing,
}

impl Touches {
    /// A finger did something.
    pub fn on(&mut self, finger: i32, phase: Phase, at: ScreenPoint) -> Touch {
        let known = self.fingers.iter().position(|(id, _)| *id == finger);
        match phase {
            Phase::Down(_) => {
                if known.is_none() {
                    self.fingers.push((finger, at));
                }
                if self.fingers.len() < 2 {
                    return Touch::Pointer;
                }
                let begins = !std::mem::replace(&mut self.pinching, true);
                if begins { Touch::PinchBegins } else { Touch::Nothing }
            }
            Phase::Move => {
                let before = self.pair();
                if let Some((_, place)) = known.and_then(|index| self.fingers.get_mut(index)) {
                    *place = at;
                }
                match (self.pinching, before, self.pair()) {
                    (false, ..) => Touch::Pointer,
                    (true, Some((from, was)), Some((to, is))) => {
                        Touch::Pinch { from, to, factor: is.max(1.0) / was.max(1.0) }
                    }
                    (true, ..) => Touch::Nothing,
                }
            }
            Phase::Up => {
                self.fingers.retain(|(id, _)| *id != finger);
                let pinching = self.pinching;
                self.pinching &= !self.fingers.is_empty();
                if pinching { Touch::Nothing } else { Touch::Pointer }
            }
        }
    }

    /// Middle and distance of the first two fingers.
    fn pair(&self) -> Option<(ScreenPoint, f64)> {
        let [(_, a), (_, b), ..] = self.fingers.as_slice() else { return None };
        let middle = ScreenPoint { x: (a.x + b.x) / 2.0, y: (a.y + b.y) / 2.0 };
        Some((middle, a.distance(*b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::tool::Button;

    fn at(x: f64) -> ScreenPoint {
        ScreenPoint { x, y: 0.0 }
    }

    #[test]
    fn two_fingers_pinch_until_both_are_gone() {
        let mut touches = Touches::default();
        let down = Phase::Down(Button::Finger);
        assert_eq!(touches.on(7, down, at(100.0)), Touch::Pointer);
        assert_eq!(touches.on(7, Phase::Move, at(110.0)), Touch::Pointer);
        assert_eq!(touches.on(9, down, at(210.0)), Touch::PinchBegins);
        let pinch = touches.on(9, Phase::Move, at(310.0));
        assert_eq!(pinch, Touch::Pinch { from: at(160.0), to: at(210.0), factor: 2.0 });
        assert_eq!(touches.on(7, Phase::Up, at(110.0)), Touch::Nothing);
        assert_eq!(touches.on(9, Phase::Move, at(0.0)), Touch::Nothing, "no wild jump");
        assert_eq!(touches.on(9, Phase::Up, at(0.0)), Touch::Nothing);
        assert_eq!(touches.on(3, down, at(5.0)), Touch::Pointer);
        assert_eq!(touches.on(3, Phase::Up, at(5.0)), Touch::Pointer);
    }
}
