//! `cu help`, `cu COMMAND --help` and `cu --version`: what the tables of commands and options say, as text.
//!
//! Invariant: an engine is named only when this build has it.

use std::ffi::OsStr;

use cu_host::{Engine, MODULE, ModuleInfo};

use crate::arguments::Arguments;
use crate::commands::{self, Command};
use crate::failure::{self, Failure};
use crate::options::Opt;
use crate::output;

/// Columns of a line of help: those of a terminal that nobody has made wider.
const COLUMNS: usize = 80;

pub const SUMMARY: &str = "cu runs Lua 5.4 scripts in one WebAssembly module.";

pub fn help(arguments: &Arguments) -> Result<(), Failure> {
    let text = match arguments.only_operand()? {
        None => overview(),
        Some(name) => match name.to_str().and_then(Command::named) {
            Some(command) => about(command),
            None => return Err(commands::unknown(name).into()),
        },
    };
    output::show(text.as_bytes())
}

pub fn version(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let ModuleInfo { version, abi, features, flags } = ModuleInfo::read(MODULE)?;
    let parts = [features, flags].concat();
    let with = if parts.is_empty() { String::new() } else { format!(", with {}", parts.join(", ")) };
    let cu = env!("CARGO_PKG_VERSION");
    output::show(format!("cu {cu}\nmodule {version}, version {abi} of the contract{with}\n").as_bytes())
}

/// The text of `cu --help`.
fn overview() -> String {
    let commands: Vec<_> = Command::shown().map(|command| (called(command), command.about.to_owned())).collect();
    let options =
        [("-h, --help", "show this text, or a command's"), ("-V, --version", "show the version, and the module's")];
    format!(
        "{SUMMARY}\n\nUsage: cu COMMAND [OPTIONS] ...\n\nCommands:\n{}\nOptions:\n{}\n{}\n",
        columns(&commands),
        columns(&options.map(|(name, about)| (name.to_owned(), about.to_owned()))),
        exit_statuses()
    )
}

/// Where one finds what is right, for somebody who called this command wrongly.
pub fn offer(name: Option<&OsStr>) -> String {
    match name.and_then(OsStr::to_str).and_then(Command::named).filter(|command| command.has_help()) {
        Some(command) => format!("Try 'cu {} --help'.", command.name),
        None => "Try 'cu --help'.".to_owned(),
    }
}

/// The text about one command.
pub fn about(command: &Command) -> String {
    if command.name == "help" {
        return overview();
    }
    let mut paragraphs = command.text.iter().map(|paragraph| match examples(paragraph) {
        Some(lines) => format!("{EXAMPLES}\n  {}", lines.collect::<Vec<_>>().join("\n  ")),
        None => folded(&paragraph.replace('\n', " "), 0),
    });
    let mut text = paragraphs.next().map_or(String::new(), |first| format!("{first}\n\n"));
    for (usage, start) in command.usage.iter().zip(["Usage:"].into_iter().chain(std::iter::repeat("      "))) {
        text += &format!("{}\n", format!("{start} cu {} {usage}", command.name).trim_end());
    }
    text += "\n";
    paragraphs.for_each(|paragraph| text += &format!("{paragraph}\n\n"));
    let options: Vec<_> = command.options().map(|option| (shown(option), meaning(option))).collect();
    text + "Options:\n" + &columns(&options)
}

/// How a paragraph of several examples begins.
const EXAMPLES: &str = "Examples:";

/// The lines of such a paragraph; where others break has no meaning.
pub fn examples(paragraph: &str) -> Option<impl Iterator<Item = &str>> {
    Some(paragraph.strip_prefix(EXAMPLES)?.lines().map(str::trim))
}

/// A command as it is called.
fn called(command: &Command) -> String {
    format!("{} {}", command.name, command.operands).trim_end().to_owned()
}

/// An option with the name of its value.
pub fn shown(option: &Opt) -> String {
    match option.value() {
        None if option.name == "--help" => "-h, --help".to_owned(),
        None => option.name.to_owned(),
        Some(value) => format!("{} {value}", option.name),
    }
}

/// What an option does, in this build.
pub fn meaning(option: &Opt) -> String {
    option.about.replace("{engines}", &engines())
}

/// What the exit statuses mean, in one sentence.
pub fn exit_statuses() -> String {
    let statuses = failure::STATUSES.map(|(status, meaning)| format!("{status} {meaning}"));
    folded(&format!("Exit status: {}.", statuses.join(", ")), 0)
}

/// Names, and beside them their texts, which are folded.
fn columns(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let row = |(name, text): &(String, String)| format!("  {name:width$}  {}\n", folded(text, width + 4));
    rows.iter().map(row).collect()
}

/// Breaks a text between words; further lines begin at this column.
fn folded(text: &str, indent: usize) -> String {
    let mut folded = String::new();
    let mut column = indent;
    for word in text.split(' ') {
        if !folded.is_empty() {
            let is_full = column + 1 + word.len() > COLUMNS;
            folded += &if is_full { format!("\n{}", " ".repeat(indent)) } else { " ".to_owned() };
            column = if is_full { indent } else { column + 1 };
        }
        folded += word;
        column += word.len();
    }
    folded
}

/// The engines of this build.
fn engines() -> String {
    let described = Engine::ALL.iter().map(|engine| {
        let how = if engine.name() == "wasmtime" { "compiles" } else { "interprets" };
        let default = if *engine == Engine::default() { ", the default" } else { "" };
        format!("{} ({how}{default})", engine.name())
    });
    described.collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    #[test]
    fn only_engines_of_the_build_are_named() {
        for name in ["run", "eval", "call", "replay", "gc"] {
            let text = about(Command::named(name).unwrap());
            for name in ["wasmtime", "wasmi"] {
                let is_there = Engine::ALL.iter().any(|engine| engine.name() == name);
                assert_eq!(text.contains(&format!("{name} (")), is_there, "{text}");
            }
            assert!(!text.contains("{engines}"), "{text}");
        }
    }

    #[test]
    fn no_line_is_longer_than_a_terminal_is_wide() {
        for text in COMMANDS.iter().map(about) {
            for line in text.lines() {
                assert!(line.len() <= COLUMNS, "{} columns: {line}", line.len());
            }
        }
    }
}
