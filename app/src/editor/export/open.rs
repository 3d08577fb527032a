//! A file of any kind that can carry a design: a document, a picture as SVG or PNG.

use super::{design_of_picture, design_of_png, is_picture, is_png};
use shared::design::{Design, DocumentError, from_json};

/// Larger files are refused unread: 5,000 nodes take less than 8 MiB.
pub const FILE_BYTES_MAX: f64 = 32.0 * 1024.0 * 1024.0;

/// Why a file is not a design.
#[derive(Clone, Debug, PartialEq)]
pub enum OpenError {
    /// It is neither text nor a PNG picture.
    NotText,
    /// It is a picture, and carries no design.
    EmptyPicture,
    /// It is a document with something wrong in it.
    Document(DocumentError),
}

/// The design in a file.
///
/// # Errors
///
/// See [`OpenError`].
pub fn design_in(file: &[u8]) -> Result<Design, OpenError> {
    let json = if is_png(file) {
        design_of_png(file).ok_or(OpenError::EmptyPicture)?
    } else {
        let text = std::str::from_utf8(file).map_err(|_| OpenError::NotText)?;
        if is_picture(text) {
            design_of_picture(text).ok_or(OpenError::EmptyPicture)?
        } else {
            text.trim_start_matches('\u{feff}').to_owned()
        }
    };
    from_json(&json).map_err(OpenError::Document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::editor::export::picture;
    use proptest::prelude::*;
    use shared::design::{presets, to_json};

    #[test]
    fn documents_and_pictures_are_told_apart() {
        let design = presets::seven_steps();
        let svg = picture(&design, |_| String::new());
        let with_mark = format!("\u{feff}{}", to_json(&design));
        for file in [to_json(&design).as_bytes(), svg.as_bytes(), with_mark.as_bytes()] {
            assert_eq!(design_in(file).as_ref(), Ok(&design));
        }
        assert_eq!(design_in(b"<svg/>"), Err(OpenError::EmptyPicture));
        assert_eq!(design_in(b"\x89PNG\r\n\x1a\n"), Err(OpenError::EmptyPicture));
        assert_eq!(design_in(&[0xff, 0xfe, 0]), Err(OpenError::NotText));
        assert!(matches!(design_in(b"{}"), Err(OpenError::Document(_))));
    }

    proptest! {
        #[test]
        fn any_file_opens_or_says_why(file: Vec<u8>) {
            let _ = design_in(&file);
        }
    }
}
