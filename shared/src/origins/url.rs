//! The address of an origin: scheme, host and port, and nothing else.
//!
//! A load balancer forwards paths and queries untouched, so an origin's address has neither. The
//! grammar is stricter than that of URLs: what is refused here cannot surprise on the wire.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

/// `https://app.example.com` or `http://127.0.0.1:9001`: in lower case, without a default port and
/// without a slash at the end, so that equal origins are equal values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(try_from = "String", into = "String")]
pub struct OriginUrl(String);

impl OriginUrl {
    /// The address as text; append a path that starts with a slash to get a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        split_port(self.authority()).0
    }

    /// The port, unless it is the scheme's own.
    pub fn port(&self) -> Option<&str> {
        split_port(self.authority()).1
    }

    fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }
}

impl fmt::Display for OriginUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<OriginUrl> for String {
    fn from(url: OriginUrl) -> Self {
        url.0
    }
}

impl TryFrom<String> for OriginUrl {
    type Error = OriginUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Why a text is no address of an origin. Passwords are never repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginUrlError {
    /// It does not start with `http://` or `https://`.
    Scheme {
        /// The text as given.
        url: String,
    },
    /// It holds a user name or a password.
    Credentials,
    /// Something follows the host and port.
    Extra {
        /// What follows.
        extra: String,
    },
    /// The port is no number from 1 to 65535.
    Port {
        /// The port as given.
        port: String,
    },
    /// The host is no name and no IP address.
    Host {
        /// The host as given.
        host: String,
    },
    /// The host is an IP address other than this machine's own.
    IpAddress {
        /// The address.
        host: String,
    },
}

impl fmt::Display for OriginUrlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scheme { url } => {
                write!(f, "\"{url}\" does not start with https:// or http://: add one of them")
            }
            Self::Credentials => f.write_str(
                "the URL holds a user name or password, which would be sent to every reader of \
                 the configuration: remove the part before the @",
            ),
            Self::Extra { extra } => write!(
                f,
                "\"{extra}\" follows the host: remove it; paths and queries of requests are \
                 forwarded as they come"
            ),
            Self::Port { port } => {
                write!(f, "\"{port}\" is no port: write a number from 1 to 65535 or leave it out")
            }
            Self::Host { host } => write!(
                f,
                "\"{host}\" is no host name: use letters a-z, digits, hyphens and dots; write an \
                 international name in its xn-- form"
            ),
            Self::IpAddress { host } => write!(
                f,
                "{host} is an IP address, and Cloudflare answers requests to those with error \
                 1003: give the origin a DNS name (only loopback addresses are taken, for local \
                 work)"
            ),
        }
    }
}

impl std::error::Error for OriginUrlError {}

impl FromStr for OriginUrl {
    type Err = OriginUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A scheme is looked for first, so that a password in a text without one is not repeated.
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(if text.contains('@') {
                OriginUrlError::Credentials
            } else {
                OriginUrlError::Scheme { url: text.to_owned() }
            });
        };
        if rest.contains('@') {
            return Err(OriginUrlError::Credentials);
        }
        let scheme = scheme.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            _ => return Err(OriginUrlError::Scheme { url: text.to_owned() }),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if let Some(end) = rest.find(['/', '?', '#', '\\']) {
            return Err(OriginUrlError::Extra { extra: rest.split_at(end).1.to_owned() });
        }
        let (host, port) = split_port(rest);
        let host = host.to_ascii_lowercase();
        check_host(&host)?;
        let port = port.map(parse_port).transpose()?.filter(|&port| port != default_port);
        Ok(Self(match port {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        }))
    }
}

/// Splits at the last colon, unless that belongs to an IPv6 address in brackets.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn parse_port(port: &str) -> Result<u16, OriginUrlError> {
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    let number = port.parse().ok().filter(|&number| digits && number > 0);
    number.ok_or_else(|| OriginUrlError::Port { port: port.to_owned() })
}

fn check_host(host: &str) -> Result<(), OriginUrlError> {
    let wrong = || OriginUrlError::Host { host: host.to_owned() };
    let address = match host.strip_prefix('[') {
        Some(rest) => {
            let inner = rest.strip_suffix(']').ok_or_else(wrong)?;
            Some(IpAddr::V6(inner.parse::<Ipv6Addr>().map_err(|_| wrong())?))
        }
        None => host.parse().ok(),
    };
    if let Some(address) = address {
        return if address.is_loopback() {
            Ok(())
        } else {
            Err(OriginUrlError::IpAddress { host: host.to_owned() })
        };
    }
    // A last label of digits is an IPv4 address in one of its odd spellings (127.1, 0x7f.1).
    let last = host.rsplit('.').next().unwrap_or_default();
    if last.starts_with(|first: char| first.is_ascii_digit()) || host.len() > 253 {
        return Err(wrong());
    }
    if host.split('.').all(is_label) { Ok(()) } else { Err(wrong()) }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
