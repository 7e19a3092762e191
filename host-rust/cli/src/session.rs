//! An instance over what `--home` names, for the commands that look into one or change it.

use cu_host::{Call, Error, Instance, Permissions, Response, Store, Value};

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::home::Home;
use crate::script;

/// Opens the file for reading; it has to be there.
pub fn reading(arguments: &Arguments, command: &str) -> Result<Instance, Failure> {
    let mut arguments = arguments.clone();
    arguments.read_only = true;
    arguments.permissions = Permissions::new().read_only();
    opened(&arguments, command)
}

/// Opens the file for the import of rows; what an earlier import left in `_io` stays there.
pub fn importing(arguments: &Arguments) -> Result<Instance, Failure> {
    let home = Home::needed(arguments, "import")?;
    Ok(Instance::new(&script::module(arguments)?, home.open()?, script::run_options(arguments))?)
}

/// The store in the file: for an import, which may make it, or to be read.
pub fn store(arguments: &Arguments, command: &str) -> Result<Box<dyn Store>, Failure> {
    let mut arguments = arguments.clone();
    arguments.read_only = command != "import";
    let home = Home::needed(&arguments, command)?;
    if arguments.read_only {
        home.has_to_be_there()?;
    }
    home.open()
}

fn opened(arguments: &Arguments, command: &str) -> Result<Instance, Failure> {
    let home = Home::needed(arguments, command)?;
    home.has_to_be_there()?;
    let shown = home.shown();
    let mut instance = Instance::new(&script::module(arguments)?, home.open()?, script::run_options(arguments))?;
    if let Some(name) = &arguments.home_name
        && !instance.homes()?.iter().any(|home| home.name.as_ref() == Some(name))
    {
        return Err(Failure::NoHome(shown, name.clone()));
    }
    instance.clear_io()?;
    Ok(instance)
}

/// Runs a chunk of this program, which is not the user's, with arguments.
pub fn chunk(
    instance: &mut Instance,
    name: &str,
    code: &str,
    call: impl FnOnce(Call) -> Call,
) -> Result<Response, Error> {
    let way = crate::chunk::load(instance, format!("={name}").as_bytes(), Value::Table(Vec::new()), code.as_bytes())?;
    instance.call(&call(Call::new(way)))
}
