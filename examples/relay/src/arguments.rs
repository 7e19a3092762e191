//! The command line.
//!
//! Invariant: no secret is an argument: others can read those of a process.

use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use hyper::Uri;
use hyper::header::HeaderName;
use lexopt::prelude::*;

use crate::ask::Ask;
use crate::relay::Bounds;
use crate::serve::Serve;
use crate::upstream::checked_upstream;
use crate::vault::{Limits, Use, is_name};

pub const TEXT: &str = "usage: relay COMMAND [--place FOLDER] [--key-file FILE]

  init                      make the folder, and a new key in the key file
  pair FILE                 make a key pair: the private key goes into the file, the public one is printed
  key NAME PUBLIC [LIMITS]  let this key ask, or change its limits; --admin: it may see all accounts
  key NAME --remove
  secret NAME --to URL --header NAME [--prefix TEXT] < FILE
                            keep a secret, for a header of requests to that upstream
  secret NAME --sign < FILE keep a secret, for signatures
  secret NAME --remove
  list                      show keys, secrets and routes
  routes FOLDER             install the routes of a folder, in place of those that were there
  serve                     answer requests
  rekey FILE                encrypt everything with another key, which is made if the file is missing
  accounts                  show what keys have used; a relay that runs answers /relay/accounts
  ask KEY METHOD URL --private FILE [--name NAME] [--body < FILE]
                            sign a request and send it

FOLDER is relay-data and FILE relay.key unless you say so. A relay that runs reads keys, secrets and routes again when it
gets SIGHUP.

LIMITS, each a number: --requests, --instructions, --bytes, --calls in all; --rate a minute; --at-once

serve:
  --listen ADDRESS     127.0.0.1:7358
  --name NAME          the name of the relay, which clients sign; relay
  --skew SECONDS       how far clocks may differ; 60
  --time SECONDS       of one request; 60
  --silence SECONDS    of an upstream; 20
  --instructions N     of one request; 10000000
  --body BYTES         of a request; 262144
  --answer BYTES       of an answer; 67108864
  --threads N          for scripts; as many as processors
  --running N          requests at a time; 500
  --grace SECONDS      for requests that have begun, when the relay is to end; 10
  --audit FILE         write who asked for what
";

/// What is asked for.
pub enum Asked {
    Help,
    Init,
    Pair(PathBuf),
    Key { name: String, public: String, limits: Limits, is_admin: bool },
    RemoveKey(String),
    Secret { name: String, purpose: Use },
    RemoveSecret(String),
    List,
    Routes(PathBuf),
    Serve(Serve),
    Accounts,
    Rekey(PathBuf),
    Ask { private: PathBuf, ask: Ask },
}

/// What is asked for, and where.
pub struct Arguments {
    pub asked: Asked,
    pub place: PathBuf,
    pub key_file: PathBuf,
}

/// The longest time, in seconds.
const YEAR: u64 = 366 * 24 * 60 * 60;

/// Options with values and flags, as they are found.
#[derive(Default)]
struct Found {
    operands: Vec<OsString>,
    values: Vec<(String, OsString)>,
    flags: Vec<String>,
}

const FLAGS: [&str; 5] = ["help", "admin", "remove", "sign", "body"];

/// Options of each command, beside those of all.
fn options(command: &str) -> &'static [&'static str] {
    match command {
        "key" => &["requests", "instructions", "bytes", "calls", "rate", "at-once", "admin", "remove"],
        "secret" => &["to", "header", "prefix", "sign", "remove"],
        "serve" => &[
            "listen",
            "name",
            "skew",
            "time",
            "silence",
            "instructions",
            "body",
            "answer",
            "threads",
            "running",
            "grace",
            "audit",
        ],
        "ask" => &["private", "name", "body"],
        _ => &[],
    }
}

/// Reads the command line, without the name of the program.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Arguments, String> {
    let mut parser = lexopt::Parser::from_args(words);
    let mut found = Found::default();
    let mut command = None;
    while let Some(argument) = parser.next().map_err(|error| error.to_string())? {
        match argument {
            Long(name) => {
                let name = name.to_owned();
                let own = command.as_deref().map_or(&[][..], options);
                if !["help", "place", "key-file"].contains(&&*name) && !own.contains(&&*name) {
                    return Err(format!("there is no option --{name} here"));
                }
                // `serve --body` has a number.
                if FLAGS.contains(&&*name) && (name != "body" || command.as_deref() == Some("ask")) {
                    found.flags.push(name);
                } else {
                    found.values.push((name, parser.value().map_err(|error| error.to_string())?));
                }
            }
            Value(word) if command.is_none() => command = Some(word.to_string_lossy().into_owned()),
            Value(word) => found.operands.push(word),
            Short(letter) => return Err(format!("there is no option -{letter}")),
        }
    }
    let place = found.value("place").map_or_else(|| "relay-data".into(), PathBuf::from);
    let key_file = found.value("key-file").map_or_else(|| "relay.key".into(), PathBuf::from);
    let command = if found.flag("help") { None } else { command };
    let asked = match command.as_deref() {
        None => Asked::Help,
        Some(command) => {
            let asked = found.asked(command)?;
            if let Some(word) = found.operands.first() {
                return Err(format!("'{}' is one word too many", word.to_string_lossy()));
            }
            asked
        }
    };
    Ok(Arguments { asked, place, key_file })
}

