//! Which tables to read at once: rows of cu are tables of their own, with ids that were given out one after the other.
//!
//! Invariant: only who reads several tables of a neighbourhood reads more than it asks for.

use std::collections::BTreeMap;
use std::ops::Range;

/// Ids of one neighbourhood.
const BLOCK: u32 = 256;
/// Tables of a neighbourhood that are read one by one: two may be chance.
const ALONE: u32 = 2;
/// The most ids of one reading.
const LONGEST: u32 = 1024;

/// What was read of the tables.
#[derive(Debug, Default)]
pub struct Neighbours {
    /// Number of tables that were read in a neighbourhood, by its first id.
    read: BTreeMap<u32, u32>,
    /// Behind which id the last reading of several tables ended, and how many ids it had.
    last: Option<(u32, u32)>,
}

impl Neighbours {
    /// The tables to read when this one is wanted; none if only it is.
    pub fn of(&mut self, table: u32) -> Option<Range<u32>> {
        if let Some((end, length)) = self.last
            && (end..end.saturating_add(length)).contains(&table)
        {
            let length = (length * 4).min(LONGEST);
            return Some(table..table.saturating_add(length));
        }
        let first = table - table % BLOCK;
        let read = self.read.entry(first).or_default();
        *read += 1;
        let end = first.saturating_add(BLOCK);
        match *read {
            ..=ALONE => None,
            // The whole of it once. What that left out begins at this table.
            read if read == ALONE + 1 => Some(first..end),
            _ => Some(table..end),
        }
    }

    /// All tables up to this id are known now.
    pub fn known(&mut self, tables: &Range<u32>, end: u32) {
        self.last = Some((end, tables.end - tables.start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_after_the_other_is_read_in_ever_longer_runs() {
        let mut neighbours = Neighbours::default();
        let (mut readings, mut known) = (0, 0);
        for table in 1000..11_000 {
            if table < known {
                continue;
            }
            readings += 1;
            match neighbours.of(table) {
                None => known = table + 1,
                Some(tables) => {
                    assert!(tables.contains(&table));
                    known = tables.end;
                    neighbours.known(&tables, tables.end);
                }
            }
        }
        assert!(readings < 16, "{readings} readings");
    }

    #[test]
    fn a_few_tables_here_and_there_are_read_alone() {
        let mut neighbours = Neighbours::default();
        for table in [5, 70_000, 9, u32::MAX, 0x8000_0000, 70_001, u32::MAX - 1] {
            assert_eq!(neighbours.of(table), None);
        }
        assert_eq!(neighbours.of(7), Some(0..256));
        assert_eq!(neighbours.of(200), Some(200..256), "what the first reading had no room for");
        assert_eq!(neighbours.of(u32::MAX - 2), Some(u32::MAX - 255..u32::MAX));
    }
}
