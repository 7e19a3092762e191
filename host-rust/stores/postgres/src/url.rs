//! What a URL says: `postgres://user:password@host:port/database?namespace=shop&wait=5`.
//!
//! Invariant: no error has the password in it.

use std::fmt::{self, Display, Formatter};
use std::path::PathBuf;
use std::time::Duration;

use cu_host::store::STORE_FAILED;
use cu_host::{StoreError, Wait};
use cu_remote::RemoteOptions;
use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::Host;

use crate::failure::text;

/// Longest name of a namespace, in bytes: it is in each row and each entry of an index.
pub const NAMESPACE_BYTES: usize = 255;

/// The port of PostgreSQL's clients.
const PORT: u16 = 5432;

/// Where a store is, and how it behaves.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Server, user, database, TLS.
    pub config: Config,
    /// Which of the stores in the database.
    pub namespace: String,
    /// Waiting, connecting again, and memory.
    pub remote: RemoteOptions,
    /// How long the server lets an instance that does nothing keep its turn: one whose process stands still, for example.
    pub idle: Duration,
    /// A file of certificates, one of which signed the server's; the system's are trusted, too.
    pub certificates: Option<PathBuf>,
}

impl PostgresOptions {
    /// The default options over a server.
    pub fn new(config: Config, namespace: impl Into<String>) -> Result<PostgresOptions, StoreError> {
        let namespace = namespace.into();
        check_name(&namespace)?;
        let (remote, idle) = (RemoteOptions::default(), Duration::from_secs(60));
        Ok(PostgresOptions { config, namespace, remote, idle, certificates: None })
    }

    /// What a URL says. Beside what PostgreSQL's own URLs have there are `namespace` (`default`), `wait` for other instances and
    /// `reconnect`, in seconds, `idle`, in seconds, `cache`, in bytes, and `sslrootcert`, a file.
    pub fn from_url(url: &str) -> Result<PostgresOptions, StoreError> {
        let (server, query) = url.split_once('?').unwrap_or((url, ""));
        let mut own = Vec::new();
        let mut others = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "namespace" | "wait" | "reconnect" | "idle" | "cache" | "sslrootcert" => {
                    if own.iter().any(|(given, _)| *given == name) {
                        return Err(wrong(format!("the URL of a database has {name} more than once")));
                    }
                    own.push((name, decoded(value)?));
                }
                _ => others.push(pair),
            }
        }
        let config = format!("{server}?{}", others.join("&")).parse::<Config>();
        let config = config
            .map_err(|error| wrong(format!("the URL of a database is wrong: {}", text(&error))).caused_by(error))?;
        let namespace = own.iter().find(|(name, _)| *name == "namespace").map_or("default", |(_, value)| value);
        let mut options = PostgresOptions::new(config, namespace)?;
        for (name, value) in &own {
            match *name {
                "wait" => options.remote.wait = Wait::AtMost(seconds(name, value)?),
                "reconnect" => options.remote.reconnect = seconds(name, value)?,
                "idle" => options.idle = seconds(name, value)?,
                "cache" => {
                    let bytes = value.parse().map_err(|_| wrong(format!("cache is a number of bytes, not '{value}'")));
                    options.remote.cache = bytes?;
                }
                "sslrootcert" => options.certificates = Some(value.into()),
                _ => {}
            }
        }
        Ok(options)
    }
}

/// The server as people read it, without user and password.
impl Display for PostgresOptions {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let ports = self.config.get_ports();
        let port = |number: usize| ports.get(number).or(ports.first()).unwrap_or(&PORT);
        let hosts = self.config.get_hosts().iter().enumerate().map(|(number, host)| match host {
            Host::Tcp(name) => format!("{name}:{}", port(number)),
            #[cfg(unix)]
            Host::Unix(folder) => folder.display().to_string(),
        });
        let hosts: Vec<_> = hosts.collect();
        write!(out, "PostgreSQL at {}", hosts.join(", "))?;
        self.config.get_dbname().map_or(Ok(()), |database| write!(out, ", database {database}"))
    }
}

/// Refuses what is no name of a namespace.
pub(crate) fn check_name(name: &str) -> Result<(), StoreError> {
    let length = name.len();
    if (1..=NAMESPACE_BYTES).contains(&length) && !name.contains('\0') {
        return Ok(());
    }
    Err(wrong(format!("a namespace has 1 to {NAMESPACE_BYTES} bytes and no zero, not {length} bytes")))
}

fn decoded(value: &str) -> Result<String, StoreError> {
    let text = percent_decode_str(value).decode_utf8();
    Ok(text.map_err(|error| wrong(format!("'{value}' is no text: {error}")))?.into_owned())
}

/// The longest time that a server understands, in seconds: its numbers are milliseconds of 31 bits.
const MOST_SECONDS: f64 = 2_000_000.0;

fn seconds(name: &str, value: &str) -> Result<Duration, StoreError> {
    let number = value.parse().ok().filter(|number| (0.0..=MOST_SECONDS).contains(number));
    let number =
        number.ok_or_else(|| wrong(format!("{name} is a number of seconds from 0 to {MOST_SECONDS}, not '{value}'")));
    Ok(Duration::from_secs_f64(number?))
}

fn wrong(message: String) -> StoreError {
    StoreError::new(STORE_FAILED, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_says_where_a_store_is_and_how_it_behaves() {
        let url = "postgres://me:secret@db:5433/app?sslmode=require&namespace=a%20b&wait=1.5&idle=7&sslrootcert=/x.pem";
        let options = PostgresOptions::from_url(url).unwrap();
        assert_eq!((options.config.get_user(), options.config.get_dbname()), (Some("me"), Some("app")));
        assert_eq!((options.namespace.as_str(), options.idle), ("a b", Duration::from_secs(7)));
        assert_eq!(options.remote.wait, Wait::AtMost(Duration::from_millis(1500)));
        assert_eq!(options.certificates, Some("/x.pem".into()));
        assert_eq!(PostgresOptions::from_url("postgres://h/d").unwrap().namespace, "default");
    }

    #[test]
    fn a_wrong_url_is_an_error_without_its_password() {
        let long = "n".repeat(256);
        for (query, problem) in [
            ("namespace=", "1 to 255 bytes"),
            (&*format!("namespace={long}"), "not 256 bytes"),
            ("namespace=a%00", "no zero"),
            ("namespace=%ff", "is no text"),
            ("wait=soon", "not 'soon'"),
            ("wait=-1", "not '-1'"),
            ("idle=1e99", "not '1e99'"),
            ("cache=all", "not 'all'"),
            ("colour=red", "colour"),
            ("namespace=a&namespace=b", "namespace more than once"),
        ] {
            let error =
                PostgresOptions::from_url(&format!("postgres://me:secret@h/d?{query}")).unwrap_err().to_string();
            assert!(error.contains(problem) && !error.contains("secret"), "{query}: {error}");
        }
    }
}
