//! The homes of a store: the tables that scripts see as `_home`, by name.
//!
//! Invariant: a name belongs to one home. Both rows of a home, name to id and id to name, are written in one unit,
//! which the caller begins. The form of the rows is that of the contract (abi/README.md, "Tables").

use cu_abi::limits::HOME_NAME_BYTES;
use cu_abi::tables::{self, HOMES};

use crate::error::Error;
use crate::store::Store;
use crate::value::Value;

/// A home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Its table.
    pub id: u32,
    /// Its name, usually text; a home that was attached by its id has none.
    pub name: Option<Vec<u8>>,
}

/// Refuses what cannot be the name of a home.
pub(crate) fn check_name(name: &[u8]) -> Result<(), Error> {
    match name.len() {
        1..=HOME_NAME_BYTES => Ok(()),
        length => {
            Err(Error::Option(format!("the name of a home has 1 to {HOME_NAME_BYTES} bytes, not {length}").into()))
        }
    }
}

/// The homes of a store, in the order of their ids. Table 1 is always one.
pub fn list(store: &mut dyn Store) -> Result<Vec<Home>, Error> {
    let mut keys = Vec::new();
    store.keys(HOMES, None, false, &mut |key| {
        keys.push(key.to_vec());
        true
    })?;
    let mut homes = Vec::new();
    for key in keys {
        match home(store, &key) {
            Ok(home) => homes.extend(home),
            Err(error @ Error::Store(_)) => return Err(error),
            Err(cause) => return Err(Error::Stored { table: HOMES, key, cause: Box::new(cause) }),
        }
    }
    if !homes.iter().any(|home| home.id == tables::HOME) {
        homes.push(Home { id: tables::HOME, name: None });
    }
    homes.sort_by_key(|home| home.id);
    Ok(homes)
}

/// The home of a row whose key is an id; none for a row whose key is a name.
fn home(store: &mut dyn Store, key: &[u8]) -> Result<Option<Home>, Error> {
    let id = match Value::decode_key(key)? {
        Value::String(_) => return Ok(None),
        key => id_of(&key)?,
    };
    let name = match store.get(HOMES, key)?.map(|bytes| Value::decode(&bytes)).transpose()? {
        Some(Value::String(name)) => Some(name),
        Some(Value::Boolean(true)) => None,
        _ => return Err(Error::Home("a home has a name or the value true".to_owned())),
    };
    Ok(Some(Home { id, name }))
}

/// An id that a home can have.
pub(crate) fn id_of(value: &Value) -> Result<u32, Error> {
    let id = value.as_i64().and_then(|id| u32::try_from(id).ok());
    let id = id.filter(|id| (tables::HOME..tables::SYSTEM_FIRST).contains(id) && *id != tables::IO);
    id.ok_or_else(|| Error::Home(format!("{value} is not the id of a home")))
}

/// The id of the home of that name.
fn find(store: &mut dyn Store, name: &[u8]) -> Result<Option<u32>, Error> {
    let key = key_of_name(name)?;
    let Some(bytes) = store.get(HOMES, &key)? else { return Ok(None) };
    let id = Value::decode(&bytes).and_then(|id| id_of(&id));
    id.map(Some).map_err(|cause| Error::Stored { table: HOMES, key, cause: Box::new(cause) })
}

fn find_or_fail(store: &mut dyn Store, name: &[u8]) -> Result<u32, Error> {
    find(store, name)?.ok_or_else(|| Error::Home(format!("there is no home of the name {}", shown(name))))
}

/// Gives the home `old` another name.
pub fn rename(store: &mut dyn Store, old: &[u8], new: &[u8]) -> Result<(), Error> {
    check_name(new)?;
    let id = find_or_fail(store, old)?;
    if find(store, new)?.is_some() {
        return Err(Error::Home(format!("there is a home of the name {} already", shown(new))));
    }
    store.delete(HOMES, &key_of_name(old)?)?;
    store.set(HOMES, &key_of_name(new)?, &Value::from(id).encode()?)?;
    Ok(store.set(HOMES, &key_of_id(id)?, &Value::String(new.into()).encode()?)?)
}

