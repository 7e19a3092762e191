//! The rows that list the homes.
//!
//! Invariant: a home that any row names stays a home: only a row that names none is deleted.

use std::collections::BTreeMap;

use cu_abi::limits::HOME_NAME_BYTES;
use cu_abi::tables::HOMES;

use super::Verification;
use super::finding::{Mended, Problem};
use crate::compressed::expand;
use crate::homes::{Home, id_of};
use crate::store::StoreError;
use crate::value::Value;

/// The rows that have a meaning.
#[derive(Default)]
struct Rows {
    /// Name to id.
    ids: BTreeMap<Vec<u8>, u32>,
    /// Id to name.
    names: BTreeMap<u32, Option<Vec<u8>>>,
}

impl Verification<'_> {
    /// The homes, after their rows were looked at.
    pub fn homes(&mut self) -> Result<Vec<Home>, StoreError> {
        let mut rows = Rows::default();
        self.each_key(HOMES, |this, key| this.row_of_home(key, &mut rows))?;
        // Names whose home does not say so.
        for (name, id) in rows.ids.clone() {
            let said = rows.names.get(&id).cloned();
            let is_other = |other: &Vec<u8>| *other != name && rows.ids.get(other) == Some(&id);
            match said {
                Some(Some(said)) if said == name => {}
                Some(Some(other)) if is_other(&other) => {
                    rows.ids.remove(&name);
                    let problem = Problem::Home("the home has another name");
                    self.found(place(&name), (HOMES, &key(&name_value(&name))), problem, Mended::Deleted)?;
                }
                _ => {
                    rows.names.insert(id, Some(name.clone()));
                    let problem = Problem::Home("the home does not know this name");
                    let mend = Mended::Written(encoded(&name_value(&name)), "it has the name now");
                    self.found(place(&name), (HOMES, &key(&Value::from(id))), problem, mend)?;
                }
            }
        }
        // Homes whose name leads nowhere, or to another home.
        for (id, name) in rows.names.clone() {
            let Some(name) = name else { continue };
            match rows.ids.get(&name) {
                Some(other) if *other == id => {}
                Some(_) => {
                    rows.names.insert(id, None);
                    let problem = Problem::Home("another home has its name");
                    let mend = Mended::Written(encoded(&Value::from(true)), "it has no name now");
                    self.found(format!("home {id}"), (HOMES, &key(&Value::from(id))), problem, mend)?;
                }
                None => {
                    rows.ids.insert(name.clone(), id);
                    let problem = Problem::Home("it cannot be found by its name");
                    let mend = Mended::Written(encoded(&Value::from(id)), "it can be found now");
                    self.found(place(&name), (HOMES, &key(&name_value(&name))), problem, mend)?;
                }
            }
        }
        let mut homes: Vec<Home> = rows.names.into_iter().map(|(id, name)| Home { id, name }).collect();
        if !homes.iter().any(|home| home.id == cu_abi::tables::HOME) {
            homes.push(Home { id: cu_abi::tables::HOME, name: None });
        }
        Ok(homes)
    }

    fn row_of_home(&mut self, key: &[u8], rows: &mut Rows) -> Result<(), StoreError> {
        let place = || "a row of the homes".to_owned();
        let value = match self.store.get(HOMES, key) {
            Ok(bytes) => bytes.and_then(|bytes| Value::decode(&expand(&bytes).ok()?).ok()),
            Err(error) if super::walk::is_of_value(&error) => None,
            Err(error) => return Err(error),
        };
        let name = Value::decode_key(key);
        if let Ok(Value::String(name)) = &name
            && (1..=HOME_NAME_BYTES).contains(&name.len())
        {
            match value.as_ref().map(id_of) {
                Some(Ok(id)) => {
                    rows.ids.insert(name.clone(), id);
                    return Ok(());
                }
                _ => {
                    let problem = Problem::Home("the name has no table");
                    return self.found(self::place(name), (HOMES, key), problem, Mended::Deleted);
                }
            }
        }
        match name.and_then(|id| id_of(&id)) {
            Err(_) => self.found(place(), (HOMES, key), Problem::Home("it names no home"), Mended::Deleted),
            Ok(id) => match value {
                Some(Value::Boolean(true)) => {
                    rows.names.insert(id, None);
                    Ok(())
                }
                Some(Value::String(name)) if (1..=HOME_NAME_BYTES).contains(&name.len()) => {
                    rows.names.insert(id, Some(name));
                    Ok(())
                }
                _ => {
                    rows.names.insert(id, None);
                    let problem = Problem::Home("its name is none");
                    let mend = Mended::Written(encoded(&Value::from(true)), "it has no name now");
                    self.found(format!("home {id}"), (HOMES, key), problem, mend)
                }
            },
        }
    }
}

fn place(name: &[u8]) -> String {
    format!("home '{}'", String::from_utf8_lossy(name))
}

fn name_value(name: &[u8]) -> Value {
    Value::String(name.into())
}

/// Names and ids have been checked, and always have an encoding.
fn key(value: &Value) -> Vec<u8> {
    value.encode_key().unwrap_or_default()
}

fn encoded(value: &Value) -> Vec<u8> {
    value.encode().unwrap_or_default()
}
