//! Runs one script with the command line's options and shows what it printed and returned.
//!
//! Invariant: all that a script prints appears, in order, before its values or its error. A run whose changes could not be
//! kept shows only that. A run of which something was not written to the audit log fails.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use cu_host::{AuditLog, Error, EventKind, Instance, MODULE, MemoryStore, Module, Options, ReadOptions, Value};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::home;

/// A piece of output that the response does not carry: its offset in the whole, and the text.
type Late = (i64, Vec<u8>);

pub fn run(code: &[u8], arguments: &Arguments) -> Result<(), Failure> {
    let log = arguments.audit.as_ref().map(AuditLog::open).transpose()?;
    let mut events = vec![EventKind::Output, EventKind::Usage];
    events.extend(log.as_ref().map(|_| EventKind::Audit));
    let reported = Arc::new(Mutex::new(Reported { log, ..Reported::default() }));
    let sink = Arc::clone(&reported);
    let options = Options {
        atomic: arguments.atomic,
        permissions: arguments.permissions.clone(),
        events,
        on_event: Some(Box::new(move |event| sink.lock().unwrap_or_else(PoisonError::into_inner).take(event))),
        ..options(arguments)
    };
    let store = match home::store(arguments)? {
        Some(store) => store,
        None => Box::new(MemoryStore::default()),
    };
    let module = Module::with_engine(arguments.engine, MODULE)?;
    let mut instance = Instance::new(&module, store, options)?;
    instance.clear_io()?;
    let answer = instance.compute(code);
    let kept = answer.as_ref().map_or(&[][..], |response| &response.output);
    let Reported { late, usage, unlogged, .. } =
        std::mem::take(&mut *reported.lock().unwrap_or_else(PoisonError::into_inner));
    let mut shown = whole(kept, late);
    let answer = answer.and_then(|response| match &response.values[..] {
        [Value::Nil] => Ok(()),
        values => values.iter().try_for_each(|value| append_line(&mut shown, &mut instance, value)),
    });
    show(&shown)?;
    if let (true, Some((instructions, memory))) = (arguments.usage, usage) {
        eprintln!("used: {instructions} instructions, {memory} bytes");
    }
    with_log(answer, unlogged).map_err(|error| match instance.take_store_error() {
        Some(cause) => Failure::Store(error, cause),
        None => Failure::Cu(error),
    })
}

/// The answer, or the failure of the audit log; when both failed, the answer's error comes second.
fn with_log(answer: Result<(), Error>, unlogged: Option<Error>) -> Result<(), Error> {
    match (unlogged, answer) {
        (Some(error), Ok(())) => Err(error),
        (Some(error), failed) => {
            eprintln!("cu: {error}");
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
    /// Instructions, and bytes in use at the end.
    usage: Option<(i64, i64)>,
}

impl Reported {
    fn take(&mut self, event: &Value) {
        self.late.extend(piece(event));
        self.usage = usage(event).or(self.usage);
        if let Some(Err(error)) = self.log.as_mut().map(|log| log.write(event)) {
            self.unlogged.get_or_insert(error);
        }
    }
}

fn usage(event: &Value) -> Option<(i64, i64)> {
    Some((event.get("instructions")?.as_i64()?, event.get("memory")?.as_i64()?))
}

fn piece(event: &Value) -> Option<Late> {
    Some((event.get("offset")?.as_i64()?, event.get("text")?.as_bytes()?.to_vec()))
}

/// All that was printed. Where the first late piece begins, the text that was kept ends; a note that it was cut is
/// dropped.
fn whole(kept: &[u8], mut late: Vec<Late>) -> Vec<u8> {
    late.sort_by_key(|(offset, _)| *offset);
    let mut all = kept.to_vec();
    if let Some((offset, _)) = late.first() {
        all.truncate(usize::try_from(*offset).unwrap_or(0));
    }
    late.iter().for_each(|(_, text)| all.extend(text));
    all
}

/// The options that every command shares: real time, and what the command line says.
pub fn options(arguments: &Arguments) -> Options {
    Options {
        instructions: arguments.instructions,
        memory: arguments.memory,
        seed: arguments.seed,
        clock: Some(Options::system_clock()),
        ..Options::default()
    }
}

/// A string is shown byte for byte, anything else as its notation.
fn append_line(shown: &mut Vec<u8>, instance: &mut Instance, value: &Value) -> Result<(), Error> {
    match value {
        Value::String(bytes) => shown.extend(bytes),
        other => shown.extend(notation(instance, other)?.bytes()),
    }
    shown.push(b'\n');
    Ok(())
}

/// Levels of external tables that are shown, and entries in them: about what someone reads.
const DEPTH: usize = 4;
const ENTRIES: usize = 10_000;

/// A value with what its external tables hold, in as many levels as are not too much.
fn notation(instance: &mut Instance, value: &Value) -> Result<String, Error> {
    for depth in (1..=DEPTH).rev() {
        match instance.read(value, ReadOptions { depth, limit: ENTRIES }) {
            Err(Error::Limit { .. }) => {}
            read => return read.map(|tables| tables.to_string()),
        }
    }
    Ok(format!("{value} with more than {ENTRIES} entries"))
}

/// Writes to standard output.
pub fn show(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| Failure::Io("standard output".to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_pieces_take_their_place_in_the_output() {
        let late = || vec![(4, b"late".to_vec()), (8, b"r".to_vec())];
        assert_eq!(whole(b"kept", Vec::new()), b"kept");
        assert_eq!(whole(b"kept\n[cut]", late()), b"keptlater");
        assert_eq!(whole(b"", [late(), vec![(0, b"kept".to_vec())]].concat()), b"keptlater");
    }
}
