//! The vault: who may ask, and the secrets of upstreams. All of it is encrypted in one file.
//!
//! Invariant: the bytes of a secret leave this type in two ways: into the header of a request to the upstream for which it was
//! stored, and into a signature. They are zeroed when they are dropped, and no text shows them.

use std::collections::BTreeMap;
use std::fmt::{self, Debug, Formatter};

use cu_host::{Store, StoreError, Value};
use hyper::Uri;
use hyper::header::{HeaderName, HeaderValue};
use ring::hmac;
use zeroize::Zeroizing;

use crate::redact::Redactor;

/// Tables of the file.
const CALLERS: u32 = 16;
const USES: u32 = 17;
const SECRETS: u32 = 18;

/// A shorter secret would be found by chance in what upstreams answer, and by trying.
pub const SECRET_LENGTH: std::ops::RangeInclusive<usize> = 16..=1024;

/// Whether keys and secrets may have this name.
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}

/// What an account may use. An absent number is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// In all.
    pub requests: Option<u64>,
    pub instructions: Option<u64>,
    pub bytes: Option<u64>,
    pub calls: Option<u64>,
    /// Requests in a minute.
    pub rate: Option<u64>,
    /// Requests at a time.
    pub at_once: Option<u64>,
}

impl Limits {
    /// Names and numbers, for the ledger, the file and the command line.
    pub fn fields(&mut self) -> [(&'static str, &mut Option<u64>); 6] {
        [
            ("requests", &mut self.requests),
            ("instructions", &mut self.instructions),
            ("bytes", &mut self.bytes),
            ("calls", &mut self.calls),
            ("rate", &mut self.rate),
            ("at_once", &mut self.at_once),
        ]
    }

    /// As a table of Lua.
    pub fn value(mut self) -> Value {
        let fields = self.fields().map(|(name, number)| (name, *number));
        let there =
            fields.into_iter().filter_map(|(name, number)| Some((name, i64::try_from(number?).unwrap_or(i64::MAX))));
        there.collect()
    }
}

/// Who may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub public: [u8; 32],
    /// Whether it may see all accounts.
    pub is_admin: bool,
    pub limits: Limits,
}

pub type Callers = BTreeMap<String, Caller>;

impl Caller {
    fn write(&self) -> Value {
        let fields = [
            ("public", Value::from(&self.public[..])),
            ("admin", self.is_admin.into()),
            ("limits", self.limits.value()),
        ];
        fields.into()
    }

    fn read(value: &Value) -> Option<Caller> {
        let mut limits = Limits::default();
        for (name, number) in limits.fields() {
            *number =
                value.get("limits")?.get(name).and_then(Value::as_i64).and_then(|number| u64::try_from(number).ok());
        }
        let public = value.get("public")?.as_bytes()?.try_into().ok()?;
        Some(Caller { public, is_admin: value.get("admin")?.as_bool()?, limits })
    }
}

/// What a secret is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Use {
    /// Signatures.
    Sign,
    /// A header of requests to one upstream: behind `prefix`.
    Header { upstream: Uri, header: HeaderName, prefix: String },
}

impl Use {
    fn write(&self) -> Value {
        match self {
            Use::Sign => Value::from([("use", "sign")]),
            Use::Header { upstream, header, prefix } => [
                ("use", "header"),
                ("upstream", &upstream.to_string()),
                ("header", header.as_str()),
                ("prefix", prefix),
            ]
            .into(),
        }
    }

    fn read(value: &Value) -> Option<Use> {
        let text = |name| value.get(name).and_then(Value::as_str);
        match text("use")? {
            "sign" => Some(Use::Sign),
            "header" => Some(Use::Header {
                upstream: text("upstream")?.parse().ok()?,
                header: text("header")?.parse().ok()?,
                prefix: text("prefix")?.to_owned(),
            }),
            _ => None,
        }
    }
}

/// A secret, and what it is for.
pub struct Secret {
    bytes: Zeroizing<Vec<u8>>,
    pub purpose: Use,
}

impl Debug for Secret {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.debug_struct("Secret").field("purpose", &self.purpose).finish_non_exhaustive()
    }
}

