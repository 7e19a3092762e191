//! Rows put together by what some of their fields hold: groups with what is computed of them, and distinct rows.
//!
//! Invariant: a group is found by its bytes, never by their hash alone. All memory is refused in time.
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::ops::Range;

use cu_abi::value::{Item, Reader, Writer};

use crate::budget::{self, cost};
use crate::codec::decode;
use crate::data::aggregate::Total;
use crate::data::component::{self, Buffer, Class};
use crate::data::digest;
use crate::data::path::Path;
use crate::data::program::{By, Kind, Parts, Program, Section, flag};
use crate::data::row::{Broken, Row};
use crate::data::sort::Best;
use crate::data::stop::{Look, Stop};
use crate::memory::{self, NoMemory};
use crate::permissions::guards;

struct Group {
    hash: u32,
    /// Where in the bytes its key is.
    key: Range<u32>,
    /// Where the values of its columns are: a row's values one after the other, nil for none.
    values: Range<u32>,
    rows: u64,
}

/// The groups.
pub struct Groups {
    /// The table of the rows.
    table: u32,
    groups: Vec<Group>,
    /// By hash: the number of a group from 1, 0 for none. A power of two, at most half of it in use.
    places: Vec<u32>,
    bytes: Vec<u8>,
    /// For each group as many as there are aggregates.
    totals: Vec<Total>,
    /// Key and values of the row that is looked at.
    key: Vec<u8>,
    values: Vec<u8>,
}

impl Groups {
    /// None.
    pub fn new(table: u32) -> Groups {
        Groups {
            table,
            groups: Vec::new(),
            places: Vec::new(),
            bytes: Vec::new(),
            totals: Vec::new(),
            key: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Takes a row.
    pub fn add<'a>(&mut self, program: &Program<'a>, row: &Row<'_>, look: &mut Look<'a>) -> Result<(), Stop> {
        budget::spend(cost::GROUP);
        self.key.clear();
        self.values.clear();
        let mut columns = Parts(program.section(Section::Group));
        while let Some((_, path)) = columns.column() {
            self.column(path, row, look)?;
        }
        let mut aggregates = Parts(program.section(Section::Aggregates));
        let group = self.find(count(aggregates))?;
        self.groups[group].rows += 1;
        let (mut number, all) = (0, count(aggregates));
        while let Some(aggregate) = aggregates.aggregate() {
            let value = look.field(row, aggregate.path)?;
            if let (Some(item), Some(bytes)) = (value.item(), value.bytes()) {
                self.totals[group * all + number].add(aggregate.kind, &item, bytes)?;
            }
            number += 1;
        }
        Ok(())
    }

    /// Appends the field of a row to its key and its values.
    fn column<'a>(&mut self, path: Path<'a>, row: &Row<'_>, look: &mut Look<'a>) -> Result<(), Stop> {
        let value = look.field(row, path)?;
        let item = value.item();
        let bytes = value.bytes().unwrap_or_default();
        budget::spend(bytes.len() / cost::BYTES_COPIED);
        append_component(item.as_ref(), &mut self.key)?;
        if component::class(item.as_ref()) == Class::Other {
            // Others are told apart, though they are at one place in the order.
            memory::append(&mut self.key, &(bytes.len() as u32).to_be_bytes())?;
            memory::append(&mut self.key, bytes)?;
        }
        let is_shown = match item {
            None => false,
            // It is handed out where nobody notes by which way it was reached.
            Some(Item::External(_)) => !guards::is_active(),
            // It cannot lie in a table of a script's.
            Some(Item::Function(_)) => false,
            Some(Item::Table(..)) => {
                if let Err(unusable) = decode::check(bytes) {
                    let broken = Broken { fault: unusable.into(), table: self.table, segment: 0 };
                    return Err(look.note(broken, Path::ITSELF, 0));
                }
                true
            }
            Some(_) => true,
        };
        memory::append(&mut self.values, if is_shown { bytes } else { &[cu_abi::tags::NIL] })?;
        Ok(())
    }

