//! Which status code tells the client what went wrong: the tables of AWS and Cloudflare.

use crate::balance::Unavailable;

/// What an Application Load Balancer can fail at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what AWS's troubleshooting page says")]
pub enum AlbFailure {
    MalformedRequest,
    RequestTooLarge,
    ClientClosedBeforeBody,
    TraceMethod,
    ClientSentNothing,
    LambdaBodyTooLarge,
    UriTooLong,
    ClientClosedEarly,
    TooManyForwardedAddresses,
    ProtocolMismatch,
    AuthenticatorFailed,
    UnsupportedTransferEncoding,
    UnsupportedVersion,
    ConnectionReset,
    TargetClosed,
    MalformedResponse,
    ResponseHeadersTooLarge,
    TlsFailed,
    DrainExpired,
    NoTargets,
    ConnectTimeout,
    IdleTimeout,
    ResponseBodyTooShort,
}

impl AlbFailure {
    /// AWS's status code.
    pub const fn status(self) -> u16 {
        match self {
            Self::MalformedRequest | Self::RequestTooLarge | Self::ClientClosedBeforeBody => 400,
            Self::TraceMethod => 405,
            Self::ClientSentNothing => 408,
            Self::LambdaBodyTooLarge => 413,
            Self::UriTooLong => 414,
            Self::ClientClosedEarly => 460,
            Self::TooManyForwardedAddresses => 463,
            Self::ProtocolMismatch => 464,
            Self::AuthenticatorFailed => 500,
            Self::UnsupportedTransferEncoding => 501,
            Self::UnsupportedVersion => 505,
            Self::ConnectionReset
            | Self::TargetClosed
            | Self::MalformedResponse
            | Self::ResponseHeadersTooLarge
            | Self::TlsFailed
            | Self::DrainExpired => 502,
            Self::NoTargets => 503,
            Self::ConnectTimeout | Self::IdleTimeout | Self::ResponseBodyTooShort => 504,
        }
    }
}

/// What Cloudflare can fail at between its edge and an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what Cloudflare's pages on 5xx say")]
pub enum CloudflareFailure {
    UnexpectedResponse,
    ConnectionRefused,
    NoHandshake,
    RequestNotAcknowledged,
    OwnCustomDomain,
    NoRoute,
    NoResponse,
    WriteTimeout,
    TlsHandshakeFailed,
    InvalidCertificate,
    AllPoolsDown,
}

impl CloudflareFailure {
    /// Cloudflare's status code.
    pub const fn status(self) -> u16 {
        match self {
            Self::UnexpectedResponse => 520,
            Self::ConnectionRefused => 521,
            Self::NoHandshake | Self::RequestNotAcknowledged | Self::OwnCustomDomain => 522,
            Self::NoRoute => 523,
            Self::NoResponse | Self::WriteTimeout => 524,
            Self::TlsHandshakeFailed => 525,
            Self::InvalidCertificate => 526,
            Self::AllPoolsDown => 530,
        }
    }

    /// Whether zero-downtime failover sends the request to another origin (the documentation's
    /// present list).
    pub const fn fails_over(self) -> bool {
        matches!(self.status(), 521 | 522 | 523 | 525 | 526)
    }
}

impl Unavailable {
    /// The status of a request that no backend could be picked for: the service is not there
    /// (RFC 9110: overload or maintenance), but when everybody failed it, the gateway is at fault.
    pub const fn status(self) -> u16 {
        match self {
            Self::NoBackends | Self::NoHealthy | Self::AllFull => 503,
            Self::AllTried => 502,
        }
    }
}
