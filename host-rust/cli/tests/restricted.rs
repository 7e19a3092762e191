//! The options `--atomic`, `--read-only`, `--protect`, `--hide`, `--forbid` and `--audit` of the command line.

#[path = "../../testkit/src/folder.rs"]
mod folder;

use std::process::{Command, Output};

use folder::Folder;

fn cu(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cu")).args(words).output().unwrap()
}

/// Standard output of a run, the first line of its complaint, and its exit status.
fn shown_by(output: &Output) -> (String, String, Option<i32>) {
    let complaint = String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or_default().to_owned();
    (String::from_utf8_lossy(&output.stdout).into_owned(), complaint, output.status.code())
}

#[track_caller]
fn shows(words: &[&str], expected: &str) {
    assert_eq!(shown_by(&cu(words)), (expected.to_owned(), String::new(), Some(0)), "{words:?}");
}

#[track_caller]
fn refuses(words: &[&str], complaint: &str, status: i32) {
    assert_eq!(shown_by(&cu(words)), (String::new(), complaint.to_owned(), Some(status)), "{words:?}");
}

#[test]
#[cfg(feature = "redb")]
fn an_atomic_run_that_fails_changes_nothing() {
    let folder = Folder::new("atomic");
    let home = ["--home", &folder.file("home.redb")];
    let eval = |words: &[&'static str]| [&["eval"], words, &home].concat();
    shows(&eval(&["_home.n = 1"]), "");
    refuses(&eval(&["_home.n = 2 error('no', 0)", "--atomic"]), "cu: no", 1);
    shows(&eval(&["return _home.n", "--atomic"]), "1\n");
    refuses(&eval(&["_home.n = 2 error('no', 0)"]), "cu: no", 1);
    shows(&eval(&["return _home.n"]), "2\n");
    shows(&eval(&["--atomic", "_home.n = 3"]), "");
    shows(&eval(&["return _home.n"]), "3\n");
}

#[test]
#[cfg(feature = "redb")]
fn tables_are_read_only_or_hidden() {
    let folder = Folder::new("tables");
    let home = ["--home", &folder.file("home.redb")];
    let eval = |words: &[&'static str]| [&["eval"], words, &home].concat();
    shows(&eval(&["_home.prices = { apple = 3 } _home.secrets = { token = 't0p' }"]), "");
    let change = "_home.prices.apple = 4";
    let complaint = "cu: compute:1: key 'apple' of external table 3 may not be changed: it is read-only";
    refuses(&eval(&[change, "--protect", "_home.prices"]), complaint, 1);
    refuses(&eval(&[change, "--hide", "_home.secrets", "--protect=3"]), complaint, 1);
    let complaint = "cu: compute:1: key 'apple' of external table 3 may not be changed: this compute is read-only";
    refuses(&eval(&["--read-only", change]), complaint, 1);
    shows(&eval(&["--protect", "_home.prices", "return _home.prices.apple"]), "3\n");
    let both = "return _home.prices, _home.secrets";
    shows(&eval(&["--hide", "_home.secrets", "--hide", "_home.prices", both]), "nil\nnil\n");
    shows(&eval(&["_home.prices.apple = 5 return _home.prices.apple"]), "5\n");
    let new = folder.file("new.redb");
    shows(&["eval", "--read-only", "return next(_home)", "--home", &new], "");
    assert!(!std::path::Path::new(&new).exists(), "a file that is only read is not created");
}

#[test]
fn library_functions_are_forbidden() {
    let complaint = "cu: compute:1: string.rep may not be called: it is switched off";
    refuses(&["eval", "--forbid", "os", "--forbid", "string.rep", "return ('x'):rep(2)"], complaint, 1);
    refuses(&["eval", "--forbid", "_G", "print(1)"], "cu: compute:1: print may not be called: it is switched off", 1);
    shows(&["eval", "--forbid", "os", "return ('x'):rep(2)"], "xx\n");
}

#[test]
fn wrong_names_are_wrong_usage() {
    let complaint = "cu: --hide takes _home.name or the id of a table, not 'secrets'";
    refuses(&["eval", "return 1", "--hide", "secrets"], complaint, 2);
    let complaint = "cu: config.permissions: 'string.repp' is no library function and no library";
    refuses(&["eval", "return 1", "--forbid", "string.repp"], complaint, 2);
    refuses(&["eval", "return 1", "--audit"], "cu: --audit needs a value", 2);
}

#[test]
fn audit_events_are_added_to_a_file() {
    let folder = Folder::new("audit");
    let (log, script) = (folder.file("audit.jsonl"), folder.file("script.lua"));
    std::fs::write(&script, "pcall(os.clock) _home.f = function() end print('done')").unwrap();
    for _ in 0..2 {
        shows(&["run", &script, "--forbid", "os", "--audit", &log], "done\n");
    }
    let text = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let events: Vec<_> = lines.iter().map(|line| (&line["sequence"], &line["action"])).collect();
    let run = [(1, "permission_refused"), (2, "function_persisted")];
    assert_eq!(events.len(), 4);
    for (event, expected) in events.iter().zip(run.iter().chain(&run)) {
        assert_eq!((event.0.as_i64(), event.1.as_str()), (Some(expected.0), Some(expected.1)));
    }
    shows(&["eval", "return 1", "--audit", &folder.file("empty.jsonl")], "1\n");
    assert_eq!(std::fs::read(folder.file("empty.jsonl")).unwrap(), b"");
}

#[test]
fn a_log_that_cannot_be_opened_stops_the_run_before_it_begins() {
    let folder = Folder::new("unopened");
    let (missing, home) = (folder.file("no/audit.jsonl"), folder.file("home.redb"));
    let output = cu(&["eval", "print('ran')", "--audit", &missing, "--home", &home]);
    let (shown, complaint, status) = shown_by(&output);
    assert_eq!((shown.as_str(), status), ("", Some(3)));
    assert!(complaint.starts_with(&format!("cu: cannot open {missing}: ")), "{complaint}");
    assert!(!std::path::Path::new(&home).exists());
}

#[test]
#[cfg(target_os = "linux")]
fn a_log_that_cannot_be_written_fails_the_run_at_its_end() {
    let failure = "cu: an audit event was not written to /dev/full: No space left on device (os error 28)";
    let shown_for = |code| shown_by(&cu(&["eval", code, "--audit", "/dev/full"]));
    let code = "_home.f = function() end print('ran') return 1";
    assert_eq!(shown_for(code), ("ran\n1\n".to_owned(), failure.to_owned(), Some(3)));
    let output = cu(&["eval", "_home.f = function() end error('no', 0)", "--audit", "/dev/full"]);
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaints.starts_with(&format!("{failure}\ncu: no\n")), "{complaints}");
    assert_eq!(shown_for("return 1"), ("1\n".to_owned(), String::new(), Some(0)));
}
