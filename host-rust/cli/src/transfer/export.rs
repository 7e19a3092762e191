//! `cu export`: writes a file of tables, or the rows of one table, to standard output.
//!
//! Invariant: the file is only read, and everything is of one moment: nothing else writes while it is open.

use cu_abi::tables;
use cu_host::{Call, Error, Instance, ReadOptions, Value, class};

use super::out::Out;
use super::walk::{each_row, each_row_of};
use super::{line, snapshot};
use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::output::complain;
use crate::session;
use cu_host::json;

pub fn export(arguments: &Arguments) -> Result<(), Failure> {
    let way = arguments.only_operand()?;
    let mut out = Out::default();
    match way {
        Some(_) if arguments.snapshot => {
            return Err(Usage("--snapshot is of the whole file, so no WAY goes with it".to_owned()).into());
        }
        Some(way) => rows(&mut session::reading(arguments, "export")?, way.as_encoded_bytes(), &mut out)?,
        None if arguments.home_name.is_some() => {
            return Err(Usage("--home-name goes with a WAY: without one the whole file is exported".to_owned()).into());
        }
        None => {
            let mut store = session::store(arguments, "export")?;
            // All of it as it is at one moment.
            store.begin().map_err(Error::from)?;
            if arguments.snapshot {
                snapshot::write(&mut *store, &mut out)?;
            } else {
                out.write(line::HEAD.as_bytes())?;
                each_row(&mut *store, &mut |table, key, value| out.row(line::row(table, key, value).as_bytes()))?;
                out.write(line::end(out.rows).as_bytes())?;
            }
        }
    }
    out.flush()
}

/// The rows of one table, each with what is in its tables.
fn rows(instance: &mut Instance, way: &[u8], out: &mut Out) -> Result<(), Failure> {
    let table = instance.call(&Call::new("select").value(1).way(way))?.values.into_iter().next().unwrap_or_default();
    let way = String::from_utf8_lossy(way).into_owned();
    let Value::External(id) = table else {
        return Err(Failure::Refused(format!("'{way}' is no table that is stored")));
    };
    let has_metatables = instance.store().size(tables::METATABLES).map_err(Error::from)? > 0;
    let mut objects = 0_u64;
    let mut keys = Vec::new();
    each_row_of(instance.store(), id, &mut |key, _| {
        keys.push(key.to_vec());
        Ok(())
    })?;
    for bytes in keys {
        if id == tables::IO && bytes == tables::KEY_RESULT {
            continue;
        }
        let Some(stored) = instance.store().get(id, &bytes).map_err(Error::from)?.map(|value| value.into_owned())
        else {
            continue;
        };
        let stored_at = |cause: Error| Error::Stored { table: id, key: bytes.clone(), cause: Box::new(cause) };
        let key = Value::decode_key(&bytes).map_err(stored_at)?;
        let value = Value::decode_stored(&stored).map_err(stored_at)?;
        let tables = instance.read(&value, ReadOptions::default())?;
        let (name, text) = (json::written(&key, None), json::written(&value, Some(&tables)));
        let back = json::read(text.as_bytes())
            .map_err(|problem| Failure::Refused(format!("{way}: the row {name}: {problem}")))?;
        if let Some(what) = line::reference(&back).or_else(|| line::reference(&key)) {
            let problem = format!(
                "{way}: the row {name}: {what} is nothing outside of its file; cu export without a WAY has everything"
            );
            return Err(Failure::Refused(problem));
        }
        out.row(format!("{{\"key\":{name},\"value\":{text}}}\n").as_bytes())?;
        for table in tables.tables().keys().filter(|_| has_metatables) {
            objects += u64::from(class::metatable_of(instance.store(), *table)?.is_some());
        }
    }
    if objects > 0 {
        out.flush()?;
        complain(&format!(
            "cu: note: {objects} of the tables in {way} have a metatable, which rows do not show; cu export without a WAY has everything"
        ));
    }
    Ok(())
}
