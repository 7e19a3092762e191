//! The turn, reads and writes.
//!
//! Invariant: a transaction is open exactly from `begin` to `commit`, `end` or a failure; it has locked the rows of the state.

use std::ops::Range;
use std::sync::Arc;

use cu_host::store::{CONFLICT, STORE_FAILED};
use cu_host::{StoreError, Wait};
use cu_remote::{Failure, Row, Server, State, Turn, Writes};
use futures_util::future::{join, join3, join5};

use crate::connections::Connections;
use crate::drawing::{self, SENT_UNASKED, Statement};
use crate::failure::failure;
use crate::link::Link;
use crate::split::{LAST_HEAD, split};

/// Bytes of values in one statement, so that neither side has a very large message. One value may be larger.
const STATEMENT_BYTES: usize = 8 * 1024 * 1024;

/// A namespace of a database.
pub struct Postgres {
    connections: Arc<Connections>,
    namespace: String,
    /// The connection, from the beginning of a unit to its end.
    link: Option<Link>,
    /// A transaction is open there.
    is_open: bool,
    /// The connection that has the row of the turn locked, for several units.
    holder: Option<Link>,
    /// Answers that connections which are given back waited for.
    earlier_round_trips: u64,
}

impl Postgres {
    /// A namespace that is there.
    pub(crate) fn over(connections: Arc<Connections>, namespace: String) -> Postgres {
        Postgres { connections, namespace, link: None, is_open: false, holder: None, earlier_round_trips: 0 }
    }

    /// Number of answers of the server that were waited for.
    pub fn round_trips(&self) -> u64 {
        let of = |link: &Option<Link>| link.as_ref().map_or(0, |link| link.round_trips);
        self.earlier_round_trips + of(&self.link) + of(&self.holder)
    }

    /// The connection, which is taken if there is none.
    fn connect(&mut self) -> Result<&mut Link, Failure> {
        if self.link.as_ref().is_none_or(Link::is_lost) {
            self.leave();
            self.link = Some(self.connections.take()?);
        }
        self.link.as_mut().ok_or_else(closed)
    }

    /// The connection is lost, and with it those that wait: they go to the same server.
    fn leave(&mut self) {
        self.is_open = false;
        if let Some(link) = self.link.take() {
            self.earlier_round_trips += link.round_trips;
            self.connections.forget();
        }
    }

    /// Gives the connection back.
    fn give_back(&mut self) {
        self.is_open = false;
        if let Some(link) = self.link.take() {
            self.earlier_round_trips += link.round_trips;
            self.connections.give_back(link);
        }
    }

    /// The connection, in a transaction.
    fn open_link(&mut self) -> Result<&mut Link, Failure> {
        self.link.as_mut().filter(|_| self.is_open).ok_or_else(closed)
    }

    /// After a failure the transaction is over.
    fn checked<T>(&mut self, answer: Result<T, Failure>) -> Result<T, Failure> {
        match &answer {
            Ok(_) => {}
            Err(Failure::Lost(_)) => self.leave(),
            Err(_) => self.end(),
        }
        answer
    }

    fn ask(
        &mut self,
        statement: Statement,
        parameters: &crate::link::Parameters,
    ) -> Result<Vec<tokio_postgres::Row>, Failure> {
        let answer = self.open_link()?.rows(statement, parameters);
        self.checked(answer)
    }

    fn state(&self, rows: &[tokio_postgres::Row]) -> Result<State, Failure> {
        let state = rows
            .iter()
            .find(|row| row.get::<_, i64>(0) == drawing::STATE)
            .ok_or_else(|| Failure::Refused(StoreError::new(STORE_FAILED, removed(&self.namespace))))?;
        Ok(State::from_bytes(state.get::<_, i64>(1) as u64, state.get(2)))
    }
}

/// What is said of a namespace that somebody removed.
fn removed(namespace: &str) -> String {
    format!("the namespace '{namespace}' is not in the database any more")
}

fn closed() -> Failure {
    Failure::Lost(StoreError::new(cu_host::store::LOST, "there is no connection to the database"))
}

