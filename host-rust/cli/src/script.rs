//! Runs one script with the command line's options and shows its output and results.
//!
//! Invariant: everything that a script prints appears, in order, before its values or its error: while it runs, if nothing is kept
//! of the run. With a home it appears when the changes are kept; if they could not be, only that is shown. If an audit event was not written, the run fails.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use cu_abi::status::ErrorClass;
use cu_abi::tables;
use cu_host::replay::Recorder;
use cu_host::{
    AuditLog, Call, Error, EventKind, Instance, MODULE, MemoryStore, Module, Options, ReadOptions, Response, Store,
    Value,
};

use crate::arguments::{Arguments, Usage};
use crate::chunk;
use crate::failure::Failure;
use crate::files;
use crate::home::Home;
use crate::output::{complain, note_bytes, show};
use crate::paint::Paint;
use crate::printed::{Late, Printed, piece, whole};
use crate::source_line::{self, Source};
use cu_host::json;

/// The module on the engine that the command line names.
pub fn module(arguments: &Arguments) -> Result<Module, Failure> {
    let module = Module::with_engine(arguments.engine, MODULE)?;
    if let Some(note) = module.note() {
        complain(&format!(
            "cu: note: compiling the module, which takes a moment, since what was built cannot run: {note}"
        ));
    }
    Ok(module)
}

/// The script in a file; `-` is standard input. A device or a pipe may have no end, so reading stops at the size of the
/// module's memory.
pub fn read(file: &OsStr, module: &Module) -> Result<Vec<u8>, Failure> {
    let memory = module.memory_bytes();
    let read = || {
        let mut code = Vec::new();
        let input: &mut dyn Read = if file == "-" { &mut io::stdin().lock() } else { &mut File::open(file)? };
        input.take(memory as u64 + 1).read_to_end(&mut code)?;
        Ok(code)
    };
    let code = read().map_err(|error| Failure::Io(file.display().to_string(), error))?;
    if code.len() > memory { Err(Failure::Length(file.display().to_string(), memory)) } else { Ok(code) }
}

/// What is run.
#[derive(Clone, Copy)]
pub enum Work<'a> {
    /// Source.
    Code(&'a [u8]),
    /// A record of a call.
    Call(&'a [u8]),
    /// A script with its file's name and arguments.
    File { file: &'a OsStr, code: &'a [u8], args: &'a [OsString] },
}

impl Work<'_> {
    pub fn compute(&self, instance: &mut Instance) -> Result<Response, Error> {
        match self {
            Work::Code(code) | Work::Call(code) => instance.compute(code),
            Work::File { file, code, args } => {
                let name = if *file == "-" { b"=stdin".to_vec() } else { [b"@", file.as_encoded_bytes()].concat() };
                let text = |arg: &OsStr| Value::String(arg.as_encoded_bytes().to_vec());
                let args: Vec<Value> = args.iter().map(|arg| text(arg)).collect();
                let numbered = (1..).map(Value::Integer).zip(args.iter().cloned());
                let arg = Value::Table([(Value::Integer(0), text(file))].into_iter().chain(numbered).collect());
                let way = chunk::load(instance, &name, arg, code)?;
                instance.call(&args.into_iter().fold(Call::new(way), Call::value))
            }
        }
    }

    /// The source, where it is at hand.
    pub fn source(&self, has_namesakes: bool) -> Option<Source<'_>> {
        match self {
            Work::Code(text) => Some(Source { name: "compute", text, has_namesakes }),
            Work::Call(_) => None,
            Work::File { file, .. } if *file != "-" && file.to_str().is_none() => None,
            Work::File { file, code, .. } => {
                let name = if *file == "-" { "stdin" } else { file.to_str().unwrap_or_default() };
                Some(Source { name, text: code, has_namesakes })
            }
        }
    }
}

