//! Plays a whole recording.
//!
//! Invariant: a store gets the changes of a call only if the recorded store kept them, and in their order.

use std::io::Read;

use cu_abi::pending::Answered;
use cu_abi::recording::{Entry, Import};
use cu_abi::{status, tables};

use super::calls::{Call, Calls, Part};
use super::crossing::{COMPUTE, DELETE, SET, left_at};
use super::error::ReplayError;
use super::figures::Replayed;
use super::places::Places;
use super::player::Player;
use super::reader::{Item, Reader};
use super::tape::Tape;
use crate::control::Control;
use crate::engine::{Guest, Module};
use crate::error::Error;
use crate::functions::{Args, HostCall};
use crate::imports::Host;
use crate::options::Options;
use crate::pending;
use crate::rate::{Meter, Rate};
use crate::response::Response;
use crate::store::{MemoryStore, Store, StoreError};
use crate::value::Value;

/// What a replay gives to whom.
#[derive(Default)]
pub struct ReplayOptions<'a> {
    /// Gets the changes that the module made, where the recorded store kept them.
    pub store: Option<&'a mut dyn Store>,
    /// Called for each event that the module reported, at the end of its call.
    #[allow(clippy::type_complexity, reason = "a name would not say more")]
    pub on_event: Option<Box<dyn FnMut(&Value) + 'a>>,
    /// Called for each compute.
    #[allow(clippy::type_complexity, reason = "a name would not say more")]
    pub on_compute: Option<Box<dyn FnMut(&ReplayedCompute<'_>) + 'a>>,
    /// Whether the recording may break off, because the program died that wrote it.
    pub unfinished: bool,
}

/// A compute that was replayed, with the same end as in the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayedCompute<'a> {
    /// Its number, from 1.
    pub number: u64,
    /// Source, or a call record.
    pub code: &'a [u8],
    /// What it left in the I/O buffer: a response, or the text of an error.
    pub frame: Result<&'a [u8], &'a [u8]>,
    /// The values that did not fit there.
    pub spilled: Option<&'a [u8]>,
}

impl ReplayedCompute<'_> {
    /// What the program got that was recorded; the text of the script's error where there was one. An error for a compute that
    /// [waits](ReplayedCompute::waits).
    pub fn response(&self) -> Result<Result<Response, Vec<u8>>, Error> {
        match self.frame {
            Ok(frame) => Response::decode(frame, self.spilled).map(Ok),
            Err(text) => Ok(Err(text.to_vec())),
        }
    }

    /// For what it waits, where it is not over.
    pub fn waits(&self) -> Option<ReplayedWait> {
        let (ticket, HostCall { name, args }, output) = pending::read(self.frame.ok()?, self.spilled).ok()??;
        Some(ReplayedWait { ticket, name, args, output })
    }

    /// The ticket of the wait that it ends, and whether by an answer; without one the compute was cancelled. None for a compute that begins.
    pub fn goes_on(&self) -> Option<(i64, bool)> {
        let Answered { ticket, answer } = Answered::is_one(self.code).then(|| Answered::read(self.code).ok())??;
        Some((ticket, answer.is_some()))
    }
}

/// A compute that waits for a function of the host, in a replay.
#[derive(Clone, Debug)]
pub struct ReplayedWait {
    /// What tells this wait from the others.
    pub ticket: i64,
    /// The function, without `host.`.
    pub name: String,
    /// The arguments of the call.
    pub args: Args,
    /// What this part of the compute printed.
    pub output: Vec<u8>,
}

/// Replays a recording: the same module gets the same calls and answers, and does the same, or the error says where it does
/// not.
pub fn replay(module: &Module, recording: impl Read, mut options: ReplayOptions<'_>) -> Result<Replayed, ReplayError> {
    let calls = Calls::new(Reader::new(recording)?)?;
    check_module(&calls, module)?;
    let mut guest = host().and_then(|host| module.instantiate(host)).map_err(ReplayError::Start)?;
    let buffer = guest.call("get_buffer_ptr", &[]).map_err(ReplayError::Start)?.cast_unsigned();
    let mut replay = Replay { guest, places: Places::new(buffer), replayed: Replayed::default(), changes: Vec::new() };
    let played = replay.play_all(calls, &mut options);
    // What was played whole is kept, whatever comes after it.
    let kept = replay.keep(&mut options);
    match played {
        Ok(()) => kept.map(|()| Replayed { whole: true, ..replay.replayed }),
        Err(ReplayError::Cut { .. }) if options.unfinished => kept.map(|()| replay.replayed),
        Err(ReplayError::Cut { entry, offset, end, .. }) => {
            Err(ReplayError::Cut { entry, offset, end, replayed: replay.replayed })
        }
        Err(error) => Err(error),
    }
}

/// The host of an instance whose imports the player answers.
fn host() -> Result<Host, Error> {
    Ok(Host {
        store: Box::new(MemoryStore::default()),
        control: Control::new(Options::default())?,
        meter: Meter::new(Rate::default())?,
        store_error: None,
        panic: None,
        tape: None,
    })
}

