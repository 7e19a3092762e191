//! What is stored in the form in which this version of cu stores it: functions that earlier modules wrote, strings that are compressed
//! from another length on.
//!
//! Invariant: what a script sees stays the same, and what has no meaning is left as it is.
//!
//! ```text
//! table 0x80000003, key id      before  version u8 = 1 | check u64 | captured u8 | captured x cell u32 | bytecode
//!                               after   version u8 = 2 | check u64 | captured u8 | captured x cell u32 | code u32
//! table 0x80000008, key code    version u8 = 1 | check u64 | bytecode
//! table 0x80000009, key check   the id of such a code
//! table 0x80000000, "next_table"  the first id that was never given: the codes get ids from there on
//! ```

use std::borrow::Cow;

use cu_abi::tables::SYSTEM_FIRST;
use cu_abi::tags;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

use crate::compressed::expand;
use crate::error::Error;
use crate::store::Store;
use crate::value::Value;
use crate::verify::function::{CELL_BYTES, HEAD_BYTES, hash};

const NOTES: u32 = SYSTEM_FIRST;
const FUNCTIONS: u32 = SYSTEM_FIRST + 3;
const CELLS: u32 = SYSTEM_FIRST + 4;
const CODES: u32 = SYSTEM_FIRST + 8;
const CODES_BY_CHECK: u32 = SYSTEM_FIRST + 9;

const WITH_BYTECODE: u8 = 1;
const WITH_CODE: u8 = 2;
const CODE: u8 = 1;
const NEXT_ID: &str = "next_table";

/// Bytes in front of the deflated ones (`compressed`).
const COMPRESSED_HEAD_BYTES: usize = 9;
/// As the module compresses: greedy and with few probes, the largest window, no header.
const LEVEL: i32 = 1;
const WINDOW: i32 = -15;

/// Keys of functions that are read at a time.
const PAGE: usize = 1000;

/// A row's value with its string compressed from so many bytes of its encoding on, if that is shorter, and plain below; with 0 always
/// plain. Rows of the module's own tables are left, but for captured variables.
///
/// ```
/// use cu_host::{Value, renew};
///
/// let plain = Value::from("x".repeat(5000)).encode()?;
/// let short = renew::value(1, &plain, 1024)?;
/// assert!(short.len() < 100);
/// assert_eq!(renew::value(1, &short, 0)?, plain);
/// # Ok::<(), cu_host::Error>(())
/// ```
pub fn value(table: u32, bytes: &[u8], threshold: u64) -> Result<Cow<'_, [u8]>, Error> {
    if table >= SYSTEM_FIRST && table != CELLS {
        return Ok(bytes.into());
    }
    let plain = expand(bytes)?;
    let is_long = threshold > 0 && plain.len() as u64 >= threshold && plain.first() == Some(&tags::STRING);
    match shorter(&plain).filter(|_| is_long) {
        Some(shorter) => Ok(shorter.into()),
        None => Ok(plain),
    }
}

/// The compressed form of an encoded string, if it is shorter.
fn shorter(plain: &[u8]) -> Option<Vec<u8>> {
    let room = plain.len().checked_sub(1)?;
    let mut bytes = vec![0; room];
    let mut compressor = CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, WINDOW, 0));
    let (status, _, written) =
        compress(&mut compressor, plain, bytes.get_mut(COMPRESSED_HEAD_BYTES..)?, TDEFLFlush::Finish);
    if status != TDEFLStatus::Done {
        return None;
    }
    bytes.truncate(COMPRESSED_HEAD_BYTES + written);
    bytes[0] = tags::COMPRESSED;
    bytes[1..5].copy_from_slice(&u32::try_from(plain.len()).ok()?.to_le_bytes());
    bytes[5..9].copy_from_slice(&u32::try_from(written).ok()?.to_le_bytes());
    Some(bytes)
}

