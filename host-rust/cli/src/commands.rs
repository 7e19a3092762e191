//! Every command: its name, what it takes and what it says of itself. As with options, the parser, the help, the man page and
//! the completions read this one table; `act.rs` has what each does.

use std::ffi::OsStr;

use crate::arguments::Usage;
use crate::options::{self, Opt};
use crate::{likely, texts};

/// A command, and the arguments that it takes.
pub struct Command {
    pub name: &'static str,
    /// Its operands, for the overview.
    pub operands: &'static str,
    /// What it does, in half a line; empty for a command that no overview shows.
    pub about: &'static str,
    /// Its lines of usage, each without `cu` and the name.
    pub usage: &'static [&'static str],
    /// Paragraphs: the first stands before the usage.
    pub text: &'static [&'static str],
    /// Its options, without the one for help.
    pub options: &'static [&'static [Opt]],
    /// Whether its operands are code or values, which may begin with a comment, `--` and more, or are less than 0.
    pub takes_code: bool,
}

impl Command {
    /// The command of that name.
    pub fn named(name: &str) -> Option<&'static Command> {
        COMMANDS.iter().find(|command| command.name == name)
    }

    /// Its options in order, with the one for help.
    pub fn options(&self) -> impl Iterator<Item = &'static Opt> + use<> {
        self.options.iter().copied().flatten().chain([&options::HELP])
    }

    /// Whether there is more to say of it than the overview does.
    pub fn has_help(&self) -> bool {
        !self.text.is_empty()
    }

    /// Those that people call by name.
    pub fn shown() -> impl Iterator<Item = &'static Command> {
        COMMANDS.iter().filter(|command| !command.about.is_empty())
    }
}

/// A command that there is not.
pub fn unknown(name: &OsStr) -> Usage {
    let shown = Command::shown().map(|command| command.name);
    let hint = name.to_str().map_or(String::new(), |name| likely::hint(name, shown));
    Usage(format!("unknown command '{}'{hint}", name.display()))
}

