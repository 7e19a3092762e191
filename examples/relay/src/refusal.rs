//! Why a request is refused: the reason, its status, and how often it happened.
//!
//! Invariant: a refusal says what was wrong with the request and never what a right one would have been.

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::StatusCode;

/// Reasons, by which refusals are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A header of the signature is missing, or is no such thing.
    Headers,
    /// The request was signed too long ago, or will be.
    Time,
    /// Another method or path than the one that was signed.
    Target,
    /// Nobody has this key.
    Key,
    /// The signature is not that of the key over these headers.
    Signature,
    /// Another body than the one that was signed.
    Digest,
    /// The nonce was used before.
    Nonce,
    /// The key is not for this.
    Right,
    /// There is no such route.
    Route,
    /// The body is too long.
    Body,
    /// The body does not come.
    Slow,
    /// Too many requests in a minute, or at a time.
    Rate,
    /// What the account may use is used up.
    Quota,
    /// The accounts cannot be written, or the relay ends.
    Unavailable,
}

impl Reason {
    /// All of them, in the order of their counts.
    pub const ALL: [Reason; 14] = [
        Reason::Headers,
        Reason::Time,
        Reason::Target,
        Reason::Key,
        Reason::Signature,
        Reason::Digest,
        Reason::Nonce,
        Reason::Right,
        Reason::Route,
        Reason::Body,
        Reason::Slow,
        Reason::Rate,
        Reason::Quota,
        Reason::Unavailable,
    ];

    /// Its stable name.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Headers => "headers",
            Reason::Time => "time",
            Reason::Target => "target",
            Reason::Key => "key",
            Reason::Signature => "signature",
            Reason::Digest => "digest",
            Reason::Nonce => "nonce",
            Reason::Right => "right",
            Reason::Route => "route",
            Reason::Body => "body",
            Reason::Slow => "slow",
            Reason::Rate => "rate",
            Reason::Quota => "quota",
            Reason::Unavailable => "unavailable",
        }
    }

    /// The status of the answer.
    pub fn status(self) -> StatusCode {
        match self {
            Reason::Headers => StatusCode::BAD_REQUEST,
            Reason::Time | Reason::Target | Reason::Key | Reason::Signature | Reason::Digest => {
                StatusCode::UNAUTHORIZED
            }
            Reason::Nonce => StatusCode::CONFLICT,
            Reason::Right => StatusCode::FORBIDDEN,
            Reason::Route => StatusCode::NOT_FOUND,
            Reason::Body => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::Slow => StatusCode::REQUEST_TIMEOUT,
            Reason::Rate => StatusCode::TOO_MANY_REQUESTS,
            Reason::Quota => StatusCode::PAYMENT_REQUIRED,
            Reason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

/// A request that is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub reason: Reason,
    pub message: String,
    /// Seconds after which it may be sent again.
    pub after: Option<u64>,
}

impl Refusal {
    pub fn new(reason: Reason, message: impl Into<String>) -> Refusal {
        Refusal { reason, message: message.into(), after: None }
    }

    /// It may be sent again in so many seconds.
    #[must_use]
    pub fn after(self, seconds: u64) -> Refusal {
        Refusal { after: Some(seconds), ..self }
    }
}

/// How often each reason came, since that was last asked.
#[derive(Default)]
pub struct Counts([AtomicU64; Reason::ALL.len()]);

impl Counts {
    pub fn count(&self, reason: Reason) {
        self.0[reason as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// The counts, which begin again.
    pub fn take(&self) -> Vec<(Reason, u64)> {
        let counts = Reason::ALL.into_iter().zip(&self.0);
        counts
            .map(|(reason, count)| (reason, count.swap(0, Ordering::Relaxed)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_count_of_its_own() {
        let counts = Counts::default();
        for (number, reason) in Reason::ALL.into_iter().enumerate() {
            (0..=number).for_each(|_| counts.count(reason));
        }
        let expected: Vec<_> = Reason::ALL.into_iter().zip(1..).collect();
        assert_eq!(counts.take(), expected);
        assert_eq!(counts.take(), []);
    }
}