impl Secret {
    /// Checks that it can be used so.
    pub fn new(bytes: Zeroizing<Vec<u8>>, purpose: Use) -> Result<Secret, String> {
        let (least, most) = (SECRET_LENGTH.start(), SECRET_LENGTH.end());
        if !SECRET_LENGTH.contains(&bytes.len()) {
            return Err(format!("the secret has {} bytes; wanted are {least} to {most}", bytes.len()));
        }
        if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii_graphic()) {
            return Err(format!("byte {at} of the secret is no visible character of ASCII; those are wanted alone"));
        }
        Ok(Secret { bytes, purpose })
    }

    /// The value of the header in requests to the upstream.
    pub fn header_value(&self, prefix: &str) -> Result<HeaderValue, String> {
        let text = Zeroizing::new([prefix.as_bytes(), &self.bytes].concat());
        let mut value =
            HeaderValue::from_bytes(&text).map_err(|_| format!("the prefix '{prefix}' is none for a header"))?;
        value.set_sensitive(true);
        Ok(value)
    }

    /// Takes this secret out of what comes back.
    pub fn redactor(&self) -> Redactor {
        Redactor::new(&self.bytes)
    }

    fn mac_key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &self.bytes)
    }

    /// HMAC-SHA256 of a text.
    pub fn sign(&self, text: &[u8]) -> hmac::Tag {
        hmac::sign(&self.mac_key(), text)
    }

    /// Whether that is the signature of a text. In constant time, for whoever sent it may try again.
    pub fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        hmac::verify(&self.mac_key(), text, signature).is_ok()
    }
}

/// All that is in the vault.
#[derive(Debug, Default)]
pub struct Vault {
    pub callers: Callers,
    pub secrets: BTreeMap<String, Secret>,
}

impl Vault {
    /// Reads everything.
    pub fn read(store: &mut dyn Store) -> Result<Vault, String> {
        let mut vault = Vault::default();
        for name in names(store, CALLERS)? {
            let caller = value(store, CALLERS, &name)?;
            let caller = Caller::read(&caller).ok_or_else(|| format!("the vault has nonsense for the key '{name}'"))?;
            vault.callers.insert(name, caller);
        }
        for name in names(store, USES)? {
            let wrong = || format!("the vault has nonsense for the secret '{name}'");
            let purpose = Use::read(&value(store, USES, &name)?).ok_or_else(wrong)?;
            let bytes = store.get(SECRETS, name.as_bytes()).map_err(failed)?.ok_or_else(wrong)?.into_owned();
            let secret = Secret::new(Zeroizing::new(bytes), purpose)?;
            vault.secrets.insert(name, secret);
        }
        Ok(vault)
    }

    /// Stores a key, or takes it away.
    pub fn put_caller(store: &mut dyn Store, name: &str, caller: Option<&Caller>) -> Result<(), String> {
        let done = match caller {
            Some(caller) => store.set(CALLERS, name.as_bytes(), &encoded(&caller.write())?),
            None => store.delete(CALLERS, name.as_bytes()),
        };
        done.map_err(failed)
    }

    /// Stores a secret, or takes it away.
    pub fn put_secret(store: &mut dyn Store, name: &str, secret: Option<&Secret>) -> Result<(), String> {
        let purpose = secret.map(|secret| encoded(&secret.purpose.write())).transpose()?;
        let mut put = || {
            store.begin()?;
            match (secret, &purpose) {
                (Some(secret), Some(purpose)) => {
                    store.set(SECRETS, name.as_bytes(), &secret.bytes)?;
                    store.set(USES, name.as_bytes(), purpose)?;
                }
                _ => {
                    store.delete(SECRETS, name.as_bytes())?;
                    store.delete(USES, name.as_bytes())?;
                }
            }
            store.commit()
        };
        put().map_err(failed)
    }
}

fn failed(error: StoreError) -> String {
    format!("the vault: {error}")
}

fn encoded(value: &Value) -> Result<Vec<u8>, String> {
    value.encode().map_err(|error| error.to_string())
}

fn names(store: &mut dyn Store, table: u32) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    store
        .keys(table, None, false, &mut |key| {
            names.push(String::from_utf8_lossy(key).into_owned());
            true
        })
        .map_err(failed)?;
    Ok(names)
}

fn value(store: &mut dyn Store, table: u32, name: &str) -> Result<Value, String> {
    let bytes = store.get(table, name.as_bytes()).map_err(failed)?.unwrap_or_default();
    Value::decode(&bytes).map_err(|error| format!("the vault: {error}"))
}
