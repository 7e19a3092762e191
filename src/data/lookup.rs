//! By which way a query comes to its rows, with the tables of the indexes that it uses.
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use crate::data::catalogue::{self, Attached};
use crate::data::index::definition::Kind;
use crate::data::index::entries;
use crate::data::memory::NoMemory;
use crate::data::plan::{self, After, Choice, Definition, Plan, Reason, Walk};
use crate::data::program::Program;
use crate::data::state::Role;
use crate::data::stop::Stop;
use crate::data::{change, changing, is_in_use, scratch};

/// A range of an index.
pub struct Way {
    /// The table of its entries.
    pub store: u32,
    /// The first key is behind this, or is this.
    pub low: Vec<u8>,
    /// It ends before this.
    pub high: Vec<u8>,
    /// All values of the range are the same.
    pub is_point: bool,
    /// From the end to the beginning.
    pub descends: bool,
    /// A row may have several entries.
    pub is_multi: bool,
    kind: Kind,
    paths: usize,
}

impl Way {
    fn new(attached: &Attached, walk: Walk) -> Result<Option<Way>, NoMemory> {
        let Some(index) = attached.indexes.get(walk.index) else { return Ok(None) };
        let Walk { mut low, mut high, is_point, descends, .. } = walk;
        if index.kind == Kind::Hash {
            let hash = entries::hash(&low);
            low.clear();
            high.clear();
            for bound in [&mut low, &mut high] {
                bound.try_reserve(hash.len() + 1).map_err(|_| NoMemory)?;
                bound.extend_from_slice(&hash);
            }
            high.push(0xFF);
        }
        let (store, is_multi, kind, paths) = (index.store, index.is_multi, index.kind, index.paths.len());
        Ok(Some(Way { store, low, high, is_point, descends, is_multi, kind, paths }))
    }

    /// The key of the row of an entry.
    pub fn row_key<'k>(&self, key: &'k [u8]) -> Option<&'k [u8]> {
        entries::row_key_in(entries::split(self.kind, self.paths, key)?.1)
    }
}

/// What was chosen.
pub struct Chosen {
    /// The range that is walked; none for all rows.
    pub way: Option<Way>,
    /// Rows are in that point, too.
    pub other: Option<Way>,
    /// Rows come in the order that is asked for, except for those that are equal in it.
    pub is_in_order: bool,
    /// Each entry of the range is a row that matches.
    pub is_exact: bool,
    /// Why each index is used, or not.
    pub reasons: [Reason; plan::MOST],
}

impl Chosen {
    const SCAN: Chosen =
        Chosen { way: None, other: None, is_in_order: false, is_exact: false, reasons: [Reason::Used; plan::MOST] };
}

/// Chooses the way of a query of the table.
pub fn choose(table: u32, program: &Program<'_>, after: After<'_>) -> Result<Chosen, Stop<'static>> {
    if !is_in_use() || !change::role_of(table).map_err(Stop::Keys)?.is(Role::ROOT) {
        return Ok(Chosen::SCAN);
    }
    changing::mend(table).map_err(Stop::Keys)?;
    let chosen = catalogue::with(table, |attached| Ok(choose_of(attached, program, after)));
    Ok(chosen.map_err(Stop::Keys)??)
}

fn choose_of(attached: &Attached, program: &Program<'_>, after: After<'_>) -> Result<Chosen, NoMemory> {
    let mut definitions = Vec::new();
    for index in attached.indexes.iter().take(plan::MOST) {
        let definition = Definition {
            table: index.store,
            name: &index.name,
            paths: &index.listed,
            filter: &index.filter,
            is_ordered: index.kind == Kind::Ordered,
            is_unique: index.is_unique,
            is_multi: index.is_multi,
        };
        scratch::push(&mut definitions, attached.table, definition).map_err(|_| NoMemory)?;
    }
    let Choice { plan, is_in_order, is_exact, reasons } = plan::choose(program, after, &definitions)?;
    let (way, other) = match plan {
        Plan::Scan => (None, None),
        Plan::Range(walk) => (Way::new(attached, walk)?, None),
        Plan::Both(walk, other) => (Way::new(attached, walk)?, Way::new(attached, other)?),
    };
    Ok(Chosen { way, other, is_in_order, is_exact, reasons })
}
