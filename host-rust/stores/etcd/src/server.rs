//! The turn, reads and writes.
//!
//! Invariant: every transaction that changes something is guarded by the revision at which this store took the turn, and the
//! commit by that of the state, too. To take the turn again gives it another revision: so what was sent before, and has had no
//! answer, cannot be done later.

use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use cu_host::store::{BUSY, CONFLICT, LOST};
use cu_host::{StoreError, Wait};
use cu_remote::{Failure, Row, Server, State, Turn, Writes, first_version};
use serde_json::{Value, json};

use crate::drawing::{Kept, Keys};
use crate::gateway::{Answer, Entry, Gateway, delete, delete_range, encoded, put, read, unchanged};
use crate::journal::{self, Operation};
use crate::lease::Lease;
use crate::url::EtcdOptions;

/// How often to look whether the turn is free: often at first, then more rarely.
const OFTEN: Duration = Duration::from_millis(2);
const RARELY: Duration = Duration::from_millis(50);
/// Keys that are listed at once to find the tables.
const LISTED: usize = 2000;

/// A namespace of a cluster.
pub struct Etcd {
    options: EtcdOptions,
    keys: Keys,
    gateway: Gateway,
    lease: Option<Lease>,
    /// The value of the turn's key while this store has it.
    token: [u8; 16],
    /// The version of the store as long as nobody has made it.
    first: u64,
    /// The revision at which this store took the turn.
    turn: Option<i64>,
    is_held: bool,
    /// The unit, if one has begun.
    open: Option<Open>,
}

/// What a unit reads.
struct Open {
    /// Everything is read as it was then.
    revision: i64,
    /// When the state was changed last.
    state: i64,
}

impl Etcd {
    /// A namespace of a cluster.
    pub(crate) fn over(gateway: Gateway, options: EtcdOptions) -> Result<Etcd, StoreError> {
        let mut token = [0; 16];
        getrandom::fill(&mut token).map_err(|error| StoreError::new(LOST, format!("no random numbers: {error}")))?;
        let (keys, first) = (Keys::new(&options.namespace), first_version()?);
        Ok(Etcd { options, keys, gateway, lease: None, token, first, turn: None, is_held: false, open: None })
    }

    /// Writes the state of a new store, if there is none.
    pub(crate) fn make(&mut self) -> Result<(), Failure> {
        let state = self.keys.state();
        let first = put(&state, &self.absent().to_bytes(), 0);
        self.gateway.transact(&[unchanged(&state, 0)], &[first], &[]).map(drop)
    }

    /// Removes everything, in a turn; answers whether there was something.
    pub(crate) fn remove(&mut self) -> Result<bool, Failure> {
        let taken = self.take(self.options.remote.wait)?;
        let (from, end) = self.keys.all();
        let was_there = taken.found.iter().any(|entry| entry.key == self.keys.state());
        let removed = self.guarded(&[delete_range(&from, &end)]);
        // The turn's key is gone with the others.
        (self.turn, self.is_held) = (None, false);
        self.need(false);
        removed.map(|_| was_there)
    }

    /// What is said of a store that is not there.
    fn absent(&self) -> Kept {
        Kept { state: State { version: self.first, units: Vec::new() }, parts: 0 }
    }

    /// Number of answers of the cluster that were waited for.
    pub fn round_trips(&self) -> u64 {
        self.gateway.round_trips
    }

    /// After a failure nobody knows whether this store has the turn; the lease ends it.
    fn checked<T>(&mut self, answer: Result<T, Failure>) -> Result<T, Failure> {
        if let Err(Failure::Lost(_)) = &answer {
            (self.open, self.turn) = (None, None);
            self.need(self.is_held);
        }
        answer
    }

    fn need(&self, is_needed: bool) {
        // A lease that is over by itself is another one at the next turn.
        let _ = self.lease.as_ref().map(|lease| lease.need(is_needed));
    }

