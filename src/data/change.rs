//! What follows from a change of a row where something is attached to a table.
//!
//! Invariant: indexes and links agree with the rows after each change, or the store notes that they may not (`changing.rs`). The
//! steps, which must not be reordered:
//!
//! 1. `Plan::make` finds the rows of which the entry is a part, and for each the index entries before and after the change. What an
//!    index forbids is refused here: nothing has happened then.
//! 2. `Plan::tell` adds the change to feeds: one that is lost half way is mended, one that nobody heard of would be lost for good.
//! 3. The row itself changes.
//! 4. `Plan::follow` removes and adds entries and links.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::tables;

use crate::data::catalogue::{self, Attached};
use crate::data::feed::record::{self, Heard};
use crate::data::index::definition::Definition;
use crate::data::index::entries::{self, Entries, Entry};
use crate::data::index::unique;
use crate::data::linking::MOST_STEPS;
use crate::data::row::Override;
use crate::data::schema::check::{Check, Missing};
use crate::data::state::{Role, STATE};
use crate::data::steps::{DEEPEST, Steps};
use crate::data::{changing, content, deep, linking, links, page, refusal, scratch};
use crate::store::old::{Old, PRESENT};
use crate::store::{self, Failure};
use crate::table::write;

/// The part of a table, if no request is needed to know it.
#[inline]
fn known_role(table: u32) -> Option<Role> {
    if !(tables::CONTROL + 1..tables::SYSTEM_FIRST).contains(&table) || table == tables::IO {
        return Some(Role::default());
    }
    STATE.role(table)
}

/// The part of a table.
pub fn role_of(table: u32) -> Result<Role, Failure> {
    if let Some(role) = known_role(table) {
        return Ok(role);
    }
    let mut role = Role::default();
    if catalogue::has(table)? {
        role = role.with(Role::ROOT);
    }
    if links::has_any(table)? {
        role = role.with(Role::LINKED);
    }
    STATE.set_role(table, role);
    Ok(role)
}

/// Gives the row under `key` a new value, or removes it, with all that follows.
pub fn write(table: u32, key: &[u8], new: Option<&[u8]>) -> Result<(), Failure> {
    if known_role(table).is_some_and(Role::is_none) {
        return write::write_noted(table, key, new);
    }
    let flat = STATE.flat.take();
    // What is read from here on uses the buffer in which the value may be, and what changes that of the old value.
    let new = match new {
        Some(bytes) => Some(scratch::copy_of(table, bytes)?),
        None => None,
    };
    let role = role_of(table)?;
    if role.is_none() {
        return write::write_noted(table, key, new.as_deref());
    }
    // Other rows change before this one does.
    let note = scratch::copy_of(table, Old::new(table, key).note()?)?;
    let mut old = Old::given(table, key, &note);
    let before = note.split_first().filter(|(head, _)| **head == PRESENT).map(|(_, value)| value);
    let change = Change { table, key, old: before, new: new.as_deref() };
    if change.old == change.new {
        return write::apply(&mut old, change.new);
    }
    let mut plan = Plan::of(&change, role)?;
    let missing = core::mem::take(&mut plan.check.missing);
    if !missing.is_empty() {
        let filled = fill(&missing)
            .and_then(|()| Plan::of(&change, role))
            .and_then(|plan| plan.prepare(&change, 0).map(|()| plan));
        plan = filled.inspect_err(|_| empty(&missing))?;
    } else {
        plan.prepare(&change, flat)?;
    }
    let done = plan.tell().and_then(|()| write::apply(&mut old, change.new)).and_then(|()| plan.follow(&change, flat));
    done.inspect_err(|_| {
        STATE.is_mending_charged.set(true);
        plan.each_root(|root| STATE.distrust(root));
    })
}

/// Gives the fields that are missing their defaults. Nothing refers to the new row yet, or what does hears of its fields first.
fn fill(missing: &[Missing]) -> Result<(), Failure> {
    missing.iter().try_for_each(|field| write(field.table, &field.key, Some(&field.value)))
}

/// Takes them away again: the row is refused.
fn empty(missing: &[Missing]) {
    store::aside(|| {
        for field in missing {
            let _ = write(field.table, &field.key, None);
        }
    });
}

