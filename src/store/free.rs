//! Ids that nothing has any more, as ranges: the last collection found them, or no table ever had them.
//!
//! Invariant: no id of a range is used, and no two ranges overlap. A range is removed before a part of it is used, so whatever ends the module on the way,
//! ids are lost until the next collection and never given twice.

use core::ops::Range;

use cu_abi::tables::SYSTEM_FIRST;

use crate::store::failure::Failure;
use crate::store::page::{self, Page};
use crate::store::ranges::{self, decode, encode};
use crate::store::{calls, spare, system};

/// Notes a range, unless it is empty.
pub fn add(range: Range<u32>) -> Result<(), Failure> {
    if range.is_empty() {
        return Ok(());
    }
    calls::note(system::FREE, encode(range.start, range.end).bytes(), &calls::TRUE)
}

/// Removes a range, which was found or added.
pub fn remove(range: Range<u32>) -> Result<(), Failure> {
    calls::forget(system::FREE, encode(range.start, range.end).bytes())
}

/// How many ids there are, walking with `page`; more than there can be where a range is damaged.
pub fn count(page: &mut Page) -> Result<usize, Failure> {
    let mut count = 0;
    let mut found = page.seek(system::FREE, &[])?;
    while found {
        let Some(range) = page.current().and_then(decode) else { return Ok(usize::MAX) };
        count += range.len();
        found = page.step()?;
    }
    Ok(count)
}

/// Removes every range, walking with `page`.
pub fn clear(page: &mut Page) -> Result<(), Failure> {
    page::delete_each(system::FREE, page, |key| calls::forget(system::FREE, key))
}

/// The longest range of ids from `least` on, among as many as one page has.
pub fn longest(least: u32) -> Result<Option<Range<u32>>, Failure> {
    if least >= SYSTEM_FIRST {
        return Ok(None);
    }
    // SAFETY: `counter.rs` calls this where no collection is under way (`table/reclaim.rs`), and nothing else works with the
    // page until the function ends.
    let page = unsafe { spare::spare_page() };
    let mut best: Option<Range<u32>> = None;
    let mut found = page.seek(system::FREE, encode(least, 0).bytes())?;
    while found {
        let range = page.current().and_then(decode).ok_or_else(|| Failure::damaged(system::FREE))?;
        if best.as_ref().is_none_or(|best| best.len() < range.len()) {
            best = Some(range);
        }
        found = page.step_inside()?;
    }
    Ok(best)
}

/// The first range that begins at `least` or later.
pub fn first_from(least: u32) -> Result<Option<Range<u32>>, Failure> {
    ranges::first_from(system::FREE, least)
}

/// The range with that id.
pub fn with(id: u32) -> Result<Option<Range<u32>>, Failure> {
    ranges::with(system::FREE, id)
}
