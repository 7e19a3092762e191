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
use cu_abi::value::{Item, Reader};

use crate::data::catalogue::Attached;
use crate::data::change::Steps;
use crate::data::feed::settings::Feed;
use crate::data::path::{PathBuffer, TEXT_BYTES};
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
        let mut out = Vec::new();
        let open = content::begin(&mut out, table)?;
        let mut pairs = 3;
        let name = |out: &mut Vec<u8>, text: &str| content::append_text(out, table, text.as_bytes());
        name(&mut out, "key")?;
        content::append_key(&mut out, table, self.keys.first().copied().unwrap_or_default())?;
        name(&mut out, "kind")?;
        name(&mut out, if self.is_deleted { "delete" } else { "set" })?;
        name(&mut out, "time")?;
        content::append_float(&mut out, table, self.time)?;
        if self.keys.len() > 1 {
            name(&mut out, "path")?;
            append_path(&mut out, table, self.keys.get(1..).unwrap_or_default())?;
            pairs += 1;
        }
        let part = store::integer(self.part as i64);
        let part = if self.part > 0 { &part[..] } else { &[] };
        for (text, value) in [("before", self.before), ("after", self.after), ("part", part)] {
            if !value.is_empty() {
                name(&mut out, text)?;
                scratch::append(&mut out, table, &[value])?;
                pairs += 1;
            }
        }
        content::end(&mut out, open, pairs);
        Ok(out)
    }
}

/// Appends a path as a text, or as a list of keys where the text would be another path or none.
#[inline(never)]
fn append_path(out: &mut Vec<u8>, table: u32, keys: &[&[u8]]) -> Result<(), Failure> {
    let mut text = Vec::new();
    let mut room = [0; KEY_BYTES];
    for (number, key) in keys.iter().enumerate() {
        let dot: &[u8] = if number > 0 { b"." } else { b"" };
        match key::decode(key, &mut room).map_err(|_| Failure::damaged(table))? {
            Key::String(name) if text.len() + name.len() < TEXT_BYTES => {
                scratch::append(&mut text, table, &[dot, name])?
            }
            Key::Integer(number) => {
                let mut digits = [0; 20];
                scratch::append(&mut text, table, &[dot, decimal(number, &mut digits)])?;
            }
            // No path has that.
            _ => scratch::append(&mut text, table, &[b".."])?,
        }
    }
    if let Ok(path) = PathBuffer::parse(&text)
        && path.path().behind(keys).is_some_and(|rest| rest.is_itself())
    {
        return content::append_text(out, table, &text);
    }
    let open = content::begin(out, table)?;
    for (number, key) in (1..).zip(keys) {
        scratch::append(out, table, &[&store::integer(number)])?;
        content::append_key(out, table, key)?;
    }
    content::end(out, open, keys.len() as u32);
    Ok(())
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
    pub fn next(&mut self) -> Result<i64, Failure> {
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
                None => self.next()?,
            };
            self.oldest_time = f64::NAN;
        }
        Ok(self.oldest)
    }

    /// Adds a change, and removes at most two that are too many or too old.
    pub fn add(&mut self, record: &[u8], now: f64) -> Result<(), Failure> {
        let number = self.next()?;
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
            self.oldest_time = 0.0;
            field(self.store, number, b"time", &mut |item| {
                if let Item::Float(time) = item {
                    self.oldest_time = *time;
                }
            })?;
        }
        Ok(self.oldest_time + (self.age as f64) < now)
    }
}

/// Hands a field of the change with that number to `take`; whether there is one.
fn field(store: u32, number: i64, name: &[u8], take: &mut dyn FnMut(&Item<'_>)) -> Result<bool, Failure> {
    scratch::with_value(store, store::id_key(number).bytes(), |bytes| {
        let Some(Ok(Item::Table(_, content))) = bytes.map(|bytes| Reader::new(bytes).item()) else { return Ok(false) };
        let mut pairs = Reader::new(content);
        while let (Ok(found), Ok(value)) = (pairs.item(), pairs.item()) {
            if found == Item::String(name) {
                take(&value);
                return Ok(true);
            }
        }
        Ok(false)
    })
}

/// The last change may not have happened: the feed tells once more what its rows are.
pub fn mend(attached: &mut Attached, now: f64) -> Result<(), Failure> {
    let table = attached.table;
    let Some(feed) = &mut attached.feed else { return Ok(()) };
    (feed.next, feed.oldest) = (0, 0);
    let (oldest, mut number) = (feed.oldest()?, feed.next()? - 1);
    while number >= oldest {
        let mut key = KeyBuffer::new();
        let mut is_key = false;
        field(feed.store, number, b"key", &mut |item| is_key = scratch::encode_key(item, &mut key))?;
        if is_key {
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
        if !field(feed.store, number, b"part", &mut |_| {})? {
            break;
        }
        number -= 1;
    }
    Ok(())
}
