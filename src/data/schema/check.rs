//! Values against rules.
#![forbid(unsafe_code)]

use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt;

use cu_abi::key::{self, KeyBuffer};
use cu_abi::value::{Item, Reader};

use crate::budget;
use crate::data::component;
use crate::data::path::Path;
use crate::data::refusal::{self, KeyIn};
use crate::data::row::{self, Eyes};
use crate::data::schema::rule::{self, Rule};
use crate::data::{page, pattern, scratch};
use crate::store::{self, Failure};

/// What an entry counts beside the calls of the host.
const ENTRY_COST: usize = 30;

/// The keys from the row's on to a value.
#[derive(Clone, Copy)]
pub struct Trail<'a> {
    /// The table of the rows.
    pub root: u32,
    /// The last key, encoded.
    pub key: &'a [u8],
    /// Those before.
    pub outer: Option<&'a Trail<'a>>,
}

impl fmt::Display for Trail<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(out, "{outer}.")?;
        }
        KeyIn(self.key).fmt(out)
    }
}

/// A table that lacks a field which has a default: the table, the key and the value.
pub struct Missing {
    /// The table.
    pub table: u32,
    /// The field's key, encoded.
    pub key: Vec<u8>,
    /// Its value, encoded.
    pub value: Vec<u8>,
}

/// Checks values, and finds what has a default and is missing.
#[derive(Default)]
pub struct Check {
    /// What is missing.
    pub missing: Vec<Missing>,
    /// What has a default and is missing will be filled in: it counts as there.
    fills: bool,
}

/// Whether the default of a rule holds it, as far as no other table decides that.
pub fn holds_default(rule: Rule<'_>) -> bool {
    let Some(default) = rule.option(b"default").filter(|_| rule.option(b"ref").is_none()) else { return true };
    Check::default().value(rule, Some(&default), &Trail { root: 0, key: &[], outer: None }).is_ok()
}

/// Refuses a value.
#[cold]
fn violation(trail: &Trail<'_>, problem: fmt::Arguments<'_>) -> Failure {
    refusal::violate(trail.root, format_args!("the schema refuses {trail}: {problem}"))
}

impl Check {
    /// The value of a change at the end of `keys`, from the row's on. `table` is where it lies, `grows` by how many entries that changes.
    pub fn change(
        &mut self,
        schema: &[u8],
        root: u32,
        keys: &[&[u8]],
        change: (u32, &[u8], Option<&[u8]>),
        grows: i64,
    ) -> Result<(), Failure> {
        let (Some(rule), Some((row, below))) = (Rule::of_bytes(schema), keys.split_first()) else { return Ok(()) };
        self.fills = true;
        let trail = Trail { root, key: row, outer: None };
        if below.is_empty() {
            // A row may go.
            return if change.2.is_none() { Ok(()) } else { self.entry(rule, change.0, change.1, change.2, &trail) };
        }
        self.descend(rule, below, change, grows, &trail)
    }

    fn descend(
        &mut self,
        rule: Rule<'_>,
        below: &[&[u8]],
        change: (u32, &[u8], Option<&[u8]>),
        grows: i64,
        outer: &Trail<'_>,
    ) -> Result<(), Failure> {
        let Some((key, rest)) = below.split_first() else { return Ok(()) };
        let trail = Trail { root: outer.root, key, outer: Some(outer) };
        let inner = rule.inner(key);
        if !rest.is_empty() {
            return inner.map_or(Ok(()), |inner| self.descend(inner, rest, change, grows, &trail));
        }
        let (table, key, value) = change;
        let count = i64::from(store::size(table)?) + grows;
        length(rule, count, outer)?;
        if rule.kind == b"array" {
            let number = key::decode_id(key).map_or(0, i64::from);
            let is_end =
                if value.is_some() { (1..=count).contains(&number) } else { number == count + 1 || grows == 0 };
            if !is_end {
                return Err(violation(
                    &trail,
                    format_args!("an array has elements 1 to its length, which would be {count}"),
                ));
            }
        }
        match inner {
            Some(inner) => self.entry(inner, table, key, value, &trail),
            None if value.is_some() && !rule.says(b"unknown", true) => Err(unknown(&trail)),
            None => Ok(()),
        }
    }