    /// The group of the key, which is made if there is none.
    fn find(&mut self, totals: usize) -> Result<usize, NoMemory> {
        budget::spend(self.key.len());
        let hash = digest::of_bytes(&self.key);
        let hash = (hash ^ hash >> 32) as u32;
        if 2 * (self.groups.len() + 1) > self.places.len() {
            self.grow()?;
        }
        let mut place = self.place(hash);
        while let Some(number) = self.places[place].checked_sub(1) {
            let group = &self.groups[number as usize];
            if group.hash == hash && self.range(&group.key) == self.key {
                return Ok(number as usize);
            }
            budget::spend(1);
            place = (place + 1) % self.places.len();
        }
        let key = self.bytes.len() as u32;
        memory::append(&mut self.bytes, &self.key)?;
        let values = self.bytes.len() as u32;
        memory::append(&mut self.bytes, &self.values)?;
        let end = self.bytes.len() as u32;
        self.groups.try_reserve(1).map_err(|_| NoMemory)?;
        self.totals.try_reserve(totals).map_err(|_| NoMemory)?;
        self.groups.push(Group { hash, key: key..values, values: values..end, rows: 0 });
        self.totals.resize_with(self.groups.len() * totals, Total::default);
        self.places[place] = self.groups.len() as u32;
        Ok(self.groups.len() - 1)
    }

    fn place(&self, hash: u32) -> usize {
        hash as usize % self.places.len()
    }

