//! The words of the command line.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cu_server::Limits;
use lexopt::prelude::*;

/// What `--help` shows.
pub const TEXT: &str = "\
Usage: cu-server [OPTION]...        serves homes over HTTP
       cu-server token              prints a new token, and its hash for the file of tokens

  --listen ADDRESS      address and port, 127.0.0.1:7357 by default; port 0 is any that is free
  --homes FOLDER        keeps each home in a file of that folder; without it, homes are in memory
  --tokens FILE         answers only who has a token of that file
  --audit FILE          writes there what has to be accounted for
  --threads N           scripts that run at a time, 16 by default
  --open-homes N        homes that stay open, 10,000 by default
  --idle SECONDS        time that a home stays open without a request, 300 by default
  --keep-changes        a script that fails keeps what it has changed so far
Limits of each tenant, where its token says nothing else:
  --instructions N      instructions of a request, 1,000,000,000 by default
  --memory BYTES        memory that scripts of a home may use
  --time MS             time of a request, 10,000 by default
  --wait MS             time that it waits for its turn, 10,000 by default
  --body BYTES          length of its body, 1,048,576 by default
  --output BYTES        printed text in its answer, 1,048,576 by default
  --entries N           entries of tables in its answer, 10,000 by default
  --rate N              requests in a second
  --concurrency N       requests at a time, 1,000 by default
";

pub enum Asked {
    Serve(Box<Serve>),
    Token,
    Help,
}

pub struct Serve {
    pub listen: SocketAddr,
    pub folder: Option<PathBuf>,
    pub tokens: Option<PathBuf>,
    pub audit: Option<PathBuf>,
    pub threads: Option<usize>,
    pub open: usize,
    pub idle: Duration,
    pub atomic: bool,
    pub limits: Limits,
}

pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Asked, lexopt::Error> {
    let mut serve = Serve {
        listen: SocketAddr::from(([127, 0, 0, 1], 7357)),
        folder: None,
        tokens: None,
        audit: None,
        threads: None,
        open: 10_000,
        idle: Duration::from_secs(300),
        atomic: true,
        limits: Limits::of_server(),
    };
    let mut parser = lexopt::Parser::from_args(words);
    let limits = &mut serve.limits;
    while let Some(word) = parser.next()? {
        match word {
            Long("help") | Short('h') => return Ok(Asked::Help),
            Value(word) if word == "token" => return Ok(Asked::Token),
            Long("listen") => serve.listen = parser.value()?.parse()?,
            Long("homes") => serve.folder = Some(parser.value()?.into()),
            Long("tokens") => serve.tokens = Some(parser.value()?.into()),
            Long("audit") => serve.audit = Some(parser.value()?.into()),
            Long("threads") => serve.threads = Some(parser.value()?.parse()?),
            Long("open-homes") => serve.open = parser.value()?.parse()?,
            Long("idle") => serve.idle = Duration::from_secs(parser.value()?.parse()?),
            Long("keep-changes") => serve.atomic = false,
            Long("instructions") => limits.instructions = Some(parser.value()?.parse()?),
            Long("memory") => limits.memory = Some(parser.value()?.parse()?),
            Long("time") => limits.time = Some(parser.value()?.parse()?),
            Long("wait") => limits.wait = Some(parser.value()?.parse()?),
            Long("body") => limits.body = Some(parser.value()?.parse()?),
            Long("output") => limits.output = Some(parser.value()?.parse()?),
            Long("entries") => limits.entries = Some(parser.value()?.parse()?),
            Long("rate") => limits.rate = Some(parser.value()?.parse()?),
            Long("concurrency") => limits.concurrency = Some(parser.value()?.parse()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Asked::Serve(Box::new(serve)))
}
