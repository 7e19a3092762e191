//! A feed as it was asked for.
//!
//! ```text
//! feed   { table = external table with the changes, first = number of the first change, count = number, age = seconds,
//!          values = boolean }
//! ```
#![forbid(unsafe_code)]

use cu_abi::value::{Item, Reader, Writer};

/// So many changes are kept where nobody says how many.
pub const COUNT: i64 = 10_000;

/// A feed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Feed {
    /// The external table with the changes (`record.rs`).
    pub store: u32,
    /// The number of the first change that it heard of. Of those before it knows nothing.
    pub first: i64,
    /// The most changes that it keeps.
    pub count: i64,
    /// A change is kept for so many seconds; 0 for as long as there is room.
    pub age: i64,
    /// Changes have the values before and after.
    pub has_values: bool,
    /// The number of the next change, 0 where it is not known.
    pub next: i64,
    /// The number of the first change that is kept, 0 where it is not known.
    pub oldest: i64,
    /// When that change was, no number where it is not known.
    pub oldest_time: f64,
}

impl Feed {
    /// What is kept where nobody says anything.
    pub const NEW: Feed =
        Feed { store: 0, first: 1, count: COUNT, age: 0, has_values: false, next: 0, oldest: 0, oldest_time: f64::NAN };

    /// Reads one, `None` if it is none.
    pub fn parse(content: &[u8]) -> Option<Feed> {
        let mut feed = Feed::NEW;
        let mut pairs = Reader::new(content);
        while !pairs.is_at_end() {
            match (pairs.item(), pairs.item()) {
                (Ok(Item::String(b"table")), Ok(Item::External(store))) => feed.store = store,
                (Ok(Item::String(b"first")), Ok(Item::Integer(first))) => feed.first = first,
                (Ok(Item::String(b"count")), Ok(Item::Integer(count))) => feed.count = count,
                (Ok(Item::String(b"age")), Ok(Item::Integer(age))) => feed.age = age,
                (Ok(Item::String(b"values")), Ok(Item::Boolean(value))) => feed.has_values = value,
                _ => return None,
            }
        }
        (feed.store != 0 && feed.first > 0 && feed.count > 0 && feed.age >= 0).then_some(feed)
    }

    /// Writes what `parse` reads.
    pub fn encode(&self, writer: &mut Writer<'_>) {
        let all = writer.begin_table();
        writer.string(b"table");
        writer.external(self.store);
        for (name, number) in [("first", self.first), ("count", self.count), ("age", self.age)] {
            writer.string(name.as_bytes());
            writer.integer(number);
        }
        writer.string(b"values");
        writer.boolean(self.has_values);
        writer.end_table(all, 5);
    }
}