pub fn run(module: &Module, work: Work, arguments: &Arguments) -> Result<(), Failure> {
    let home = Home::of(arguments)?;
    if home.as_ref().is_some_and(Home::is_missing) && !arguments.read_only {
        try_options(module, arguments)?;
    }
    check_audit(arguments)?;
    check_record(arguments)?;
    let functions = files::functions(arguments)?;
    let input = if arguments.input { Some(read("-".as_ref(), module)?) } else { None };
    let record = arguments.record.as_deref().map(recorder).transpose()?;
    let opened = open(home, arguments.audit.as_deref());
    if let (Err(_), Some(file)) = (&opened, &arguments.record) {
        let _ = std::fs::remove_file(file);
    }
    let (log, store) = opened?;
    let mut events = vec![EventKind::Output, EventKind::Usage];
    events.extend(log.as_ref().map(|_| EventKind::Audit));
    // What is not to be kept need not wait for that; in a recording and an audit log there is no trace of how it is shown.
    let is_shown_at_once = [&arguments.home, &arguments.record, &arguments.audit].iter().all(|file| file.is_none());
    let stop = is_shown_at_once.then(|| Arc::new(AtomicBool::new(false)));
    let printed = stop.clone().map(|stop| Printed::new(arguments.json, stop));
    let reported = Arc::new(Mutex::new(Reported { log, printed, ..Reported::default() }));
    let sink = Arc::clone(&reported);
    let options = Options {
        events,
        on_event: Some(Box::new(move |event| sink.lock().unwrap_or_else(PoisonError::into_inner).take(event))),
        record,
        functions,
        output: is_shown_at_once.then_some(0),
        stop,
        ..run_options(arguments)
    };
    let mut instance = Instance::new(module, store, options)?;
    instance.clear_io()?;
    if let Some(input) = input {
        give_input(&mut instance, input)?;
    }
    let answer = work.compute(&mut instance);
    let printed = answer.as_ref().map_or(&[][..], |response| &response.output);
    let Reported { late, usage, unlogged, printed: shown_before, .. } =
        std::mem::take(&mut *reported.lock().unwrap_or_else(PoisonError::into_inner));
    let (printed, shown_before) = match shown_before {
        Some(printed) => (Vec::new(), printed.end()),
        None => (whole(printed, late), Ok(())),
    };
    let mut shown = Vec::new();
    let answer = answer.and_then(|response| match &response.values[..] {
        [Value::Nil] => Ok(()),
        values => values.iter().try_for_each(|value| append_line(&mut shown, &mut instance, value, arguments.json)),
    });
    let answer = answer.map_err(|error| with_content(error, &mut instance));
    let answer = answer.map_err(|error| with_source(error, work.source(arguments.home.is_some())));
    let cause = instance.take_store_error();
    let answer = match (answer, instance.end_recording()) {
        (Ok(()), recorded) => recorded,
        (Err(failed), Err(unrecorded)) if failed != unrecorded => {
            complain(&format!("cu: {unrecorded}"));
            Err(failed)
        }
        (failed, _) => failed,
    };
    // Closes the file, so that everything that is shown is also kept.
    drop(instance);
    // If a script caught the store's failure and then failed for another reason, that reason is shown.
    let failed = |error| match (cause, &error) {
        (None, _) | (_, Error::Lua(_)) => Failure::Cu(error),
        (Some(cause), _) => Failure::Store(error, cause),
    };
    // Where values are for programs, the rest is for people.
    if arguments.json {
        note_bytes(&printed);
    } else {
        shown.splice(..0, printed);
    }
    let is_stopped = shown_before.is_err();
    if let Err(unshown) = shown_before.and_then(|()| show(&shown)) {
        match with_log(answer, unlogged) {
            // That its output cannot be shown ended the script.
            Err(Error::Lua(error)) if is_stopped && error.class == Some(ErrorClass::Interrupted) => {}
            Err(error) => complain(&failed(error).text()),
            Ok(()) => {}
        }
        return Err(unshown);
    }
    if let (true, Some((instructions, memory))) = (arguments.usage, usage) {
        complain(&format!("used: {instructions} instructions, {memory} bytes"));
    }
    with_log(answer, unlogged).map_err(failed)
}

/// Puts standard input where the script finds it.
fn give_input(instance: &mut Instance, input: Vec<u8>) -> Result<(), Error> {
    let key = Value::from("input").encode_key()?;
    let value = Value::String(input).encode()?;
    instance.store().set(tables::IO, &key, &value)?;
    Ok(())
}