fn table_id(id: i64) -> Result<u32, Failure> {
    let message = || format!("the table cu_entries has a table_id {id}, which is no id of a table");
    u32::try_from(id).map_err(|_| Failure::Refused(StoreError::new(STORE_FAILED, message())))
}

impl Server for Postgres {
    fn begin(&mut self, turn: Turn) -> Result<State, Failure> {
        self.end();
        if turn.is_held && self.holder.as_ref().is_none_or(Link::is_lost) {
            // Whether others had the turn meanwhile, the state tells.
            self.hold(turn.wait)?;
        }
        let namespace = self.namespace.clone();
        let first = if turn.is_held { drawing::STATE } else { drawing::TURN };
        let link = self.connect()?;
        let (begun, rows) = link.together(async |link| {
            join(link.batch(drawing::BEGIN), link.query(Statement::Lock, &[&namespace, &first])).await
        });
        self.is_open = true;
        let rows = begun.and(rows).map_err(failure);
        let rows = self.checked(rows)?;
        let state = self.state(&rows);
        self.checked(state)
    }

    fn get(&mut self, table: u32, key: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        let key = split(key);
        let namespace = self.namespace.clone();
        let rows = self.ask(Statement::Get, &[&namespace, &i64::from(table), &key.head, &key.digest])?;
        Ok(rows.first().map(|row| row.get(0)))
    }

    fn rows(&mut self, table: u32, after: Option<&[u8]>, descending: bool, most: usize) -> Result<Vec<Row>, Failure> {
        let namespace = self.namespace.clone();
        let (table, most) = (i64::from(table), most as i64);
        let key = split(after.unwrap_or(if descending { &LAST_HEAD } else { b"" }));
        let head = if after.is_none() && descending { &LAST_HEAD[..] } else { key.head };
        let rows = if descending {
            self.ask(Statement::Down, &[&namespace, &table, &head, &key.rest, &SENT_UNASKED, &most])?
        } else {
            let from_first = after.is_none();
            self.ask(Statement::Up, &[&namespace, &table, &head, &key.rest, &SENT_UNASKED, &from_first, &most])?
        };
        let key = |row: &tokio_postgres::Row| [row.get::<_, &[u8]>(0), row.get(1)].concat();
        Ok(rows.iter().map(|row| (key(row), row.get(2))).collect())
    }

    fn rows_of(&mut self, tables: Range<u32>, most: usize) -> Result<Vec<(u32, Row)>, Failure> {
        let namespace = self.namespace.clone();
        let (first, end) = (i64::from(tables.start), i64::from(tables.end));
        let rows = self.ask(Statement::RowsOf, &[&namespace, &first, &end, &SENT_UNASKED, &(most as i64)])?;
        let row = |row: &tokio_postgres::Row| {
            let key = [row.get::<_, &[u8]>(1), row.get(2)].concat();
            Ok((table_id(row.get(0))?, (key, row.get(3))))
        };
        rows.iter().map(row).collect()
    }

    fn size(&mut self, table: u32) -> Result<u64, Failure> {
        let namespace = self.namespace.clone();
        let rows = self.ask(Statement::Size, &[&namespace, &i64::from(table)])?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0) as u64))
    }

    fn tables(&mut self, after: Option<u32>, most: usize) -> Result<Vec<u32>, Failure> {
        let namespace = self.namespace.clone();
        let after = after.map_or(-1, i64::from);
        let rows = self.ask(Statement::Tables, &[&namespace, &after, &(most as i64)])?;
        rows.iter().map(|row| table_id(row.get(0))).collect()
    }

    fn commit(&mut self, writes: &Writes<'_>, next: &State) -> Result<(), Failure> {
        let namespace = self.namespace.clone();
        let link = self.open_link()?;
        let committed = write(link, &namespace, writes, next);
        let committed = self.checked(committed);
        if committed.is_ok() {
            self.give_back();
        }
        committed
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.is_open)
            && let Some(link) = &mut self.link
        {
            link.send(drawing::ROLLBACK);
            self.give_back();
        }
    }

    fn hold(&mut self, _: Wait) -> Result<(), Failure> {
        self.release();
        let mut link = self.connections.take()?;
        let (begun, rows) = link.together(async |link| {
            join(link.batch(drawing::BEGIN_HOLD), link.query(Statement::Hold, &[&self.namespace])).await
        });
        let locked = begun.and(rows).map(drop).map_err(failure);
        self.holder = Some(link);
        if locked.is_err() {
            self.release();
        }
        locked
    }

    fn release(&mut self) {
        if let Some(mut link) = self.holder.take() {
            self.earlier_round_trips += link.round_trips;
            link.send(drawing::ROLLBACK);
            self.connections.give_back(link);
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.end();
        self.release();
    }
}

