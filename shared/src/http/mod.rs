//! What a proxy does with header fields: pure rules of RFC 9110, 9112 and 7239 and of vendors.
//!
//! Header fields come as text and go as text; nothing here opens a connection. A runtime that does
//! its own framing (a Worker's) needs [`hop_by_hop`], [`forwarded_for`] and [`via`] only.

pub mod forwarded;
pub mod forwarded_for;
pub mod framing;
pub mod hop_by_hop;
pub mod host;
pub mod via;

/// RFC 9110 `token`: what may be the name of a field.
pub fn is_token(text: &str) -> bool {
    let special = |byte| b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || special(byte))
}

/// The parts of a list field: separated by commas, without the space around them, not empty.
pub fn list(value: &str) -> impl DoubleEndedIterator<Item = &str> {
    value.split(',').map(str::trim).filter(|part| !part.is_empty())
}
