//! The design inside of a PNG picture: an `iTXt` chunk, which programs keep and nobody sees.
//!
//! The chunk is PNG's international text (ISO/IEC 15948, 11.3.4.5): keyword, two bytes about
//! compression, language and translated keyword, each ended by zero, and UTF-8 text.

use img_parts::Bytes;
use img_parts::png::{Png, PngChunk};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const KIND: [u8; 4] = *b"iTXt";
/// Keyword; not compressed; no language; no translation.
const HEAD: &[u8] = b"gomujul\0\0\0\0\0";

/// Whether a file is a PNG picture.
pub fn is_png(file: &[u8]) -> bool {
    file.starts_with(SIGNATURE)
}

/// The picture with the text `json` in it; `None` if it is no PNG.
pub fn with_design(picture: Vec<u8>, json: &str) -> Option<Vec<u8>> {
    let mut png = Png::from_bytes(Bytes::from(picture)).ok()?;
    let chunk = PngChunk::new(KIND, Bytes::from([HEAD, json.as_bytes()].concat()));
    // After the header, which must come first; where anything may stand.
    let at = png.chunks().len().min(1);
    png.chunks_mut().insert(at, chunk);
    Some(png.encoder().bytes().to_vec())
}

/// The text that [`with_design`] put into a picture; `None` if there is none, or the file is
/// damaged.
pub fn design_of_png(file: &[u8]) -> Option<String> {
    let png = Png::from_bytes(Bytes::copy_from_slice(file)).ok()?;
    let text = |chunk: &PngChunk| {
        let text = chunk.contents().strip_prefix(HEAD).filter(|_| chunk.kind() == KIND)?;
        String::from_utf8(text.to_vec()).ok()
    };
    png.chunks().iter().find_map(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared::design::{from_json, presets, to_json};

    /// The smallest picture: one pixel.
    fn pixel() -> Vec<u8> {
        vec![
            0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
            0x44, 0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00,
            0x00, 0x1f, 0x15, 0xc4, 0x89, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78,
            0xda, 0x63, 0x64, 0xf8, 0xcf, 0x50, 0x0f, 0x00, 0x03, 0x86, 0x01, 0x80, 0x5a, 0x34,
            0x7d, 0x6b, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
        ]
    }

    #[test]
    fn every_template_comes_back_out_of_its_picture() {
        for (id, design) in presets::all() {
            let file = with_design(pixel(), &to_json(&design)).expect(id);
            assert!(is_png(&file), "{id}");
            let json = design_of_png(&file).expect(id);
            assert_eq!(from_json(&json).as_ref(), Ok(&design), "{id}");
        }
        assert_eq!(design_of_png(&pixel()), None, "a picture of another program");
        assert_eq!(with_design(b"GIF89a".to_vec(), ""), None);
    }

    proptest! {
        #[test]
        fn damaged_pictures_carry_nothing_and_break_nothing(at in 0_usize..400, to: u8) {
            let mut file = with_design(pixel(), &to_json(&presets::single_server())).unwrap();
            let at = at % file.len();
            file[at] = to;
            let _ = design_of_png(&file);
            let _ = design_of_png(&file[..at]);
        }
    }
}
