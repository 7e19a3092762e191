//! The table of rows and what is beside it, as plain maps; its indexes, worked out anew after every write.

use std::collections::BTreeMap;

use cu_host::Value;

use crate::filter::Filter;
use crate::values::{Rank, at, rank_at};

/// Keys from the home on.
pub type Way = Vec<Value>;

/// What scripts do to the home. Where a way leads into no table, nothing is done.
#[derive(Clone, Debug)]
pub enum Write {
    /// Gives what is there a value; nil removes.
    Put(Way, Value),
    /// Puts what is at the second way, tables as such, at the first one too.
    Share(Way, Way),
    /// A transaction of its own, which is undone if it is refused, or if it fails in the end.
    Inside { writes: Vec<Write>, fails: bool },
}

/// An index does not permit a write: two rows would have the same in a unique one, or a value is too long for an ordered one.
/// What was done before it stays.
#[derive(Debug, PartialEq)]
pub struct Refused;

#[derive(Clone, Debug)]
pub struct Index {
    pub name: String,
    pub paths: Vec<&'static str>,
    pub is_hash: bool,
    pub is_unique: bool,
    pub is_multi: bool,
    pub filter: Option<Filter>,
}

#[derive(Clone)]
enum Cell {
    Plain(Value),
    /// The number of a table.
    Table(usize),
}

/// Tables may be in several places.
#[derive(Clone)]
pub struct Home {
    /// Table 0 is the home. The bytes of the key give the order.
    tables: Vec<BTreeMap<Vec<u8>, (Value, Cell)>>,
    pub indexes: Vec<Index>,
}

impl Index {
    /// What each entry has of values.
    fn entries(&self, rows: &[(Value, Value)]) -> Vec<(Vec<Rank>, Value)> {
        let mut entries = Vec::new();
        for (key, row) in rows.iter().filter(|(_, row)| self.filter.as_ref().is_none_or(|filter| filter.matches(row))) {
            let values: Vec<Vec<Rank>> = match at(row, self.paths[0]) {
                Some(Value::Table(elements)) if self.is_multi => {
                    elements.iter().map(|(_, element)| vec![Rank::of(Some(element))]).collect()
                }
                _ => vec![self.paths.iter().map(|path| rank_at(row, path)).collect()],
            };
            let finds_only = self.is_multi || self.is_hash;
            let values = values.into_iter().filter(|values| !finds_only || values.iter().all(Rank::can_be_found));
            entries.extend(values.map(|values| (values, key.clone())));
        }
        entries
    }

    /// With one more for each string in the place of a list: `contains` asks for parts of it, too.
    pub fn count(&self, rows: &[(Value, Value)]) -> usize {
        let wanted = rows.iter().filter(|(_, row)| self.filter.as_ref().is_none_or(|filter| filter.matches(row)));
        let strings = wanted.filter(|(_, row)| matches!(at(row, self.paths[0]), Some(Value::String(_))));
        self.entries(rows).len() + if self.is_multi { strings.count() } else { 0 }
    }

    /// Whether it can have these rows.
    pub fn permits(&self, rows: &[(Value, Value)]) -> bool {
        let entries = self.entries(rows);
        let is_long = |value: &Rank| matches!(value, Rank::String(bytes) if bytes.len() > 1024);
        if !self.is_hash && entries.iter().any(|(values, _)| values.iter().any(is_long)) {
            return false;
        }
        let mut firsts = BTreeMap::new();
        let found = entries.iter().filter(|(values, _)| values.iter().all(Rank::can_be_found));
        !self.is_unique || found.into_iter().all(|(values, key)| *firsts.entry(values).or_insert(key) == key)
    }
}

impl Home {
    /// With an empty table `t`.
    pub fn new() -> Home {
        let mut home = Home { tables: vec![BTreeMap::new()], indexes: Vec::new() };
        home.put(&[Value::from("t")], &Value::Table(Vec::new()));
        home
    }

    /// Keys and rows of `t`, in the order of the keys.
    pub fn rows(&self) -> Vec<(Value, Value)> {
        match self.find(&[Value::from("t")]).map(|cell| self.content(cell)) {
            Some(Value::Table(rows)) => rows,
            _ => panic!("no write removes it"),
        }
    }

    fn content(&self, cell: &Cell) -> Value {
        match cell {
            Cell::Plain(value) => value.clone(),
            Cell::Table(number) => {
                let entries = self.tables[*number].values();
                Value::Table(entries.map(|(key, cell)| (key.clone(), self.content(cell))).collect())
            }
        }
    }

    fn cell(&mut self, value: &Value) -> Cell {
        let Value::Table(pairs) = value else { return Cell::Plain(value.clone()) };
        self.tables.push(BTreeMap::new());
        let number = self.tables.len() - 1;
        for (key, value) in pairs {
            let cell = self.cell(value);
            self.tables[number].insert(key.encode_key().unwrap(), (key.clone(), cell));
        }
        Cell::Table(number)
    }

    fn find(&self, way: &[Value]) -> Option<&Cell> {
        let (last, parents) = way.split_last()?;
        Some(&self.tables[self.table(parents)?].get(&last.encode_key().unwrap())?.1)
    }

    fn table(&self, way: &[Value]) -> Option<usize> {
        if way.is_empty() {
            return Some(0);
        }
        if let Some(Cell::Table(number)) = self.find(way) { Some(*number) } else { None }
    }

    fn put(&mut self, way: &[Value], value: &Value) {
        let cell = (!value.is_nil()).then(|| self.cell(value));
        self.place(way, cell);
    }

    fn place(&mut self, way: &[Value], cell: Option<Cell>) {
        let Some((last, parents)) = way.split_last() else { return };
        let Some(table) = self.table(parents) else { return };
        let key = last.encode_key().unwrap();
        match cell {
            Some(cell) => drop(self.tables[table].insert(key, (last.clone(), cell))),
            None => drop(self.tables[table].remove(&key)),
        }
    }

    /// Does writes until one is refused.
    pub fn apply(&mut self, writes: &[Write]) -> Result<(), Refused> {
        for write in writes {
            let saved = self.tables.clone();
            match write {
                Write::Put(way, value) => self.put(way, value),
                Write::Share(way, from) => self.place(way, self.find(from).cloned()),
                Write::Inside { writes, fails } => {
                    if self.apply(writes).is_err() || *fails {
                        self.tables = saved;
                    }
                    continue;
                }
            }
            let rows = self.rows();
            if !self.indexes.iter().all(|index| index.permits(&rows)) {
                self.tables = saved;
                return Err(Refused);
            }
        }
        Ok(())
    }

    /// Does all writes or none.
    pub fn apply_all(&mut self, writes: &[Write]) -> Result<(), Refused> {
        let saved = self.tables.clone();
        self.apply(writes).inspect_err(|_| self.tables = saved)
    }
}

impl Write {
    /// As `run` in main.rs takes it.
    pub fn value(&self) -> Value {
        match self {
            Write::Put(way, value) => {
                let mut pairs = vec![("way".into(), Value::from(way.clone()))];
                if !value.is_nil() {
                    pairs.push(("value".into(), value.clone()));
                }
                Value::Table(pairs)
            }
            Write::Share(way, from) => Value::from([("way", Value::from(way.clone())), ("from", from.clone().into())]),
            Write::Inside { writes, fails } => Value::from([("inside", list(writes)), ("fails", (*fails).into())]),
        }
    }
}

pub fn list(writes: &[Write]) -> Value {
    writes.iter().map(Write::value).collect::<Vec<_>>().into()
}
