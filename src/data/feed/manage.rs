//! Switching a feed on and off.
//!
//! ```text
//! a feed that was switched off   key: id of the table | value integer: the number that no change had
//! ```
#![forbid(unsafe_code)]

use crate::data::catalogue::{self, Attached};
use crate::data::feed::settings::Feed;
use crate::data::state::{Role, STATE};
use crate::data::{changing, linking, row_page};
use crate::permissions::guards;
use crate::store::{self, Failure, counter, system};
use crate::table::write;

/// Gives the table a feed, or its feed other settings; without any, it has none from now on.
pub fn set(table: u32, settings: Option<&Feed>) -> Result<(), Failure> {
    let Some(settings) = settings else { return catalogue::with(table, remove) };
    changing::mend(table)?;
    STATE.is_in_use.set(true);
    catalogue::with(table, |attached| {
        let before = attached.feed;
        let mut feed = Feed { store: 0, ..*settings };
        match before {
            Some(known) => (feed.store, feed.first) = (known.store, known.first),
            None => {
                feed.store = counter::take()?;
                // What changed since it was switched off nobody heard: a position of then must not look like one of now.
                let key = store::id_key(table.into());
                feed.first = store::get_integer(system::FEEDS, key.bytes())?.map_or(1, |unused| unused + 1);
            }
        }
        (feed.next, feed.oldest) = (0, 0);
        attached.feed = Some(feed);
        let linked = if before.is_none() { linking::link_rows(attached) } else { Ok(()) };
        linked.and_then(|()| catalogue::store(attached)).inspect_err(|_| {
            attached.feed = before;
            attached.is_doubtful = true;
        })?;
        STATE.add_role(table, Role::ROOT);
        Ok(())
    })
}

/// Switches the feed of the table off.
fn remove(attached: &mut Attached) -> Result<(), Failure> {
    let Some(mut feed) = attached.feed else { return Ok(()) };
    write::write_at(system::FEEDS, attached.table.into(), Some(&store::integer(feed.next_number()?)))?;
    attached.feed = None;
    catalogue::store(attached).inspect_err(|_| attached.is_doubtful = true)?;
    write::clear_plain(feed.store, row_page())
}

/// The feed of the table, with the number of the first change that is kept and of the next one.
pub fn read(table: u32) -> Result<Option<Feed>, Failure> {
    if !guards::is_read_only() {
        changing::mend(table)?;
    }
    catalogue::with(table, |attached| {
        let Some(feed) = &mut attached.feed else { return Ok(None) };
        feed.oldest()?;
        feed.next_number()?;
        Ok(Some(*feed))
    })
}
