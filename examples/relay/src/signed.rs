//! Signed requests: what is signed, by whom, and the check of it.
//!
//! The signature is of these lines, each with a newline at its end (README.md, "A request"):
//!
//! ```text
//! cu-relay 1
//! name of the relay
//! relay-target     method, space, path with query
//! relay-key
//! relay-nonce
//! relay-time       seconds since 1970
//! relay-digest     SHA-256 of the body
//! ```
//!
//! Invariant: nothing of a request is used before its signature was found right, but for the headers themselves. All that is
//! compared here is public (keys, digests, signatures), so no time tells anything.

use hyper::HeaderMap;
use hyper::http::request::Parts;
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, Ed25519KeyPair, UnparsedPublicKey};

use crate::hex::{hex, unhex};
use crate::refusal::{Reason, Refusal};
use crate::vault::{Caller, Callers, is_name};

pub const TARGET: &str = "relay-target";
pub const KEY: &str = "relay-key";
pub const NONCE: &str = "relay-nonce";
pub const TIME: &str = "relay-time";
pub const DIGEST: &str = "relay-digest";
pub const SIGNATURE: &str = "relay-signature";

/// Nobody guesses a nonce of this length, and two random ones are never equal.
const NONCE_LENGTH: std::ops::RangeInclusive<usize> = 16..=64;

/// Digits of a time: enough for 30,000 years.
const TIME_DIGITS: usize = 12;

/// What the headers say.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    pub target: String,
    pub key: String,
    pub nonce: String,
    pub time: u64,
    pub digest: [u8; 32],
}

impl Claims {
    fn text(&self, relay: &str) -> String {
        let Claims { target, key, nonce, time, digest } = self;
        format!("cu-relay 1\n{relay}\n{target}\n{key}\n{nonce}\n{time}\n{}\n", hex(digest))
    }

    /// The headers of a request that is signed with this key.
    pub fn headers(&self, relay: &str, pair: &Ed25519KeyPair) -> [(&'static str, String); 6] {
        let signature = hex(pair.sign(self.text(relay).as_bytes()).as_ref());
        [
            (TARGET, self.target.clone()),
            (KEY, self.key.clone()),
            (NONCE, self.nonce.clone()),
            (TIME, self.time.to_string()),
            (DIGEST, hex(&self.digest)),
            (SIGNATURE, signature),
        ]
    }

    /// Whether this is the body that was signed.
    pub fn check_body(&self, body: &[u8]) -> Result<(), Refusal> {
        if body_digest(body) == self.digest {
            return Ok(());
        }
        let message = format!("the body, of {} bytes, is not the one that was signed: {DIGEST} differs", body.len());
        Err(Refusal::new(Reason::Digest, message))
    }
}

/// The digest of a body.
pub fn body_digest(body: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, body).as_ref());
    bytes
}

/// What the relay that checks is.
pub struct Verifier {
    /// Its name, which clients sign: so a request for one relay is worth nothing at another.
    pub relay: String,
    /// Seconds that clocks may differ.
    pub skew: u64,
}

impl Verifier {
    /// Who signed a request, and what it says. The body is checked when it is there.
    pub fn check<'a>(&self, head: &Parts, callers: &'a Callers, now: u64) -> Result<(Claims, &'a Caller), Refusal> {
        let (claims, signature) = read(&head.headers)?;
        if claims.time.abs_diff(now) > self.skew {
            let message = format!("{TIME} is {}, the time here is {now}: {} s apart at most", claims.time, self.skew);
            return Err(Refusal::new(Reason::Time, message));
        }
        let target = target(head);
        if claims.target != target {
            let message = format!("this is '{target}', but '{}' was signed", claims.target);
            return Err(Refusal::new(Reason::Target, message));
        }
        let unknown = || Refusal::new(Reason::Key, format!("there is no key '{}'", claims.key));
        let caller = callers.get(&claims.key).ok_or_else(unknown)?;
        let right =
            UnparsedPublicKey::new(&ED25519, caller.public).verify(claims.text(&self.relay).as_bytes(), &signature);
        if right.is_err() {
            let message = format!("{SIGNATURE} is not that of key '{}' over this request for this relay", claims.key);
            return Err(Refusal::new(Reason::Signature, message));
        }
        Ok((claims, caller))
    }
}

/// Method and path of a request, as they are signed.
fn target(head: &Parts) -> String {
    format!("{} {}", head.method, head.uri.path_and_query().map_or("", |path| path.as_str()))
}

/// The headers, each there once and well-formed.
fn read(headers: &HeaderMap) -> Result<(Claims, [u8; 64]), Refusal> {
    let wrong = |name: &str, wanted: &str| Refusal::new(Reason::Headers, format!("{name} is wanted once, {wanted}"));
    let one = |name: &str, wanted: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        value.filter(|_| values.next().is_none()).ok_or_else(|| wrong(name, wanted))
    };
    let checked = |name: &str, wanted: &str, is_right: &dyn Fn(&str) -> bool| {
        one(name, wanted).and_then(|value| if is_right(value) { Ok(value) } else { Err(wrong(name, wanted)) })
    };
    let is_time = |text: &str| {
        text.len() <= TIME_DIGITS
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && (text == "0" || !text.starts_with('0'))
    };
    let seconds = "seconds since 1970 in digits";
    let digits = |count| format!("{count} hexadecimal digits with small letters");
    let claims = Claims {
        target: one(TARGET, "method, space, path with query")?.to_owned(),
        key: checked(KEY, "the name of a key", &is_name)?.to_owned(),
        nonce: checked(NONCE, "16 to 64 letters, digits, - and _", &is_nonce)?.to_owned(),
        time: checked(TIME, seconds, &is_time)?.parse().map_err(|_| wrong(TIME, seconds))?,
        digest: unhex(one(DIGEST, &digits(64))?).ok_or_else(|| wrong(DIGEST, &digits(64)))?,
    };
    let signature = unhex(one(SIGNATURE, &digits(128))?).ok_or_else(|| wrong(SIGNATURE, &digits(128)))?;
    Ok((claims, signature))
}

fn is_nonce(text: &str) -> bool {
    NONCE_LENGTH.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