pub const COMMANDS: &[Command] = &[
    Command {
        name: "run",
        operands: "FILE [ARG ...]",
        about: "run a script",
        usage: &["[OPTIONS] FILE [ARG ...]"],
        text: texts::RUN,
        options: &[options::RUN, &[options::INPUT]],
        takes_code: false,
    },
    Command {
        name: "eval",
        operands: "CODE",
        about: "run the code given on the command line",
        usage: &["[OPTIONS] CODE"],
        text: texts::EVAL,
        options: &[options::RUN, &[options::INPUT]],
        takes_code: true,
    },
    Command {
        name: "call",
        operands: "WAY [VALUE ...]",
        about: "call a function, such as one that a file keeps",
        usage: &["[OPTIONS] WAY [VALUE ...]"],
        text: texts::CALL,
        options: &[options::RUN],
        takes_code: true,
    },
    Command {
        name: "repl",
        operands: "",
        about: "run what is typed, again and again",
        usage: &["[OPTIONS]"],
        text: texts::REPL,
        options: &[options::REPL],
        takes_code: false,
    },
    Command {
        name: "inspect",
        operands: "[WAY]",
        about: "show what is in a file of tables, as a tree",
        usage: &["[OPTIONS] --home FILE [WAY]"],
        text: texts::INSPECT,
        options: &[options::FILE, options::INSPECT],
        takes_code: false,
    },
    Command {
        name: "query",
        operands: "TABLE [COND ...]",
        about: "show the rows of a table that pass conditions",
        usage: &["[OPTIONS] --home FILE TABLE [CONDITION ...]"],
        text: texts::QUERY,
        options: &[options::FILE, options::QUERY],
        takes_code: false,
    },
    Command {
        name: "export",
        operands: "[WAY]",
        about: "write tables as lines of JSON, or as a snapshot",
        usage: &["--home FILE [--snapshot]", "--home FILE WAY"],
        text: texts::EXPORT,
        options: &[options::FILE, options::EXPORT],
        takes_code: false,
    },
    Command {
        name: "import",
        operands: "[WAY] FILE",
        about: "read what was exported",
        usage: &["--home FILE FILE", "--home FILE WAY FILE"],
        text: texts::IMPORT,
        options: &[options::FILE, options::IMPORT],
        takes_code: false,
    },
    Command {
        name: "homes",
        operands: "",
        about: "list, rename or drop the homes in a file of tables",
        usage: &["--home FILE [--key-file FILE]", "--home FILE --rename OLD NEW", "--home FILE --drop NAME"],
        text: texts::HOMES,
        options: &[options::FILE, options::HOMES],
        takes_code: false,
    },
    Command {
        name: "verify",
        operands: "",
        about: "find what is wrong in a file of tables, and mend it",
        usage: &["--home FILE [--key-file FILE] [--mend]"],
        text: texts::VERIFY,
        options: &[options::FILE, options::VERIFY],
        takes_code: false,
    },
    Command {
        name: "gc",
        operands: "",
        about: "free what nothing in a file of tables reaches",
        usage: &["--home FILE [--key-file FILE]"],
        text: texts::GC,
        options: &[options::FILE, options::GC],
        takes_code: false,
    },
    Command {
        name: "migrate",
        operands: "",
        about: "copy a home to another place, with another key or form",
        usage: &["[OPTIONS] --home FILE --to FILE"],
        text: texts::MIGRATE,
        options: &[options::FILE, options::MIGRATE],
        takes_code: false,
    },
    Command {
        name: "bench",
        operands: "FILE [ARG ...]",
        about: "run a script again and again, and show what it takes",
        usage: &["[OPTIONS] FILE [ARG ...]", "[OPTIONS] -e CODE", "[OPTIONS] --call WAY [VALUE ...]"],
        text: texts::BENCH,
        options: &[options::BENCH],
        takes_code: true,
    },
    Command {
        name: "serve",
        operands: "[PLACE]",
        about: "serve homes over HTTP",
        usage: &["[OPTIONS] [PLACE]"],
        text: texts::SERVE,
        options: &[options::SERVE],
        takes_code: false,
    },
    Command {
        name: "token",
        operands: "",
        about: "make a token for a server",
        usage: &[""],
        text: texts::TOKEN,
        options: &[],
        takes_code: false,
    },
    Command {
        name: "replay",
        operands: "FILE",
        about: "run again what was recorded, and say where it differs",
        usage: &["[OPTIONS] FILE"],
        text: texts::REPLAY,
        options: &[options::REPLAY],
        takes_code: false,
    },
    Command {
        name: "key",
        operands: "FILE",
        about: "make a key",
        usage: &["FILE"],
        text: texts::KEY,
        options: &[],
        takes_code: false,
    },
    Command {
        name: "encrypt",
        operands: "",
        about: "encrypt a file of tables",
        usage: &["--home FILE --key-file KEY"],
        text: texts::ENCRYPT,
        options: &[options::KEYS],
        takes_code: false,
    },
    Command {
        name: "rotate",
        operands: "",
        about: "encrypt it with another key",
        usage: &["--home FILE --key-file OLD --new-key-file NEW"],
        text: texts::ROTATE,
        options: &[options::KEYS, options::ROTATE],
        takes_code: false,
    },
    Command {
        name: "decrypt",
        operands: "",
        about: "make it plain again",
        usage: &["--home FILE --key-file KEY"],
        text: texts::DECRYPT,
        options: &[options::KEYS],
        takes_code: false,
    },
    Command {
        name: "completions",
        operands: "SHELL",
        about: "write completions for bash, zsh or fish",
        usage: &["bash|zsh|fish"],
        text: texts::COMPLETIONS,
        options: &[],
        takes_code: false,
    },
    Command {
        name: "man",
        operands: "",
        about: "write the man page",
        usage: &[""],
        text: texts::MAN,
        options: &[],
        takes_code: false,
    },
    Command {
        name: "help",
        operands: "[COMMAND]",
        about: "show this text, or a command's",
        usage: &["[COMMAND]"],
        text: &[],
        options: &[],
        takes_code: false,
    },
    Command {
        name: "bench-worker",
        operands: "",
        about: "",
        usage: &[""],
        text: texts::BENCH_WORKER,
        options: &[options::BENCH_WORKER],
        takes_code: false,
    },
    Command { name: "--version", operands: "", about: "", usage: &[""], text: &[], options: &[], takes_code: false },
];
