//! The design inside of a PNG picture: an `iTXt` chunk, which programs keep and nobody sees.
//!
//! The chunk is PNG's international text (ISO/IEC 15948, 11.3.4.5): keyword, two bytes about
//! compression, language and translated keyword, each ended by zero, and UTF-8 text. A chunk is
//! its length, its kind, its bytes and a checksum of the last two (5.3). No more of PNG is needed,
//! so this is done here: libraries for its parts bring a decoder or tables that the page, which
//! everybody downloads, is better without.

use crc::{CRC_32_ISO_HDLC, Crc};

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
/// The header is the first chunk, and always as long.
const HEADER_BYTES: usize = 8 + 4 + 4 + 13 + 4;
const KIND: [u8; 4] = *b"iTXt";
/// Keyword; not compressed; no language; no translation.
const HEAD: &[u8] = b"gomujul\0\0\0\0\0";
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// Whether a file is a PNG picture.
pub fn is_png(file: &[u8]) -> bool {
    file.starts_with(SIGNATURE)
}

/// The picture with the text `json` in it; `None` if it is no PNG.
pub fn with_design(picture: &[u8], json: &str) -> Option<Vec<u8>> {
    let text = [HEAD, json.as_bytes()].concat();
    let length = u32::try_from(text.len()).ok().filter(|_| is_png(picture))?;
    let body = [&KIND, text.as_slice()].concat();
    let checksum = CRC.checksum(&body);
    // After the header, which must come first; where anything may stand.
    let (header, rest) = picture.split_at_checked(HEADER_BYTES)?;
    Some([header, &length.to_be_bytes()[..], &body, &checksum.to_be_bytes(), rest].concat())
}

/// The text that [`with_design`] put into a picture; `None` if there is none, or the file is
/// damaged.
pub fn design_of_png(file: &[u8]) -> Option<String> {
    let mut rest = file.strip_prefix(SIGNATURE)?;
    loop {
        let (length, after) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (body, after) = after.split_at_checked(length.checked_add(KIND.len())?)?;
        let (checksum, after) = after.split_first_chunk()?;
        let text = body.strip_prefix(&KIND).and_then(|text| text.strip_prefix(HEAD));
        if let Some(text) = text {
            let is_whole = CRC.checksum(body) == u32::from_be_bytes(*checksum);
            return is_whole.then(|| String::from_utf8(text.to_vec()).ok())?;
        }
        rest = after;
    }
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
            let file = with_design(&pixel(), &to_json(&design)).expect(id);
            assert!(is_png(&file), "{id}");
            let json = design_of_png(&file).expect(id);
            assert_eq!(from_json(&json).as_ref(), Ok(&design), "{id}");
        }
        assert_eq!(design_of_png(&pixel()), None, "a picture of another program");
        assert_eq!(with_design(b"GIF89a", ""), None);
    }

    proptest! {
        #[test]
        fn damaged_pictures_carry_nothing_and_break_nothing(at in 0_usize..400, to: u8) {
            let mut file = with_design(&pixel(), &to_json(&presets::single_server())).unwrap();
            let at = at % file.len();
            file[at] = to;
            let _ = design_of_png(&file);
            let _ = design_of_png(&file[..at]);
        }
    }
}