    /// A row that is there.
    pub fn row(&mut self, schema: &[u8], root: u32, key: &[u8]) -> Result<(), Failure> {
        let Some(rule) = Rule::of_bytes(schema) else { return Ok(()) };
        let trail = Trail { root, key, outer: None };
        let value = row::read(root, key, Path::ITSELF, None, Eyes::Module).map_err(scratch::failure)?;
        self.value(rule, value.item().as_ref(), &trail)
    }

    fn entry(
        &mut self,
        rule: Rule<'_>,
        table: u32,
        key: &[u8],
        value: Option<&[u8]>,
        trail: &Trail<'_>,
    ) -> Result<(), Failure> {
        let over = row::Override { table, key, value };
        let value = row::read(table, key, Path::ITSELF, Some(&over), Eyes::Module).map_err(scratch::failure)?;
        self.value(rule, value.item().as_ref(), trail)
    }

    fn value(&mut self, rule: Rule<'_>, item: Option<&Item<'_>>, trail: &Trail<'_>) -> Result<(), Failure> {
        budget::spend(ENTRY_COST);
        let Some(item) = item else {
            return if rule.says(b"required", false) {
                Err(violation(trail, format_args!("it is missing")))
            } else {
                Ok(())
            };
        };
        if !is_of(rule.kind, item) {
            let wanted = core::str::from_utf8(rule.kind).unwrap_or("?");
            return Err(violation(trail, format_args!("{} is no {wanted}", item.kind())));
        }
        if !rule.has_options() {
            return Ok(());
        }
        if let Some(Item::Table(..)) = rule.option(b"enum")
            && !rule.pairs(b"enum").any(|(_, allowed)| is_equal(&allowed, item))
        {
            return Err(violation(trail, format_args!("it is none of the values that are allowed")));
        }
        if let Some(Item::External(table)) = rule.option(b"ref") {
            let mut key = KeyBuffer::new();
            if !scratch::encode_key(item, &mut key) || store::get(table, key.bytes())? == store::Fetched::Absent {
                return Err(violation(trail, format_args!("it refers to nothing")));
            }
        }
        match item {
            Item::External(table) => self.table(rule, *table, trail),
            Item::Table(_, content) => self.inline(rule, content, trail),
            Item::String(text) => string(rule, text, trail),
            _ => range(rule, item, trail),
        }
    }

    /// The content of an external table.
    fn table(&mut self, rule: Rule<'_>, table: u32, trail: &Trail<'_>) -> Result<(), Failure> {
        if trail.depth() > DEPTH {
            return Err(violation(
                trail,
                format_args!("it contains itself, or more than {DEPTH} tables in one another"),
            ));
        }
        let keys = scratch::keys_of(table, page())?;
        let mut count = 0;
        for key in keys.each() {
            scratch::check_budget(table)?;
            count += 1;
            let trail = Trail { root: trail.root, key, outer: Some(trail) };
            match rule.inner(key) {
                Some(inner) => {
                    let value = row::read(table, key, Path::ITSELF, None, Eyes::Module).map_err(scratch::failure)?;
                    // Reading what is in it uses the buffer in which the value may be.
                    match value.item() {
                        Some(Item::External(table)) => self.value(inner, Some(&Item::External(table)), &trail)?,
                        item => self.value(inner, item.as_ref(), &trail)?,
                    }
                }
                None if !rule.says(b"unknown", true) => return Err(unknown(&trail)),
                None => {}
            }
            array_key(rule, key, count, &trail)?;
        }
        length(rule, count, trail)?;
        for (name, field) in rule.pairs(b"fields") {
            let mut key = KeyBuffer::new();
            if !scratch::encode_key(&name, &mut key) || keys.each().any(|known| known == key.bytes()) {
                continue;
            }
            let Some(field) = Rule::of(field) else { continue };
            if let Some(value) = field.option(b"default").filter(|_| self.fills) {
                let value = scratch::encoded(table, &value)?;
                let key = scratch::copy_of(table, key.bytes())?;
                scratch::push(&mut self.missing, table, Missing { table, key, value })?;
                continue;
            }
            self.value(field, None, &Trail { root: trail.root, key: key.bytes(), outer: Some(trail) })?;
        }
        Ok(())
    }