/// A change of an entry.
struct Change<'a> {
    table: u32,
    key: &'a [u8],
    old: Option<&'a [u8]>,
    new: Option<&'a [u8]>,
}

type Visit<'v> = &'v mut dyn FnMut(u32, &Steps<'_>) -> Result<(), Failure>;

/// Hands each table to which something is attached, and of which the entry at the end of `steps` is a part, to `visit`, with
/// the keys from the row's on.
fn each_place(table: u32, role: Role, steps: &Steps<'_>, depth: usize, visit: Visit<'_>) -> Result<(), Failure> {
    // A row that contains itself is found again and again.
    scratch::check_budget(table)?;
    if role.is(Role::ROOT) {
        visit(table, steps)?;
    }
    if !role.is(Role::LINKED) || (depth >= MOST_STEPS && steps.is_circle()) {
        return Ok(());
    }
    if depth == DEEPEST {
        return Err(refusal::refuse(table, format_args!("it is {DEEPEST} tables or more inside of a row")));
    }
    let links = links::Links::of(table, page())?;
    for link in links.each() {
        let (parent, key) = link?;
        // A way that leads through the changed entry itself is not there any more, and what is behind that entry belongs to the
        // shorter way to it.
        if steps.end_at(parent, key) || !refers(parent, key, table)? {
            continue;
        }
        let steps = Steps { table: parent, key, below: Some(steps) };
        each_place(parent, role_of(parent)?, &steps, depth + 1, visit)?;
    }
    Ok(())
}

/// Whether the entry refers to the table.
fn refers(parent: u32, key: &[u8], child: u32) -> Result<bool, Failure> {
    Ok(links::table_at(parent, key)? == Some(child))
}

/// What is to be done after the change.
#[derive(Default)]
struct Plan {
    check: Check,
    /// The tables that are concerned.
    roots: Vec<u32>,
    indexes: Vec<Step>,
    /// The new table needs a link.
    links: bool,
    /// And so does every table in it.
    is_deep: bool,
    /// What the feed of a table hears.
    records: Vec<(u32, Vec<u8>)>,
    /// When, once a feed wanted to know.
    time: Option<f64>,
}

/// What is to be done with one index.
struct Step {
    /// The table of its entries.
    store: u32,
    before: Entries,
    after: Entries,
}

impl Plan {
    fn of(change: &Change<'_>, role: Role) -> Result<Plan, Failure> {
        let mut plan = Plan::default();
        let steps = Steps { table: change.table, key: change.key, below: None };
        each_place(change.table, role, &steps, 1, &mut |root, steps| plan.make(change, root, steps))?;
        Ok(plan)
    }

    /// Adds what follows for a row of `root`.
    fn make(&mut self, change: &Change<'_>, root: u32, steps: &Steps<'_>) -> Result<(), Failure> {
        changing::mend(root)?;
        steps.with(|keys| {
            catalogue::with(root, |attached| {
                self.make_for(change, attached, keys)?;
                match &attached.feed {
                    Some(feed) if !steps.is_circle() => self.hear(change, root, feed.has_values, steps, keys),
                    _ => Ok(()),
                }
            })
        })
    }

    /// Makes what the feed will hear.
    #[inline(never)]
    fn hear(
        &mut self,
        change: &Change<'_>,
        root: u32,
        has_values: bool,
        steps: &Steps<'_>,
        keys: &[&[u8]],
    ) -> Result<(), Failure> {
        let mut values = [Vec::new(), Vec::new()];
        if has_values {
            for (content, value) in values.iter_mut().zip([change.old, change.new]) {
                let over = Override { table: change.table, key: change.key, value };
                *content = content::of(change.table, change.key, Some(&over), steps)?;
            }
        }
        let heard = Heard {
            keys,
            is_deleted: change.new.is_none(),
            before: &values[0],
            after: &values[1],
            time: *self.time.get_or_insert_with(record::now),
            part: self.records.iter().filter(|(table, _)| *table == root).count(),
        };
        let record = heard.encode(root)?;
        scratch::check_budget(root)?;
        scratch::push(&mut self.records, root, (root, record))
    }

    /// Tells the feeds.
    fn tell(&self) -> Result<(), Failure> {
        let now = self.time.unwrap_or_default();
        self.records.iter().try_for_each(|(root, record)| {
            catalogue::with(*root, |attached| attached.feed.as_mut().map_or(Ok(()), |feed| feed.add(record, now)))
        })
    }

    fn make_for(&mut self, change: &Change<'_>, attached: &mut Attached, keys: &[&[u8]]) -> Result<(), Failure> {
        if attached.is_empty() {
            return Ok(());
        }
        if !self.roots.contains(&attached.table) {
            scratch::push(&mut self.roots, attached.table, attached.table)?;
        }
        if !attached.schema.is_empty() {
            let grows = i64::from(change.new.is_some()) - i64::from(change.old.is_some());
            let value = (change.table, change.key, change.new);
            self.check.change(&attached.schema, attached.table, keys, value, grows)?;
        }
        if links::table_in(change.new).is_some() && attached.looks_at(keys) {
            links::check_key(change.table, change.key)?;
            self.links = true;
        }
        self.is_deep |= attached.is_deep();
        for index in &attached.indexes {
            let side = |value| {
                let over = Override { table: change.table, key: change.key, value };
                entries::of_change(attached.table, index, keys, &over)
            };
            let (before, after) = (side(change.old)?, side(change.new)?);
            if before.is_empty() && after.is_empty() {
                continue;
            }
            if index.is_unique {
                let row = keys.first().copied().unwrap_or_default();
                for entry in after.each().filter(|entry| entry.values > 0 && !before.has(entry.key)) {
                    unique::check(attached.table, index, &entry, row)?;
                    self.check_others(attached.table, index, &entry, row)?;
                }
            }
            scratch::push(&mut self.indexes, attached.table, Step { store: index.store, before, after })?;
        }
        Ok(())
    }

    /// A table in several rows gives all of them the same values at once.
    fn check_others(&self, table: u32, index: &Definition, entry: &Entry<'_>, row: &[u8]) -> Result<(), Failure> {
        let values = entry.key.get(..entry.values);
        for other in self.indexes.iter().filter(|step| step.store == index.store).flat_map(|step| step.after.each()) {
            let behind = other.key.get(other.values..).unwrap_or_default();
            match entries::row_key_in(behind) {
                Some(key) if key != row && other.key.get(..other.values) == values => {
                    return Err(unique::conflict(table, index, key, row));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn each_root(&self, visit: impl Fn(u32)) {
        for root in &self.roots {
            visit(*root);
        }
    }

    /// What comes before anything is told or changed. The table `flat` has no table in it.
    fn prepare(&self, change: &Change<'_>, flat: u32) -> Result<(), Failure> {
        if self.is_deep
            && let Some(inner) = links::table_in(change.new)
            && inner != flat
        {
            // Links that are not needed if the change fails do no harm.
            deep::link(inner)?;
        }
        self.roots.iter().try_for_each(|root| changing::begin(*root))
    }

    /// Does what is to be done.
    fn follow(&self, change: &Change<'_>, flat: u32) -> Result<(), Failure> {
        for Step { store, before, after } in &self.indexes {
            for entry in before.each().filter(|entry| !after.has(entry.key)) {
                write::write_plain(*store, entry.key, None)?;
            }
            for entry in after.each().filter(|entry| !before.has(entry.key)) {
                write::write_plain(*store, entry.key, Some(&store::TRUE))?;
            }
        }
        let (old, new) = (links::table_in(change.old), links::table_in(change.new));
        if let Some(old) = old.filter(|old| Some(*old) != new) {
            links::remove(old, change.table, change.key)?;
        }
        if let Some(new) = new.filter(|_| self.links) {
            if new == flat {
                links::link_new(new, change.table, change.key)?;
            } else {
                links::link(new, change.table, change.key)?;
            }
            if self.is_deep {
                return Ok(());
            }
            let role = role_of(change.table)?;
            let steps = Steps::to_row(change.table, change.key);
            each_place(change.table, role, &steps, 1, &mut |root, steps| {
                steps.with(|keys| catalogue::with(root, |attached| linking::link_below(attached, keys, new)))
            })?;
        }
        Ok(())
    }
}
