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

/// Changes to a set of header fields, in order: the lines that `door.js` reads. `-name` removes every
/// field of this name; a name and a value on the next line replace or, in answers, add one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(String);

impl Edits {
    /// No changes, with room for those of an ordinary request.
    fn with_room() -> Self {
        Self(String::with_capacity(320))
    }

    fn begin_line(&mut self) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
    }

    /// Removes the fields of this name.
    pub fn remove(&mut self, name: &str) {
        self.begin_line();
        self.0.push('-');
        self.0.push_str(name);
    }

    /// Gives a field this value, which is told in parts.
    pub fn set(&mut self, name: &str, value: &[&str]) {
        self.begin_line();
        self.0.push_str(name);
        self.0.push('\n');
        for part in value {
            // A line break would begin another field.
            let (plain, rest) = before(part, |byte| matches!(byte, b'\n' | b'\r' | 0));
            self.0.push_str(plain);
            rest.split(['\n', '\r', '\0']).for_each(|part| self.0.push_str(part));
        }
    }

    /// The lines; without changes, none.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same.
    pub fn into_lines(self) -> String {
        self.0
    }
}

/// What the edits of a request depend on: the values of the fields as they arrived, and the target.
/// A field that is not there is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inbound<'a> {
    /// It has the one field of [`HOP_BY_HOP`] that the runtime does not see to itself.
    pub has_proxy_connection: bool,
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
pub fn request_edits(inbound: &Inbound<'_>, name: &str, request_id: &str) -> Result<Edits, Loop> {
    if !inbound.via.is_empty() && via::names(inbound.via, name) {
        return Err(Loop);
    }
    let mut edits = Edits::with_room();
    remove_named(inbound.connection, inbound.is_websocket, &mut edits);
    if inbound.has_proxy_connection {
        edits.remove("proxy-connection");
    }
    // After the removals: a client must not get rid of these by naming them in `Connection`.
    if inbound.via.is_empty() {
        edits.set("via", &["1.1 ", name]);
    } else {
        edits.set("via", &[&via::append(Some(inbound.via), "1.1", name)]);
    }
    forwarded_for(inbound, &mut edits);
    edits.set("x-forwarded-proto", &[inbound.scheme]);
    edits.set("x-forwarded-host", &[inbound.host]);
    edits.set("x-request-id", &[request_id]);
    Ok(edits)
}

/// Whether the edits of a request to `target` are the usual ones, which `door.js` knows: `Via`, the
/// last three of [`request_edits`], and if `Some(true)`, the client as the first in
/// `X-Forwarded-For`. It is asked of every request, and most are usual.
pub fn is_usual(inbound: &Inbound<'_>, target: &str) -> Option<bool> {
    let connection = inbound.connection;
    let is_plain = connection.is_empty() || is_plain(connection);
    let has_more = inbound.has_proxy_connection || !inbound.via.is_empty();
    let is_whole = !inbound.host.is_empty() && target.starts_with('/');
    if !is_plain || has_more || !is_whole {
        return None;
    }
    match Naming::of(inbound) {
        Naming::First => Some(true),
        Naming::Nobody | Naming::Done => Some(false),
        Naming::Append => None,
    }
}

/// How `X-Forwarded-For` comes to end with the client.
enum Naming {
    /// The platform does not know the client.
    Nobody,
    /// No proxy before has named anybody.
    First,
    /// The platform may have appended the client before the Worker ran.
    Done,
    /// Others are named already.
    Append,
}

impl Naming {
    fn of(inbound: &Inbound<'_>) -> Self {
        let Inbound { client_ip, forwarded_for, .. } = *inbound;
        if client_ip.is_empty() {
            Self::Nobody
        } else if forwarded_for.trim().is_empty() {
            Self::First
        } else if forwarded_for.rsplit(',').next().is_some_and(|last| last.trim() == client_ip) {
            Self::Done
        } else {
            Self::Append
        }
    }
}

