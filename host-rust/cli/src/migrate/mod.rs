//! `cu migrate`: copies a home from one place to another, with another key, compression and the newest form of functions.
//!
//! Invariant: the source is only read. What is copied is no home for anybody until it is whole and has been compared with the
//! source; what a killed run left, the next one goes on with.
//!
//! - `target`: where the copy goes, and what it is called until it is whole
//! - `begin`: where it begins, or goes on
//! - `copy`: from store to store, in order, with a note of how far it is
//! - `state`: that note
//! - `compare`: whether both have the same

mod begin;
mod compare;
mod copy;
mod state;
mod target;

use cu_host::verify::compared::verify_with;
use cu_host::verify::{Event, Report};
use cu_host::{Error, SharedStore, Store, renew};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::output::{complain, show};
use crate::progress::Progress;
use crate::{script, session};
use state::State;
use target::Target;

pub fn migrate(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    arguments.needed_home("migrate")?;
    let target = Target::of(arguments)?;
    let module = script::module(arguments)?;
    let mut from = session::store(arguments, "migrate")?;
    target.is_free()?;
    let (to, state, functions) = filled(&mut *from, target.open()?, &target, arguments)?;
    drop(from);
    let store = SharedStore::new(to);
    let report = verify(&module, &store, arguments)?;
    if target.is_place_itself() {
        State::delete(&mut store.clone())?;
    }
    // Closes the file, so that it can be renamed.
    drop(store);
    target.take_name()?;
    let shown = shown(&state, functions, &report, arguments.json);
    show(shown.as_bytes())?;
    // It was copied as it is.
    if report.wrong > 0 { Err(Failure::Wrong { found: report.wrong, mended: 0 }) } else { Ok(()) }
}

/// Makes the copy whole, while nobody changes its source; how many functions got a newer form.
fn filled(
    from: &mut dyn Store,
    mut to: Box<dyn Store>,
    target: &Target,
    arguments: &Arguments,
) -> Result<(Box<dyn Store>, State, u64), Failure> {
    is_another_place(from, &mut *to, target)?;
    from.begin().map_err(Error::from)?;
    to.hold().map_err(Error::from)?;
    let threshold = arguments.compression;
    let form = |table: u32, bytes: &[u8]| match threshold {
        None => Ok(bytes.to_vec()),
        Some(threshold) => renew::value(table, bytes, threshold).map(std::borrow::Cow::into_owned),
    };
    let begun = begin::begin(from, &mut *to, threshold, target)?;
    if begun.is_anew {
        complain(&format!(
            "cu: note: {} was begun from another state of --home, or with other options, and begins anew",
            target.shown()
        ));
    }
    let mut state = begun.state;
    let mut functions = 0;
    if !state.is_whole {
        let mut progress = Progress::default();
        copy::run(from, &mut *to, &mut state, &form, &mut |entries| progress.show(entries, "entries"))?;
        to.release();
        to = target.opened_anew(to)?;
        to.hold().map_err(Error::from)?;
        functions = complete(from, &mut *to, &mut state, &form, &mut progress)?;
    }
    to.release();
    from.roll_back();
    Ok((to, state, functions))
}

/// Refuses a server's namespace as its own copy: it would wait for itself. Each begins to count its changes at random, so no two
/// have the same number.
fn is_another_place(from: &mut dyn Store, to: &mut dyn Store, target: &Target) -> Result<(), Failure> {
    if !target.is_place_itself() {
        return Ok(());
    }
    let [from, to] = [from.version(), to.version()].map(|version| version.map_err(Error::from));
    match (from?, to?) {
        (from, to) if from == to && to != 0 => Err(target::same_place()),
        _ => Ok(()),
    }
}

/// Compares, and gives functions their newest form; how many these were. What is another copy than it has to be begins anew.
fn complete(
    from: &mut dyn Store,
    to: &mut dyn Store,
    state: &mut State,
    form: &copy::Form<'_>,
    progress: &mut Progress,
) -> Result<u64, Failure> {
    to.begin().map_err(Error::from)?;
    let mut whole = || {
        compare::run(from, to, form, &mut |entries| progress.show(entries, "entries compared"))?;
        let functions = renew::functions(to)?;
        state.is_whole = true;
        state.write(to)?;
        Ok(functions)
    };
    let functions = whole();
    match &functions {
        Ok(_) => to.commit().map_err(Error::Commit)?,
        Err(Failure::Refused(_)) => State::default().write(to).and_then(|()| to.commit().map_err(Error::Commit))?,
        Err(_) => drop(to.roll_back()),
    }
    functions
}

/// Looks for what is wrong in the copy, which is what was wrong before.
fn verify(
    module: &cu_host::Module,
    store: &SharedStore<Box<dyn Store>>,
    arguments: &Arguments,
) -> Result<Report, Failure> {
    let mut progress = Progress::default();
    let mut unshown = None;
    let report = verify_with(module, store, false, &mut |event| match event {
        Event::Found(finding) if arguments.json => {
            unshown = unshown.take().or(show(crate::verify::json(finding).as_bytes()).err());
        }
        Event::Found(finding) => {
            progress.clear();
            unshown = unshown.take().or(show(format!("{finding}\n").as_bytes()).err());
        }
        Event::Progress(report) => progress.show(report.rows, "entries verified"),
        Event::Attached { .. } => {}
    })?;
    unshown.map_or(Ok(report), Err)
}

fn shown(state: &State, functions: u64, report: &Report, is_json: bool) -> String {
    let lines = [
        ("tables", "tables", state.tables),
        ("entries", "entries", state.entries),
        ("entries in another form", "changed", state.changed),
        ("functions in a newer form", "functions", functions),
        ("wrong", "wrong", report.wrong),
    ];
    if is_json {
        let numbers: Vec<String> = lines.iter().map(|(_, name, number)| format!("\"{name}\":{number}")).collect();
        return format!("{{{}}}\n", numbers.join(","));
    }
    lines.iter().map(|(what, _, number)| format!("{what}: {number}\n")).collect()
}

#[cfg(test)]
mod tests;
