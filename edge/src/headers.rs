//! What a proxy does to header fields. Pure: values in, a list of edits out.
//!
//! RFC 9110 section 7.6.1: `Connection` and the fields that it names concern one connection and
//! are not forwarded; nor are the old fields that senders forgot to name. Section 7.6.3: a gateway
//! adds itself to `Via`, which is also how a request that goes in circles is noticed.
//!
//! The client is named to the origin in `X-Forwarded-For` (appended: the last entry is the only
//! one that this proxy vouches for), `X-Forwarded-Proto` and `X-Forwarded-Host` (replaced: what a
//! client claims there is worthless). The platform fixes `Host` to the host of the origin's URL.

use shared::http::hop_by_hop::{HOP_BY_HOP, named_by_connection};
use shared::http::{forwarded_for as list_of_clients, via};

/// One change to a set of header fields. Edits apply in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Remove every field of this name.
    Remove(String),
    /// Replace every field of this name by one with this value.
    Set(&'static str, String),
}

/// What the edits of a request depend on: the values of the fields as they arrived, and the target.
/// A field that is not there is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inbound<'a> {
    /// `Connection`.
    pub connection: &'a str,
    /// `Via`, fields joined by commas.
    pub via: &'a str,
    /// `X-Forwarded-For`, fields joined by commas.
    pub forwarded_for: &'a str,
    /// The client's address as the platform saw it (`CF-Connecting-IP`).
    pub client_ip: &'a str,
    /// Scheme of the requested URL.
    pub scheme: &'a str,
    /// Host and port of the requested URL.
    pub host: &'a str,
    /// It asks to become a WebSocket, so `Upgrade` must reach the origin.
    pub is_websocket: bool,
}

/// The request has come through this proxy before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loop;

/// The edits that turn a client's request into the origin's.
///
/// # Errors
///
/// [`Loop`] if `Via` holds `name` already.
pub fn request_edits(
    inbound: &Inbound<'_>,
    name: &str,
    request_id: &str,
) -> Result<Vec<Edit>, Loop> {
    if !inbound.via.is_empty() && via::names(inbound.via, name) {
        return Err(Loop);
    }
    let mut edits = Vec::with_capacity(12);
    remove_hop_by_hop(Some(inbound.connection), inbound.is_websocket, &mut edits);
    // After the removals: a client must not get rid of these by naming them in `Connection`.
    let own = via::append(Some(inbound.via).filter(|via| !via.is_empty()), "1.1", name);
    edits.push(Edit::Set("via", own));
    if let Some(list) = forwarded_for(inbound) {
        edits.push(Edit::Set("x-forwarded-for", list));
    }
    edits.push(Edit::Set("x-forwarded-proto", inbound.scheme.to_owned()));
    edits.push(Edit::Set("x-forwarded-host", inbound.host.to_owned()));
    edits.push(Edit::Set("x-request-id", request_id.to_owned()));
    Ok(edits)
}

/// The edits that turn an origin's answer into the client's. `connection` is its `Connection`
/// field. Of a connection without options of its own there is nothing to remove: the runtime writes
/// `Connection`, `Keep-Alive`, `TE`, `Trailer`, `Transfer-Encoding` and `Upgrade` itself, in both
/// directions, whatever the fields say.
pub fn response_edits(connection: Option<&str>) -> Vec<Edit> {
    let mut edits = Vec::new();
    match connection {
        Some(connection) if !is_plain(connection) => {
            remove_hop_by_hop(Some(connection), false, &mut edits);
        }
        _ => {}
    }
    edits
}

/// Nothing but the life of the connection, which is the runtime's business.
fn is_plain(connection: &str) -> bool {
    let connection = connection.trim();
    connection.eq_ignore_ascii_case("keep-alive") || connection.eq_ignore_ascii_case("close")
}

/// Edits as the lines that `door.js` reads.
pub fn lines(edits: &[Edit]) -> String {
    let mut text = String::with_capacity(256);
    for edit in edits {
        if !text.is_empty() {
            text.push('\n');
        }
        match edit {
            Edit::Remove(name) => {
                text.push('-');
                text.push_str(name);
            }
            Edit::Set(name, value) => {
                text.push_str(name);
                text.push('\n');
                // A line break would begin another field.
                text.extend(value.chars().filter(|c| !matches!(c, '\n' | '\r' | '\0')));
            }
        }
    }
    text
}

fn remove_hop_by_hop(connection: Option<&str>, is_websocket: bool, edits: &mut Vec<Edit>) {
    let keep = |name: &str| is_websocket && name == "upgrade";
    if let Some(connection) = connection.filter(|connection| !connection.is_empty()) {
        edits.extend(named_by_connection(connection).filter(|name| !keep(name)).map(Edit::Remove));
        edits.push(Edit::Remove("connection".to_owned()));
    }
    let old = HOP_BY_HOP.into_iter().filter(|name| !keep(name));
    edits.extend(old.map(|name| Edit::Remove(name.to_owned())));
}

/// `X-Forwarded-For` with the client at its end; `None` to leave it as it is.
fn forwarded_for(inbound: &Inbound<'_>) -> Option<String> {
    let client = Some(inbound.client_ip).filter(|client| !client.is_empty())?;
    match Some(inbound.forwarded_for).filter(|list| !list.trim().is_empty()) {
        // The platform may have appended it before the Worker ran.
        Some(list) if list.rsplit(',').next().is_some_and(|last| last.trim() == client) => {
            Some(list.to_owned())
        }
        list => Some(list_of_clients::append(list, client)),
    }
}

