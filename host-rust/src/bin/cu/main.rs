//! The command line `cu`: each command has a file (those for keys share one); this file picks the command.

mod arguments;
mod bench_worker;
mod call;
#[cfg(all(feature = "redb", feature = "encryption"))]
mod encryption;
mod eval;
mod failure;
mod gc;
mod help;
mod home;
mod homes;
#[cfg(all(feature = "redb", feature = "encryption"))]
mod key_file;
mod output;
mod replay;
mod run;
mod script;
mod start;
mod verify;

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use cu_host::{MODULE, ModuleInfo};

use arguments::{Arguments, Syntax, Usage};
use failure::Failure;

/// Stack of the thread that runs scripts: the engine's share and plenty for the host, even if the main thread has less.
const STACK_BYTES: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    hide_caught_panics();
    let work = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(|| command(std::env::args_os().skip(1)));
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(failure))) => {
            if !failure.is_broken_pipe() {
                output::complain(&failure.text());
            }
            ExitCode::from(failure.exit_status())
        }
        // The panic has been printed.
        Ok(Err(_)) => ExitCode::FAILURE,
        Err(error) => {
            output::complain(&format!("cu: no thread: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Does not print panics that a store answers as errors.
fn hide_caught_panics() {
    #[cfg(feature = "redb")]
    {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !cu_host::store::panic_is_caught() {
                usual(panic);
            }
        }));
    }
}

/// A command and the arguments that it takes.
struct Command {
    syntax: Syntax,
    act: fn(&Arguments) -> Result<(), Failure>,
}

/// Options of the commands that run scripts.
const RUN: &[&str] = &[
    "--engine",
    "--instructions",
    "--time-limit",
    "--memory",
    "--usage",
    "--seed",
    "--atomic",
    "--read-only",
    "--protect",
    "--hide",
    "--forbid",
    "--audit",
    "--record",
    "--home",
    "--home-name",
    "--wait",
    "--key-file",
];

const fn command_of(
    command: &'static str,
    options: &'static [&'static str],
    act: fn(&Arguments) -> Result<(), Failure>,
) -> Command {
    Command { syntax: Syntax { command, options, takes_code: false }, act }
}

const COMMANDS: &[Command] = &[
    command_of("run", RUN, run::run),
    Command { syntax: Syntax { command: "eval", options: RUN, takes_code: true }, act: eval::eval },
    Command { syntax: Syntax { command: "call", options: RUN, takes_code: true }, act: call::call },
    command_of("replay", &["--engine", "--rows"], replay::replay),
    command_of("homes", &["--home", "--key-file", "--wait", "--rename", "--drop"], homes::homes),
    command_of("verify", &["--home", "--key-file", "--wait", "--mend"], verify::verify),
    command_of("gc", &["--engine", "--memory", "--home", "--key-file", "--wait"], gc::gc),
    #[cfg(all(feature = "redb", feature = "encryption"))]
    command_of("key", &[], encryption::key),
    #[cfg(all(feature = "redb", feature = "encryption"))]
    command_of("encrypt", &["--home", "--key-file"], encryption::encrypt),
    #[cfg(all(feature = "redb", feature = "encryption"))]
    command_of("rotate", &["--home", "--key-file", "--new-key-file"], encryption::rotate),
    #[cfg(all(feature = "redb", feature = "encryption"))]
    command_of("decrypt", &["--home", "--key-file"], encryption::decrypt),
    command_of(
        "bench-worker",
        &["--engine", "--instructions", "--memory", "--seed", "--startup"],
        bench_worker::bench_worker,
    ),
    command_of("help", &[], show_help),
    command_of("--version", &[], show_version),
];

fn unknown(word: &OsStr) -> Usage {
    match word.to_str() {
        Some(name) if help::command(name).is_some() => {
            Usage(format!("{name} needs a build with the features redb and encryption"))
        }
        _ => Usage(format!("unknown command '{}'", word.display())),
    }
}

fn command(mut words: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let word = words.next().ok_or_else(|| Usage("no command is given".to_owned()))?;
    let name = match word.to_str() {
        Some("-h" | "--help") => "help",
        Some("-V") => "--version",
        Some(name) => name,
        None => "",
    };
    let command = COMMANDS.iter().find(|command| command.syntax.command == name).ok_or_else(|| unknown(&word))?;
    let arguments = arguments::parse(command.syntax, words)?;
    match help::command(name) {
        Some(text) if arguments.help => output::show(text.as_bytes()),
        _ => (command.act)(&arguments),
    }
}

fn show_help(arguments: &Arguments) -> Result<(), Failure> {
    let text = match arguments.only_operand()? {
        Some(name) => name.to_str().and_then(help::command).ok_or_else(|| unknown(name))?,
        None => help::overview(),
    };
    output::show(text.as_bytes())
}

fn show_version(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let ModuleInfo { version, abi, features, flags } = ModuleInfo::read(MODULE)?;
    let parts = [features, flags].concat();
    let with = if parts.is_empty() { String::new() } else { format!(", with {}", parts.join(", ")) };
    let cu = env!("CARGO_PKG_VERSION");
    output::show(format!("cu {cu}\nmodule {version}, version {abi} of the contract{with}\n").as_bytes())
}
