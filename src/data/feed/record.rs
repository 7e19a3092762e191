//! The changes of a feed.
//!
//! Invariant: a change has the number behind that of the change before, and no number is given again, but for one of a change
//! that was undone with its record. The record comes before the change: so one that an instance did not complete is heard of, and
//! when the table is mended, the feed tells once more what the row is.
//!
//! ```text
//! change   key: its number | value: inline table { key = the row's, path = way in the row as a path or a list of keys,
//!                            kind = "set" or "delete", before = value, after = value, time = seconds since 1970,
//!                            part = place among the changes of this feed that are one change }
//! ```
#![forbid(unsafe_code)]

use alloc::vec::Vec;

use cu_abi::key::{self, Key, KeyBuffer};
use cu_abi::limits::KEY_BYTES;
use cu_abi::page;
use cu_abi::value::{Item, Writer};

use crate::bytes::copy_at;
use crate::control::clock;
use crate::data::catalogue::Attached;
use crate::data::feed::settings::Feed;
use crate::data::path::{Path, PathBuffer, TEXT_BYTES};
use crate::data::row::{self, Eyes, Value};
use crate::data::steps::Steps;
use crate::data::{content, scratch};
use crate::store::{self, Failure, Fetched};
use crate::table::write;

/// What becomes of the entry at the end of `keys`, the row's first, with its values, encoded; none where there is none, or nobody wants
/// to know.
pub struct Heard<'a> {
    /// The keys.
    pub keys: &'a [&'a [u8]],
    /// It is no more.
    pub is_deleted: bool,
    /// Before.
    pub before: &'a [u8],
    /// After.
    pub after: &'a [u8],
    /// When.
    pub time: f64,
    /// How many other changes of the same feed this is, too.
    pub part: usize,
}

impl Heard<'_> {
    /// The record.
    pub fn encode(&self, table: u32) -> Result<Vec<u8>, Failure> {
        scratch::written(table, &|writer| self.write(writer))
    }

    fn write(&self, writer: &mut Writer<'_>) {
        let open = writer.begin_table();
        let mut pairs = 3;
        writer.string(b"key");
        content::write_key(writer, self.keys.first().copied().unwrap_or_default());
        writer.string(b"kind");
        writer.string(if self.is_deleted { b"delete" } else { b"set" });
        writer.string(b"time");
        writer.float(self.time);
        if self.keys.len() > 1 {
            writer.string(b"path");
            write_path(writer, self.keys.get(1..).unwrap_or_default());
            pairs += 1;
        }
        let part = store::integer(self.part as i64);
        let part = if self.part > 0 { &part[..] } else { &[] };
        for (name, value) in [("before", self.before), ("after", self.after), ("part", part)] {
            if !value.is_empty() {
                writer.string(name.as_bytes());
                writer.bytes(value);
                pairs += 1;
            }
        }
        writer.end_table(open, pairs);
    }
}

/// Appends a path as a text, or as a list of keys where the text would be another path or none.
fn write_path(writer: &mut Writer<'_>, keys: &[&[u8]]) {
    let mut text = [0; TEXT_BYTES + 1];
    let mut length = 0;
    let mut room = [0; KEY_BYTES];
    for key in keys {
        let mut digits = [0; 20];
        let name = match key::decode(key, &mut room) {
            Ok(Key::String(name)) => name,
            Ok(Key::Integer(number)) => decimal(number, &mut digits),
            // No path has that.
            _ => b".",
        };
        for part in [name, b"."] {
            // What is cut off makes the text another one.
            length += copy_at(&mut text, length, part);
        }
    }
    let text = text.get(..length.saturating_sub(1)).unwrap_or_default();
    if let Ok(path) = PathBuffer::parse(text)
        && path.path().behind(keys).is_some_and(Path::is_itself)
    {
        return writer.string(text);
    }
    let open = writer.begin_table();
    for (number, key) in (1..).zip(keys) {
        writer.integer(number);
        content::write_key(writer, key);
    }
    writer.end_table(open, keys.len() as u32);
}

