//! A design written for other programs: text for documents, a picture that can be opened again.

mod mermaid;
mod open;
mod picture;
mod png;
mod worker;

pub use mermaid::mermaid;
pub use open::{FILE_BYTES_MAX, OpenError, design_in};
pub use picture::{design_of_picture, is_picture, picture};
pub use png::{design_of_png, is_png, with_design};
pub use worker::{note_key, worker};

/// A file name that every system takes: letters and digits of any script, those of ASCII
/// small, the rest as dashes.
pub(super) fn file_name(design_name: &str, extension: &str) -> String {
    let words = design_name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let stem = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    let stem = if stem.is_empty() { "design".to_owned() } else { stem };
    format!("{stem}.gomujul.{extension}")
}
