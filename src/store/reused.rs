//! Ids that were free and have been given again, as ranges, each with the number of the last collection before.
//!
//! An instance that held an object while another one collected cannot know by the id whether the object is still there: the id
//! may have another object now. If the instance has looked at the store since that collection, it does not hold the old one.
//!
//! Invariant: each id that was given again and is not free is in a range, and its range says when it was given last. A range may
//! begin inside another one, or with it: what was left of a block has been given by another instance. Such ranges have the same
//! number, since each collection that has a number cuts every range to the ids that are in use.
//!
//! ```text
//! value   integer: number of the collection
//! ```

use core::ops::Range;

use crate::store::calls;
use crate::store::failure::Failure;
use crate::store::ranges::{self, encode};
use crate::store::system;

/// Notes that the ids of a range are given again after the collection with that number.
pub fn add(range: Range<u32>, collection: u32) -> Result<(), Failure> {
    calls::note(system::REUSED, encode(range.start, range.end).bytes(), &calls::integer(collection.into()))
}

/// Removes a range.
pub fn remove(range: Range<u32>) -> Result<(), Failure> {
    calls::forget(system::REUSED, encode(range.start, range.end).bytes())
}

/// The range behind that one, with the number of its collection.
pub fn after(range: &Range<u32>) -> Result<Option<(Range<u32>, u32)>, Failure> {
    let Some(range) = ranges::after(system::REUSED, range)? else { return Ok(None) };
    let collection = collection(&range)?;
    Ok(Some((range, collection)))
}

/// The last range that begins before `end`.
pub fn last_before(end: u32) -> Result<Option<Range<u32>>, Failure> {
    ranges::last_before(system::REUSED, end)
}

/// The number of the last collection before that id was given again, if it was.
pub fn collection_of(id: u32) -> Result<Option<u32>, Failure> {
    ranges::with(system::REUSED, id)?.map(|range| collection(&range)).transpose()
}

fn collection(range: &Range<u32>) -> Result<u32, Failure> {
    let number = calls::get_integer(system::REUSED, encode(range.start, range.end).bytes())?;
    number.map(|number| number as u32).ok_or_else(|| Failure::damaged(system::REUSED))
}
