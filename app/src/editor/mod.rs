//! The whole logic of drawing, without a browser.
//!
//! ```text
//! Message ──► update(&mut EditorState) ──► Vec<Effect>
//! ```
//!
//! The page turns what people do into [`Message`]s, calls [`update`], carries the [`Effect`]s out
//! and paints the [`EditorState`]. Nothing here knows of a document object, a clock or a storage, so
//! tests drive the editor natively, message by message, and check [`EditorState::check`] after each.
//!
//! - `tool` says what the pointer means, as state machines; `hit` what lies under it.
//! - `history` makes steps of edits, so that a drag or a burst of typing is one undo.
//! - `actions` is the one table behind toolbar, menus and keys, `act` what each does; `keymap`
//!   matches keys to it.
//! - `motion` says what moves together, `walk` where arrow keys lead.
//! - `arrange` puts nodes in order: aligned, distributed, laid out.
//! - `library` is the list of designs that are kept, `embed` how the page shows in another one.
//! - `export` writes a design for other programs.
//! - `form` describes the inspector and turns a changed field into new settings.
//! - `notice` turns errors into texts; the words are in the locales.

mod act;
pub mod actions;
mod arrange;
mod clip;
mod effect;
pub mod embed;
pub mod export;
pub mod form;
pub mod geometry;
pub mod glide;
mod history;
pub mod hit;
pub mod keymap;
pub mod library;
mod message;
pub mod motion;
pub mod notice;
mod place;
mod selection;
mod state;
pub mod tool;
mod update;
mod viewport;
mod walk;

#[cfg(test)]
mod tests;

pub use effect::{Effect, FocusTarget};
pub use message::{Message, Origin};
pub use place::Stencil;
pub use selection::{Item, Selection};
pub use state::EditorState;
pub use update::{called, update};
pub use viewport::Viewport;
