//! Command line arguments: lexopt splits them; this file gives each of them its meaning.
//!
//! Invariant: an argument that is not understood, or that has no effect, is a [`Usage`] error; none is ignored. Paths
//! and code need not be UTF-8; other arguments must be, and are refused if they are not.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cu_abi::limits::HOME_NAME_BYTES;
use cu_abi::tables;
use cu_host::{Engine, Permissions, TableName, Value};

use crate::files::Grant;
use cu_host::json;

use crate::serve::given::Given;
pub use crate::usage::Usage;
use crate::usage::{number, seconds};

/// The options that commands share, and the operands in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arguments {
    /// The arguments that are not options.
    pub operands: Vec<OsString>,
    pub engine: Engine,
    pub instructions: Option<u64>,
    pub time_limit: Option<Duration>,
    pub memory: Option<u64>,
    pub seed: Option<i64>,
    /// The file that keeps `_home`.
    pub home: Option<PathBuf>,
    /// The name of the table in it that is `_home`.
    pub home_name: Option<Vec<u8>>,
    /// How long to wait for another process that has the file open.
    pub wait: Option<Duration>,
    /// The home that gets another name, and the one that is no home any more.
    pub rename: Option<Vec<u8>>,
    pub drop: Option<Vec<u8>>,
    /// The file with the key that encrypts `home`.
    pub key_file: Option<PathBuf>,
    /// The file with the key that is to encrypt `home` from now on.
    pub new_key_file: Option<PathBuf>,
    /// The place that gets a copy of the home, whether it loses what it has, and how the copy is stored there.
    pub to: Option<PathBuf>,
    pub replace: bool,
    pub plain: bool,
    pub compression: Option<u64>,
    /// A run that fails changes nothing.
    pub atomic: bool,
    /// Scripts may change nothing, so the file is opened for reading.
    pub read_only: bool,
    /// What is wrong in the file is mended.
    pub mend: bool,
    /// What scripts may not do.
    pub permissions: Permissions,
    /// The file to which audit events are added.
    pub audit: Option<PathBuf>,
    /// The file that is to have a recording of the run.
    pub record: Option<PathBuf>,
    /// Show what a replay leaves in the store.
    pub rows: bool,
    /// Folders whose files scripts may read or write.
    pub allow: Vec<Grant>,
    /// Show what the run used.
    pub usage: bool,
    /// Show values in JSON.
    pub json: bool,
    /// The script finds standard input in `_io`.
    pub input: bool,
    /// Levels of tables, entries or rows that are shown, and the key or cursor behind which they begin.
    pub depth: Option<u32>,
    pub limit: Option<u32>,
    pub after: Option<Value>,
    /// Filters of a query, and the paths of its other parts, in the order in which they are given.
    pub filters: Vec<Value>,
    pub paths: Vec<(&'static str, Vec<String>)>,
    /// Export a snapshot.
    pub snapshot: bool,
    /// Count the rows, or say how they are found.
    pub count: bool,
    pub explain: bool,
    /// What `cu bench` runs, how often or how long, in how many instances, and where its figures are kept.
    pub code: Option<OsString>,
    pub is_call: bool,
    pub runs: Option<u32>,
    pub seconds: Option<Duration>,
    pub is_warm: bool,
    pub save: Option<PathBuf>,
    pub against: Option<PathBuf>,
    /// Measure how long instances take to start, in place of scripts.
    pub startup: bool,
    /// What `cu serve` alone takes.
    pub serve: Given,
    pub help: bool,
}

impl Arguments {
    pub fn flag(&mut self, name: &str) {
        match name {
            "--usage" => self.usage = true,
            "--json" => self.json = true,
            "--snapshot" => self.snapshot = true,
            "--count" => self.count = true,
            "--explain" => self.explain = true,
            "--input" => self.input = true,
            "--atomic" => self.atomic = true,
            "--startup" => self.startup = true,
            "--mend" => self.mend = true,
            "--rows" => self.rows = true,
            "--plain" => self.plain = true,
            "--replace" => self.replace = true,
            "--call" => self.is_call = true,
            "--warm" => self.is_warm = true,
            "--keep-changes" => self.serve.keeps_changes = true,
            _ => {
                self.read_only = true;
                self.permissions = std::mem::take(&mut self.permissions).read_only();
            }
        }
    }

