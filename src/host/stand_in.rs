//! An in-memory host for the tests of other targets. A test can make it fail at a call, or lie.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use cu_abi::status;

/// By id, then by key.
pub type Tables = BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>>;

thread_local! {
    static TABLES: RefCell<Tables> = const { RefCell::new(BTreeMap::new()) };
    /// Calls until one fails; 0 when no call fails.
    static UNTIL_FAILURE: Cell<u64> = const { Cell::new(0) };
    static LIAR: Cell<Option<Liar>> = const { Cell::new(None) };
}

/// Which of the calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// A value was asked for.
    Get,
    /// A number of keys was.
    Size,
    /// A page of keys was.
    Keys,
}

/// Answers in place of the host, for a call about that table, whose answer goes into these bytes; or leaves it to the host.
pub type Liar = fn(Call, u32, &mut [u8]) -> Option<i32>;

/// Has someone else answer whatever is asked for, or nobody.
pub fn lie(liar: Option<Liar>) {
    LIAR.set(liar);
}

/// The answer of the call that fails.
pub const FAILED: i32 = -77;

/// Makes the call with that number, from 1, fail, or none for 0. Calls for table 0 are not counted.
pub fn fail_at(call: u64) {
    UNTIL_FAILURE.set(call);
}

/// Whether the requested failure has not happened yet.
pub fn will_fail() -> bool {
    UNTIL_FAILURE.get() > 0
}

/// Counts a call, and returns whether it must fail.
fn fails_now(table: u32) -> bool {
    let left = UNTIL_FAILURE.get();
    if table == cu_abi::tables::CONTROL || left == 0 {
        return false;
    }
    UNTIL_FAILURE.set(left - 1);
    left == 1
}

/// The content of all tables of scripts, functions and captured variables.
pub fn content() -> Tables {
    let of_scripts =
        |table: u32| ![0, 1, 2, 7, 10].map(|system| cu_abi::tables::SYSTEM_FIRST + system).contains(&table);
    TABLES.with_borrow(|tables| {
        let filled = tables.iter().filter(|(id, rows)| of_scripts(**id) && !rows.is_empty());
        filled.map(|(id, rows)| (*id, rows.clone())).collect()
    })
}

/// Forgets everything.
pub fn clear() {
    TABLES.with_borrow_mut(BTreeMap::clear);
}

/// Stores a value for `get`.
pub fn put(table: u32, key: &[u8], value: &[u8]) {
    TABLES.with_borrow_mut(|tables| tables.entry(table).or_default().insert(key.to_vec(), value.to_vec()));
}

/// Removes a value.
pub fn remove(table: u32, key: &[u8]) {
    TABLES.with_borrow_mut(|tables| tables.get_mut(&table)?.remove(key));
}

/// The value under a key.
pub fn look(table: u32, key: &[u8]) -> Option<Vec<u8>> {
    TABLES.with_borrow(|tables| tables.get(&table)?.get(key).cloned())
}

/// # Safety
/// The pointers are readable for the lengths beside them.
pub unsafe fn js_ext_table_set(table: u32, key: *const u8, key_len: usize, value: *const u8, length: usize) -> i32 {
    if fails_now(table) {
        return FAILED;
    }
    // SAFETY: the caller's.
    let (key, value) = unsafe { (std::slice::from_raw_parts(key, key_len), std::slice::from_raw_parts(value, length)) };
    put(table, key, value);
    status::OK
}

/// # Safety
/// `key` is readable for `key_len` bytes, `value` writable for `room`.
pub unsafe fn js_ext_table_get(table: u32, key: *const u8, key_len: usize, value: *mut u8, room: usize) -> i32 {
    if fails_now(table) {
        return FAILED;
    }
    if let Some(liar) = LIAR.get() {
        // SAFETY: the caller's.
        let answer = liar(Call::Get, table, unsafe { std::slice::from_raw_parts_mut(value, room) });
        if let Some(answer) = answer {
            return answer;
        }
    }
    // SAFETY: the caller's.
    let key = unsafe { std::slice::from_raw_parts(key, key_len) };
    match look(table, key) {
        None => status::ABSENT,
        Some(found) => {
            if found.len() <= room {
                // SAFETY: the caller's; the value fits.
                unsafe { value.copy_from(found.as_ptr(), found.len()) };
            }
            found.len() as i32
        }
    }
}

/// # Safety
/// `key` is readable for `key_len` bytes.
pub unsafe fn js_ext_table_delete(table: u32, key: *const u8, key_len: usize) -> i32 {
    if fails_now(table) {
        return FAILED;
    }
    // SAFETY: the caller's.
    let key = unsafe { std::slice::from_raw_parts(key, key_len) };
    TABLES.with_borrow_mut(|tables| tables.get_mut(&table).and_then(|rows| rows.remove(key)));
    status::OK
}

/// # Safety
/// There are no requirements; `unsafe` only matches the signature of the import.
pub unsafe fn js_ext_table_size(table: u32) -> i32 {
    if fails_now(table) {
        return FAILED;
    }
    if let Some(answer) = LIAR.get().and_then(|liar| liar(Call::Size, table, &mut [])) {
        return answer;
    }
    TABLES.with_borrow(|tables| tables.get(&table).map_or(0, |rows| rows.len() as i32))
}

/// # Safety
/// `page` is readable and writable for `room` bytes.
pub unsafe fn js_ext_table_keys(table: u32, page: *mut u8, room: usize) -> i32 {
    if fails_now(table) {
        return FAILED;
    }
    // SAFETY: the caller's.
    let page = unsafe { std::slice::from_raw_parts_mut(page, room) };
    if let Some(answer) = LIAR.get().and_then(|liar| liar(Call::Keys, table, page)) {
        return answer;
    }
    let Some(head) = page.first_chunk::<4>() else { return -2 };
    let head = u32::from_le_bytes(*head);
    let (descending, length) = (head >> 31 == 1, (head & (u32::MAX >> 1)) as usize);
    let Some(after) = page.get(4..4 + length).map(<[u8]>::to_vec) else { return -2 };
    TABLES.with_borrow(|tables| {
        let ids = || tables.iter().filter(|(id, rows)| **id > 0 && !rows.is_empty());
        let list = (table == 0).then(|| ids().map(|(id, _)| (id.to_be_bytes().to_vec(), Vec::new())).collect());
        let Some(rows) = list.as_ref().or(tables.get(&table)) else { return 0 };
        let mut written = 0;
        let mut emit = |key: &Vec<u8>| {
            let Some(room) = page.get_mut(written..written + 4 + key.len()) else { return false };
            room[..4].copy_from_slice(&(key.len() as u32).to_le_bytes());
            room[4..].copy_from_slice(key);
            written += room.len();
            true
        };
        let found = if descending {
            let mut before = rows.keys().rev().filter(|key| length == 0 || **key < after).peekable();
            let found = before.peek().is_some();
            before.all(&mut emit);
            found
        } else {
            let mut behind = rows.keys().filter(|key| length == 0 || **key > after).peekable();
            let found = behind.peek().is_some();
            behind.all(&mut emit);
            found
        };
        if found && written == 0 { -3 } else { written as i32 }
    })
}