/// The columns of rows to be written.
#[derive(Default)]
struct Columns<'a> {
    tables: Vec<i64>,
    heads: Vec<&'a [u8]>,
    digests: Vec<Vec<u8>>,
    rests: Vec<&'a [u8]>,
    values: Vec<&'a [u8]>,
    bytes: usize,
}

impl<'a> Columns<'a> {
    fn add(&mut self, table: u32, key: &'a [u8], value: Option<&'a [u8]>) {
        let key = split(key);
        self.bytes += key.head.len() + key.rest.len() + value.map_or(0, <[u8]>::len);
        self.tables.push(i64::from(table));
        self.heads.push(key.head);
        self.digests.push(key.digest);
        self.rests.push(key.rest);
        self.values.extend(value);
    }
}

/// Writes everything, and commits: in one round trip, unless there is very much of it.
fn write(link: &mut Link, namespace: &str, writes: &Writes<'_>, next: &State) -> Result<(), Failure> {
    let cleared: Vec<i64> = writes.cleared.iter().map(|table| i64::from(*table)).collect();
    let mut gone = Columns::default();
    writes.deleted.iter().for_each(|(table, key)| gone.add(*table, key, None));
    let mut parts = vec![Columns::default()];
    for (table, key, value) in &writes.set {
        if parts.last().is_some_and(|part| part.bytes >= STATEMENT_BYTES) {
            parts.push(Columns::default());
        }
        if let Some(part) = parts.last_mut() {
            part.add(*table, key, Some(value));
        }
    }
    let last = parts.pop().unwrap_or_default();
    let clear: &crate::link::Parameters = &[&namespace, &cleared];
    let clear = (!cleared.is_empty()).then_some((Statement::Clear, clear));
    let delete: &crate::link::Parameters = &[&namespace, &gone.tables, &gone.heads, &gone.digests];
    let delete = (!gone.tables.is_empty()).then_some((Statement::Delete, delete));
    let mut removal = (clear, delete);
    for part in &parts {
        let (clear, delete) = std::mem::take(&mut removal);
        let put: &crate::link::Parameters =
            &[&namespace, &part.tables, &part.heads, &part.digests, &part.rests, &part.values];
        let (cleared, deleted, put) = link.together(async |link| {
            let put = link.execute(Some((Statement::Put, put)));
            join3(link.execute(clear), link.execute(delete), put).await
        });
        cleared.and(deleted).and(put).map_err(failure)?;
    }
    let (clear, delete) = removal;
    let put: &crate::link::Parameters =
        &[&namespace, &last.tables, &last.heads, &last.digests, &last.rests, &last.values];
    let put = (!last.tables.is_empty()).then_some((Statement::Put, put));
    let (version, units) = (next.version as i64, next.to_bytes());
    let update: &crate::link::Parameters = &[&namespace, &version, &units];
    let (cleared, deleted, put, updated, committed) = link.together(async |link| {
        let update = link.execute(Some((Statement::UpdateState, update)));
        join5(link.execute(clear), link.execute(delete), link.execute(put), update, link.batch(drawing::COMMIT)).await
    });
    // The first one that failed is the reason for the others.
    cleared.and(deleted).and(put).map_err(failure)?;
    match (updated.map_err(failure)?, committed) {
        (1, committed) => committed.map_err(failure),
        _ => Err(Failure::Refused(StoreError::new(CONFLICT, removed(namespace)))),
    }
}
