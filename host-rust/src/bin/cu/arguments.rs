//! Command line arguments, taken apart by hand: a dozen options do not need a library.
//!
//! Invariant: an argument that is not understood, or that has no effect, is a [`Usage`] error, never ignored. Paths and
//! code need not be UTF-8; what has to be is refused where it is not.

use std::ffi::{OsStr, OsString};
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use cu_abi::tables;
use cu_host::{Engine, Permissions, TableName};

/// What the command line asked for wrongly.
#[derive(Debug)]
pub struct Usage(pub String);

/// The options that commands share, and the rest in order.
#[derive(Debug, Default, PartialEq)]
pub struct Arguments {
    /// What is no option.
    pub operands: Vec<OsString>,
    pub engine: Engine,
    pub instructions: Option<u64>,
    pub memory: Option<u64>,
    pub seed: Option<i64>,
    /// The file that keeps `_home`.
    pub home: Option<PathBuf>,
    /// The file with the key that encrypts `home`.
    pub key_file: Option<PathBuf>,
    /// The file with the key that encrypts `home` from now on.
    pub new_key_file: Option<PathBuf>,
    /// A run that fails changes nothing.
    pub atomic: bool,
    /// What the script may not do.
    pub permissions: Permissions,
    /// The file that audit events are added to.
    pub audit: Option<PathBuf>,
    /// Say what the run used.
    pub usage: bool,
    /// Time how instances begin, not scripts.
    pub startup: bool,
    pub help: bool,
}

/// What a command takes.
#[derive(Clone, Copy)]
pub struct Syntax {
    /// For messages.
    pub command: &'static str,
    /// The names of its options, without those for help.
    pub options: &'static [&'static str],
    /// Whether its operand is code, which may begin with a comment, `--` and more.
    pub takes_code: bool,
}

/// The options without a value.
const FLAGS: [&str; 4] = ["--usage", "--atomic", "--read-only", "--startup"];

/// The options that may be given more than once: what they say adds up.
const LISTS: [&str; 3] = ["--protect", "--hide", "--forbid"];

/// Every option with a value, for messages about those that a command does not take.
const VALUES: [&str; 11] = [
    "--engine",
    "--instructions",
    "--memory",
    "--seed",
    "--home",
    "--key-file",
    "--new-key-file",
    "--audit",
    "--protect",
    "--hide",
    "--forbid",
];

/// Takes the arguments after the command apart. Options may stand anywhere before `--`, as `--name value` or
/// `--name=value`.
pub fn parse(syntax: Syntax, arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, Usage> {
    let mut arguments = arguments.into_iter();
    let mut parsed = Arguments::default();
    let mut given: Vec<String> = Vec::new();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            parsed.operands.extend(arguments);
            break;
        }
        if is_operand(&argument, syntax.takes_code) {
            parsed.operands.push(argument);
            continue;
        }
        let (name, attached) = split(&argument);
        let name = name.as_str();
        let has_value = attached.is_some();
        if matches!(name, "-h" | "--help") && !has_value {
            parsed.help = true;
            continue;
        }
        let is_flag = FLAGS.contains(&name) && !has_value;
        if !is_flag && !VALUES.contains(&name) {
            let hint = if syntax.takes_code { "; code that begins with - goes after --" } else { "" };
            return Err(Usage(format!("unknown option '{}'{hint}", argument.display())));
        }
        if !syntax.options.contains(&name) {
            return Err(Usage(format!("{} takes no {name}", syntax.command)));
        }
        if is_flag {
            parsed.flag(name);
            continue;
        }
        if !LISTS.contains(&name) && given.iter().any(|given| given == name) {
            return Err(Usage(format!("{name} is given more than once")));
        }
        given.push(name.to_owned());
        let value = attached.or_else(|| arguments.next()).ok_or_else(|| Usage(format!("{name} needs a value")))?;
        parsed.value(name, value)?;
    }
    Ok(parsed)
}

/// Code is told from an option by what no option has: names of options are letters and dashes, and `=` ends them.
fn is_operand(argument: &OsStr, is_code: bool) -> bool {
    let Some(rest) = argument.as_encoded_bytes().strip_prefix(b"-").filter(|rest| !rest.is_empty()) else {
        return true;
    };
    let name = rest.strip_prefix(b"-").unwrap_or(rest).split(|byte| *byte == b'=').next().unwrap_or_default();
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
    is_code && !is_name
}

