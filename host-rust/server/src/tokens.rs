//! API tokens: who may do what in which homes, and how much of it.
//!
//! ```text
//! {"tokens": [
//!   {"name": "shop", "sha256": "…64 digits…", "scopes": ["compute"], "homes": ["shop/"], "limits": {"rate": 50}}
//! ]}
//! ```
//!
//! Invariant: the file has hashes only. A token is 32 random bytes, so nobody finds one by trying, and comparing hashes tells
//! nothing about tokens by the time that it takes.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use cu_host::replay::sha256;
use serde::Deserialize;

use crate::limits::{Limits, Tenant};

/// What a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Computes and calls that change nothing, lists and changes.
    Read,
    /// Computes and calls; includes `read`.
    Compute,
    /// Removing homes, and everything else.
    Admin,
    /// Figures of the server: the status page and `/metrics`.
    Status,
}

impl Scope {
    /// The name, as the file has it.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Compute => "compute",
            Scope::Admin => "admin",
            Scope::Status => "status",
        }
    }

    fn includes(self, other: Scope) -> bool {
        self == other || self == Scope::Admin || (self, other) == (Scope::Compute, Scope::Read)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    tokens: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    sha256: String,
    scopes: Vec<Scope>,
    /// Beginnings of names; all homes without it.
    homes: Option<Vec<String>>,
    #[serde(default)]
    limits: Limits,
}

/// Who sent a request.
pub struct Caller {
    /// Its name in the file.
    pub name: String,
    scopes: Vec<Scope>,
    homes: Option<Vec<String>>,
    /// What it may use, and what it uses.
    pub tenant: Tenant,
}

impl Caller {
    /// Whoever reaches a server that has no tokens.
    pub fn anybody(limits: &Limits) -> Caller {
        Caller { name: "anybody".into(), scopes: vec![Scope::Admin], homes: None, tenant: Tenant::new(limits.clone()) }
    }

    /// Whether this is for such requests.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.iter().any(|own| own.includes(scope))
    }

    /// Whether this is for that home.
    pub fn reaches(&self, home: &str) -> bool {
        self.homes.as_ref().is_none_or(|homes| homes.iter().any(|beginning| home.starts_with(beginning)))
    }
}

/// The tokens of a server.
pub struct Tokens(HashMap<[u8; 32], Arc<Caller>>);

impl Tokens {
    /// Reads the file; what a token does not say is as in `defaults`.
    pub fn open(file: &Path, defaults: &Limits) -> Result<Tokens, String> {
        let text = std::fs::read(file).map_err(|error| format!("cannot open {}: {error}", file.display()))?;
        Tokens::read(&text, defaults).map_err(|problem| format!("{}: {problem}", file.display()))
    }

    /// Reads the text of such a file.
    pub fn read(text: &[u8], defaults: &Limits) -> Result<Tokens, String> {
        let File { tokens } = serde_json::from_slice(text).map_err(|error| {
            format!("{error}; wanted is {{\"tokens\": [ENTRY, ENTRY ...]}}, with entries as cu token shows them")
        })?;
        let mut callers = HashMap::new();
        let mut names = std::collections::HashSet::new();
        for Entry { name, sha256, scopes, homes, limits } in tokens {
            let wrong = |problem: &str| format!("the token '{name}' {problem}");
            let hash = hash_of(&sha256).ok_or_else(|| wrong("has no hash of 64 hexadecimal digits in sha256"))?;
            if name.is_empty() || !names.insert(name.clone()) {
                return Err(wrong("has no name, or that of another one"));
            }
            if scopes.is_empty() {
                return Err(wrong("has no scopes, so it is for nothing"));
            }
            let limits = limits.or(defaults);
            limits.check().map_err(|problem| wrong(&problem))?;
            let caller = Caller { name: name.clone(), scopes, homes, tenant: Tenant::new(limits) };
            if callers.insert(hash, Arc::new(caller)).is_some() {
                return Err(wrong("has the hash of another one"));
            }
        }
        Ok(Tokens(callers))
    }

    /// Whose token this is.
    pub fn find(&self, token: &[u8]) -> Option<&Arc<Caller>> {
        self.0.get(&sha256(token))
    }
}

fn hash_of(digits: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if digits.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+'))?, 16).ok()?;
    }
    Some(hash)
}

/// A new token, and its hash for the file.
pub fn new_token() -> Result<(String, String), getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    let token = format!("cu_{}", hex(&bytes));
    let hash = hex(&sha256(token.as_bytes()));
    Ok((token, hash))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_by_its_hash_and_reaches_homes_by_prefix() {
        let (token, hash) = new_token().unwrap();
        let text = format!(
            r#"{{"tokens": [{{"name": "shop", "sha256": "{hash}", "scopes": ["compute"], "homes": ["shop/", "all"], "limits": {{"rate": 5}}}}]}}"#
        );
        let tokens = Tokens::read(text.as_bytes(), &Limits { body: Some(9), ..Limits::default() }).unwrap();
        let caller = tokens.find(token.as_bytes()).unwrap();
        let scopes = [Scope::Read, Scope::Compute, Scope::Admin, Scope::Status];
        assert_eq!(scopes.map(|scope| caller.may(scope)), [true, true, false, false]);
        assert_eq!(["shop/a", "allowed", "shop", "Shop/"].map(|home| caller.reaches(home)), [true, true, false, false]);
        assert_eq!((caller.tenant.limits.rate, caller.tenant.limits.body), (Some(5.0), Some(9)));
        for wrong in ["", "cu_", &hash, &token[..token.len() - 1], &token.to_uppercase()] {
            assert!(tokens.find(wrong.as_bytes()).is_none());
        }
    }

    #[test]
    fn a_file_that_says_something_else_is_refused() {
        let hash = "0".repeat(64);
        for (text, problem) in [
            ("".to_owned(), "EOF"),
            (r#"{"tokens": [], "x": 1}"#.into(), "unknown field `x`"),
            (r#"{"tokens": [{"name": "a", "sha256": "00", "scopes": ["read"]}]}"#.into(), "no hash"),
            (format!(r#"{{"tokens": [{{"name": "a", "sha256": "+{}", "scopes": ["read"]}}]}}"#, &hash[1..]), "no hash"),
            (
                format!(r#"{{"tokens": [{{"name": "a", "sha256": "{hash}", "scopes": ["write"]}}]}}"#),
                "unknown variant `write`",
            ),
            (format!(r#"{{"tokens": [{{"name": "a", "sha256": "{hash}", "scopes": []}}]}}"#), "no scopes"),
            (
                format!(
                    r#"{{"tokens": [{{"name": "a", "sha256": "{hash}", "scopes": ["read"], "limits": {{"rate": 0}}}}]}}"#
                ),
                "rate is 0; wanted is a number above 0",
            ),
        ] {
            let error = Tokens::read(text.as_bytes(), &Limits::default()).err().unwrap();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
