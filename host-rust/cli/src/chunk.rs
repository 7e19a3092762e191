//! A chunk of Lua with a name and arguments: the module gives what it computes neither.
//!
//! The chunk is loaded by one compute, without the limits of the command line's permissions, and called by its way by the
//! next, which is the script's own.
//!
//! Invariant: neither code nor arguments are ever part of other code, and what loads the chunk leaves nothing behind but `arg`.

use cu_abi::status::ErrorClass;
use cu_host::{Call, ComputeOptions, Error, Instance, LuaError, Permissions, Value};

/// The function that loads, and where the chunk waits: `arg` is called to load it, answers it, and is the arguments from then on.
/// What runs in the script's compute calls nothing that a permission can forbid.
const PREPARE: &str = "\
local load, globals, args, chunk = load, _G
globals.arg = setmetatable({}, {
  __call = function(_, name, given, code)
    local problem
    args, chunk, problem = given, load(code, name)
    return problem
  end,
  __index = function()
    globals.arg = args
    return chunk
  end,
})";

/// Where the chunk waits.
const WAY: &str = "arg.chunk";

/// Loads a chunk, and sets `arg`; the way by which it is called, or the error of a chunk that is no Lua.
///
/// The name is one of Lua's: after `@` it is that of a file, after `=` anything else.
pub fn load(instance: &mut Instance, name: &[u8], args: Value, code: &[u8]) -> Result<&'static str, Error> {
    let free = ComputeOptions { permissions: Some(Permissions::new()), ..ComputeOptions::default() };
    instance.compute_with(PREPARE, &free)?;
    let record = Call::new("arg").value(name).value(args).value(code);
    match instance.call_with(&record, &free)?.value() {
        Value::Nil => Ok(WAY),
        problem => {
            let mut error = LuaError::default();
            error.message = problem.to_string();
            error.text = error.message.clone().into_bytes();
            error.class = Some(ErrorClass::Syntax);
            Err(Error::Lua(Box::new(error)))
        }
    }
}
