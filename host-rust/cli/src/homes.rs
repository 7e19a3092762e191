//! `cu homes`: lists the homes in a file, or another place, or gives one another name, or none.
//!
//! Invariant: a list alone changes nothing, and needs no right to write the file.

use cu_host::{Error, Value, homes};

use crate::arguments::{Arguments, Usage, home_name};
use crate::failure::Failure;
use crate::home::Home;

/// What is done before the list is shown.
enum Change {
    Rename(Vec<u8>, Vec<u8>),
    Drop(Vec<u8>),
}

/// The change that the command line asks for; the new name is an operand.
fn change(arguments: &Arguments) -> Result<Option<Change>, Failure> {
    match (&arguments.rename, &arguments.drop) {
        (Some(_), Some(_)) => Err(Usage("--rename and --drop are not for one command".to_owned()).into()),
        (Some(old), None) => {
            let new = home_name("--rename", arguments.operand("the new name of --rename OLD NEW")?)?;
            Ok(Some(Change::Rename(old.clone(), new)))
        }
        (None, drop) => {
            arguments.no_operand()?;
            Ok(drop.clone().map(Change::Drop))
        }
    }
}

/// A name that neither breaks the list nor speaks to the terminal.
fn in_one_line(name: &[u8]) -> String {
    let plain = |char: char| if char.is_control() { char.escape_default().to_string() } else { char.to_string() };
    String::from_utf8_lossy(name).chars().map(plain).collect()
}

pub fn homes(arguments: &Arguments) -> Result<(), Failure> {
    let change = change(arguments)?;
    let mut arguments = arguments.clone();
    arguments.read_only = change.is_none();
    let home = Home::needed(&arguments, "homes")?;
    home.has_to_be_there()?;
    let mut store = home.open()?;
    store.begin().map_err(Error::from)?;
    match change {
        Some(Change::Rename(old, new)) => homes::rename(&mut *store, &old, &new)?,
        Some(Change::Drop(name)) => homes::remove(&mut *store, &name, None)?,
        None => {}
    }
    let mut shown = Vec::new();
    for home in homes::list(&mut *store)? {
        let name = home.name.unwrap_or_default();
        if arguments.json {
            let name = if name.is_empty() { Value::Nil } else { Value::String(name) };
            shown.extend(format!("{{\"id\":{},\"name\":{}}}", home.id, cu_host::json::written(&name, None)).bytes());
        } else {
            shown.extend(format!("{}\t{}", home.id, in_one_line(&name)).bytes());
        }
        shown.push(b'\n');
    }
    store.commit().map_err(Error::Commit)?;
    // Closes it, so that what is shown is kept.
    drop(store);
    crate::output::show(&shown)
}
