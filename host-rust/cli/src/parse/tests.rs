//! Command lines: what they mean, or why they are refused.

use std::path::PathBuf;
use std::time::Duration;

use cu_host::Permissions;

use super::*;

fn command(name: &str) -> &'static Command {
    Command::named(name).unwrap()
}

fn parsed(line: &str) -> Result<Arguments, String> {
    parse(command("run"), line.split_whitespace().map(OsString::from)).map_err(|usage| usage.0)
}

#[test]
fn options_stand_anywhere_before_two_dashes() {
    let arguments = parsed("--seed=-5 a.lua --memory 4096 - --home h.redb -- --seed").unwrap();
    assert_eq!(arguments.operands, ["a.lua", "-", "--seed"]);
    assert_eq!((arguments.seed, arguments.memory), (Some(-5), Some(4096)));
    assert_eq!(arguments.home, Some(PathBuf::from("h.redb")));
    assert!(parsed("-h").unwrap().help);
    let limited = parsed("--usage --instructions 1000000 --time-limit 0.25").unwrap();
    assert_eq!((limited.usage, limited.instructions), (true, Some(1_000_000)));
    assert_eq!(limited.time_limit, Some(Duration::from_millis(250)));
}

#[test]
fn a_home_has_a_name_and_is_waited_for() {
    let arguments = parsed("--home h.redb --home-name ada --wait 0.5 --read-only").unwrap();
    assert_eq!(arguments.home_name.as_deref(), Some(&b"ada"[..]));
    assert_eq!((arguments.wait, arguments.read_only), (Some(Duration::from_millis(500)), true));
    let long = parsed(&format!("--home-name {}", "x".repeat(256))).unwrap_err();
    assert_eq!(long, "--home-name takes a name of 1 to 255 bytes, not of 256");
}

#[test]
fn what_is_forbidden_adds_up() {
    let line = "--read-only --protect _home.a --hide=_home.b --protect 17 x --forbid os --forbid load --audit a.log";
    let permissions = Permissions::new().read_only().protect("_home.a").hide("_home.b").protect(17);
    let arguments = parsed(line).unwrap();
    assert_eq!(arguments.permissions, permissions.forbid("os").forbid("load"));
    assert_eq!((arguments.audit, arguments.operands), (Some(PathBuf::from("a.log")), vec![OsString::from("x")]));
}

#[test]
fn what_is_not_understood_is_named() {
    for (line, message) in [
        ("--sed 1", "unknown option '--sed'; did you mean '--seed'?"),
        ("-x", "unknown option '-x'"),
        ("-hx", "unknown option '-hx'"),
        ("-h=1", "unknown option '-h=1'"),
        ("--help=1", "unknown option '--help=1'"),
        ("--usage=1", "--usage takes no value, not '1'"),
        ("--seed", "--seed needs a value"),
        ("--home", "--home needs a value"),
        ("--read-only=", "--read-only takes no value, not ''"),
        ("--hide", "--hide needs a value"),
        ("--audit", "--audit needs a value"),
        ("--protect users", "--protect takes _home.name or the id of a table, not 'users'"),
        ("--protect _homes.x", "--protect takes _home.name or the id of a table, not '_homes.x'"),
        ("--hide _home..x", "--hide takes _home.name or the id of a table, not '_home..x'"),
        ("--hide 0", "--hide takes _home.name or the id of a table, not '0'"),
        ("--hide 2147483648", "--hide takes _home.name or the id of a table, not '2147483648'"),
        ("--key-file", "--key-file needs a value"),
        ("--seed 1.5", "--seed takes a whole number from -9223372036854775808 to 9223372036854775807, not '1.5'"),
        ("--memory -1", "--memory takes a whole number from 0 to 9223372036854775807, not '-1'"),
        (
            "--instructions 9223372036854775808",
            "--instructions takes a whole number from 0 to 9223372036854775807, not '9223372036854775808'",
        ),
        ("--wait x", "--wait takes a number of seconds, not 'x'"),
        ("--wait inf", "--wait takes a number of seconds, not 'inf'"),
        ("--home=", "--home needs a value that is not empty"),
        ("--new-key-file k", "run takes no --new-key-file"),
        ("--home a --home=b", "--home is given more than once"),
        ("--seed 1 --seed 1", "--seed is given more than once"),
    ] {
        assert_eq!(parsed(line), Err(message.to_owned()));
    }
    assert!(parsed("--engine v8").unwrap_err().starts_with("no engine 'v8' in this build, which has: "));
    assert!(parsed("a b").unwrap().operand("FILE").is_err_and(|usage| usage.0 == "unexpected argument 'b'"));
}

#[test]
fn code_may_begin_as_an_option_does() {
    let code = command("eval");
    for text in [
        "-- comment",
        "--[[ a ]] return 1",
        "---",
        "---doc",
        "--1",
        "-1",
        "--==",
        "-=",
        "--a\nreturn 1",
        "--a b=1",
        "--\u{e9}",
    ] {
        let arguments = parse(code, [OsString::from(text)]).unwrap();
        assert_eq!(arguments.operands, [text]);
        assert!(parse(command("run"), [OsString::from(text)]).is_err());
    }
    for text in ["--comment", "-x", "--x=1", "-"] {
        let after = parse(code, ["--", text].map(OsString::from)).unwrap();
        assert_eq!(after.operands, [text]);
    }
    let hint = "unknown option '--comment'; what begins with - and is no option goes after --";
    assert!(parse(code, [OsString::from("--comment")]).is_err_and(|usage| usage.0 == hint));
}

#[test]
fn behind_two_dashes_everything_is_an_operand() {
    for name in ["run", "eval"] {
        let arguments = parse(command(name), ["--", "--seed", "--", "-1"].map(OsString::from)).unwrap();
        assert_eq!(arguments.operands, ["--seed", "--", "-1"]);
    }
}

#[cfg(unix)]
#[test]
fn only_what_is_no_path_has_to_be_text() {
    let os_string = |bytes: &[u8]| std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec());
    let path: OsString = os_string(b"a\xff");
    let attached = os_string(b"--home=a\xff");
    let arguments = parse(command("run"), [attached, path.clone()]).unwrap();
    assert_eq!((arguments.home, &arguments.operands[..]), (Some(PathBuf::from(&path)), &[path.clone()][..]));
    for (option, message) in [
        ("--seed", "--seed takes text in UTF-8, not 'a\u{fffd}'"),
        ("--forbid", "--forbid takes text in UTF-8, not 'a\u{fffd}'"),
    ] {
        assert!(parse(command("run"), [option.into(), path.clone()]).is_err_and(|usage| usage.0 == message));
    }
    let unknown = parse(command("run"), [os_string(b"--a\xff=1")]);
    assert!(unknown.is_err_and(|usage| usage.0 == "unknown option '--a\u{fffd}=1'"));
}
