//! The short way to an instance: the module of this crate, and a store.
//!
//! Invariant: what a compute changed is in the file when it returns. A process that dies before that leaves nothing of it.

use crate::engine::Module;
use crate::error::Error;
use crate::instance::Instance;
use crate::options::Options;
use crate::store::MemoryStore;

/// Opens an instance whose tables are in a file, which is made if there is none. Scripts see the real time.
///
/// ```
/// # let file = std::env::temp_dir().join(format!("cu-open-{}.redb", std::process::id()));
/// let mut home = cu_host::open(&file)?;
/// home.compute("_home.visits = (_home.visits or 0) + 1")?;
/// assert_eq!(home.compute("return _home.visits")?.value().as_i64(), Some(1));
/// # drop(home);
/// # std::fs::remove_file(&file).ok();
/// # Ok::<(), cu_host::Error>(())
/// ```
#[cfg(feature = "redb")]
pub fn open(file: impl AsRef<std::path::Path>) -> Result<Instance, Error> {
    open_with(file, usual())
}

/// The same with other options, among which the clock is one.
#[cfg(feature = "redb")]
pub fn open_with(file: impl AsRef<std::path::Path>, options: Options) -> Result<Instance, Error> {
    let file = file.as_ref();
    // A file of that name would surprise, and an error with the name in it show a password.
    if let Some((scheme, _)) = file.to_str().and_then(|text| text.split_once("://")) {
        let problem = format!("the path of a file is wanted, not a URL, '{scheme}://...'; those cu_stores::open opens");
        return Err(Error::Option(problem.into()));
    }
    Instance::new(&Module::embedded()?, crate::store::RedbStore::open(file)?, options)
}

/// An instance whose tables end with it. Scripts see the real time.
///
/// ```
/// let answer = cu_host::in_memory()?.compute("return 6 * 7")?;
/// assert_eq!(answer.value().as_i64(), Some(42));
/// # Ok::<(), cu_host::Error>(())
/// ```
pub fn in_memory() -> Result<Instance, Error> {
    Instance::new(&Module::embedded()?, MemoryStore::default(), usual())
}

/// A target without an operating system has no time: asking for it would panic.
const HAS_TIME: bool = !cfg!(all(target_family = "wasm", target_os = "unknown"));

fn usual() -> Options {
    Options { clock: HAS_TIME.then(Options::system_clock), ..Options::default() }
}
