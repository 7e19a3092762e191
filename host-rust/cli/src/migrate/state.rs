//! How far a copy is, as a row of the copy, in a table of hosts that no module names.
//!
//! ```text
//! table 0xFF000001, key "migration"   a string: the source's place | its version | options | table | tables | entries | changed |
//!                                     last key in digits, or `-`, or `whole` when all is there and compared
//! ```
//!
//! Invariant: it is written with the rows before it, in one unit, and it goes when the copy has its name. Until it says `whole`,
//! no instance runs over the copy (`cu_host::store::unfinished`).

use cu_abi::tables::IO;
use cu_host::store::unfinished::{KEY, TABLE, WHOLE};
use cu_host::{Error, Store, Value};

/// How far a copy is: up to this key of this table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What the copy is made from: a number for the source's place, and its number of changes.
    source: u64,
    version: u64,
    /// The threshold of compression; none leaves values as they are.
    compression: Option<u64>,
    pub table: u32,
    pub key: Option<Vec<u8>>,
    /// Tables, entries, and those whose value is another one than in the source, so far.
    pub tables: u64,
    pub entries: u64,
    pub changed: u64,
    /// All is there, was compared, and has got its newest form.
    pub is_whole: bool,
}

impl State {
    /// Of a copy that begins.
    pub fn new(source: u64, version: u64, compression: Option<u64>) -> State {
        State { source, version, compression, ..State::default() }
    }

    /// Whether a copy of this state goes on as the other one begins.
    pub fn is_of(&self, begun: &State) -> bool {
        let what = |state: &State| (state.source, state.version, state.compression);
        what(self) == what(begun)
    }

    /// The note in a store, if there is one.
    pub fn of(store: &mut dyn Store) -> Result<Option<State>, Error> {
        let Some(bytes) = store.get(TABLE, KEY)? else { return Ok(None) };
        let value = Value::decode(&bytes)?;
        // A note of another form is one that cannot go on.
        Ok(Some(value.as_str().and_then(State::read).unwrap_or_default()))
    }

    fn read(text: &str) -> Option<State> {
        let parts: Vec<&str> = text.split(' ').collect();
        let [source, version, compression, table, tables, entries, changed, key] = parts[..] else { return None };
        let compression = if compression == "-" { None } else { Some(compression.parse().ok()?) };
        let is_whole = key == WHOLE;
        let key = match key {
            "-" | WHOLE => None,
            digits => Some(
                digits
                    .as_bytes()
                    .chunks(2)
                    .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                    .collect::<Option<Vec<u8>>>()?,
            ),
        };
        let number = |text: &str| text.parse().ok();
        Some(State {
            source: number(source)?,
            version: number(version)?,
            compression,
            table: table.parse().ok()?,
            key,
            tables: number(tables)?,
            entries: number(entries)?,
            changed: number(changed)?,
            is_whole,
        })
    }

    pub fn write(&self, store: &mut dyn Store) -> Result<(), Error> {
        let digits = |key: &[u8]| key.iter().map(|byte| format!("{byte:02x}")).collect();
        let key: String = match &self.key {
            _ if self.is_whole => WHOLE.to_owned(),
            Some(key) => digits(key),
            None => "-".to_owned(),
        };
        let compression = self.compression.map_or("-".to_owned(), |threshold| threshold.to_string());
        let text = format!(
            "{} {} {compression} {} {} {} {} {key}",
            self.source, self.version, self.table, self.tables, self.entries, self.changed
        );
        Ok(store.set(TABLE, KEY, &Value::from(text).encode()?)?)
    }

    pub fn delete(store: &mut dyn Store) -> Result<(), Error> {
        Ok(store.delete(TABLE, KEY)?)
    }
}

/// The tables of a store that a copy has.
pub fn tables(store: &mut dyn Store) -> Result<Vec<u32>, Error> {
    let mut all = Vec::new();
    let mut table = store.next_table(None)?;
    while let Some(id) = table {
        if id != IO && id != TABLE {
            all.push(id);
        }
        table = store.next_table(Some(id))?;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use cu_host::MemoryStore;

    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written() {
        let first = State { version: 7, compression: None, ..State::default() };
        let later = State {
            source: 1,
            compression: Some(0),
            table: u32::MAX,
            key: Some(vec![0, 255, b' ']),
            tables: 3,
            entries: 9,
            changed: 2,
            is_whole: false,
            version: u64::MAX,
        };
        let whole = State { is_whole: true, ..later.clone() };
        let whole = State { key: None, ..whole };
        for state in [State::default(), first, later, whole] {
            let mut store = MemoryStore::default();
            state.write(&mut store).unwrap();
            assert_eq!(State::of(&mut store).unwrap(), Some(state));
        }
        let mut store = MemoryStore::default();
        assert_eq!(State::of(&mut store).unwrap(), None);
        store.set(TABLE, KEY, &Value::from("1 1 - 2 3 4 5 0g").encode().unwrap()).unwrap();
        assert_eq!(State::of(&mut store).unwrap(), Some(State::default()));
    }
}
