//! Where a copy begins, or goes on.
//!
//! Invariant: what is emptied is a copy that did not end, or what the user wants replaced.

use cu_abi::tables::IO;
use cu_host::store::unfinished::TABLE;
use cu_host::{Error, Store};

use super::state::{State, tables};
use super::target::Target;
use crate::failure::Failure;

/// A copy that begins or goes on.
pub struct Begun {
    pub state: State,
    /// There was one that could not go on.
    pub is_anew: bool,
}

/// Where to go on in a copy, which is empty or one that did not end, or is emptied where the target is to be replaced.
pub fn begin(
    from: &mut dyn Store,
    to: &mut dyn Store,
    compression: Option<u64>,
    target: &Target,
) -> Result<Begun, Failure> {
    let version = from.version().map_err(Error::from)?;
    let state = State::new(target.source(), version, compression);
    let begins = |is_anew| Ok(Begun { state: state.clone(), is_anew });
    match State::of(to)? {
        Some(found) if found.is_of(&state) => Ok(Begun { state: found, is_anew: false }),
        // One that is whole may be in use already, where it has its name.
        Some(found) if !(found.is_whole && target.is_place_itself()) => {
            empty(to)?;
            begins(true)
        }
        None if tables(to)?.is_empty() => begins(false),
        _ if target.replaces() => {
            empty(to)?;
            begins(false)
        }
        _ => Err(Failure::Refused(format!(
            "{}: it is in the way, and no copy that did not end: give another name, or --replace",
            target.shown()
        ))),
    }
}

/// Empties a copy that cannot go on.
fn empty(store: &mut dyn Store) -> Result<(), Error> {
    store.begin()?;
    for table in tables(store)?.into_iter().chain([IO, TABLE]) {
        store.clear(table)?;
    }
    store.commit().map_err(Error::Commit)
}
