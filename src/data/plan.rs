//! By which way a query comes to its rows: a walk through all of them, through a range of an index, or through those that two
//! indexes have in common.
//!
//! Invariant: a plan only leaves out rows that cannot match. What it comes to is filtered as in a walk through all rows.
//!
//! An ordered index is a table whose keys are the components of its fields, one after the other, and the key of the row. A range
//! is half open, of such keys.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::limits::{INDEXES, KEY_BYTES};
use cu_abi::value::{Item, Reader};

use crate::data::component::{self, Class};
use crate::data::group;
use crate::data::index::hash;
use crate::data::program::{By, Operator, Parts, Program, Section, flag, tag};
use crate::memory::{self, NoMemory};

/// The most indexes that are looked at.
pub const MOST: usize = INDEXES;

/// The longest bound: keys of an index have a row's key behind it.
const BOUND_BYTES: usize = KEY_BYTES / 2;

/// Greater than what follows a component: another one, or a row's key.
const BEHIND: u8 = 0xFF;

/// An index.
#[derive(Clone, Copy, Debug)]
pub struct Definition<'a> {
    /// The table of its entries.
    pub table: u32,
    /// Its name.
    pub name: &'a [u8],
    /// Its paths, each behind its length in two bytes.
    pub paths: &'a [u8],
    /// Nodes that a row matches which is in it; none for all rows.
    pub filter: &'a [u8],
    /// Whether its entries are in the order of the values; otherwise it answers only what they are equal to.
    pub is_ordered: bool,
    /// Whether no two rows have the same values.
    pub is_unique: bool,
    /// Whether it has an entry for each element of a list.
    pub is_multi: bool,
    /// And the filter asks for parts of the string that a row has in the place of a list.
    pub has_strings: bool,
}

/// Why an index is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    /// It is.
    Used,
    /// The filter says nothing of its first field.
    Field,
    /// It has only some rows, and the filter may match others.
    Partial,
    /// It answers equality of all its fields, and the filter asks for something else.
    Equality,
    /// What is looked for is too long.
    Long,
    /// Another one leaves out more rows.
    Worse,
    /// It has elements of lists, and `contains` also asks for parts of the strings that some rows have.
    Strings,
    /// Something is hidden from the compute, and the index knows it.
    Hidden,
}

impl Reason {
    /// All of them.
    const ALL: [Reason; 8] = [
        Reason::Used,
        Reason::Field,
        Reason::Partial,
        Reason::Equality,
        Reason::Long,
        Reason::Worse,
        Reason::Strings,
        Reason::Hidden,
    ];

    /// The one of that number.
    pub fn of(number: u8) -> Reason {
        Reason::ALL.get(usize::from(number)).copied().unwrap_or(Reason::Used)
    }

    /// In words.
    pub fn text(self) -> &'static str {
        match self {
            Reason::Used => "used",
            Reason::Field => "where does not say what its first field is",
            Reason::Partial => "it has only some rows, and where may match others",
            Reason::Equality => "it answers only what all of its fields are equal to",
            Reason::Long => "what is looked for is too long",
            Reason::Worse => "another index leaves out more rows",
            Reason::Strings => "some rows have a string there, and contains asks for parts of it, too",
            Reason::Hidden => "something is hidden from this compute",
        }
    }
}

/// A range of an index.
#[derive(Debug, PartialEq, Eq)]
pub struct Walk {
    /// The number of the index.
    pub index: usize,
    /// The first key is behind this.
    pub low: Vec<u8>,
    /// It ends before this.
    pub high: Vec<u8>,
    /// All fields are equal to something: `low` are their components, and the rows are in the order of their keys.
    pub is_point: bool,
    /// From the end to the beginning.
    pub descends: bool,
}

/// The ways.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// All rows.
    Scan,
    /// Those of a range.
    Range(Walk),
    /// Those of two points.
    Both(Walk, Walk),
}

/// A plan, and what is known of it.
pub struct Choice {
    /// The plan.
    pub plan: Plan,
    /// Rows come in the order that is asked for, except for those that are equal in it.
    pub is_in_order: bool,
    /// Each entry of the range is a row that matches.
    pub is_exact: bool,
    /// Why each index is not used.
    pub reasons: [Reason; MOST],
}

impl Choice {
    /// That of a table without indexes.
    pub const SCAN: Choice =
        Choice { plan: Plan::Scan, is_in_order: false, is_exact: false, reasons: [Reason::Used; MOST] };
}

