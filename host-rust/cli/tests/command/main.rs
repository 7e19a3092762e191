//! The command line as a person or a shell script uses it: what each command shows, and how it fails.

mod bench;
#[cfg(unix)]
mod files;
#[path = "../../../testkit/src/folder.rs"]
mod folder;
mod help;
#[cfg(feature = "redb")]
mod inspect;
#[cfg(feature = "redb")]
mod migrate;
#[path = "../program/mod.rs"]
mod program;
#[cfg(feature = "redb")]
mod query;
mod repl;
mod run;
#[cfg(feature = "redb")]
mod transfer;
#[cfg(feature = "redb")]
mod transfer_objects;

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use program::{command, cu, is_wrong_usage, shows, texts};

/// The same with standard input.
fn cu_reads(words: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &[u8]) -> Output {
    let streams = |command: &mut Command| {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let mut child = streams(&mut command(words));
    let mut pipe = child.stdin.take().unwrap();
    std::thread::scope(|threads| {
        // A command that fails early does not read.
        threads.spawn(move || pipe.write_all(input));
        child.wait_with_output().unwrap()
    })
}

#[track_caller]
fn fails(output: &Output, status: i32, complaint: &str) {
    assert_eq!(texts(output), (String::new(), complaint.to_owned(), Some(status)));
}
