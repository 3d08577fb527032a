//! The page: people draw a design, watch it run, and share it.
//!
//! - [`editor`] is the whole logic of drawing: messages in, effects out. It knows no browser and is
//!   tested natively.
//! - `view` paints: small components whose input is plain data.
//! - `shell` is the only door to the browser: storage, clipboard, address bar, files, keys.
//! - `run` hosts the simulation in a web worker; [`live`] is the console of a Worker that runs, pure as
//!   the editor; `i18n` holds the words.

pub mod editor;
pub mod i18n;
pub mod live;
pub mod run;
mod shell;
mod view;

pub use run::run_worker;
pub use view::mount;
