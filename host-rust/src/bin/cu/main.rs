//! The command line `cu`: one file per command (one for all that have to do with keys), this one picks it.

mod arguments;
mod bench_worker;
#[cfg(all(feature = "redb", feature = "encryption"))]
mod encryption;
mod eval;
mod failure;
mod gc;
mod help;
mod home;
#[cfg(all(feature = "redb", feature = "encryption"))]
mod key_file;
mod run;
mod script;

use std::process::ExitCode;

use arguments::{Arguments, Usage};
use failure::Failure;

/// Stack of the thread that runs scripts: the engine's share and plenty for the host, also where the main thread is
/// given less.
const STACK_BYTES: usize = 8 * 1024 * 1024;

fn main() -> ExitCode {
    let work = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(|| command(std::env::args().skip(1)));
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(failure))) => {
            if !failure.is_broken_pipe() {
                eprintln!("{}", failure.text());
            }
            ExitCode::from(failure.exit_status())
        }
        // The panic has been printed.
        Ok(Err(_)) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cu: no thread: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(mut words: impl Iterator<Item = String>) -> Result<(), Failure> {
    let name = words.next().ok_or_else(|| Usage("no command is given".to_owned()))?;
    let act: fn(&Arguments) -> Result<(), Failure> = match name.as_str() {
        "run" => run::run,
        "eval" => eval::eval,
        "gc" => gc::gc,
        #[cfg(all(feature = "redb", feature = "encryption"))]
        "key" => encryption::key,
        #[cfg(all(feature = "redb", feature = "encryption"))]
        "encrypt" => encryption::encrypt,
        #[cfg(all(feature = "redb", feature = "encryption"))]
        "rotate" => encryption::rotate,
        #[cfg(all(feature = "redb", feature = "encryption"))]
        "decrypt" => encryption::decrypt,
        #[cfg(not(all(feature = "redb", feature = "encryption")))]
        "key" | "encrypt" | "rotate" | "decrypt" => {
            return Err(Usage(format!("{name} needs a build with the features redb and encryption")).into());
        }
        "bench-worker" => bench_worker::bench_worker,
        "help" | "-h" | "--help" => show_help,
        "-V" | "--version" => show_version,
        _ => return Err(Usage(format!("unknown command '{name}'")).into()),
    };
    let arguments = arguments::parse(words)?;
    // Ignored elsewhere, it would let someone believe that the key is another one from now on.
    if arguments.new_key_file.is_some() && name != "rotate" {
        return Err(Usage("--new-key-file is an option of cu rotate".to_owned()).into());
    }
    match help::command(&name) {
        Some(text) if arguments.help => script::show(text.as_bytes()),
        _ => act(&arguments),
    }
}

fn show_help(arguments: &Arguments) -> Result<(), Failure> {
    let text = match arguments.operands.first() {
        Some(name) => help::command(name).ok_or_else(|| Usage(format!("unknown command '{name}'")))?,
        None => help::OVERVIEW,
    };
    script::show(text.as_bytes())
}

fn show_version(_: &Arguments) -> Result<(), Failure> {
    script::show(concat!("cu ", env!("CARGO_PKG_VERSION"), "\n").as_bytes())
}
