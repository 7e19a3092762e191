//! The texts of `cu --help` and `cu help COMMAND`.
//!
//! Invariant: an engine is named only when this build has it.

use cu_host::Engine;

/// What `cu --help` shows.
const OVERVIEW: &str = "\
cu runs Lua 5.4 scripts in one WebAssembly module.

Usage: cu COMMAND [OPTIONS] ...

Commands:
  run FILE     run a script
  eval CODE    run the code given on the command line
  call WAY     call a function, such as one that a file of tables keeps
  replay FILE  run again what was recorded, and say where it differs
  verify       find what is wrong in a file of tables, and mend it
  homes        list, rename or drop the homes in a file of tables
  gc           free what nothing in a file of tables reaches
  key FILE     make a key
  encrypt      encrypt a file of tables
  rotate       encrypt it with another key
  decrypt      make it plain again
  help [COMMAND]

Options:
  -h, --help       show this text, or a command's
  -V, --version    show the version, and the module's with what is built in

Exit status: 0 success, 1 the script failed or could not be read, 2 wrong usage.
";

/// The options of every command that runs scripts.
macro_rules! run_options {
    () => {
        "\
Options:
  --engine NAME     {engines}
  --instructions N  stop the script after so many instructions; without it, or with 0, it may run for ever
  --time-limit S    stop it after so many seconds, such as 0.5
  --memory BYTES    bytes of the arena that the script may use
  --usage           say on standard error how many instructions and bytes it used
  --seed N          seed of math.random and of the string hash
  --atomic          a run that fails changes nothing in the file of --home
  --read-only       the script may change nothing in _home; the file of --home is only read
  --protect TABLE   it may not change this table, _home.prices say, or what is in it
  --hide TABLE      it may not see this table
  --forbid NAME     it may not call this function of Lua's library, such as string.rep, or any of this library
  --audit FILE      add a line of JSON to this file for each thing that someone may have to account for
  --record FILE     record the run in this new file, for cu replay
  --home FILE       keep the table _home in this file from run to run
  --home-name NAME  the home of that name in the file is _home
  --wait SECONDS    wait so long for another process that has the file open
  --key-file FILE   encrypt that file with the key in this one: 32 bytes or 64 hexadecimal digits
  -h, --help        show this text
"
    };
}

/// The part about what a run keeps.
macro_rules! home_text {
    () => {
        "\
A table of _home that is returned is shown with what it holds: 4 levels of tables, fewer where that is more than 10,000
entries. Tables below them, and tables that occur again, are shown by their name.

Without --home all tables are gone after the run. With it, what the script put into _home is there again in the next run
with that file, which is created when it is missing; one run at a time can have it open, and a second one fails, or waits
for as long as --wait says. A run that fails keeps what it changed before the error, unless --atomic is given; one that
is killed changes nothing. With --read-only the file is neither created nor written, and may lie where nothing can be
written; several such runs can have it open.

A file can have many homes. --home-name says which of them is _home, and makes it when there is none of that name; without
it, _home is table 1. cu homes lists them.

With --key-file a new file is encrypted from the start; its values are, the keys of tables are not. It cannot be read
without the key, and nobody can restore one that is lost. cu key makes a key, cu encrypt encrypts a file that is there.

"
    };
}

/// The part about what scripts may not do, and what is reported.
macro_rules! permissions_text {
    () => {
        "\
--protect, --hide and --forbid may be given more than once. A TABLE is _home, a way to a table from there with dots
(_home.shop.prices), or its id; what is said last of a table holds. Functions without a library, such as load, are those
of _G. The script sees an error where it tries what it may not; a hidden table seems absent. What it returns is shown
whole, with hidden tables in it: they bind the script, not this command.

With --audit each refused permission, limit that was met, function that was stored or restored, and binary chunk is a
line, numbered from 1 in each run. A run of which a line could not be written fails at its end.

"
    };
}

