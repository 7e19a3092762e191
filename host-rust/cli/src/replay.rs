//! `cu replay FILE`: runs again what was recorded, and shows what it did.
//!
//! Invariant: what was replayed is shown before the error that ends the replay.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::File;
use std::io::BufReader;

use cu_host::replay::{ReplayError, ReplayOptions, Replayed, ReplayedCompute};
use cu_host::{Error, MemoryStore, Store, Value};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::show;
use crate::printed::{Late, piece, whole};
use crate::script;

/// So much of the first line of code is shown.
const CODE_CHARACTERS: usize = 60;

pub fn replay(arguments: &Arguments) -> Result<(), Failure> {
    let file = arguments.operand("FILE")?;
    let module = script::module(arguments)?;
    let recording = File::open(file).map_err(|error| Failure::Io(file.display().to_string(), error))?;
    let mut store = MemoryStore::default();
    let shown = RefCell::new(Vec::new());
    let late = RefCell::new(Vec::new());
    let mut waits = Waits::default();
    let options = ReplayOptions {
        store: Some(&mut store),
        on_event: Some(Box::new(|event| late.borrow_mut().extend(piece(event)))),
        on_compute: Some(Box::new(|compute| append(&mut shown.borrow_mut(), &mut waits, compute, late.take()))),
        unfinished: false,
    };
    let replayed = cu_host::replay::replay(&module, BufReader::new(recording), options);
    let mut shown = shown.into_inner();
    let counts = match &replayed {
        Ok(counts) | Err(ReplayError::Cut { replayed: counts, .. }) => Some(counts),
        Err(_) => None,
    };
    if let Some(counts) = counts {
        shown.extend(figures(counts).bytes());
    }
    if arguments.rows {
        append_rows(&mut shown, &mut store)?;
    }
    show(&shown)?;
    replayed.map(drop).map_err(|error| failure(file, error))
}

fn failure(file: &OsStr, error: ReplayError) -> Failure {
    Failure::Replay(file.display().to_string(), error)
}

/// The number of the compute that began with each script that waits, by the ticket of the wait.
#[derive(Default)]
struct Waits(HashMap<i64, u64>);

/// What the replay of a compute has shown: its code, what it printed, and its values, its error, or for what it waits.
fn append(shown: &mut Vec<u8>, waits: &mut Waits, compute: &ReplayedCompute<'_>, late: Vec<Late>) {
    let before = compute.goes_on().map(|(ticket, is_answered)| (waits.0.remove(&ticket), is_answered));
    let what = match before {
        Some((Some(first), true)) => format!("compute {first} goes on"),
        Some((Some(first), false)) => format!("compute {first} is cancelled"),
        Some((None, _)) => "an answer for which nothing waits".into(),
        None => first_line(compute.code),
    };
    shown.extend(format!("compute {}: {what}\n", compute.number).bytes());
    if let Some(wait) = compute.waits() {
        waits.0.insert(wait.ticket, before.and_then(|(first, _)| first).unwrap_or(compute.number));
        shown.extend(whole(&wait.output, late));
        let args: Vec<_> = wait.args.into_values().into_iter().map(argument).collect();
        shown.extend(format!("waits for host.{}({})\n", wait.name, args.join(", ")).bytes());
        return;
    }
    let values = match compute.response() {
        Ok(Ok(response)) => {
            shown.extend(whole(&response.output, late));
            response.values
        }
        Ok(Err(text)) => {
            shown.extend(whole(&[], late));
            vec![Value::String([b"error: ", &text[..]].concat())]
        }
        Err(error) => vec![error.to_string().into()],
    };
    for value in values.iter().filter(|value| !value.is_nil() || values.len() > 1) {
        match value {
            Value::String(bytes) => shown.extend(bytes),
            other => shown.extend(other.to_string().bytes()),
        }
        shown.push(b'\n');
    }
}

/// As it would be in a script: a string within a table is quoted.
fn argument(value: Value) -> String {
    if value.is_nil() {
        return value.to_string();
    }
    let list = Value::from(vec![value]).to_string();
    list[1..list.len() - 1].to_owned()
}

fn first_line(code: &[u8]) -> String {
    if cu_abi::call::is_call(code) {
        let way = cu_abi::call::Call::read(code).map_or(&[][..], |call| call.way);
        return format!("a call of {}", String::from_utf8_lossy(way));
    }
    let text = String::from_utf8_lossy(code);
    let line = text.trim_start().lines().next().unwrap_or_default();
    let start: String = line.chars().take(CODE_CHARACTERS).collect();
    if start.len() < text.trim().len() { format!("{start} ... ({} bytes)", code.len()) } else { start }
}

fn figures(replayed: &Replayed) -> String {
    let Replayed { computes, calls, imports, entries, bytes, .. } = replayed;
    let counted = |number: u64, what: &str| format!("{number} {what}{}", if number == 1 { "" } else { "s" });
    format!(
        "the same as recorded: {}, {} of the module, {imports} of the host; {entries} entries, {bytes} bytes\n",
        counted(*computes, "compute"),
        counted(*calls, "call"),
    )
}

fn append_rows(shown: &mut Vec<u8>, store: &mut MemoryStore) -> Result<(), Error> {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut table = store.next_table(None)?;
    while let Some(id) = table {
        let mut keys = Vec::new();
        store.keys(id, None, false, &mut |key| {
            keys.push(key.to_vec());
            true
        })?;
        for key in keys {
            let value = store.get(id, &key)?.map_or(String::new(), |value| hex(&value));
            shown.extend(format!("{id} {} {value}\n", hex(&key)).bytes());
        }
        table = store.next_table(Some(id))?;
    }
    Ok(())
}
