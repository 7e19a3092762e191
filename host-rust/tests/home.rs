//! The option `--home` of the command line: what is kept, and how it is refused.
#![cfg(feature = "redb")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of this test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cu-home-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn cu(words: &[&str], home: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cu")).args(words).arg("--home").arg(home).output().unwrap()
}

/// What a run shows, and what it complains about.
fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[track_caller]
fn shows(output: &Output, expected: &str) {
    assert_eq!((texts(output), output.status.code()), ((expected.to_owned(), String::new()), Some(0)));
}

#[test]
fn home_is_kept_from_run_to_run() {
    let folder = Folder::new("kept");
    let (home, script) = (folder.file("home.redb"), folder.file("count.lua"));
    std::fs::write(&script, "_home.counter = (_home.counter or 0) + 1 return _home.counter").unwrap();
    for run in 1..=4 {
        shows(&cu(&["run", script.to_str().unwrap()], &home), &format!("{run}\n"));
    }
    shows(&cu(&["eval", "return _home.counter"], &home), "4\n");
    shows(&cu(&["eval", "return type(_home.counter)"], &folder.file("other.redb")), "nil\n");
}

#[test]
fn a_run_that_fails_keeps_what_came_before_the_error() {
    let folder = Folder::new("failed");
    let home = folder.file("home.redb");
    let failed = cu(&["eval", "_home.before = { x = 1 } error('no') _home.after = 1"], &home);
    assert_eq!(failed.status.code(), Some(1));
    assert!(texts(&failed).1.contains("no"));
    shows(&cu(&["eval", "return _home.before.x, _home.after"], &home), "1\nnil\n");
}

#[test]
fn io_begins_empty() {
    let folder = Folder::new("io");
    let home = folder.file("home.redb");
    shows(&cu(&["eval", "_io.output = 'x' return ('x'):rep(70000)"], &home), &("x".repeat(70_000) + "\n"));
    shows(&cu(&["eval", "return ext.size(_io)"], &home), "0\n");
}

#[test]
fn a_file_that_cannot_be_opened_is_named_with_the_cause() {
    let folder = Folder::new("refused");
    let text = folder.file("text.redb");
    std::fs::write(&text, "this is no database, but it is as long as a header: ".repeat(100)).unwrap();
    for (home, cause) in [
        (folder.0.clone(), "directory"),
        (folder.file("no/home.redb"), "No such file"),
        (text, "it is no redb database"),
    ] {
        let output = cu(&["eval", "return 1"], &home);
        let (shown, complaint) = texts(&output);
        assert_eq!((shown.as_str(), output.status.code()), ("", Some(1)));
        let named = format!("cu: cannot open {}: ", home.display());
        assert!(complaint.starts_with(&named) && complaint.contains(cause), "{complaint}");
    }
    assert!(std::fs::read(folder.file("text.redb")).unwrap().starts_with(b"this is no database"));
    let usage = Command::new(env!("CARGO_BIN_EXE_cu")).args(["bench-worker", "--home", "x"]).output().unwrap();
    assert_eq!(usage.status.code(), Some(2));
}

#[test]
fn a_second_process_is_refused_while_the_first_has_the_file_open() {
    let folder = Folder::new("shared");
    let home = folder.file("home.redb");
    let first = cu_host::RedbStore::open(&home).unwrap();
    let (_, complaint) = texts(&cu(&["eval", "return 1"], &home));
    assert_eq!(complaint, format!("cu: cannot open {}: another process has it open\n", home.display()));
    drop(first);
    shows(&cu(&["eval", "return 1"], &home), "1\n");
}