/// Gives the functions that earlier modules wrote the form of this one, in which equal functions share their code; how many these are.
/// The caller begins the unit and ends it, and no instance has the store meanwhile.
pub fn functions(store: &mut dyn Store) -> Result<u64, Error> {
    let mut renewed = 0;
    let mut last: Option<Vec<u8>> = None;
    loop {
        let mut keys = Vec::new();
        store.keys(FUNCTIONS, last.as_deref(), false, &mut |key| {
            keys.push(key.to_vec());
            keys.len() < PAGE
        })?;
        for key in &keys {
            let Some(record) = store.get(FUNCTIONS, key)? else { continue };
            let Some((cells, bytecode)) = with_bytecode(&record) else { continue };
            let (cells, bytecode) = (cells.to_vec(), bytecode.to_vec());
            let Some(code) = code(store, &bytecode)? else { continue };
            store.set(FUNCTIONS, key, &checked(WITH_CODE, &[cells, code.to_le_bytes().to_vec()].concat()))?;
            renewed += 1;
        }
        match keys.pop() {
            Some(key) => last = Some(key),
            None => return Ok(renewed),
        }
    }
}

/// The cells of a record of an earlier module, with their number in front, and the bytecode; nothing if it is another one, or damaged.
fn with_bytecode(record: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = record.split_first_chunk::<HEAD_BYTES>()?;
    if head[0] != WITH_BYTECODE || head[1..] != hash(rest).to_le_bytes() {
        return None;
    }
    rest.split_at_checked(1 + usize::from(*rest.first()?) * CELL_BYTES)
}

/// The id of the code with this bytecode, which is stored if it is not there; nothing if no id is left or the counter is damaged.
fn code(store: &mut dyn Store, bytecode: &[u8]) -> Result<Option<u32>, Error> {
    let row = checked(CODE, bytecode);
    let by_check = Value::Integer(hash(bytecode) as i64).encode_key()?;
    let known = store.get(CODES_BY_CHECK, &by_check)?.and_then(|id| Value::decode(&id).ok()?.as_i64());
    if let Some(known) = known
        && store.get(CODES, &Value::from(known).encode_key()?)?.as_deref() == Some(&row)
    {
        return Ok(u32::try_from(known).ok());
    }
    let counter = Value::from(NEXT_ID).encode_key()?;
    let next = store.get(NOTES, &counter)?.and_then(|next| Value::decode(&next).ok()?.as_i64());
    let Some(id) = next.and_then(|next| u32::try_from(next).ok()).filter(|id| *id < SYSTEM_FIRST - 1) else {
        return Ok(None);
    };
    store.set(NOTES, &counter, &Value::from(i64::from(id) + 1).encode()?)?;
    store.set(CODES, &Value::from(id).encode_key()?, &row)?;
    // Of two codes with one check the later one is found; the other one is only not shared.
    store.set(CODES_BY_CHECK, &by_check, &Value::from(id).encode()?)?;
    Ok(Some(id))
}

