//! What the help and the man page say of each command, in paragraphs; what options do is in [`crate::options`].
//!
//! Invariant: none names what a build may lack. Where lines break here has no meaning.

const SHOWN: &str = "\
A table of _home that is returned is shown with what it holds: 4 levels of tables, fewer where that is more than 10,000
entries. Tables below them, and tables that occur again, are shown by their name. With --json each value is a line of JSON without
loss, and what the script prints goes to standard error.";

const KEPT: &str = "\
Without --home all tables are gone after the run. With it, what the script put into _home is there again in the next run
with that file, which is created when it is missing; one run at a time can have it open, and a second one fails, or waits
for as long as --wait says. A run that fails keeps what it changed before the error, unless --atomic is given; one that
is killed changes nothing. With --read-only the file is neither created nor written, and may lie where nothing can be
written; several such runs can have it open.";

const PLACES: &str = "\
In place of a file --home takes a URL: postgres://USER@HOST/DATABASE?namespace=NAME or etcd://HOST:PORT,HOST:PORT?namespace=NAME, where any
number of runs take turns, redb:FILE, or memory:. A run there is kept as a whole or not at all, also if it is killed, and waits for others as long as --wait says, or for ever.";

const NAMED: &str = "\
A file can have many homes. --home-name says which of them is _home, and makes it when there is none of that name; without
it, _home is table 1. cu homes lists them.";

const ENCRYPTED: &str = "\
With --key-file a new file is encrypted from the start; its values are, the keys of tables are not. It cannot be read
without the key, and nobody can restore one that is lost. cu key makes a key, cu encrypt encrypts a file that is there.";

const PERMISSIONS: &str = "\
--protect, --hide and --forbid may be given more than once. A TABLE is _home, a way to a table from there with dots
(_home.shop.prices), or its id; what is said last of a table holds. Functions without a library, such as load, are those
of _G. The script sees an error where it tries what it may not; a hidden table seems absent. What it returns is shown
whole, with hidden tables in it: they bind the script, not this command.";

const ALLOWED: &str = "\
With --allow scripts find host.file: read(path [, offset [, length]]), list(path), exists(path), write(path, text), append(path, text)
and remove(path). A path means what it means to the shell, and has to lead below a folder of --allow, which may be given more
than once; symbolic links below it are not followed. At a time 512 KiB are read, and a run writes at most 64 MiB. What is
written stays when the run fails, with --atomic too.";

const AUDITED: &str = "\
With --audit each refused permission, limit that was met, function that was stored or restored, and binary chunk is a
line, numbered from 1 in each run. A run of which a line could not be written fails at its end.";

const ANEW: &str = "\
Everything is written into a new file, FILE.unfinished in the same folder, which takes the place of FILE when it is whole
and on the disk. Until then FILE stays as it was; killed at any moment, this can be run again. The folder needs room for
both. No run may have the file open.";

const REST: &str = "\
The bytes of the old file are deleted, not overwritten: until the disk uses their blocks again, someone who has the disk
may find them. Copies and backups stay as they are.";

pub const RUN: &[&str] = &[
    "\
Run a script and show what it prints, then the values it returns, one per line. What it prints is shown while it runs; with --home, --record or
--audit it is shown when the changes are kept, and is in memory until then.",
    "\
FILE is the script, - for standard input. Each ARG is a string that the script finds as ... and in the table arg, with FILE as arg[0]; what begins with - goes after --. A first line that starts with #! is skipped. A lone nil, which is also what
a script without return gives, is not shown. An error goes to standard error, with its traceback; one that is a table
is shown as a result is. A script may be as long as the module has memory.",
    SHOWN,
    KEPT,
    PLACES,
    NAMED,
    ENCRYPTED,
    PERMISSIONS,
    ALLOWED,
    AUDITED,
];

pub const EVAL: &[&str] = &[
    "\
Run the code given on the command line and show what it prints, then the values it returns, one per line.",
    "\
CODE may begin with a comment; where that looks like an option, CODE goes after --.",
    "\
Example: cu eval 'return 1 + 1, {name = \"x\"}'",
    SHOWN,
    KEPT,
    PLACES,
    NAMED,
    ENCRYPTED,
    PERMISSIONS,
    ALLOWED,
    AUDITED,
];

pub const CALL: &[&str] = &[
    "\
Call a function that is there already and show what it prints, then the values that it returns, one per line.",
    "\
WAY is names with dots between them, from a global on: _home.orders.total, which a run with the same --home stored, or
string.rep. Each VALUE is one in JSON: a string has quotes, {} and [] are tables, null is nil. No value is ever
part of code, so whatever is in it, it is a value.",
    "\
Example: cu call --home shop.cu _home.price 7 '\"EUR\"' '{\"rush\": true}'",
    SHOWN,
    KEPT,
    PLACES,
    NAMED,
    ENCRYPTED,
    PERMISSIONS,
    ALLOWED,
    AUDITED,
];