/// Name and value of `--name=value`.
fn split(argument: &OsStr) -> (String, Option<OsString>) {
    let bytes = argument.as_encoded_bytes();
    let end = bytes.iter().position(|byte| *byte == b'=').unwrap_or(bytes.len());
    let name = String::from_utf8_lossy(&bytes[..end]).into_owned();
    (name, bytes.get(end + 1..).map(os_string))
}

#[cfg(unix)]
fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_vec())
}

#[cfg(not(unix))]
fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

impl Arguments {
    fn flag(&mut self, name: &str) {
        match name {
            "--usage" => self.usage = true,
            "--atomic" => self.atomic = true,
            "--startup" => self.startup = true,
            _ => self.permissions = std::mem::take(&mut self.permissions).read_only(),
        }
    }

    fn value(&mut self, name: &str, value: OsString) -> Result<(), Usage> {
        if value.is_empty() {
            return Err(Usage(format!("{name} needs a value that is not empty")));
        }
        match name {
            "--home" => self.home = Some(value.into()),
            "--key-file" => self.key_file = Some(value.into()),
            "--new-key-file" => self.new_key_file = Some(value.into()),
            "--audit" => self.audit = Some(value.into()),
            _ => self.text(name, text(name, &value)?)?,
        }
        Ok(())
    }

    fn text(&mut self, name: &str, value: &str) -> Result<(), Usage> {
        let permissions = &mut self.permissions;
        match name {
            "--engine" => self.engine = engine(value)?,
            "--instructions" => self.instructions = Some(number(name, value, 0, i64::MAX as u64)?),
            "--memory" => self.memory = Some(number(name, value, 0, i64::MAX as u64)?),
            "--protect" => *permissions = std::mem::take(permissions).protect(table(name, value)?),
            "--hide" => *permissions = std::mem::take(permissions).hide(table(name, value)?),
            "--forbid" => *permissions = std::mem::take(permissions).forbid(value),
            _ => self.seed = Some(number(name, value, i64::MIN, i64::MAX)?),
        }
        Ok(())
    }

    /// The one operand of a command that takes exactly one.
    pub fn operand(&self, name: &str) -> Result<&OsStr, Usage> {
        self.only_operand()?.ok_or_else(|| Usage(format!("{name} is missing")))
    }

    /// The operand of a command that takes one at most.
    pub fn only_operand(&self) -> Result<Option<&OsStr>, Usage> {
        match &self.operands[..] {
            [] => Ok(None),
            [operand] => Ok(Some(operand)),
            [_, surplus, ..] => Err(unexpected(surplus)),
        }
    }

    /// Refuses operands of a command that takes none.
    pub fn no_operand(&self) -> Result<(), Usage> {
        self.operands.first().map_or(Ok(()), |surplus| Err(unexpected(surplus)))
    }

    /// The file of a command that works on one that is there.
    pub fn needed_home(&self, command: &str) -> Result<&Path, Usage> {
        self.no_operand()?;
        self.home.as_deref().ok_or_else(|| Usage(format!("{command} needs --home FILE")))
    }
}

fn unexpected(argument: &OsStr) -> Usage {
    Usage(format!("unexpected argument '{}'", argument.display()))
}

/// The value of an option that is no path.
fn text<'a>(option: &str, value: &'a OsStr) -> Result<&'a str, Usage> {
    value.to_str().ok_or_else(|| Usage(format!("{option} takes text in UTF-8, not '{}'", value.display())))
}

fn engine(name: &str) -> Result<Engine, Usage> {
    Engine::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Engine::ALL.iter().map(|engine| engine.name()).collect();
        Usage(format!("no engine '{name}' in this build, which has: {}", known.join(", ")))
    })
}

fn table(option: &str, text: &str) -> Result<TableName, Usage> {
    let id = text.parse().ok().filter(|id| (tables::HOME..tables::SYSTEM_FIRST).contains(id));
    let mut keys = text.split('.');
    let is_path = keys.next() == Some("_home") && keys.all(|key| !key.is_empty());
    let name = id.map(TableName::Id).or_else(|| is_path.then(|| text.into()));
    name.ok_or_else(|| Usage(format!("{option} takes _home.name or the id of a table, not '{text}'")))
}

