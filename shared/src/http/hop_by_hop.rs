//! Fields of one connection (RFC 9110 section 7.6.1): a proxy removes every field that
//! `Connection` names, then `Connection`, and also the old ones that senders forget to name.

use super::{is_token, list};

/// Fields of one connection that senders may have forgotten to name in `Connection`.
pub const HOP_BY_HOP: [&str; 5] =
    ["keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/// The fields that a `Connection` value names, in lower case; what cannot be a field is left out.
pub fn named_by_connection(connection: &str) -> impl Iterator<Item = String> {
    list(connection).filter(|name| is_token(name)).map(str::to_ascii_lowercase)
}

/// Removes the fields of one connection from a list of fields.
pub fn strip<V: AsRef<str>>(fields: &mut Vec<(String, V)>) {
    let named: Vec<String> = fields
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"))
        .flat_map(|(_, value)| named_by_connection(value.as_ref()))
        .collect();
    fields.retain(|(name, _)| {
        let name = name.to_ascii_lowercase();
        name != "connection" && !HOP_BY_HOP.contains(&name.as_str()) && !named.contains(&name)
    });
}