pub const REPL: &[&str] = &[
    "\
Read Lua, run it, show its values, and read on. All inputs are of one instance: globals stay, and what is in _home is kept in the file of --home, which is open until the end.",
    "\
On a terminal lines can be edited; an input that is not complete goes on in the next line; Tab completes globals, fields and keys of _home; Ctrl-C ends the script that runs; .help says more and .exit ends. The history is kept in cu/history in $XDG_STATE_HOME, or ~/.local/state, but not with --key-file. From a pipe or a file each input is read in the same way, without a prompt; the exit status is 1 if one of them failed. Limits such as --instructions are of each input.",
    KEPT,
    PLACES,
    NAMED,
    ENCRYPTED,
    PERMISSIONS,
    ALLOWED,
];

pub const INSPECT: &[&str] = &[
    "\
Show what is in a file of tables: a tree of tables with the number of their entries, their indexes, schemas, feeds and versions;
values; stored functions with the file and the lines from which they come; and the homes, where there are several.",
    "\
WAY is names with dots between them, such as _home.shop.orders; without it the tree is that of _home. Nothing is changed. At most
some 2,500 entries are shown in all, and \"... more\" stands where there are others: --after KEY goes on behind an entry of WAY.",
    "\
Example: cu inspect --home shop.cu _home.orders --depth 1 --limit 50",
];

pub const QUERY: &[&str] = &[
    "\
Show the rows of a table that pass all conditions, with a column for each field; indexes are used where there are any.",
    "\
TABLE is a way such as _home.shop.orders. A CONDITION is a word: PATH=VALUE, with one of = != < <= > >= in the middle, ~ for \"contains\", ^= for \"begins with\", $= for \"ends with\"; PATH alone for what is there; !PATH for what is missing. PATH is names with dots between them. VALUE is JSON, such as 36, true or '\"36\"'; what is no JSON is text. --where takes everything else that a query can ask (docs/data.md). Several paths of one option have commas between them.",
    "\
With --json each row is a line with its key and value; rows of groups are the row alone.",
    "\
Example: cu query --home shop.cu _home.users 'age>=30' city=Oslo --order -age,name",
];

pub const EXPORT: &[&str] = &[
    "\
Write a whole file of tables, or the rows of one table, to standard output. Nothing is lost: what JSON lacks is an object such as {\"$float\":\"nan\"} (docs/command-line.md).",
    "\
Without WAY each line is a row of any table, with its functions, indexes and homes; the first and the last line are no rows, so that what was cut is noticed. With WAY, such as _home.users, each line is the key and the value of a row of that table, with what is in its tables; a row with a function or with a table that is within itself is refused. The values of an encrypted file are written plain.",
    "\
Examples: cu export --home shop.cu > shop.jsonl\ncu export --home shop.cu _home.users > users.jsonl",
];

pub const IMPORT: &[&str] = &[
    "\
Read what cu export wrote, or any lines with keys and values. FILE is - for standard input.",
    "\
Without WAY a whole export, or a snapshot, becomes the file of --home, which is made and has no tables before. With WAY each line is a row that is set in that table, which is made if it is missing; indexes, schemas and feeds are kept, and other rows stay. A line that is wrong is named, and what was before it is kept. An import that did not end, for that reason or any other, goes on behind what it kept when it is run again with the same file, as long as nothing else used the file of --home. A snapshot is imported whole or not at all.",
    "\
Example: cu import --home new.cu shop.jsonl",
];

pub const COMPLETIONS: &[&str] = &[
    "\
Write what a shell needs to complete commands, options and files of cu.",
    "\
Examples: source <(cu completions bash)\ncu completions zsh > ~/.zfunc/_cu\ncu completions fish > ~/.config/fish/completions/cu.fish",
];

pub const MAN: &[&str] = &[
    "\
Write the man page of cu.",
    "\
Example: cu man > /usr/local/share/man/man1/cu.1",
];

pub const BENCH: &[&str] = &[
    "\
Run a script, code or a function again and again, and show what that takes: time, instructions, memory, and calls of the store.",
    "\
Shown is the median of the runs, from where to where half of them lie, and the least and the most. One run before is not counted. Timed is the compute, with loading the script, and not the start of an instance. Each run has an instance and an empty store of its own, unless there is --warm or --home. What the script prints and returns is not shown.",
    "\
--save keeps the figures, and --against compares with what was kept. A difference that is not larger than the spread of both is none.",
    "\
reads are values and sizes that the module asked of the store, writes are changes, pages are pages of keys.",
    "\
Examples: cu bench fib.lua --save before.json\ncu bench fib.lua --against before.json\ncu bench --home shop.cu --call _home.total 7",
];

pub const REPLAY: &[&str] = &[
    "\
Run again what was recorded, and show what each compute printed, returned or raised. Its calls of the host get the answers of
the recording, so no store, clock or function of a host is used, and nothing is changed. Everything that the module does is
compared with the recording; the first difference is an error.",
    "\
FILE is what --record of cu run and cu eval wrote, or another host; it needs the module with which it was recorded. Where it
breaks off, because the program died that wrote it, what is there is replayed, and then the end is an error.",
    "\
Exit status: 0 the replay was the same, 1 it was not, or the recording cannot be used, 3 a file failed.",
];

