//! Every option: its name, what it takes and what it does. The parser, the help, the man page and the completions for
//! shells read this table, so that none of them knows an option that another does not.

/// An option.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its name, with the dashes.
    pub name: &'static str,
    pub takes: Takes,
    /// What it does, in half a line.
    pub about: &'static str,
}

/// What follows an option. The texts name the value in the help; a value that is called FILE is completed as one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Takes {
    Nothing,
    /// One value, and the option is given once.
    One(&'static str),
    /// A value, and the option may be given again: the values add up.
    Many(&'static str),
}

impl Opt {
    /// The name of its value, if it takes one.
    pub fn value(&self) -> Option<&'static str> {
        match self.takes {
            Takes::Nothing => None,
            Takes::One(value) | Takes::Many(value) => Some(value),
        }
    }

    /// The same option, with another text for one command.
    const fn says(self, about: &'static str) -> Opt {
        Opt { about, ..self }
    }
}

const fn flag(name: &'static str, about: &'static str) -> Opt {
    Opt { name, takes: Takes::Nothing, about }
}

const fn one(name: &'static str, value: &'static str, about: &'static str) -> Opt {
    Opt { name, takes: Takes::One(value), about }
}

const fn many(name: &'static str, value: &'static str, about: &'static str) -> Opt {
    Opt { name, takes: Takes::Many(value), about }
}

pub const HELP: Opt = flag("--help", "show this text");

pub const ENGINE: Opt = one("--engine", "NAME", "{engines}");
const INSTRUCTIONS: Opt = one(
    "--instructions",
    "N",
    "stop the script after so many instructions; without it, or with 0, it may run for ever",
);
const TIME_LIMIT: Opt = one("--time-limit", "S", "stop it after so many seconds, such as 0.5");
const MEMORY: Opt = one("--memory", "BYTES", "bytes of the arena that the script may use");
const USAGE: Opt = flag("--usage", "say on standard error how many instructions and bytes it used");
const SEED: Opt = one("--seed", "N", "seed of math.random and of the string hash");
const ATOMIC: Opt = flag("--atomic", "a run that fails changes nothing in the file of --home");
pub const READ_ONLY: Opt =
    flag("--read-only", "the script may change nothing in _home; the file of --home is only read");
const PROTECT: Opt = many("--protect", "TABLE", "it may not change this table, _home.prices say, or what is in it");
const HIDE: Opt = many("--hide", "TABLE", "it may not see this table");
const FORBID: Opt = many(
    "--forbid",
    "NAME",
    "it may not call this function of Lua's library, such as string.rep, or any of this library",
);
const ALLOW: Opt = many(
    "--allow",
    "GRANT",
    "read=FOLDER: it may read the files below this folder, with host.file.read, list and exists; write=FOLDER: it may write \
     them, with host.file.write, append and remove",
);
const AUDIT: Opt =
    one("--audit", "FILE", "add a line of JSON to this file for each thing that someone may have to account for");
const RECORD: Opt = one("--record", "FILE", "record the run in this new file, for cu replay");
const HOME: Opt = one("--home", "FILE", "keep the table _home in this file, or where this URL says, from run to run");
const HOME_NAME: Opt = one("--home-name", "NAME", "the home of that name in the file is _home");
const WAIT: Opt = one("--wait", "SECONDS", "wait so long for another process that has the file open");
const KEY_FILE: Opt =
    one("--key-file", "FILE", "encrypt that file with the key in this one: 32 bytes or 64 hexadecimal digits");
const JSON: Opt = flag("--json", "show values in JSON, one per line");

/// Standard input for the script, of the commands whose script comes from elsewhere.
pub const INPUT: Opt = flag("--input", "the script finds standard input, all of it, as the string _io.input");

/// Options of the commands that run scripts.
pub const RUN: &[Opt] = &[
    ENGINE,
    INSTRUCTIONS,
    TIME_LIMIT,
    MEMORY,
    USAGE,
    SEED,
    ATOMIC,
    READ_ONLY,
    PROTECT,
    HIDE,
    FORBID,
    ALLOW,
    AUDIT,
    RECORD,
    JSON,
    HOME,
    HOME_NAME,
    WAIT,
    KEY_FILE,
];

/// The same for `cu repl`, whose runs are no whole.
pub const REPL: &[Opt] = &[
    ENGINE,
    INSTRUCTIONS,
    TIME_LIMIT,
    MEMORY,
    SEED,
    ATOMIC.says("an input that fails changes nothing in the file of --home"),
    READ_ONLY,
    PROTECT,
    HIDE,
    FORBID,
    ALLOW,
    JSON,
    HOME,
    HOME_NAME,
    WAIT,
    KEY_FILE,
];

/// Options that name an existing file of tables, or another place.
pub const FILE: &[Opt] = &[
    HOME.says("the file or URL, as cu run and cu eval have it"),
    KEY_FILE.says("its key, where it is encrypted"),
    WAIT,
];

/// Options that say how much is shown.
pub const INSPECT: &[Opt] = &[
    HOME_NAME,
    one("--depth", "N", "levels of tables, 3 if this is not given"),
    one("--limit", "N", "entries of each table, 20 if this is not given"),
    one("--after", "KEY", "begin behind this entry of the table, a key in JSON; what is no JSON is text"),
    JSON.says("show the tree in JSON"),
    ENGINE,
];

