//! The command line with wrong arguments, pipes and full disks: each failure is one clear line and an exit status, and
//! leaves no file behind.

#[path = "../../testkit/src/folder.rs"]
mod folder;
mod program;

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::Path;
use std::process::Command;

use cu_host::replay::Recorder;
use cu_host::{Instance, MODULE, MemoryStore, Module, Options, Step, Value, Values};
use folder::Folder;
use program::{command, cu, is_wrong_usage, shows, texts};

/// Arguments that were not UTF-8 ended with a panic, even if one was the name of an existing file.
#[cfg(unix)]
#[test]
fn arguments_need_not_be_text_where_they_are_paths_or_code() {
    use std::os::unix::ffi::OsStringExt;

    let odd = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let folder = Folder::new("odd-names");
    let file = |name: &[u8]| [folder.file("").into_bytes(), name.to_vec()].concat();
    let script = odd(&file(b"\xff.lua"));
    std::fs::write(&script, "_home.n = (_home.n or 0) + 1 return _home.n").unwrap();
    let home = odd(&[b"--home=".to_vec(), file(b"\xfe.redb")].concat());
    shows(&cu([OsStr::new("run"), &script, &home]), "1\n");
    shows(&cu([OsStr::new("eval"), OsStr::new("return _home.n"), &home]), "1\n");
    let shown = cu([OsStr::new("eval"), &odd(b"return '\xff'")]);
    assert_eq!((&shown.stdout[..], shown.status.code()), (&b"\xff\n"[..], Some(0)));

    is_wrong_usage(&cu([&odd(b"ru\xff")]), "unknown command 'ru\u{fffd}'");
    is_wrong_usage(&cu([OsStr::new("help"), &odd(b"\xff")]), "unknown command '\u{fffd}'");
    let seed = cu([OsStr::new("run"), &script, OsStr::new("--seed"), &odd(b"\xff")]);
    is_wrong_usage(&seed, "--seed takes text in UTF-8, not '\u{fffd}'");
    is_wrong_usage(&cu([OsStr::new("run"), &odd(b"--h\xff")]), "unknown option '--h\u{fffd}'");
}

/// A comment at the start of the code was taken for an option.
#[test]
fn code_may_begin_with_a_comment() {
    shows(&cu(["eval", "-- comment\nreturn 1"]), "1\n");
    shows(&cu(["eval", "--[[ one ]] return 2", "--seed", "1"]), "2\n");
    shows(&cu(["eval", "--seed=1", "--", "--comment\nreturn 3"]), "3\n");
    assert!(texts(&cu(["eval", "-1"])).1.contains("unexpected symbol near '-'"));
    is_wrong_usage(&cu(["eval", "--sed"]), "unknown option '--sed'; did you mean '--seed'?");
}