    fn range(&self, range: &Range<u32>) -> &[u8] {
        self.bytes.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    fn grow(&mut self) -> Result<(), NoMemory> {
        let length = (2 * self.places.len()).max(16);
        budget::spend(length);
        self.places = Vec::new();
        self.places.try_reserve_exact(length).map_err(|_| NoMemory)?;
        self.places.resize(length, 0);
        for (number, group) in self.groups.iter().enumerate() {
            let mut place = group.hash as usize % length;
            while self.places[place] != 0 {
                place = (place + 1) % length;
            }
            self.places[place] = number as u32 + 1;
        }
        Ok(())
    }

    /// Hands out the groups in their order, as encoded tables, from number `offset` on and at most `limit`.
    pub fn finish(
        &mut self,
        program: &Program<'_>,
        offset: usize,
        limit: usize,
        out: &mut dyn FnMut(&[u8]) -> Result<(), NoMemory>,
    ) -> Result<(), Stop> {
        let totals = count(Parts(program.section(Section::Aggregates)));
        if program.has(flag::ONE_GROUP) && self.groups.is_empty() {
            (self.key, self.values) = (Vec::new(), Vec::new());
            self.find(totals)?;
        }
        let mut best = Best::new(offset.saturating_add(limit));
        let mut sort = core::mem::take(&mut self.key);
        for number in 0..self.groups.len() {
            if budget::is_exhausted() {
                return Err(Stop::Budget);
            }
            self.sort_key(program, number, totals, &mut sort)?;
            best.offer(&sort, number as u32)?;
        }
        let mut table = Vec::new();
        for entry in best.sort().iter().skip(offset) {
            if budget::is_exhausted() {
                return Err(Stop::Budget);
            }
            table.clear();
            let mut writer = Writer::new(&mut []);
            self.write(program, entry.note as usize, totals, &mut writer)?;
            let length = writer.length();
            budget::spend(length / cost::BYTES_COPIED);
            memory::extend(&mut table, length)?;
            self.write(program, entry.note as usize, totals, &mut Writer::new(&mut table))?;
            out(&table)?;
        }
        Ok(())
    }

    /// The bytes by which a group is ordered: the order that is asked for, then its key.
    fn sort_key(
        &self,
        program: &Program<'_>,
        number: usize,
        totals: usize,
        sort: &mut Vec<u8>,
    ) -> Result<(), NoMemory> {
        sort.clear();
        let group = &self.groups[number];
        let mut orders = Parts(program.section(Section::Order));
        let mut fields = SortKey::default();
        while let Some((descends, by)) = orders.order() {
            match by {
                By::Path(_) => {}
                By::Count => fields.add(Some(&Item::Integer(group.rows as i64)), descends, sort)?,
                By::Column(column) => {
                    let mut reader = Reader::new(self.range(&group.values));
                    for _ in 0..column {
                        let _ = reader.item();
                    }
                    fields.add(reader.item().ok().as_ref(), descends, sort)?;
                }
                By::Aggregate(aggregate) => {
                    let mut kinds = Parts(program.section(Section::Aggregates));
                    let kind = (0..=aggregate).filter_map(|_| kinds.aggregate()).last().map(|found| found.kind);
                    let (Some(kind), Some(total)) = (kind, self.totals.get(number * totals + aggregate)) else {
                        continue;
                    };
                    let mut writer = Writer::new(&mut []);
                    total.write(kind, &mut writer)?;
                    let mut value = Vec::new();
                    memory::extend(&mut value, writer.length())?;
                    total.write(kind, &mut Writer::new(&mut value))?;
                    fields.add(Reader::new(&value).item().ok().as_ref(), descends, sort)?;
                }
            }
        }
        fields.turn(false, sort)?;
        memory::append(sort, self.range(&group.key))
    }

    /// Writes a group as a table.
    fn write(
        &self,
        program: &Program<'_>,
        number: usize,
        totals: usize,
        writer: &mut Writer<'_>,
    ) -> Result<(), NoMemory> {
        let group = &self.groups[number];
        let open = writer.begin_table();
        let mut pairs = 0;
        let values = self.range(&group.values);
        let mut reader = Reader::new(values);
        let mut columns = Parts(program.section(Section::Group));
        while let Some((name, _)) = columns.column() {
            let start = reader.offset();
            if matches!(reader.item(), Ok(Item::Nil) | Err(_)) {
                continue;
            }
            writer.string(name);
            writer.bytes(values.get(start..reader.offset()).unwrap_or_default());
            pairs += 1;
        }
        if program.has(flag::COUNT) {
            writer.string(b"count");
            writer.integer(group.rows as i64);
            pairs += 1;
        }
        let mut aggregates = Parts(program.section(Section::Aggregates));
        let mut at = number * totals;
        while let Some(first) = aggregates.aggregate() {
            writer.string(first.kind.name().as_bytes());
            if !first.is_listed {
                self.write_total(at, first.kind, writer)?;
                (pairs, at) = (pairs + 1, at + 1);
                continue;
            }
            // Those of one list are side by side.
            let inner = writer.begin_table();
            let (mut count, mut next) = (0, first);
            loop {
                writer.string(next.name);
                self.write_total(at, next.kind, writer)?;
                (count, at) = (count + 1, at + 1);
                let ahead = aggregates;
                match aggregates.aggregate() {
                    Some(found) if found.is_listed && found.kind == first.kind => next = found,
                    _ => {
                        aggregates = ahead;
                        break;
                    }
                }
            }
            writer.end_table(inner, count);
            pairs += 1;
        }
        writer.end_table(open, pairs);
        Ok(())
    }

    /// Writes the value of a pair; nil for none.
    fn write_total(&self, at: usize, kind: Kind, writer: &mut Writer<'_>) -> Result<(), NoMemory> {
        let before = writer.length();
        if let Some(total) = self.totals.get(at) {
            total.write(kind, writer)?;
        }
        if writer.length() == before {
            writer.nil();
        }
        Ok(())
    }
}

/// How many aggregates there are.
fn count(mut aggregates: Parts<'_>) -> usize {
    let mut count = 0;
    while aggregates.aggregate().is_some() {
        count += 1;
    }
    count
}

/// Appends the component of a value.
pub fn append_component(item: Option<&Item<'_>>, to: &mut Vec<u8>) -> Result<(), NoMemory> {
    let start = to.len();
    // Of most values this is enough.
    let mut room = 16;
    loop {
        memory::extend(to, room)?;
        let mut out = Buffer::new(to.get_mut(start..).unwrap_or_default());
        let written = component::write(item, &mut out);
        let length = out.length();
        if written.is_ok() {
            budget::spend(length / cost::BYTES_COPIED);
            to.truncate(start + length);
            return Ok(());
        }
        to.truncate(start);
        room = length;
    }
}

/// Writes the fields that something is ordered by, each in its direction.
#[derive(Default)]
pub struct SortKey {
    descends: Option<bool>,
}

impl SortKey {
    /// Where the direction changes: less than what follows a zero in a string, or a zero's complement, and greater than that of
    /// the other direction.
    const TURN: u8 = 0x01;

    /// Begins a field; where.
    pub fn turn(&mut self, descends: bool, to: &mut Vec<u8>) -> Result<usize, NoMemory> {
        if self.descends.replace(descends).is_some_and(|before| before != descends) {
            memory::append(to, &[SortKey::TURN])?;
        }
        Ok(to.len())
    }

    /// Appends a field.
    pub fn add(&mut self, item: Option<&Item<'_>>, descends: bool, to: &mut Vec<u8>) -> Result<(), NoMemory> {
        let start = self.turn(descends, to)?;
        append_component(item, to)?;
        if descends {
            to.iter_mut().skip(start).for_each(|byte| *byte = !*byte);
        }
        Ok(())
    }
}