    pub fn value(&mut self, name: &'static str, value: OsString) -> Result<(), Usage> {
        if value.is_empty() {
            return Err(Usage(format!("{name} needs a value that is not empty")));
        }
        let text = || text(name, &value);
        let mut permissions = || std::mem::take(&mut self.permissions);
        match name {
            "--allow" => self.allow.push(Grant::read(&value)?),
            "--home" => self.home = Some(value.into()),
            "--home-name" => self.home_name = Some(home_name(name, &value)?),
            "--rename" => self.rename = Some(home_name(name, &value)?),
            "--drop" => self.drop = Some(home_name(name, &value)?),
            "--wait" => self.wait = Some(seconds(name, text()?)?),
            "--key-file" => self.key_file = Some(value.into()),
            "--new-key-file" => self.new_key_file = Some(value.into()),
            "--eval" => self.code = Some(value),
            "--runs" => self.runs = Some(number(name, text()?, 1, 1_000_000)?),
            "--seconds" => self.seconds = Some(seconds(name, text()?)?),
            "--save" => self.save = Some(value.into()),
            "--against" => self.against = Some(value.into()),
            "--to" => self.to = Some(value.into()),
            "--compression" => self.compression = Some(number(name, text()?, 0, u32::MAX.into())?),
            "--audit" => self.audit = Some(value.into()),
            "--record" => self.record = Some(value.into()),
            "--tokens" => self.serve.tokens = Some(value.into()),
            "--listen" | "--threads" | "--open-homes" | "--idle" | "--body" | "--output" | "--entries" | "--rate"
            | "--concurrency" => self.serve.value(name, text()?)?,
            "--engine" => self.engine = engine(text()?)?,
            "--time-limit" => self.time_limit = Some(seconds(name, text()?)?),
            "--instructions" => self.instructions = Some(number(name, text()?, 0, i64::MAX as u64)?),
            "--memory" => self.memory = Some(number(name, text()?, 0, i64::MAX as u64)?),
            "--protect" => self.permissions = permissions().protect(table(name, text()?)?),
            "--hide" => self.permissions = permissions().hide(table(name, text()?)?),
            "--depth" => self.depth = Some(number(name, text()?, 0, 100)?),
            "--limit" => self.limit = Some(number(name, text()?, 1, 10_000)?),
            "--after" => self.after = Some(value_of(text()?)),
            "--where" => self.filters.push(filter(name, text()?)?),
            "--order" | "--select" | "--group" | "--sum" | "--min" | "--max" | "--average" => {
                self.path(&name[2..], text()?)
            }
            "--forbid" => self.permissions = permissions().forbid(text()?),
            _ => self.seed = Some(number(name, text()?, i64::MIN, i64::MAX)?),
        }
        Ok(())
    }

    /// Adds paths, with commas between them, to a part of a query.
    fn path(&mut self, part: &'static str, given: &str) {
        let more = given.split(',').map(str::to_owned);
        match self.paths.iter_mut().find(|(known, _)| *known == part) {
            Some((_, paths)) => paths.extend(more),
            None => self.paths.push((part, more.collect())),
        }
    }

    /// The one operand of a command that takes exactly one.
    pub fn operand(&self, name: &str) -> Result<&OsStr, Usage> {
        self.only_operand()?.ok_or_else(|| Usage(format!("{name} is missing")))
    }

    /// The operand of a command that takes at most one.
    pub fn only_operand(&self) -> Result<Option<&OsStr>, Usage> {
        match &self.operands[..] {
            [] => Ok(None),
            [operand] => Ok(Some(operand)),
            [_, surplus, ..] => Err(unexpected(surplus)),
        }
    }

    /// Refuses operands: the command takes none.
    pub fn no_operand(&self) -> Result<(), Usage> {
        self.operands.first().map_or(Ok(()), |surplus| Err(unexpected(surplus)))
    }

    /// The home of a command that works on an existing file; such a command checks its operands itself.
    pub fn needed_home(&self, command: &str) -> Result<&Path, Usage> {
        self.home.as_deref().ok_or_else(|| Usage(format!("{command} needs --home FILE")))
    }
}

fn filter(option: &str, text: &str) -> Result<Value, Usage> {
    let filter = json::read(text.as_bytes()).map_err(|problem| Usage(format!("{option}: {problem}: '{text}'")))?;
    match filter {
        Value::Table(_) => Ok(filter),
        _ => Err(Usage(format!("{option} takes a filter, such as {{\"age\":[\">=\",30]}}, not '{text}'"))),
    }
}

/// A value in JSON; what is no JSON is text.
pub fn value_of(text: &str) -> Value {
    json::read(text.as_bytes()).unwrap_or_else(|_| text.into())
}

fn unexpected(argument: &OsStr) -> Usage {
    Usage(format!("unexpected argument '{}'", argument.display()))
}

/// The value of an option that is not a path.
fn text<'a>(option: &str, value: &'a OsStr) -> Result<&'a str, Usage> {
    value.to_str().ok_or_else(|| Usage(format!("{option} takes text in UTF-8, not '{}'", value.display())))
}

fn engine(name: &str) -> Result<Engine, Usage> {
    Engine::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Engine::ALL.iter().map(|engine| engine.name()).collect();
        Usage(format!("no engine '{name}' in this build, which has: {}", known.join(", ")))
    })
}

fn table(option: &str, text: &str) -> Result<TableName, Usage> {
    let id = text.parse().ok().filter(|id| (tables::HOME..tables::SYSTEM_FIRST).contains(id));
    let mut keys = text.split('.');
    let is_path = keys.next() == Some("_home") && keys.all(|key| !key.is_empty());
    let name = id.map(TableName::Id).or_else(|| is_path.then(|| text.into()));
    name.ok_or_else(|| Usage(format!("{option} takes _home.name or the id of a table, not '{text}'")))
}

/// The name of a home: bytes, which need not be UTF-8.
pub fn home_name(option: &str, value: &OsStr) -> Result<Vec<u8>, Usage> {
    let name = value.as_encoded_bytes();
    match name.len() {
        1..=HOME_NAME_BYTES => Ok(name.to_vec()),
        length => Err(Usage(format!("{option} takes a name of 1 to {HOME_NAME_BYTES} bytes, not of {length}"))),
    }
}