    /// Takes the turn, and reads the state.
    fn take(&mut self, wait: Wait) -> Result<Answer, Failure> {
        let (began, end) = (Instant::now(), wait.end());
        let (turn, state) = (self.keys.turn(), self.keys.state());
        loop {
            let lease = match self.lease.as_ref().filter(|lease| lease.need(true)) {
                Some(lease) => lease.id,
                None => self.lease.insert(Lease::grant(&mut self.gateway, self.options.lease)?).id,
            };
            let taking = [put(&turn, &self.token, lease), read(&state)];
            let taken = self.gateway.transact(&[unchanged(&turn, 0)], &taking, &[read(&turn)]);
            let mut answer = match taken {
                Ok(answer) => answer,
                // It was not needed for a while.
                Err(Failure::Refused(error)) if error.message.contains("lease not found") => {
                    self.lease = None;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            if !answer.succeeded
                && let Some(entry) = answer.found.first()
                && entry.value == self.token
            {
                // An earlier request that had no answer took it.
                let is_same = [unchanged(&turn, entry.revision)];
                answer = self.gateway.transact(&is_same, &taking, &[])?;
            }
            if answer.succeeded {
                self.turn = Some(answer.revision);
                return Ok(answer);
            }
            if end.is_some_and(|end| Instant::now() >= end) {
                self.need(false);
                let waited = began.elapsed().as_secs_f64();
                let message = format!("another instance has the turn of this namespace; waited {waited:.1} s");
                return Err(Failure::Refused(StoreError::new(BUSY, message)));
            }
            thread::sleep(if began.elapsed() < RARELY { OFTEN } else { RARELY / 5 });
        }
    }

    /// The condition that this store has the turn, since that revision.
    fn has_turn(&self) -> Result<Value, Failure> {
        let lost = || Failure::Lost(StoreError::new(LOST, "the turn is not known to be this store's"));
        Ok(unchanged(&self.keys.turn(), self.turn.ok_or_else(lost)?))
    }

    /// Does requests as long as this store has the turn; answers the revision.
    fn guarded(&mut self, requests: &[Value]) -> Result<i64, Failure> {
        let answer = self.gateway.transact(&[self.has_turn()?], requests, &[])?;
        if answer.succeeded { Ok(answer.revision) } else { Err(turn_lost()) }
    }

    /// Begins to read the state that is there, after a journal that was not applied.
    fn begin_at(&mut self, answer: &Answer) -> Result<State, Failure> {
        let key = self.keys.state();
        let entry = answer.found.iter().find(|entry| entry.key == key);
        let kept = entry.map(|entry| Kept::from_bytes(&entry.value)).transpose().map_err(Failure::Refused)?;
        let kept = kept.unwrap_or_else(|| self.absent());
        let mut open = Open { revision: answer.revision, state: entry.map_or(0, |entry| entry.revision) };
        if kept.parts > 0 {
            open.revision = self.apply(&kept, false)?;
            open.state = open.revision;
        }
        self.open = Some(open);
        Ok(kept.state)
    }

    /// Does what the journal says, and deletes it; answers the revision of that.
    fn apply(&mut self, kept: &Kept, gives_turn: bool) -> Result<i64, Failure> {
        for number in 0..kept.parts {
            let (found, _) = self.gateway.range(&json!({ "key": encoded(&self.keys.part(number)) }))?;
            let missing = || Failure::Lost(StoreError::new(LOST, "somebody else applied the journal meanwhile"));
            let part = found.first().ok_or_else(missing)?;
            let operations = journal::read(&part.value).map_err(Failure::Refused)?;
            for chunk in journal::chunks(&operations) {
                let requests: Vec<_> = chunk.iter().map(|operation| operation.request(&self.keys)).collect();
                self.guarded(&requests)?;
            }
        }
        let done = Kept { parts: 0, ..kept.clone() };
        let journal = self.keys.journal();
        let mut requests =
            vec![put(&self.keys.state(), &done.to_bytes(), 0), delete_range(&journal.start, &journal.end)];
        if gives_turn {
            requests.push(delete(&self.keys.turn()));
        }
        self.guarded(&requests)
    }

    fn unit(&self) -> Result<&Open, Failure> {
        self.open.as_ref().ok_or_else(|| Failure::Lost(StoreError::new(LOST, "no unit has begun in the cluster")))
    }

    /// Reads as it was when the unit began.
    fn ask(&mut self, mut request: Value) -> Result<(Vec<Entry>, u64), Failure> {
        request["revision"] = json!(self.unit()?.revision.to_string());
        let found = self.gateway.range(&request);
        self.checked(found)
    }

    fn rows_in(
        &mut self,
        from: Vec<u8>,
        end: Vec<u8>,
        descending: bool,
        most: usize,
    ) -> Result<Vec<(u32, Row)>, Failure> {
        let mut request = json!({ "key": encoded(&from), "range_end": encoded(&end), "limit": most.to_string() });
        if descending {
            (request["sort_order"], request["sort_target"]) = (json!("DESCEND"), json!("KEY"));
        }
        let (found, _) = self.ask(request)?;
        let row = |entry: Entry| self.keys.parse(&entry.key).map(|(table, key)| (table, (key, Some(entry.value))));
        Ok(found.into_iter().filter_map(row).collect())
    }

    /// Writes a journal, says that the unit is kept, and does it.
    fn commit_large(&mut self, operations: &[Operation], next: &State, is_base: Value) -> Result<(), Failure> {
        let journal = self.keys.journal();
        // What a process that died before its commit may have left.
        self.guarded(&[delete_range(&journal.start, &journal.end)])?;
        let mut parts = 0;
        for chunk in journal::chunks(operations) {
            self.guarded(&[put(&self.keys.part(parts), &journal::write(chunk), 0)])?;
            parts += 1;
        }
        let kept = Kept { state: next.clone(), parts };
        let keeping = [put(&self.keys.state(), &kept.to_bytes(), 0)];
        if !self.gateway.transact(&[self.has_turn()?, is_base], &keeping, &[])?.succeeded {
            return Err(turn_lost());
        }
        // The unit is kept. Whoever fails from here on finds that out, and does the rest.
        let known = |failure: Failure| Failure::Lost(failure.error());
        self.apply(&kept, !self.is_held).map_err(known).map(drop)
    }
}

fn turn_lost() -> Failure {
    Failure::Conflict(StoreError::new(CONFLICT, "this store has not the turn any more"))
}

/// The first key behind this one.
fn behind(mut key: Vec<u8>) -> Vec<u8> {
    key.push(0);
    key
}

impl Server for Etcd {
    fn begin(&mut self, turn: Turn) -> Result<State, Failure> {
        self.end();
        let mut answer = None;
        if turn.is_held && self.turn.is_some() {
            let state = [read(&self.keys.state())];
            let asked = self.has_turn().and_then(|has| self.gateway.transact(&[has], &state, &[]));
            answer = Some(self.checked(asked)?).filter(|answer| answer.succeeded);
        }
        let answer = match answer {
            Some(answer) => answer,
            // Whether others had the turn meanwhile, the state tells.
            None => {
                let taken = self.take(turn.wait);
                self.checked(taken)?
            }
        };
        let begun = self.begin_at(&answer);
        self.checked(begun)
    }

    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let (found, _) = self.ask(json!({ "key": encoded(&self.keys.row(table, key)) }))?;
        Ok(found.into_iter().next().map(|entry| entry.value))
    }

    fn rows(&mut self, table: u32, after: Option<&[u8]>, descending: bool, most: usize) -> Result<Vec<Row>, Failure> {
        let (mut from, mut end) = (self.keys.table(u64::from(table)), self.keys.table(u64::from(table) + 1));
        match after {
            Some(after) if descending => end = self.keys.row(table, after),
            Some(after) => from = behind(self.keys.row(table, after)),
            None => {}
        }
        if from >= end {
            return Ok(Vec::new());
        }
        Ok(self.rows_in(from, end, descending, most)?.into_iter().map(|(_, row)| row).collect())
    }

    fn rows_of(&mut self, tables: Range<u32>, most: usize) -> Result<Vec<(u32, Row)>, Failure> {
        let (from, end) = (self.keys.table(u64::from(tables.start)), self.keys.table(u64::from(tables.end)));
        self.rows_in(from, end, false, most)
    }

    fn size(&mut self, table: u32) -> Result<u64, Failure> {
        let (from, end) = (self.keys.table(u64::from(table)), self.keys.table(u64::from(table) + 1));
        Ok(self.ask(json!({ "key": encoded(&from), "range_end": encoded(&end), "count_only": true }))?.1)
    }

    fn tables(&mut self, after: Option<u32>, most: usize) -> Result<Vec<u32>, Failure> {
        let mut tables: Vec<u32> = Vec::new();
        let mut next = after.map_or(0, |after| u64::from(after) + 1);
        let end = encoded(&self.keys.table(u64::from(u32::MAX) + 1));
        while tables.len() < most && next <= u64::from(u32::MAX) {
            let from = encoded(&self.keys.table(next));
            let request = json!({ "key": from, "range_end": end, "keys_only": true, "limit": LISTED.to_string() });
            let (found, _) = self.ask(request)?;
            let ids = found.iter().filter_map(|entry| self.keys.parse(&entry.key));
            tables.extend(ids.map(|(table, _)| table));
            tables.dedup();
            if found.len() < LISTED {
                break;
            }
            next = tables.last().map_or(next, |last| u64::from(*last)) + 1;
        }
        tables.truncate(most);
        Ok(tables)
    }

    fn commit(&mut self, writes: &Writes<'_>, next: &State) -> Result<(), Failure> {
        let is_base = unchanged(&self.keys.state(), self.unit()?.state);
        let operations = journal::operations(writes).map_err(Failure::Refused)?;
        let committed = if journal::is_small(&operations) {
            let mut requests: Vec<_> = operations.iter().map(|operation| operation.request(&self.keys)).collect();
            requests.push(put(&self.keys.state(), &Kept { state: next.clone(), parts: 0 }.to_bytes(), 0));
            if !self.is_held {
                requests.push(delete(&self.keys.turn()));
            }
            let conditions = [self.has_turn()?, is_base];
            let answer = self.gateway.transact(&conditions, &requests, &[]);
            answer.and_then(|answer| if answer.succeeded { Ok(()) } else { Err(turn_lost()) })
        } else {
            self.commit_large(&operations, next, is_base)
        };
        if committed.is_ok() {
            self.open = None;
            if !self.is_held {
                self.turn = None;
                self.need(false);
            }
        }
        self.checked(committed)
    }

    fn end(&mut self) {
        if self.open.take().is_some() && !self.is_held {
            self.give_back();
        }
    }

    fn hold(&mut self, wait: Wait) -> Result<(), Failure> {
        let taken = self.take(wait);
        let taken = self.checked(taken).map(drop);
        self.is_held = taken.is_ok();
        taken
    }

    fn release(&mut self) {
        self.is_held = false;
        self.give_back();
    }
}

impl Etcd {
    /// Frees the turn. If that cannot be said now, the lease does it after its time.
    fn give_back(&mut self) {
        self.need(false);
        if let Ok(has_turn) = self.has_turn() {
            let _ = self.gateway.transact(&[has_turn], &[delete(&self.keys.turn())], &[]);
        }
        self.turn = None;
    }
}