pub const HOMES: &[&str] = &[
    "\
List the homes in a file of tables: the table's id, a tab, and the name, which a home that was opened by its id lacks.",
    "\
A home that is dropped is none any more, and cu gc frees what no other home reaches. After a change the list is shown
again. The file is not created.",
];

pub const VERIFY: &[&str] = &[
    "\
Find what is wrong in a file of tables: values that have no meaning, references to functions, captured variables or tables
that are gone, stored functions that were changed, indexes that do not fit their rows, rows that their schema refuses, rows that list the
homes wrongly, a run that did not end.",
    "\
Each thing that is wrong is a line: the way to it, such as _home.users[\"ada\"].run, what is wrong, its table and key. What is
found is what the homes and _io reach; tables and functions that nothing reaches are counted only, and cu gc frees them.",
    "\
With --mend a row whose value cannot be used is deleted, a captured variable that cannot be used is nil, and an index that does not fit
is built anew. Each line says so. Make a copy of the file before. What a later version of cu wrote, and what a schema refuses, is left as it is. Without --mend the file is only read.",
    "\
Exit status: 0 nothing is wrong, 1 something is or was, 3 the file cannot be read.",
];

pub const GC: &[&str] = &[
    "\
Free the tables and stored functions that nothing in any home reaches any more, and make the file smaller.",
    "\
Shows what was freed and what is kept. The file is not created, and no run may have it open.",
];

pub const MIGRATE: &[&str] = &[
    "\
Copy a home to another place: from and to a file, PostgreSQL or etcd, with another key, with other compression, with functions of earlier versions in the form of this one.",
    "\
Everything is copied, every table, function, index and home, and compared with the source row by row. Then the copy is verified as cu verify does; what was wrong before is wrong in it, too, and is shown. --home is only read; meanwhile nobody else can change it, nor the copy.",
    "\
Until it is whole the copy is FILE.unfinished in the same folder; on a server it is in its place, with a note for which no script runs there. Killed at any moment, this can be run again and goes on there. If the source has changed since, it begins anew. A file or a namespace that has something is refused; with --replace a file is replaced at the end, and a namespace is emptied first. An encrypted home stays encrypted unless --plain is given.",
    "\
Exit status: 0 the copy is whole, 1 it is and something in it is wrong, or it could not be made, 3 a file or a server failed.",
    "\
Examples: cu migrate --home shop.cu --to /mnt/shop.cu --new-key-file new.key\ncu migrate --home shop.cu --to 'postgres://me@db/app?namespace=shop'",
];

pub const SERVE: &[&str] = &[
    "\
Serve homes over HTTP, with JSON in and out, until Ctrl-C or SIGTERM.",
    "\
PLACE says where homes are kept: a folder, with a file for each home that cu run --home opens, too; postgres://USER@HOST/DATABASE or
etcd://HOST:PORT,HOST:PORT, with a namespace for each home; memory:, which is what there is without a PLACE, where they end with the
server. With ?namespace=NAME the namespaces of a server are NAME/HOME. Any number of copies may serve one database or cluster, behind any load balancer.",
    "\
The first line is the address, for programs. Without --tokens anybody who reaches the server may do anything, so it listens on this
machine only. The limits are of each tenant, and hold where its token says nothing else.",
    "\
Example: cu serve homes/ --listen 8080",
];

pub const TOKEN: &[&str] = &[
    "\
Make a token for cu serve: the first line is the token, for whoever is to use it; the second one, for the file of --tokens, has its hash only.",
    "\
The file of --tokens is {\"tokens\": [LINE, LINE ...]}. In each line NAME becomes a name of its own; scopes are read, compute, admin and status; \"homes\": [\"shop/\"] allows only homes whose names begin so, and \"limits\": {\"rate\": 50} has limits of this token.",
];

pub const KEY: &[&str] = &[
    "\
Make a key: a new file with 64 random hexadecimal digits, which only its owner can read.",
    "\
Shows the key's id, which is no secret; messages name keys by it. A file that is there is never overwritten. Keep a copy
in another place: what a lost key encrypted is lost too, and nobody can restore it.",
];

pub const ENCRYPT: &[&str] = &[
    "\
Encrypt a file of tables, which is plain so far. Its values are encrypted, the keys of tables are not.",
    ANEW,
    REST,
];

pub const ROTATE: &[&str] = &[
    "\
Encrypt a file of tables with another key. Afterwards the old one is not needed any more.",
    ANEW,
    REST,
];

pub const DECRYPT: &[&str] = &[
    "\
Make an encrypted file of tables plain again.",
    ANEW,
    "\
Killed, it leaves FILE.unfinished with values that are plain: run it again, or delete that file.",
];

pub const BENCH_WORKER: &[&str] = &["Time the scripts that standard input names, for the benchmarks."];