/// Adds the line at which the script failed, if its source is at hand.
pub fn with_source(error: Error, source: Option<Source>) -> Error {
    let (Error::Lua(error), Some(source)) = (&error, source) else { return error };
    let Some(excerpt) = source_line::excerpt(&error.message, error.traceback.as_deref(), source, Paint::of_errors())
    else {
        return Error::Lua(error.clone());
    };
    let mut error = error.clone();
    // Between message and traceback; a message may quote one, the module's own comes last.
    let is_start = |at: &usize| error.text[*at..].starts_with(b"\nstack traceback:");
    let at = (0..error.text.len()).rev().find(is_start).filter(|_| error.traceback.is_some());
    let at = at.unwrap_or(error.text.len());
    error.text.splice(at..at, format!("\n{excerpt}").into_bytes());
    Error::Lua(error)
}

/// Refuses to record into a file that this run writes otherwise.
fn check_record(arguments: &Arguments) -> Result<(), Usage> {
    let Some(record) = &arguments.record else { return Ok(()) };
    for (option, other) in [("--home", &home_file(arguments)), ("--audit", &arguments.audit)] {
        if other.as_ref() == Some(record) {
            return Err(Usage(format!("--record and {option} name the same file, {}", record.display())));
        }
    }
    Ok(())
}

/// Records into a new file: one that is there is never written over.
fn recorder(file: &Path) -> Result<Recorder, Failure> {
    let created = File::options().write(true).create_new(true).open(file);
    let created = created.map_err(|error| Failure::Io(file.display().to_string(), error))?;
    Ok(Recorder::new(BufWriter::new(created)))
}

/// Computes nothing, so that the module refuses wrong options before a file is created.
fn try_options(module: &Module, arguments: &Arguments) -> Result<(), Failure> {
    let answer = Instance::new(module, MemoryStore::default(), run_options(arguments))?.compute("");
    match answer {
        Err(Error::Lua(error)) if error.class == Some(ErrorClass::Config) => Err(Error::Lua(error).into()),
        _ => Ok(()),
    }
}

/// Refuses to add lines to a home, a key, or any other file that is not a log.
fn check_audit(arguments: &Arguments) -> Result<(), Failure> {
    let Some(audit) = &arguments.audit else { return Ok(()) };
    for (option, other) in [("--home", &home_file(arguments)), ("--key-file", &arguments.key_file)] {
        let is_same = |other: &PathBuf| audit == other || same_file(audit, other);
        if other.as_ref().is_some_and(is_same) {
            return Err(Usage(format!("--audit and {option} name the same file, {}", audit.display())).into());
        }
    }
    let mut first = [0];
    let is_log = match File::open(audit) {
        Ok(mut file) if file.metadata().is_ok_and(|about| about.is_file()) => {
            file.read(&mut first).is_ok_and(|length| length == 0 || first == *b"{")
        }
        _ => true,
    };
    if is_log {
        Ok(())
    } else {
        Err(Usage(format!("{}: it is no audit log; nothing was added", audit.display())).into())
    }
}

/// The file that `--home` names, if it names one.
fn home_file(arguments: &Arguments) -> Option<PathBuf> {
    let home = Home::of(arguments).ok()??;
    home.file().map(|file| file.path.clone())
}

fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Opens the audit log and the home. If the home cannot be opened, a new log is removed.
fn open(home: Option<Home>, audit: Option<&Path>) -> Result<(Option<AuditLog>, Box<dyn Store>), Failure> {
    let is_new = audit.is_some_and(|file| !file.exists());
    let log = audit.map(AuditLog::open).transpose()?;
    let store = match home.map(Home::open) {
        None => Box::new(MemoryStore::default()),
        Some(Ok(store)) => store,
        Some(Err(failure)) => {
            if let (Some(file), true) = (audit, is_new) {
                let _ = std::fs::remove_file(file);
            }
            return Err(failure);
        }
    };
    Ok((log, store))
}

/// Lua's message for an error that is not text; the name of its type stands between the two parts.
const NO_TEXT: [&str; 2] = ["(error object is a ", " value)"];

