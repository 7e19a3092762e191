//! An instance over the file that `--home` names, for the commands that look into one or change it.

use cu_host::{Instance, Permissions, Response, Value};

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

/// Opens the file for writing; it has to be there.
pub fn writing(arguments: &Arguments, command: &str) -> Result<Instance, Failure> {
    opened(arguments, command)
}

fn opened(arguments: &Arguments, command: &str) -> Result<Instance, Failure> {
    let file = arguments.needed_home(command)?;
    let home = Home::of(arguments)?;
    std::fs::metadata(file).map_err(|error| Failure::Io(file.display().to_string(), error))?;
    let Some(home) = home else { unreachable!("there is a file") };
    let mut instance = Instance::new(&script::module(arguments)?, home.open()?, script::run_options(arguments))?;
    if let Some(name) = &arguments.home_name
        && !instance.homes()?.iter().any(|home| home.name.as_ref() == Some(name))
    {
        return Err(Failure::NoHome(file.to_owned(), name.clone()));
    }
    instance.clear_io()?;
    Ok(instance)
}

/// Runs a chunk of this program, which is not the user's, with arguments.
pub fn chunk(
    instance: &mut Instance,
    name: &str,
    code: &str,
    call: impl FnOnce(cu_host::Call) -> cu_host::Call,
) -> Result<Response, cu_host::Error> {
    let way = crate::chunk::load(instance, format!("={name}").as_bytes(), Value::Table(Vec::new()), code.as_bytes())?;
    instance.call(&call(cu_host::Call::new(way)))
}