impl Choice {
    /// Whether the rows come in the order of their keys.
    pub fn is_by_key(&self) -> bool {
        match &self.plan {
            Plan::Scan | Plan::Both(..) => true,
            Plan::Range(walk) => walk.is_point,
        }
    }
}

/// A range of the values of a field, as components.
#[derive(Default)]
struct Bounds {
    low: Vec<u8>,
    high: Vec<u8>,
    has_low: bool,
    has_high: bool,
    is_point: bool,
    /// All tests of the field are in the range.
    is_exact: bool,
}

/// What an index offers.
struct Offer {
    walk: Walk,
    score: u32,
    is_in_order: bool,
    is_exact: bool,
}

/// Behind which sort key and row key a query goes on, and how long the sort key is.
pub type After<'a> = Option<(&'a [u8], usize)>;

/// The best plan.
pub fn choose(program: &Program<'_>, after: After<'_>, definitions: &[Definition<'_>]) -> Result<Choice, NoMemory> {
    let mut choice = Choice::SCAN;
    let (mut best, mut second): (Option<Offer>, Option<Offer>) = (None, None);
    for (number, definition) in definitions.iter().take(MOST).enumerate() {
        match offer(program, after, number, definition)? {
            Err(reason) => choice.reasons[number] = reason,
            Ok(offer) => {
                choice.reasons[number] = Reason::Worse;
                let is_better = best.as_ref().is_none_or(|best| offer.score > best.score);
                let other = if is_better { best.replace(offer) } else { Some(offer) };
                if other.as_ref().is_some_and(|other| second.as_ref().is_none_or(|second| other.score > second.score)) {
                    second = other;
                }
            }
        }
    }
    let Some(best) = best else { return Ok(choice) };
    choice.reasons[best.walk.index] = Reason::Used;
    (choice.is_in_order, choice.is_exact) = (best.is_in_order, best.is_exact);
    choice.plan = match second {
        // Two points whose rows are in the order of their keys.
        Some(second) if is_pair(definitions, &best, &second) => {
            choice.reasons[second.walk.index] = Reason::Used;
            choice.is_exact = false;
            Plan::Both(best.walk, second.walk)
        }
        _ => Plan::Range(best.walk),
    };
    Ok(choice)
}

/// Whether two are better than the first of them: points of other fields.
fn is_pair(definitions: &[Definition<'_>], best: &Offer, second: &Offer) -> bool {
    let (one, other) = (&definitions[best.walk.index], &definitions[second.walk.index]);
    let mut paths = Parts(other.paths);
    while let Some(path) = paths.short() {
        if !from(one.paths, path).is_empty() {
            return false;
        }
    }
    best.walk.is_point && second.walk.is_point && !one.is_unique
}

/// What an index offers to a query; or why nothing.
fn offer(
    program: &Program<'_>,
    after: After<'_>,
    number: usize,
    definition: &Definition<'_>,
) -> Result<Result<Offer, Reason>, NoMemory> {
    let nodes = program.section(Section::Where);
    if !implies(nodes, definition.filter) {
        return Ok(Err(Reason::Partial));
    }
    let mut walk = Walk { index: number, low: Vec::new(), high: Vec::new(), is_point: true, descends: false };
    // Why it offers nothing, where the filter does not make it.
    let nothing = if definition.has_strings { Reason::Strings } else { Reason::Field };
    let (mut score, mut used, mut is_exact) = (0, 0, !definition.is_multi && definition.filter.is_empty());
    let (mut paths, mut range) = (Parts(definition.paths), None);
    let mut order = Parts(program.section(Section::Order));
    while let Some(path) = paths.short() {
        let bounds = bounds(nodes, path, definition)?;
        if let Some(bounds) = &bounds
            && bounds.is_point
        {
            memory::append(&mut walk.low, &bounds.low)?;
            (score, used) = (score + 20, used + 1);
            is_exact &= bounds.is_exact;
            continue;
        }
        walk.is_point = false;
        range = bounds;
        // Whether the fields from here on are those that are ordered by.
        paths.0 = from(definition.paths, path);
        break;
    }
    if !definition.is_ordered && !walk.is_point {
        return Ok(Err(if score > 0 || range.is_some() { Reason::Equality } else { nothing }));
    }
    let is_in_order = !walk.is_point
        && !definition.is_multi
        && !program.has(flag::GROUPS)
        && orders_by(&mut order, &mut paths, &mut walk.descends);
    if !definition.is_ordered {
        walk.low = memory::copied(&hash::hash(&walk.low))?;
    }
    if walk.is_point {
        score += if definition.is_unique { 200 } else { 100 };
    }
    let prefix = walk.low.len();
    memory::append(&mut walk.high, &walk.low)?;
    match &range {
        Some(range) => {
            score += 4 * (u32::from(range.has_low) + u32::from(range.has_high));
            memory::append(&mut walk.low, &range.low)?;
            memory::append(&mut walk.high, &range.high)?;
            is_exact &= range.is_exact;
            used += 1;
        }
        None => memory::append(&mut walk.high, &[BEHIND])?,
    }
    if is_in_order {
        score += 2;
    }
    if is_in_order || (walk.is_point && program.section(Section::Order).is_empty()) {
        walk.start_behind(after, prefix, definition.is_multi)?;
    }
    if score == 0 {
        return Ok(Err(nothing));
    }
    if walk.low.len() > BOUND_BYTES || walk.high.len() > BOUND_BYTES {
        return Ok(Err(Reason::Long));
    }
    is_exact &= used == count(nodes);
    Ok(Ok(Offer { walk, score, is_in_order, is_exact }))
}

/// The paths from that one on, which is one of them.
fn from<'a>(paths: &'a [u8], path: &[u8]) -> &'a [u8] {
    let mut parts = Parts(paths);
    let mut here = parts.0;
    while let Some(found) = parts.short() {
        if found == path {
            return here;
        }
        here = parts.0;
    }
    &[]
}

