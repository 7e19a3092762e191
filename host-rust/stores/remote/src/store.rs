//! A store over a server.
//!
//! Invariants: nothing is written before the commit, and then all at once. What is in the cache is the server's content in the
//! state `seen`, and what the unit changed.

use std::borrow::Cow;
use std::time::Duration;

use cu_host::store::{CONFLICT, STORE_FAILED, TOO_LARGE};
use cu_host::{Store, StoreError, Wait};

use crate::cache::{Cache, Found, Walk};
use crate::neighbours::Neighbours;
use crate::server::{Failure, Server};
use crate::state::{State, token};
use crate::unit::{self, Unit};

/// Rows that are read at once: a few at first, because most readers want a few, and more for those who go on.
const FIRST_ROWS: usize = 64;
const MOST_ROWS: usize = 1024;
/// Rows of several tables that are read at once.
const ROWS_OF_TABLES: usize = 4096;
/// Ids of tables that are read at once.
const IDS: usize = 256;

/// How a store over a server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteOptions {
    /// How long to wait for the turn of another instance.
    pub wait: Wait,
    /// How long to try to connect again when a connection was lost.
    pub reconnect: Duration,
    /// Bytes of rows that are kept in memory; what a unit changes comes on top.
    pub cache: usize,
}

impl Default for RemoteOptions {
    fn default() -> RemoteOptions {
        RemoteOptions { wait: Wait::Forever, reconnect: Duration::from_secs(10), cache: 32 * 1024 * 1024 }
    }
}

/// Tables on a server.
pub struct RemoteStore<S: Server> {
    server: S,
    options: RemoteOptions,
    cache: Cache,
    /// Ids that the server listed after the first: all up to the last, or up to the end.
    listed: Option<Listed>,
    /// The state of the server in which the cache is right.
    seen: Option<State>,
    unit: Option<Unit>,
    is_held: bool,
    /// The state at the end of the last unit within the turn that is held.
    held: Option<State>,
    /// The table that is being walked through, and how many rows to read next.
    reading: (u32, usize),
    neighbours: Neighbours,
}

struct Listed {
    after: Option<u32>,
    ids: Vec<u32>,
    is_last: bool,
}

impl<S: Server> RemoteStore<S> {
    /// The store that a server keeps.
    pub fn new(server: S, options: RemoteOptions) -> RemoteStore<S> {
        RemoteStore {
            server,
            options,
            cache: Cache::default(),
            listed: None,
            seen: None,
            unit: None,
            is_held: false,
            held: None,
            reading: (0, FIRST_ROWS),
            neighbours: Neighbours::default(),
        }
    }

    /// The server behind it.
    pub fn server(&mut self) -> &mut S {
        &mut self.server
    }

