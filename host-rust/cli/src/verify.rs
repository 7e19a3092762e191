//! `cu verify`: finds what is wrong in a file, or another place, and mends it.
//!
//! Invariant: without `--mend` it is only read.

use cu_host::verify::Event;
use cu_host::verify::compared::verify_with;
use cu_host::{Error, Instance, Module, SharedStore, Store};

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
    let module = crate::script::module(&arguments)?;
    let mut progress = crate::progress::Progress::default();
    // What was not shown: nothing stops in the middle because of it.
    let mut unshown = None;
    let mut undone = 0;
    if arguments.mend {
        (store, undone) = undo_unfinished(&module, store, &arguments)?;
    }
    let mut hear = |event: Event| match event {
        Event::Found(finding) => {
            progress.clear();
            let line = if arguments.json { lines::of(finding) } else { format!("{finding}\n") };
            unshown = unshown.take().or(crate::output::show(line.as_bytes()).err());
        }
        Event::Progress(report) => progress.show(report.rows, "entries"),
        Event::Attached { .. } => {}
    };
    let store = SharedStore::new(store);
    let report = verify_with(&module, &store, arguments.mend, &mut hear)?;
    progress.clear();
    drop(store);
    if let Some(unshown) = unshown {
        return Err(unshown);
    }
    let (found, mended) = (report.wrong + undone, report.mended + undone);
    crate::output::show(lines::report(&report, found, mended, arguments.json).as_bytes())?;
    if found == 0 { Ok(()) } else { Err(Failure::Wrong { found, mended }) }
}

/// If an atomic compute did not end, undoes it as the next run would; how many were undone.
fn undo_unfinished(
    module: &Module,
    mut store: Box<dyn Store>,
    arguments: &Arguments,
) -> Result<(Box<dyn Store>, u64), Failure> {
    // The opening note of the module's journal (docs/formats.md, "The journal").
    const JOURNAL: u32 = cu_abi::tables::SYSTEM_FIRST + 5;
    const OPENING: &[u8] = &[0];
    let is_open = |store: &mut dyn Store| store.get(JOURNAL, OPENING).map(|note| note.is_some());
    if !is_open(&mut *store).map_err(Error::from)? {
        return Ok((store, 0));
    }
    let mut instance = Instance::new(module, store, crate::script::options(arguments))?;
    // If it cannot be undone, the verification finds it.
    let _ = instance.compute("");
    let mut store = instance.into_store();
    if is_open(&mut *store).map_err(Error::from)? {
        return Ok((store, 0));
    }
    let (place, problem, done) = ("the journal", "an atomic compute did not end", "it is undone now");
    let line = if arguments.json {
        lines::json(place, problem, JOURNAL, OPENING, Some(done))
    } else {
        format!("{place}: {problem}; {done}\n")
    };
    crate::output::show(line.as_bytes())?;
    Ok((store, 1))
}

/// What is wrong, as a line of JSON.
#[cfg(feature = "redb")]
pub fn json(finding: &cu_host::verify::Finding) -> String {
    lines::of(finding)
}

/// What is shown, for people and for programs.
mod lines {
    use cu_host::json::quoted;
    use cu_host::verify::{Finding, Mended, Report};

    pub fn of(finding: &Finding) -> String {
        let done = match &finding.mended {
            Mended::No | Mended::Left => None,
            Mended::Deleted => Some("deleted"),
            Mended::Written(_, words) => Some(*words),
        };
        json(&finding.place, &finding.problem.to_string(), finding.table, &finding.key, done)
    }

    /// `done` is what was done about it; nothing if it is as it was.
    pub fn json(place: &str, problem: &str, table: u32, key: &[u8], done: Option<&str>) -> String {
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let (place, problem, done) = (quoted(place), quoted(problem), done.map_or("null".to_owned(), quoted));
        format!("{{\"place\":{place},\"problem\":{problem},\"table\":{table},\"key\":\"{key}\",\"mended\":{done}}}\n")
    }

    pub fn report(report: &Report, wrong: u64, mended: u64, is_json: bool) -> String {
        let lines = [
            ("tables", "tables", report.tables),
            ("entries", "entries", report.rows),
            ("stored functions", "functions", report.functions),
            ("captured variables", "variables", report.variables),
            ("reached by nothing", "unreachable", report.unreachable),
        ];
        if !is_json {
            return lines.iter().map(|(what, _, number)| format!("{what}: {number}\n")).collect();
        }
        let numbers: String = lines.iter().map(|(_, name, number)| format!("\"{name}\":{number},")).collect();
        format!("{{{numbers}\"wrong\":{wrong},\"mended\":{mended}}}\n")
    }
}
