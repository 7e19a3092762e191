//! Where a copy goes, and under which name it is until it is whole.
//!
//! Invariant: a file has its name only when the copy is whole; another place has a note until then, for which no instance runs
//! there. What is in the way is refused, unless `--replace` is given.

use std::path::{Path, PathBuf};

use cu_host::{Error, RedbOptions, RedbStore, Store, Wait};
use cu_stores::{FilePlace, Place};

use super::state::State;
use crate::arguments::{Arguments, Usage};
use crate::failure::Failure;
use crate::home::{Home, place};

/// Where the copy goes.
pub struct Target {
    /// Where it is until it is whole: a file of another name, or the place itself.
    unfinished: Place,
    /// The file that it becomes.
    file: Option<PathBuf>,
    key_file: Option<PathBuf>,
    wait: Wait,
    replaces: bool,
    source: u64,
}

impl Target {
    /// The key of the source is also that of the copy, unless another one or none is asked for: nothing becomes plain by itself.
    pub fn of(arguments: &Arguments) -> Result<Target, Failure> {
        let to = arguments.to.as_deref().ok_or_else(|| Usage("migrate needs --to FILE".to_owned()))?;
        let key_file = match (&arguments.new_key_file, arguments.plain) {
            (Some(_), true) => {
                return Err(Usage("--new-key-file and --plain are not for one command".to_owned()).into());
            }
            (_, true) => None,
            (Some(new), false) => Some(new.clone()),
            (None, false) => arguments.key_file.clone(),
        };
        let wait = arguments.wait.map_or(Wait::Never, Wait::AtMost);
        let (unfinished, file) = match place(to)? {
            Place::File(file) if file.read_only || file.turns => {
                let problem = "is a new file, which is given without ?turns and ?read-only";
                return Err(Usage(format!("--to {} {problem}", file.path.display())).into());
            }
            Place::File(file) => (unfinished(&file.path, wait), Some(file.path)),
            other => (arguments.wait.map_or(other.clone(), |wait| other.with_wait(wait)), None),
        };
        let source = arguments.home.as_deref().map_or(Ok(0), number_of)?;
        let target = Target { unfinished, file, key_file, wait, replaces: arguments.replace, source };
        target.is_no_source(arguments)?;
        Ok(target)
    }

    /// Refuses to replace a file by its own copy.
    fn is_no_source(&self, arguments: &Arguments) -> Result<(), Failure> {
        let (Some(file), Some(home)) = (&self.file, &arguments.home) else { return Ok(()) };
        let Place::File(source) = place(home)? else { return Ok(()) };
        match (file.canonicalize(), source.path.canonicalize()) {
            (Ok(file), Ok(source)) if file == source && self.replaces => Err(same_place()),
            _ => Ok(()),
        }
    }

    /// How the copy is named while it is not whole.
    pub fn shown(&self) -> String {
        self.unfinished.to_string()
    }

    /// A number for the place of the source: one that another home has is not gone on with.
    pub fn source(&self) -> u64 {
        self.source
    }

    /// Whether a copy that is whole is at its place already, so that others may have used it.
    pub fn is_place_itself(&self) -> bool {
        self.file.is_none()
    }

    pub fn replaces(&self) -> bool {
        self.replaces
    }

    /// Refuses a file that is there: it is replaced only where that is asked for, and only if nobody has it open.
    pub fn is_free(&self) -> Result<(), Failure> {
        let Some(file) = &self.file else { return Ok(()) };
        match std::fs::symlink_metadata(file) {
            Ok(_) if self.replaces => {
                drop(RedbStore::open_with(file, RedbOptions { wait: self.wait, ..RedbOptions::default() })?);
                Ok(())
            }
            Ok(_) => Err(Failure::Refused(format!(
                "{}: it is there already; a home is copied into a new file, or takes the place of this one with --replace",
                file.display()
            ))),
            Err(_) => Ok(()),
        }
    }

    /// Opens the copy, or begins it.
    pub fn open(&self) -> Result<Box<dyn Store>, Failure> {
        let open = || Home::at(self.unfinished.clone(), self.key_file.as_deref())?.open_as_it_is();
        match (open(), &self.unfinished) {
            // What is there has another key than the copy is to have.
            (Err(Failure::Cu(Error::Open { .. })), Place::Server(server)) if self.replaces => {
                server.namespaces()?.remove(server.namespace()).map_err(Error::from)?;
                open()
            }
            (opened, _) => opened,
        }
    }

    /// Opens a copy on a server anew: then what is read comes from there, and not from what is remembered of writing it.
    pub fn opened_anew(&self, to: Box<dyn Store>) -> Result<Box<dyn Store>, Failure> {
        match &self.unfinished {
            Place::Server(_) => {
                drop(to);
                self.open()
            }
            _ => Ok(to),
        }
    }

    /// Makes a file small, gives it its name when all its bytes are on the disk, and takes the note away.
    pub fn take_name(&self) -> Result<(), Failure> {
        let (Place::File(FilePlace { path: unfinished, .. }), Some(file)) = (&self.unfinished, &self.file) else {
            return Ok(());
        };
        let mut store = RedbStore::open(unfinished)?;
        store.compact().map_err(Error::from)?;
        drop(store);
        self.is_free()?;
        let failed = |error| Failure::Io(file.display().to_string(), error);
        let synced = std::fs::OpenOptions::new().write(true).open(unfinished).and_then(|file| file.sync_all());
        synced.and_then(|()| std::fs::rename(unfinished, file)).map_err(failed)?;
        sync_folder(file).map_err(failed)?;
        // Whoever kills this before it is done leaves a note that says that all is there.
        Ok(State::delete(&mut RedbStore::open(file)?)?)
    }
}

/// Both are one, and what is replaced would be what is copied.
pub fn same_place() -> Failure {
    Usage("--to names the place of --home itself; a home is copied to another one".to_owned()).into()
}

/// FNV-1a of the place as it is shown, a file under its whole path.
fn number_of(home: &Path) -> Result<u64, Failure> {
    let shown = match place(home)? {
        Place::File(file) => file.path.canonicalize().unwrap_or(file.path).display().to_string(),
        other => other.to_string(),
    };
    let add = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    Ok(shown.bytes().fold(0xcbf2_9ce4_8422_2325, add))
}

/// The file that becomes this one.
fn unfinished(file: &Path, wait: Wait) -> Place {
    let mut path = file.as_os_str().to_owned();
    path.push(".unfinished");
    Place::File(FilePlace { path: path.into(), read_only: false, turns: false, wait })
}

/// Makes the file's name durable.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Other systems cannot open folders.
    if cfg!(unix) { std::fs::File::open(folder)?.sync_all() } else { Ok(()) }
}