impl Walk {
    /// Leaves out what comes before the row behind which the query goes on: its sort key are the fields behind the prefix, or
    /// there is none and the rows are in the order of their keys.
    fn start_behind(&mut self, after: After<'_>, prefix: usize, is_multi: bool) -> Result<(), NoMemory> {
        let Some((keys, sort)) = after else { return Ok(()) };
        let behind = if self.is_point { keys } else { keys.get(..sort).unwrap_or_default() };
        let mut bound = memory::copied(self.low.get(..prefix).unwrap_or_default())?;
        memory::append(&mut bound, behind)?;
        if is_multi {
            // Behind all entries of that row.
            memory::append(&mut bound, &[BEHIND])?;
        }
        if !self.descends {
            if bound > self.low {
                self.low = bound;
            }
            return Ok(());
        }
        bound.iter_mut().skip(prefix).for_each(|byte| *byte = !*byte);
        memory::append(&mut bound, &[BEHIND])?;
        if bound < self.high {
            self.high = bound;
        }
        Ok(())
    }
}

/// Whether what is ordered by are these paths, all in one direction.
fn orders_by(order: &mut Parts<'_>, paths: &mut Parts<'_>, descends: &mut bool) -> bool {
    let mut count = 0;
    while let Some((is_descending, by)) = order.order() {
        let (By::Path(path), Some(wanted)) = (by, paths.short()) else { return false };
        if path.bytes() != wanted || (count > 0 && is_descending != *descends) {
            return false;
        }
        (*descends, count) = (is_descending, count + 1);
    }
    count > 0
}

/// Whether every row that matches the nodes also matches these others: each of them is one of the nodes.
fn implies(nodes: &[u8], others: &[u8]) -> bool {
    let mut others = Parts(others);
    while let Some(wanted) = others.node() {
        let mut parts = Parts(nodes);
        let mut is_there = false;
        while let Some(node) = parts.node() {
            is_there |= node == wanted;
        }
        if !is_there {
            return false;
        }
    }
    true
}

/// How many nodes there are.
fn count(nodes: &[u8]) -> usize {
    let (mut count, mut parts) = (0, Parts(nodes));
    while parts.node().is_some() {
        count += 1;
    }
    count
}

/// The range of a field's values that the nodes leave; none when they say nothing of the field.
fn bounds(nodes: &[u8], path: &[u8], definition: &Definition<'_>) -> Result<Option<Bounds>, NoMemory> {
    let mut bounds = Bounds { is_exact: true, ..Bounds::default() };
    let (mut is_bound, mut parts, mut seen) = (false, Parts(nodes), 0);
    while let Some((kind, content)) = parts.node() {
        let mut tests = Parts(content);
        if kind != tag::FIELD || tests.short() != Some(path) {
            continue;
        }
        seen += 1;
        while let Some((operator, operands)) = tests.test() {
            let is_used = match (definition.is_multi, operator) {
                (true, Operator::Contains) if definition.has_strings && is_string(operands) => false,
                // One entry for each element: a second test is of other elements.
                (true, Operator::Contains) if !is_bound => bounds.add(Operator::Equal, operands)?,
                (true, _) => false,
                (false, operator) => bounds.add(operator, operands)?,
            };
            is_bound |= is_used;
            bounds.is_exact &= is_used && !matches!(operator, Operator::In | Operator::Contains);
        }
    }
    bounds.is_exact &= seen == 1;
    // Another test may leave nothing of what it is equal to.
    bounds.is_point &= bounds.high.strip_prefix(bounds.low.as_slice()) == Some(&[BEHIND]);
    Ok(is_bound.then_some(bounds))
}

