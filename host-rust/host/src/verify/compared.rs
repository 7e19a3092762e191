//! What only the module can compare: the indexes of tables with their rows, the links of rows that are tables, schemas with what they
//! are to keep out.
//!
//! Invariant: the comparison is made over a [`Draft`], so it changes nothing. What is wrong is mended by the note that the module
//! makes of a change that did not end, after which it builds the indexes of that table anew.

use cu_abi::tables::SYSTEM_FIRST;

use super::draft::Draft;
use super::finding::{Finding, Mended, Problem};
use super::{CATALOGUE, Event, Report, verify};
use crate::engine::Module;
use crate::error::Error;
use crate::instance::Instance;
use crate::options::Options;
use crate::store::{SharedStore, Store};
use crate::value::Value;

/// Tables whose indexes are being changed (docs/formats.md, "What is attached to tables").
const CHANGING: u32 = SYSTEM_FIRST + 13;
const ANEW: &str = "built anew";

/// A table to which something is attached, and the way to it.
struct Attached {
    table: u32,
    place: String,
}

/// The same as [`verify`], and then, with the module, whether the indexes and the schema of each table that was reached fit its rows.
///
/// ```
/// use cu_host::verify::compared::verify_with;
/// use cu_host::{Instance, MODULE, MemoryStore, Module, Options, SharedStore};
///
/// let (module, store) = (Module::new(MODULE)?, SharedStore::new(MemoryStore::default()));
/// let mut instance = Instance::new(&module, store.clone(), Options::default())?;
/// instance.compute("_home.users = { ada = { age = 36 } } ext.index(_home.users, 'age')")?;
/// drop(instance);
/// let report = verify_with(&module, &store, false, &mut |_| {})?;
/// assert_eq!((report.rows, report.wrong), (3, 0));
/// # Ok::<(), cu_host::Error>(())
/// ```
pub fn verify_with<S: Store + 'static>(
    module: &Module,
    store: &SharedStore<S>,
    mends: bool,
    hear: &mut dyn FnMut(Event<'_>),
) -> Result<Report, Error> {
    let mut attached = Vec::new();
    let mut turn = store.turn()?;
    let mut report = verify(&mut *turn, mends, &mut |event| match event {
        Event::Attached { table, place } => attached.push(Attached { table, place: place.to_owned() }),
        event => hear(event),
    })?;
    drop(turn);
    if attached.is_empty() {
        return Ok(report);
    }
    let mut findings = Vec::new();
    let mut instance = Instance::new(module, Draft::over(store.clone())?, Options::default())?;
    for attached in &attached {
        let before = findings.len();
        compare(&mut instance, attached, &mut findings)?;
        // An instance that is dead compares nothing more.
        if instance.is_dead() {
            instance = Instance::new(module, Draft::over(store.clone())?, Options::default())?;
        }
        report.wrong += (findings.len() - before) as u64;
    }
    drop(instance);
    if mends {
        build_anew(module, store, &mut findings)?;
    }
    for (_, finding) in &findings {
        report.mended += u64::from(matches!(finding.mended, Mended::Written(..)));
        hear(Event::Found(finding));
    }
    Ok(report)
}

/// What is wrong with the indexes and the schema of a table.
fn compare<'a>(
    instance: &mut Instance,
    attached: &'a Attached,
    findings: &mut Vec<(&'a Attached, Finding)>,
) -> Result<(), Error> {
    let key = Value::from(attached.table).encode_key()?;
    let mut found = |problem| {
        let (place, key) = (attached.place.clone(), key.clone());
        findings.push((attached, Finding { place, table: CATALOGUE, key, problem, mended: Mended::No }));
    };
    if instance.store().get(CHANGING, &key)?.is_some() {
        found(Problem::Changing);
    }
    let mut data = instance.data();
    let wrong = match data.check(attached.table) {
        Ok(wrong) => wrong,
        Err(Error::Lua(error)) => {
            found(Problem::Attached(error.message));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    for report in &wrong {
        let count = |name| report.get(name).and_then(Value::as_i64).unwrap_or(0);
        let index = report.get("index").and_then(Value::as_bytes).map(String::from_utf8_lossy);
        if let Some(index) = index.filter(|_| count("missing") > 0 || count("stale") > 0) {
            found(Problem::Index { name: index.into_owned(), missing: count("missing"), stale: count("stale") });
        }
    }
    // Each index counts the links of all rows.
    let unlinked = wrong.iter().filter_map(|report| report.get("unlinked")?.as_i64()).max().unwrap_or(0);
    if unlinked > 0 {
        found(Problem::Links(unlinked));
    }
    let refused = match data.schema(attached.table) {
        Ok(Some(schema)) => data.set_schema(attached.table, schema),
        Ok(None) => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    match refused {
        Ok(refused) => refused.iter().for_each(|refusal| found(Problem::Schema(refusal.to_string()))),
        Err(Error::Lua(error)) => found(Problem::Attached(error.message)),
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Builds the indexes anew of which something was found to be wrong, in a unit for each table.
fn build_anew<S: Store + 'static>(
    module: &Module,
    store: &SharedStore<S>,
    findings: &mut [(&Attached, Finding)],
) -> Result<(), Error> {
    let note = Value::from(true).encode()?;
    let mut tables: Vec<u32> = Vec::new();
    for (attached, finding) in findings.iter_mut() {
        let is_built = matches!(finding.problem, Problem::Index { .. } | Problem::Links(_) | Problem::Changing);
        finding.mended = if is_built { Mended::Written(note.clone(), ANEW) } else { Mended::Left };
        if is_built && tables.last() != Some(&attached.table) {
            tables.push(attached.table);
        }
    }
    let mut turn = store.turn()?;
    turn.begin()?;
    let noted = tables
        .iter()
        .try_for_each(|table| turn.set(CHANGING, &Value::from(*table).encode_key()?, &note).map_err(Error::from));
    if let Err(error) = noted {
        turn.roll_back();
        return Err(error);
    }
    turn.commit().map_err(Error::Commit)?;
    drop(turn);
    if tables.is_empty() {
        return Ok(());
    }
    // An instance that begins now finds the notes.
    let mut instance = Instance::new(module, store.clone(), Options::default())?;
    for table in tables {
        if let Some(wrong) = instance.data().check(table)?.first() {
            return Err(Error::Protocol(format!(
                "the indexes of table {table} were built anew and are wrong: {wrong}"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
