//! An in-memory host for the unit tests of other targets.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cu_abi::status;

type Tables = BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u8>>>;

thread_local! {
    static TABLES: RefCell<Tables> = const { RefCell::new(BTreeMap::new()) };
}

/// Puts a value where `get` will find it.
pub fn put(table: u32, key: &[u8], value: &[u8]) {
    TABLES.with_borrow_mut(|tables| tables.entry(table).or_default().insert(key.to_vec(), value.to_vec()));
}

/// What is stored under a key.
pub fn look(table: u32, key: &[u8]) -> Option<Vec<u8>> {
    TABLES.with_borrow(|tables| tables.get(&table)?.get(key).cloned())
}

/// # Safety
/// The pointers are readable for the lengths beside them.
pub unsafe fn js_ext_table_set(table: u32, key: *const u8, key_len: usize, value: *const u8, length: usize) -> i32 {
    // SAFETY: the caller's.
    let (key, value) = unsafe { (std::slice::from_raw_parts(key, key_len), std::slice::from_raw_parts(value, length)) };
    put(table, key, value);
    status::OK
}

/// # Safety
/// `key` is readable for `key_len` bytes, `value` writable for `room`.
pub unsafe fn js_ext_table_get(table: u32, key: *const u8, key_len: usize, value: *mut u8, room: usize) -> i32 {
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
    // SAFETY: the caller's.
    let key = unsafe { std::slice::from_raw_parts(key, key_len) };
    TABLES.with_borrow_mut(|tables| tables.get_mut(&table).and_then(|rows| rows.remove(key)));
    status::OK
}
