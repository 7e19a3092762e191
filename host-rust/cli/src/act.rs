//! What each command does.

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::{
    bench, call, completions, eval, gc, help, homes, inspect, man, query, repl, replay, run, serve, transfer, verify,
};

/// A command with its arguments.
type Act = fn(&Arguments) -> Result<(), Failure>;

/// What the command of that name does; none for a name that is none.
pub fn of(name: &str) -> Option<Act> {
    Some(match name {
        "run" => run::run,
        "eval" => eval::eval,
        "call" => call::call,
        "repl" => repl::repl,
        "inspect" => inspect::inspect,
        "query" => query::query,
        "export" => transfer::export,
        "import" => transfer::import,
        "homes" => homes::homes,
        #[cfg(feature = "redb")]
        "migrate" => crate::migrate::migrate,
        #[cfg(not(feature = "redb"))]
        "migrate" => missing_migrate,
        "verify" => verify::verify,
        "gc" => gc::gc,
        "bench" => bench::bench,
        "serve" => serve::serve,
        "token" => serve::token,
        "replay" => replay::replay,
        "key" => keys::key,
        "encrypt" => keys::encrypt,
        "rotate" => keys::rotate,
        "decrypt" => keys::decrypt,
        "completions" => completions::completions,
        "man" => man::man,
        "help" => help::help,
        "bench-worker" => bench::bench_worker,
        "--version" => help::version,
        _ => return None,
    })
}

#[cfg(not(feature = "redb"))]
fn missing_migrate(_: &Arguments) -> Result<(), Failure> {
    Err(crate::arguments::Usage("migrate needs a build with the feature redb".to_owned()).into())
}

#[cfg(all(feature = "redb", feature = "encryption"))]
use crate::encryption as keys;

/// The commands for keys in a build that has none.
#[cfg(not(all(feature = "redb", feature = "encryption")))]
mod keys {
    use crate::arguments::{Arguments, Usage};
    use crate::failure::Failure;

    macro_rules! missing {
        ($($name:ident)*) => {
            $(pub fn $name(_: &Arguments) -> Result<(), Failure> {
                let problem = concat!(stringify!($name), " needs a build with the features redb and encryption");
                Err(Usage(problem.to_owned()).into())
            })*
        };
    }

    missing!(key encrypt rotate decrypt);
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_does_something() {
        for command in crate::commands::COMMANDS {
            assert!(super::of(command.name).is_some(), "{}", command.name);
        }
    }
}