    /// Does something in the unit, or as a unit.
    fn act<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if self.unit.is_some() {
            return act(self);
        }
        self.begin()?;
        // A unit that is lost by a panic is undone, too.
        match act(self) {
            Ok(answer) => {
                self.commit()?;
                Ok(answer)
            }
            Err(error) => {
                self.roll_back();
                Err(error)
            }
        }
    }

    fn ask<T>(&mut self, act: impl FnMut(&mut S) -> Result<T, Failure>) -> Result<T, StoreError> {
        let unit = self.unit.as_mut().ok_or_else(|| StoreError::new(STORE_FAILED, "no unit has begun"))?;
        unit::ask(&mut self.server, unit, self.is_held, &self.options, act)
    }

    fn change(&mut self, act: impl FnOnce(&mut Cache)) -> Result<(), StoreError> {
        self.act(|store| {
            if let Some(unit) = &mut store.unit {
                if let Some(error) = &unit.failure {
                    return Err(error.clone());
                }
                unit.is_changed = true;
            }
            act(&mut store.cache);
            Ok(())
        })
    }

    /// Reads a value into the cache.
    fn read(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        if self.cache.get(table, key) == Found::Unknown && !self.read_neighbours(table)? {
            let value = self.ask(|server| server.get(table, key))?;
            self.cache.shrink_to(self.options.cache);
            self.cache.fill_value(table, key, value);
        }
        Ok(())
    }

    /// Reads a table together with its neighbours, if that is worth it and nothing is known of it; answers whether all of it
    /// is known now, but for values that are too large.
    fn read_neighbours(&mut self, table: u32) -> Result<bool, StoreError> {
        if self.cache.knows(table) {
            return Ok(false);
        }
        let Some(tables) = self.neighbours.of(table) else { return Ok(false) };
        let rows = self.ask(|server| server.rows_of(tables.clone(), ROWS_OF_TABLES))?;
        self.cache.shrink_to(self.options.cache);
        // Of the last table there may be more.
        let end =
            if rows.len() < ROWS_OF_TABLES { tables.end } else { rows.last().map_or(tables.end, |(table, _)| *table) };
        self.neighbours.known(&tables, end);
        let mut rows = rows.into_iter().peekable();
        for table in tables.start..end {
            let own = std::iter::from_fn(|| rows.next_if(|(of, _)| *of == table)).map(|(_, row)| row).collect();
            self.cache.fill(table, None, false, own, true);
        }
        Ok(table < end)
    }

    /// Reads the next rows into the cache.
    fn read_rows(&mut self, table: u32, after: Option<&[u8]>, descending: bool) -> Result<(), StoreError> {
        if after.is_none() && self.read_neighbours(table)? {
            return Ok(());
        }
        let most = if self.reading.0 == table && after.is_some() { self.reading.1 } else { FIRST_ROWS };
        let rows = self.ask(|server| server.rows(table, after, descending, most))?;
        self.reading = (table, (most * 4).min(MOST_ROWS));
        self.cache.shrink_to(self.options.cache);
        let is_last = rows.len() < most;
        self.cache.fill(table, after, descending, rows, is_last);
        Ok(())
    }

    fn walk(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        let mut at = after.map(<[u8]>::to_vec);
        loop {
            match self.cache.walk(table, at.as_deref(), descending, visit) {
                Walk::Stopped | Walk::End => return Ok(()),
                Walk::Unknown(from) => {
                    self.read_rows(table, from.as_deref(), descending)?;
                    at = from;
                }
            }
        }
    }

    fn is_empty(&mut self, table: u32) -> Result<bool, StoreError> {
        let mut is_empty = true;
        self.walk(table, None, false, &mut |_| {
            is_empty = false;
            false
        })?;
        Ok(is_empty)
    }

    /// The least id above `after` of a table that has keys on the server.
    fn next_listed(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        let found = |listed: &Listed| {
            let is_covered = listed.after <= after && (listed.is_last || listed.ids.last().copied() > after);
            is_covered.then(|| listed.ids.iter().copied().find(|id| Some(*id) > after))
        };
        if let Some(next) = self.listed.as_ref().and_then(found) {
            return Ok(next);
        }
        let ids = self.ask(|server| server.tables(after, IDS))?;
        let next = ids.first().copied();
        self.listed = Some(Listed { after, is_last: ids.len() < IDS, ids });
        Ok(next)
    }

    /// The unit is over: what it changed is on the server, or nowhere.
    fn ended(&mut self, is_kept: bool) {
        if is_kept {
            self.cache.keep();
        } else {
            self.cache.undo();
        }
        self.listed = None;
    }
}

fn nested() -> StoreError {
    StoreError::new(STORE_FAILED, "another call has begun a unit of this store and not ended it")
}