fn check_module<R: Read>(calls: &Calls<R>, module: &Module) -> Result<(), ReplayError> {
    let Entry::Module { hash, name } = calls.module.entry() else { return Ok(()) };
    let given = module.hash();
    if *hash == given {
        return Ok(());
    }
    let named = |name: &str, hash: &[u8]| {
        format!("{name}, SHA-256 {}", hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
    };
    let recorded = named(&String::from_utf8_lossy(name), hash);
    Err(ReplayError::Module { recorded, given: named(&module.info().to_string(), &given) })
}

/// The values that a call of an import has put beside the response.
fn spilled(item: &Item) -> Option<&[u8]> {
    match item.entry() {
        Entry::Import(Import { import: SET, table: tables::IO, key: tables::KEY_RESULT, value, .. }) => Some(value),
        _ => None,
    }
}

/// A change of the store.
enum Change {
    Set(u32, Vec<u8>, Vec<u8>),
    Delete(u32, Vec<u8>),
}

struct Replay {
    guest: Box<dyn Guest>,
    places: Places,
    replayed: Replayed,
    /// Of the last call, which the store may not have kept.
    changes: Vec<Change>,
}

impl Replay {
    fn play_all<R: Read>(&mut self, mut calls: Calls<R>, options: &mut ReplayOptions<'_>) -> Result<(), ReplayError> {
        loop {
            self.replayed.entries = calls.reader.number;
            self.replayed.bytes = calls.reader.offset;
            match calls.next()? {
                None => break,
                Some(Part::Undone) => self.changes.clear(),
                Some(Part::Call(call)) => {
                    if call.settles() {
                        self.keep(options)?;
                    }
                    self.play(call, options)?;
                }
            }
        }
        self.replayed.entries = calls.reader.number;
        self.replayed.bytes = calls.reader.offset;
        Ok(())
    }

    fn keep(&mut self, options: &mut ReplayOptions<'_>) -> Result<(), ReplayError> {
        let changes = std::mem::take(&mut self.changes);
        let Some(store) = &mut options.store else { return Ok(()) };
        let change = |change| -> Result<(), StoreError> {
            match change {
                Change::Set(table, key, value) => store.set(table, &key, &value),
                Change::Delete(table, key) => store.delete(table, &key),
            }
        };
        changes.into_iter().try_for_each(change).map_err(ReplayError::Store)
    }

    fn play(&mut self, call: Call, options: &mut ReplayOptions<'_>) -> Result<(), ReplayError> {
        let name = call.name();
        let Entry::Call { arguments, code, .. } = call.start.entry() else { return Ok(()) };
        let arguments: Vec<u32> = arguments.as_chunks::<4>().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let code = code.to_vec();
        let is_compute = name == COMPUTE;
        let mut number = self.replayed.computes;
        if is_compute {
            number += 1;
        }
        self.place(&call, &arguments, &code)?;
        self.guest.host().tape = Some(Box::new(Tape::Player(Player::new(call, number))));
        let answer = self.guest.call(name, &arguments);
        let Some(Tape::Player(mut player)) = self.guest.host().tape.take().map(|tape| *tape) else { return Ok(()) };
        match player.stopped.take() {
            Some(Some(error)) => return Err(error),
            // The error says where the recording breaks off.
            Some(None) => return player.call.end.map(drop),
            None => {}
        }
        let left = match answer {
            Ok(answer) => {
                self.places.note(name, &arguments, answer);
                let (pointer, length) = left_at(name, answer, &arguments, self.places.buffer);
                let left = self.guest.memory().read(pointer, length).unwrap_or_default().to_vec();
                player.check(&Entry::Return { answer, left: &left })?;
                Some(if answer < 0 { Err(left) } else { Ok(left) })
            }
            Err(trap) => {
                player.check(&Entry::Trap { words: trap.to_string().as_bytes() })?;
                None
            }
        };
        if player.call.end.is_err() {
            return player.call.end.map(drop);
        }
        self.replayed.computes = number;
        self.replayed.calls += 1;
        self.replayed.imports += player.call.imports.len() as u64;
        self.note(&player.call, options);
        if let (true, Some(frame), Some(on_compute)) = (is_compute, &left, &mut options.on_compute) {
            let frame = frame.as_deref().map_err(|text| &text[..]);
            let spilled = player.call.imports.iter().rev().find_map(spilled);
            on_compute(&ReplayedCompute { number, code: &code, frame, spilled });
        }
        Ok(())
    }

    /// Puts the code where the recorded host had it.
    fn place(&mut self, call: &Call, arguments: &[u32], code: &[u8]) -> Result<(), ReplayError> {
        let (pointer, length) = match (call.name(), arguments) {
            (COMPUTE, [pointer, length]) => (*pointer, *length),
            (_, arguments) => left_at(call.name(), 0, arguments, self.places.buffer),
        };
        let mut memory = self.guest.memory();
        // The module refuses what lies outside of memory.
        if length == 0 || (code.is_empty() && memory.read(pointer, length).is_none()) {
            return Ok(());
        }
        if !self.places.has(pointer, length) {
            return Err(call.start.wrong(format!("no host may place {length} bytes at {pointer}")));
        }
        if call.name() != COMPUTE {
            return Ok(());
        }
        let placed = if code.len() == length as usize { memory.write(pointer, code) } else { None };
        placed.ok_or_else(|| call.start.wrong(format!("{} bytes of code, where {length} are said to be", code.len())))
    }

    /// Notes what a call that was played did elsewhere.
    fn note(&mut self, call: &Call, options: &mut ReplayOptions<'_>) {
        for item in &call.imports {
            let Entry::Import(import) = item.entry() else { continue };
            match import.import {
                SET if import.table == tables::CONTROL => {
                    if import.key == tables::KEY_EVENT.as_bytes()
                        && let Some(on_event) = &mut options.on_event
                        && let Ok(event) = Value::decode(import.value)
                    {
                        on_event(&event);
                    }
                }
                SET if import.answer == status::OK => {
                    self.changes.push(Change::Set(import.table, import.key.to_vec(), import.value.to_vec()));
                }
                DELETE if import.answer == status::OK && import.table != tables::CONTROL => {
                    self.changes.push(Change::Delete(import.table, import.key.to_vec()));
                }
                _ => {}
            }
        }
    }
}
