//! From the homes and `_io` to everything that they reach.
//!
//! Invariant: each table and each captured variable is read once, so cycles end; they wait in a queue, so no nesting is
//! too deep for the stack.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use cu_abi::tables;
use cu_abi::tags;

use super::finding::{Mended, Problem};
use super::{CELLS, Verification};
use crate::compressed::expand;
use crate::error::Error;
use crate::homes::Home;
use crate::notation::Step;
use crate::store::StoreError;
use crate::value::Value;

/// An object, by its kind and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    Table(u32),
    Function(u32),
    Cell(u32),
    Code(u32),
}

/// Where an object was met first.
#[derive(Debug)]
pub(super) enum Origin {
    Root(String),
    /// In the row of a table with this key.
    Row(u32, Box<[u8]>),
    /// As the metatable of a table.
    Metatable(u32),
    /// As the value of a captured variable.
    Variable(u32),
    /// As the captured variable of this number, from 1 on, of a function.
    Captured(u32, usize),
    /// As the code of a function, or as a function that cannot be used.
    None,
}

/// What was met, and where.
#[derive(Debug, Default)]
pub struct Met {
    origins: BTreeMap<Object, Origin>,
    /// Why a function cannot be used.
    bad: BTreeMap<u32, Problem>,
}

impl Met {
    pub fn has(&self, object: Object) -> bool {
        self.origins.contains_key(&object)
    }

    /// The largest id of all.
    pub fn last_id(&self) -> u32 {
        let ids = self.origins.keys().map(|object| match *object {
            Object::Table(id) | Object::Function(id) | Object::Cell(id) | Object::Code(id) => id,
        });
        ids.max().unwrap_or(0)
    }

    pub fn of_kind(&self, kind: fn(u32) -> Object) -> u64 {
        self.origins.range(kind(0)..=kind(u32::MAX)).count() as u64
    }

    /// The way to an object, as Lua would write it.
    pub fn way(&self, object: Object) -> String {
        let mut steps = Vec::new();
        let mut next = Some(object);
        while let Some(object) = next {
            next = match self.origins.get(&object) {
                Some(Origin::Root(name)) => {
                    steps.push(name.clone());
                    None
                }
                Some(Origin::Row(table, key)) => {
                    steps.push(step(key));
                    Some(Object::Table(*table))
                }
                Some(Origin::Metatable(table)) => {
                    steps.push("[metatable]".to_owned());
                    Some(Object::Table(*table))
                }
                // What a variable holds has the variable's way.
                Some(Origin::Variable(cell)) => Some(Object::Cell(*cell)),
                Some(Origin::Captured(function, number)) => {
                    steps.push(format!(" (captured variable {number})"));
                    Some(Object::Function(*function))
                }
                Some(Origin::None) | None => None,
            };
        }
        steps.reverse();
        steps.concat()
    }
}

/// One step of a way. Long keys are cut: the whole bytes stand beside the way.
fn step(key: &[u8]) -> String {
    const SHOWN: usize = 60;
    let Ok(key) = Value::decode_key(key) else { return "[?]".to_owned() };
    let text = Step(&key).to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// Whether the store's error concerns one value, and others can be read.
pub fn is_of_value(error: &StoreError) -> bool {
    #[cfg(feature = "encryption")]
    {
        use crate::store::encrypted::{DAMAGED, NOT_ENCRYPTED};
        [DAMAGED, NOT_ENCRYPTED].contains(&error.code)
    }
    #[cfg(not(feature = "encryption"))]
    {
        let _ = error;
        false
    }
}

pub(super) struct Walk<'a> {
    pub met: Met,
    waiting: VecDeque<Object>,
    free: &'a [Range<u32>],
}

