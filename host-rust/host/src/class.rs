//! The name of a table's class: `__name` of its metatable, read from the store without the module.
//!
//! Invariant: a table without a metatable costs one look at the store, and no reference carries a name that could be an old one.

use cu_abi::tables::{CLASS_NAME, METATABLES};

use crate::error::Error;
use crate::store::Store;
use crate::value::Value;

/// The name of the class of the table with that id; none without a metatable, or if that has no name that is text.
pub fn name_of(store: &mut dyn Store, table: u32) -> Result<Option<String>, Error> {
    let Some(metatable) = metatable_of(store, table)? else { return Ok(None) };
    let name = read(store, metatable, Value::from(CLASS_NAME))?;
    Ok(name.as_ref().and_then(Value::as_str).map(str::to_owned))
}

/// The metatable of the table with that id, if it has one.
pub fn metatable_of(store: &mut dyn Store, table: u32) -> Result<Option<u32>, Error> {
    match read(store, METATABLES, Value::from(table))? {
        None => Ok(None),
        Some(Value::External(metatable)) => Ok(Some(metatable)),
        Some(_) => {
            let key = Value::from(table).encode_key()?;
            let cause = Error::Malformed { offset: 0, problem: "a metatable that is no table" };
            Err(Error::Stored { table: METATABLES, key, cause: Box::new(cause) })
        }
    }
}

fn read(store: &mut dyn Store, table: u32, key: Value) -> Result<Option<Value>, Error> {
    let key = key.encode_key()?;
    let stored = store.get(table, &key)?.map(|bytes| Value::decode_stored(&bytes));
    stored.transpose().map_err(|cause| Error::Stored { table, key, cause: Box::new(cause) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    /// Table 7 with this metatable, and table 8 with this under `__name`.
    fn store(metatable: Value, name: Option<Value>) -> MemoryStore {
        let mut store = MemoryStore::default();
        store.set(METATABLES, &Value::from(7).encode_key().unwrap(), &metatable.encode().unwrap()).unwrap();
        if let Some(name) = name {
            store.set(8, &Value::from(CLASS_NAME).encode_key().unwrap(), &name.encode().unwrap()).unwrap();
        }
        store
    }

    #[test]
    fn a_name_that_is_text_is_the_name() {
        let long = "Class".repeat(1000);
        for text in ["Account", "", "Žluťoučký 🐎", &long] {
            let mut store = store(Value::External(8), Some(text.into()));
            assert_eq!(name_of(&mut store, 7), Ok(Some(text.to_owned())));
            assert_eq!(name_of(&mut store, 8), Ok(None));
        }
    }

    #[test]
    fn nothing_else_is_a_name() {
        let none =
            [None, Some(7.into()), Some(Value::External(9)), Some(Value::Function(9)), Some(Value::String(vec![0xff]))];
        for name in none {
            assert_eq!(name_of(&mut store(Value::External(8), name.clone()), 7), Ok(None), "{name:?}");
        }
        assert_eq!(name_of(&mut MemoryStore::default(), 7), Ok(None));
    }

    #[test]
    fn a_metatable_that_is_no_table_is_damage() {
        for wrong in [Value::from(7), Value::Nil] {
            let error = name_of(&mut store(wrong, Some("Account".into())), 7).unwrap_err();
            assert!(matches!(error, Error::Stored { table: METATABLES, .. }), "{error}");
        }
    }
}