impl Found {
    fn asked(&mut self, command: &str) -> Result<Asked, String> {
        Ok(match command {
            "init" => Asked::Init,
            "pair" => Asked::Pair(self.operand("FILE")?.into()),
            "key" => {
                let name = self.name()?;
                if self.flag("remove") {
                    return Ok(Asked::RemoveKey(name));
                }
                let mut limits = Limits::default();
                for (field, number) in limits.fields() {
                    *number = self.number(&field.replace('_', "-"))?;
                }
                Asked::Key { name, public: self.text("PUBLIC")?, limits, is_admin: self.flag("admin") }
            }
            "secret" => {
                let name = self.name()?;
                if self.flag("remove") {
                    return Ok(Asked::RemoveSecret(name));
                }
                Asked::Secret { name, purpose: self.purpose()? }
            }
            "list" => Asked::List,
            "routes" => Asked::Routes(self.operand("FOLDER")?.into()),
            "serve" => Asked::Serve(self.serve()?),
            "accounts" => Asked::Accounts,
            "rekey" => Asked::Rekey(self.operand("FILE")?.into()),
            "ask" => {
                let private = self.value("private").ok_or("--private FILE is wanted: the private key")?.into();
                let (key, method, url) = (self.text("KEY")?, self.text("METHOD")?, self.text("URL")?);
                let relay = self.string("name")?.unwrap_or_else(|| "relay".into());
                Asked::Ask { private, ask: Ask { relay, key, method, url, has_body: self.flag("body") } }
            }
            other => return Err(format!("there is no command '{other}'")),
        })
    }

    fn purpose(&self) -> Result<Use, String> {
        if self.flag("sign") {
            return Ok(Use::Sign);
        }
        let upstream: Uri = checked_upstream(&self.string("to")?.ok_or("--to URL is wanted, or --sign")?)?;
        let header = self.string("header")?.ok_or("--header NAME is wanted")?;
        let header: HeaderName = header.parse().map_err(|_| format!("'{header}' is no name of a header"))?;
        Ok(Use::Header { upstream, header, prefix: self.string("prefix")?.unwrap_or_default() })
    }

    fn serve(&self) -> Result<Serve, String> {
        let listen = self.string("listen")?.unwrap_or_else(|| "127.0.0.1:7358".into());
        let seconds = |name, otherwise| self.within(name, otherwise, 1..=YEAR).map(Duration::from_secs);
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Serve {
            listen: listen.parse().map_err(|_| format!("'{listen}' is no address with a port"))?,
            name: self.string("name")?.unwrap_or_else(|| "relay".into()),
            skew: self.number("skew")?.unwrap_or(60),
            bounds: Bounds {
                time: seconds("time", 60)?,
                silence: seconds("silence", 20)?,
                instructions: self.number("instructions")?.unwrap_or(10_000_000),
                body: self.number("body")?.unwrap_or(256 * 1024),
                answer: self.number("answer")?.unwrap_or(64 * 1024 * 1024),
            },
            threads: self.within("threads", cores as u64, 1..=1024)? as usize,
            running: self.within("running", 500, 1..=1_000_000)? as usize,
            grace: seconds("grace", 10)?,
            audit: self.value("audit").map(PathBuf::from),
        })
    }

    fn flag(&self, name: &str) -> bool {
        self.flags.iter().any(|flag| flag == name)
    }

    /// The last one counts.
    fn value(&self, name: &str) -> Option<&OsString> {
        self.values.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    fn string(&self, name: &str) -> Result<Option<String>, String> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.to_str().map(|text| Some(text.to_owned())).ok_or_else(|| format!("--{name} is no text"))
    }

    fn number(&self, name: &str) -> Result<Option<u64>, String> {
        let Some(text) = self.string(name)? else { return Ok(None) };
        // What a number of Lua holds.
        let number = text.parse().ok().filter(|number| *number <= i64::MAX as u64);
        number.map(Some).ok_or_else(|| format!("--{name} is '{text}'; wanted is a number, {} at most", i64::MAX))
    }

    fn within(&self, name: &str, otherwise: u64, range: RangeInclusive<u64>) -> Result<u64, String> {
        let number = self.number(name)?.unwrap_or(otherwise);
        let (least, most) = (range.start(), range.end());
        if range.contains(&number) {
            Ok(number)
        } else {
            Err(format!("--{name} is {number}; wanted is {least} to {most}"))
        }
    }

    fn operand(&mut self, what: &str) -> Result<OsString, String> {
        if self.operands.is_empty() { Err(format!("{what} is missing")) } else { Ok(self.operands.remove(0)) }
    }

    fn text(&mut self, what: &str) -> Result<String, String> {
        self.operand(what)?.into_string().map_err(|_| format!("{what} is no text"))
    }

    fn name(&mut self) -> Result<String, String> {
        let name = self.text("NAME")?;
        let wanted = "1 to 64 small letters, digits, - and _";
        if is_name(&name) { Ok(name) } else { Err(format!("'{name}' is no name: wanted are {wanted}")) }
    }
}
