//! A folder of a relay, its commands, and a relay that runs in it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::client::Client;
use crate::upstream::Upstream;

/// A secret with what has to be escaped somewhere.
pub const SECRET: &str = "sk-\"Very&Secret\\/key+1<2>'";
pub const SIGNING: &str = "another-secret-for-signatures";

/// A folder, removed at the end of its test.
pub struct Place {
    pub folder: PathBuf,
    pub upstream: Upstream,
}

impl Place {
    /// With an upstream, a secret for it and one for signatures, and the routes of these tests.
    pub fn new(name: &str) -> Place {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("cu-relay-{name}-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let place = Place { folder, upstream: Upstream::start() };
        place.done(&["init"]);
        let url = format!("http://{}/v1", place.upstream.address);
        place.put(&["secret", "model", "--to", &url, "--header", "authorization", "--prefix", "Bearer "], SECRET);
        place.put(&["secret", "tickets", "--sign"], SIGNING);
        place.done(&["routes", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/relay/routes")]);
        place
    }

    /// A key that may ask, with these limits.
    pub fn key(&self, name: &str, limits: &[&str]) -> Client {
        let client = Client::new(name);
        let public = client.public();
        self.done(&[&["key", name, public.as_str()], limits].concat());
        client
    }

    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relay"));
        command.args(words).current_dir(&self.folder);
        command
    }

    /// Runs a command with standard input.
    pub fn run(&self, words: &[&str], input: &str) -> Output {
        let mut command = self.command(words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A command that reads nothing closes it.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub fn put(&self, words: &[&str], input: &str) -> String {
        let output = self.run(words, input);
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn done(&self, words: &[&str]) -> String {
        self.put(words, "")
    }

    /// What a command that fails says.
    pub fn fails(&self, words: &[&str], input: &str) -> String {
        let output = self.run(words, input);
        assert!(!output.status.success(), "{words:?}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// A relay that answers requests.
    pub fn serve(&self, words: &[&str]) -> Relay {
        self.serve_with(words, |_| ())
    }

    /// The same, with what else the process is to have.
    pub fn serve_with(&self, words: &[&str], change: impl FnOnce(&mut Command)) -> Relay {
        let log = std::fs::File::options().append(true).create(true).open(self.folder.join("log")).unwrap();
        let own = ["serve", "--listen", "127.0.0.1:0", "--audit", "audit.jsonl"];
        let mut command = self.command(&[&own, words].concat());
        change(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| panic!("'{line}' {}", self.log()));
        Relay { address, child, out }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    pub fn audit(&self) -> String {
        std::fs::read_to_string(self.folder.join("audit.jsonl")).unwrap_or_default()
    }

    /// Accounts and counts of refusals, of a relay that does not run.
    pub fn accounts(&self) -> Json {
        serde_json::from_str(&self.done(&["accounts"])).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

/// A relay that runs, until this is dropped.
pub struct Relay {
    pub address: SocketAddr,
    pub child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Relay {
    pub fn signal(&self, name: &str) {
        let done = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status().unwrap();
        assert!(done.success());
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends it in order.
    pub fn end(mut self) -> String {
        self.signal("TERM");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        assert!(self.child.wait().unwrap().success());
        rest
    }

    /// Bytes of memory that it has.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until something is so.
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !is_so() {
        assert!(Instant::now() < end, "it never happened that {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// All bytes of all files of a folder.
pub fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes.extend(bytes_below(&path));
        } else {
            bytes.extend(std::fs::read(path).unwrap());
        }
    }
    bytes
}