fn number<T: FromStr + PartialOrd + Display>(option: &str, text: &str, least: T, most: T) -> Result<T, Usage> {
    let number = text.parse().ok().filter(|number| (&least..=&most).contains(&number));
    number.ok_or_else(|| Usage(format!("{option} takes a whole number from {least} to {most}, not '{text}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Syntax = Syntax {
        command: "all",
        options: &[
            "--usage",
            "--atomic",
            "--read-only",
            "--engine",
            "--instructions",
            "--memory",
            "--seed",
            "--home",
            "--key-file",
            "--audit",
            "--protect",
            "--hide",
            "--forbid",
        ],
        takes_code: false,
    };

    fn parsed(line: &str) -> Result<Arguments, String> {
        parse(ALL, line.split_whitespace().map(OsString::from)).map_err(|usage| usage.0)
    }

    #[test]
    fn options_stand_anywhere_before_two_dashes() {
        let arguments = parsed("--seed=-5 a.lua --memory 4096 - --home h.redb -- --seed").unwrap();
        assert_eq!(arguments.operands, ["a.lua", "-", "--seed"]);
        assert_eq!((arguments.seed, arguments.memory), (Some(-5), Some(4096)));
        assert_eq!(arguments.home, Some(PathBuf::from("h.redb")));
        assert!(parsed("-h").unwrap().help);
        let limited = parsed("--usage --instructions 1000000").unwrap();
        assert_eq!((limited.usage, limited.instructions), (true, Some(1_000_000)));
    }

    #[test]
    fn what_is_forbidden_adds_up() {
        let line =
            "--read-only --protect _home.a --hide=_home.b --protect 17 x --forbid os --forbid load --audit a.log";
        let permissions = Permissions::new().read_only().protect("_home.a").hide("_home.b").protect(17);
        let arguments = parsed(line).unwrap();
        assert_eq!(arguments.permissions, permissions.forbid("os").forbid("load"));
        assert_eq!((arguments.audit, arguments.operands), (Some(PathBuf::from("a.log")), vec![OsString::from("x")]));
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (line, message) in [
            ("--sed 1", "unknown option '--sed'"),
            ("-x", "unknown option '-x'"),
            ("--usage=1", "unknown option '--usage=1'"),
            ("--seed", "--seed needs a value"),
            ("--home", "--home needs a value"),
            ("--read-only=1", "unknown option '--read-only=1'"),
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
            ("--home=", "--home needs a value that is not empty"),
            ("--new-key-file k", "all takes no --new-key-file"),
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
        let code = Syntax { takes_code: true, ..ALL };
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
            assert!(parse(ALL, [OsString::from(text)]).is_err());
        }
        for text in ["--comment", "-x", "--x=1", "-"] {
            let after = parse(code, ["--", text].map(OsString::from)).unwrap();
            assert_eq!(after.operands, [text]);
        }
        let hint = "unknown option '--comment'; code that begins with - goes after --";
        assert!(parse(code, [OsString::from("--comment")]).is_err_and(|usage| usage.0 == hint));
    }

    #[cfg(unix)]
    #[test]
    fn only_what_is_no_path_has_to_be_text() {
        let path = os_string(b"a\xff");
        let attached = os_string(b"--home=a\xff");
        let arguments = parse(ALL, [attached, path.clone()]).unwrap();
        assert_eq!((arguments.home, &arguments.operands[..]), (Some(PathBuf::from(&path)), &[path.clone()][..]));
        for (option, message) in [
            ("--seed", "--seed takes text in UTF-8, not 'a\u{fffd}'"),
            ("--forbid", "--forbid takes text in UTF-8, not 'a\u{fffd}'"),
        ] {
            assert!(parse(ALL, [option.into(), path.clone()]).is_err_and(|usage| usage.0 == message));
        }
        let unknown = parse(ALL, [os_string(b"--a\xff=1")]);
        assert!(unknown.is_err_and(|usage| usage.0 == "unknown option '--a\u{fffd}=1'"));
    }
}