/// The edits that turn an origin's answer into the client's. `connection` is its `Connection`
/// field.
pub fn response_edits(connection: Option<&str>) -> Edits {
    let mut edits = Edits::default();
    remove_named(connection.unwrap_or_default(), false, &mut edits);
    edits
}

/// Nothing but the life of the connection, which is the runtime's business.
fn is_plain(connection: &str) -> bool {
    let connection = connection.trim();
    connection.eq_ignore_ascii_case("keep-alive") || connection.eq_ignore_ascii_case("close")
}

/// A WebSocket's `Upgrade` concerns the origin.
fn concerns_the_origin(name: &str, is_websocket: bool) -> bool {
    is_websocket && name == "upgrade"
}

/// Of a connection without options of its own there is nothing to remove: the runtime writes
/// `Connection`, `Keep-Alive`, `TE`, `Trailer`, `Transfer-Encoding` and `Upgrade` itself, in both
/// directions, whatever the fields say.
fn remove_named(connection: &str, is_websocket: bool, edits: &mut Edits) {
    if connection.is_empty() || is_plain(connection) {
        return;
    }
    let named = named_by_connection(connection);
    let old = HOP_BY_HOP.into_iter().map(str::to_owned);
    let gone = named.chain(old).filter(|name| !concerns_the_origin(name, is_websocket));
    gone.for_each(|name| edits.remove(&name));
    edits.remove("connection");
}

/// `X-Forwarded-For` gets the client at its end.
fn forwarded_for(inbound: &Inbound<'_>, edits: &mut Edits) {
    const NAME: &str = "x-forwarded-for";
    let Inbound { client_ip, forwarded_for: list, .. } = *inbound;
    match Naming::of(inbound) {
        Naming::Nobody => {}
        Naming::First => edits.set(NAME, &[client_ip]),
        // Set all the same: `Connection` may have named the field.
        Naming::Done => edits.set(NAME, &[list]),
        Naming::Append => edits.set(NAME, &[&list_of_clients::append(Some(list), client_ip)]),
    }
}

/// A text before and from the first byte that `ends` it, which must be one of ASCII.
#[inline]
pub(crate) fn before(text: &str, ends: impl Fn(u8) -> bool) -> (&str, &str) {
    // A request has a dozen of these cuts, and what compiles to little is slow with iterators.
    let bytes = text.as_bytes();
    let mut at = 0;
    while bytes.get(at).is_some_and(|&byte| !ends(byte)) {
        at += 1;
    }
    text.split_at_checked(at).unwrap_or((text, ""))
}