impl<S: Server> Store for RemoteStore<S> {
    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Cow<'_, [u8]>>, StoreError> {
        self.act(|store| store.read(table, key))?;
        Ok(match self.cache.get(table, key) {
            Found::Value(value) => Some(value.into()),
            Found::Absent | Found::Unknown => None,
        })
    }

    fn set(&mut self, table: u32, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.change(|cache| cache.set(table, key, value))
    }

    fn delete(&mut self, table: u32, key: &[u8]) -> Result<(), StoreError> {
        self.act(|store| {
            // A removal that changes nothing is no change.
            store.read(table, key)?;
            if store.cache.get(table, key) == Found::Absent {
                return Ok(());
            }
            store.change(|cache| cache.delete(table, key))
        })
    }

    fn size(&mut self, table: u32) -> Result<u32, StoreError> {
        let size = self.act(|store| {
            if let Some(size) = store.cache.size(table) {
                return Ok(size);
            }
            for key in store.cache.blind(table) {
                let is_there = store.ask(|server| server.get(table, &key))?.is_some();
                store.cache.fill_before(table, &key, is_there);
            }
            let size = store.ask(|server| server.size(table))?;
            Ok(store.cache.fill_size(table, size))
        })?;
        u32::try_from(size).map_err(|_| StoreError::new(TOO_LARGE, format!("table {table} has {size} keys")))
    }

    fn keys(
        &mut self,
        table: u32,
        after: Option<&[u8]>,
        descending: bool,
        visit: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Result<(), StoreError> {
        self.act(|store| store.walk(table, after, descending, visit))
    }

    fn next_table(&mut self, after: Option<u32>) -> Result<Option<u32>, StoreError> {
        self.act(|store| {
            let touched: Vec<_> = store.cache.touched().filter(|table| Some(*table) > after).collect();
            let mut next = store.next_listed(after)?;
            // Tables that the unit emptied have no keys.
            while let Some(table) = next.filter(|table| touched.contains(table)) {
                if !store.is_empty(table)? {
                    break;
                }
                next = store.next_listed(Some(table))?;
            }
            for table in touched.into_iter().take_while(|table| next.is_none_or(|next| *table < next)) {
                if !store.is_empty(table)? {
                    return Ok(Some(table));
                }
            }
            Ok(next)
        })
    }

    fn clear(&mut self, table: u32) -> Result<(), StoreError> {
        self.act(|store| if store.is_empty(table)? { Ok(()) } else { store.change(|cache| cache.clear(table)) })
    }

    fn version(&mut self) -> Result<u64, StoreError> {
        self.act(|store| Ok(store.unit.as_ref().map_or(0, |unit| unit.base.version + u64::from(unit.is_changed))))
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        if self.is_held || self.unit.is_some() {
            return Err(nested());
        }
        unit::insist(&self.options, || self.server.hold(self.options.wait))?;
        (self.is_held, self.held) = (true, None);
        Ok(())
    }

    fn release(&mut self) {
        if std::mem::take(&mut self.is_held) {
            self.server.release();
        }
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        if self.unit.is_some() {
            return Err(nested());
        }
        let token = token()?;
        let base = unit::begin(&mut self.server, self.is_held, &self.options)?;
        if self.is_held && self.held.get_or_insert_with(|| base.clone()) != &base {
            self.server.end();
            let message = "the turn that was held was lost, and meanwhile another instance changed the store";
            return Err(StoreError::new(CONFLICT, message));
        }
        if self.seen.as_ref() != Some(&base) {
            self.cache.forget();
            (self.listed, self.neighbours) = (None, Neighbours::default());
            self.seen = Some(base.clone());
        }
        self.unit = Some(Unit { base, token, is_changed: false, failure: None });
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let Some(mut unit) = self.unit.take() else { return Ok(()) };
        if !unit.is_changed {
            self.server.end();
            return Ok(());
        }
        let writes = self.cache.writes();
        let committed = unit::commit(&mut self.server, &mut unit, self.is_held, &self.options, |server, next| {
            server.commit(&writes, next)
        });
        drop(writes);
        self.ended(committed.is_ok());
        let next = committed?;
        if self.is_held {
            self.held = Some(next.clone());
        }
        self.seen = Some(next);
        Ok(())
    }

    fn can_roll_back(&self) -> bool {
        true
    }

    fn roll_back(&mut self) -> bool {
        let Some(unit) = self.unit.take() else { return false };
        self.server.end();
        self.ended(!unit.is_changed);
        unit.is_changed
    }
}

#[cfg(test)]
mod tests;
