//! Scripts with arguments and input, and how their errors look.

use super::{command, cu, cu_reads, fails, is_wrong_usage, shows, texts};
use crate::folder::Folder;

/// A script in a file of its own.
fn script(folder: &Folder, code: &str) -> String {
    let file = folder.file("script.lua");
    std::fs::write(&file, code).unwrap();
    file
}

#[test]
fn arguments_reach_the_script() {
    let folder = Folder::new("arguments");
    let file = script(&folder, "print(select('#', ...), #arg, arg[0] == ..., getmetatable(arg)) return ...");
    shows(&cu(["run", &file]), "0\t0\tfalse\tnil\n");
    shows(&cu(["run", &file, "a", "", "b c", "--", "--seed", "-1"]), "5\t5\tfalse\tnil\na\n\nb c\n--seed\n-1\n");
    shows(&cu(["run", &file, &file]), &format!("1\t1\ttrue\tnil\n{file}\n"));
    // What is in an argument is never code.
    shows(&cu(["run", &file, "]]..error('no')--", "\"'\\"]), "2\t2\tfalse\tnil\n]]..error('no')--\n\"'\\\n");
    let many: Vec<String> = (0..250).map(|number| number.to_string()).collect();
    let counts = script(&folder, "local n = 0 for _, word in ipairs({ ... }) do n = n + word end return #arg, n");
    shows(
        &cu(["run", &counts].into_iter().chain(many.iter().map(String::as_str))),
        "250\t31125\n".replace('\t', "\n").as_str(),
    );
}

/// A script that prints for ever took all memory, and nobody saw what it printed.
#[test]
fn what_is_printed_is_shown_while_the_script_runs() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let code = "local n = 0 while true do n = n + 1 print('line ' .. n) for _ = 1, 1000 do end end";
    let mut child = command(["eval", code]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    for number in 1..=3000 {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, format!("line {number}\n"));
    }
    // Who reads has gone: the script is stopped, without a word.
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!(texts(&output), (String::new(), String::new(), Some(3)));
    // Values and errors come behind it.
    shows(
        &cu(["eval", "for n = 1, 30000 do print(n) end return 'end'"]),
        &(1..=30000).map(|n| format!("{n}\n")).chain(["end\n".to_owned()]).collect::<String>(),
    );
    let (shown, complaint, status) = texts(&cu(["eval", "print('before') error('no', 0)"]));
    assert_eq!((shown.as_str(), complaint.starts_with("cu: no\n"), status), ("before\n", true, Some(1)));
    let (shown, complaint, _) = texts(&cu(["eval", "--json", "print('for people') return 1"]));
    assert_eq!((shown.as_str(), complaint.as_str()), ("1\n", "for people\n"));
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_text() {
    use std::ffi::{OsStr, OsString};
    use std::os::unix::ffi::OsStringExt;

    let folder = Folder::new("odd-arguments");
    let file = script(&folder, "return ... == '\\xff\\xfe', #arg[1]");
    let odd = OsString::from_vec(vec![0xff, 0xfe]);
    shows(&cu([OsStr::new("run"), OsStr::new(&file), &odd]), "true\n2\n");
}

#[test]
fn what_runs_the_script_binds_it_and_leaves_nothing() {
    let folder = Folder::new("nothing-left");
    let globals = script(
        &folder,
        "local new = {} for name in pairs(_G) do new[#new + 1] = name end table.sort(new) return table.concat(new, ' ')",
    );
    let with = texts(&cu(["run", &globals])).0;
    let code = "local new = {} for name in pairs(_G) do new[#new + 1] = name end table.sort(new) return table.concat(new, ' ')";
    let without = texts(&cu(["eval", code])).0;
    let extra: Vec<&str> =
        with.split_whitespace().filter(|name| !without.split_whitespace().any(|other| other == *name)).collect();
    assert_eq!(extra, ["arg"]);
    // The permissions are the script's own, not those of what loads it.
    let file = script(&folder, "return pcall(load, 'return 1')");
    let refused = texts(&cu(["run", &file, "x", "--forbid", "load", "--forbid", "setmetatable", "--forbid", "rawset"]));
    assert!(refused.0.starts_with("false\n") && refused.2 == Some(0), "{refused:?}");
    let endless = script(&folder, "while true do end");
    let (_, complaint, status) = texts(&cu(["run", &endless, "x", "--instructions", "10000"]));
    assert!(complaint.contains("10000") && status == Some(1), "{complaint}");
}

#[test]
fn standard_input_is_there_on_request() {
    let folder = Folder::new("input");
    let file = script(&folder, "return _io.input");
    shows(&cu_reads(["run", &file], b"text"), "");
    shows(&cu_reads(["run", &file, "--input"], b"text\n"), "text\n\n");
    shows(&cu_reads(["run", &file, "--input"], b""), "\n");
    let all: Vec<u8> = (0..=255).cycle().take(1_000_000).collect();
    let output = cu_reads(["eval", "return _io.input", "--input"], &all);
    assert!(output.stdout[..1_000_000] == all && output.stdout.len() == 1_000_001, "{} bytes", output.stdout.len());
    shows(&cu_reads(["run", "-", "a"], b"return ..., arg[0]"), "a\n-\n");
    is_wrong_usage(&cu(["run", "-", "--input"]), "standard input is the script, so it is not there for --input");
}