pub const QUERY: &[Opt] = &[
    HOME_NAME,
    many("--where", "JSON", "a filter as of ext.query, such as {\"age\":[\"between\",[30,40]]}"),
    many("--order", "PATH", "the order of the rows; -PATH is from the largest to the least"),
    one("--limit", "N", "at most so many rows; 100 if this is not given, all with --json"),
    one("--after", "CURSOR", "go on behind the last row of the page that showed this"),
    many("--select", "PATH", "show only these fields"),
    many("--group", "PATH", "put together the rows that are equal here; then one is shown for each group"),
    many("--sum", "PATH", "the sum of this, of each group or of all"),
    many("--min", "PATH", "the least"),
    many("--max", "PATH", "the greatest"),
    many("--average", "PATH", "the average"),
    flag("--count", "show how many rows there are, of each group or in all"),
    flag("--explain", "show how the rows are found, and not the rows"),
    JSON.says("show rows in JSON, one per line"),
    ENGINE,
];

pub const EXPORT: &[Opt] = &[HOME_NAME, flag("--snapshot", "write a snapshot, which stores in browsers read"), ENGINE];

pub const IMPORT: &[Opt] = &[HOME_NAME, ENGINE];

pub const REPLAY: &[Opt] = &[
    ENGINE,
    flag(
        "--rows",
        "show what the module left in the store, if that was empty before: a line for each entry, with the table, the key \
         and the value in hexadecimal",
    ),
];

pub const HOMES: &[Opt] = &[
    JSON.says("show each home in JSON"),
    one("--rename", "OLD", "give the home OLD the name NEW, which no home has"),
    one("--drop", "NAME", "make the table of this name no home any more"),
];

pub const VERIFY: &[Opt] = &[
    flag("--mend", "mend what is wrong"),
    JSON.says("show each thing that is wrong in JSON, and the numbers in the last line"),
    ENGINE,
];

pub const GC: &[Opt] =
    &[JSON.says("show the numbers in JSON"), ENGINE, MEMORY.says("bytes of the arena that the collection may use")];

pub const MIGRATE: &[Opt] = &[
    one("--to", "FILE", "the new file, or where this URL says"),
    flag("--replace", "the copy takes the place of what is there"),
    one("--new-key-file", "FILE", "encrypt the copy with this key; without it with the one of --key-file"),
    flag("--plain", "the copy is not encrypted"),
    one(
        "--compression",
        "BYTES",
        "store strings of so many bytes and more compressed, 0 for none; without it all stay as they are",
    ),
    JSON.says("show the numbers in JSON"),
    ENGINE,
];

/// What a server is made of, and the limits of each tenant.
pub const SERVE: &[Opt] = &[
    one("--listen", "ADDRESS", "address and port, 127.0.0.1:7357 if this is not given; port 0 is any that is free"),
    one("--tokens", "FILE", "answer only who has a token of this file; cu token makes one"),
    AUDIT,
    one("--threads", "N", "scripts that run at a time, 16 if this is not given"),
    one("--open-homes", "N", "homes that stay open, 10,000 if this is not given"),
    one("--idle", "SECONDS", "time that a home stays open without a request, 300 if this is not given"),
    flag("--keep-changes", "a script that fails keeps what it has changed so far"),
    INSTRUCTIONS.says("instructions of a request, 1,000,000,000 if this is not given; with 0 there is no limit"),
    TIME_LIMIT.says("seconds of a request, 10 if this is not given"),
    WAIT.says("time that a request waits for its turn, 10 if this is not given"),
    MEMORY.says("memory that scripts of a home may use"),
    one("--body", "BYTES", "length of a request, 1,048,576 if this is not given"),
    one("--output", "BYTES", "printed text in an answer, 1,048,576 if this is not given"),
    one("--entries", "N", "entries of tables in an answer, 10,000 if this is not given"),
    one("--rate", "N", "requests of a tenant in a second"),
    one("--concurrency", "N", "requests of a tenant at a time, 1,000 if this is not given"),
];

/// Options of the commands that change how a file is encrypted.
pub const KEYS: &[Opt] =
    &[HOME.says("the file, as cu run and cu eval keep it"), KEY_FILE.says("its key, as cu key makes it")];

pub const ROTATE: &[Opt] = &[one("--new-key-file", "FILE", "the key that it gets, as cu key makes it")];

/// The option that has a short name, too.
pub const EVAL: Opt = one("--eval", "CODE", "run this code; -e CODE is the same");

pub const BENCH: &[Opt] = &[
    EVAL,
    flag("--call", "call a function, as cu call does"),
    one("--runs", "N", "so many runs; without it as many as there is time for"),
    one("--seconds", "S", "runs for so many seconds, 2 if this is not given"),
    flag("--warm", "all runs in one instance; without it each has its own"),
    one("--save", "FILE", "keep the figures in this file"),
    one("--against", "FILE", "compare with the figures in this file"),
    JSON.says("show the figures in JSON"),
    ENGINE,
    INSTRUCTIONS,
    TIME_LIMIT,
    MEMORY,
    SEED,
    ATOMIC.says("each run is one transaction"),
    HOME.says("the runs work on a copy of this file, which is removed at the end"),
    HOME_NAME,
    WAIT,
    KEY_FILE,
];

pub const BENCH_WORKER: &[Opt] = &[
    ENGINE,
    INSTRUCTIONS,
    MEMORY,
    SEED,
    flag("--startup", "measure how long instances take to start, in place of scripts"),
];
