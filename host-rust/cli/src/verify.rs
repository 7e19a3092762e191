//! `cu verify`: finds what is wrong in a file, or another place, and mends it.
//!
//! Invariant: without `--mend` it is only read.

use cu_host::verify::{self, Event};
use cu_host::{Error, Instance, Store};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::home::Home;

pub fn verify(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    let mut arguments = arguments.clone();
    arguments.read_only = !arguments.mend;
    let home = Home::needed(&arguments, "verify")?;
    home.has_to_be_there()?;
    let mut store = home.open()?;
    let mut progress = crate::progress::Progress::default();
    // What was not shown: nothing stops in the middle because of it.
    let mut unshown = None;
    let mut undone = 0;
    if arguments.mend {
        (store, undone) = undo_unfinished(store, &arguments)?;
    }
    let mut hear = |event: Event| match event {
        Event::Found(finding) => {
            progress.clear();
            unshown = unshown.take().or(crate::output::show(format!("{finding}\n").as_bytes()).err());
        }
        Event::Progress(report) => progress.show(report.rows, "entries"),
    };
    let report = verify::verify(&mut *store, arguments.mend, &mut hear)?;
    progress.clear();
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

/// If an atomic compute did not end, undoes it as the next run would; how many were undone.
fn undo_unfinished(mut store: Box<dyn Store>, arguments: &Arguments) -> Result<(Box<dyn Store>, u64), Failure> {
    // The opening note of the module's journal (docs/formats.md, "The journal").
    const JOURNAL: u32 = cu_abi::tables::SYSTEM_FIRST + 5;
    const OPENING: &[u8] = &[0];
    let is_open = |store: &mut dyn Store| store.get(JOURNAL, OPENING).map(|note| note.is_some());
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
