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
#[derive(Clone, Debug, Default)]
pub struct Inbound<'a> {
    /// `Connection`.
    pub connection: Option<String>,
    /// `Via`, fields joined by commas.
    pub via: Option<String>,
    /// `X-Forwarded-For`, fields joined by commas.
    pub forwarded_for: Option<String>,
    /// The client's address as the platform saw it (`CF-Connecting-IP`).
    pub client_ip: Option<String>,
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
    if inbound.via.as_deref().is_some_and(|via| via::names(via, name)) {
        return Err(Loop);
    }
    let mut edits = Vec::with_capacity(12);
    remove_hop_by_hop(inbound.connection.as_deref(), inbound.is_websocket, &mut edits);
    // After the removals: a client must not get rid of these by naming them in `Connection`.
    let own = via::append(inbound.via.as_deref(), "1.1", name);
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
/// field; empty when nothing has to go.
pub fn response_edits(connection: Option<&str>, has: impl Fn(&str) -> bool) -> Vec<Edit> {
    let mut edits = Vec::new();
    if connection.is_some() {
        remove_hop_by_hop(connection, false, &mut edits);
    } else {
        let present = HOP_BY_HOP.into_iter().filter(|name| has(name));
        edits.extend(present.map(|name| Edit::Remove(name.to_owned())));
    }
    edits
}

fn remove_hop_by_hop(connection: Option<&str>, is_websocket: bool, edits: &mut Vec<Edit>) {
    let keep = |name: &str| is_websocket && name == "upgrade";
    if let Some(connection) = connection {
        edits.extend(named_by_connection(connection).filter(|name| !keep(name)).map(Edit::Remove));
        edits.push(Edit::Remove("connection".to_owned()));
    }
    let old = HOP_BY_HOP.into_iter().filter(|name| !keep(name));
    edits.extend(old.map(|name| Edit::Remove(name.to_owned())));
}

/// `X-Forwarded-For` with the client at its end; `None` to leave it as it is.
fn forwarded_for(inbound: &Inbound<'_>) -> Option<String> {
    let client = inbound.client_ip.as_deref().filter(|client| !client.is_empty())?;
    match inbound.forwarded_for.as_deref().filter(|list| !list.trim().is_empty()) {
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
        let connection = Some("close, X-Secret ,te,, bad name,\u{e9}".to_owned());
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
        let connection = Some("Upgrade".to_owned());
        let edits = edits(&Inbound { connection, is_websocket: true, ..inbound() });
        assert!(!removes(&edits, "upgrade"));
        assert!(removes(&edits, "keep-alive"));
    }

    #[test]
    fn what_we_vouch_for_is_set_after_the_removals() {
        let connection = Some("x-forwarded-for, via, x-request-id".to_owned());
        let client_ip = Some("192.0.2.7".to_owned());
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
            let forwarded_for = list.map(str::to_owned);
            let client_ip = client.map(str::to_owned);
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
        let via = |text: &str| Inbound { via: Some(text.to_owned()), ..inbound() };
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
    fn answers_lose_only_what_they_have() {
        assert_eq!(response_edits(None, |_| false), []);
        let kept_alive = response_edits(None, |name| name == "keep-alive");
        assert_eq!(kept_alive, [Edit::Remove("keep-alive".to_owned())]);
        let edits = response_edits(Some("close, x-debug"), |_| false);
        assert!(removes(&edits, "x-debug") && removes(&edits, "connection"));
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
