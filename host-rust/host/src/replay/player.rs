//! The host of a module that is replayed: it answers the imports of one call.
//!
//! Invariant: the module gets from an import what is recorded, or nothing: a call that is another one than the recorded one stops
//! it.

use std::fmt::{self, Display, Formatter};

use cu_abi::recording::{Entry, Import};

use super::calls::Call;
use super::crossing;
use super::error::{Divergence, ReplayError};
use super::reader::Item;
use super::words;
use crate::memory::Memory;

/// Why an import has no answer: the module is to be stopped. [`Player::stopped`] is the reason.
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

impl Display for Stopped {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        out.write_str("the replay has stopped the module")
    }
}

impl std::error::Error for Stopped {}

/// Plays one call.
pub struct Player {
    pub call: Call,
    /// The number of the compute.
    pub compute: u64,
    /// How many of the imports were played.
    pub played: usize,
    /// Why the module was stopped; nothing where the recording breaks off.
    pub stopped: Option<Option<ReplayError>>,
}

impl Player {
    pub fn new(call: Call, compute: u64) -> Player {
        Player { call, compute, played: 0, stopped: None }
    }

    /// Answers an import.
    pub fn answer(&mut self, memory: &mut Memory<'_>, call: crossing::Call) -> Result<i32, Stopped> {
        let answer = self.recorded(memory, call).map_err(|reason| {
            self.stopped = Some(reason);
            Stopped
        })?;
        self.played += 1;
        Ok(answer)
    }

    fn recorded(&self, memory: &mut Memory<'_>, call: crossing::Call) -> Result<i32, Option<ReplayError>> {
        let came = call.sent(memory);
        let item = match (self.call.imports.get(self.played), &self.call.end) {
            (Some(item), _) => item,
            (None, Err(_)) => return Err(None),
            (None, Ok(end)) => return Err(Some(self.divergence(end, words::import(&came), None))),
        };
        let Entry::Import(recorded) = item.entry() else { return Err(None) };
        if let Some(difference) = differs(&recorded, &came) {
            return Err(Some(self.divergence(item, words::import(&came), Some(difference))));
        }
        let (pointer, _) = call.into();
        if recorded.wrote.len() != call.wrote(memory, recorded.answer).len() {
            let problem = format!("{} bytes were written for the answer {}", recorded.wrote.len(), recorded.answer);
            return Err(Some(item.wrong(problem)));
        }
        if !recorded.wrote.is_empty() {
            // As many bytes were just read there.
            memory.write(pointer, recorded.wrote).ok_or(None)?;
        }
        Ok(recorded.answer)
    }

    /// Compares the end of the call.
    pub fn check(&self, came: &Entry<'_>) -> Result<(), ReplayError> {
        let words = || words::end(self.call.name(), came);
        if let Some(item) = self.call.imports.get(self.played) {
            return Err(self.divergence(item, words(), None));
        }
        let Ok(item) = &self.call.end else { return Ok(()) };
        let difference = match (item.entry(), came) {
            (Entry::Trap { .. }, Entry::Trap { .. }) => return Ok(()),
            (Entry::Return { answer, left }, Entry::Return { answer: other, left: came }) => {
                let answers = || format!("the answer was {answer}, and {other} came");
                let difference =
                    if answer == *other { words::difference("result", left, came) } else { Some(answers()) };
                if difference.is_none() {
                    return Ok(());
                }
                difference
            }
            _ => None,
        };
        Err(self.divergence(item, words(), difference))
    }

    fn divergence(&self, item: &Item, came: String, difference: Option<String>) -> ReplayError {
        let recorded = match item.entry() {
            Entry::Import(import) => words::import(&import),
            end => words::end(self.call.name(), &end),
        };
        let Item { number: entry, offset, .. } = *item;
        let compute = self.compute;
        ReplayError::Divergence(Box::new(Divergence { entry, offset, compute, recorded, came, difference }))
    }
}

fn differs(recorded: &Import<'_>, came: &Import<'_>) -> Option<String> {
    if recorded.import != came.import {
        return Some("it is another import".into());
    }
    for (what, recorded, came) in [("table", recorded.table, came.table), ("room", recorded.room, came.room)] {
        if recorded != came {
            return Some(format!("the {what} was {recorded}, and {came} came"));
        }
    }
    let key = words::difference("key", recorded.key, came.key);
    key.or_else(|| words::difference("value", recorded.value, came.value))
}
