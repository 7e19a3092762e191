//! The note that a store is a copy that did not end, as `cu migrate` writes it.
//!
//! ```text
//! table 0xFF000001, key "migration"   a string; its last word is `whole` when everything is there and was compared
//! ```
//!
//! Invariant: no instance runs over a store with a note that does not say `whole`: half a home is taken for none.

use cu_abi::tables::HOST_FIRST;

use super::error::StoreError;
use super::{Store, UNFINISHED_COPY};
use crate::value::Value;

/// The table of the note, which no copy has.
pub const TABLE: u32 = HOST_FIRST + 1;
/// Its key there.
pub const KEY: &[u8] = b"migration";
/// The last word of the note of a copy to which only its name is missing.
pub const WHOLE: &str = "whole";

/// Refuses a store that is a copy that did not end.
pub fn refuse(store: &mut dyn Store) -> Result<(), StoreError> {
    let Some(note) = store.get(TABLE, KEY)? else { return Ok(()) };
    let note = Value::decode(&note).ok();
    let last_word = note.as_ref().and_then(Value::as_str).and_then(|note| note.rsplit(' ').next());
    if last_word == Some(WHOLE) {
        return Ok(());
    }
    let problem = "it is a copy that did not end; cu migrate, run again as it was, goes on with it";
    Err(StoreError::new(UNFINISHED_COPY, problem))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Error, Instance, MODULE, MemoryStore, Module, Options, SharedStore};

    #[test]
    fn no_instance_runs_over_half_a_copy() {
        let store = SharedStore::new(MemoryStore::default());
        let module = Module::new(MODULE).unwrap();
        let begins = || Instance::new(&module, store.clone(), Options::default());
        begins().unwrap().compute("_home.n = 1").unwrap();
        let note = |text: &str| store.clone().set(TABLE, KEY, &Value::from(text).encode().unwrap()).unwrap();
        for half in ["7 - 1 1 0 0 -", "", "7 - 1 1 0 0 wholes"] {
            note(half);
            let before = store.turn().unwrap().clone();
            match begins().err() {
                Some(Error::Store(error)) => assert_eq!(error.code, UNFINISHED_COPY, "{half}"),
                other => panic!("{half}: {other:?}"),
            }
            assert!(*store.turn().unwrap() == before, "{half}");
        }
        store.clone().set(TABLE, KEY, b"no value").unwrap();
        assert!(begins().is_err());
        note("7 - 1 1 0 0 whole");
        assert_eq!(begins().unwrap().compute("return _home.n").unwrap().value().as_i64(), Some(1));
    }
}
