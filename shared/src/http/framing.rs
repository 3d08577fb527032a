//! How long is the body? (RFC 9112 section 6.3.) Two readers that answer differently can be made to
//! see different requests, so every doubt is an error here.

use super::list;

/// How a body is delimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// So many bytes; none for a request without either field.
    Length(u64),
    /// Chunked. `drop_content_length` says that the message also had a length, which may be an
    /// attempt at smuggling: refuse it, or drop the field before forwarding.
    Chunked {
        /// Both fields were there.
        drop_content_length: bool,
    },
    /// Until the connection closes; only answers may do that.
    UntilClose,
    /// Not to be read: answer with this status and close the connection it came by.
    Refused(u16),
}

/// Transfer codings that are known besides `chunked`.
const KNOWN_CODINGS: [&str; 5] = ["gzip", "x-gzip", "deflate", "compress", "x-compress"];

/// How a request's body is delimited.
pub fn of_request(transfer_encoding: Option<&str>, content_length: Option<&str>) -> Framing {
    match (transfer_encoding, content_length) {
        (Some(codings), length) => match is_chunked(codings) {
            Ok(true) => Framing::Chunked { drop_content_length: length.is_some() },
            Ok(false) => Framing::Refused(400),
            Err(status) => Framing::Refused(status),
        },
        (None, Some(length)) => length_of(length).map_or(Framing::Refused(400), Framing::Length),
        (None, None) => Framing::Length(0),
    }
}

/// How an answer's body is delimited. Refusals are 502 to the client: the origin is at fault.
pub fn of_response(transfer_encoding: Option<&str>, content_length: Option<&str>) -> Framing {
    match (transfer_encoding, content_length) {
        (Some(codings), length) => match is_chunked(codings) {
            Ok(true) => Framing::Chunked { drop_content_length: length.is_some() },
            Ok(false) => Framing::UntilClose,
            Err(_) => Framing::Refused(502),
        },
        (None, Some(length)) => length_of(length).map_or(Framing::Refused(502), Framing::Length),
        (None, None) => Framing::UntilClose,
    }
}

/// Whether `chunked` comes last. Applied twice or not last it is malformed (400), a coding that
/// nobody knows cannot be served (501).
fn is_chunked(codings: &str) -> Result<bool, u16> {
    let codings: Vec<String> = list(codings).map(str::to_ascii_lowercase).collect();
    let (last, before) = match codings.as_slice() {
        [before @ .., last] => (last.as_str(), before),
        [] => return Ok(false),
    };
    // `identity` is the old name for no coding at all.
    let known = |coding: &str| coding == "identity" || KNOWN_CODINGS.contains(&coding);
    if before.iter().any(|coding| coding == "chunked") {
        return Err(400);
    }
    if before.iter().any(|coding| !known(coding)) || (last != "chunked" && !known(last)) {
        return Err(501);
    }
    Ok(last == "chunked")
}

/// One length, or the same one several times.
fn length_of(value: &str) -> Option<u64> {
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut lengths = value.split(',').map(str::trim);
    let first: u64 = lengths.next().filter(digits)?.parse().ok()?;
    lengths.all(|text| digits(&text) && text.parse() == Ok(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubt_is_an_error() {
        let cases = [
            (Some("chunked, chunked"), None, Framing::Refused(400)),
            (Some("chunked, gzip"), None, Framing::Refused(400)),
            (Some("gzip, chunked"), None, Framing::Chunked { drop_content_length: false }),
            (Some("br"), None, Framing::Refused(501)),
            (None, Some("+5"), Framing::Refused(400)),
            (None, Some("5,"), Framing::Refused(400)),
            (None, Some("99999999999999999999"), Framing::Refused(400)),
            (None, Some(" 7 "), Framing::Length(7)),
        ];
        for (codings, length, expected) in cases {
            assert_eq!(of_request(codings, length), expected, "{codings:?} {length:?}");
        }
    }
}
