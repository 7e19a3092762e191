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

/// `cu repl` on a terminal, which `script` of util-linux makes.
#[cfg(all(target_os = "linux", feature = "line-editor"))]
struct Terminal {
    child: std::process::Child,
    input: std::process::ChildStdin,
    /// Pieces of what is shown.
    pieces: std::sync::mpsc::Receiver<Vec<u8>>,
    shown: String,
}

#[cfg(all(target_os = "linux", feature = "line-editor"))]
impl Terminal {
    /// `None` where there is no `script`.
    fn open(folder: &Folder, words: &str) -> Option<Terminal> {
        use std::io::Read;
        use std::process::{Command, Stdio};

        // A shell that stays would hear Ctrl-C, too.
        let line = format!("exec {} repl {words}", env!("CARGO_BIN_EXE_cu"));
        let mut child = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env("XDG_STATE_HOME", &folder.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let input = child.stdin.take().unwrap();
        let mut output = child.stdout.take().unwrap();
        let (sender, pieces) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(length @ 1..) = output.read(&mut piece) {
                let _ = sender.send(piece[..length].to_vec());
            }
        });
        let mut terminal = Terminal { child, input, pieces, shown: String::new() };
        terminal.shows(0, "> ");
        Some(terminal)
    }

    /// Waits until a text is shown after a place; where it ends.
    fn shows(&mut self, from: usize, text: &str) -> usize {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(60);
        loop {
            if let Some(at) = self.shown[from..].find(text) {
                return from + at + text.len();
            }
            let left = end.saturating_duration_since(std::time::Instant::now());
            match self.pieces.recv_timeout(left) {
                Ok(piece) => self.shown += &String::from_utf8_lossy(&piece),
                Err(error) => panic!("{error}, and no {text:?} after {from} in {:?}", self.shown),
            }
        }
    }

    /// Presses keys, and waits for what they lead to.
    fn types(&mut self, keys: &str, text: &str) {
        use std::io::Write;
        let from = self.shown.len();
        self.input.write_all(keys.as_bytes()).unwrap();
        self.shows(from, text);
    }

    /// Enters a line, and waits for what it shows and for the next prompt: what comes before that is not read as keys.
    fn enters(&mut self, keys: &str, text: &str) {
        use std::io::Write;
        let from = self.shown.len();
        self.input.write_all(keys.as_bytes()).unwrap();
        let at = self.shows(from, text);
        let at = self.shows(at, "\u{1b}[?2004h");
        self.shows(at, "> ");
    }

    fn ends(mut self) -> String {
        self.types(".exit\r", ".exit");
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        self.shown
    }
}

#[cfg(all(target_os = "linux", feature = "line-editor"))]
#[test]
fn on_a_terminal_lines_are_edited_completed_and_remembered() {
    let folder = Folder::new("repl-terminal");
    let Some(mut terminal) = Terminal::open(&folder, "") else { return };
    terminal.enters("_home.total_of_all = 20\r", "");
    terminal.types("_home.total_\t", "total_of_all");
    terminal.enters(" + 22\r", "\u{1b}[36m42\u{1b}[0m");
    terminal.types("string.rever\t", "reverse");
    terminal.enters("('ab') .. 'c'\r", "\u{1b}[32m\"bac\"\u{1b}[0m");
    terminal.types("for i = 1, 2 do\r", "do");
    terminal.enters("print('line', i) end\r", "line\t2");
    terminal.types("print(6 * 7, 'runs') while true do end\r", "42\truns");
    terminal.enters("\u{3}", "interrupted by the host");
    terminal.types("unfinished(", "unfinished(");
    terminal.enters("\u{3}", "");
    terminal.enters("6 * 111\r", "\u{1b}[36m666\u{1b}[0m");
    terminal.enters("\u{1b}[A\r", "\u{1b}[36m666\u{1b}[0m");
    let shown = terminal.ends();
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
    let Some(mut terminal) = Terminal::open(&folder, &format!("--home {home} --key-file {key}")) else { return };
    terminal.enters("_home.secret = 1\r", "");
    terminal.ends();
    assert!(!folder.0.join("cu/history").exists());
}
