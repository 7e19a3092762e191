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
#[cfg(feature = "redb")]
mod query;
mod repl;
mod run;
#[cfg(feature = "redb")]
mod transfer;

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn command(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cu"));
    command.args(words).stdin(Stdio::null());
    command
}

fn cu(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    command(words).output().unwrap()
}

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

/// Standard output, standard error and exit status.
fn texts(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[track_caller]
fn shows(output: &Output, expected: &str) {
    assert_eq!(texts(output), (expected.to_owned(), String::new(), Some(0)));
}

#[track_caller]
fn fails(output: &Output, status: i32, complaint: &str) {
    assert_eq!(texts(output), (String::new(), complaint.to_owned(), Some(status)));
}

#[track_caller]
fn is_wrong_usage(output: &Output, problem: &str) {
    let (shown, complaint, status) = texts(output);
    let (said, offered) = complaint.split_once("\nTry 'cu ").unwrap_or_else(|| panic!("{complaint}"));
    assert_eq!((shown.as_str(), said, status), ("", format!("cu: {problem}").as_str(), Some(2)));
    assert!(offered.ends_with("--help'.\n"), "{offered}");
}
