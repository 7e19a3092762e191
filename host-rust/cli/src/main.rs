//! The command line `cu`: each command has a file (those for keys share one), `commands` and `options` say what there is;
//! this file picks the command.

mod act;
mod arguments;
mod bench;
mod call;
mod chunk;
mod commands;
mod completions;
#[cfg(all(feature = "redb", feature = "encryption"))]
mod encryption;
mod eval;
mod failure;
mod files;
mod gc;
mod help;
mod home;
mod homes;
mod inspect;
#[cfg(all(feature = "redb", feature = "encryption"))]
mod key_file;
mod likely;
mod man;
#[cfg(feature = "redb")]
mod migrate;
mod options;
mod output;
mod paint;
mod parse;
mod printed;
mod progress;
mod query;
mod repl;
mod replay;
mod run;
mod script;
mod serve;
mod session;
mod source_line;
mod start;
mod texts;
mod transfer;
mod usage;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use arguments::Usage;
use commands::Command;
use failure::Failure;

/// Stack of the thread that runs scripts: the engine's share and plenty for the host, even if the main thread has less.
const STACK_BYTES: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    hide_caught_panics();
    let words: Vec<OsString> = std::env::args_os().skip(1).collect();
    let name = words.first().cloned();
    let work = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(|| command(words.into_iter()));
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(failure))) => {
            if !failure.is_silent() {
                output::complain(&failure.text());
            }
            if let Failure::Usage(_) = failure {
                output::complain(&help::offer(name.as_deref()));
            }
            ExitCode::from(failure.exit_status())
        }
        // The panic has been printed.
        Ok(Err(_)) => ExitCode::from(failure::BROKEN),
        Err(error) => {
            output::complain(&format!("cu: no thread: {error}"));
            ExitCode::from(failure::BROKEN)
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

fn command(mut words: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let word = words.next().ok_or_else(|| Usage("no command is given".to_owned()))?;
    let name = match word.to_str() {
        Some("-h" | "--help") => "help",
        Some("-V") => "--version",
        Some(name) => name,
        None => "",
    };
    let unknown = || commands::unknown(&word);
    let command = Command::named(name).ok_or_else(unknown)?;
    let arguments = parse::parse(command, words)?;
    if arguments.help {
        return output::show(help::about(command).as_bytes());
    }
    act::of(command.name).ok_or_else(unknown)?(&arguments)
}
