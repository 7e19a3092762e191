//! `cu verify`: finds what is wrong in a file, and mends it.
//!
//! Invariant: without `--mend` the file is only read.

use crate::arguments::Arguments;
use crate::failure::Failure;

#[cfg(feature = "redb")]
pub fn verify(arguments: &Arguments) -> Result<(), Failure> {
    use cu_host::verify::{Event, verify};
    use cu_host::{FileMode, RedbOptions, RedbStore};

    arguments.no_operand()?;
    let file = arguments.needed_home("verify")?;
    let home = crate::home::Home::of(arguments)?;
    std::fs::metadata(file).map_err(|error| Failure::Io(file.display().to_string(), error))?;
    let mode = if arguments.mend { FileMode::Kept } else { FileMode::ReadOnly };
    let store = RedbStore::open_with(file, RedbOptions { mode, ..crate::home::options(arguments) })?;
    let mut store = match home {
        Some(home) => home.over(store)?,
        None => Box::new(store),
    };
    let mut progress = crate::progress::Progress::default();
    // What was not shown: nothing stops in the middle because of it.
    let mut unshown = None;
    let mut undone = 0;
    if arguments.mend {
        (store, undone) = undo_unfinished(store, arguments)?;
    }
    let mut hear = |event: Event| match event {
        Event::Found(finding) => {
            progress.clear();
            unshown = unshown.take().or(crate::output::show(format!("{finding}\n").as_bytes()).err());
        }
        Event::Progress(report) => progress.show(report.rows, "entries"),
    };
    let report = verify(&mut *store, arguments.mend, &mut hear)?;
    progress.clear();
    // Closes the file.
    drop(store);
    if let Some(unshown) = unshown {
        return Err(unshown);
    }
    let lines = [
        ("tables", report.tables),
        ("entries", report.rows),
        ("stored functions", report.functions),
        ("captured variables", report.variables),
        ("reached by nothing", report.unreachable),
    ];
    let text: String = lines.iter().map(|(what, number)| format!("{what}: {number}\n")).collect();
    crate::output::show(text.as_bytes())?;
    match (report.wrong + undone, report.mended + undone) {
        (0, _) => Ok(()),
        (found, mended) => Err(Failure::Wrong { found, mended }),
    }
}

#[cfg(not(feature = "redb"))]
pub fn verify(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    arguments.needed_home("verify")?;
    Err(crate::arguments::Usage("verify needs a build with the feature redb".to_owned()).into())
}

/// If an atomic compute did not end, undoes it as the next run would; how many were undone.
#[cfg(feature = "redb")]
fn undo_unfinished(
    mut store: Box<dyn cu_host::Store>,
    arguments: &Arguments,
) -> Result<(Box<dyn cu_host::Store>, u64), Failure> {
    use cu_host::{Error, Instance};

    // The opening note of the module's journal (docs/formats.md, "The journal").
    const JOURNAL: u32 = cu_abi::tables::SYSTEM_FIRST + 5;
    const OPENING: &[u8] = &[0];
    let is_open = |store: &mut dyn cu_host::Store| store.get(JOURNAL, OPENING).map(|note| note.is_some());
    if !is_open(&mut *store).map_err(Error::from)? {
        return Ok((store, 0));
    }
    let mut instance = Instance::new(&crate::script::module(arguments)?, store, crate::script::options(arguments))?;
    // If it cannot be undone, the verification finds it.
    let _ = instance.compute("");
    let mut store = instance.into_store();
    if is_open(&mut *store).map_err(Error::from)? {
        return Ok((store, 0));
    }
    crate::output::show(b"the journal: an atomic compute did not end; it is undone now\n")?;
    Ok((store, 1))
}
