//! Command line arguments, taken apart by hand: a dozen options do not need a library.
//!
//! Invariant: an argument that is not understood is a [`Usage`] error, never ignored.

use std::path::{Path, PathBuf};

use cu_abi::tables;
use cu_host::{Engine, Permissions, TableName};

/// What the command line asked for wrongly.
pub struct Usage(pub String);

/// The options that commands share, and the rest in order.
#[derive(Debug, Default, PartialEq)]
pub struct Arguments {
    /// What is no option.
    pub operands: Vec<String>,
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
    pub help: bool,
}

/// Takes the arguments after the command apart. Options may stand anywhere before `--`, as `--name value` or
/// `--name=value`.
pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Arguments, Usage> {
    let mut arguments = arguments.into_iter();
    let mut parsed = Arguments::default();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            parsed.operands.extend(arguments);
            break;
        }
        if !argument.starts_with('-') || argument == "-" {
            parsed.operands.push(argument);
            continue;
        }
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (argument.as_str(), None),
        };
        if matches!(name, "-h" | "--help") && attached.is_none() {
            parsed.help = true;
            continue;
        }
        if name == "--usage" && attached.is_none() {
            parsed.usage = true;
            continue;
        }
        if name == "--atomic" && attached.is_none() {
            parsed.atomic = true;
            continue;
        }
        if name == "--read-only" && attached.is_none() {
            parsed.permissions = parsed.permissions.read_only();
            continue;
        }
        if matches!(name, "--protect" | "--hide" | "--forbid" | "--audit") {
            let value = attached.or_else(|| arguments.next()).ok_or_else(|| Usage(format!("{name} needs a value")))?;
            parsed.restrict(name, value)?;
            continue;
        }
        if !matches!(
            name,
            "--engine" | "--instructions" | "--memory" | "--seed" | "--home" | "--key-file" | "--new-key-file"
        ) {
            return Err(Usage(format!("unknown option '{argument}'")));
        }
        let value = attached.or_else(|| arguments.next()).ok_or_else(|| Usage(format!("{name} needs a value")))?;
        match name {
            "--engine" => parsed.engine = engine(&value)?,
            "--instructions" => parsed.instructions = Some(number(name, &value)?),
            "--memory" => parsed.memory = Some(number(name, &value)?),
            "--home" => parsed.home = Some(value.into()),
            "--key-file" => parsed.key_file = Some(value.into()),
            "--new-key-file" => parsed.new_key_file = Some(value.into()),
            _ => parsed.seed = Some(number(name, &value)?),
        }
    }
    Ok(parsed)
}

impl Arguments {
    /// Takes an option that says what the script may not do, or where it is accounted for.
    fn restrict(&mut self, option: &str, value: String) -> Result<(), Usage> {
        let permissions = std::mem::take(&mut self.permissions);
        self.permissions = match option {
            "--protect" => permissions.protect(table(option, &value)?),
            "--hide" => permissions.hide(table(option, &value)?),
            "--forbid" => permissions.forbid(value),
            _ => {
                self.audit = Some(value.into());
                permissions
            }
        };
        Ok(())
    }

    /// The one operand of a command that takes exactly one.
    pub fn operand(&self, name: &str) -> Result<&str, Usage> {
        match &self.operands[..] {
            [operand] => Ok(operand),
            [] => Err(Usage(format!("{name} is missing"))),
            [_, surplus, ..] => Err(Usage(format!("unexpected argument '{surplus}'"))),
        }
    }

    /// The file of a command that works on one that is there.
    pub fn needed_home(&self, command: &str) -> Result<&Path, Usage> {
        match self.operands.first() {
            Some(surplus) => Err(Usage(format!("unexpected argument '{surplus}'"))),
            None => self.home.as_deref().ok_or_else(|| Usage(format!("{command} needs --home FILE"))),
        }
    }
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

fn number<T: std::str::FromStr>(option: &str, text: &str) -> Result<T, Usage> {
    text.parse().map_err(|_| Usage(format!("{option} takes a whole number, not '{text}'")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Arguments, String> {
        parse(line.split_whitespace().map(str::to_owned)).map_err(|usage| usage.0)
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
        assert_eq!((arguments.audit, arguments.operands), (Some(PathBuf::from("a.log")), vec!["x".to_owned()]));
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
            ("--seed 1.5", "--seed takes a whole number, not '1.5'"),
            ("--memory -1", "--memory takes a whole number, not '-1'"),
        ] {
            assert_eq!(parsed(line), Err(message.to_owned()));
        }
        assert!(parsed("--engine v8").unwrap_err().starts_with("no engine 'v8' in this build, which has: "));
        assert!(parsed("a b").unwrap().operand("FILE").is_err_and(|usage| usage.0 == "unexpected argument 'b'"));
    }
}
