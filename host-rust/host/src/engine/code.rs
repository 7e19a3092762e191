//! What an engine supplies, and what all engines share.
//!
//! Invariant: the exports are checked before an instance exists.

use cu_abi::exports::EXPORTS;

use crate::error::Error;
use crate::imports::Host;
use crate::memory::Memory;

/// Defines the five imports. Both engines use the same words for it, with a `Caller`, a `State` and a function `import`
/// that each engine has.
macro_rules! define_imports {
    ($linker:ident) => {{
        use cu_abi::imports::{IMPORTS, MODULE};
        let [set, get, delete, size, keys] = IMPORTS.map(|import| import.name);
        $linker.func_wrap(MODULE, set, |caller: Caller<'_, State>, table: u32, k: u32, kn: u32, v: u32, vn: u32| {
            import(caller, Call::Set { table, key: (k, kn), value: (v, vn) })
        })?;
        $linker.func_wrap(MODULE, get, |caller: Caller<'_, State>, table: u32, k: u32, kn: u32, v: u32, vn: u32| {
            import(caller, Call::Get { table, key: (k, kn), into: (v, vn) })
        })?;
        $linker.func_wrap(MODULE, delete, |caller: Caller<'_, State>, table: u32, k: u32, kn: u32| {
            import(caller, Call::Delete { table, key: (k, kn) })
        })?;
        $linker
            .func_wrap(MODULE, size, |caller: Caller<'_, State>, table: u32| import(caller, Call::Size { table }))?;
        $linker.func_wrap(MODULE, keys, |caller: Caller<'_, State>, table: u32, page: u32, length: u32| {
            import(caller, Call::Keys { table, page: (page, length) })
        })?;
    }};
}

pub(super) use define_imports;

/// A module compiled by one engine.
pub trait Code: Send + Sync {
    /// Size of the memory at the start of an instance.
    fn memory_pages(&self) -> u64;

    fn instantiate(&self, host: Host) -> Result<Box<dyn Guest>, Error>;
}

/// One running instance.
pub trait Guest: Send {
    /// Calls an exported function; answers 0 for a function without a result. An error is a trap.
    fn call(&mut self, export: &str, arguments: &[u32]) -> Result<i32, Error>;

    fn memory(&mut self) -> Memory<'_>;

    fn host(&mut self) -> &mut Host;

    fn into_host(self: Box<Self>) -> Host;
}

/// Position of an export in [`EXPORTS`] and in an engine's list of functions.
pub fn export_index(name: &str) -> Result<usize, Error> {
    let missing = || Error::Module(format!("the contract has no export {name}").into());
    EXPORTS.iter().position(|export| export.name == name).ok_or_else(missing)
}

/// Refuses a module whose exports differ from the contract's. `signature` gives the numbers of parameters and results
/// of an exported function if all of them are i32.
pub fn check_exports(signature: impl Fn(&str) -> Option<(usize, usize)>) -> Result<(), Error> {
    for export in EXPORTS {
        let expected = (export.parameters.len(), usize::from(export.returns));
        match signature(export.name) {
            Some(found) if found == expected => {}
            Some(found) => {
                let text = format!("{} has {found:?} parameters and results, not {expected:?}", export.name);
                return Err(Error::Module(text.into()));
            }
            None => return Err(Error::Module(format!("no function of i32 is exported as {}", export.name).into())),
        }
    }
    Ok(())
}