#[test]
fn a_function_is_called_with_values_in_json() {
    shows(&cu(["call", "math.max", "1", "7", "-3"]), "7\n");
    shows(&cu(["call", "string.rep", r#""a'\"]]--""#, "2", r#"",""#]), "a'\"]]--,a'\"]]--\n");
    shows(
        &cu(["call", "select", "1", r#"{"list": [1, 2.5, null, true], "text": "x"}"#]),
        "{list = {1, 2.5, [4] = true}, text = \"x\"}\n",
    );
    shows(&cu(["call", "select", "1", "null", "9007199254740993"]), "nil\n9007199254740993\n");
    shows(&cu(["call", "print", "--", r#""--seed""#, "-1"]), "--seed\t-1\n");
    for (words, problem) in [
        (&["call"][..], "WAY is missing"),
        (&["call", "f", "1", "EUR"], "argument 2 is no JSON: 'EUR'; a string is written with quotes, '\"text\"'"),
        (&["call", "f", ""], "argument 1 is no JSON: ''; a string is written with quotes, '\"text\"'"),
        (&["call", "f", "1", "--sed"], "unknown option '--sed'; did you mean '--seed'?"),
        (&["call", "a..b"], "the value has no encoding: 'a..b' is no way: a name is empty"),
        (&["call", "f", "--mend"], "call takes no --mend"),
    ] {
        is_wrong_usage(&cu(words), problem);
    }
}

#[test]
fn a_call_that_fails_names_the_way_or_has_a_traceback() {
    let fails = |words: &[&str]| {
        let (shown, complaint, status) = texts(&cu([&["call"], words].concat()));
        assert_eq!((shown.as_str(), status), ("", Some(1)), "{complaint}");
        complaint
    };
    assert_eq!(
        fails(&["_home.orders.total", "7"]),
        "cu: the way '_home.orders.total' ends at '_home.orders', a nil value\n"
    );
    assert_eq!(fails(&["string.reap"]), "cu: the way 'string.reap' leads to nothing\n");
    assert_eq!(fails(&["_VERSION"]), "cu: the way '_VERSION' leads to a string value, which cannot be called\n");
    let thrown = fails(&["error", r#"{"code": 7}"#]);
    assert!(thrown.starts_with("cu: {code = 7}\nstack traceback:\n\t[C]: in function 'error'"), "{thrown}");
}

#[cfg(feature = "redb")]
#[test]
fn a_function_that_a_run_stored_is_called() {
    let folder = Folder::new("call");
    let home = folder.file("home.redb");
    let in_home = |words: &[&str]| cu([words, &["--home", &home]].concat());
    let code = "local n = 0 function _home.add(by, more) n = n + by if more then return n, more.deep end return n end function _home.set(n) _home.n = n end";
    shows(&in_home(&["eval", code]), "");
    shows(&in_home(&["call", "_home.add", "2"]), "2\n");
    shows(&in_home(&["call", "_home.add", "3", r#"{"deep": ["x"]}"#]), "5\n{\"x\"}\n");
    shows(&in_home(&["call", "rawget", r#"{"t": 7}"#, r#""t""#]), "7\n");
    let (_, complaint, status) = texts(&in_home(&["call", "_home.add", "{}"]));
    assert!(complaint.starts_with("cu: compute:1: attempt to perform arithmetic on a table value (local 'by')\nstack traceback:\n\tcompute:1: in function <compute:1>"), "{complaint}");
    assert_eq!(status, Some(1));
    let (_, complaint, status) = texts(&in_home(&["call", "_home.set", "1", "--read-only"]));
    assert!(complaint.contains("read-only"), "{complaint}");
    assert_eq!(status, Some(1));
    shows(&in_home(&["call", "_home.add", "0"]), "5\n");
}

#[test]
fn what_has_no_effect_is_refused() {
    let folder = Folder::new("no-effect");
    let home = folder.file("home.redb");
    shows(&cu(["eval", "_home.n = 1", "--home", &home]), "");
    for (words, problem) in [
        (&["gc", "--home", &home, "--seed", "1"][..], "gc takes no --seed"),
        (&["gc", "--home", &home, "--atomic"], "gc takes no --atomic"),
        (&["gc", "--home", &home, "extra"], "unexpected argument 'extra'"),
        (&["run", "--new-key-file", "k", "x"], "run takes no --new-key-file"),
        (&["bench-worker", "--home", &home], "bench-worker takes no --home"),
        (&["bench-worker", "extra"], "unexpected argument 'extra'"),
        (&["--version", "extra"], "unexpected argument 'extra'"),
        (&["help", "run", "extra"], "unexpected argument 'extra'"),
        (&["help", "--seed", "1"], "help takes no --seed"),
        (&["eval", "1", "--home", &home, "--home", &home], "--home is given more than once"),
        (&["eval"], "CODE is missing"),
        (&["run"], "FILE is missing"),
        (&[], "no command is given"),
    ] {
        is_wrong_usage(&cu(words), problem);
    }
}

#[test]
fn the_version_is_shown_with_the_modules() {
    let version = env!("CARGO_PKG_VERSION");
    let text = format!("cu {version}\nmodule {version}, version 1 of the contract, with bigint, data, deflate\n");
    shows(&cu(["--version"]), &text);
    shows(&cu(["-V"]), &text);
}

#[test]
fn the_benchmark_of_the_start_shows_a_median_with_and_without_a_pool() {
    let output = cu(["bench-worker", "--startup"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<(&str, u64)> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, time)| (name, time.parse().unwrap()))
        .collect();
    assert!(matches!(lines[..], [("plain", 1..), ("pool", 1..)]), "{text}");
}

#[cfg(feature = "encryption")]
#[test]
fn key_commands_refuse_what_has_no_effect() {
    for (words, problem) in [
        (&["key", "k", "--home", "h"][..], "key takes no --home"),
        (&["encrypt", "--home", "h", "--key-file", "k", "--usage"], "encrypt takes no --usage"),
        (&["decrypt", "--home", "h", "--key-file", "k", "--memory", "1"], "decrypt takes no --memory"),
        (&["rotate", "--home", "h", "--key-file", "k", "--read-only"], "rotate takes no --read-only"),
    ] {
        is_wrong_usage(&cu(words), problem);
    }
}

/// With a full device as standard error, the command panicked with status 101.
#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_error_changes_no_status() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    for (words, status) in [(&["eval", "error('no')"][..], 1), (&["--no"], 2), (&["eval", "--usage", "return 1"], 0)] {
        let output = command(words).stderr(full()).output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{words:?}");
    }
}

/// A full standard output was reported; if it was closed or read-only, the result was lost with status 0.
#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_shown_is_an_error() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let read_only = File::open("/dev/null").unwrap();
    for (out, cause) in [(full, "No space left on device"), (read_only, "Bad file descriptor")] {
        let output = command(["eval", "return 1"]).stdout(out).output().unwrap();
        let (_, complaint, status) = texts(&output);
        assert!(complaint.starts_with(&format!("cu: standard output: {cause}")), "{complaint}");
        assert_eq!((complaint.lines().count(), status), (1, Some(3)));
    }
    let closed = |code: &str| {
        let line = format!("exec '{}' eval \"$0\" >&-", env!("CARGO_BIN_EXE_cu"));
        texts(&Command::new("sh").args(["-c", &line, code]).output().unwrap())
    };
    assert_eq!(closed("return 1"), (String::new(), "cu: standard output: it is closed\n".to_owned(), Some(3)));
    assert_eq!(closed("local x = 1"), (String::new(), String::new(), Some(0)));
    let (_, both, _) = closed("print(1) error('no', 0)");
    assert!(both.starts_with("cu: no\n") && both.ends_with("cu: standard output: it is closed\n"), "{both}");
}

/// The reader of the output may stop early, for example `head`.
#[cfg(unix)]
#[test]
fn a_pipe_that_is_closed_ends_the_output_quietly() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(["eval", "print(('x'):rep(500000))"]).stdout(writer).output().unwrap();
    assert_eq!(texts(&output), (String::new(), String::new(), Some(3)));
}

/// A device without an end was read until no memory was left.
#[cfg(target_os = "linux")]
#[test]
fn a_script_is_read_up_to_what_the_module_has_memory_for() {
    let memory = cu_host::Module::new(cu_host::MODULE).unwrap().memory_bytes();
    assert!(memory > 2 * 1024 * 1024);
    let too_long = |file: &str| format!("cu: {file}: it is longer than {memory} bytes, all the memory of the module\n");
    assert_eq!(texts(&cu(["run", "/dev/zero"])), (String::new(), too_long("/dev/zero"), Some(3)));
    let endless = command(["run", "-"]).stdin(File::open("/dev/zero").unwrap()).output().unwrap();
    assert_eq!(texts(&endless).1, too_long("-"));

    let folder = Folder::new("scripts");
    let file = folder.file("long.lua");
    std::fs::write(&file, " ".repeat(memory)).unwrap();
    let complaint = texts(&cu(["run", &file])).1;
    let bytes =
        complaint.strip_prefix("cu: the arena has no room for ").and_then(|rest| rest.strip_suffix(" bytes of code\n"));
    // The record of the call that loads the script has a few bytes more.
    let bytes: usize = bytes.unwrap_or_else(|| panic!("{complaint}")).parse().unwrap();
    assert!((memory..memory + 1000).contains(&bytes), "{bytes}");
    std::fs::write(&file, "--".to_owned() + &"x".repeat(1_000_000) + "\nreturn 1").unwrap();
    shows(&cu(["run", &file]), "1\n");
    for input in ["-", "/dev/stdin"] {
        shows(&command(["run", input]).stdin(File::open(&file).unwrap()).output().unwrap(), "1\n");
    }
    let (reader, mut writer) = std::io::pipe().unwrap();
    std::io::Write::write_all(&mut writer, b"return 2").unwrap();
    drop(writer);
    shows(&command(["run", "/dev/stdin"]).stdin(reader).output().unwrap(), "2\n");
    std::fs::write(&file, "").unwrap();
    shows(&cu(["run", &file]), "");
    assert!(texts(&cu(["run", &folder.file("none.lua")])).1.contains("none.lua: No such file"));
    assert!(texts(&cu(["run", folder.0.to_str().unwrap()])).1.ends_with(": Is a directory (os error 21)\n"));
}

/// The home was created before the key was read; when that failed, an empty plain home stayed.
#[cfg(feature = "redb")]
#[test]
fn nothing_is_created_where_something_is_wrong() {
    let folder = Folder::new("nothing");
    let (home, log, script) = (folder.file("home.redb"), folder.file("audit.log"), folder.file("script.lua"));
    let other = folder.file("other.redb");
    std::fs::write(&other, "no database").unwrap();
    std::fs::write(&script, "return 1").unwrap();
    let short = folder.file("short.key");
    std::fs::write(&short, "secret").unwrap();
    let before = names(&folder);
    for (words, status) in [
        (&["--home", &home, "--key-file", &short][..], 2),
        (&["--home", &home, "--key-file", &folder.file("none.key")], if cfg!(feature = "encryption") { 3 } else { 2 }),
        (&["--home", &home, "--forbid", "no.such"], 2),
        (&["--home", &home, "--audit", &folder.file("none/audit.log")], 3),
        (&["--home", &home, "--seed", "x"], 2),
        (&["--home", &folder.file("none/home.redb"), "--audit", &log], 3),
        (&["--home", &other, "--audit", &log], 3),
    ] {
        let output = cu([&["run", &script][..], words].concat());
        assert_eq!((output.status.code(), names(&folder)), (Some(status), before.clone()), "{words:?} {output:?}");
    }
    let missing = cu(["run", &folder.file("none.lua"), "--home", &home]);
    assert_eq!((missing.status.code(), names(&folder)), (Some(3), before));
}

#[cfg(feature = "redb")]
fn names(folder: &Folder) -> Vec<OsString> {
    let mut names: Vec<_> = std::fs::read_dir(&folder.0).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

/// An error that was a table was shown as `(error object is a table value)`.
#[test]
fn an_error_that_is_a_table_is_shown_as_a_result_is() {
    let fails = |code: &str| {
        let (shown, complaint, status) = texts(&cu(["eval", code]));
        assert_eq!((shown.as_str(), status), ("", Some(1)));
        complaint.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(fails("error({ code = 7 })"), "cu: {code = 7}");
    assert_eq!(fails("error({ list = { 1, 2 } })"), "cu: {list = {1, 2}}");
    assert_eq!(fails("_home.a = { x = { 1 } } error(_home.a)"), "cu: {x = {1}}");
    assert_eq!(fails("_home.a = { x = 1 } error({ of = _home.a })"), "cu: {of = {x = 1}}");
    assert_eq!(fails("error(setmetatable({}, { __tostring = function() return 'text' end }))"), "cu: text");
    assert_eq!(fails("error('(error object is a table value)', 0)"), "cu: (error object is a table value)");
    assert_eq!(fails("error(nil)"), "cu: nil");
    let whole = texts(&cu(["eval", "error({ 1 })"])).1;
    assert!(whole.starts_with("cu: {1}\nstack traceback:\n\t[C]: in function 'error'\n"), "{whole}");
}

/// The help named engines that the build did not have.
#[test]
fn the_help_names_the_engines_of_the_build() {
    for command in ["run", "eval", "call", "gc"] {
        let text = texts(&cu(["help", command])).0;
        let line = text.lines().find(|line| line.contains("--engine NAME")).unwrap();
        for name in ["wasmtime", "wasmi"] {
            let is_there = cu_host::Engine::ALL.iter().any(|engine| engine.name() == name);
            assert_eq!(line.contains(name), is_there, "{line}");
        }
        assert_eq!(texts(&cu([command, "--help"])).0, text);
    }
}

/// Audit events were added to any file that `--audit` named: a key, or another home.
#[test]
fn an_audit_log_is_added_to_logs_only() {
    let folder = Folder::new("cli-audit");
    let [home, key, notes, log] = ["h.redb", "k", "notes", "a.log"].map(|name| folder.file(name));
    assert_eq!(cu(["key", &key]).status.code(), Some(0));
    let before = std::fs::read(&key).unwrap();
    let run =
        |audit: &str| cu(["eval", "function _home.f() end", "--home", &home, "--key-file", &key, "--audit", audit]);
    is_wrong_usage(&run(&key), &format!("--audit and --key-file name the same file, {key}"));
    is_wrong_usage(&run(&home), &format!("--audit and --home name the same file, {home}"));
    assert_eq!((std::fs::read(&key).unwrap(), Path::new(&home).exists()), (before, false));
    std::fs::write(&notes, "dear diary\n").unwrap();
    is_wrong_usage(&run(&notes), &format!("{notes}: it is no audit log; nothing was added"));
    assert_eq!(std::fs::read(&notes).unwrap(), b"dear diary\n");
    for _ in 0..2 {
        shows(&run(&log), "");
    }
    assert!(std::fs::read_to_string(&log).unwrap().lines().count() >= 2);
}

#[test]
fn a_run_that_is_recorded_is_replayed() {
    let folder = Folder::new("recorded");
    let recording = folder.file("run.recording");
    shows(
        &cu(["eval", "--record", &recording, "print('p') _home.a = 1 return { 1, 'x' }, nil"]),
        "p\n{1, \"x\"}\nnil\n",
    );
    let (shown, complaint, status) = texts(&cu(["replay", &recording]));
    assert_eq!((&complaint[..], status), ("", Some(0)));
    let (computes, figures) = shown.split_once("the same as recorded: 1 compute, 4 calls of the module, ").unwrap();
    assert_eq!(computes, "compute 1: print('p') _home.a = 1 return { 1, 'x' }, nil\np\n{1, \"x\"}\nnil\n");
    assert!(figures.contains(" of the host; ") && figures.ends_with(" bytes\n"), "{figures}");
    let rows = texts(&cu(["replay", "--rows", &recording])).0;
    assert!(rows.contains("\n1 016100 020100000000000000\n"), "{rows}");

    let failing = folder.file("failing.recording");
    assert_eq!(cu(["eval", "--record", &failing, "error('no')"]).status.code(), Some(1));
    let (shown, _, status) = texts(&cu(["replay", &failing]));
    assert!(status == Some(0) && shown.starts_with("compute 1: error('no')\nerror: compute:1: no\n"), "{shown}");

    // More than is kept of the output arrives as events.
    let long = folder.file("long.recording");
    let code = "for i = 1, 20000 do print('line', i) end";
    let printed = texts(&cu(["eval", "--record", &long, code])).0;
    let shown = texts(&cu(["replay", &long])).0;
    assert!(printed.len() > 200_000 && shown.contains(&printed), "{} bytes, {} bytes", printed.len(), shown.len());
}

#[test]
fn a_replay_shows_for_what_scripts_wait_and_which_of_them_go_on() {
    let folder = Folder::new("recorded_waits");
    let recording = folder.file("run.recording");
    let file = File::create(&recording).unwrap();
    let options = Options { record: Some(Recorder::new(file)), ..Options::default() }.later_function("ask");
    let mut instance = Instance::new(&Module::new(MODULE).unwrap(), MemoryStore::default(), options).unwrap();
    let mut start = |code: &str| match instance.start(code).unwrap() {
        Step::Waits(pending) => pending,
        Step::Done(response) => panic!("it waits: {response:?}"),
    };
    let first = start("\nprint('a') return host.ask('x', nil, { 1 }) + host.ask(2)");
    let second = start("host.ask()");
    let Step::Waits(first) = instance.resume(first, Ok(Values(vec![Value::Integer(40)]))).unwrap() else {
        panic!("it waits again")
    };
    instance.cancel(second).unwrap();
    let Step::Done(_) = instance.resume(first, Ok(Values(vec![Value::Integer(2)]))).unwrap() else {
        panic!("it is over")
    };
    instance.end_recording().unwrap();

    let (shown, complaint, status) = texts(&cu(["replay", &recording]));
    assert_eq!((&complaint[..], status), ("", Some(0)));
    let (computes, _) = shown.split_once("the same as recorded: 5 computes, ").unwrap();
    let lines = [
        "compute 1: print('a') return host.ask('x', nil, { 1 }) + host.ask(2)",
        "a",
        "waits for host.ask(\"x\", nil, {1})",
        "compute 2: host.ask()",
        "waits for host.ask()",
        "compute 3: compute 1 goes on",
        "waits for host.ask(2)",
        "compute 4: compute 2 is cancelled",
        "compute 5: compute 1 goes on",
        "42",
        "",
    ];
    assert_eq!(computes, lines.join("\n"));
}

#[test]
fn a_recording_is_never_written_over_and_a_wrong_one_is_one_line() {
    let folder = Folder::new("recordings");
    let recording = folder.file("run.recording");
    shows(&cu(["eval", "--record", &recording, "return 1"]), "1\n");
    let bytes = std::fs::read(&recording).unwrap();
    let (shown, complaint, status) = texts(&cu(["eval", "--record", &recording, "return 2"]));
    assert_eq!((&shown[..], status), ("", Some(3)));
    assert!(complaint.starts_with(&format!("cu: {recording}: ")) && complaint.lines().count() == 1, "{complaint}");
    assert_eq!(std::fs::read(&recording).unwrap(), bytes);

    let cut = folder.file("cut.recording");
    std::fs::write(&cut, &bytes[..bytes.len() - 13]).unwrap();
    let (shown, complaint, status) = texts(&cu(["replay", &cut]));
    assert!(shown.starts_with("compute 1: return 1\n1\nthe same as recorded: 1 compute, "), "{shown}");
    let end = bytes.len() - 13;
    assert_eq!(status, Some(1));
    assert!(complaint.starts_with(&format!("cu: {cut}: the recording, entry ")), "{complaint}");
    assert!(
        complaint.contains(&format!(" at byte {end}: it is not there: the file ends without the entry")),
        "{complaint}"
    );

    let mut damaged = bytes;
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&cut, &damaged).unwrap();
    let (_, complaint, status) = texts(&cu(["replay", &cut]));
    assert!(status == Some(1) && complaint.ends_with(": it is damaged\n"), "{complaint}");
    std::fs::write(&cut, b"no recording").unwrap();
    assert_eq!(texts(&cu(["replay", &cut])).1, format!("cu: {cut}: it is no recording\n"));
    let new = folder.file("new");
    for option in ["--home", "--audit"] {
        let both = cu(["eval", "return 1", "--record", &new, option, &new]);
        is_wrong_usage(&both, &format!("--record and {option} name the same file, {new}"));
    }
    assert_eq!(cu(["eval", "return 1", "--record", &new, "--home", &cut]).status.code(), Some(3));
    assert!(!Path::new(&new).exists());
    is_wrong_usage(&cu(["replay"]), "FILE is missing");
    is_wrong_usage(&cu(["replay", &cut, "--home", "x"]), "replay takes no --home");
    is_wrong_usage(&cu(["gc", "--record", &cut]), "gc takes no --record");
}

#[cfg(target_os = "linux")]
#[test]
fn a_recording_on_a_full_disk_fails_the_run() {
    let folder = Folder::new("full-recording");
    let recording = folder.file("full.recording");
    // The engine makes files, too, but no large ones.
    let limited = format!(
        "ulimit -f 8000; trap '' XFSZ; exec {} eval --record {recording} 'for i = 1, 200000 do _home[i] = i end'",
        env!("CARGO_BIN_EXE_cu")
    );
    let output = Command::new("bash").args(["-c", &limited]).output().unwrap();
    let (_, complaint, status) = texts(&output);
    assert_eq!(status, Some(3), "{complaint}");
    assert!(complaint.contains("the recording cannot be written: "), "{complaint}");
}
