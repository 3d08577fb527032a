//! What is known of a request before anything is decided: the text that `door.js` makes of it, cut
//! into its parts. Pure.

use crate::headers::{Inbound, before, split_url};
use shared::origins::{ClientPlace, Place};
use std::net::IpAddr;

/// One request.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    /// The method, in the case in which it came.
    pub method: &'a str,
    /// The requested URL.
    pub url: &'a str,
    /// What the header fields for the origin depend on.
    pub inbound: Inbound<'a>,
    /// Path with query of that URL, without the fragment, which concerns browsers only.
    pub target: &'a str,
    /// The path without the query.
    pub path: &'a str,
    /// It has a body, be it empty.
    pub has_body: bool,
    /// The platform's name for the request, which its logs know, or one of our own.
    pub request_id: &'a str,
    /// `Content-Length`.
    pub content_length: &'a str,
    /// `Cookie`, if it was asked for.
    pub cookie: &'a str,
    /// The one more field that was asked for.
    pub extra: &'a str,
}

impl<'a> Facts<'a> {
    /// Cuts the text; what is missing is empty.
    pub fn of(text: &'a str) -> Self {
        let mut rest = text;
        let mut next = || take_line(&mut rest);
        let (method, url, request_id) = (next(), next(), next());
        let (scheme, host, target) = split_url(url).unwrap_or_default();
        let (target, _) = before(target, |byte| byte == b'#');
        let (path, _) = before(target, |byte| byte == b'?');
        let inbound = Inbound { scheme, host, ..Inbound::default() };
        let mut facts = Self { method, url, inbound, target, path, request_id, ..Self::default() };
        let client_ip = next();
        // Many have nothing more to say.
        if !rest.is_empty() || !client_ip.is_empty() {
            facts.add(client_ip, rest);
        }
        facts
    }

    /// Adds what comes after the client.
    fn add(&mut self, client_ip: &'a str, mut rest: &'a str) {
        let mut next = || take_line(&mut rest);
        let inbound = &mut self.inbound;
        (inbound.client_ip, inbound.forwarded_for, inbound.via) = (client_ip, next(), next());
        (inbound.connection, inbound.is_websocket) =
            (next(), next().eq_ignore_ascii_case("websocket"));
        inbound.has_proxy_connection = next() == "1";
        self.has_body = next() == "1";
        (self.content_length, self.cookie, self.extra) = (next(), next(), next());
    }

    /// The client's address.
    pub fn client(&self) -> Option<IpAddr> {
        self.inbound.client_ip.trim().parse().ok()
    }

    /// What stands for the client where requests are counted: its address, of IPv6 the first 64
    /// bits, which are one household's. Nobody is told apart whose address is not known.
    pub fn client_key(&self) -> String {
        match self.client() {
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Some(address) => address.to_string(),
            None => "unknown".to_owned(),
        }
    }

    /// The length of the body, if it is told as one number.
    pub fn body_bytes(&self) -> Option<u64> {
        let digits = self.content_length.trim();
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if plain { digits.parse().ok() } else { None }
    }
}

/// The first line of a text, of which the rest stays.
fn take_line<'a>(rest: &mut &'a str) -> &'a str {
    let (line, after) = before(rest, |byte| byte == b'\n');
    *rest = after.get(1..).unwrap_or_default();
    line
}

/// Cuts the text of a client's whereabouts.
pub fn whereabouts(text: &str) -> ClientPlace {
    let mut lines = text.split('\n');
    let mut next = || lines.next().map(str::trim).filter(|line| !line.is_empty());
    let (country, continent) = (next().map(str::to_owned), next().map(str::to_owned));
    let mut degrees = || next().and_then(shared::json::number);
    let (latitude, longitude) = (degrees(), degrees());
    let place = latitude.zip(longitude).map(|(latitude, longitude)| Place { latitude, longitude });
    ClientPlace { country, continent, place }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_cut_into_its_parts() {
        let text = "GET\nhttps://a.example:8443/b/c?d=e#f\nray\n192.0.2.2\n192.0.2.1\n1.1 x\nclose\n\
                    WebSocket\n1\n\n12\n_lb=1\nuser";
        let facts = Facts::of(text);
        let inbound = facts.inbound;
        assert_eq!((inbound.scheme, inbound.host), ("https", "a.example:8443"));
        assert_eq!((facts.method, inbound.via, inbound.is_websocket), ("GET", "1.1 x", true));
        assert_eq!((facts.target, facts.path), ("/b/c?d=e", "/b/c"));
        assert_eq!((facts.has_body, facts.body_bytes()), (false, Some(12)));
        assert!(inbound.has_proxy_connection);
        assert_eq!((facts.cookie, facts.extra), ("_lb=1", "user"));
        assert_eq!(facts.client(), Some([192, 0, 2, 2].into()));
        assert_eq!((facts.request_id, inbound.forwarded_for), ("ray", "192.0.2.1"));
        let facts = Facts::of("GET\nhttp://a/\nray");
        assert_eq!((facts.request_id, facts.inbound.host, facts.has_body), ("ray", "a", false));
        for text in ["", "\n", "GET", "GET\nnot a url\n1"] {
            assert_eq!(Facts::of(text).path, "", "{text}");
        }
        for length in ["", "-1", "+1", "1, 1", "1e3", "99999999999999999999"] {
            let text = format!("POST\nhttp://a/\nray\n\n\n\n\n\n\n1\n{length}");
            assert_eq!(Facts::of(&text).body_bytes(), None, "{length}");
        }
    }

    #[test]
    fn a_household_is_one_client() {
        let cases = [
            ("192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("", "unknown"),
            ("192.0.2.7, 10.0.0.1", "unknown"),
        ];
        for (client_ip, key) in cases {
            let inbound = Inbound { client_ip, ..Inbound::default() };
            assert_eq!(Facts { inbound, ..Facts::default() }.client_key(), key);
        }
    }

    #[test]
    fn whereabouts_may_be_unknown() {
        let place = whereabouts("KR\nAS\n37.6\n127.0").place;
        assert_eq!(place, Some(Place { latitude: 37.6, longitude: 127.0 }));
        for text in ["", "KR", "KR\nAS\nx\ny", "\n\n37.6\n", "\n\nNaN\n1"] {
            assert_eq!(whereabouts(text).place, None, "{text}");
        }
        assert_eq!(whereabouts("\n\n1\n2").country, None);
    }
}
