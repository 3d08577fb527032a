//! The design inside of a PNG picture: an `iTXt` chunk, which programs keep and nobody sees.
//!
//! The chunk is PNG's international text (ISO/IEC 15948, 11.3.4.5): keyword, two bytes about
//! compression, language and translated keyword, each ended by zero, and UTF-8 text.

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const KIND: &[u8] = b"iTXt";
/// Keyword; not compressed; no language; no translation.
const HEAD: &[u8] = b"gomujul\0\0\0\0\0";

/// Whether a file is a PNG picture.
pub fn is_png(file: &[u8]) -> bool {
    file.starts_with(SIGNATURE)
}

/// The picture with the text `json` in it; `None` if it is no PNG.
pub fn with_design(picture: Vec<u8>, json: &str) -> Option<Vec<u8>> {
    // After the header, which must come first; where anything may stand.
    let header = chunks(&picture)?.next()??;
    let (before, after) = picture.split_at_checked(SIGNATURE.len() + header.size())?;
    let content = [HEAD, json.as_bytes()].concat();
    let length = u32::try_from(content.len()).ok()?.to_be_bytes();
    let sum = checksum([KIND, &content]).to_be_bytes();
    Some([before, &length, KIND, &content, &sum, after].concat())
}

/// The text that [`with_design`] put into a picture; `None` if there is none, or the file is
/// damaged.
pub fn design_of_png(file: &[u8]) -> Option<String> {
    for chunk in chunks(file)? {
        let Chunk { kind, content, sum } = chunk?;
        if let Some(text) = content.strip_prefix(HEAD).filter(|_| kind == KIND) {
            let is_whole = checksum([kind, content]).to_be_bytes() == sum;
            return String::from_utf8(text.to_vec()).ok().filter(|_| is_whole);
        }
    }
    None
}

/// A part of a picture: its kind, its bytes and their sum.
struct Chunk<'a> {
    kind: &'a [u8],
    content: &'a [u8],
    sum: &'a [u8],
}

impl Chunk<'_> {
    /// Bytes in the file: those above, and four of the length.
    const fn size(&self) -> usize {
        4 + self.kind.len() + self.content.len() + self.sum.len()
    }
}

/// The parts of a picture; one that is cut off is nothing. `None` if the file is no PNG.
fn chunks(file: &[u8]) -> Option<impl Iterator<Item = Option<Chunk<'_>>>> {
    let mut rest = file.strip_prefix(SIGNATURE)?;
    let mut next = move || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_at_checked(4)?;
        let (content, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let (sum, after) = after.split_at_checked(4)?;
        rest = after;
        Some(Chunk { kind, content, sum })
    };
    let mut is_cut = false;
    Some(std::iter::from_fn(move || {
        let chunk = (!is_cut).then(&mut next)?;
        is_cut = chunk.is_none();
        Some(chunk)
    }))
}

/// The sum of a chunk (ISO/IEC 15948, 5.5): CRC-32, a bit at a time. One picture has few bytes, and
/// every visitor would download a table.
fn checksum(parts: [&[u8]; 2]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let bit = |sum: u32| if sum & 1 == 1 { POLYNOMIAL ^ (sum >> 1) } else { sum >> 1 };
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| bit(sum));
    !parts.into_iter().flatten().fold(!0, byte)
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

    /// The picture above has sums of a program that knows.
    #[test]
    fn sums_are_those_of_other_programs() {
        let pixel = pixel();
        let all: Vec<Chunk<'_>> = chunks(&pixel).unwrap().map_while(|chunk| chunk).collect();
        assert_eq!(all.len(), 3);
        for chunk in all {
            assert_eq!(checksum([chunk.kind, chunk.content]).to_be_bytes(), chunk.sum);
        }
    }

    #[test]
    fn a_changed_text_is_no_design() {
        let mut file = with_design(pixel(), "{}").unwrap();
        let at = SIGNATURE.len() + 25 + 8 + HEAD.len();
        assert_eq!(file[at], b'{');
        file[at] = b'[';
        assert_eq!(design_of_png(&file), None);
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