/// Makes the table of that name no home any more: the next collection frees what nothing else reaches. The home with
/// the id `open` is refused.
pub fn remove(store: &mut dyn Store, name: &[u8], open: Option<u32>) -> Result<(), Error> {
    let id = find_or_fail(store, name)?;
    if open == Some(id) {
        return Err(Error::Home(format!("the home {} is open in this instance", shown(name))));
    }
    store.delete(HOMES, &key_of_name(name)?)?;
    Ok(store.delete(HOMES, &key_of_id(id)?)?)
}

fn key_of_name(name: &[u8]) -> Result<Vec<u8>, Error> {
    Value::String(name.into()).encode_key()
}

fn key_of_id(id: u32) -> Result<Vec<u8>, Error> {
    Value::from(id).encode_key()
}

fn shown(name: &[u8]) -> String {
    format!("'{}'", String::from_utf8_lossy(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    /// Adds a home as the module does.
    fn add(store: &mut MemoryStore, id: u32, name: Option<&str>) {
        let value = name.map_or(Value::from(true), Value::from);
        store.set(HOMES, &key_of_id(id).unwrap(), &value.encode().unwrap()).unwrap();
        if let Some(name) = name {
            let id = Value::from(id).encode().unwrap();
            store.set(HOMES, &key_of_name(name.as_bytes()).unwrap(), &id).unwrap();
        }
    }

    fn listed(store: &mut MemoryStore) -> String {
        let homes = list(store).unwrap();
        let name =
            |home: &Home| home.name.as_ref().map_or("-".into(), |name| String::from_utf8_lossy(name).into_owned());
        homes.iter().map(|home| format!("{} {}", home.id, name(home))).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn homes_are_listed_renamed_and_dropped() {
        let mut store = MemoryStore::default();
        assert_eq!(listed(&mut store), "1 -");
        add(&mut store, 70_000, Some("b"));
        add(&mut store, 9, Some("a"));
        add(&mut store, 12, None);
        assert_eq!(listed(&mut store), "1 -, 9 a, 12 -, 70000 b");
        rename(&mut store, b"b", b"c").unwrap();
        assert_eq!(find(&mut store, b"b"), Ok(None));
        assert_eq!(find(&mut store, b"c"), Ok(Some(70_000)));
        let before = store.clone();
        for (old, new, problem) in [
            ("b", "d", "there is no home of the name 'b'"),
            ("c", "a", "there is a home of the name 'a' already"),
            ("c", "", "the name of a home has 1 to 255 bytes, not 0"),
        ] {
            let error = rename(&mut store, old.as_bytes(), new.as_bytes()).unwrap_err();
            assert_eq!(error.to_string(), problem);
        }
        let error = remove(&mut store, b"c", Some(70_000)).unwrap_err();
        assert_eq!(error.to_string(), "the home 'c' is open in this instance");
        assert!(remove(&mut store, b"b", None).is_err());
        assert_eq!(store, before);
        remove(&mut store, b"c", Some(9)).unwrap();
        assert_eq!(listed(&mut store), "1 -, 9 a, 12 -");
    }

    #[test]
    fn a_row_that_is_none_is_named() {
        for (key, value) in [
            (Value::from(9), Value::from(7)),
            (Value::from(2), Value::from(true)),
            (Value::from(-1), Value::from(true)),
            (Value::from(1.5), Value::from(true)),
        ] {
            let mut store = MemoryStore::default();
            store.set(HOMES, &key.encode_key().unwrap(), &value.encode().unwrap()).unwrap();
            assert!(matches!(list(&mut store), Err(Error::Stored { table: HOMES, .. })), "{key}");
        }
    }
}
