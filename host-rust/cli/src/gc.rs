//! `cu gc`: frees the rows that nothing in a file reaches, and makes the file smaller.
//!
//! Invariant: if a collection stops before its end, that is an error; it is never reported as nothing freed.

use crate::arguments::Arguments;
use crate::failure::Failure;

#[cfg(feature = "redb")]
pub fn gc(arguments: &Arguments) -> Result<(), Failure> {
    use cu_host::{Error, Instance, RedbStore, SharedStore};

    arguments.no_operand()?;
    let file = arguments.needed_home("gc")?;
    let home = crate::home::Home::of(arguments)?;
    let length = length_of(file)?;
    let module = crate::script::module(arguments)?;
    let store = SharedStore::new(RedbStore::open_with(file, crate::home::options(arguments))?);
    let home = home.map_or_else(|| Ok(Box::new(store.clone()) as _), |home| home.over(store.clone()))?;
    let mut instance = Instance::new(&module, home, crate::script::options(arguments))?;
    // As the next run would do.
    instance.clear_io()?;
    let before = counts::Counts::of(&mut *store.turn().map_err(Error::from)?)?;
    counts::collect(&mut instance)?;
    drop(instance);
    let after = counts::Counts::of(&mut *store.turn().map_err(Error::from)?)?;
    store.turn().and_then(|mut store| store.compact()).map_err(Error::from)?;
    // Closing the file makes it shorter.
    drop(store);
    crate::output::show(before.report(after, (length, length_of(file)?), arguments.json).as_bytes())
}

#[cfg(not(feature = "redb"))]
pub fn gc(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    arguments.needed_home("gc")?;
    Err(crate::arguments::Usage("gc needs a build with the feature redb".to_owned()).into())
}

/// The file's length; a missing file is not created here.
#[cfg(feature = "redb")]
fn length_of(file: &std::path::Path) -> Result<u64, Failure> {
    let length = std::fs::metadata(file).map(|metadata| metadata.len());
    length.map_err(|error| Failure::Io(file.display().to_string(), error))
}

#[cfg(feature = "redb")]
mod counts {
    use cu_abi::tables;
    use cu_host::{Error, Instance, ReadOptions, RedbStore};

    use crate::failure::Failure;

    // The module's own tables (abi/README.md, "Tables").
    const MARKS: u32 = tables::SYSTEM_FIRST + 1;
    const FUNCTIONS: u32 = tables::SYSTEM_FIRST + 3;

    /// The kinds of rows that scripts keep in a store.
    #[derive(Clone, Copy)]
    pub struct Counts {
        tables: usize,
        entries: u64,
        functions: u32,
    }

    impl Counts {
        pub fn of(store: &mut RedbStore) -> Result<Counts, Error> {
            let sizes = store.sizes()?;
            let of_scripts = || sizes.range(tables::HOME..tables::SYSTEM_FIRST).filter(|(id, _)| **id != tables::IO);
            Ok(Counts {
                tables: of_scripts().count(),
                entries: of_scripts().map(|(_, size)| u64::from(*size)).sum(),
                functions: sizes.get(&FUNCTIONS).copied().unwrap_or(0),
            })
        }

        /// A line for each kind, and one for the bytes of the file.
        pub fn report(self, after: Counts, (bytes, bytes_after): (u64, u64), is_json: bool) -> String {
            let kinds = [
                ("tables", "tables", self.tables as u64, after.tables as u64),
                ("entries", "entries", self.entries, after.entries),
                ("stored functions", "functions", self.functions.into(), after.functions.into()),
            ];
            let lines = kinds.iter().map(|(kind, name, before, after)| {
                let freed = before.saturating_sub(*after);
                if is_json {
                    format!("\"{name}\":{{\"freed\":{freed},\"kept\":{after}}},")
                } else {
                    format!("{kind}: {freed} freed, {after} kept\n")
                }
            });
            let lines: String = lines.collect();
            if is_json {
                format!("{{{lines}\"bytes\":{{\"before\":{bytes},\"after\":{bytes_after}}}}}\n")
            } else {
                format!("{lines}the file: {bytes} bytes before, {bytes_after} after\n")
            }
        }
    }

    /// Runs a collection, which deletes its marks at its end.
    pub fn collect(instance: &mut Instance) -> Result<(), Failure> {
        instance.run_gc()?;
        if instance.store().size(MARKS).map_err(Error::from)? > 0 {
            return Err(Failure::Collection(cause(instance)));
        }
        Ok(())
    }

    /// Why the collection stopped: a value that cannot be read, if there is one.
    fn cause(instance: &mut Instance) -> Option<Error> {
        let options = ReadOptions { limit: usize::MAX, ..ReadOptions::default() };
        instance.read_home(options).err()
    }
}
