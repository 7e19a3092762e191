//! What `--allow` gives to scripts: functions of the host for files below folders that a person names.
//!
//! Invariant: nothing outside of these folders is read, changed or found out about, whatever a path says and whoever moves
//! files meanwhile; nor any file that the run itself uses, its key above all.
//!
//! - `grant`: a folder, and what is allowed below it
//! - `path`: a path of a script as names below a folder
//! - `folder`: files below an open folder, without a step through a symbolic link
//! - `access`: from a path to the file, if that is allowed
//! - `functions`: `host.file.read` and the others

#[cfg(unix)]
mod access;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod functions;
mod grant;
#[cfg(unix)]
mod path;

use cu_host::Functions;

use crate::arguments::Arguments;
use crate::failure::Failure;
pub use grant::Grant;

/// The functions for the folders that the command line names, which are opened now; none without `--allow`.
pub fn functions(arguments: &Arguments) -> Result<Functions, Failure> {
    if arguments.allow.is_empty() { Ok(Functions::default()) } else { offered(arguments) }
}

#[cfg(unix)]
fn offered(arguments: &Arguments) -> Result<Functions, Failure> {
    Ok(functions::of(access::Access::open(arguments)?))
}

/// Elsewhere no way is known to go from folder to folder that nobody can change meanwhile.
#[cfg(not(unix))]
fn offered(_: &Arguments) -> Result<Functions, Failure> {
    Err(crate::arguments::Usage("--allow is there on Unix only".to_owned()).into())
}