/// The digits of a number, none of a negative one.
fn decimal(mut number: i64, digits: &mut [u8; 20]) -> &[u8] {
    let mut start = digits.len();
    while number >= 0 && start > 0 {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    digits.get(start..).unwrap_or_default()
}

/// The first or the last number in a feed's table.
fn outermost(store: u32, is_last: bool) -> Result<Option<i64>, Failure> {
    let mut bytes = [0; page::LEAST_BYTES];
    page::ask(&mut bytes, &[], is_last);
    let length = store::keys(store, &mut bytes)?;
    match page::key_at(bytes.get(..length).unwrap_or_default(), 0) {
        None => Ok(None),
        Some(key) => number_of(key).map(Some).ok_or_else(|| Failure::damaged(store)),
    }
}

/// The number that is the key of a change.
pub fn number_of(key: &[u8]) -> Option<i64> {
    match key::decode(key, &mut [0; KEY_BYTES]) {
        Ok(Key::Integer(number)) if number > 0 => Some(number),
        _ => None,
    }
}

impl Feed {
    /// The number of the next change.
    pub fn next_number(&mut self) -> Result<i64, Failure> {
        if self.next == 0 {
            self.next = outermost(self.store, true)?.map_or(self.first, |last| last + 1);
        }
        Ok(self.next)
    }

    /// The number of the first change that is kept, or will be.
    pub fn oldest(&mut self) -> Result<i64, Failure> {
        if self.oldest == 0 {
            self.oldest = match outermost(self.store, false)? {
                Some(oldest) => oldest,
                None => self.next_number()?,
            };
            self.oldest_time = f64::NAN;
        }
        Ok(self.oldest)
    }

    /// Adds a change, and removes at most two that are too many or too old.
    pub fn add(&mut self, record: &[u8], now: f64) -> Result<(), Failure> {
        let number = self.next_number()?;
        let oldest = self.oldest()?;
        // Unknown, if the host fails.
        (self.next, self.oldest) = (0, 0);
        write::write_at(self.store, number, Some(record))?;
        let mut kept = oldest;
        while kept < number && kept < oldest + 2 && (number - kept >= self.count || self.is_old(kept, now)?) {
            write::write_at(self.store, kept, None)?;
            kept += 1;
            self.oldest_time = f64::NAN;
        }
        (self.next, self.oldest) = (number + 1, kept);
        Ok(())
    }

    /// Whether the first change is older than it may be.
    fn is_old(&mut self, number: i64, now: f64) -> Result<bool, Failure> {
        if self.age == 0 {
            return Ok(false);
        }
        if self.oldest_time.is_nan() {
            let time = field(self.store, number, b"time")?;
            self.oldest_time = if let Some(Item::Float(time)) = time.item() { time } else { 0.0 };
        }
        Ok(self.oldest_time + (self.age as f64) < now)
    }
}

/// A field of the change with that number, until anything else is read.
#[inline(never)]
fn field(store: u32, number: i64, name: &[u8]) -> Result<Value<'static>, Failure> {
    let path = PathBuffer::parse(name).unwrap_or(PathBuffer::ITSELF);
    row::read(store, store::id_key(number).bytes(), path.path(), None, Eyes::Module).map_err(scratch::failure)
}

/// The last change may not have happened: the feed tells once more what its rows are.
pub fn mend(attached: &mut Attached) -> Result<(), Failure> {
    let now = now();
    let table = attached.table;
    let Some(feed) = &mut attached.feed else { return Ok(()) };
    (feed.next, feed.oldest) = (0, 0);
    let (oldest, mut number) = (feed.oldest()?, feed.next_number()? - 1);
    while number >= oldest {
        let mut key = KeyBuffer::new();
        let found = field(feed.store, number, b"key")?;
        if found.item().is_some_and(|item| scratch::encode_key(&item, &mut key)) {
            let steps = Steps::to_row(table, key.bytes());
            let after = if feed.has_values { content::of(table, key.bytes(), None, &steps)? } else { Vec::new() };
            let heard = Heard {
                keys: &[key.bytes()],
                is_deleted: store::get(table, key.bytes())? == Fetched::Absent,
                before: &[],
                after: &after,
                time: now,
                part: 0,
            };
            feed.add(&heard.encode(table)?, now)?;
        }
        if field(feed.store, number, b"part")?.bytes().is_none() {
            break;
        }
        number -= 1;
    }
    Ok(())
}

/// Seconds since 1970 as the host tells them.
pub fn now() -> f64 {
    clock::now_milliseconds() / 1000.0
}
