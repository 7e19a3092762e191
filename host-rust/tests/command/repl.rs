//! `cu repl` from a pipe, and on a terminal that `script` of util-linux makes.

#[cfg(feature = "redb")]
use super::shows;
use super::{cu, cu_reads, is_wrong_usage, texts};
#[cfg(any(feature = "redb", feature = "line-editor"))]
use crate::folder::Folder;

fn repl(input: &str) -> (String, String, Option<i32>) {
    texts(&cu_reads(["repl"], input.as_bytes()))
}

#[test]
fn inputs_are_run_one_after_another() {
    let shows = |input: &str, expected: &str| assert_eq!(repl(input), (expected.to_owned(), String::new(), Some(0)));
    shows("", "");
    shows("1 + 1\n", "2\n");
    shows("x = 6\nx * 7, 'a\\n', nil, { k = 1.5 }\n", "42\n\"a\\n\"\nnil\n{k = 1.5}\n");
    // What is not complete goes on, and the last line needs no end.
    shows("for i = 1, 2 do\n  print(i)\nend\nf = function()\n\n  return [[\n.exit\n]]\nend f()", "1\n2\n");
    shows("local n = 1\nn\nreturn 1, 2", "1\n2\n");
    shows("1\n.exit\n2\n", "1\n");
    shows("_home.t = { 1 }\n_home.t\n", "{1}\n");
    let (shown, _, status) = repl(".help\n");
    assert!(shown.contains("  .exit ") && status == Some(0), "{shown}");
}

#[test]
fn an_input_that_fails_does_not_end_the_others() {
    let (shown, complaint, status) = repl("1\nnope()\n2\n=\n.nope\nfunction f(\n");
    assert_eq!((shown.as_str(), status), ("1\n2\n", Some(1)));
    for part in [
        "cu: repl:1: attempt to call a nil value (global 'nope')\n  1 | nope()\n    | ^^^^\nstack traceback:\n\trepl:1: in main chunk\n",
        "cu: repl:1: unexpected symbol near '='\n",
        "there is no .nope; .help says what there is\n",
        "near <eof>\n",
    ] {
        assert!(complaint.contains(part), "{complaint}");
    }
    // Output is shown when it is printed, and so before the error.
    let (shown, complaint, _) =
        texts(&cu_reads(["repl", "--instructions", "100000"], b"print('a') while true do end\n1\n"));
    assert!(shown == "a\n1\n" && complaint.contains("100000"), "{complaint}");
    let (shown, ..) = texts(&cu_reads(["repl", "--json"], b"1.0, { 1, 'x' }\n"));
    assert_eq!(shown, "1.0\n[1,\"x\"]\n");
    is_wrong_usage(&cu(["repl", "x"]), "unexpected argument 'x'");
    is_wrong_usage(&cu(["repl", "--record", "x"]), "repl takes no --record");
}

#[cfg(feature = "redb")]
#[test]
fn what_is_in_the_home_is_kept() {
    let folder = Folder::new("repl-home");
    let home = folder.file("home.redb");
    shows(&cu_reads(["repl", "--home", &home], b"_home.n = 1\n_home.n = _home.n + 1\n"), "");
    shows(&cu(["eval", "return _home.n", "--home", &home]), "2\n");
    let (_, complaint, status) = texts(&cu_reads(["repl", "--home", &home, "--read-only"], b"_home.n = 3\n_home.n\n"));
    assert!(complaint.contains("read-only") && status == Some(1), "{complaint}");
    let atomic = ["repl", "--home", &home, "--atomic"];
    assert_eq!(texts(&cu_reads(atomic, b"_home.n = 3 error('no')\n")).2, Some(1));
    shows(&cu(["eval", "return _home.n", "--home", &home]), "2\n");
}

/// Keys are sent one after another, as a person would; `None` where there is no `script`.
#[cfg(all(target_os = "linux", feature = "line-editor"))]
fn typed(folder: &Folder, words: &str, keys: &[(&str, u64)]) -> Option<String> {
    use std::io::Write;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    let line = format!("{} repl {words}", env!("CARGO_BIN_EXE_cu"));
    let mut child = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .env("TERM", "xterm")
        .env("XDG_STATE_HOME", &folder.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take().unwrap();
    // The program starts.
    std::thread::sleep(Duration::from_millis(1500));
    for (keys, wait) in keys {
        input.write_all(keys.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(*wait));
    }
    let output = child.wait_with_output().unwrap();
    drop(input);
    assert_eq!(output.status.code(), Some(0));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(all(target_os = "linux", feature = "line-editor"))]
#[test]
fn on_a_terminal_lines_are_edited_completed_and_remembered() {
    let folder = Folder::new("repl-terminal");
    let keys = [
        ("_home.total_of_all = 20\r", 300),
        ("_home.total_\t + 22\r", 500),
        ("string.rever\t('ab') .. 'c'\r", 500),
        ("for i = 1, 2 do\r", 300),
        ("print('line', i) end\r", 300),
        ("while true do end\r", 1500),
        ("\u{3}", 500),
        ("unfinished(\u{3}", 300),
        ("6 * 111\r", 300),
        ("\u{1b}[A\r", 300),
        (".exit\r", 300),
    ];
    let Some(shown) = typed(&folder, "", &keys) else { return };
    for part in [
        "\u{1b}[36m42\u{1b}[0m",
        "\u{1b}[32m\"bac\"\u{1b}[0m",
        "line\t2",
        "interrupted by the host",
        "\u{1b}[36m666\u{1b}[0m",
    ] {
        assert!(shown.contains(part), "{part:?} in {shown}");
    }
    assert_eq!(shown.matches("\u{1b}[36m666\u{1b}[0m").count(), 2, "{shown}");
    let history = std::fs::read_to_string(folder.0.join("cu/history")).unwrap();
    assert!(history.contains("_home.total_of_all + 22\n") && history.contains("6 * 111"), "{history}");
}

#[cfg(all(target_os = "linux", feature = "line-editor", feature = "redb", feature = "encryption"))]
#[test]
fn what_is_typed_into_an_encrypted_home_is_in_no_history() {
    let folder = Folder::new("repl-secret");
    let (key, home) = (folder.file("key"), folder.file("home.redb"));
    assert_eq!(cu(["key", &key]).status.code(), Some(0));
    let keys = [("_home.secret = 1\r", 300), (".exit\r", 300)];
    let Some(_) = typed(&folder, &format!("--home {home} --key-file {key}"), &keys) else { return };
    assert!(!folder.0.join("cu/history").exists());
}
