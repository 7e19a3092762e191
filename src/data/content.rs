//! A value with the content of tables in the place of references: what a row was, whatever becomes of its tables.
//!
//! A function is not in it, and neither is a table inside of itself.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key::{self, Key};
use cu_abi::limits::{KEY_BYTES, VALUE_DEPTH};
use cu_abi::tags;
use cu_abi::value::{Item, Reader, Writer};

use crate::data::path::Path;
use crate::data::row::{self, Eyes, Override};
use crate::data::steps::Steps;
use crate::data::{deep_page, refusal, scratch};
use crate::memory::{self, NoMemory};
use crate::store::Failure;
use crate::store::page::Page;

/// Tables in each other, in a table of the caller's.
const DEEPEST: usize = VALUE_DEPTH - 2;

/// Tag, length and number of pairs of a table.
const HEAD_BYTES: usize = 9;

/// The tables around one, the nearest first.
struct Around<'a> {
    table: u32,
    around: Option<&'a Around<'a>>,
}

/// Values one behind another.
struct Content<'a> {
    out: Vec<u8>,
    page: &'a mut Page,
    /// The tables around the first value.
    steps: &'a Steps<'a>,
}

/// What lies under a key, or what `over` has in its place; no bytes for nothing. It is at the end of `steps`.
pub fn of(table: u32, key: &[u8], over: Option<&Override<'_>>, steps: &Steps<'_>) -> Result<Vec<u8>, Failure> {
    let mut content = Content { out: Vec::new(), page: deep_page(), steps };
    content.entry(table, key, over, None)?;
    Ok(content.out)
}

impl Content<'_> {
    /// Appends what lies under a key; false, and nothing, for nothing.
    fn entry(
        &mut self,
        table: u32,
        key: &[u8],
        over: Option<&Override<'_>>,
        around: Option<&Around<'_>>,
    ) -> Result<bool, Failure> {
        let value = row::read(table, key, Path::ITSELF, over, Eyes::Module).map_err(scratch::failure)?;
        let Some(bytes) = value.bytes() else { return Ok(false) };
        if !matches!(bytes.first(), Some(&(tags::TABLE | tags::EXTERNAL | tags::FUNCTION))) {
            return scratch::append(&mut self.out, table, &[bytes]).map(|()| true);
        }
        // What is in it is read into the same buffer.
        let bytes = scratch::copy_of(table, bytes)?;
        let item = Reader::new(&bytes).item().map_err(|_| Failure::damaged(table))?;
        self.item(table, &item, &bytes, around)
    }

    /// Appends a value of a table, of which the bytes are given.
    fn item(
        &mut self,
        table: u32,
        item: &Item<'_>,
        bytes: &[u8],
        around: Option<&Around<'_>>,
    ) -> Result<bool, Failure> {
        let id = match item {
            Item::External(id) => *id,
            Item::Table(..) => 0,
            Item::Nil | Item::Function(_) => return Ok(false),
            _ => return scratch::append(&mut self.out, table, &[bytes]).map(|()| true),
        };
        let mut depth = 0;
        let mut is_inside = id != 0 && self.steps.have(id);
        for outer in core::iter::successors(around, |outer| outer.around) {
            is_inside |= id != 0 && outer.table == id;
            depth += 1;
        }
        if is_inside {
            return Ok(false);
        }
        if depth == DEEPEST {
            return Err(refusal::refuse(table, format_args!("it has more than {DEEPEST} tables inside of each other")));
        }
        let around = Around { table: id, around };
        let start = self.out.len();
        scratch::append(&mut self.out, table, &[&[tags::TABLE; HEAD_BYTES]])?;
        let pairs = match item {
            Item::Table(_, content) => self.pairs(table, content, &around)?,
            _ => self.rows(id, &around)?,
        };
        if let Some([_, head @ ..]) = self.out.get_mut(start..) {
            let length = head.len() - 4;
            head[..4].copy_from_slice(&(length as u32).to_le_bytes());
            head[4..8].copy_from_slice(&pairs.to_le_bytes());
        }
        Ok(true)
    }

    fn pairs(&mut self, table: u32, content: &[u8], around: &Around<'_>) -> Result<u32, Failure> {
        let mut reader = Reader::new(content);
        let mut pairs = 0;
        while !reader.is_at_end() {
            scratch::check_budget(table)?;
            let damaged = |_| Failure::damaged(table);
            let from = reader.offset();
            let name = reader.key().map_err(damaged)?;
            let middle = reader.offset();
            let value = reader.item().map_err(damaged)?;
            if matches!(name, Item::External(_) | Item::Function(_) | Item::Table(..)) {
                continue;
            }
            let start = self.out.len();
            scratch::append(&mut self.out, table, &[content.get(from..middle).unwrap_or_default()])?;
            let bytes = content.get(middle..reader.offset()).unwrap_or_default();
            if self.item(table, &value, bytes, Some(around))? {
                pairs += 1;
            } else {
                self.out.truncate(start);
            }
        }
        Ok(pairs)
    }

    fn rows(&mut self, table: u32, around: &Around<'_>) -> Result<u32, Failure> {
        let mut pairs = 0;
        let mut found = self.page.seek(table, &[])?;
        while found {
            scratch::check_budget(table)?;
            let key = self.page.current().ok_or_else(|| Failure::damaged(table))?;
            let key = scratch::copy_of(table, key)?;
            let longest = key.len() + HEAD_BYTES;
            let start =
                memory::extend(&mut self.out, longest).map_err(|NoMemory| scratch::no_memory(table, longest))?;
            let mut writer = Writer::new(self.out.get_mut(start..).unwrap_or_default());
            write_key(&mut writer, &key);
            let length = writer.length();
            self.out.truncate(start + length);
            if self.entry(table, &key, None, Some(around))? {
                pairs += 1;
            } else {
                self.out.truncate(start);
            }
            // What is in the value may have been walked.
            found = if self.page.table() == table && self.page.current() == Some(&key) {
                self.page.step()?
            } else {
                self.page.seek(table, &key)?
            };
        }
        Ok(pairs)
    }
}

/// Appends an encoded key as a value.
pub fn write_key(writer: &mut Writer<'_>, key: &[u8]) {
    match key::decode(key, &mut [0; KEY_BYTES]) {
        Ok(Key::String(text)) => writer.string(text),
        Ok(Key::Integer(number)) => writer.integer(number),
        Ok(Key::Float(number)) => writer.float(number),
        Ok(Key::Boolean(value)) => writer.boolean(value),
        // A host has it where no script could have put it.
        Err(_) => writer.boolean(false),
    }
}