impl Verification<'_> {
    /// Reads everything that the homes and `_io` reach.
    pub fn walk(&mut self, homes: &[Home], free: &[Range<u32>]) -> Result<Met, StoreError> {
        let mut walk = Walk { met: Met::default(), waiting: VecDeque::new(), free };
        for home in homes {
            let name = match &home.name {
                _ if home.id == tables::HOME => "_home".to_owned(),
                Some(name) => format!("home '{}'", String::from_utf8_lossy(name)),
                None => format!("home {}", home.id),
            };
            walk.meet(Object::Table(home.id), || Origin::Root(name));
        }
        walk.meet(Object::Table(tables::IO), || Origin::Root("_io".to_owned()));
        while let Some(object) = walk.waiting.pop_front() {
            match object {
                Object::Table(id) => self.table(id, &mut walk)?,
                Object::Cell(id) => self.cell(id, &mut walk)?,
                Object::Function(_) | Object::Code(_) => {}
            }
        }
        self.report.tables = walk.met.of_kind(Object::Table);
        self.report.functions = walk.met.of_kind(Object::Function) - walk.met.bad.len() as u64;
        self.report.variables = walk.met.of_kind(Object::Cell);
        Ok(walk.met)
    }

    fn table(&mut self, table: u32, walk: &mut Walk) -> Result<(), StoreError> {
        self.each_key(table, |this, key| {
            this.row();
            let problem = match Value::decode_key(key) {
                Err(error) => Some(Problem::Key(error)),
                Ok(_) => this.value(table, key, walk, || Origin::Row(table, key.into()))?,
            };
            match problem {
                Some(problem) => {
                    let place = walk.met.way(Object::Table(table)) + &step(key);
                    let mend = mend(&problem, Mended::Deleted);
                    this.found(place, (table, key), problem, mend)
                }
                None => Ok(()),
            }
        })?;
        self.metatable(table, walk)?;
        self.attached(table, walk)
    }

    fn cell(&mut self, cell: u32, walk: &mut Walk) -> Result<(), StoreError> {
        let Ok(key) = Value::from(cell).encode_key() else { return Ok(()) };
        let problem = match self.value(CELLS, &key, walk, || Origin::Variable(cell))? {
            Some(Problem::Absent) => Some(Problem::VariableGone(cell)),
            problem => problem,
        };
        let Some(problem) = problem else { return Ok(()) };
        let mend = mend(&problem, Mended::Written(vec![tags::NIL], "it is nil now"));
        self.found(walk.met.way(Object::Cell(cell)), (CELLS, &key), problem, mend)
    }

    /// Reads the value of a row and meets what it refers to; what is wrong with it.
    pub(super) fn value(
        &mut self,
        table: u32,
        key: &[u8],
        walk: &mut Walk,
        origin: impl Fn() -> Origin,
    ) -> Result<Option<Problem>, StoreError> {
        let value = match self.store.get(table, key) {
            Ok(None) => return Ok(Some(Problem::Absent)),
            Ok(Some(bytes)) => expand(&bytes).and_then(|bytes| Value::decode(&bytes)),
            Err(error) if is_of_value(&error) => Err(Error::Store(error)),
            Err(error) => return Err(error),
        };
        match value {
            Ok(value) => self.references(&value, walk, &origin),
            Err(error) => Ok(Some(Problem::Value(error))),
        }
    }

    /// Meets what a value refers to.
    fn references(
        &mut self,
        value: &Value,
        walk: &mut Walk,
        origin: &dyn Fn() -> Origin,
    ) -> Result<Option<Problem>, StoreError> {
        match value {
            Value::External(id) if !(tables::HOME..tables::SYSTEM_FIRST).contains(id) => {
                Ok(Some(Problem::ForbiddenTable(*id)))
            }
            Value::External(id) if walk.is_free(*id) => Ok(Some(Problem::TableGone(*id))),
            Value::External(id) => {
                walk.meet(Object::Table(*id), origin);
                Ok(None)
            }
            Value::Function(id) => self.meet_function(*id, walk, origin),
            Value::Table(pairs) => {
                for (key, value) in pairs {
                    for part in [key, value] {
                        if let Some(problem) = self.references(part, walk, origin)? {
                            return Ok(Some(problem));
                        }
                    }
                }
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// Reads the record of a function when it is met first.
    fn meet_function(
        &mut self,
        id: u32,
        walk: &mut Walk,
        origin: &dyn Fn() -> Origin,
    ) -> Result<Option<Problem>, StoreError> {
        if walk.met.has(Object::Function(id)) {
            return Ok(walk.met.bad.get(&id).cloned());
        }
        walk.met.origins.insert(Object::Function(id), origin());
        match self.function(id)? {
            Ok(function) => {
                if let Some(code) = function.code {
                    walk.met.origins.entry(Object::Code(code)).or_insert(Origin::None);
                }
                for (cell, number) in function.cells.into_iter().zip(1..) {
                    // 0 is the table of globals, which each instance has.
                    if cell != 0 {
                        walk.meet(Object::Cell(cell), || Origin::Captured(id, number));
                    }
                }
                Ok(None)
            }
            Err(problem) => {
                walk.met.bad.insert(id, problem.clone());
                Ok(Some(problem))
            }
        }
    }
}

/// What is of a later version can be used by a later cu, and is left.
fn mend(problem: &Problem, mend: Mended) -> Mended {
    match problem {
        Problem::FunctionVersion(..) | Problem::CodeVersion(..) => Mended::Left,
        _ => mend,
    }
}

impl Walk<'_> {
    /// Whether an id lies in one of the free ranges, which are in order.
    fn is_free(&self, id: u32) -> bool {
        let behind = self.free.partition_point(|range| range.start <= id);
        behind.checked_sub(1).is_some_and(|last| self.free[last].contains(&id))
    }

    /// Meets a table whose rows are no values of scripts: they are not read.
    pub fn meet_unread(&mut self, table: u32) {
        self.met.origins.entry(Object::Table(table)).or_insert(Origin::None);
    }

    /// Puts an object into the queue when it is met first.
    fn meet(&mut self, object: Object, origin: impl FnOnce() -> Origin) {
        self.met.origins.entry(object).or_insert_with(|| {
            self.waiting.push_back(object);
            origin()
        });
    }
}