/// A URL cut into scheme, host with port, and path with query (which starts with a slash, or is
/// empty, or starts with a question mark). `None` for a text that is no absolute URL.
pub fn split_url(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, target) = rest.split_at_checked(end)?;
    Some((scheme, host, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound() -> Inbound<'static> {
        Inbound { scheme: "https", host: "shop.example", ..Inbound::default() }
    }

    fn edits(inbound: &Inbound<'_>) -> Vec<Edit> {
        request_edits(inbound, "gomujul", "id-1").unwrap()
    }

    fn set<'a>(edits: &'a [Edit], name: &str) -> Option<&'a str> {
        edits.iter().find_map(|edit| match edit {
            Edit::Set(field, value) if *field == name => Some(value.as_str()),
            _ => None,
        })
    }

    fn removes(edits: &[Edit], name: &str) -> bool {
        edits.contains(&Edit::Remove(name.to_owned()))
    }

    #[test]
    fn fields_of_the_connection_stay_behind() {
        let connection = "close, X-Secret ,te,, bad name,\u{e9}";
        let edits = edits(&Inbound { connection, ..inbound() });
        for name in ["connection", "close", "x-secret", "te", "keep-alive", "upgrade"] {
            assert!(removes(&edits, name), "{name}");
        }
        assert!(
            !edits
                .iter()
                .any(|edit| matches!(edit, Edit::Remove(name) if !shared::http::is_token(name)))
        );
    }

    #[test]
    fn an_upgrade_to_a_websocket_passes() {
        let connection = "Upgrade";
        let edits = edits(&Inbound { connection, is_websocket: true, ..inbound() });
        assert!(!removes(&edits, "upgrade"));
        assert!(removes(&edits, "keep-alive"));
    }

    #[test]
    fn what_we_vouch_for_is_set_after_the_removals() {
        let connection = "x-forwarded-for, via, x-request-id";
        let client_ip = "192.0.2.7";
        let edits = edits(&Inbound { connection, client_ip, ..inbound() });
        let last_removal = edits.iter().rposition(|edit| matches!(edit, Edit::Remove(_)));
        let first_set = edits.iter().position(|edit| matches!(edit, Edit::Set(..)));
        assert!(last_removal < first_set);
        assert_eq!(set(&edits, "x-forwarded-for"), Some("192.0.2.7"));
    }

    #[test]
    fn the_client_is_appended_once() {
        let cases = [
            (None, None, None),
            (Some("198.51.100.1"), None, None),
            (None, Some("192.0.2.7"), Some("192.0.2.7")),
            (Some(""), Some("192.0.2.7"), Some("192.0.2.7")),
            (Some("198.51.100.1"), Some("192.0.2.7"), Some("198.51.100.1, 192.0.2.7")),
            (Some("a, 192.0.2.7"), Some("192.0.2.7"), Some("a, 192.0.2.7")),
            (Some("192.0.2.7, b"), Some("192.0.2.7"), Some("192.0.2.7, b, 192.0.2.7")),
        ];
        for (list, client, expected) in cases {
            let forwarded_for = list.unwrap_or_default();
            let client_ip = client.unwrap_or_default();
            let edits = edits(&Inbound { forwarded_for, client_ip, ..inbound() });
            assert_eq!(set(&edits, "x-forwarded-for"), expected, "{list:?} {client:?}");
        }
    }

    #[test]
    fn the_requested_address_is_told() {
        let edits = edits(&inbound());
        assert_eq!(set(&edits, "x-forwarded-proto"), Some("https"));
        assert_eq!(set(&edits, "x-forwarded-host"), Some("shop.example"));
        assert_eq!(set(&edits, "x-request-id"), Some("id-1"));
    }

    #[test]
    fn via_grows_and_shows_loops() {
        fn via(text: &str) -> Inbound<'_> {
            Inbound { via: text, ..inbound() }
        }
        assert_eq!(set(&edits(&inbound()), "via"), Some("1.1 gomujul"));
        assert_eq!(set(&edits(&via("2 cdn")), "via"), Some("2 cdn, 1.1 gomujul"));
        for looped in ["1.1 gomujul", "2 cdn (a, b), HTTP/1.1 GoMujul (x)", "1.0 a,1.1 gomujul"] {
            assert_eq!(request_edits(&via(looped), "gomujul", ""), Err(Loop), "{looped}");
        }
        for fine in ["1.1 gomujul.example", "1.1 a (1.1 b, 1.1 gomujul)", "gomujul", ",,"] {
            assert!(request_edits(&via(fine), "gomujul", "").is_ok(), "{fine}");
        }
    }

    #[test]
    fn answers_lose_only_what_they_name() {
        for plain in [None, Some("close"), Some(" Keep-Alive ")] {
            assert_eq!(response_edits(plain), [], "{plain:?}");
        }
        let edits = response_edits(Some("close, x-debug"));
        assert!(removes(&edits, "x-debug") && removes(&edits, "connection"));
    }

    #[test]
    fn edits_are_lines_that_nothing_can_break() {
        let edits = [
            Edit::Remove("te".to_owned()),
            Edit::Set("via", "1.1 a\r\nx-evil: 1\n-cookie".to_owned()),
        ];
        assert_eq!(lines(&edits), "-te\nvia\n1.1 ax-evil: 1-cookie");
        assert_eq!(lines(&[]), "");
    }

    #[test]
    fn urls_are_cut() {
        let cases = [
            ("https://a.example/b?c#d", Some(("https", "a.example", "/b?c#d"))),
            ("http://a:80", Some(("http", "a:80", ""))),
            ("http://a?x=/", Some(("http", "a", "?x=/"))),
            ("/relative", None),
        ];
        for (url, expected) in cases {
            assert_eq!(split_url(url), expected, "{url}");
        }
    }
}
