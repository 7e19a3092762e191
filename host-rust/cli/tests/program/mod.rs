//! The program `cu`, and what a run of it shows.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::ffi::OsStr;
use std::process::{Command, Output, Stdio};

pub fn command(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cu"));
    command.args(words).stdin(Stdio::null());
    command
}

pub fn cu(words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    command(words).output().unwrap()
}

/// Standard output, standard error and exit status.
pub fn texts(output: &Output) -> (String, String, Option<i32>) {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

#[track_caller]
pub fn shows(output: &Output, expected: &str) {
    assert_eq!(texts(output), (expected.to_owned(), String::new(), Some(0)));
}

#[track_caller]
pub fn is_wrong_usage(output: &Output, problem: &str) {
    let (shown, complaint, status) = texts(output);
    let (said, offered) = complaint.split_once("\nTry 'cu ").unwrap_or_else(|| panic!("{complaint}"));
    assert_eq!((shown.as_str(), said, status), ("", format!("cu: {problem}").as_str(), Some(2)));
    assert!(offered.ends_with("--help'.\n"), "{offered}");
}
