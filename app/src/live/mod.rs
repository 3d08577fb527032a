//! The console of a Worker that runs: what it tells, what it is told.
//!
//! Pure, as the editor is: [`Live`] takes [`Message`]s and returns [`Ask`]s, requests as plain data;
//! the view sends them and brings the answers back. Tested natively.
//!
//! A Worker counts in each of its isolates, and an answer comes from any of them. So figures of the
//! last [`WINDOW_MS`] are differences between answers of one isolate only (see the module `window`).

mod ask;
mod picture;
mod state;
mod status;
mod window;

pub use ask::{Answer, Ask, Topic};
pub use picture::{CARD_HEIGHT, CARD_WIDTH, Card, Picture, Wire};
pub use shared::origins::{Event, EventKind};
pub use state::{Deed, Live, Message, Notice, Phase};
pub use status::{GroupStatus, OriginStatus, Status, Version};
pub use window::{Figures, WINDOW_MS};

#[cfg(test)]
mod tests;
