//! An instance over the file that `--home` names, for the commands that look into one or change it.

use cu_host::{Call, Error, Instance, Permissions, Response, Store, Value};

use crate::arguments::{Arguments, Usage};
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
    let home = needed(arguments, "import")?;
    Ok(Instance::new(&script::module(arguments)?, home.open()?, script::run_options(arguments))?)
}

/// The store in the file: for an import, which may make it, or to be read.
pub fn store(arguments: &Arguments, command: &str) -> Result<Box<dyn Store>, Failure> {
    let mut arguments = arguments.clone();
    arguments.read_only = command != "import";
    let home = needed(&arguments, command)?;
    if arguments.read_only {
        is_there(&arguments, command)?;
    }
    home.open()
}

fn needed<'a>(arguments: &'a Arguments, command: &str) -> Result<Home<'a>, Failure> {
    arguments.needed_home(command)?;
    Home::of(arguments)?.ok_or_else(|| Usage(format!("{command} needs --home FILE")).into())
}

fn is_there(arguments: &Arguments, command: &str) -> Result<(), Failure> {
    let file = arguments.needed_home(command)?;
    std::fs::metadata(file).map(drop).map_err(|error| Failure::Io(file.display().to_string(), error))
}

fn opened(arguments: &Arguments, command: &str) -> Result<Instance, Failure> {
    let home = needed(arguments, command)?;
    is_there(arguments, command)?;
    let mut instance = Instance::new(&script::module(arguments)?, home.open()?, script::run_options(arguments))?;
    if let Some(name) = &arguments.home_name
        && !instance.homes()?.iter().any(|home| home.name.as_ref() == Some(name))
    {
        return Err(Failure::NoHome(arguments.needed_home(command)?.to_owned(), name.clone()));
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
