//! The words after a command as its arguments: lexopt splits them, the table of commands says which it takes.

use std::ffi::{OsStr, OsString};

use lexopt::{Arg, Parser};

use crate::arguments::{Arguments, Usage};
use crate::commands::{COMMANDS, Command};
use crate::options::{self, Opt, Takes};
use crate::{home, likely};

/// Parses the arguments after the command. Options may stand anywhere before `--`, as `--name value` or `--name=value`.
pub fn parse(command: &Command, arguments: impl IntoIterator<Item = OsString>) -> Result<Arguments, Usage> {
    let mut parser = Parser::from_args(arguments);
    let mut parsed = Arguments::default();
    let mut given: Vec<&str> = Vec::new();
    // The whole argument that is parsed now.
    let mut argument = OsString::new();
    loop {
        if let Some(mut rest) = parser.try_raw_args() {
            if command.takes_code
                && let Some(code) = rest.next_if(is_code)
            {
                parsed.operands.push(code);
                continue;
            }
            argument = rest.peek().unwrap_or_default().to_owned();
        }
        let unknown = || {
            let written = argument.to_str().and_then(|argument| argument.split('=').next()).unwrap_or_default();
            let names = command.options().map(|option| option.name).filter(|name| *name != written);
            let hint = match likely::hint(written, names) {
                none if none.is_empty() && command.takes_code => {
                    "; what begins with - and is no option goes after --".to_owned()
                }
                hint => hint,
            };
            Usage(format!("unknown option '{}'{hint}", argument.display()))
        };
        let name = match parser.next().map_err(|_| unknown())? {
            None => {
                // A URL may say it, too; other commands have their own way to read, or refuse it.
                if command.options().any(|option| option.name == options::READ_ONLY.name)
                    && parsed.home.as_deref().is_some_and(home::is_read_only)
                {
                    parsed.flag(options::READ_ONLY.name);
                }
                return Ok(parsed);
            }
            Some(Arg::Value(operand)) => {
                parsed.operands.push(operand);
                continue;
            }
            Some(Arg::Short('h') | Arg::Long("help")) => {
                parsed.help = true;
                continue;
            }
            Some(Arg::Short('e')) if command.options().any(|option| option.name == options::EVAL.name) => {
                options::EVAL.name.to_owned()
            }
            Some(Arg::Short(_)) => return Err(unknown()),
            Some(Arg::Long(name)) => format!("--{name}"),
        };
        let of = |command: &Command| command.options().find(|option| option.name == name);
        let Some(Opt { name, takes, .. }) = of(command) else {
            let is_known = COMMANDS.iter().any(|command| of(command).is_some());
            return Err(if is_known { Usage(format!("{} takes no {name}", command.name)) } else { unknown() });
        };
        if *takes == Takes::Nothing {
            match parser.optional_value() {
                Some(value) => return Err(Usage(format!("{name} takes no value, not '{}'", value.display()))),
                None => parsed.flag(name),
            }
            continue;
        }
        if matches!(takes, Takes::One(_)) && given.contains(name) {
            return Err(Usage(format!("{name} is given more than once")));
        }
        let value = parser.value().map_err(|_| Usage(format!("{name} needs a value")))?;
        parsed.value(name, value)?;
        given.push(name);
    }
}

/// Whether the argument is code and not an option: names of options have only letters and dashes, and `=` ends them.
fn is_code(argument: &OsStr) -> bool {
    let Some(rest) = argument.as_encoded_bytes().strip_prefix(b"-").filter(|rest| !matches!(*rest, b"" | b"-")) else {
        return false;
    };
    let name = rest.strip_prefix(b"-").unwrap_or(rest).split(|byte| *byte == b'=').next().unwrap_or_default();
    let is_name = name.first().is_some_and(u8::is_ascii_alphabetic)
        && name.iter().all(|byte| byte.is_ascii_alphabetic() || *byte == b'-');
    !is_name
}

#[cfg(test)]
mod tests;
