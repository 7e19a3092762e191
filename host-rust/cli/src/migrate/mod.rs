//! `cu migrate`: copies a home from one store to another, with another key, compression and the newest form of functions.
//!
//! Invariant: the source is only read. The copy is written under another name and gets its own when it is whole and has been
//! compared with the source; what a killed run left, the next one goes on with.
//!
//! - `copy`: from store to store, in order, with a note of how far it is
//! - `state`: that note
//! - `compare`: whether both have the same

mod compare;
mod copy;
mod state;

use std::path::{Path, PathBuf};

use cu_host::verify::compared::verify_with;
use cu_host::verify::{Event, Report};
use cu_host::{Error, RedbStore, SharedStore, Store, Wait, renew};
use cu_stores::{FilePlace, Place};

use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::home::{Home, place};
use crate::output::{complain, show};
use crate::progress::Progress;
use crate::{script, session};
use state::State;

pub fn migrate(arguments: &Arguments) -> Result<(), Failure> {
    arguments.no_operand()?;
    arguments.needed_home("migrate")?;
    let to = arguments.to.as_deref().ok_or_else(|| Usage("migrate needs --to FILE".to_owned()))?;
    let target = Target::of(arguments, to)?;
    let module = script::module(arguments)?;
    let mut from = session::store(arguments, "migrate")?;
    target.is_free()?;
    let mut progress = Progress::default();
    let mut to = target.open(arguments)?;
    // Nobody changes the source meanwhile.
    from.begin().map_err(Error::from)?;
    let threshold = arguments.compression;
    let form = |table: u32, bytes: &[u8]| match threshold {
        None => Ok(bytes.to_vec()),
        Some(threshold) => renew::value(table, bytes, threshold).map(std::borrow::Cow::into_owned),
    };
    let begun = State::begin(&mut *from, &mut *to, threshold, &target.unfinished)?;
    if begun.is_anew {
        complain(&format!(
            "cu: note: {} was begun from another state of --home, or with other options, and begins anew",
            target.unfinished.display()
        ));
    }
    let mut state = begun.state;
    let functions = if state.is_whole { 0 } else { fill(&mut *from, &mut *to, &mut state, &form, &mut progress)? };
    from.roll_back();
    progress.clear();
    let store = SharedStore::new(to);
    let report = verify(&module, &store, arguments)?;
    // Closes the file, so that it can be renamed.
    drop(store);
    target.take_name()?;
    let shown = shown(&state, functions, &report, arguments.json);
    show(shown.as_bytes())?;
    // It was copied as it is.
    if report.wrong > 0 { Err(Failure::Wrong { found: report.wrong, mended: 0 }) } else { Ok(()) }
}

/// Copies, compares, and gives functions their newest form; how many these were.
fn fill(
    from: &mut dyn Store,
    to: &mut dyn Store,
    state: &mut State,
    form: &copy::Form<'_>,
    progress: &mut Progress,
) -> Result<u64, Failure> {
    copy::run(from, to, state, form, &mut |entries| progress.show(entries, "entries"))?;
    compare::run(from, to, form, &mut |entries| progress.show(entries, "entries compared"))?;
    to.begin().map_err(Error::from)?;
    state.is_whole = true;
    let functions = renew::functions(to).and_then(|functions| state.write(to).map(|()| functions));
    match functions {
        Ok(functions) => {
            to.commit().map_err(Error::Commit)?;
            Ok(functions)
        }
        Err(error) => {
            to.roll_back();
            Err(error.into())
        }
    }
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

/// Bytes at the beginning of a redb file that say what it is. redb writes them last, so before that they are zeros.
const MAGIC_BYTES: u64 = 9;

/// Where the copy goes.
struct Target {
    file: PathBuf,
    /// Its name until it is whole.
    unfinished: PathBuf,
    key_file: Option<PathBuf>,
}

/// The path that `--to` names: a URL may name a file, too.
fn new_file(to: &Path) -> Result<PathBuf, Failure> {
    match place(to)? {
        Place::File(FilePlace { path, read_only: false, turns: false, .. }) => Ok(path),
        Place::File(file) => {
            let problem = "is a new file, which is given without ?turns and ?read-only";
            Err(Usage(format!("--to {} {problem}", file.path.display())).into())
        }
        place => {
            let problem = "migrate copies into a file; cu export and cu import copy to every place";
            Err(Usage(format!("{problem}, also to {place}")).into())
        }
    }
}

impl Target {
    /// The key of the source is also that of the copy, unless another one or none is asked for: nothing becomes plain by itself.
    fn of(arguments: &Arguments, to: &Path) -> Result<Target, Failure> {
        let file = new_file(to)?;
        let key_file = match (&arguments.new_key_file, arguments.plain) {
            (Some(_), true) => {
                return Err(Usage("--new-key-file and --plain are not for one command".to_owned()).into());
            }
            (_, true) => None,
            (Some(new), false) => Some(new.clone()),
            (None, false) => arguments.key_file.clone(),
        };
        let mut unfinished = file.as_os_str().to_owned();
        unfinished.push(".unfinished");
        Ok(Target { file, unfinished: unfinished.into(), key_file })
    }

    /// Refuses a file that is there: nothing is written over.
    fn is_free(&self) -> Result<(), Failure> {
        match std::fs::symlink_metadata(&self.file) {
            Ok(_) => Err(Failure::Refused(format!(
                "{}: it is there already; a home is copied into a new file",
                self.file.display()
            ))),
            Err(_) => Ok(()),
        }
    }

    /// Opens the copy, or begins it.
    fn open(&self, arguments: &Arguments) -> Result<Box<dyn Store>, Failure> {
        self.remove_beginning();
        let wait = arguments.wait.map_or(Wait::Never, Wait::AtMost);
        let file = FilePlace { path: self.unfinished.clone(), read_only: false, turns: false, wait };
        Home::at(Place::File(file), self.key_file.as_deref())?.open()
    }

    /// Removes a file in which nothing had been written when its process was killed.
    fn remove_beginning(&self) {
        use std::io::Read;

        let mut head = Vec::new();
        let read = std::fs::File::open(&self.unfinished).and_then(|file| file.take(MAGIC_BYTES).read_to_end(&mut head));
        if read.is_ok() && head.iter().all(|byte| *byte == 0) {
            let _ = std::fs::remove_file(&self.unfinished);
        }
    }

    /// Makes the file small, and gives it its name when all its bytes are on the disk.
    fn take_name(&self) -> Result<(), Failure> {
        let mut store = RedbStore::open(&self.unfinished)?;
        store.compact().map_err(Error::from)?;
        drop(store);
        self.is_free()?;
        let failed = |error| Failure::Io(self.file.display().to_string(), error);
        let synced = std::fs::OpenOptions::new().write(true).open(&self.unfinished).and_then(|file| file.sync_all());
        synced.and_then(|()| std::fs::rename(&self.unfinished, &self.file)).map_err(failed)?;
        sync_folder(&self.file).map_err(failed)?;
        // Whoever kills this before it is done leaves a note that nobody reads.
        Ok(State::delete(&mut RedbStore::open(&self.file)?)?)
    }
}

/// Makes the file's name durable.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Other systems cannot open folders.
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
