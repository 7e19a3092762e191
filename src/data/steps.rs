//! The way from a row to an entry in it.
#![forbid(unsafe_code)]

/// The most keys from a row's to that of any entry, where all of them are looked at.
pub const DEEPEST: usize = 64;

/// The keys from a row's to the one that changes, the last first.
#[derive(Clone, Copy)]
pub struct Steps<'a> {
    /// The table.
    pub table: u32,
    /// The key there.
    pub key: &'a [u8],
    /// Those beneath.
    pub below: Option<&'a Steps<'a>>,
}

impl<'a> Steps<'a> {
    /// Hands the keys, the row's first, to `work`.
    pub fn with<R>(&self, work: impl FnOnce(&[&[u8]]) -> R) -> R {
        let mut keys: [&[u8]; DEEPEST] = [&[]; DEEPEST];
        let mut count = 0;
        for (place, steps) in keys.iter_mut().zip(self.each()) {
            *place = steps.key;
            count += 1;
        }
        work(keys.get(..count).unwrap_or_default())
    }

    pub fn each(&self) -> impl Iterator<Item = &Steps<'a>> {
        core::iter::successors(Some(self), |steps| steps.below)
    }

    /// The way to a row.
    pub fn to_row(table: u32, key: &'a [u8]) -> Steps<'a> {
        Steps { table, key, below: None }
    }

    /// Whether the way leads through the table.
    pub fn have(&self, table: u32) -> bool {
        self.each().any(|steps| steps.table == table)
    }

    /// Whether that entry is the one that changes.
    pub fn end_at(&self, table: u32, key: &[u8]) -> bool {
        self.each().last().is_some_and(|last| last.table == table && last.key == key)
    }

    /// Whether a table comes twice on the way.
    pub fn is_circle(&self) -> bool {
        self.each().any(|steps| steps.below.is_some_and(|below| below.have(steps.table)))
    }
}
