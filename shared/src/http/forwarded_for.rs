//! `X-Forwarded-For`: whose request is it, through all proxies?
//!
//! Each proxy appends the address of its peer, so entries are as trustworthy as the proxies to
//! their right. [`Mode`] is what an Application Load Balancer does with the field;
//! [`trusted_client`] is Envoy's rule for reading it.

use super::list;
use std::net::IpAddr;

/// An Application Load Balancer refuses longer lists with 463.
pub const MAX_ADDRESSES: usize = 30;

/// What becomes of the field (AWS `routing.http.xff_header_processing.mode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The client's address is added at the end.
    #[default]
    Append,
    /// The field stays as it came.
    Preserve,
    /// The field is removed.
    Remove,
}

/// How a client is written: its address, with the port when it is kept (then IPv6 in brackets).
pub fn client_text(client: IpAddr, port: Option<u16>) -> String {
    match (client, port) {
        (IpAddr::V6(ip), Some(port)) => format!("[{ip}]:{port}"),
        (ip, Some(port)) => format!("{ip}:{port}"),
        (ip, None) => ip.to_string(),
    }
}

/// The field for the next hop; `None` for no field.
pub fn forward(received: Option<&str>, mode: Mode, client: &str) -> Option<String> {
    let received = received.filter(|value| !value.trim().is_empty());
    match mode {
        Mode::Append => Some(append(received, client)),
        Mode::Preserve => received.map(str::to_owned),
        Mode::Remove => None,
    }
}

/// A list with one more address at its end.
pub fn append(received: Option<&str>, client: &str) -> String {
    match received.filter(|value| !value.trim().is_empty()) {
        Some(received) => format!("{received}, {client}"),
        None => client.to_owned(),
    }
}

/// Whether the list is too long to be forwarded (AWS answers 463).
pub fn is_too_long(received: &str) -> bool {
    list(received).count() > MAX_ADDRESSES
}

/// Whom Envoy trusts to be the client, and what it forwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trusted {
    /// The client's address.
    pub client: String,
    /// The field for the next hop.
    pub forwarded: Option<String>,
}

/// Envoy's rule. With `use_remote_address` it is an edge: it appends its peer, and trusts its peer
/// or, with N trusted hops in front of it, the N-th address from the right. Without, it stands
/// behind others and appends nothing: the (N + 1)-th from the right. A list that is too short
/// leaves the peer.
pub fn trusted_client(
    peer: &str,
    received: Option<&str>,
    use_remote_address: bool,
    trusted_hops: u32,
) -> Trusted {
    let received = received.filter(|value| !value.trim().is_empty());
    let from_right = trusted_hops as usize + usize::from(!use_remote_address);
    let position = from_right.checked_sub(1);
    let named = position.and_then(|n| list(received.unwrap_or_default()).rev().nth(n));
    let forwarded =
        if use_remote_address { Some(append(received, peer)) } else { received.map(str::to_owned) };
    Trusted { client: named.unwrap_or(peer).to_owned(), forwarded }
}