/// Shows an error that is a table in the notation of results.
pub fn with_content(error: Error, instance: &mut Instance) -> Error {
    let Error::Lua(mut error) = error else { return error };
    let is_text = !(error.message.starts_with(NO_TEXT[0]) && error.message.ends_with(NO_TEXT[1]));
    let value = match &error.value {
        Some(value) if !is_text && !matches!(value, Value::String(_)) => value,
        _ => return Error::Lua(error),
    };
    // If the store does not answer any more, tables are shown by name.
    let message = notation(instance, value).unwrap_or_else(|_| value.to_string());
    let traceback = error.traceback.as_ref().map(|traceback| format!("\n{traceback}")).unwrap_or_default();
    error.text = format!("{message}{traceback}").into_bytes();
    error.message = message;
    Error::Lua(error)
}

/// The answer, or the failure of the audit log; if both failed, the log's failure is printed and the answer's error is
/// the result.
fn with_log(answer: Result<(), Error>, unlogged: Option<Error>) -> Result<(), Error> {
    match (unlogged, answer) {
        (Some(error), Ok(())) => Err(error),
        (Some(error), failed) => {
            complain(&format!("cu: {error}"));
            failed
        }
        (None, answer) => answer,
    }
}

/// What the module reports during a run.
#[derive(Default)]
struct Reported {
    log: Option<AuditLog>,
    /// The first failure of the log.
    unlogged: Option<Error>,
    late: Vec<Late>,
    /// Where output goes that does not wait for the end.
    printed: Option<Printed>,
    /// Instructions used, and bytes in use at the end.
    usage: Option<(i64, i64)>,
}

impl Reported {
    fn take(&mut self, event: &Value) {
        match (piece(event), &mut self.printed) {
            (Some((_, text)), Some(printed)) => printed.add(&text),
            (piece, _) => self.late.extend(piece),
        }
        // Loading a script counts with it.
        if let Some((instructions, memory)) = usage(event) {
            self.usage = Some((self.usage.map_or(0, |(before, _)| before) + instructions, memory));
        }
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.write(event)) {
            self.unlogged.get_or_insert(error);
        }
    }
}

/// Instructions of a compute, and bytes in use at its end.
pub fn usage(event: &Value) -> Option<(i64, i64)> {
    Some((event.get("instructions")?.as_i64()?, event.get("memory")?.as_i64()?))
}

/// The options that every command shares: real time, and those of the command line.
pub fn options(arguments: &Arguments) -> Options {
    Options {
        instructions: arguments.instructions,
        time_limit: arguments.time_limit,
        memory: arguments.memory,
        seed: arguments.seed,
        clock: Some(Options::system_clock()),
        ..Options::default()
    }
}

/// The options of the commands that run scripts.
pub fn run_options(arguments: &Arguments) -> Options {
    Options {
        atomic: arguments.atomic,
        home: arguments.home_name.clone(),
        permissions: arguments.permissions.clone(),
        ..options(arguments)
    }
}

/// A string is shown byte for byte, every other value in its notation.
pub fn append_line(shown: &mut Vec<u8>, instance: &mut Instance, value: &Value, is_json: bool) -> Result<(), Error> {
    match value {
        value if is_json => {
            let tables = instance.read(value, ReadOptions::default())?;
            shown.extend(json::written(value, Some(&tables)).bytes());
        }
        Value::String(bytes) => shown.extend(bytes),
        other => shown.extend(notation(instance, other)?.bytes()),
    }
    shown.push(b'\n');
    Ok(())
}

/// Levels of external tables that are shown, and entries in them: about as much as a person reads.
const DEPTH: usize = 4;
const ENTRIES: usize = 10_000;

/// A value with the content of its external tables, down to the level where it becomes too much.
pub fn notation(instance: &mut Instance, value: &Value) -> Result<String, Error> {
    for depth in (1..=DEPTH).rev() {
        match instance.read(value, ReadOptions { depth, limit: ENTRIES }) {
            Err(Error::Limit { .. }) => {}
            read => return read.map(|tables| tables.to_string()),
        }
    }
    Ok(format!("{value} with more than {ENTRIES} entries"))
}
