//! The texts of `cu --help` and `cu help COMMAND`.

/// What `cu --help` shows.
pub const OVERVIEW: &str = "\
cu runs Lua 5.4 scripts in one WebAssembly module.

Usage: cu COMMAND [OPTIONS] ...

Commands:
  run FILE     run a script
  eval CODE    run the code given on the command line
  help [COMMAND]

Options:
  -h, --help       show this text, or a command's
  -V, --version    show the version

Exit status: 0 success, 1 the script failed or could not be read, 2 wrong usage.
";

/// The options of every command that runs something.
macro_rules! run_options {
    () => {
        "\
Options:
  --engine NAME     wasmtime (compiles, the default) or wasmi (interprets)
  --memory BYTES    bytes of the arena that the script may use
  --seed N          seed of math.random and of the string hash
  --home FILE       keep the table _home in this file from run to run
  -h, --help        show this text
"
    };
}

/// What a run leaves behind.
macro_rules! home_text {
    () => {
        "\
Without --home all tables are gone after the run. With it, what the script put into _home is there again in the next run
with that file, which is created when it is missing; one run at a time can have it open. A run that fails keeps what it
changed before the error, one that is killed changes nothing.

"
    };
}

const RUN: &str = concat!(
    "\
Run a script and show what it prints, then the values it returns, one per line.

Usage: cu run [OPTIONS] FILE

FILE is the script, - for standard input. A first line that starts with #! is skipped. A lone nil, which is also what
a script without return gives, is not shown. An error goes to standard error, with its traceback.

",
    home_text!(),
    run_options!()
);

const EVAL: &str = concat!(
    "\
Run the code given on the command line and show what it prints, then the values it returns, one per line.

Usage: cu eval [OPTIONS] CODE

Example: cu eval 'return 1 + 1, {name = \"x\"}'

",
    home_text!(),
    run_options!()
);

/// The text about one command, when there is such a command.
pub fn command(name: &str) -> Option<&'static str> {
    match name {
        "run" => Some(RUN),
        "eval" => Some(EVAL),
        "help" => Some(OVERVIEW),
        _ => None,
    }
}
