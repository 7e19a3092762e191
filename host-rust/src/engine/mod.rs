//! The module on a WebAssembly engine, compiled once and instantiated many times.
//!
//! Invariant: an engine supplies the five imports and checks the exports before an instance exists; above this folder
//! no engine is named.

/// Defines the five imports. Both engines spell this alike, with a `Caller`, a `State` and a function `import` of their
/// own.
macro_rules! define_imports {
    ($linker:ident) => {{
        use cu_abi::imports::{IMPORTS, MODULE};
        let [set, get, delete, size, keys] = IMPORTS.map(|import| import.name);
        $linker.func_wrap(MODULE, set, |caller: Caller<'_, State>, table: u32, k: u32, kn: u32, v: u32, vn: u32| {
            import(caller, |host, memory| imports::set(host, memory, table, (k, kn), (v, vn)))
        })?;
        $linker.func_wrap(MODULE, get, |caller: Caller<'_, State>, table: u32, k: u32, kn: u32, v: u32, vn: u32| {
            import(caller, |host, memory| imports::get(host, memory, table, (k, kn), (v, vn)))
        })?;
        $linker.func_wrap(MODULE, delete, |caller: Caller<'_, State>, table: u32, k: u32, kn: u32| {
            import(caller, |host, memory| imports::delete(host, memory, table, (k, kn)))
        })?;
        $linker.func_wrap(MODULE, size, |caller: Caller<'_, State>, table: u32| {
            import(caller, |host, _| imports::size(host, table))
        })?;
        $linker.func_wrap(MODULE, keys, |caller: Caller<'_, State>, table: u32, page: u32, length: u32| {
            import(caller, |host, memory| imports::keys(host, memory, table, (page, length)))
        })?;
    }};
}

#[cfg(feature = "wasmi")]
mod wasmi;
#[cfg(feature = "wasmtime")]
mod wasmtime;

use std::sync::Arc;

use cu_abi::exports::EXPORTS;

use crate::error::Error;
use crate::imports::Host;
use crate::memory::Memory;
use crate::module_info::ModuleInfo;

#[cfg(not(any(feature = "wasmtime", feature = "wasmi")))]
compile_error!("cu-host needs an engine: enable the feature wasmtime or wasmi");

/// The engines of this build.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Compiles to machine code.
    #[cfg(feature = "wasmtime")]
    Wasmtime,
    /// Interprets.
    #[cfg(feature = "wasmi")]
    Wasmi,
}

impl Engine {
    /// Every engine of this build, the default first.
    pub const ALL: &[Engine] = &[
        #[cfg(feature = "wasmtime")]
        Engine::Wasmtime,
        #[cfg(feature = "wasmi")]
        Engine::Wasmi,
    ];

    /// The name, as the command line takes it.
    pub const fn name(self) -> &'static str {
        match self {
            #[cfg(feature = "wasmtime")]
            Engine::Wasmtime => "wasmtime",
            #[cfg(feature = "wasmi")]
            Engine::Wasmi => "wasmi",
        }
    }

    /// The engine of that name, when this build has it.
    pub fn from_name(name: &str) -> Option<Engine> {
        Engine::ALL.iter().copied().find(|engine| engine.name() == name)
    }
}

impl Default for Engine {
    fn default() -> Engine {
        Engine::ALL[0]
    }
}

/// How a module is run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineOptions {
    /// What runs it.
    pub engine: Engine,
    /// Of how many instances the memory is set aside, 0 for none: one is made in less than half of the time then, and its
    /// first compute takes a fifth; but one more than so many at a time is [`Error::Pool`]. Each takes 4 GiB of addresses,
    /// not of memory. wasmi has no such thing: it makes as many as it is asked for.
    pub pool: u32,
}

impl From<Engine> for EngineOptions {
    fn from(engine: Engine) -> EngineOptions {
        EngineOptions { engine, ..EngineOptions::default() }
    }
}

/// The unit in which WebAssembly measures memory.
const PAGE_BYTES: usize = 65_536;

/// A compiled module. Clones share the code.
#[derive(Clone)]
pub struct Module {
    code: Arc<dyn Code>,
    info: Arc<ModuleInfo>,
    note: Option<Arc<str>>,
}

impl Module {
    /// Compiles a module for the default engine. For [`MODULE`](crate::MODULE), Wasmtime has that behind it since this
    /// crate was built.
    pub fn new(bytes: &[u8]) -> Result<Module, Error> {
        Module::with_engine(Engine::default(), bytes)
    }

    /// Compiles a module for one engine.
    pub fn with_engine(engine: Engine, bytes: &[u8]) -> Result<Module, Error> {
        Module::with_options(engine.into(), bytes)
    }

    /// Compiles a module for an engine with options of its own.
    pub fn with_options(options: EngineOptions, bytes: &[u8]) -> Result<Module, Error> {
        let info = Arc::new(ModuleInfo::read(bytes)?);
        let (code, note): (Arc<dyn Code>, Option<String>) = match options.engine {
            #[cfg(feature = "wasmtime")]
            Engine::Wasmtime => {
                let (code, note) = wasmtime::compile(bytes, options.pool)?;
                (Arc::new(code), note)
            }
            #[cfg(feature = "wasmi")]
            Engine::Wasmi => (Arc::new(wasmi::compile(bytes)?), None),
        };
        Ok(Module { code, info, note: note.map(Into::into) })
    }

    /// What the module says of itself: its version, what is built in.
    pub fn info(&self) -> &ModuleInfo {
        &self.info
    }

    /// Why [`MODULE`](crate::MODULE) was compiled now, half a second of work, although this crate was built with machine
    /// code of it: a CPU that is too old, say.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }

    /// Bytes of memory that an instance has: the module never grows it.
    pub fn memory_bytes(&self) -> usize {
        usize::try_from(self.code.memory_pages()).unwrap_or(usize::MAX).saturating_mul(PAGE_BYTES)
    }

    pub(crate) fn instantiate(&self, host: Host) -> Result<Box<dyn Guest>, Error> {
        self.code.instantiate(host)
    }
}

/// A module compiled by one engine.
trait Code: Send + Sync {
    /// Size of the memory that an instance begins with.
    fn memory_pages(&self) -> u64;

    fn instantiate(&self, host: Host) -> Result<Box<dyn Guest>, Error>;
}

/// One running instance.
pub(crate) trait Guest: Send {
    /// Calls an exported function; 0 when it returns nothing. An error is a trap.
    fn call(&mut self, export: &str, arguments: &[u32]) -> Result<i32, Error>;

    fn memory(&mut self) -> Memory<'_>;

    fn host(&mut self) -> &mut Host;

    fn into_host(self: Box<Self>) -> Host;
}

/// Position of an export in [`EXPORTS`] and in an engine's list of functions.
fn export_index(name: &str) -> Result<usize, Error> {
    let missing = || Error::Module(format!("the contract has no export {name}"));
    EXPORTS.iter().position(|export| export.name == name).ok_or_else(missing)
}

/// Refuses a module whose exports differ from the contract's. `signature` gives the number of parameters and of
/// results of an exported function, when all of them are i32.
fn check_exports(signature: impl Fn(&str) -> Option<(usize, usize)>) -> Result<(), Error> {
    for export in EXPORTS {
        let expected = (export.parameters.len(), usize::from(export.returns));
        match signature(export.name) {
            Some(found) if found == expected => {}
            Some(found) => {
                let text = format!("{} has {found:?} parameters and results, not {expected:?}", export.name);
                return Err(Error::Module(text));
            }
            None => return Err(Error::Module(format!("no function of i32 is exported as {}", export.name))),
        }
    }
    Ok(())
}
