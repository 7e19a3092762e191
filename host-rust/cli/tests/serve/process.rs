//! A process of `cu serve`, which is killed when this is dropped.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};

use crate::client::Client;

pub struct Serving {
    process: Child,
    out: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl Serving {
    /// Serves on a free port.
    pub fn start(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Serving {
        Serving::of(command(words))
    }

    pub fn of(mut command: Command) -> Serving {
        let mut process = command.args(["--listen", "0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Serving { process, out, address }
    }

    pub fn client(&self) -> Client {
        Client::new(self.address)
    }

    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// What it said after its address, and how it ended.
    pub fn wait(&mut self) -> (String, ExitStatus) {
        let mut said = String::new();
        self.out.read_to_string(&mut said).unwrap();
        (said, self.process.wait().unwrap())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn command(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cu"));
    command.arg("serve").args(words).stdin(Stdio::null());
    command
}

/// Another command of cu.
pub fn cu(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cu")).args(words).stdin(Stdio::null()).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