    /// The content of an inline table, which a host stored.
    fn inline(&mut self, rule: Rule<'_>, content: &[u8], trail: &Trail<'_>) -> Result<(), Failure> {
        let damaged = |_| Failure::damaged(trail.root);
        let mut pairs = Reader::new(content);
        let mut count = 0;
        let mut key = KeyBuffer::new();
        while !pairs.is_at_end() {
            scratch::check_budget(trail.root)?;
            let (name, value) = (pairs.item().map_err(damaged)?, pairs.item().map_err(damaged)?);
            count += 1;
            if !scratch::encode_key(&name, &mut key) {
                return Err(violation(trail, format_args!("{} is no key", name.kind())));
            }
            let trail = Trail { root: trail.root, key: key.bytes(), outer: Some(trail) };
            match rule.inner(key.bytes()) {
                Some(inner) => self.value(inner, Some(&value), &trail)?,
                None if !rule.says(b"unknown", true) => return Err(unknown(&trail)),
                None => {}
            }
            array_key(rule, key.bytes(), count, &trail)?;
        }
        length(rule, count, trail)?;
        for (name, field) in rule.pairs(b"fields") {
            if let Some(field) = Rule::of(field)
                && scratch::encode_key(&name, &mut key)
                && rule::find(content, key.bytes()).is_none()
            {
                self.value(field, None, &Trail { root: trail.root, key: key.bytes(), outer: Some(trail) })?;
            }
        }
        Ok(())
    }
}

/// Tables within one another that are looked at.
const DEPTH: usize = 16;

impl Trail<'_> {
    fn depth(&self) -> usize {
        core::iter::successors(Some(self), |trail| trail.outer).count()
    }
}

#[cold]
fn unknown(trail: &Trail<'_>) -> Failure {
    violation(trail, format_args!("there is no such field"))
}

fn is_of(kind: &[u8], item: &Item<'_>) -> bool {
    match kind {
        b"string" => matches!(item, Item::String(_)),
        b"integer" => matches!(item, Item::Integer(_)),
        b"float" => matches!(item, Item::Float(_)),
        b"number" => matches!(item, Item::Integer(_) | Item::Float(_) | Item::BigInteger(..)),
        b"bigint" => matches!(item, Item::BigInteger(..)),
        b"boolean" => matches!(item, Item::Boolean(_)),
        b"function" => matches!(item, Item::Function(_) | Item::Library(_)),
        b"table" | b"array" => matches!(item, Item::External(_) | Item::Table(..)),
        _ => true,
    }
}

fn is_equal(one: &Item<'_>, other: &Item<'_>) -> bool {
    component::class(Some(one)) == component::class(Some(other)) && component::compare(one, other) == Ordering::Equal
}

/// The elements of an array come in order.
fn array_key(rule: Rule<'_>, key: &[u8], count: i64, trail: &Trail<'_>) -> Result<(), Failure> {
    if rule.kind == b"array" && key::decode_id(key).map(i64::from) != Some(count) {
        return Err(violation(trail, format_args!("an array has elements 1 to its length only")));
    }
    Ok(())
}

fn length(rule: Rule<'_>, length: i64, trail: &Trail<'_>) -> Result<(), Failure> {
    if let Some(Item::Integer(least)) = rule.option(b"minLength")
        && length < least
    {
        return Err(violation(trail, format_args!("a length of {length} is less than {least}")));
    }
    match rule.option(b"maxLength") {
        Some(Item::Integer(most)) if length > most => {
            Err(violation(trail, format_args!("a length of {length} is more than {most}")))
        }
        _ => Ok(()),
    }
}

fn string(rule: Rule<'_>, text: &[u8], trail: &Trail<'_>) -> Result<(), Failure> {
    length(rule, text.len() as i64, trail)?;
    match rule.option(b"pattern") {
        Some(Item::String(pattern)) if !pattern::is_in(text, pattern) => {
            Err(violation(trail, format_args!("{} does not match its pattern", crate::error::Excerpt::new(text))))
        }
        _ => Ok(()),
    }
}

fn range(rule: Rule<'_>, item: &Item<'_>, trail: &Trail<'_>) -> Result<(), Failure> {
    for (name, wrong, words) in [(b"min", Ordering::Less, "less"), (b"max", Ordering::Greater, "more")] {
        let Some(limit) = rule.option(name) else { continue };
        let is_number = component::class(Some(item)) == component::Class::Number;
        if is_number && (component::is_nan(item) || component::compare(item, &limit) == wrong) {
            return Err(match (item, limit) {
                (Item::Integer(number), Item::Integer(limit)) => {
                    violation(trail, format_args!("{number} is {words} than {limit}"))
                }
                _ => violation(trail, format_args!("it is {words} than its limit")),
            });
        }
    }
    Ok(())
}
