//! Which requests may be sent again.
//!
//! RFC 9110 section 9.2.2: a proxy must not repeat a request by itself unless its method is
//! idempotent, or it is known that the first one was never applied. Two conditions, then:
//! the origin cannot have acted on the request twice, and there is still a request to send. The
//! second fails for a body that was streamed to the first origin: it is gone.

use crate::balance::Outcome;

/// Whether sending the method twice has the effect of sending it once: the safe methods, `PUT`
/// and `DELETE`. Methods are case-sensitive; an unknown one is not idempotent.
pub fn is_idempotent(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE" | "PUT" | "DELETE")
}

/// Whether a request that ended with `outcome` may be sent to another backend.
/// `body_is_lost` says that it had a body which was streamed away.
pub fn may_repeat(method: &str, body_is_lost: bool, outcome: Outcome) -> bool {
    if body_is_lost {
        return false;
    }
    match outcome {
        Outcome::ConnectFailed => true,
        Outcome::Reset | Outcome::Timeout => is_idempotent(method),
        // An answer is an answer, also an unpleasant one; and nobody waits for a canceled one.
        Outcome::Response(_) | Outcome::Canceled => false,
    }
}

/// Whether NGINX moves a request on to the next server (`proxy_next_upstream`): it never repeats
/// `POST`, `LOCK` and `PATCH` once sent, unless `non_idempotent` is configured.
pub fn nginx_moves_on(
    method: &str,
    sent: bool,
    conditions: Conditions<'_>,
    outcome: Outcome,
) -> bool {
    let never_twice = matches!(method, "POST" | "LOCK" | "PATCH");
    if sent && never_twice && !conditions.non_idempotent {
        return false;
    }
    match outcome {
        Outcome::ConnectFailed | Outcome::Reset => conditions.error,
        Outcome::Timeout => conditions.timeout,
        Outcome::Response(status) => conditions.statuses.contains(&status),
        Outcome::Canceled => false,
    }
}

/// NGINX's `proxy_next_upstream`: what moves a request on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conditions<'a> {
    /// A connection failed or broke.
    pub error: bool,
    /// A server took too long.
    pub timeout: bool,
    /// Methods that must not happen twice may.
    pub non_idempotent: bool,
    /// Answers that are refused.
    pub statuses: &'a [u16],
}

impl Default for Conditions<'_> {
    fn default() -> Self {
        Self { error: true, timeout: true, non_idempotent: false, statuses: &[] }
    }
}

/// Whether Envoy counts `outcome` as worth a retry under `retry_on`: a list, with commas, of
/// `5xx`, `gateway-error`, `connect-failure`, `reset`, `retriable-4xx`, `refused-stream`.
pub fn envoy_retries(retry_on: &str, outcome: Outcome) -> bool {
    retry_on.split(',').any(|condition| match (condition.trim(), outcome) {
        ("5xx", outcome) => outcome.is_failure(),
        ("gateway-error", Outcome::Response(status)) => matches!(status, 502..=504),
        ("connect-failure" | "refused-stream", Outcome::ConnectFailed) => true,
        ("reset", Outcome::Reset | Outcome::Timeout) => true,
        ("retriable-4xx", Outcome::Response(409)) => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_happen_twice_is_repeated() {
        use Outcome::{Canceled, ConnectFailed, Reset, Response, Timeout};
        let cases = [
            ("GET", false, Reset, true),
            ("GET", false, Timeout, true),
            ("HEAD", false, ConnectFailed, true),
            ("PUT", false, Reset, true),
            ("DELETE", false, Reset, true),
            ("PUT", true, Reset, false),
            ("GET", true, ConnectFailed, false),
            ("POST", false, Reset, false),
            ("POST", false, Timeout, false),
            ("POST", false, ConnectFailed, true),
            ("PATCH", false, Reset, false),
            ("get", false, Reset, false),
            ("PROPFIND", false, Reset, false),
            ("GET", false, Response(503), false),
            ("GET", false, Canceled, false),
        ];
        for (method, body_is_lost, outcome, expected) in cases {
            let actual = may_repeat(method, body_is_lost, outcome);
            assert_eq!(actual, expected, "{method} {body_is_lost} {outcome:?}");
        }
    }
}