const RUN: &str = concat!(
    "\
Run a script and show what it prints, then the values it returns, one per line. All of it is shown when the script has
ended, and kept in memory until then: give --instructions to one that may print for ever.

Usage: cu run [OPTIONS] FILE

FILE is the script, - for standard input. A first line that starts with #! is skipped. A lone nil, which is also what
a script without return gives, is not shown. An error goes to standard error, with its traceback; one that is a table
is shown as a result is. A script may be as long as the module has memory.

",
    home_text!(),
    permissions_text!(),
    run_options!()
);

const EVAL: &str = concat!(
    "\
Run the code given on the command line and show what it prints, then the values it returns, one per line.

Usage: cu eval [OPTIONS] CODE

CODE may begin with a comment; where that looks like an option, CODE goes after --.

Example: cu eval 'return 1 + 1, {name = \"x\"}'

",
    home_text!(),
    permissions_text!(),
    run_options!()
);

const CALL: &str = concat!(
    "\
Call a function that is there already and show what it prints, then the values that it returns, one per line.

Usage: cu call [OPTIONS] WAY [ARGUMENT ...]

WAY is names with dots between them, from a global on: _home.orders.total, which a run with the same --home stored, or
string.rep. Each ARGUMENT is a value in JSON: a string has quotes, {} and [] are tables, null is nil. No argument is ever
part of code, so whatever is in it, it is a value.

Example: cu call --home shop.cu _home.price 7 '\"EUR\"' '{\"rush\": true}'

",
    home_text!(),
    permissions_text!(),
    run_options!()
);

const REPLAY: &str = "\
Run again what was recorded, and show what each compute printed, returned or raised. Its calls of the host get the answers of
the recording, so no store, clock or function of a host is used, and nothing is changed. Everything that the module does is
compared with the recording; the first difference is an error.

Usage: cu replay [OPTIONS] FILE

FILE is what --record of cu run and cu eval wrote, or another host; it needs the module with which it was recorded. Where it
breaks off, because the program died that wrote it, what is there is replayed, and then the end is an error.

Options:
  --engine NAME     {engines}
  --rows            show what the module left in the store, if that was empty before: a line for each entry, with the table,
                    the key and the value in hexadecimal
  -h, --help        show this text

Exit status: 0 the replay was the same, 1 it was not, or the recording cannot be used.
";

const HOMES: &str = "\
List the homes in a file of tables: the table's id, a tab, and the name, which a home that was opened by its id lacks.

Usage: cu homes --home FILE [--key-file FILE]
       cu homes --home FILE --rename OLD NEW
       cu homes --home FILE --drop NAME

A home that is dropped is none any more, and cu gc frees what no other home reaches. After a change the list is shown
again. The file is not created.

Options:
  --home FILE       the file, as cu run and cu eval keep it
  --rename OLD NEW  give the home OLD the name NEW, which no home has
  --drop NAME       make the table of this name no home any more
  --key-file FILE   the file's key, where it is encrypted
  --wait SECONDS    wait so long for another process that has the file open
  -h, --help        show this text
";

const VERIFY: &str = "\
Find what is wrong in a file of tables: values that have no meaning, references to functions, captured variables or tables
that are gone, stored functions that were changed, rows that list the homes wrongly, a run that did not end.

Usage: cu verify --home FILE [--key-file FILE] [--mend]

