//! Failures to status codes: the rows' descriptions are read into the core's failures.

use super::{Answer, text};
use crate::conform::Vector;
use serde_json::json;
use shared::balance::request::status::{AlbFailure, CloudflareFailure};

/// A failure, and words that all occur in its descriptions.
type Reading<F> = (F, &'static [&'static str]);

/// More special descriptions first: the first that fits is meant.
const ALB: &[Reading<AlbFailure>] = &[
    (AlbFailure::NoTargets, &["no registered targets"]),
    (AlbFailure::NoTargets, &["no", "targets"]),
    (AlbFailure::DrainExpired, &["deregistration"]),
    (AlbFailure::DrainExpired, &["drain"]),
    (AlbFailure::TlsFailed, &["tls"]),
    (AlbFailure::AuthenticatorFailed, &["waf"]),
    (AlbFailure::AuthenticatorFailed, &["idp"]),
    (AlbFailure::AuthenticatorFailed, &["identity provider"]),
    (AlbFailure::UnsupportedTransferEncoding, &["transfer-encoding"]),
    (AlbFailure::UnsupportedVersion, &["version"]),
    (AlbFailure::TooManyForwardedAddresses, &["x-forwarded-for"]),
    (AlbFailure::TooManyForwardedAddresses, &["xff"]),
    (AlbFailure::TooManyForwardedAddresses, &["30", "addresses"]),
    (AlbFailure::ProtocolMismatch, &["grpc"]),
    (AlbFailure::ProtocolMismatch, &["protocol"]),
    (AlbFailure::ProtocolMismatch, &["http2"]),
    (AlbFailure::TraceMethod, &["trace"]),
    (AlbFailure::LambdaBodyTooLarge, &["lambda"]),
    (AlbFailure::LambdaBodyTooLarge, &["1 mb"]),
    (AlbFailure::UriTooLong, &[" uri "]),
    (AlbFailure::UriTooLong, &[" url "]),
    (AlbFailure::ResponseBodyTooShort, &["content-length"]),
    (AlbFailure::ResponseHeadersTooLarge, &["response header"]),
    (AlbFailure::MalformedResponse, &["malformed response"]),
    (AlbFailure::ClientSentNothing, &["client", "no data"]),
    (AlbFailure::ClientSentNothing, &["client", "idle", "sent"]),
    (AlbFailure::ClientClosedBeforeBody, &["client", "closed", "body"]),
    (AlbFailure::ClientClosedEarly, &["client", "closed"]),
    (AlbFailure::ConnectTimeout, &["connect", "10 s"]),
    (AlbFailure::ConnectTimeout, &["connect", "timeout"]),
    (AlbFailure::ConnectionReset, &["rst", "connect"]),
    (AlbFailure::TargetClosed, &["target closed"]),
    (AlbFailure::TargetClosed, &["rst"]),
    (AlbFailure::TargetClosed, &[" fin "]),
    (AlbFailure::IdleTimeout, &["idle timeout"]),
    (AlbFailure::RequestTooLarge, &["request line"]),
    (AlbFailure::RequestTooLarge, &["header"]),
    (AlbFailure::MalformedRequest, &["malformed"]),
];

const CLOUDFLARE: &[Reading<CloudflareFailure>] = &[
    (CloudflareFailure::AllPoolsDown, &["pools"]),
    (CloudflareFailure::OwnCustomDomain, &["custom-domain"]),
    (CloudflareFailure::OwnCustomDomain, &["custom domain"]),
    (CloudflareFailure::OwnCustomDomain, &["own", "hostname"]),
    (CloudflareFailure::InvalidCertificate, &["certificate"]),
    (CloudflareFailure::TlsHandshakeFailed, &["tls"]),
    (CloudflareFailure::TlsHandshakeFailed, &["ssl"]),
    (CloudflareFailure::ConnectionRefused, &["refuse"]),
    (CloudflareFailure::NoHandshake, &["syn"]),
    (CloudflareFailure::RequestNotAcknowledged, &["ack"]),
    (CloudflareFailure::NoRoute, &["route"]),
    (CloudflareFailure::NoRoute, &["unreachable"]),
    (CloudflareFailure::WriteTimeout, &["write"]),
    (CloudflareFailure::UnexpectedResponse, &["malformed"]),
    (CloudflareFailure::UnexpectedResponse, &["empty"]),
    (CloudflareFailure::UnexpectedResponse, &["unexpected"]),
    (CloudflareFailure::UnexpectedResponse, &["headers"]),
    (CloudflareFailure::NoResponse, &["no", "response"]),
];

fn read<F: Copy>(vector: &Vector, readings: &[Reading<F>]) -> Result<F, String> {
    let cause = format!(" {} ", text(&vector.input, "cause")?.to_lowercase());
    let fits = |(_, words): &&Reading<F>| words.iter().all(|word| cause.contains(word));
    let reading = readings.iter().find(fits);
    reading.map(|(failure, _)| *failure).ok_or_else(|| format!("`{cause}` is no known failure"))
}

pub(super) fn alb(vector: &Vector) -> Answer {
    Ok(json!({ "status": read(vector, ALB)?.status() }))
}

pub(super) fn cloudflare(vector: &Vector) -> Answer {
    let failure = read(vector, CLOUDFLARE)?;
    Ok(json!({ "status": failure.status(), "fails_over": failure.fails_over() }))
}
