//! What later instances have to know of collections: how many there were, and which ids they freed are used again.
//!
//! An instance that held an object while another one collected cannot know by the object's id whether it is still there: the id
//! may have another object now. So each use of a freed id is noted with the number of the last collection. An instance that
//! has looked at the store since that collection has not held the old object.
//!
//! Invariant: an id that is used again lies in a span. Spans are few: the two that are nearest become one.
//!
//! ```text
//! ledger   key string "collections" | value string: version u8 = 1 | unknown u32 | collections u32 | span ...
//! span     first u32 | end u32 | collection u32
//! ```
//!
//! `unknown`: ids below were given before there was a ledger, or left to the host, so that one may be a home.

use bytemuck::{Pod, Zeroable};
use cu_abi::tables::SYSTEM_FIRST;
use cu_abi::tags;

use crate::store::calls::{self, Fetched};
use crate::store::failure::Failure;
use crate::store::system;

/// The encoded string `collections`.
const KEY: &[u8] = b"\x01collections\x00";

const VERSION: u8 = 1;

/// Bytes before the spans: tag, length, version, two numbers.
const HEAD_BYTES: usize = 14;

/// Spans that are remembered.
const SPANS: usize = 32;

/// Ids that were used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
struct Span {
    first: u32,
    end: u32,
    /// The last collection before.
    collection: u32,
}

/// What is known of collections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Ids below this may be homes that nobody listed.
    pub unknown: u32,
    /// How many collections there were.
    pub collections: u32,
    spans: [Span; SPANS],
    count: usize,
}

impl Ledger {
    /// Of a new store.
    pub const NEW: Ledger = Ledger {
        unknown: 0,
        collections: 0,
        spans: [Span { first: 0, end: 0, collection: 0 }; SPANS],
        count: 0,
    };

    /// Of a store that is older than ledgers, with ids below `bound`.
    pub fn of_older(bound: u32) -> Ledger {
        Ledger { unknown: bound, ..Ledger::NEW }
    }

    /// The ledger of the store, none in one that is new or older than ledgers.
    pub fn read() -> Result<Option<Ledger>, Failure> {
        let damaged = || Failure::damaged(system::COUNTER);
        let length = match calls::get(system::COUNTER, KEY)? {
            Fetched::Absent => return Ok(None),
            Fetched::Short(length) => length,
            Fetched::Long(_) => return Err(damaged()),
        };
        // SAFETY: the bytes are copied before anything else is read.
        let bytes = unsafe { calls::value_buffer() }.get(..length).unwrap_or_default();
        let (head, spans) = bytes.split_first_chunk::<HEAD_BYTES>().ok_or_else(damaged)?;
        let word = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap_or_default());
        if head[0] != tags::STRING || word(1) as usize + 5 != length || head[5] != VERSION {
            return Err(damaged());
        }
        let mut ledger = Ledger { unknown: word(6), collections: word(10), ..Ledger::NEW };
        for bytes in spans.chunks(size_of::<Span>()).take(SPANS) {
            let span: Span = bytemuck::try_pod_read_unaligned(bytes).map_err(|_| damaged())?;
            ledger.spans[ledger.count] = span;
            ledger.count += 1;
        }
        Ok(Some(ledger))
    }

    /// Stores it.
    pub fn write(&self) -> Result<(), Failure> {
        let mut bytes = [0; HEAD_BYTES + SPANS * size_of::<Span>()];
        let spans: &[u8] = bytemuck::cast_slice(&self.spans[..self.count]);
        let length = HEAD_BYTES + spans.len();
        bytes[0] = tags::STRING;
        bytes[1..5].copy_from_slice(&(length as u32 - 5).to_le_bytes());
        bytes[5] = VERSION;
        bytes[6..10].copy_from_slice(&self.unknown.to_le_bytes());
        bytes[10..14].copy_from_slice(&self.collections.to_le_bytes());
        bytes[HEAD_BYTES..length].copy_from_slice(spans);
        calls::note(system::COUNTER, KEY, &bytes[..length])
    }

    /// Notes that ids are used again.
    pub fn note_use(&mut self, first: u32, end: u32) {
        let span = Span { first, end, collection: self.collections };
        // Most often they go on where the last ones ended.
        if let Some(last) = self.spans[..self.count].iter_mut().find(|last| last.end == first) {
            (last.end, last.collection) = (end, span.collection);
            return;
        }
        if self.count == SPANS {
            self.join_nearest();
        }
        self.spans[self.count] = span;
        self.count += 1;
    }

    /// Makes one of the two spans that have the fewest ids between them.
    fn join_nearest(&mut self) {
        let spans = &mut self.spans[..self.count];
        let (mut least, mut nearest) = (u32::MAX, (0, 1));
        for left in 0..spans.len() {
            for right in (0..spans.len()).filter(|right| *right != left) {
                let between = spans[right].first.saturating_sub(spans[left].end);
                if spans[left].first <= spans[right].first && between < least {
                    (least, nearest) = (between, (left, right));
                }
            }
        }
        let (left, right) = (spans[nearest.0], spans[nearest.1]);
        spans[nearest.0] = Span {
            first: left.first,
            end: left.end.max(right.end),
            collection: left.collection.max(right.collection),
        };
        spans[nearest.1] = spans[spans.len() - 1];
        self.count -= 1;
    }

    /// Whether an object that was held before the collection after number `seen` may have lost its id to another one.
    pub fn is_used_again(&self, id: u32, seen: u32) -> bool {
        id < SYSTEM_FIRST
            && self.spans[..self.count].iter().any(|span| (span.first..span.end).contains(&id) && span.collection > seen)
    }
}