Each thing that is wrong is a line: the way to it, such as _home.users[\"ada\"].run, what is wrong, its table and key. What is
found is what the homes and _io reach; tables and functions that nothing reaches are counted only, and cu gc frees them.

With --mend a row whose value cannot be used is deleted, and a captured variable that cannot be used is nil. Each line says
so, and either everything is mended or nothing. Make a copy of the file before. What a later version of cu wrote is left as
it is. Without --mend the file is only read.

Exit status: 0 nothing is wrong, 1 something is or was.

Options:
  --home FILE       the file, as cu run and cu eval keep it
  --key-file FILE   its key, where it is encrypted
  --mend            mend what is wrong
  --wait SECONDS    wait so long for another process that has the file open
  -h, --help        show this text
";

const GC: &str = "\
Free the tables and stored functions that nothing in any home reaches any more, and make the file smaller.

Usage: cu gc --home FILE [--key-file FILE]

Shows what was freed and what is kept. The file is not created, and no run may have it open.

Options:
  --home FILE       the file, as cu run and cu eval keep it
  --key-file FILE   its key, where it is encrypted
  --wait SECONDS    wait so long for another process that has it open
  --engine NAME     {engines}
  --memory BYTES    bytes of the arena that the collection may use
  -h, --help        show this text
";

const KEY: &str = "\
Make a key: a new file with 64 random hexadecimal digits, which only its owner can read.

Usage: cu key FILE

Shows the key's id, which is no secret; messages name keys by it. A file that is there is never overwritten. Keep a copy
in another place: what a lost key encrypted is lost too, and nobody can restore it.

Options:
  -h, --help        show this text
";

/// The part about how commands write a file anew.
macro_rules! anew_text {
    () => {
        "\
Everything is written into a new file, FILE.unfinished in the same folder, which takes the place of FILE when it is whole
and on the disk. Until then FILE stays as it was; killed at any moment, this can be run again. The folder needs room for
both. No run may have the file open.

"
    };
}

/// The part about what remains of a file that was replaced.
macro_rules! rest_text {
    () => {
        "\
The bytes of the old file are deleted, not overwritten: until the disk uses their blocks again, someone who has the disk
may find them. Copies and backups stay as they are.

"
    };
}

const ENCRYPT: &str = concat!(
    "\
Encrypt a file of tables, which is plain so far. Its values are encrypted, the keys of tables are not.

Usage: cu encrypt --home FILE --key-file KEY

",
    anew_text!(),
    rest_text!(),
    "\
Options:
  --home FILE       the file, as cu run and cu eval keep it
  --key-file KEY    the key, as cu key makes it; from now on each command with that file needs it
  -h, --help        show this text
"
);

const ROTATE: &str = concat!(
    "\
Encrypt a file of tables with another key. Afterwards the old one is not needed any more.

Usage: cu rotate --home FILE --key-file OLD --new-key-file NEW

",
    anew_text!(),
    rest_text!(),
    "\
Options:
  --home FILE          the file, as cu run and cu eval keep it
  --key-file OLD       its key
  --new-key-file NEW   the key that it gets, as cu key makes it
  -h, --help           show this text
"
);

const DECRYPT: &str = concat!(
    "\
Make an encrypted file of tables plain again.

Usage: cu decrypt --home FILE --key-file KEY

",
    anew_text!(),
    "\
Killed, it leaves FILE.unfinished with values that are plain: run it again, or delete that file.

Options:
  --home FILE       the file, as cu run and cu eval keep it
  --key-file KEY    its key
  -h, --help        show this text
"
);

/// The text of `cu --help`.
pub fn overview() -> String {
    OVERVIEW.to_owned()
}

/// The text about one command, if there is such a command.
pub fn command(name: &str) -> Option<String> {
    let text = match name {
        "run" => RUN,
        "eval" => EVAL,
        "call" => CALL,
        "replay" => REPLAY,
        "verify" => VERIFY,
        "homes" => HOMES,
        "gc" => GC,
        "key" => KEY,
        "encrypt" => ENCRYPT,
        "rotate" => ROTATE,
        "decrypt" => DECRYPT,
        "help" => OVERVIEW,
        _ => return None,
    };
    Some(text.replace("{engines}", &engines()))
}

/// The engines of this build.
fn engines() -> String {
    let described = Engine::ALL.iter().map(|engine| {
        let how = match engine {
            #[cfg(feature = "wasmtime")]
            Engine::Wasmtime => "compiles",
            #[cfg(feature = "wasmi")]
            Engine::Wasmi => "interprets",
        };
        let default = if *engine == Engine::default() { ", the default" } else { "" };
        format!("{} ({how}{default})", engine.name())
    });
    described.collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_engines_of_the_build_are_named() {
        for name in ["run", "eval", "call", "replay", "gc"] {
            let text = command(name).unwrap();
            let has = |engine: &str| text.contains(&format!("{engine} ("));
            assert_eq!(
                (has("wasmtime"), has("wasmi")),
                (cfg!(feature = "wasmtime"), cfg!(feature = "wasmi")),
                "{text}"
            );
            assert!(!text.contains("{engines}"), "{text}");
        }
    }
}