impl Bounds {
    /// Takes a test; whether it says something of the range.
    fn add(&mut self, operator: Operator, operands: &[u8]) -> Result<bool, NoMemory> {
        let mut reader = Reader::new(operands);
        let Ok(first) = reader.item() else { return Ok(false) };
        let class = component::class(Some(&first));
        if component::is_nan(&first) {
            return Ok(false);
        }
        // NaN is greater than every number, and in no range of them.
        let (least, greatest) = match class {
            Class::String => (0x01, 0x02),
            Class::Number => (0x11, 0x18),
            _ => (0x26, 0x28),
        };
        match operator {
            Operator::Equal => {
                self.raise(&first, false)?;
                self.lower(&first, true)?;
                self.is_point = true;
            }
            Operator::Less | Operator::AtMost => {
                self.raise_to(memory::copied(&[least])?);
                self.lower(&first, operator == Operator::AtMost)?;
            }
            Operator::Greater | Operator::AtLeast => {
                self.raise(&first, operator == Operator::Greater)?;
                self.lower_to(memory::copied(&[greatest])?);
            }
            Operator::Between => {
                let Ok(last) = reader.item() else { return Ok(false) };
                if component::is_nan(&last) {
                    return Ok(false);
                }
                self.raise(&first, false)?;
                self.lower(&last, true)?;
            }
            Operator::In => {
                let (mut low, mut high) = (first, first);
                while let Ok(item) = reader.item() {
                    let bytes = component(&item)?;
                    if component::is_nan(&item) {
                        continue;
                    }
                    if bytes < component(&low)? {
                        low = item;
                    } else if bytes > component(&high)? {
                        high = item;
                    }
                }
                self.raise(&low, false)?;
                self.lower(&high, true)?;
            }
            Operator::StartsWith => {
                // Without the end of the string.
                let mut low = component(&first)?;
                low.pop();
                let mut high = memory::copied(&low)?;
                while high.pop_if(|byte| *byte == BEHIND).is_some() {}
                if let Some(last) = high.last_mut() {
                    *last += 1;
                }
                self.raise_to(low);
                self.lower_to(high);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn raise(&mut self, item: &Item<'_>, is_beyond: bool) -> Result<(), NoMemory> {
        let mut bytes = component(item)?;
        if is_beyond {
            memory::append(&mut bytes, &[BEHIND])?;
        }
        self.raise_to(bytes);
        Ok(())
    }

    fn raise_to(&mut self, bytes: Vec<u8>) {
        if !self.has_low || bytes > self.low {
            (self.low, self.has_low) = (bytes, true);
        }
    }

    fn lower(&mut self, item: &Item<'_>, is_included: bool) -> Result<(), NoMemory> {
        let mut bytes = component(item)?;
        if is_included {
            memory::append(&mut bytes, &[BEHIND])?;
        }
        self.lower_to(bytes);
        Ok(())
    }

    fn lower_to(&mut self, bytes: Vec<u8>) {
        if !self.has_high || bytes < self.high {
            (self.high, self.has_high) = (bytes, true);
        }
    }
}

/// Whether the nodes ask what lies at a path to contain a string: an element, or a part.
pub fn asks_for_parts(nodes: &[u8], path: &[u8]) -> bool {
    let mut parts = Parts(nodes);
    while let Some((kind, content)) = parts.node() {
        let mut tests = Parts(content);
        if kind != tag::FIELD || tests.short() != Some(path) {
            continue;
        }
        while let Some((operator, operands)) = tests.test() {
            if operator == Operator::Contains && is_string(operands) {
                return true;
            }
        }
    }
    false
}

/// Whether the first operand is a string.
fn is_string(operands: &[u8]) -> bool {
    matches!(Reader::new(operands).item(), Ok(Item::String(_)))
}

/// The component of a value.
fn component(item: &Item<'_>) -> Result<Vec<u8>, NoMemory> {
    let mut bytes = Vec::new();
    group::append_component(Some(item), &mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
