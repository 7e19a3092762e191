//! A module, compiled by one of the engines of this build.
//!
//! Invariant: this is the only file that names engines.

use std::sync::Arc;

use super::code::{Code, Guest};
#[cfg(feature = "wasmi")]
use super::wasmi;
#[cfg(feature = "wasmtime")]
use super::wasmtime;
use crate::error::Error;
use crate::imports::Host;
use crate::module_info::ModuleInfo;

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
