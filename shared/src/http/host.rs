//! `Host` towards a target, as an Application Load Balancer rewrites it.

/// The `Host` that a target sees. `listener_port` is `None` for the default port of the scheme;
/// `target` is the request target: a path, or an absolute URI whose host then counts.
///
/// Without `preserve`, the default port is cut off and another listener port is added.
pub fn forwarded_host(
    host: &str,
    target: &str,
    listener_port: Option<u16>,
    preserve: bool,
) -> String {
    if preserve {
        return host.to_owned();
    }
    let (scheme, named) = match target.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            (Some(scheme), rest.get(..end).unwrap_or(rest))
        }
        None => (None, host),
    };
    let is_default = |port: &str| match scheme {
        Some("https") => port == "443",
        Some(_) => port == "80",
        None => port == "80" || port == "443",
    };
    let (name, port) = match named.rsplit_once(':') {
        // A colon within brackets belongs to an IPv6 address.
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (named, None),
    };
    match (listener_port, port) {
        (None, Some(port)) if is_default(port) => name.to_owned(),
        (Some(listener), None) => format!("{name}:{listener}"),
        _ => named.to_owned(),
    }
}