/// A row with its version and the check of what follows.
fn checked(version: u8, bytes: &[u8]) -> Vec<u8> {
    [&[version][..], &hash(bytes).to_le_bytes(), bytes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{MemoryStore, SharedStore};
    use crate::verify::verify;
    use crate::{Instance, MODULE, Module, Options};

    fn key(value: impl Into<Value>) -> Vec<u8> {
        value.into().encode_key().unwrap()
    }

    /// A store as an earlier module left it: each function has its bytecode itself.
    fn old_store(code: &str) -> MemoryStore {
        let store = SharedStore::new(MemoryStore::default());
        let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store.clone(), Options::default()).unwrap();
        instance.compute(code).unwrap();
        drop(instance);
        let mut store = store.turn().unwrap().clone();
        let records: Vec<(Vec<u8>, Vec<u8>)> = store
            .entries()
            .filter(|(table, ..)| *table == FUNCTIONS)
            .map(|(_, key, record)| (key.to_vec(), record.to_vec()))
            .collect();
        for (key, record) in records {
            let (cells, code) = record[HEAD_BYTES..].split_last_chunk::<4>().unwrap();
            let code = store.get(CODES, &self::key(u32::from_le_bytes(*code))).unwrap().unwrap()[HEAD_BYTES..].to_vec();
            store.set(FUNCTIONS, &key, &checked(WITH_BYTECODE, &[cells, &code].concat())).unwrap();
        }
        store.clear(CODES).unwrap();
        store.clear(CODES_BY_CHECK).unwrap();
        store
    }

    const CODE: &str = "local n = 0 function _home.count() n = n + 1 return n end
        for i = 1, 3 do _home['f' .. i] = function() return i end end
        _home.f1_again = _home.f1";

    #[test]
    fn functions_of_earlier_modules_get_codes_that_equal_ones_share() {
        let mut store = old_store(CODE);
        assert_eq!(functions(&mut store).unwrap(), 4);
        assert_eq!(store.size(CODES), Ok(2), "three of them are equal");
        assert_eq!(functions(&mut store).unwrap(), 0);
        let report = verify(&mut store, false, &mut |event| {
            if let crate::verify::Event::Found(finding) = event {
                panic!("{finding}");
            }
        });
        assert_eq!(report.unwrap().functions, 4);
        let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store, Options::default()).unwrap();
        let code =
            "return _home.count(), _home.count(), _home.f1(), _home.f2(), _home.f3(), _home.f1 == _home.f1_again";
        let response = instance.compute(code).unwrap();
        let expected: Vec<Value> = [1, 2, 1, 2, 3].into_iter().map(Value::from).chain([true.into()]).collect();
        assert_eq!(response.values, expected);
        // New ids are given behind those of the codes.
        instance.compute("_home.new = function() return 'new' end for i = 1, 50 do _home[i] = { i } end").unwrap();
        assert_eq!(
            instance.compute("return _home.f3(), _home.new(), _home[50][1]").unwrap().values,
            [3.into(), "new".into(), 50.into()]
        );
    }

    #[test]
    fn what_is_damaged_or_of_a_later_version_is_left() {
        let mut store = old_store(CODE);
        let records: Vec<Vec<u8>> =
            store.entries().filter(|(table, ..)| *table == FUNCTIONS).map(|(_, key, _)| key.to_vec()).collect();
        let mut changed = |at: usize, change: &dyn Fn(&mut Vec<u8>)| {
            let mut record = store.get(FUNCTIONS, &records[at]).unwrap().unwrap().into_owned();
            change(&mut record);
            store.set(FUNCTIONS, &records[at], &record).unwrap();
            record
        };
        let damaged = [
            changed(0, &|record| record[20] ^= 1),
            changed(1, &|record| record[0] = 3),
            changed(2, &|record| record.truncate(8)),
        ];
        assert_eq!(functions(&mut store).unwrap(), 1);
        for (key, record) in records.iter().zip(damaged) {
            assert_eq!(store.get(FUNCTIONS, key).unwrap().unwrap(), record);
        }
        // Without a counter of ids no id can be given.
        let mut store = old_store(CODE);
        store.set(NOTES, &key(NEXT_ID), b"x").unwrap();
        let before = store.clone();
        assert_eq!(functions(&mut store).unwrap(), 0);
        assert!(store == before);
    }

    #[test]
    fn strings_are_compressed_as_the_module_does_it() {
        let store = SharedStore::new(MemoryStore::default());
        let mut instance = Instance::new(&Module::new(MODULE).unwrap(), store.clone(), Options::default()).unwrap();
        instance.compute("_home.a = ('abc'):rep(1000) _home.b = ('x'):rep(500) _home.c = { 1 }").unwrap();
        let stored = |name: &str| store.turn().unwrap().get(1, &key(name)).unwrap().unwrap().into_owned();
        for name in ["a", "b", "c"] {
            let row = stored(name);
            assert_eq!(value(1, &row, 1024).unwrap(), row, "{name}");
            let plain = value(1, &row, 0).unwrap().into_owned();
            assert_eq!(Value::decode_stored(&row).unwrap(), Value::decode(&plain).unwrap());
            assert_eq!(value(1, &plain, 1024).unwrap(), row, "{name}");
            // What the host compressed the module reads.
            store.turn().unwrap().set(1, &key(name), &value(1, &row, 100).unwrap()).unwrap();
        }
        assert!(stored("b").len() < 50);
        let code = "return _home.a == ('abc'):rep(1000), _home.b == ('x'):rep(500), _home.c[1]";
        assert_eq!(instance.compute(code).unwrap().values, [true.into(), true.into(), 1.into()]);
        assert_eq!(value(FUNCTIONS, &stored("a"), 0).unwrap(), stored("a"), "the module's own rows are left");
        assert!(value(1, &[tags::COMPRESSED, 1], 0).is_err());
    }
}