#[test]
fn an_error_shows_the_line_with_a_caret() {
    let folder = Folder::new("carets");
    let file = script(&folder, "#!/usr/bin/env cu\nlocal function f(t)\n\treturn t.x.y\nend\nf({})\n");
    let expected = format!(
        "cu: {file}:3: attempt to index a nil value (field 'x')\n  3 |     return t.x.y\n    |              ^\nstack traceback:\n\t\
         {file}:3: in local 'f'\n\t{file}:5: in main chunk\n"
    );
    fails(&cu(["run", &file]), 1, &expected);
    fails(
        &cu_reads(["run", "-"], b"\nreturn 1 +* 2"),
        1,
        "cu: stdin:2: unexpected symbol near '*'\n  2 | return 1 +* 2\n    |           ^\n",
    );
    fails(&cu(["eval", "x = ="]), 1, "cu: compute:1: unexpected symbol near '='\n  1 | x = =\n    | ^\n");
    let twice = texts(&cu(["eval", "local t = 1; t = nil; print(t, t.x)"])).1;
    assert!(
        twice.contains("\n  1 | local t = 1; t = nil; print(t, t.x)\n    |                                ^\n"),
        "{twice}"
    );
    let lost = texts(&cu(["eval", "error('no place', 0)"])).1;
    assert!(lost.starts_with("cu: no place\nstack traceback:\n"), "{lost}");
}

/// The functions of an earlier run may come from a file of the same name that had other lines.
#[cfg(feature = "redb")]
#[test]
fn a_line_of_another_source_is_not_shown() {
    let folder = Folder::new("namesakes");
    let home = folder.file("home.redb");
    let file = script(&folder, "function _home.fail() error('stored') end");
    shows(&cu(["run", &file, "--home", &home]), "");
    script(&folder, "_home.fail()");
    let (_, complaint, _) = texts(&cu(["run", &file, "--home", &home]));
    assert!(complaint.starts_with(&format!("cu: {file}:1: stored\nstack traceback:\n")), "{complaint}");
}

#[test]
fn an_error_that_is_a_table_is_shown() {
    let folder = Folder::new("error-tables");
    let file = script(&folder, "_home.deep = { list = { 1, 2 } } error({ code = 7, deep = _home.deep })");
    let (_, complaint, status) = texts(&cu(["run", &file]));
    let first = complaint.lines().next().unwrap();
    assert!(first.contains("code = 7") && first.contains("deep = {list = {1, 2}}"), "{complaint}");
    assert_eq!(status, Some(1));
}

#[test]
fn values_are_shown_in_json() {
    let code = "print('printed') return { 1, 2.0, { a = 'x\"', ['\\xff'] = 1 } }, 'text', nil, 0/0, print, { [1.5] = 1 }, math.mininteger, {}";
    let expected = [
        r#"[1,2.0,{"$map":[["a","x\""],[{"$bytes":"ff"},1]]}]"#,
        r#""text""#,
        "null",
        r#"{"$float":"nan"}"#,
        r#"{"$library":"print"}"#,
        r#"{"$map":[[1.5,1]]}"#,
        "-9223372036854775808",
        "{}",
    ];
    let (shown, complaint, status) = texts(&cu(["eval", "--json", code]));
    assert_eq!((shown, complaint.as_str(), status), (expected.join("\n") + "\n", "printed\n", Some(0)));
    shows(
        &cu(["eval", "--json", "_home.a = { b = { 1 }, c = true } _home.a.d = _home.a return _home.a"]),
        r#"{"b":[1],"c":true,"d":{"$table":3}}
"#,
    );
    shows(&cu(["eval", "--json", "local x = 1"]), "");
}

#[test]
fn each_kind_of_failure_has_its_status() {
    let folder = Folder::new("statuses");
    let file = script(&folder, "return 1");
    for (words, status) in [
        (&["run", &file][..], 0),
        (&["eval", "error('no')"], 1),
        (&["eval", "x ="], 1),
        (&["eval", "while true do end", "--time-limit", "0.05"], 1),
        (&["eval"], 2),
        (&["eval", "return 1", "--forbid", "no.such"], 2),
        (&["run", &folder.file("none.lua")], 3),
        #[cfg(feature = "redb")]
        (&["eval", "return 1", "--home", &file], 3),
        #[cfg(feature = "redb")]
        (&["eval", "return 1", "--home", &folder.file("none/home.redb")], 3),
    ] {
        assert_eq!(cu(words).status.code(), Some(status), "{words:?}");
    }
    let help = texts(&cu(["--help"])).0;
    assert!(
        help.ends_with(
            "Exit status: 0 success, 1 the script failed, or what a command looked for is\n\
             wrong, 2 wrong usage, 3 a file, the store or the host failed.\n"
        ),
        "{help}"
    );
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_early_ends_a_pipe_without_a_word() {
    let line = format!("'{}' eval 'for i = 1, 100000 do print(i) end' | head -n 1", env!("CARGO_BIN_EXE_cu"));
    shows(&std::process::Command::new("sh").args(["-c", &line]).output().unwrap(), "1\n");
}

/// Colour is for terminals; `script` of util-linux makes one.
#[cfg(target_os = "linux")]
#[test]
fn colour_is_for_terminals_that_want_it() {
    let on_terminal = |variables: &[(&str, &str)]| {
        let line = format!("{} eval 'error(1)'", env!("CARGO_BIN_EXE_cu"));
        let mut command = std::process::Command::new("script");
        command.args(["-qec", &line, "/dev/null"]).env("TERM", "xterm").env_remove("NO_COLOR");
        command.envs(variables.iter().copied()).output().map(|output| texts(&output).0)
    };
    let Ok(coloured) = on_terminal(&[]) else { return };
    assert!(coloured.starts_with("\u{1b}[1;31mcu:\u{1b}[0m "), "{coloured:?}");
    for variable in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let plain = on_terminal(&[variable]).unwrap();
        assert!(plain.starts_with("cu: ") && !plain.contains('\u{1b}'), "{plain:?}");
    }
    let piped = texts(&command(["eval", "error(1)"]).env("TERM", "xterm").output().unwrap()).1;
    assert!(!piped.contains('\u{1b}'), "{piped:?}");
}
