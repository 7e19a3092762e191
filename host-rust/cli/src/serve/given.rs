//! What the command line says of a server.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use crate::usage::{Usage, number, seconds};

/// Options of `cu serve` that no other command has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    pub listen: Option<SocketAddr>,
    /// The file of tokens.
    pub tokens: Option<PathBuf>,
    pub threads: Option<usize>,
    /// How many homes stay open, and how long without a request.
    pub open_homes: Option<usize>,
    pub idle: Option<Duration>,
    /// A script that fails keeps what it has changed.
    pub keeps_changes: bool,
    pub body: Option<usize>,
    pub output: Option<u64>,
    pub entries: Option<usize>,
    pub rate: Option<f64>,
    pub concurrency: Option<usize>,
}

impl Given {
    /// The value of an option that is one of these.
    pub fn value(&mut self, name: &str, text: &str) -> Result<(), Usage> {
        match name {
            "--listen" => self.listen = Some(address(text)?),
            "--threads" => self.threads = Some(number(name, text, 1, 1_000)?),
            "--open-homes" => self.open_homes = Some(number(name, text, 1, 1_000_000)?),
            "--idle" => self.idle = Some(seconds(name, text)?),
            "--body" => self.body = Some(number(name, text, 1, usize::MAX / 2)?),
            "--output" => self.output = Some(number(name, text, 0, i64::MAX as u64)?),
            "--entries" => self.entries = Some(number(name, text, 0, usize::MAX / 2)?),
            "--rate" => self.rate = Some(rate(text)?),
            _ => self.concurrency = Some(number(name, text, 1, 1_000_000)?),
        }
        Ok(())
    }
}

/// An address with a port, or a port of this machine.
fn address(text: &str) -> Result<SocketAddr, Usage> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let wanted = || Usage(format!("--listen takes an address with a port, 127.0.0.1:7357, or a port, not '{text}'"));
    text.to_socket_addrs().ok().and_then(|mut found| found.next()).ok_or_else(wanted)
}

fn rate(text: &str) -> Result<f64, Usage> {
    let rate = text.parse().ok().filter(|rate: &f64| *rate > 0.0 && rate.is_finite());
    rate.ok_or_else(|| Usage(format!("--rate takes a number above 0, not '{text}'")))
}
