//! `cu gc`: frees the rows that nothing in a file, or another place, reaches, and makes the file smaller.
//!
//! Invariant: if a collection stops before its end, that is an error; it is never reported as nothing freed.

use std::path::Path;

use cu_abi::tables;
use cu_host::{Error, Instance, ReadOptions, Store};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::home::Home;

// The module's own tables (abi/README.md, "Tables").
const MARKS: u32 = tables::SYSTEM_FIRST + 1;
const FUNCTIONS: u32 = tables::SYSTEM_FIRST + 3;

pub fn gc(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let home = Home::needed(arguments, "gc")?;
    home.has_to_be_there()?;
    let report = match home.file().map(|file| file.path.clone()) {
        Some(path) => in_file(&path, home, arguments)?,
        None => collect(home.open()?, arguments)?,
    };
    crate::output::show(report.text(arguments.json).as_bytes())
}

/// Collects, and answers what was freed.
fn collect(store: Box<dyn Store>, arguments: &Arguments) -> Result<Report, Failure> {
    let mut instance = Instance::new(&crate::script::module(arguments)?, store, crate::script::options(arguments))?;
    // As the next run would do.
    instance.clear_io()?;
    let before = Counts::of(instance.store())?;
    instance.run_gc()?;
    // A collection deletes its marks at its end.
    if instance.store().size(MARKS).map_err(Error::from)? > 0 {
        return Err(Failure::Collection(cause(&mut instance)));
    }
    Ok(Report { before, after: Counts::of(instance.store())?, bytes: None })
}

/// The same in a file, which then gives back its space.
#[cfg(feature = "redb")]
fn in_file(path: &Path, home: Home, arguments: &Arguments) -> Result<Report, Failure> {
    use cu_host::{FileMode, RedbOptions, RedbStore, SharedStore};

    let length = || {
        let length = std::fs::metadata(path).map(|metadata| metadata.len());
        length.map_err(|error| Failure::Io(path.display().to_string(), error))
    };
    let before = length()?;
    let wait = home.file().map_or(cu_host::Wait::Never, |file| file.wait);
    let file = SharedStore::new(RedbStore::open_with(path, RedbOptions { mode: FileMode::Kept, wait })?);
    let report = collect(home.over(file.clone())?, arguments)?;
    file.turn().and_then(|mut store| store.compact()).map_err(Error::from)?;
    // Closing the file makes it shorter.
    drop(file);
    Ok(Report { bytes: Some((before, length()?)), ..report })
}

#[cfg(not(feature = "redb"))]
fn in_file(_: &Path, home: Home, arguments: &Arguments) -> Result<Report, Failure> {
    collect(home.open()?, arguments)
}

/// The kinds of rows that scripts keep in a store.
#[derive(Clone, Copy, Default)]
struct Counts {
    tables: u64,
    entries: u64,
    functions: u64,
}

impl Counts {
    fn of(store: &mut dyn Store) -> Result<Counts, Error> {
        store.begin()?;
        let counts = Counts::read(store);
        store.commit().map_err(Error::Commit)?;
        counts
    }

    fn read(store: &mut dyn Store) -> Result<Counts, Error> {
        let mut counts = Counts { functions: store.size(FUNCTIONS)?.into(), ..Counts::default() };
        let mut next = store.next_table(None)?;
        while let Some(id) = next.filter(|id| *id < tables::SYSTEM_FIRST) {
            if id >= tables::HOME && id != tables::IO {
                counts.tables += 1;
                counts.entries += u64::from(store.size(id)?);
            }
            next = store.next_table(Some(id))?;
        }
        Ok(counts)
    }
}

/// What a collection did.
struct Report {
    before: Counts,
    after: Counts,
    /// Of the file.
    bytes: Option<(u64, u64)>,
}

impl Report {
    /// A line for each kind, and one for the file; or an object.
    fn text(&self, is_json: bool) -> String {
        let (before, after) = (self.before, self.after);
        let kinds = [
            ("tables", "tables", before.tables, after.tables),
            ("entries", "entries", before.entries, after.entries),
            ("stored functions", "functions", before.functions, after.functions),
        ];
        let parts = kinds.map(|(kind, name, before, after)| {
            let freed = before.saturating_sub(after);
            if is_json {
                format!("\"{name}\":{{\"freed\":{freed},\"kept\":{after}}}")
            } else {
                format!("{kind}: {freed} freed, {after} kept\n")
            }
        });
        match (is_json, self.bytes) {
            (true, None) => format!("{{{}}}\n", parts.join(",")),
            (true, Some((before, after))) => {
                format!("{{{},\"bytes\":{{\"before\":{before},\"after\":{after}}}}}\n", parts.join(","))
            }
            (false, None) => parts.concat(),
            (false, Some((before, after))) => {
                format!("{}the file: {before} bytes before, {after} after\n", parts.concat())
            }
        }
    }
}

/// Why the collection stopped: a value that cannot be read, if there is one.
fn cause(instance: &mut Instance) -> Option<Error> {
    let options = ReadOptions { limit: usize::MAX, ..ReadOptions::default() };
    instance.read_home(options).err()
}