/// A URL cut into scheme, host with port, and path with query (which starts with a slash, or is
/// empty, or starts with a question mark). `None` for a text that is no absolute URL.
pub fn split_url(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = before(url, |byte| byte == b':');
    let (host, target) =
        before(rest.strip_prefix("://")?, |byte| matches!(byte, b'/' | b'?' | b'#'));
    Some((scheme, host, target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound() -> Inbound<'static> {
        let (scheme, host) = ("https", "shop.example");
        Inbound { scheme, host, has_proxy_connection: true, ..Inbound::default() }
    }

    fn edits(inbound: &Inbound<'_>) -> Edits {
        request_edits(inbound, "gomujul", "id-1").unwrap()
    }

    /// Names, each with its value unless it is removed.
    fn read(edits: &Edits) -> Vec<(&str, Option<&str>)> {
        let mut lines = edits.as_str().lines();
        let mut list = Vec::new();
        while let Some(line) = lines.next() {
            list.push(line.strip_prefix('-').map_or_else(|| (line, lines.next()), |n| (n, None)));
        }
        list
    }

    fn set<'a>(edits: &'a Edits, name: &str) -> Option<&'a str> {
        read(edits).into_iter().find_map(|(field, value)| value.filter(|_| field == name))
    }

    fn removes(edits: &Edits, name: &str) -> bool {
        read(edits).contains(&(name, None))
    }

    #[test]
    fn fields_of_the_connection_stay_behind() {
        let connection = "close, X-Secret ,te,, bad name,\u{e9}";
        let edits = edits(&Inbound { connection, ..inbound() });
        for name in ["connection", "close", "x-secret", "te", "keep-alive", "upgrade"] {
            assert!(removes(&edits, name), "{name}");
        }
        assert!(read(&edits).into_iter().all(|(name, _)| shared::http::is_token(name)));
    }

    #[test]
    fn what_is_not_there_is_not_removed() {
        for connection in ["", "close", " Keep-Alive "] {
            let inbound = Inbound { has_proxy_connection: false, connection, ..inbound() };
            let edits = edits(&inbound);
            assert!(read(&edits).iter().all(|(_, value)| value.is_some()), "{edits:?}");
        }
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
        let list = read(&edits);
        let last_removal = list.iter().rposition(|(_, value)| value.is_none());
        let first_set = list.iter().position(|(_, value)| value.is_some());
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
    fn what_is_usual_is_what_the_edits_say() {
        let client = "192.0.2.7";
        let usual = |client_ip, forwarded_for| {
            let inbound = Inbound { has_proxy_connection: false, ..inbound() };
            Inbound { client_ip, forwarded_for, ..inbound }
        };
        let cases = [
            (usual("", ""), Some(false)),
            (usual("", "198.51.100.1"), Some(false)),
            (usual(client, ""), Some(true)),
            (usual(client, " "), Some(true)),
            (usual(client, client), Some(false)),
            (usual(client, "198.51.100.1 , 192.0.2.7 "), Some(false)),
            (usual(client, "198.51.100.1"), None),
            (usual(client, "192.0.2.7,"), None),
            (Inbound { connection: "Keep-Alive", ..usual("", "") }, Some(false)),
            (Inbound { connection: "close, x-a", ..usual("", "") }, None),
            (Inbound { via: "2 cdn", ..usual("", "") }, None),
            (Inbound { via: "1.1 gomujul", ..usual("", "") }, None),
            (Inbound { has_proxy_connection: true, ..usual("", "") }, None),
            (Inbound { host: "", ..usual("", "") }, None),
        ];
        for (inbound, expected) in cases {
            let is_first = is_usual(&inbound, "/a");
            assert_eq!(is_first, expected, "{inbound:?}");
            let Some(is_first) = is_first else { continue };
            let edits = edits(&inbound);
            // A list that stays is set to what it is.
            let list = |value| if is_first { client } else { value };
            let mut wanted = vec![("via", Some("1.1 gomujul"))];
            if !inbound.client_ip.is_empty() {
                wanted.push(("x-forwarded-for", Some(list(inbound.forwarded_for))));
            }
            wanted.push(("x-forwarded-proto", Some("https")));
            wanted.push(("x-forwarded-host", Some("shop.example")));
            wanted.push(("x-request-id", Some("id-1")));
            assert_eq!(read(&edits), wanted, "{inbound:?}");
        }
        for target in ["", "?a=/", "a"] {
            assert_eq!(is_usual(&usual("", ""), target), None, "{target}");
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
            assert_eq!(response_edits(plain).as_str(), "", "{plain:?}");
        }
        let edits = response_edits(Some("close, x-debug"));
        assert!(removes(&edits, "x-debug") && removes(&edits, "connection"));
    }

    #[test]
    fn edits_are_lines_that_nothing_can_break() {
        let mut edits = Edits::default();
        edits.remove("te");
        edits.set("via", &["1.1 a\r\n", "x-evil: 1\n-cookie"]);
        assert_eq!(edits.as_str(), "-te\nvia\n1.1 ax-evil: 1-cookie");
    }

    #[test]
    fn urls_are_cut() {
        let cases = [
            ("https://a.example/b?c#d", Some(("https", "a.example", "/b?c#d"))),
            ("http://a:80", Some(("http", "a:80", ""))),
            ("http://a?x=/", Some(("http", "a", "?x=/"))),
            ("/relative", None),
            ("data:text", None),
        ];
        for (url, expected) in cases {
            assert_eq!(split_url(url), expected, "{url}");
        }
    }
}
